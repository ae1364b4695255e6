"""Linear models of columns: the layers, and their older form."""

from __future__ import annotations

from typing import Any, Self

from perdure.feature_column.configured import deserialize_feature_columns, serialize_feature_columns
from perdure.feature_column.interface import (
    CategoricalColumn,
    DenseColumn,
    OldCategoricalColumn,
    OldDenseColumn,
    OldFeatureColumn,
)
from perdure.feature_column.state import LayerState
from perdure.feature_column.transformation import (
    FeatureTransformationCache,
    LazyBuilder,
    check_batch_sizes,
    normalized,
)
from perdure.functional.array.array import reshape, shape
from perdure.functional.math.products import add_n, matmul
from perdure.functional.nn.activations import bias_add
from perdure.functional.nn.embedding import safe_embedding_lookup_sparse
from perdure.functional.random.initializers import Zeros
from perdure.functional.sparse.reshaping import sparse_reshape
from perdure.graph import dtypes
from perdure.graph.defaults import get_default_graph, name_scope
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.keras.engine.layer import Layer
from perdure.keras.engine.model import Model
from perdure.layers import base
from perdure.variables.base import Variable
from perdure.variables.partitioned_variable import PartitionedVariable
from perdure.variables.variable_scope import (
    get_variable,
    get_variable_scope,
    pure_variable_scope,
    variable_scope,
)


def weighted_dense(tensor: Tensor, size: int, weights: Any) -> Tensor:
    """The weighted sums of a dense column: its numbers, (batch, size), times the weights."""
    rows = shape(tensor)[0]
    return matmul(reshape(tensor, shape=(rows, size)), weights, name="weighted_sum")


def weighted_categories(pair: Any, weights: Any, combiner: str) -> Tensor:
    """The weighted sums of a categorical column.

    Args:
        pair: the categories and their weights.
        weights: a row for each category.
        combiner: how those of an example are combined.
    """
    ids, own = (
        tensor if tensor is None else sparse_reshape(tensor, [shape(tensor)[0], -1])
        for tensor in (pair.id_tensor, pair.weight_tensor)
    )
    return safe_embedding_lookup_sparse(
        weights,
        ids,  # type: ignore[arg-type]
        sparse_weights=own,
        combiner=combiner,
        name="weighted_sum",
    )


# -- the layers --------------------------------------------------------------------------------


class LinearModelLayer(Layer):
    """A layer that adds up the weighted numbers and categories of columns.

    Args:
        feature_columns, units, sparse_combiner, trainable, name, **kwargs: see `LinearModel`.

    Raises:
        ValueError: a column is neither dense nor categorical.
    """

    def __init__(
        self,
        feature_columns: Any,
        units: int = 1,
        sparse_combiner: str = "sum",
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._feature_columns = normalized(feature_columns)
        for column in self._feature_columns:
            if not isinstance(column, (DenseColumn, CategoricalColumn)):
                raise ValueError(
                    "Items of feature_columns must be either a DenseColumn or CategoricalColumn. Given: "
                    f"{column}"
                )
        self._units = units
        self._sparse_combiner = sparse_combiner
        self._state_manager = LayerState(self, self.trainable)
        self.bias: Any = None

    def build(self, input_shape: Any) -> None:
        """Make the weights of the columns, and the bias."""
        with pure_variable_scope(self.name):
            for column in self._feature_columns:
                with pure_variable_scope(column.name):
                    column.create_state(self._state_manager)
                    categorical = isinstance(column, CategoricalColumn)
                    size = column.num_buckets if categorical else column.variable_shape.num_elements()
                    self._state_manager.create_variable(
                        column,
                        name="weights",
                        dtype=dtypes.float32,
                        shape=(size, self._units),
                        initializer=Zeros(),
                        trainable=self.trainable,
                    )
            self.bias = self.add_variable(
                name="bias_weights",
                dtype=dtypes.float32,
                shape=[self._units],
                initializer=Zeros(),
                trainable=self.trainable,
                use_resource=True,
                getter=get_variable,
            )
        super().build(None)

    def call(self, features: Any) -> Tensor:
        """The sums.

        Args:
            features: tensors and SparseTensors by key.

        Returns:
            A tensor, (batch, units), float32.

        Raises:
            ValueError: `features` is no dictionary, or a feature is missing.
        """
        if not isinstance(features, dict):
            raise ValueError(f"We expected a dictionary here. Instead we got: {features}")
        with name_scope(self.name):
            cache, sums, state = FeatureTransformationCache(features), [], self._state_manager
            for column in self._feature_columns:
                with name_scope(column.name):
                    weights = state.get_variable(column, "weights")
                    if isinstance(column, CategoricalColumn):
                        pair = column.get_sparse_tensors(cache, state)
                        sums.append(weighted_categories(pair, weights, self._sparse_combiner))
                    else:
                        tensor, size = (
                            column.get_dense_tensor(cache, state),
                            column.variable_shape.num_elements(),
                        )
                        sums.append(weighted_dense(tensor, size, weights))
            check_batch_sizes(sums, self._feature_columns)
            return bias_add(add_n(sums, name="weighted_sum_no_bias"), self.bias, name="weighted_sum")

    def get_config(self) -> dict[str, Any]:
        """See `Layer`."""
        columns = serialize_feature_columns(self._feature_columns)
        own = {"feature_columns": columns, "units": self._units, "sparse_combiner": self._sparse_combiner}
        return {**super().get_config(), **own}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """See `Layer`."""
        columns = deserialize_feature_columns(config["feature_columns"], custom_objects=custom_objects)
        return cls(**{**config, "feature_columns": columns})


class LinearModel(Model):
    """A linear model of feature columns.

    Args:
        feature_columns: dense and categorical columns.
        units: the size of the output.
        sparse_combiner: how the weights of an example's categories are combined: "sum", "mean" or "sqrtn".
        trainable: whether its variables are trained.
        name: its name.
        **kwargs: see `tf.keras.Model`.

    Raises:
        ValueError: a column is neither dense nor categorical.
    """

    def __init__(
        self,
        feature_columns: Any,
        units: int = 1,
        sparse_combiner: str = "sum",
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.layer = LinearModelLayer(
            feature_columns, units, sparse_combiner, trainable, name=self.name, **kwargs
        )

    def call(self, features: Any) -> Tensor:  # type: ignore[override]
        """See `LinearModelLayer.call`."""
        return self.layer(features)

    @property
    def bias(self) -> Any:
        """The bias."""
        return self.layer.bias


# -- the older form ----------------------------------------------------------------------------


def all_collections(collections: Any) -> list[Any]:
    """The collections that variables of older models are in, beside those that are asked for."""
    found = list(collections or [])
    found += [key for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES) if key not in found]
    return found


def _add_to_collections(variable: Any, collections: list[Any]) -> None:
    graph = get_default_graph()
    for collection in collections:
        if collection != GraphKeys.GLOBAL_VARIABLES:
            for part in parts_of(variable):
                graph.add_to_collection(collection, part)


def parts_of(variable: Any) -> list[Any]:
    """The variables that one is made of, which may be itself alone."""
    return list(variable) if isinstance(variable, PartitionedVariable) else [variable]


class ColumnLayer(base.Layer):
    """The weighted sums of a column.

    Args:
        feature_column: the column.
        units, sparse_combiner, weight_collections, trainable: see `linear_model`.
        name: its name.
        **kwargs: see `tf.layers.Layer`.
    """

    def __init__(
        self,
        feature_column: Any,
        units: int = 1,
        sparse_combiner: str = "sum",
        weight_collections: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable=trainable, name=name, **kwargs)
        self._feature_column = feature_column
        self._units = units
        self._sparse_combiner = sparse_combiner
        self._weight_collections = weight_collections

    def build(self, input_shape: Any) -> None:
        """Make the weights."""
        column = self._feature_column
        categorical = isinstance(column, OldCategoricalColumn)
        size = column._num_buckets if categorical else column._variable_shape.num_elements()
        self._weight_var = self.add_weight(
            name="weights", shape=(size, self._units), initializer=Zeros(), trainable=self.trainable
        )
        _add_to_collections(self._weight_var, self._weight_collections)
        self.built = True

    def call(self, builder: Any) -> Tensor:
        """The sums, (batch, units)."""
        column, how = (
            self._feature_column,
            {
                "weight_collections": self._weight_collections,
                "trainable": self.trainable,
            },
        )
        if isinstance(column, OldCategoricalColumn):
            pair = column._get_sparse_tensors(builder, **how)
            return weighted_categories(pair, self._weight_var, self._sparse_combiner)
        tensor = column._get_dense_tensor(builder, **how)
        return weighted_dense(tensor, column._variable_shape.num_elements(), self._weight_var)


class BiasLayer(base.Layer):
    """A bias.

    Args:
        units, trainable, weight_collections: see `linear_model`.
        name: its name.
        **kwargs: see `tf.layers.Layer`.
    """

    def __init__(
        self,
        units: int = 1,
        trainable: bool = True,
        weight_collections: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable=trainable, name=name, **kwargs)
        self._units = units
        self._weight_collections = weight_collections

    def build(self, input_shape: Any) -> None:
        """Make the bias."""
        self._bias_variable = self.add_weight(
            "bias_weights", shape=[self._units], initializer=Zeros(), trainable=self.trainable
        )
        _add_to_collections(self._bias_variable, self._weight_collections)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The bias."""
        return self._bias_variable


class OldLinearModel(Model):
    """A linear model of columns of the older interface.

    Args:
        feature_columns, units, sparse_combiner, weight_collections, trainable: see `linear_model`.
        name: its name.
        **kwargs: see `tf.keras.Model`.
    """

    def __init__(
        self,
        feature_columns: Any,
        units: int = 1,
        sparse_combiner: str = "sum",
        weight_collections: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self._feature_columns = normalized(feature_columns, OldFeatureColumn, "_FeatureColumn")
        self._weight_collections = all_collections(weight_collections)
        layers = {}
        for column in self._feature_columns:
            with variable_scope(None, default_name=column._var_scope_name) as scope:
                of_column = _last_part(scope.name)
            layers[of_column] = ColumnLayer(
                column, units, sparse_combiner, self._weight_collections, trainable, of_column, **kwargs
            )
        self._column_layers = self._add_layers(layers)
        self._bias_layer = BiasLayer(
            units=units,
            trainable=trainable,
            weight_collections=self._weight_collections,
            name="bias_layer",
            **kwargs,
        )
        self._cols_to_vars: dict[Any, Any] = {}

    def cols_to_vars(self) -> dict[Any, Any]:
        """The variables of each column, and of "bias"."""
        return self._cols_to_vars

    def call(self, features: Any) -> Tensor:  # type: ignore[override]
        """The sums, (batch, units).

        Args:
            features: tensors and SparseTensors by key.

        Raises:
            ValueError: a column is neither dense nor categorical.
        """
        with variable_scope(self.name):
            for column in self._feature_columns:
                if not isinstance(column, (OldDenseColumn, OldCategoricalColumn)):
                    raise ValueError(
                        "Items of feature_columns must be either a _DenseColumn or _CategoricalColumn. "
                        f"Given: {column}"
                    )
            sums, columns, builder = [], [], LazyBuilder(features)
            for layer in sorted(self._column_layers.values(), key=lambda layer: layer.name):
                column = layer._feature_column
                columns.append(column)
                sums.append(layer(builder))
                self._cols_to_vars[column] = get_default_graph().get_collection(
                    GraphKeys.GLOBAL_VARIABLES, scope=layer.scope_name
                )
            check_batch_sizes(sums, columns)
            total = add_n(sums, name="weighted_sum_no_bias")
            bias = self._bias_layer(builder, scope=get_variable_scope())
            predictions = bias_add(total, bias, name="weighted_sum")
            variable = self._bias_layer.variables[0]
            self._cols_to_vars["bias"] = [variable] if isinstance(variable, Variable) else list(variable)
        return predictions

    def _add_layers(self, layers: dict[str, Any]) -> dict[str, Any]:
        for name, layer in layers.items():
            setattr(self, f"layer-{name}", layer)
        return layers


def _last_part(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def linear_model(
    features: Any,
    feature_columns: Any,
    units: int = 1,
    sparse_combiner: str = "sum",
    weight_collections: Any = None,
    trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None,
) -> Tensor:
    """The weighted sums of the numbers and categories of columns, and a bias.

    Args:
        features: tensors and SparseTensors by key.
        feature_columns: dense and categorical columns.
        units: the size of the output.
        sparse_combiner: how the weights of an example's categories are combined: "sum", "mean" or "sqrtn".
        weight_collections: collections that variables are added to.
        trainable: whether they are trained.
        cols_to_vars: is given the variables of each column, and of "bias".

    Returns:
        A tensor, (batch, units), float32.

    Raises:
        ValueError: a column is neither dense nor categorical, or a feature is missing.
    """
    with variable_scope(None, "linear_model") as scope:
        name = _last_part(scope.name)
    model = OldLinearModel(
        feature_columns=feature_columns,
        units=units,
        sparse_combiner=sparse_combiner,
        weight_collections=weight_collections,
        trainable=trainable,
        name=name,
    )
    outputs = model(features)
    if cols_to_vars is not None:
        cols_to_vars.update(model.cols_to_vars())
    return outputs
