"""Columns of sequences, and the layer that makes one tensor of them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from perdure.feature_column.categorical import (
    SequenceCategoricalColumn,
    categorical_column_with_hash_bucket,
    categorical_column_with_identity,
    categorical_column_with_vocabulary_file,
    categorical_column_with_vocabulary_list,
)
from perdure.feature_column.checks import check_numeric, checked_shape
from perdure.feature_column.configured import Configured
from perdure.feature_column.dense_features import FeaturesLayer
from perdure.feature_column.interface import SequenceDenseColumn
from perdure.feature_column.lengths import sequence_length_from_sparse_tensor
from perdure.feature_column.transformation import FeatureTransformationCache, check_batch_sizes
from perdure.functional.array.array import expand_dims, identity, reshape
from perdure.functional.array.array import shape as shape_of
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import tile
from perdure.functional.control.check_ops import assert_equal, assert_rank, assert_type
from perdure.functional.parsing.features import VarLenFeature
from perdure.functional.sparse.sparse import sparse_tensor_to_dense
from perdure.graph import dtypes
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape


class SequenceNumericColumn(
    SequenceDenseColumn,
    Configured,
    namedtuple("SequenceNumericColumn", ("key", "shape", "default_value", "dtype", "normalizer_fn")),
):
    """See `sequence_numeric_column`."""

    @property
    def _is_v2_column(self) -> bool:
        return True

    @property
    def name(self) -> str:
        """The key."""
        return self.key

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """See `FeatureColumn`."""
        return {self.key: VarLenFeature(self.dtype)}

    @property
    def parents(self) -> list[Any]:
        """See `FeatureColumn`."""
        return [self.key]

    @property
    def variable_shape(self) -> Any:
        """The shape of a step."""
        return TensorShape(self.shape)

    def transform_feature(self, transformation_cache: Any, state_manager: Any) -> Any:
        """See `FeatureColumn`."""
        tensor = transformation_cache.get(self.key, state_manager)
        return tensor if self.normalizer_fn is None else self.normalizer_fn(tensor)

    def get_sequence_dense_tensor(self, transformation_cache: Any, state_manager: Any) -> Any:
        """See `SequenceDenseColumn`."""
        sparse = transformation_cache.get(self, state_manager)
        dense = sparse_tensor_to_dense(sparse, default_value=self.default_value)
        whole = concat([shape_of(dense)[:1], [-1], self.variable_shape], axis=0)
        dense = reshape(dense, shape=whole)
        # Of a matrix, the numbers of a step are behind each other.
        width = self.variable_shape.num_elements() if sparse.shape.ndims == 2 else 1
        length = sequence_length_from_sparse_tensor(sparse, num_elements=width)
        return SequenceDenseColumn.TensorSequenceLengthPair(dense, length)


class SequenceFeatures(FeaturesLayer):
    """A layer that makes one tensor of columns of sequences.

    Args:
        feature_columns: the columns.
        trainable: whether its variables are trained.
        name: its name.
        **kwargs: see `tf.keras.layers.Layer`.

    Raises:
        ValueError: a column is none of sequences.
    """

    def __init__(
        self, feature_columns: Any, trainable: bool = True, name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(
            feature_columns=feature_columns,
            trainable=trainable,
            name=name,
            expected_column_type=SequenceDenseColumn,
            **kwargs,
        )

    @property
    def _is_feature_layer(self) -> bool:
        return True

    def _target_shape(self, input_shape: Any, total_elements: int) -> Any:
        return input_shape[0], input_shape[1], total_elements

    def call(self, features: Any) -> tuple[Tensor, Tensor]:
        """The columns side by side, and how long the sequences are.

        Args:
            features: tensors and SparseTensors by key.

        Returns:
            A tensor, (batch, time, any), and a vector of int64.

        Raises:
            ValueError: `features` is no dictionary.
            InvalidArgumentError: when run, if the columns' sequences differ in length.
        """
        if not isinstance(features, dict):
            raise ValueError("We expected a dictionary here. Instead we got: ", features)
        cache = FeatureTransformationCache(features)
        outputs, lengths = [], []
        for column in self._feature_columns:
            with name_scope(column.name):
                dense, length = column.get_sequence_dense_tensor(cache, self._state_manager)
                outputs.append(self._process_dense_tensor(column, dense))
                lengths.append(length)
        check_batch_sizes(lengths, self._feature_columns)
        length = all_equal(lengths)
        return self._joined(outputs), length


def all_equal(tensors: Sequence[Tensor], name: str | None = None) -> Tensor:
    """The first of some tensors, which must be equal.

    Args:
        tensors: the tensors.
        name: the name of the scope.

    Raises:
        InvalidArgumentError: when run, if they differ.
    """
    with name_scope(name, "assert_all_equal", tensors):
        if len(tensors) == 1:
            return tensors[0]
        checks = [assert_equal(tensors[0], other) for other in tensors[1:]]
        with control_dependencies(checks):
            return identity(tensors[0])


def concatenate_context_input(context_input: Tensor, sequence_input: Tensor) -> Tensor:
    """Sequences with a context behind the features of each step.

    Args:
        context_input: (batch, any), float32.
        sequence_input: (batch, time, any), float32.

    Raises:
        ValueError: one has another rank.
        TypeError: one has another dtype.
    """
    checks = []
    for tensor, name, rank in ((sequence_input, "sequence_input", 3), (context_input, "context_input", 2)):
        checks += [
            assert_rank(tensor, rank, message=f"{name} must have rank {rank}", data=[shape_of(tensor)]),
            assert_type(
                tensor, dtypes.float32, message=f"{name} must have dtype float32; got {tensor.dtype}."
            ),
        ]
    with control_dependencies(checks):
        steps = shape_of(sequence_input)[1]
        tiled = tile(expand_dims(context_input, 1), concat([[1], [steps], [1]], 0))
    return concat([sequence_input, tiled], 2)


# -- making them -------------------------------------------------------------------------------


def sequence_numeric_column(
    key: str,
    shape: Any = (1,),
    default_value: float = 0.0,
    dtype: DType = dtypes.float32,
    normalizer_fn: Any = None,
) -> SequenceNumericColumn:
    """A column of sequences of numbers.

    Args:
        key: the key of the feature.
        shape: the shape of a step.
        default_value: what shorter sequences are filled up with.
        dtype: the dtype of the feature.
        normalizer_fn: a function from the SparseTensor of the feature to the one that is used.

    Raises:
        ValueError: an argument is none it can be.
        TypeError: likewise.
    """
    shape = checked_shape(shape, key)
    check_numeric(key, dtype, normalizer_fn)
    return SequenceNumericColumn(
        key, shape=shape, default_value=default_value, dtype=dtype, normalizer_fn=normalizer_fn
    )


def sequence_categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> SequenceCategoricalColumn:
    """A column of sequences of integers; see `categorical_column_with_identity`."""
    return SequenceCategoricalColumn(categorical_column_with_identity(key, num_buckets, default_value))


def sequence_categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: DType = dtypes.string
) -> SequenceCategoricalColumn:
    """A column of sequences of buckets; see `categorical_column_with_hash_bucket`."""
    return SequenceCategoricalColumn(categorical_column_with_hash_bucket(key, hash_bucket_size, dtype))


def sequence_categorical_column_with_vocabulary_file(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    num_oov_buckets: int | None = 0,
    default_value: int | None = None,
    dtype: DType = dtypes.string,
) -> SequenceCategoricalColumn:
    """A column of sequences of words; see `categorical_column_with_vocabulary_file`."""
    return SequenceCategoricalColumn(
        categorical_column_with_vocabulary_file(
            key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype
        )
    )


def sequence_categorical_column_with_vocabulary_list(
    key: str,
    vocabulary_list: Any,
    dtype: DType | None = None,
    default_value: int = -1,
    num_oov_buckets: int = 0,
) -> SequenceCategoricalColumn:
    """A column of sequences of words; see `categorical_column_with_vocabulary_list`."""
    return SequenceCategoricalColumn(
        categorical_column_with_vocabulary_list(key, vocabulary_list, dtype, default_value, num_oov_buckets)
    )
