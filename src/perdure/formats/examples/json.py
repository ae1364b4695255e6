"""Examples in JSON, by protocol buffers' own mapping."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from perdure.formats.examples.wire import BYTES, ENTRY, FLOATS, INTEGERS, KEY, VALUE


class BadJson(ValueError):
    """A text is no Example in JSON; the message says why."""


def example_of(text: bytes) -> bytes:
    """An Example in JSON as a serialized one, as TensorFlow writes it: in order, with numbers one by one.

    Raises:
        BadJson: it is none.
    """
    from google.protobuf import json_format

    from perdure.formats.messages import Example

    try:
        example = json_format.Parse(text, Example())
        keys = (json.loads(text).get("features") or {}).get("feature") or {}
    except (json_format.Error, ValueError, RecursionError) as error:
        raise BadJson(str(error)) from error
    if not example.HasField("features"):
        return b""
    features = example.features.feature
    entries = (_field(KEY, key.encode()) + _field(VALUE, b"".join(_fields(features[key]))) for key in keys)
    return _field(ENTRY, b"".join(_field(ENTRY, entry) for entry in entries))


def _fields(feature: Any) -> Iterator[bytes]:
    """The field that a feature has; none if it holds no list."""
    kind = feature.WhichOneof("kind")
    if kind == "bytes_list":
        yield _list(BYTES, (_field(ENTRY, value) for value in feature.bytes_list.value))
    elif kind == "float_list":
        yield _list(FLOATS, (b"\x0d" + struct.pack("<f", value) for value in feature.float_list.value))
    elif kind == "int64_list":
        yield _list(INTEGERS, (b"\x08" + _varint(value) for value in feature.int64_list.value))


def _list(tag: int, values: Iterable[bytes]) -> bytes:
    return _field(tag, b"".join(values))


def _field(tag: int, contents: bytes) -> bytes:
    return bytes([tag]) + _varint(len(contents)) + contents


def _varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF
    text = bytearray()
    while number >= 0x80:
        text.append(number & 0x7F | 0x80)
        number >>= 7
    text.append(number)
    return bytes(text)
