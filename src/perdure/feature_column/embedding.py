"""Embeddings of categories: dense columns with a variable, which columns may share."""

from __future__ import annotations

import math
from collections import namedtuple
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from perdure.feature_column.categorical import WeightedCategoricalColumn
from perdure.feature_column.configured import Configured
from perdure.feature_column.dense import check_no_sequence, check_sequence
from perdure.feature_column.interface import (
    BothDenseColumn,
    BothSequenceDenseColumn,
    CategoricalColumn,
    OldCategoricalColumn,
    OldDenseColumn,
    OldSequenceDenseColumn,
    SequenceDenseColumn,
    buckets_of,
    is_new,
    spec_of,
)
from perdure.feature_column.lengths import sequence_length_from_sparse_tensor
from perdure.functional.nn.embedding import safe_embedding_lookup_sparse
from perdure.functional.random.initializers import TruncatedNormal
from perdure.graph import dtypes
from perdure.graph.defaults import get_default_graph, name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.tracking.auto import AutoTrackable
from perdure.training.checkpoints.initializing import init_from_checkpoint
from perdure.variables.partitioned_variable import PartitionedVariable
from perdure.variables.variable_scope import get_variable


def restore_from(checkpoint: str | None, name: str | None, variable: Any) -> None:
    """Let a variable be initialized with one of a checkpoint, if one is given."""
    if checkpoint is not None:
        parts = variable._get_variable_list() if isinstance(variable, PartitionedVariable) else variable
        init_from_checkpoint(checkpoint, {name: parts})  # type: ignore[dict-item]


def embedded(column: Any, pair: Any, weights: Any) -> Tensor:
    """The embeddings of categories, combined for each example.

    Args:
        column: the column, which has a name, a combiner and a largest norm.
        pair: the categories and their weights.
        weights: the variable.
    """
    return safe_embedding_lookup_sparse(
        embedding_weights=weights,
        sparse_ids=pair.id_tensor,
        sparse_weights=pair.weight_tensor,
        combiner=column.combiner,
        name=f"{column.name}_weights",
        max_norm=column.max_norm,
    )


class _Embedding(BothDenseColumn, BothSequenceDenseColumn, Configured):
    """A dense column of embeddings of a categorical one."""

    categorical_column: Any

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """See `FeatureColumn`."""
        return spec_of(self.categorical_column)

    @property
    def parents(self) -> list[Any]:
        """See `FeatureColumn`."""
        return [self.categorical_column]

    def _transformed(self, source: Any) -> Any:
        return source.get(self.categorical_column)

    def _dense(self, source: Any) -> Tensor:
        check_no_sequence(self, "embedding_column", source)
        return self._embeddings(source)[0]

    def _sequences(self, source: Any) -> Any:
        check_sequence(self, "embedding_column")
        tensor, pair = self._embeddings(source)
        length = sequence_length_from_sparse_tensor(pair.id_tensor)
        return SequenceDenseColumn.TensorSequenceLengthPair(tensor, length)

    def _embeddings(self, source: Any) -> tuple[Tensor, Any]:
        """The embeddings, and what they are of."""
        raise NotImplementedError


class EmbeddingColumn(
    _Embedding,
    namedtuple(
        "EmbeddingColumn",
        (
            "categorical_column",
            "dimension",
            "combiner",
            "initializer",
            "ckpt_to_load_from",
            "tensor_name_in_ckpt",
            "max_norm",
            "trainable",
        ),
    ),
):
    """See `embedding_column`."""

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.categorical_column)

    @property
    def name(self) -> str:
        """The name, after the column of categories."""
        return f"{self.categorical_column.name}_embedding"

    @property
    def variable_shape(self) -> TensorShape:
        """See `DenseColumn`."""
        return TensorShape([self.dimension])

    @property
    def embedding_shape(self) -> tuple[int, int]:
        """The shape of the variable."""
        return buckets_of(self.categorical_column), self.dimension

    def create_state(self, state_manager: Any) -> None:
        """See `FeatureColumn`."""
        state_manager.create_variable(
            self,
            name="embedding_weights",
            shape=self.embedding_shape,
            dtype=dtypes.float32,
            trainable=self.trainable,
            use_resource=True,
            initializer=self.initializer,
        )

    def _embeddings(self, source: Any) -> tuple[Tensor, Any]:
        pair = source.pair(self.categorical_column)
        weights = source.embedding_weights(self)
        restore_from(self.ckpt_to_load_from, self.tensor_name_in_ckpt, weights)
        return embedded(self, pair, weights), pair


class SharedEmbeddingColumnCreator(AutoTrackable):
    """What makes the columns that share an embedding, and has its variable.

    Args:
        dimension: the size of an embedding.
        initializer: what initializes the variable.
        ckpt_to_load_from, tensor_name_in_ckpt: a checkpoint, and the name of a variable there, that do.
        num_buckets: the number of categories.
        trainable: whether the variable is trained.
        name: its name.
    """

    def __init__(
        self,
        dimension: int,
        initializer: Any,
        ckpt_to_load_from: str | None,
        tensor_name_in_ckpt: str | None,
        num_buckets: int,
        trainable: bool,
        name: str = "shared_embedding_column_creator",
    ) -> None:
        self._dimension = dimension
        self._initializer = initializer
        self._ckpt_to_load_from = ckpt_to_load_from
        self._tensor_name_in_ckpt = tensor_name_in_ckpt
        self._num_buckets = num_buckets
        self._trainable = trainable
        self._name = name
        self._embedding_weights: Any = WeakKeyDictionary()  # by graph

    def __call__(self, categorical_column: Any, combiner: str, max_norm: Any) -> SharedEmbeddingColumn:
        """A column with the embedding; see `shared_embeddings`."""
        return SharedEmbeddingColumn(categorical_column, self, combiner, max_norm)

    @property
    def embedding_weights(self) -> Any:
        """The variable of the default graph, which is made if it has none."""
        graph = get_default_graph().root
        if graph not in self._embedding_weights:
            variable = get_variable(
                name=self._name,
                shape=(self._num_buckets, self._dimension),
                dtype=dtypes.float32,
                initializer=self._initializer,
                trainable=self._trainable,
            )
            restore_from(self._ckpt_to_load_from, self._tensor_name_in_ckpt, variable)
            self._embedding_weights[graph] = variable
        return self._embedding_weights[graph]

    @property
    def dimension(self) -> int:
        """The size of an embedding."""
        return self._dimension


def _refuse_old() -> NoReturn:
    raise ValueError(
        "SharedEmbeddingColumns are not supported in `linear_model` or `input_layer`. Please use "
        "`DenseFeatures` or `LinearModel` instead."
    )


class SharedEmbeddingColumn(
    _Embedding,
    namedtuple(
        "SharedEmbeddingColumn",
        ("categorical_column", "shared_embedding_column_creator", "combiner", "max_norm"),
    ),
):
    """See `shared_embeddings`; it has the newer interface alone."""

    @property
    def name(self) -> str:
        """The name, after the column of categories."""
        return f"{self.categorical_column.name}_shared_embedding"

    @property
    def variable_shape(self) -> TensorShape:
        """See `DenseColumn`."""
        return TensorShape([self.shared_embedding_column_creator.dimension])

    def _embeddings(self, source: Any) -> tuple[Tensor, Any]:
        with name_scope(None, default_name=self.name):
            pair = source.pair(self.categorical_column)
            tensor = embedded(self, pair, self.shared_embedding_column_creator.embedding_weights)
        return tensor, pair

    def _sequences(self, source: Any) -> Any:
        check_sequence(self, "embedding_column")
        tensor, _ = self._embeddings(source)
        length = sequence_length_from_sparse_tensor(source.pair(self.categorical_column).id_tensor)
        return SequenceDenseColumn.TensorSequenceLengthPair(tensor, length)

    def _get_config(self) -> dict[str, Any]:
        raise NotImplementedError("a column that shares its embedding with others cannot be described alone")

    @classmethod
    def _from_config(
        cls, config: dict[str, Any], custom_objects: Any = None, columns_by_name: Any = None
    ) -> Any:
        raise NotImplementedError("a column that shares its embedding with others cannot be described alone")

    @property
    def _parse_example_spec(self) -> dict[str, Any]:
        _refuse_old()

    def _transform_feature(self, inputs: Any) -> Any:
        _refuse_old()

    @property
    def _variable_shape(self) -> Any:
        _refuse_old()

    def _get_dense_tensor(self, inputs: Any, weight_collections: Any = None, trainable: Any = None) -> Any:
        _refuse_old()

    def _get_sequence_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        _refuse_old()


class OldSharedEmbeddingColumn(
    OldDenseColumn,
    OldSequenceDenseColumn,
    namedtuple(
        "_SharedEmbeddingColumn",
        (
            "categorical_column",
            "dimension",
            "combiner",
            "initializer",
            "shared_embedding_collection_name",
            "ckpt_to_load_from",
            "tensor_name_in_ckpt",
            "max_norm",
            "trainable",
        ),
    ),
):
    """See `shared_embedding_columns`; it has the older interface alone."""

    @property
    def name(self) -> str:
        """The name, after the column of categories."""
        return f"{self.categorical_column.name}_shared_embedding"

    @property
    def _var_scope_name(self) -> str:
        return self.shared_embedding_collection_name

    @property
    def _parse_example_spec(self) -> dict[str, Any]:
        return self.categorical_column._parse_example_spec

    def _transform_feature(self, inputs: Any) -> Any:
        return inputs.get(self.categorical_column)

    @property
    def _variable_shape(self) -> TensorShape:
        return TensorShape([self.dimension])

    def _embeddings(self, inputs: Any, collections: Any, trainable: Any) -> tuple[Tensor, Any]:
        """The embeddings, and what they are of."""
        with name_scope(None, default_name=self.name):
            pair = self.categorical_column._get_sparse_tensors(inputs, collections, trainable)
            weights = self._weights(collections, trainable)
            restore_from(self.ckpt_to_load_from, self.tensor_name_in_ckpt, weights)
            return embedded(self, pair, weights), pair

    def _weights(self, collections: Any, trainable: Any) -> Any:
        """The variable: the one in the collection of the columns, or one that is made and put there."""
        graph, shape = get_default_graph(), (buckets_of(self.categorical_column), self.dimension)
        shared = graph.get_collection(self.shared_embedding_collection_name)
        if len(shared) > 1:
            raise ValueError(
                f"Collection {shared} can only contain one variable. Suggested fix A: Choose a unique name "
                "for this collection. Suggested fix B: Do not add any variables to this collection. The "
                "feature_column library already adds a variable under the hood."
            )
        if shared:
            weights = shared[0]
            if weights.get_shape() != shape:
                raise ValueError(
                    f"Shared embedding collection {self.shared_embedding_collection_name} contains variable "
                    f"{weights.name} of unexpected shape {weights.get_shape()}. Expected shape is {shape}. "
                    "Suggested fix A: Choose a unique name for this collection. Suggested fix B: Do not add "
                    "any variables to this collection. The feature_column library already adds a variable "
                    "under the hood."
                )
            return weights
        weights = get_variable(
            name="embedding_weights",
            shape=shape,
            dtype=dtypes.float32,
            initializer=self.initializer,
            trainable=self.trainable and trainable,
            collections=collections,
        )
        graph.add_to_collection(self.shared_embedding_collection_name, weights)
        return weights

    def _get_dense_tensor(self, inputs: Any, weight_collections: Any = None, trainable: Any = None) -> Tensor:
        check_no_sequence(self, "embedding_column", self)
        return self._embeddings(inputs, weight_collections, trainable)[0]

    def _get_sequence_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        check_sequence(self, "embedding_column")
        tensor, _ = self._embeddings(inputs, weight_collections, trainable)
        ids = self.categorical_column._get_sparse_tensors(inputs).id_tensor
        length = sequence_length_from_sparse_tensor(ids)
        return OldSequenceDenseColumn.TensorSequenceLengthPair(tensor, length)


# -- making them -------------------------------------------------------------------------------


def _checked_initializer(
    dimension: int | None, initializer: Any, checkpoint: str | None, name: str | None, of: str
) -> Any:
    """The initializer of an embedding, a truncated normal one by default."""
    if dimension is None or dimension < 1:
        raise ValueError(f"Invalid dimension {dimension}.")
    if (checkpoint is None) != (name is None):
        raise ValueError("Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.")
    if initializer is None:
        return TruncatedNormal(mean=0.0, stddev=1 / math.sqrt(dimension))
    if not callable(initializer):
        raise ValueError(f"initializer must be callable if specified.{of}")
    return initializer


def embedding_column(
    categorical_column: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> EmbeddingColumn:
    """A dense column of embeddings of categories.

    Args:
        categorical_column: the column of categories.
        dimension: the size of an embedding.
        combiner: how those of an example are combined: "mean", "sqrtn" or "sum".
        initializer: what initializes the variable; a truncated normal with deviation 1/√dimension by default.
        ckpt_to_load_from: a checkpoint whose variable does.
        tensor_name_in_ckpt: the name of the variable there.
        max_norm: the largest norm of an embedding before they are combined.
        trainable: whether the variable is trained.

    Raises:
        ValueError: an argument is none it can be.
    """
    of = f" Embedding of column_name: {categorical_column.name}"
    initializer = _checked_initializer(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt, of)
    return EmbeddingColumn(
        categorical_column=categorical_column,
        dimension=dimension,
        combiner=combiner,
        initializer=initializer,
        ckpt_to_load_from=ckpt_to_load_from,
        tensor_name_in_ckpt=tensor_name_in_ckpt,
        max_norm=max_norm,
        trainable=trainable,
    )


def _shared(columns: Any, kind: type, kind_name: str) -> tuple[int, str]:
    """How many categories all columns have, and what their embedding is called.

    Raises:
        ValueError: they are not of one kind, or differ in it.
    """
    ordered = sorted(columns, key=lambda column: column.name)
    first = ordered[0]
    buckets = buckets_of(first)
    if not isinstance(first, kind):
        raise ValueError(
            f"All categorical_columns must be subclasses of {kind_name}. Given: {first}, of type: "
            f"{type(first)}"
        )
    first, *others = (
        column.categorical_column if isinstance(column, WeightedCategoricalColumn) else column
        for column in ordered
    )
    for other in others:
        if not isinstance(other, type(first)):
            raise ValueError(
                "To use shared_embedding_column, all categorical_columns must have the same type, or be "
                f"weighted_categorical_column of the same type. Given column: {first} of type: {type(first)} "
                f"does not match given column: {other} of type: {type(other)}"
            )
        if buckets != buckets_of(other):
            raise ValueError(
                "To use shared_embedding_column, all categorical_columns must have the same number of "
                f"buckets. Given column: {first} with buckets: {buckets} does  not match column: {other} "
                f"with buckets: {buckets_of(other)}"
            )
    return buckets, "_".join(column.name for column in ordered) + "_shared_embedding"


def shared_embedding_columns(
    categorical_columns: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    shared_embedding_collection_name: str | None = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> list[OldSharedEmbeddingColumn]:
    """Dense columns of embeddings that share one variable.

    Args:
        categorical_columns: columns with equally many categories.
        shared_embedding_collection_name: the collection that the variable is found in, and its scope; after
            the columns by default.
        dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable: see
            `embedding_column`.

    Returns:
        A column for each of `categorical_columns`.

    Raises:
        ValueError: an argument is none it can be, or columns differ.
    """
    initializer = _checked_initializer(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt, "")
    _, name = _shared(categorical_columns, OldCategoricalColumn, "_CategoricalColumn")
    return [
        OldSharedEmbeddingColumn(
            categorical_column=column,
            dimension=dimension,
            combiner=combiner,
            initializer=initializer,
            shared_embedding_collection_name=shared_embedding_collection_name or name,
            ckpt_to_load_from=ckpt_to_load_from,
            tensor_name_in_ckpt=tensor_name_in_ckpt,
            max_norm=max_norm,
            trainable=trainable,
        )
        for column in categorical_columns
    ]


def shared_embeddings(
    categorical_columns: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    shared_embedding_collection_name: str | None = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> list[SharedEmbeddingColumn]:
    """Dense columns of embeddings that share one variable, for layers; see `shared_embedding_columns`.

    Args:
        categorical_columns, dimension, combiner, initializer, shared_embedding_collection_name,
        ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable: see `shared_embedding_columns`.
    """
    initializer = _checked_initializer(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt, "")
    buckets, name = _shared(categorical_columns, CategoricalColumn, "CategoricalColumn")
    creator = SharedEmbeddingColumnCreator(
        dimension,
        initializer,
        ckpt_to_load_from,
        tensor_name_in_ckpt,
        buckets,
        trainable,
        shared_embedding_collection_name or name,
    )
    return [
        creator(categorical_column=column, combiner=combiner, max_norm=max_norm)
        for column in categorical_columns
    ]
