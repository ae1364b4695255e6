"""Specs of values made of several tensors: `tf.SparseTensorSpec` and `tf.IndexedSlicesSpec`.

In a list of tensors a SparseTensor is one variant, which holds its three parts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices, IndexedSlicesValue, SparseTensor, SparseTensorValue
from perdure.graph.constants import constant_value_as_shape
from perdure.graph.dtypes import DType
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.graph.type_spec import (
    BatchableTypeSpec,
    TensorSpec,
    TypeSpec,
    register_type_spec_from_value_converter,
)


class SparseTensorSpec(BatchableTypeSpec):
    """Describes SparseTensors.

    Args:
        shape: the static shape of the whole tensors.
        dtype: the type of their elements.
    """

    __slots__ = ("_shape", "_dtype")

    def __init__(self, shape: Any = None, dtype: Any = dtypes.float32) -> None:
        self._shape = as_shape(shape)
        self._dtype = dtypes.as_dtype(dtype)

    shape = property(lambda self: self._shape, doc="The static shape of the whole tensors.")
    dtype = property(lambda self: self._dtype, doc="The type of the elements.")
    value_type = property(lambda self: SparseTensor, doc="The class SparseTensor.")  # type: ignore[assignment]

    @classmethod
    def from_value(cls, value: Any) -> SparseTensorSpec:
        """The spec of a SparseTensor or SparseTensorValue.

        Raises:
            TypeError: it is neither.
        """
        if isinstance(value, SparseTensorValue):
            if isinstance(value.values, np.ndarray):
                return cls(value.dense_shape, value.values.dtype)
            value = SparseTensor.from_value(value)
        if not isinstance(value, SparseTensor):
            raise TypeError("Expected SparseTensor or SparseTensorValue")
        return cls(value.shape, value.dtype)

    def _serialize(self) -> tuple[Any, ...]:
        return self._shape, self._dtype

    @property
    def _component_specs(self) -> list[TensorSpec]:
        rank = self._shape.ndims
        return [
            TensorSpec([None, rank], dtypes.int64),
            TensorSpec([None], self._dtype),
            TensorSpec([rank], dtypes.int64),
        ]

    def _to_components(self, value: Any) -> list[Any]:
        if isinstance(value, SparseTensorValue):
            value = SparseTensor.from_value(value)
        return [value.indices, value.values, value.dense_shape]

    def _from_components(self, components: Any) -> Any:
        kind = SparseTensorValue if all(isinstance(c, np.ndarray) for c in components) else SparseTensor
        return kind(*components)

    @property
    def _flat_tensor_specs(self) -> list[Any]:
        return [TensorSpec(None, dtypes.variant)]

    def _to_tensor_list(self, value: Any) -> list[Any]:
        value = SparseTensor.from_value(value)
        return [g.serialize_sparse(value.indices, value.values, value.dense_shape, out_type=dtypes.variant)]

    def _to_batched_tensor_list(self, value: Any) -> list[Any]:
        if self._shape.merge_with(constant_value_as_shape(value.dense_shape)).ndims == 0:
            raise ValueError("Unbatching a sparse tensor is only supported for rank >= 1")
        return [
            g.serialize_many_sparse(value.indices, value.values, value.dense_shape, out_type=dtypes.variant)
        ]

    def _from_compatible_tensor_list(self, tensor_list: list[Any]) -> SparseTensor:
        parts = g.deserialize_sparse(tensor_list[0], dtype=self._dtype)
        result = SparseTensor(*parts)
        rank = self._shape.ndims
        result.indices.set_shape([None, rank])
        result.dense_shape.set_shape([rank])
        return result

    def _batch(self, batch_size: int | None) -> SparseTensorSpec:
        return SparseTensorSpec(TensorShape([batch_size]).concatenate(self._shape), self._dtype)

    def _unbatch(self) -> SparseTensorSpec:
        if self._shape.ndims == 0:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        return SparseTensorSpec(self._shape[1:], self._dtype)

    def _to_legacy_output_types(self) -> DType:
        return self._dtype

    def _to_legacy_output_shapes(self) -> TensorShape:
        return self._shape

    def _to_legacy_output_classes(self) -> Any:
        return SparseTensor


class IndexedSlicesSpec(TypeSpec):
    """Describes IndexedSlices.

    Args:
        shape: the static shape of the whole tensors.
        dtype: the type of the values.
        indices_dtype: the type of the indices.
        dense_shape_dtype: the type of `dense_shape`; None if they have none.
        indices_shape: the static shape of the indices.
    """

    __slots__ = ("_shape", "_values_dtype", "_indices_dtype", "_dense_shape_dtype", "_indices_shape")

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        indices_dtype: Any = dtypes.int64,
        dense_shape_dtype: Any = None,
        indices_shape: Any = None,
    ) -> None:
        self._shape = as_shape(shape)
        self._values_dtype = dtypes.as_dtype(dtype)
        self._indices_dtype = dtypes.as_dtype(indices_dtype)
        self._dense_shape_dtype = None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype)
        self._indices_shape = as_shape(indices_shape).with_rank(1)

    value_type = property(lambda self: IndexedSlices, doc="The class IndexedSlices.")  # type: ignore[assignment]

    def _serialize(self) -> tuple[Any, ...]:
        return (
            self._shape,
            self._values_dtype,
            self._indices_dtype,
            self._dense_shape_dtype,
            self._indices_shape,
        )

    @property
    def _component_specs(self) -> tuple[TensorSpec, ...]:
        values = TensorSpec(self._indices_shape.concatenate(self._shape[1:]), self._values_dtype)
        specs = values, TensorSpec(self._indices_shape, self._indices_dtype)
        if self._dense_shape_dtype is None:
            return specs
        return *specs, TensorSpec([self._shape.ndims], self._dense_shape_dtype)

    def _to_components(self, value: Any) -> tuple[Any, ...]:
        parts = value.values, value.indices
        return parts if value.dense_shape is None else (*parts, value.dense_shape)

    def _from_components(self, components: Any) -> Any:
        if all(isinstance(component, np.ndarray) for component in components):
            return IndexedSlicesValue(*components, *[None] * (3 - len(components)))
        return IndexedSlices(*components)


def _spec_of_slices(slices: IndexedSlices) -> IndexedSlicesSpec:
    indices_shape = slices.indices.shape.merge_with(slices.values.shape[:1])
    shape = TensorShape([None]).concatenate(slices.values.shape[1:])
    shape_dtype = None
    if slices.dense_shape is not None:
        shape_dtype = slices.dense_shape.dtype
        shape = shape.merge_with(constant_value_as_shape(slices.dense_shape))
    return IndexedSlicesSpec(shape, slices.dtype, slices.indices.dtype, shape_dtype, indices_shape)


register_type_spec_from_value_converter(SparseTensor, SparseTensorSpec.from_value)
register_type_spec_from_value_converter(SparseTensorValue, SparseTensorSpec.from_value)
register_type_spec_from_value_converter(IndexedSlices, _spec_of_slices)
