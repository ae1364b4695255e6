"""What holds the variables and tables of columns."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from perdure.variables.variable_scope import get_variable


class StateManager:
    """The variables and other resources of columns, by column and name."""

    def create_variable(
        self,
        feature_column: Any,
        name: str,
        shape: Any,
        dtype: Any = None,
        trainable: bool = True,
        use_resource: bool = True,
        initializer: Any = None,
    ) -> Any:
        """Make a variable.

        Args:
            feature_column: whose it is.
            name: its name.
            shape, dtype, trainable, use_resource, initializer: see `tf.get_variable`.
        """
        raise NotImplementedError("StateManager.create_variable")

    def add_variable(self, feature_column: Any, var: Any) -> None:
        """Add a variable that is there."""
        raise NotImplementedError("StateManager.add_variable")

    def get_variable(self, feature_column: Any, name: str) -> Any:
        """A variable of a column."""
        raise NotImplementedError("StateManager.get_var")

    def add_resource(self, feature_column: Any, name: str, resource: Any) -> None:
        """Add a resource, such as a table."""
        raise NotImplementedError("StateManager.add_resource")

    def get_resource(self, feature_column: Any, name: str) -> Any:
        """A resource of a column."""
        raise NotImplementedError("StateManager.get_resource")


class LayerState(StateManager):
    """The variables of a layer's columns, which are the layer's.

    Args:
        layer: the layer, or None if no column has variables.
        trainable: whether they are trained.
    """

    def __init__(self, layer: Any, trainable: bool) -> None:
        self._trainable = trainable
        self._layer = layer
        if layer is not None:
            layer._maybe_create_attribute("_resources", [])
        self._variables: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self._resources: defaultdict[Any, dict[str, Any]] = defaultdict(dict)

    # What makes variables: `get_variable`, so that they may be partitioned and shared.
    _how: dict[str, Any] = {"getter": get_variable}

    def create_variable(
        self,
        feature_column: Any,
        name: str,
        shape: Any,
        dtype: Any = None,
        trainable: bool = True,
        use_resource: bool = True,
        initializer: Any = None,
    ) -> Any:
        """See `StateManager`.

        Raises:
            ValueError: the column has one of the name.
        """
        if name in self._variables[feature_column]:
            raise ValueError("Variable already exists.")
        variable = self._layer.add_variable(
            name=name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            trainable=self._trainable and trainable,
            use_resource=use_resource,
            **self._how,
        )
        self._variables[feature_column][name] = variable
        return variable

    def get_variable(self, feature_column: Any, name: str) -> Any:
        """See `StateManager`.

        Raises:
            ValueError: there is none.
        """
        if name not in self._variables[feature_column]:
            raise ValueError("Variable does not exist.")
        return self._variables[feature_column][name]

    def add_resource(self, feature_column: Any, name: str, resource: Any) -> None:
        """See `StateManager`."""
        self._resources[feature_column][name] = resource
        if self._layer is not None:
            self._layer._resources.append(resource)

    def get_resource(self, feature_column: Any, name: str) -> Any:
        """See `StateManager`.

        Raises:
            ValueError: there is none.
        """
        if name not in self._resources[feature_column]:
            raise ValueError("Resource does not exist.")
        return self._resources[feature_column][name]


class PlainLayerState(LayerState):
    """The variables of a layer's columns, made as the layer makes its own."""

    _how: dict[str, Any] = {}
