"""The older form of DenseFeatures, and what columns need of an Example."""

from __future__ import annotations

from typing import Any

from perdure.feature_column.interface import FeatureColumn, OldDenseColumn, OldFeatureColumn
from perdure.feature_column.linear import all_collections
from perdure.feature_column.transformation import LazyBuilder, check_batch_sizes, normalized
from perdure.functional.array.array import reshape, shape
from perdure.functional.array.joining import concat
from perdure.graph.defaults import get_default_graph
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.variables.template import make_template
from perdure.variables.variable_scope import get_variable_scope, variable_scope


def input_layer(
    features: Any,
    feature_columns: Any,
    weight_collections: Any = None,
    trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None,
    cols_to_output_tensors: dict[Any, Tensor] | None = None,
) -> Tensor:
    """One tensor of dense columns, side by side in the order of their names.

    Args:
        features: tensors and SparseTensors by key.
        feature_columns: the columns.
        weight_collections: collections that variables are added to.
        trainable: whether they are trained.
        cols_to_vars: is given the variables of each column.
        cols_to_output_tensors: is given the part of each column.

    Returns:
        A tensor, (batch, any), float32.

    Raises:
        ValueError: a column is not dense, or a feature is missing.
    """
    return internal_input_layer(
        features,
        feature_columns,
        weight_collections=weight_collections,
        trainable=trainable,
        cols_to_vars=cols_to_vars,
        cols_to_output_tensors=cols_to_output_tensors,
    )


def internal_input_layer(
    features: Any,
    feature_columns: Any,
    weight_collections: Any = None,
    trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None,
    scope: Any = None,
    cols_to_output_tensors: dict[Any, Tensor] | None = None,
    from_template: bool = False,
) -> Tensor:
    """See `input_layer`.

    Args:
        features, feature_columns, weight_collections, trainable, cols_to_vars, cols_to_output_tensors: see
            `input_layer`.
        scope: the scope of its variables, "input_layer" by default.
        from_template: whether the scope is opened by the caller.
    """
    columns = normalized(feature_columns, OldFeatureColumn, "_FeatureColumn")
    for column in columns:
        if not isinstance(column, OldDenseColumn):
            raise ValueError(
                "Items of feature_columns must be a _DenseColumn. You can wrap a categorical column with an "
                f"embedding_column or indicator_column. Given: {column}"
            )
    collections = all_collections(weight_collections)

    def joined() -> Tensor:
        builder, outputs = LazyBuilder(features), []
        for column in columns:
            with variable_scope(None, default_name=column._var_scope_name):
                tensor = column._get_dense_tensor(
                    builder, weight_collections=collections, trainable=trainable
                )
                size = column._variable_shape.num_elements()
                rows = shape(tensor)[0]
                outputs.append(reshape(tensor, shape=(rows, size)))
                if cols_to_vars is not None:
                    cols_to_vars[column] = get_default_graph().get_collection(
                        GraphKeys.GLOBAL_VARIABLES, scope=get_variable_scope().name
                    )
                if cols_to_output_tensors is not None:
                    cols_to_output_tensors[column] = outputs[-1]
        check_batch_sizes(outputs, columns)
        return concat(outputs, 1)

    if from_template:
        return joined()
    with variable_scope(scope, default_name="input_layer", values=features.values()):
        return joined()


class InputLayer:
    """`input_layer` as an object whose calls share their variables.

    Args:
        feature_columns, weight_collections, trainable, cols_to_vars: see `input_layer`.
        name: the name of its variable scope.
        create_scope_now: whether this is made at once rather than at the first call.
    """

    def __init__(
        self,
        feature_columns: Any,
        weight_collections: Any = None,
        trainable: bool = True,
        cols_to_vars: dict[Any, Any] | None = None,
        name: str = "feature_column_input_layer",
        create_scope_now: bool = True,
    ) -> None:
        self._feature_columns = feature_columns
        self._weight_collections = weight_collections
        self._trainable = trainable
        self._cols_to_vars = cols_to_vars
        self._name = name
        self._input_layer_template = make_template(
            name, internal_input_layer, create_scope_now_=create_scope_now
        )
        self._scope = self._input_layer_template.variable_scope

    def __call__(self, features: Any) -> Tensor:
        """See `input_layer`."""
        return self._input_layer_template(
            features=features,
            feature_columns=self._feature_columns,
            weight_collections=self._weight_collections,
            trainable=self._trainable,
            cols_to_vars=None,
            from_template=True,
        )

    @property
    def name(self) -> str:
        """The name of its variable scope."""
        return self._name

    @property
    def non_trainable_variables(self) -> Any:
        """The variables that are not trained."""
        return self._input_layer_template.non_trainable_variables

    @property
    def non_trainable_weights(self) -> Any:
        """See `non_trainable_variables`."""
        return self._input_layer_template.non_trainable_weights

    @property
    def trainable_variables(self) -> Any:
        """The variables that are trained."""
        return self._input_layer_template.trainable_variables

    @property
    def trainable_weights(self) -> Any:
        """See `trainable_variables`."""
        return self._input_layer_template.trainable_weights

    @property
    def variables(self) -> Any:
        """All variables."""
        return self._input_layer_template.variables

    @property
    def weights(self) -> Any:
        """See `variables`."""
        return self._input_layer_template.weights


def make_parse_example_spec(feature_columns: Any) -> dict[str, Any]:
    """What columns need of an Example, for `tf.parse_example`.

    Args:
        feature_columns: the columns.

    Raises:
        ValueError: one is no column, or two need one key differently.
    """
    return _specification(feature_columns, OldFeatureColumn, "_FeatureColumn", "_parse_example_spec")


def make_parse_example_spec_v2(feature_columns: Any) -> dict[str, Any]:
    """What columns of the newer interface need of an Example; see `make_parse_example_spec`."""
    return _specification(feature_columns, FeatureColumn, "FeatureColumn", "parse_example_spec")


def _specification(columns: Any, kind: type, kind_name: str, attribute: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for column in columns:
        if not isinstance(column, kind):
            raise ValueError(f"All feature_columns must be {kind_name} instances. Given: {column}")
        needed = getattr(column, attribute)
        for key, value in needed.items():
            if key in result and value != result[key]:
                raise ValueError(
                    f"feature_columns contain different parse_spec for key {key}. Given {value} and "
                    f"{result[key]}"
                )
        result.update(needed)
    return result
