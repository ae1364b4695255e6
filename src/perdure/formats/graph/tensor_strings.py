"""Tensors as serialized TensorProtos."""

from __future__ import annotations

from typing import Any

import numpy as np
from google.protobuf.message import DecodeError

from perdure.formats.graph.tensors import proto_to_array, shape_to_proto
from perdure.formats.messages import TensorProto
from perdure.graph.dtypes import DType, as_dtype


def string_of_tensor(array: Any, dtype: DType) -> bytes:
    """A tensor as a serialized TensorProto, its numbers as bytes."""
    array = np.asarray(array)
    message = TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=shape_to_proto(array.shape))
    if array.dtype == object:
        items = array.ravel().tolist()
        message.string_val.extend(item if isinstance(item, bytes) else str(item).encode() for item in items)
    else:
        message.tensor_content = np.ascontiguousarray(array).tobytes()
    return message.SerializeToString()  # type: ignore[no-any-return]


def tensor_in_string(data: bytes) -> tuple[DType, np.ndarray] | None:
    """The type and the array of a serialized TensorProto; None if it is none.

    Raises:
        ValueError: its fields do not go together.
        TypeError: its type is none of TensorFlow's.
    """
    try:
        message = TensorProto.FromString(data)
    except DecodeError:
        return None
    if not message.dtype:
        raise ValueError(str(message))
    return as_dtype(message.dtype), proto_to_array(message)
