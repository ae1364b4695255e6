"""What readers and writers of checkpoints of version 1 agree on.

A checkpoint is one table, or several that a pattern names:

    ""   -> SavedTensorSlices with `meta`: for each tensor its name, shape, type and slices
    key  -> SavedTensorSlices with `data`: the values of one slice; `formats/slices/keys.py` has the keys

The values are a TensorProto of which only the field of their type is there, all of them in it.  Source:
TensorFlow, core/util/tensor_slice_writer.cc and core/util/saved_tensor_slice_util.h.
"""

from __future__ import annotations

from typing import NamedTuple

from perdure.graph import dtypes
from perdure.graph.dtypes import DType

META_KEY = b""
VERSION, MIN_CONSUMER, MIN_PRODUCER = 1, 0, 0


class Field(NamedTuple):
    """Where a TensorProto has the values of a type.

    Attributes:
        number: of the field.
        kind: what stands there: "fixed" for the values' own bytes, "varint", or "string".
        most_bytes: of a value, as TensorFlow reckons.
    """

    number: int
    kind: str
    most_bytes: int


FIELDS: dict[DType, Field] = {
    dtypes.float32: Field(5, "fixed", 4),
    dtypes.float64: Field(6, "fixed", 8),
    dtypes.complex64: Field(9, "fixed", 8),
    dtypes.complex128: Field(12, "fixed", 16),
    dtypes.int64: Field(10, "varint", 10),
    dtypes.bool: Field(11, "varint", 1),
    dtypes.float16: Field(13, "varint", 3),
    dtypes.string: Field(8, "string", 10),
    **{
        dtype: Field(7, "varint", most)
        for dtype, most in (
            (dtypes.int32, 10),
            (dtypes.int16, 10),
            (dtypes.int8, 10),
            (dtypes.uint16, 3),
            (dtypes.uint8, 2),
            (dtypes.qint32, 10),
            (dtypes.qint8, 10),
            (dtypes.quint8, 2),
        )
    },
}
