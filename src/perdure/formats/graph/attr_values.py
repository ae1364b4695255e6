"""Attributes of operations as AttrValue messages and back.

In the graph an attribute is a Python value: DType, int, float, bool, str or bytes, plain shape,
array, function, or a list of these. Which kind it is comes from the op's signature; attributes
that no signature knows (`_class`, `_output_shapes`) say it by their Python type.
"""

import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from perdure.formats.graph.tensors import (
    TensorProto,
    TensorShapeProto,
    array_to_proto,
    proto_to_view,
    shape_from_proto,
    shape_to_proto,
)
from perdure.formats.protos import attr_value_pb2
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.tensor_shape import TensorShape

AttrValue = attr_value_pb2.AttrValue
NameAttrList = attr_value_pb2.NameAttrList

# -- Python value -> message ---------------------------------------------------------------


def attr_to_proto(value: Any, attr_type: str | None = None) -> AttrValue:
    """Write an attribute.

    Args:
        value: its Python value, or an AttrValue, which is returned as it is.
        attr_type: its type as signatures spell it ("int", "list(shape)"); the value's own if None.

    Raises:
        TypeError: the value is not of that type, or of none that an attribute can have.
    """
    if isinstance(value, AttrValue):
        return value
    attr_type = attr_type or type_of_value(value)
    proto = AttrValue()
    if not attr_type.startswith("list"):
        field, convert = _WRITERS[attr_type]
        _store(proto, field, _converted(convert, value, attr_type))
        return proto
    proto.list.SetInParent()  # an empty list is still a list
    kind = attr_type[len("list(") : -1]
    if kind:
        field, convert = _WRITERS[kind]
        getattr(proto.list, field).extend([_converted(convert, item, attr_type) for item in value])
    return proto


def _store(proto: AttrValue, field: str, value: Any) -> None:
    if field in ("shape", "tensor", "func"):
        getattr(proto, field).CopyFrom(value)
    else:
        setattr(proto, field, value)


def _converted(convert: Callable[[Any], Any], value: Any, attr_type: str) -> Any:
    try:
        return convert(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"Expected an attribute of type {attr_type}, got {value!r}: {error}") from error


def _string_bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    raise TypeError("a string is needed")


def _integer(value: Any) -> int:
    if isinstance(value, (bool, np.bool_)):
        raise TypeError("an integer is needed")
    return operator.index(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise TypeError("a bool is needed")


def _tensor(value: Any) -> TensorProto:
    return value if isinstance(value, TensorProto) else array_to_proto(value)


def _function(value: Any) -> NameAttrList:
    if isinstance(value, NameAttrList):
        return value
    name = value if isinstance(value, str) else getattr(value, "name", None)
    if not isinstance(name, str):
        raise TypeError("a function or its name is needed")
    return NameAttrList(name=name, attr=getattr(value, "bound_attrs", None))


# Attribute type -> field of AttrValue (and of its ListValue), and what the field takes.
_WRITERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "string": ("s", _string_bytes),
    "int": ("i", _integer),
    "float": ("f", float),
    "bool": ("b", _boolean),
    "type": ("type", lambda value: as_dtype(value).as_datatype_enum),
    "shape": ("shape", shape_to_proto),
    "tensor": ("tensor", _tensor),
    "func": ("func", _function),
}


def type_of_value(value: Any) -> str:
    """The attribute type of a Python value, as signatures spell it.

    A tuple counts as a list, but inside a list it is a shape; an empty list is a "list()".

    Raises:
        TypeError: no attribute can have such a value.
    """
    if isinstance(value, (list, tuple)):
        if not value:
            return "list()"
        first = value[0]
        is_shape = first is None or isinstance(first, (list, tuple))
        return "list(shape)" if is_shape else f"list({type_of_value(first)})"
    for kinds, attr_type in _TYPES:
        if isinstance(value, kinds):
            return attr_type
    if isinstance(getattr(value, "name", None), str):
        return "func"
    raise TypeError(f"No attribute can have the value {value!r} of type {type(value).__name__}")


_TYPES = (
    ((bool, np.bool_), "bool"),  # before int: a bool is an int to Python
    ((int, np.integer), "int"),
    ((float, np.floating), "float"),
    ((str, bytes, bytearray), "string"),
    (DType, "type"),
    ((TensorShape, TensorShapeProto), "shape"),
    ((np.ndarray, TensorProto), "tensor"),
    (NameAttrList, "func"),
)

# -- message -> Python value ---------------------------------------------------------------


def attr_from_proto(proto: AttrValue) -> Any:
    """The Python value of an attribute, as the graph keeps it.

    Strings are str where they are UTF-8 and bytes where they are not; a function is its name, or
    the NameAttrList itself if it binds attributes.

    Raises:
        ValueError: the message has no value, or a placeholder for one.
    """
    field = proto.WhichOneof("value")
    if field == "list":
        stored = _list_field(proto.list)
        if stored is None:
            return []
        return [_READERS[stored](item) for item in getattr(proto.list, stored)]
    if field is None or field == "placeholder":
        what = "no value" if field is None else f"the placeholder {proto.placeholder!r} for a value"
        raise ValueError(f"AttrValue: it has {what}")
    return _READERS[field](getattr(proto, field))


def attr_as_user_sees_it(proto: AttrValue) -> Any:
    """The value as `Operation.get_attr` returns it: all but numbers and types as on the wire."""
    field = proto.WhichOneof("value")
    if field is None:
        return []
    if field == "list":
        stored = _list_field(proto.list)
        items: Iterable[Any] = () if stored is None else getattr(proto.list, stored)
        return [as_dtype(item) for item in items] if stored == "type" else list(items)
    value = getattr(proto, field)
    return as_dtype(value) if field == "type" else value


def _list_field(proto: Any) -> str | None:
    """The field of a ListValue that has items, or None if it is empty."""
    return next((descriptor.name for descriptor, _ in proto.ListFields()), None)


def _text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _function_name(value: NameAttrList) -> str | NameAttrList:
    return value if value.attr else value.name


_READERS: dict[str, Callable[[Any], Any]] = {
    "s": _text,
    "i": int,
    "f": float,
    "b": bool,
    "type": as_dtype,
    "shape": shape_from_proto,
    "tensor": proto_to_view,
    "func": _function_name,
}
