"""Variants as bytes: what a checkpoint keeps of an iterator's state.

VariantTensorDataProto: type_name, metadata, tensors
"""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.formats.graph.tensors import array_to_proto, proto_to_array
from perdure.formats.protos.tensor_pb2 import VariantTensorDataProto
from perdure.graph.dtypes import as_dtype, string
from perdure.graph.errors import DataLossError


class VariantData:
    """A variant that can be written.

    Args:
        type_name: what it is.
        metadata: what it says of itself.
        tensors: the arrays in it.
    """

    __slots__ = ("type_name", "metadata", "tensors")

    def __init__(self, type_name: str, metadata: bytes, tensors: list[np.ndarray]) -> None:
        self.type_name, self.metadata, self.tensors = type_name, metadata, tensors

    def to_bytes(self) -> bytes:
        """It as a serialized message."""
        proto = VariantTensorDataProto(type_name=self.type_name, metadata=self.metadata)
        for array in self.tensors:
            dtype = string if array.dtype == object else as_dtype(array.dtype)
            proto.tensors.append(array_to_proto(array, dtype))
        data: bytes = proto.SerializeToString()
        return data

    @staticmethod
    def from_bytes(data: bytes) -> VariantData:
        """What a serialized message says.

        Raises:
            DataLossError: it is none.
        """
        proto: Any = VariantTensorDataProto()
        try:
            proto.ParseFromString(data)
            tensors = [proto_to_array(each) for each in proto.tensors]
        except Exception as error:
            raise DataLossError(None, None, "Unable to parse a variant of a checkpoint") from error
        return VariantData(proto.type_name, proto.metadata, tensors)
