"""Optimizers of `tf.train` in models of Keras, and optimizers by name."""

from __future__ import annotations

from typing import Any

from perdure.functional.state.state import assign_add
from perdure.graph.defaults import name_scope
from perdure.keras.backend.state import track_tf_optimizer, variable
from perdure.keras.optimizers.adam import Adam, Adamax, Nadam
from perdure.keras.optimizers.descent import SGD, Adadelta, Adagrad, Ftrl, RMSprop
from perdure.keras.optimizers.optimizer import OptimizerV2
from perdure.keras.utils.objects import deserialize_keras_object, serialize_keras_object
from perdure.optimizers.optimizer import Optimizer
from perdure.tracking.trackable import Trackable


class TFOptimizer(Trackable):
    """An optimizer of `tf.train` as one of Keras.

    Args:
        optimizer: the optimizer.
        iterations: the variable that counts the steps; a new one if None.
    """

    def __init__(self, optimizer: Any, iterations: Any = None) -> None:
        self.optimizer = optimizer
        self._track_trackable(optimizer, name="optimizer")
        if iterations is None:
            with name_scope(type(self).__name__):
                iterations = variable(0, dtype="int64", name="iterations")
        self.iterations = iterations
        self._track_trackable(iterations, name="global_step")
        self.updates: list[Any] = []

    def get_grads(self, loss: Any, params: Any) -> Any:
        """Pairs of gradients and variables."""
        return self.optimizer.compute_gradients(loss, params)

    def apply_gradients(self, grads: Any) -> None:
        """Make the operation that applies gradients."""
        self.optimizer.apply_gradients(grads, global_step=self.iterations)

    def get_updates(self, loss: Any, params: Any) -> list[Any]:
        """The operations of a step."""
        if not params:
            self.updates = [assign_add(self.iterations, 1)]
            return self.updates
        grads = self.optimizer.compute_gradients(loss, params)
        self.updates = [self.optimizer.apply_gradients(grads, global_step=self.iterations)]
        return self.updates

    @property
    def weights(self) -> Any:
        """Not known: the optimizer of `tf.train` has them."""
        raise NotImplementedError

    def get_config(self) -> Any:
        """Not known: optimizers of `tf.train` cannot be described."""
        raise NotImplementedError

    def from_config(self, config: Any) -> Any:
        """Not possible; see `get_config`."""
        raise NotImplementedError


_BY_NAME = {
    "adadelta": Adadelta,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamax": Adamax,
    "nadam": Nadam,
    "rmsprop": RMSprop,
    "sgd": SGD,
    "ftrl": Ftrl,
}


def serialize(optimizer: Any) -> Any:
    """The description of an optimizer."""
    return serialize_keras_object(optimizer)


def deserialize(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The optimizer that a description stands for.

    Raises:
        ValueError: unknown.
    """
    if config["class_name"].lower() in _BY_NAME:
        config["class_name"] = config["class_name"].lower()
    return deserialize_keras_object(
        config, _BY_NAME, custom_objects=custom_objects, printable_module_name="optimizer"
    )


def get(identifier: Any) -> Any:
    """An optimizer, given itself, by its name or by its description, or one of `tf.train`.

    Raises:
        ValueError: unknown, or none of these.
    """
    if isinstance(identifier, (OptimizerV2, TFOptimizer)):
        return identifier
    if isinstance(identifier, Optimizer):
        wrapped = TFOptimizer(identifier)
        track_tf_optimizer(wrapped)
        return wrapped
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return deserialize({"class_name": str(identifier), "config": {}})
    raise ValueError("Could not interpret optimizer identifier:", identifier)
