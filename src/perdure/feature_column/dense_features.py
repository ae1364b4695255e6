"""DenseFeatures: the layer of Keras that makes one tensor of dense columns."""

from __future__ import annotations

import json
from typing import Any, Self

from perdure.feature_column.configured import deserialize_feature_columns, serialize_feature_columns
from perdure.feature_column.interface import DenseColumn
from perdure.feature_column.state import LayerState, PlainLayerState
from perdure.feature_column.transformation import (
    FeatureTransformationCache,
    check_batch_sizes,
    normalized,
)
from perdure.functional.array.array import reshape, shape
from perdure.functional.array.joining import concat
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.keras.engine.layer import Layer
from perdure.keras.utils.json import get_json_type
from perdure.variables.variable_scope import pure_variable_scope


class FeaturesLayer(Layer):
    """A layer of feature columns.

    Args:
        feature_columns: the columns.
        expected_column_type: the interface that they must have.
        trainable: whether its variables are trained.
        name: its name.
        **kwargs: see `tf.keras.layers.Layer`.

    Raises:
        ValueError: a column has another interface.
    """

    def __init__(
        self,
        feature_columns: Any,
        expected_column_type: type,
        trainable: bool,
        name: str | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._feature_columns = normalized(feature_columns)
        self._state_manager = LayerState(self, self.trainable)
        for column in self._feature_columns:
            if not isinstance(column, expected_column_type):
                raise ValueError(
                    f"Items of feature_columns must be a {expected_column_type}. You can wrap a categorical "
                    f"column with an embedding_column or indicator_column. Given: {column}"
                )

    def build(self, input_shape: Any) -> None:
        """Make the variables of the columns."""
        for column in self._feature_columns:
            with pure_variable_scope(self.name), pure_variable_scope(column.name):
                column.create_state(self._state_manager)
        super().build(None)

    def _target_shape(self, input_shape: Any, total_elements: int) -> Any:
        """The shape of the output for one of an input, and for how many numbers an example has."""
        raise NotImplementedError("Calling an abstract method.")

    def compute_output_shape(self, input_shape: Any) -> Any:
        """See `Layer`."""
        total = sum(column.variable_shape.num_elements() for column in self._feature_columns)
        return self._target_shape(input_shape, total)

    def _process_dense_tensor(self, column: Any, tensor: Tensor) -> Tensor:
        target = self._target_shape(shape(tensor), column.variable_shape.num_elements())
        return reshape(tensor, shape=target)

    def _joined(self, tensors: list[Tensor]) -> Tensor:
        check_batch_sizes(tensors, self._feature_columns)
        return concat(tensors, -1)

    def get_config(self) -> dict[str, Any]:
        """See `Layer`."""
        columns = serialize_feature_columns(self._feature_columns)
        return {**super().get_config(), "feature_columns": columns}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """See `Layer`."""
        columns = deserialize_feature_columns(config["feature_columns"], custom_objects=custom_objects)
        return cls(**{**config, "feature_columns": columns})


class DenseFeatures(FeaturesLayer):
    """A layer that makes one tensor of dense columns, side by side in the order of their names.

    Args:
        feature_columns: the columns.
        trainable: whether its variables are trained.
        name: its name.
        **kwargs: see `tf.keras.layers.Layer`.

    Raises:
        ValueError: a column is not dense.
    """

    def __init__(
        self, feature_columns: Any, trainable: bool = True, name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(
            feature_columns=feature_columns,
            trainable=trainable,
            name=name,
            expected_column_type=DenseColumn,
            **kwargs,
        )

    @property
    def _is_feature_layer(self) -> bool:
        return True

    @property
    def _tracking_metadata(self) -> str:
        metadata = {**json.loads(super()._tracking_metadata), "_is_feature_layer": True}
        return json.dumps(metadata, default=get_json_type)

    def _target_shape(self, input_shape: Any, total_elements: int) -> Any:
        return input_shape[0], total_elements

    def call(self, features: Any, cols_to_output_tensors: dict[Any, Tensor] | None = None) -> Tensor:
        """The columns side by side.

        Args:
            features: tensors and SparseTensors by key.
            cols_to_output_tensors: is given the part of each column.

        Returns:
            A tensor, (batch, any), float32.

        Raises:
            ValueError: `features` is no dictionary, or a feature is missing.
        """
        if not isinstance(features, dict):
            raise ValueError("We expected a dictionary here. Instead we got: ", features)
        cache, outputs = FeatureTransformationCache(features), []
        for column in self._feature_columns:
            with name_scope(column.name):
                tensor = column.get_dense_tensor(cache, self._state_manager)
                outputs.append(self._process_dense_tensor(column, tensor))
                if cols_to_output_tensors is not None:
                    cols_to_output_tensors[column] = outputs[-1]
        return self._joined(outputs)


class DenseFeaturesV2(DenseFeatures):
    """DenseFeatures whose variables are named as those of other layers are; see `DenseFeatures`.

    Args:
        feature_columns, trainable, name, **kwargs: see `DenseFeatures`.
    """

    def __init__(
        self, feature_columns: Any, trainable: bool = True, name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(feature_columns=feature_columns, trainable=trainable, name=name, **kwargs)
        self._state_manager = PlainLayerState(self, self.trainable)

    def build(self, input_shape: Any) -> None:
        """Make the variables of the columns."""
        for column in self._feature_columns:
            with name_scope(column.name):
                column.create_state(self._state_manager)
        Layer.build(self, None)


DenseFeaturesV2.__name__ = "DenseFeatures"  # after which it is named
