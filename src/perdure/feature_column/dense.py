"""Dense columns: numbers, ranges of numbers, and categories as indicators."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from perdure.feature_column.checks import check_key, check_numeric, checked_default, checked_shape
from perdure.feature_column.configured import Configured
from perdure.feature_column.interface import (
    BothCategoricalColumn,
    BothDenseColumn,
    BothSequenceDenseColumn,
    CategoricalColumn,
    Numeric,
    SequenceDenseColumn,
    Sequential,
    buckets_of,
    is_new,
    spec_of,
)
from perdure.feature_column.lengths import sequence_length_from_sparse_tensor
from perdure.functional.array.array import expand_dims, reshape, shape
from perdure.functional.array.gathering import scatter_nd
from perdure.functional.array.joining import stack
from perdure.functional.array.rearranging import tile, transpose
from perdure.functional.array.searching import bucketize, one_hot
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.parsing.features import FixedLenFeature
from perdure.functional.sparse.merging import sparse_merge
from perdure.functional.sparse.slicing import sparse_slice
from perdure.functional.sparse.sparse import sparse_tensor_to_dense
from perdure.graph import dtypes
from perdure.graph.composite import SparseTensor
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape


class NumericColumn(
    BothDenseColumn,
    Numeric,
    Configured,
    namedtuple("NumericColumn", ("key", "shape", "default_value", "dtype", "normalizer_fn")),
):
    """See `numeric_column`."""

    @property
    def name(self) -> str:
        """The key."""
        return self.key

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """See `FeatureColumn`."""
        return {self.key: FixedLenFeature(self.shape, self.dtype, self.default_value)}

    @property
    def parents(self) -> list[Any]:
        """See `FeatureColumn`."""
        return [self.key]

    @property
    def variable_shape(self) -> TensorShape:
        """See `DenseColumn`."""
        return TensorShape(self.shape)

    def _transformed(self, source: Any) -> Tensor:
        tensor = source.get(self.key)
        if isinstance(tensor, SparseTensor):
            raise ValueError(
                "The corresponding Tensor of numerical column must be a Tensor. SparseTensor is not "
                f"supported. key: {self.key}"
            )
        if self.normalizer_fn is not None:
            tensor = self.normalizer_fn(tensor)
        return cast(tensor, dtypes.float32)

    def _dense(self, source: Any) -> Tensor:
        return source.get(self)


class BucketizedColumn(
    BothDenseColumn,
    BothCategoricalColumn,
    Configured,
    namedtuple("BucketizedColumn", ("source_column", "boundaries")),
):
    """See `bucketized_column`."""

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.source_column)

    @property
    def name(self) -> str:
        """The name, after the numeric column."""
        return f"{self.source_column.name}_bucketized"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """See `FeatureColumn`."""
        return spec_of(self.source_column)

    @property
    def parents(self) -> list[Any]:
        """See `FeatureColumn`."""
        return [self.source_column]

    @property
    def variable_shape(self) -> TensorShape:
        """See `DenseColumn`."""
        return TensorShape((*self.source_column.shape, len(self.boundaries) + 1))

    @property
    def num_buckets(self) -> int:
        """See `CategoricalColumn`."""
        return (len(self.boundaries) + 1) * self.source_column.shape[0]

    def _transformed(self, source: Any) -> Tensor:
        return bucketize(source.get(self.source_column), boundaries=self.boundaries)

    def _dense(self, source: Any) -> Tensor:
        numbers = cast(source.get(self), dtypes.int64)
        return one_hot(indices=numbers, depth=len(self.boundaries) + 1, on_value=1.0, off_value=0.0)

    def _pair(self, source: Any) -> Any:
        # Each number of an example has buckets of its own.
        numbers = source.get(self)
        rows, width = shape(numbers)[0], self.source_column.shape[0]
        row = reshape(tile(expand_dims(sequence(0, rows), 1), [1, width]), (-1,))
        place = tile(sequence(0, width), [rows])
        buckets = reshape(numbers, (-1,)) + (len(self.boundaries) + 1) * place
        ids = SparseTensor(
            indices=cast(transpose(stack((row, place))), dtypes.int64),
            values=buckets,
            dense_shape=cast(stack([rows, width]), dtypes.int64),
        )
        return CategoricalColumn.IdWeightPair(ids, None)


class IndicatorColumn(
    BothDenseColumn,
    BothSequenceDenseColumn,
    Configured,
    namedtuple("IndicatorColumn", ("categorical_column",)),
):
    """See `indicator_column`."""

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.categorical_column)

    @property
    def name(self) -> str:
        """The name, after the column of categories."""
        return f"{self.categorical_column.name}_indicator"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """See `FeatureColumn`."""
        return spec_of(self.categorical_column)

    @property
    def parents(self) -> list[Any]:
        """See `FeatureColumn`."""
        return [self.categorical_column]

    @property
    def variable_shape(self) -> TensorShape:
        """See `DenseColumn`."""
        return TensorShape([1, buckets_of(self.categorical_column)])

    def _transformed(self, source: Any) -> Tensor:
        ids, weights = source.pair(self.categorical_column)
        depth = buckets_of(self.categorical_column)
        if weights is not None:
            merged = sparse_merge(sp_ids=ids, sp_values=weights, vocab_size=depth)
            merged = sparse_slice(merged, [0, 0], merged.dense_shape)
            return scatter_nd(merged.indices, merged.values, merged.dense_shape)
        dense = sparse_tensor_to_dense(ids, default_value=-1)
        return reduce_sum(one_hot(dense, depth=depth, on_value=1.0, off_value=0.0), axis=[-2])

    def _dense(self, source: Any) -> Tensor:
        check_no_sequence(self, "indicator_column", source)
        return source.get(self)

    def _sequences(self, source: Any) -> Any:
        check_sequence(self, "indicator_column")
        tensor = source.get(self)
        length = sequence_length_from_sparse_tensor(source.pair(self.categorical_column).id_tensor)
        return SequenceDenseColumn.TensorSequenceLengthPair(tensor, length)


def check_no_sequence(column: Any, kind: str, source: Any) -> None:
    """Refuse a column of sequences where one of single examples is needed.

    Args:
        column: the dense column of `column.categorical_column`.
        kind: what makes the dense column.
        source: where it gets its inputs.

    Raises:
        ValueError: it is one.
    """
    given = column.categorical_column
    if isinstance(given, Sequential):
        name = f"{'' if hasattr(source, 'cache') else '_'}SequenceCategoricalColumn"
        raise ValueError(
            f"In {kind}: {column.name}. categorical_column must not be of type {name}. Suggested fix A: If "
            "you wish to use DenseFeatures, use a non-sequence categorical_column_with_*. Suggested fix B: "
            "If you wish to create sequence input, use SequenceFeatures instead of DenseFeatures. Given "
            f"(type {type(given)}): {given}"
        )


def check_sequence(column: Any, kind: str) -> None:
    """Refuse a column of single examples where one of sequences is needed; see `check_no_sequence`."""
    given = column.categorical_column
    if not isinstance(given, Sequential):
        raise ValueError(
            f"In {kind}: {column.name}. categorical_column must be of type SequenceCategoricalColumn to use "
            "SequenceFeatures. Suggested fix: Use one of sequence_categorical_column_with_*. Given (type "
            f"{type(given)}): {given}"
        )


# -- making them -------------------------------------------------------------------------------


def numeric_column(
    key: str,
    shape: Any = (1,),
    default_value: Any = None,
    dtype: DType = dtypes.float32,
    normalizer_fn: Any = None,
) -> NumericColumn:
    """A column of numbers.

    Args:
        key: the key of the feature.
        shape: the shape of an example.
        default_value: what an Example has that lacks the feature, a number or numbers of the shape.
        dtype: the dtype of the feature.
        normalizer_fn: a function from the tensor of the feature to the one that is used.

    Raises:
        ValueError: an argument is none it can be.
        TypeError: likewise.
    """
    shape = checked_shape(shape, key)
    check_numeric(key, dtype, None)
    default_value = checked_default(shape, default_value, dtype, key)
    check_numeric(key, dtype, normalizer_fn)
    check_key(key)
    return NumericColumn(
        key, shape=shape, default_value=default_value, dtype=dtype, normalizer_fn=normalizer_fn
    )


def bucketized_column(source_column: Any, boundaries: Any) -> BucketizedColumn:
    """A column of the ranges that numbers are in.

    Args:
        source_column: a numeric column of vectors.
        boundaries: the boundaries between ranges, a sorted list; a number equal to one is in the range above.

    Raises:
        ValueError: an argument is none it can be.
    """
    if not isinstance(source_column, Numeric):
        raise ValueError(
            f"source_column must be a column generated with numeric_column(). Given: {source_column}"
        )
    if len(source_column.shape) > 1:  # type: ignore[attr-defined]
        raise ValueError(f"source_column must be one-dimensional column. Given: {source_column}")
    if not boundaries:
        raise ValueError("boundaries must not be empty.")
    if not isinstance(boundaries, (list, tuple)) or any(
        low >= high for low, high in zip(boundaries[:-1], boundaries[1:], strict=True)
    ):
        raise ValueError("boundaries must be a sorted list.")
    return BucketizedColumn(source_column, tuple(boundaries))


def indicator_column(categorical_column: Any) -> IndicatorColumn:
    """A dense column with how often each category is in an example.

    Args:
        categorical_column: the column of categories.
    """
    return IndicatorColumn(categorical_column)
