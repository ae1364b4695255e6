"""What feature columns are: the interface that their users call, and the older one.

Columns of TensorFlow 1.15 have both.  The newer asks a cache of transformed features and a manager of
variables, the older a builder alone and makes variables by `get_variable`; programs define columns of
their own with either.  A column of this room is written once, over a `Source` that is one of the two.
"""

from __future__ import annotations

import abc
from collections import namedtuple
from collections.abc import Iterable
from typing import Any

from perdure.graph import dtypes
from perdure.graph.keys import GraphKeys
from perdure.platform.deprecation import warn_once
from perdure.variables.variable_scope import get_variable

_MODULE = "tensorflow.python.feature_column.feature_column_v2"
_INSTRUCTIONS = (
    "The old _FeatureColumn APIs are being deprecated. Please use the new FeatureColumn APIs instead."
)


IdWeightPair = namedtuple("IdWeightPair", ("id_tensor", "weight_tensor"))
TensorSequenceLengthPair = namedtuple("TensorSequenceLengthPair", ("dense_tensor", "sequence_length"))


class _Sorted(abc.ABC):
    """Columns are compared by what they say of themselves."""

    def __lt__(self, other: Any) -> bool:
        return str(self) < str(other)

    def __gt__(self, other: Any) -> bool:
        return str(self) > str(other)

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The name, which is unique among the columns of a model."""


# -- the interface -----------------------------------------------------------------------------


class FeatureColumn(_Sorted):
    """How a feature becomes a tensor that a model can use."""

    @abc.abstractmethod
    def transform_feature(self, transformation_cache: Any, state_manager: Any) -> Any:
        """The transformed feature, by means of the cache."""

    @property
    @abc.abstractmethod
    def parse_example_spec(self) -> dict[str, Any]:
        """The features of an Example that the column needs, for `tf.parse_example`."""

    def create_state(self, state_manager: Any) -> None:  # noqa: B027  a column may have no state
        """Make the variables of the column."""

    @property
    @abc.abstractmethod
    def _is_v2_column(self) -> bool:
        """Whether all columns it is made of have this interface."""

    @property
    @abc.abstractmethod
    def parents(self) -> list[Any]:
        """The columns and keys of features it is made of."""

    @abc.abstractmethod
    def _get_config(self) -> dict[str, Any]:
        """What `_from_config` makes the column of again."""

    @classmethod
    def _from_config(
        cls, config: dict[str, Any], custom_objects: Any = None, columns_by_name: Any = None
    ) -> Any:
        """The column that `_get_config` described."""


class DenseColumn(FeatureColumn):
    """A column that is a dense tensor."""

    @property
    @abc.abstractmethod
    def variable_shape(self) -> Any:
        """The shape of an example of the tensor."""

    @abc.abstractmethod
    def get_dense_tensor(self, transformation_cache: Any, state_manager: Any) -> Any:
        """The tensor, (batch, ...)."""


class CategoricalColumn(FeatureColumn):
    """A column that is a sparse tensor of numbers of categories."""

    IdWeightPair = IdWeightPair

    @property
    @abc.abstractmethod
    def num_buckets(self) -> int:
        """How many categories there are."""

    @abc.abstractmethod
    def get_sparse_tensors(self, transformation_cache: Any, state_manager: Any) -> Any:
        """The categories and their weights, or None: an `IdWeightPair`."""


class SequenceDenseColumn(FeatureColumn):
    """A column that is a dense tensor of sequences."""

    TensorSequenceLengthPair = TensorSequenceLengthPair

    @abc.abstractmethod
    def get_sequence_dense_tensor(self, transformation_cache: Any, state_manager: Any) -> Any:
        """The tensor, (batch, time, ...), and the lengths: a `TensorSequenceLengthPair`."""


# What columns of either interface may be.


class Numeric:
    """A column of numbers, whose ranges can be a column."""


class Sequential:
    """A categorical column of sequences."""


# -- the older interface -----------------------------------------------------------------------


class OldFeatureColumn(_Sorted):
    """How a feature becomes a tensor that a model can use, in the older interface."""

    @property
    def _var_scope_name(self) -> str:
        """The name of the variable scope of the column."""
        return self.name

    @abc.abstractmethod
    def _transform_feature(self, inputs: Any) -> Any:
        """The transformed feature, by means of the builder."""

    @property
    @abc.abstractmethod
    def _parse_example_spec(self) -> dict[str, Any]:
        """The features of an Example that the column needs, for `tf.parse_example`."""

    def _reset_config(self) -> None:  # noqa: B027  a column may have nothing to forget
        """Forget what was configured."""


class OldDenseColumn(OldFeatureColumn):
    """A column that is a dense tensor, in the older interface."""

    @property
    @abc.abstractmethod
    def _variable_shape(self) -> Any:
        """The shape of an example of the tensor."""

    @abc.abstractmethod
    def _get_dense_tensor(self, inputs: Any, weight_collections: Any = None, trainable: Any = None) -> Any:
        """The tensor, (batch, ...)."""


class OldCategoricalColumn(OldFeatureColumn):
    """A column that is a sparse tensor of numbers of categories, in the older interface."""

    IdWeightPair = IdWeightPair

    @property
    @abc.abstractmethod
    def _num_buckets(self) -> int:
        """How many categories there are."""

    @abc.abstractmethod
    def _get_sparse_tensors(self, inputs: Any, weight_collections: Any = None, trainable: Any = None) -> Any:
        """The categories and their weights, or None: an `IdWeightPair`."""


class OldSequenceDenseColumn(OldFeatureColumn):
    """A column that is a dense tensor of sequences, in the older interface."""

    TensorSequenceLengthPair = TensorSequenceLengthPair

    @abc.abstractmethod
    def _get_sequence_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        """The tensor, (batch, time, ...), and the lengths: a `TensorSequenceLengthPair`."""


# -- both --------------------------------------------------------------------------------------


class NewSource:
    """Where a column gets its inputs in the newer interface.

    Args:
        cache: the transformed features.
        state_manager: what holds variables and tables.
    """

    def __init__(self, cache: Any, state_manager: Any) -> None:
        self.cache = cache
        self.state_manager = state_manager

    def get(self, key: Any) -> Any:
        """The feature of a key, or the transformed one of a column."""
        return self.cache.get(key, self.state_manager)

    def pair(self, column: Any) -> Any:
        """The categories of a column and their weights."""
        return column.get_sparse_tensors(self.cache, self.state_manager)

    def transform(self, column: Any) -> Any:
        """The transformed feature of a column, past the cache."""
        return column.transform_feature(self.cache, self.state_manager)

    def embedding_weights(self, column: Any) -> Any:
        """The variable of an embedding."""
        return self.state_manager.get_variable(column, name="embedding_weights")

    def keep_table(self, column: Any, name: str, table: Any) -> None:
        """Let the owner of the column know of its table."""
        if self.state_manager is not None:
            self.state_manager.add_resource(column, name, table)


class OldSource:
    """Where a column gets its inputs in the older interface.

    Args:
        inputs: the builder.
        collections: the collections of variables that are made.
        trainable: whether they are trained.
    """

    def __init__(self, inputs: Any, collections: Any = None, trainable: Any = None) -> None:
        self.inputs = inputs
        self.collections = collections
        self.trainable = trainable

    def get(self, key: Any) -> Any:
        """The feature of a key, or the transformed one of a column."""
        return self.inputs.get(key)

    def pair(self, column: Any) -> Any:
        """The categories of a column and their weights."""
        return column._get_sparse_tensors(self.inputs)

    def transform(self, column: Any) -> Any:
        """The transformed feature of a column, past the builder."""
        return column._transform_feature(self.inputs)

    def embedding_weights(self, column: Any) -> Any:
        """The variable of an embedding."""
        if self.collections and GraphKeys.GLOBAL_VARIABLES not in self.collections:
            self.collections.append(GraphKeys.GLOBAL_VARIABLES)
        return get_variable(
            name="embedding_weights",
            shape=column.embedding_shape,
            dtype=dtypes.float32,
            initializer=column.initializer,
            trainable=column.trainable and self.trainable,
            collections=self.collections,
        )

    def keep_table(self, column: Any, name: str, table: Any) -> None:
        """Nothing: the graph's collection has it."""


def warn_of_old(column: Any, method: str) -> None:
    """Log that a method of the older interface is deprecated."""
    warn_once(f"{type(column).__name__}.{method}", _MODULE, _INSTRUCTIONS)


def buckets_of(column: Any) -> int:
    """How many categories a categorical column has, whatever its interface is."""
    return column.num_buckets if isinstance(column, CategoricalColumn) else column._num_buckets


def spec_of(column: Any) -> dict[str, Any]:
    """What a column needs of an Example, whatever its interface is."""
    return column.parse_example_spec if isinstance(column, FeatureColumn) else column._parse_example_spec


def is_new(column: Any) -> bool:
    """Whether a column and all it is made of have the newer interface."""
    return isinstance(column, FeatureColumn) and column._is_v2_column


def is_feature_column_v2(feature_columns: Iterable[Any]) -> bool:
    """Whether all of some columns, and what they are made of, have the newer interface."""
    return all(is_new(column) for column in feature_columns)


class BothColumn(FeatureColumn, OldFeatureColumn):
    """A column with both interfaces."""

    @abc.abstractmethod
    def _transformed(self, source: Any) -> Any:
        """The transformed feature."""

    def transform_feature(self, transformation_cache: Any, state_manager: Any) -> Any:
        """See `FeatureColumn`."""
        return self._transformed(NewSource(transformation_cache, state_manager))

    def _transform_feature(self, inputs: Any) -> Any:
        warn_of_old(self, "_transform_feature")
        return self._transformed(OldSource(inputs))

    @property
    def _parse_example_spec(self) -> dict[str, Any]:
        warn_of_old(self, "_parse_example_spec")
        return self.parse_example_spec

    @property
    def _is_v2_column(self) -> bool:
        return True


class BothDenseColumn(BothColumn, DenseColumn, OldDenseColumn):
    """A dense column with both interfaces."""

    @abc.abstractmethod
    def _dense(self, source: Any) -> Any:
        """The tensor."""

    def get_dense_tensor(self, transformation_cache: Any, state_manager: Any) -> Any:
        """See `DenseColumn`."""
        return self._dense(NewSource(transformation_cache, state_manager))

    def _get_dense_tensor(self, inputs: Any, weight_collections: Any = None, trainable: Any = None) -> Any:
        warn_of_old(self, "_get_dense_tensor")
        return self._dense(OldSource(inputs, weight_collections, trainable))

    @property
    def _variable_shape(self) -> Any:
        warn_of_old(self, "_variable_shape")
        return self.variable_shape


class BothCategoricalColumn(BothColumn, CategoricalColumn, OldCategoricalColumn):
    """A categorical column with both interfaces; its transformed feature is the sparse tensor."""

    def _pair(self, source: Any) -> Any:
        """The categories and their weights."""
        return CategoricalColumn.IdWeightPair(source.get(self), None)

    def get_sparse_tensors(self, transformation_cache: Any, state_manager: Any) -> Any:
        """See `CategoricalColumn`."""
        return self._pair(NewSource(transformation_cache, state_manager))

    def _get_sparse_tensors(self, inputs: Any, weight_collections: Any = None, trainable: Any = None) -> Any:
        warn_of_old(self, "_get_sparse_tensors")
        return self._pair(OldSource(inputs, weight_collections, trainable))

    @property
    def _num_buckets(self) -> int:
        warn_of_old(self, "_num_buckets")
        return self.num_buckets


class BothSequenceDenseColumn(BothColumn, SequenceDenseColumn, OldSequenceDenseColumn):
    """A dense column of sequences with both interfaces."""

    @abc.abstractmethod
    def _sequences(self, source: Any) -> Any:
        """The tensor and the lengths."""

    def get_sequence_dense_tensor(self, transformation_cache: Any, state_manager: Any) -> Any:
        """See `SequenceDenseColumn`."""
        return self._sequences(NewSource(transformation_cache, state_manager))

    def _get_sequence_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        warn_of_old(self, "_get_sequence_dense_tensor")
        return self._sequences(OldSource(inputs, weight_collections, trainable))
