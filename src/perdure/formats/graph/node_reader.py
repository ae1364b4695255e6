"""NodeDef messages read: attributes as the graph keeps them, checked against the op's signature.

What is wrong with a node is a ValueError in the words of TensorFlow's C++ code
(core/framework/node_def_util.cc,
attr_value_util.cc); whoever reads a graph adds where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from perdure.formats.graph.attr_values import AttrValue, attr_from_proto
from perdure.formats.graph.tensors import proto_to_view, read_tensor, shape_from_proto
from perdure.formats.protos import types_pb2
from perdure.graph import dtypes
from perdure.graph.dtypes import DType, as_dtype, word_of
from perdure.graph.shapes import Shape
from perdure.graph.signatures import REQUIRED, Argument, Attribute, Signature

# The values of attributes that a node does not have to have.
Defaults = dict[str, Any]

_FIELD_OF = {
    "string": "s",
    "int": "i",
    "float": "f",
    "bool": "b",
    "type": "type",
    "shape": "shape",
    "tensor": "tensor",
    "func": "func",
}
_KIND_OF = {field: kind for kind, field in _FIELD_OF.items()}
_MOST_OUTPUTS = 1 << 20  # of a node: no graph has more, and a number costs a file nothing


# The attribute that names the groups of operations on one device; it is read as a list of bytes.
GROUPS = "_class"


class KeptMessages(dict[str, AttrValue]):
    """Attributes of a node whose messages would be written in another way than they came: by name."""


class _Declared:
    """What a signature says of an attribute, in the form that is asked for."""

    __slots__ = ("attr", "convert", "field", "is_limited", "types")

    def __init__(self, attr: Attribute) -> None:
        self.attr = attr
        self.field = _FIELD_OF.get(attr.type)
        self.convert = _ITEM_READERS.get(attr.type, _as_it_is)
        self.is_limited = attr.allowed is not None or attr.minimum is not None
        self.types: dict[int, DType] | None = None
        if attr.type == "type":
            self.types = _TYPES
            if attr.allowed is not None:
                self.types = {dtype.as_datatype_enum: dtype for dtype in attr.allowed}


def _as_it_is(value: Any) -> Any:
    return value


class AttributeReader:
    """Reads the attributes of the nodes of one op type.

    Args:
        signature: the op's.
        function: what a function's NameAttrList stands for in the graph.
    """

    def __init__(self, signature: Signature, function: Callable[[Any], Any]) -> None:
        self.signature = signature
        self._function = function
        self._declared = {attr.name: _Declared(attr) for attr in signature.attrs}
        self._defaults: Defaults = {
            attr.name: attr.default for attr in signature.attrs if attr.default is not REQUIRED
        }
        self._is_const = signature.name == "Const"
        self._required = [attr.name for attr in signature.attrs if attr.default is REQUIRED]

    def read(self, name: str, proto: Any, kept: KeptMessages) -> dict[str, Any]:
        """The attributes of a node.

        Args:
            name: the node's name, for messages.
            proto: the map of its messages.
            kept: gets the messages that would not be written as they are.

        Raises:
            ValueError: an attribute is missing, unknown, of another type or not allowed.
        """
        attrs = self._defaults.copy()
        declared = self._declared
        for key in proto:
            value = proto[key]
            known = declared.get(key)
            if known is None:
                attrs[key] = list(value.list.s) if key == GROUPS else self._undeclared(name, key, value)
                continue
            if known.types is not None:  # the commonest, hence the shortest way
                dtype = known.types.get(value.type)
                if dtype is not None:
                    attrs[key] = dtype
                    continue
            stored = value.WhichOneof("value")
            if stored is None and key in attrs:
                continue  # a value that is not set is the default
            try:
                if stored != known.field:
                    found = self._other(value, stored, known.attr)
                elif stored == "tensor":
                    found = _tensor(key, value, kept)
                elif stored == "func":
                    found = self._function(value.func)
                else:
                    found = known.convert(getattr(value, stored))
                if known.is_limited:
                    _check(known.attr, found)
            except (ValueError, TypeError) as error:
                raise ValueError(
                    f"{error}\n\t; NodeDef: {{{{node {name}}}}}; {op_summary(self.signature)}"
                ) from None
            attrs[key] = found
        for key in self._required:
            if key not in attrs:
                raise ValueError(self._incomplete(name, attrs))
        if self._is_const and proto["value"].tensor.dtype != attrs["dtype"].as_datatype_enum:
            kept["value"] = copied(proto["value"])  # a mistake of the file, which a step will find
        return attrs

    def _undeclared(self, name: str, key: str, value: Any) -> Any:
        if key[:1] != "_":
            raise ValueError(
                f"NodeDef mentions attr '{key}' not in {op_summary(self.signature)}; NodeDef: "
                f"{{{{node {name}}}}}. (Check whether your GraphDef-interpreting binary is up to date with "
                "your GraphDef-generating binary.)."
            )
        return _free(value)

    def _incomplete(self, name: str, attrs: dict[str, Any]) -> str:
        absent = [key for key in self._declared if key not in attrs]
        plural, names = "" if len(absent) == 1 else "s", "', '".join(absent)
        return (
            f"NodeDef missing attr{plural} '{names}' from {op_summary(self.signature)}; "
            f"NodeDef: {{{{node {name}}}}}"
        )

    def _other(self, value: Any, stored: str | None, attr: Attribute) -> Any:
        """A list, or what is wrong with the value."""
        if stored is None:
            raise ValueError(
                f"AttrValue missing value with expected type '{attr.type}' for attr '{attr.name}'"
            )
        if stored == "placeholder":
            raise ValueError(f"AttrValue has the placeholder '{value.placeholder}' for attr '{attr.name}'")
        if stored != "list" or not attr.type.startswith("list("):
            found = "list(any)" if stored == "list" else _KIND_OF[stored]
            raise ValueError(
                f"AttrValue had value with type '{found}' when '{attr.type}' expected for attr '{attr.name}'"
            )
        kind = attr.type[5:-1]
        filled = [descriptor.name for descriptor, _ in value.list.ListFields()]
        field = _FIELD_OF[kind]
        for other in filled:
            if other != field:
                raise ValueError(
                    f"AttrValue had value with type 'list({_KIND_OF[other]})' when '{attr.type}' expected "
                    f"for attr '{attr.name}'"
                )
        read = self._function if kind == "func" else _ITEM_READERS.get(kind, _as_it_is)
        return [read(item) for item in getattr(value.list, field)]


def _type(enum: int) -> DType:
    if enum == 0:
        raise ValueError("AttrValue has invalid DataType")
    dtype = as_dtype(enum)
    if dtype.is_ref_dtype:
        raise ValueError(f"AttrValue must not have reference type value of {word_of(dtype)}")
    return dtype


def _string(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _shape(value: Any) -> Shape:
    check_shape(value)
    return shape_from_proto(value)


def check_shape(proto: Any) -> None:
    """Refuse a shape that says less than that a size is not known.

    Raises:
        ValueError: it does.
    """
    if any(dim.size < -1 for dim in proto.dim):
        sizes = ",".join("?" if dim.size == -1 else str(dim.size) for dim in proto.dim)
        raise ValueError(f"Shape [{sizes}] has dimensions with values below -1 (where -1 means unknown)")


def _tensor(name: str, value: AttrValue, kept: KeptMessages) -> Any:
    proto = value.tensor
    dtype = as_dtype(proto.dtype)
    if dtype.is_ref_dtype:
        raise ValueError(f"Cannot parse tensor from proto: {word_of(dtype)} is the type of a reference")
    if not dtype.is_numpy_compatible and dtype.base_dtype is not dtypes.string:
        kept[name] = copied(value)
        return kept[name].tensor
    array, is_written_so = read_tensor(proto)
    if not is_written_so:
        kept[name] = copied(value)
    return array


def _free(value: AttrValue) -> Any:
    """An attribute that no signature knows: its Python value where that says all, else the message."""
    stored = value.WhichOneof("value")
    if stored in ("s", "i", "f", "b"):
        return _string(value.s) if stored == "s" else getattr(value, stored)
    if stored == "list" and [descriptor.name for descriptor, _ in value.list.ListFields()] in (["s"], ["i"]):
        return attr_from_proto(value)
    if stored == "list" and not value.list.ListFields():
        return []
    return copied(value)


def copied(value: AttrValue) -> AttrValue:
    """A message of its own."""
    kept = AttrValue()
    kept.CopyFrom(value)
    return kept


# The types that attributes may have, by number.
_TYPES = {enum: as_dtype(enum) for enum in types_pb2.DataType.values() if 0 < enum < 100}  # no references
_ITEM_READERS: dict[str, Callable[[Any], Any]] = {
    "string": _string,
    "type": _type,
    "shape": _shape,
    "tensor": proto_to_view,
}


def _check(attr: Attribute, value: Any) -> None:
    if attr.minimum is not None:
        if attr.type == "int":
            if value < attr.minimum:
                raise ValueError(
                    f"Value for attr '{attr.name}' of {value} must be at least minimum {attr.minimum}"
                )
        elif len(value) < attr.minimum:
            raise ValueError(
                f"Length for attr '{attr.name}' of {len(value)} must be at least minimum {attr.minimum}"
            )
    if attr.allowed is not None:
        for item in value if attr.type.startswith("list(") else (value,):
            if item not in attr.allowed:
                if attr.type.endswith(("type", "type)")):
                    shown, allowed = word_of(item), ", ".join(map(word_of, attr.allowed))
                else:
                    shown, allowed = f'"{item}"', ", ".join(f'"{a}"' for a in attr.allowed)
                raise ValueError(
                    f"Value for attr '{attr.name}' of {shown} is not in the list of allowed values: {allowed}"
                )


# -- types --------------------------------------------------------------------------------


def argument_types(arguments: Iterable[Argument], attrs: dict[str, Any]) -> list[DType]:
    """The types of a node's inputs, or outputs, in order.

    Raises:
        ValueError: an attribute says that there are too many, or less than none.
    """
    types: list[DType] = []
    for argument in arguments:
        if argument.type_list_attr is not None:
            types += attrs[argument.type_list_attr]
            continue
        dtype: Any = argument.type if argument.type_attr is None else attrs[argument.type_attr]
        if argument.is_ref:
            dtype = dtype._as_ref
        if argument.number_attr is None:
            types.append(dtype)
            continue
        count = attrs[argument.number_attr]
        if not 0 <= count < _MOST_OUTPUTS:
            raise ValueError(f"Attr {argument.number_attr} has value {count} out of range")
        types += [dtype] * count
    return types


# -- text ---------------------------------------------------------------------------------


def op_summary(signature: Signature) -> str:
    """An op in one line: `Op<name=Neg; signature=x:T -> y:T; attr=T:type,allowed=[...]>`."""
    parts = [
        f"name={signature.name}",
        f"signature={_arguments(signature.inputs)} -> {_arguments(signature.outputs)}",
        *(f"attr={_attribute(attr)}" for attr in signature.attrs),
    ]
    for flag in ("is_commutative", "is_aggregate", "is_stateful"):
        if getattr(signature, flag):
            parts.append(f"{flag}=true")
    if signature.allows_uninitialized_input:
        parts.append("allows_uninitialized_input=true")
    return f"Op<{'; '.join(parts)}>"


def _arguments(arguments: Iterable[Argument]) -> str:
    return ", ".join(f"{argument.name}:{_argument_type(argument)}" for argument in arguments)


def _argument_type(argument: Argument) -> str:
    if argument.type_list_attr is not None:
        text = argument.type_list_attr
    else:
        text = argument.type_attr or ("" if argument.type is None else word_of(argument.type))
        if argument.number_attr is not None:
            text = f"{argument.number_attr}*{text}"
    return f"Ref({text})" if argument.is_ref else text


def _attribute(attr: Attribute) -> str:
    text = f"{attr.name}:{attr.type}"
    if attr.default is not REQUIRED:
        text += f",default={_plain_text(attr.default)}"
    if attr.minimum is not None:
        text += f",min={attr.minimum}"
    if attr.allowed is not None:
        text += f",allowed=[{', '.join(map(_plain_text, attr.allowed))}]"
    return text


def _plain_text(value: Any) -> str:
    if isinstance(value, DType):
        return f"DT_{word_of(value).upper()}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, bytes)):
        return f'"{value!s}"'
    if isinstance(value, list):
        return f"[{', '.join(map(_plain_text, value))}]"
    return str(value)
