"""The hash that TensorFlow 1.15 puts behind the names of functions made by `Defun`.

The order in which parts are taken in follows `FunctionDefHash` (core/framework/function.cc) and was checked
against names that TensorFlow 1.15.5 gave; the hash of bytes is MurmurHash64A (Austin Appleby, public domain).
Attributes whose names begin with an underscore do not count.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from perdure.formats.graph.tensors import proto_to_array

_ALL = (1 << 64) - 1
_FACTOR = 0xC6A4A7935BD1E995
_SEED = 0xDECAFCAFFE


def function_hash(definition: Any) -> str:
    """What is appended to the name of a function without attributes and name: eleven letters and digits.

    Args:
        definition: its FunctionDef.
    """
    value = _hash(_bytes_of(definition.signature), _SEED)
    nodes = _SEED
    for node in sorted(definition.node_def, key=lambda node: node.name.encode()):
        nodes = _combined(_hash_of_node(node), _hash_of_text(node.name, nodes))
    value = _combined(nodes, value)
    for returned in (definition.ret, definition.control_ret):
        for name in sorted(returned):
            value = _hash_of_text(returned[name], _hash_of_text(name, value))
    text = base64.b64encode(value.to_bytes(8, "little")).decode().rstrip("=")
    return text.replace("+", "a").replace("/", "A")


def _hash(data: bytes, seed: int = _SEED) -> int:
    value = (seed ^ len(data) * _FACTOR) & _ALL
    whole = len(data) // 8 * 8
    for start in range(0, whole, 8):
        part = int.from_bytes(data[start : start + 8], "little") * _FACTOR & _ALL
        part = (part ^ part >> 47) * _FACTOR & _ALL
        value = (value ^ part) * _FACTOR & _ALL
    if whole < len(data):
        value = (value ^ int.from_bytes(data[whole:], "little")) * _FACTOR & _ALL
    value = (value ^ value >> 47) * _FACTOR & _ALL
    return value ^ value >> 47


def _combined(one: int, other: int) -> int:
    return (one ^ (other + 0x9E3779B97F4A7800 + (one << 10) + (one >> 4))) & _ALL


def _hash_of_text(text: str, seed: int = _SEED) -> int:
    return _hash(text.encode(), seed)


def _bytes_of(message: Any) -> bytes:
    data: bytes = message.SerializeToString(deterministic=True)
    return data


def _hash_of_node(node: Any) -> int:
    value = _SEED
    data_inputs = [name for name in node.input if not name.startswith("^")]
    controls = sorted(name for name in node.input if name.startswith("^"))
    for text in (node.name, node.op, node.device, *data_inputs, *controls):
        value = _hash_of_text(text, value)
    return _hash_of_attributes(node.attr, value)


def _hash_of_attributes(attrs: Any, value: int) -> int:
    for name in sorted(attrs):
        if not name.startswith("_"):
            value = _combined(_hash_of_value(attrs[name]), _hash_of_text(name, value))
    return value


def _hash_of_value(attr: Any) -> int:
    kind = attr.WhichOneof("value")
    if kind == "func":
        value = _hash_of_text(attr.func.name)
        for name in sorted(attr.func.attr):
            value = _combined(_hash_of_value(attr.func.attr[name]), _hash_of_text(name, value))
        return value
    if kind == "tensor":
        return _hash(_bytes_of(_with_content(attr.tensor)))
    return _hash(_bytes_of(attr))


def _with_content(tensor: Any) -> Any:
    """A tensor with its elements as bytes, however they were written."""
    made = type(tensor)(dtype=tensor.dtype, tensor_shape=tensor.tensor_shape)
    if len(tensor.tensor_content):
        made.tensor_content = tensor.tensor_content
        return made
    array = proto_to_array(tensor)
    if array.dtype == object:
        items = [item if isinstance(item, bytes) else str(item).encode() for item in array.reshape(-1)]
        made.tensor_content = b"".join([*_lengths(items), *items])
    else:
        made.tensor_content = array.tobytes()
    return made


def _lengths(items: Iterable[bytes]) -> Iterable[bytes]:
    for item in items:
        length, written = len(item), []
        while length > 127:
            written.append(length & 127 | 128)
            length >>= 7
        yield bytes([*written, length])
