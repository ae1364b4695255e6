"""The variables of `batch_norm`: its parameters, and the moving statistics with their updates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.contrib.framework.variables import model_variable
from perdure.contrib.layers.utils import constant_value, get_variable_collections, smart_cond
from perdure.functional.random.initializers import Ones, Zeros
from perdure.graph.defaults import add_to_collections, control_dependencies
from perdure.graph.dtypes import DType
from perdure.optimizers.moving_averages import assign_moving_average
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import variable_scope


def parameter(
    name: str,
    shape: Any,
    dtype: DType,
    initializer: Any,
    trainable: bool,
    variables_collections: Any,
    regularizer: Any = None,
) -> Any:
    """A model variable in the collections that its layer has for it.

    Args:
        name, shape, dtype, initializer, trainable, regularizer: see `model_variable`.
        variables_collections: see `get_variable_collections`.
    """
    return model_variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        collections=get_variable_collections(variables_collections, name),
        trainable=trainable,
    )


class Statistics:
    """The moving mean and variance of a layer.

    Args:
        decay, is_training, updates_collections, zero_debias, variables_collections: see `batch_norm`.
    """

    mean: Any
    variance: Any

    def __init__(
        self,
        decay: Any,
        is_training: Any,
        updates_collections: Any,
        zero_debias: bool,
        variables_collections: Any,
    ) -> None:
        self.is_training = is_training
        self.updates_collections = updates_collections
        self.variables_collections = variables_collections
        self._decay = decay
        self._zero_debias = zero_debias

    @property
    def may_train(self) -> bool:
        """Whether the layer trains, as far as that is known now."""
        known = constant_value(self.is_training)
        return known is None or bool(known)

    def make(self, shape: Any, dtype: DType, initializers: Any) -> None:
        """Make the two variables, undivided: a moving average cannot be of parts."""
        with variable_scope(get_variable_scope()) as scope:
            scope.set_partitioner(None)
            self.mean, self.variance = (
                parameter(
                    name,
                    shape,
                    dtype,
                    initializers.get(name, initializer),
                    False,
                    self.variables_collections,
                )
                for name, initializer in (("moving_mean", Zeros()), ("moving_variance", Ones()))
            )

    def moving(self) -> tuple[Any, Any]:
        """The moving mean and variance."""
        return self.mean, self.variance

    def _moved(self, mean: Any, variance: Any) -> tuple[Any, Any]:
        return (
            assign_moving_average(self.mean, mean, self._decay, zero_debias=self._zero_debias),
            assign_moving_average(self.variance, variance, self._decay, zero_debias=False),
        )

    def forced(
        self, mean: Any, variance: Any, outputs: Callable[[], Any], otherwise: Callable[[], Any]
    ) -> Any:
        """Outputs that wait for the updates while training.

        Args:
            mean, variance: those of the batch.
            outputs: a function that makes the operations that wait.
            otherwise: a function that returns what there is without training.
        """

        def updated() -> Any:
            with control_dependencies(self._moved(mean, variance)):
                return outputs()

        return smart_cond(self.is_training, updated, otherwise)

    def delayed(self, mean: Any, variance: Any) -> None:
        """Add the updates to their collections."""
        updates = smart_cond(self.is_training, lambda: self._moved(mean, variance), self.moving)
        for update in updates:
            add_to_collections(self.updates_collections, update)
