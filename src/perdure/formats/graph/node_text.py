"""A node in one line, for error messages: `{{node add}} = AddV2[T=DT_FLOAT](x, y)`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.formats.graph.attr_values import AttrValue, NameAttrList
from perdure.formats.graph.graph_def import input_name, operation_attr
from perdure.formats.graph.tensors import TensorProto, proto_to_array, shape_from_proto
from perdure.graph.dtypes import as_dtype, word_of
from perdure.graph.operation import Operation
from perdure.graph.shapes import Shape

# Longer strings, lists and tensors are cut as TensorFlow cuts them
# (core/framework/attr_value_util.cc).
_MAX_STRING, _KEPT_CHARACTERS = 80, 10
_MAX_LIST, _KEPT_ITEMS = 50, 5
_MAX_ELEMENTS = 3


def node_def_text(op: Operation) -> str:
    """An operation with its attributes and inputs in one line.

    Args:
        op: the operation.

    Returns:
        Text such as `{{node mul}} = Mul[T=DT_FLOAT, _device="/device:GPU:0"](x, y, ^init)`.
    """
    inputs = [input_name(tensor) for tensor in op.inputs]
    inputs += [f"^{control.name}" for control in op.control_inputs]
    return f"{{{{node {op.name}}}}} = {op.type}[{attrs_text(op)}]({', '.join(inputs)})"


def attrs_text(op: Operation) -> str:
    """The attributes of an operation in one line, sorted by name, its device last."""
    parts = [f"{name}={attr_text(operation_attr(op, name))}" for name in sorted(op.attrs)]
    if op.device:
        parts.append(f'_device="{op.device}"')
    return ", ".join(parts)


def attr_text(proto: AttrValue) -> str:
    """One attribute value: `3`, `true`, `"SAME"`, `DT_FLOAT`, `[?,3]`, `[1, 2]`."""
    field = proto.WhichOneof("value")
    if field is None:
        return "<Unknown AttrValue type>"
    if field == "list":
        return _list_text(proto.list)
    if field == "placeholder":
        return f"${proto.placeholder}"
    return _WRITERS[field](getattr(proto, field))


def _list_text(proto: Any) -> str:
    stored = proto.ListFields()
    if not stored:
        return "[]"
    descriptor, items = stored[0]
    pieces = [_WRITERS[descriptor.name](item) for item in items]
    if len(pieces) >= _MAX_LIST:
        pieces = [*pieces[:_KEPT_ITEMS], "...", *pieces[-_KEPT_ITEMS:]]
    return f"[{', '.join(pieces)}]"


def _string_text(value: bytes) -> str:
    escaped = _escape(value)
    if len(escaped) >= _MAX_STRING:
        escaped = f"{escaped[:_KEPT_CHARACTERS]}...{escaped[-_KEPT_CHARACTERS:]}"
    return f'"{escaped}"'


_ESCAPES = {10: r"\n", 13: r"\r", 9: r"\t", 34: r"\"", 39: r"\'", 92: r"\\"}


def _escape(value: bytes) -> str:
    """As in C: octal for what ASCII cannot show."""
    return "".join(_ESCAPES.get(c) or (chr(c) if 32 <= c < 127 else f"\\{c:03o}") for c in value)


def _float_text(value: float) -> str:
    # Six digits if they give back the same float32, else nine (core/lib/strings/numbers.cc,
    # FloatToBuffer).
    short = f"{value:.6g}"
    return short if np.float32(short) == np.float32(value) else f"{value:.9g}"


def _type_text(value: int) -> str:
    from perdure.formats.messages import DataType

    return DataType.Name(value)


def _shape_text(shape: Shape) -> str:
    if shape is None:
        return "<unknown>"
    return f"[{','.join('?' if size is None else str(size) for size in shape)}]"


def _tensor_text(proto: TensorProto) -> str:
    shape = tuple(dim.size for dim in proto.tensor_shape.dim)
    type_name = word_of(as_dtype(proto.dtype))
    values = _elements_text(proto_to_array(proto)) if as_dtype(proto.dtype).is_numpy_compatible else "?"
    return f"Tensor<type: {type_name} shape: {_shape_text(shape)} values: {values}>"


def _elements_text(array: np.ndarray) -> str:
    """The first three elements; rows of a matrix in brackets."""
    if not array.size:
        return ""
    if array.ndim < 2:
        text = " ".join(_element_text(item) for item in array.ravel()[:_MAX_ELEMENTS].tolist())
        return text + ("..." if array.size > _MAX_ELEMENTS else "")
    text, left = "", _MAX_ELEMENTS
    for row in array:
        if left <= 0:
            return text + "..."
        text += f"[{_elements_text(row)}]"
        left -= row.size
    return text


def _element_text(item: Any) -> str:
    if isinstance(item, bytes):
        return _escape(item)
    if isinstance(item, complex) or isinstance(item, tuple):
        return "?"
    return f"{item:.6g}" if isinstance(item, float) else str(int(item))


def _function_text(value: NameAttrList) -> str:
    attrs = ", ".join(f"{name}={attr_text(value.attr[name])}" for name in sorted(value.attr))
    return f"{value.name}[{attrs}]"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "s": _string_text,
    "i": str,
    "f": _float_text,
    "b": lambda value: "true" if value else "false",
    "type": _type_text,
    "shape": lambda value: _shape_text(shape_from_proto(value)),
    "tensor": _tensor_text,
    "func": _function_text,
}
