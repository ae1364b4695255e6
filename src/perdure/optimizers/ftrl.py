"""FTRL-Proximal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perdure.graph.constants import constant
from perdure.graph.defaults import colocate_with
from perdure.optimizers.kernel_optimizer import KernelOptimizer


class FtrlOptimizer(KernelOptimizer):
    """Follow the regularized leader, with a learning rate for each element.

    Reference: McMahan et al., "Ad Click Prediction: a View from the Trenches", 2013.

    Args:
        learning_rate: a float or a tensor.
        learning_rate_power: at most 0; how the rate falls with the sum of squared gradients.
        initial_accumulator_value: where those sums start; at least 0.
        l1_regularization_strength: at least 0; makes many elements exactly 0.
        l2_regularization_strength: at least 0.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
        accum_name: the name of the slots of sums; `name` if None.
        linear_name: the name of the slots of the linear terms; `name` if None.
        l2_shrinkage_regularization_strength: at least 0; shrinks only what has a gradient.

    Raises:
        ValueError: an argument is out of its range.
    """

    _slot_inputs = {"accum": "accum", "linear": "linear"}

    def __init__(
        self,
        learning_rate: Any,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "Ftrl",
        accum_name: str | None = None,
        linear_name: str | None = None,
        l2_shrinkage_regularization_strength: float = 0.0,
    ) -> None:
        super().__init__(use_locking, name)
        _check_not_negative("initial_accumulator_value", initial_accumulator_value)
        if learning_rate_power > 0.0:
            raise ValueError(f"learning_rate_power {learning_rate_power} needs to be negative or zero")
        _check_not_negative("l1_regularization_strength", l1_regularization_strength)
        _check_not_negative("l2_regularization_strength", l2_regularization_strength)
        _check_not_negative("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength)
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self._accum_name = accum_name
        self._linear_name = linear_name
        self._shrinks = l2_shrinkage_regularization_strength > 0.0
        self._algorithm = "FtrlV2" if self._shrinks else "Ftrl"

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for variable in var_list:
            with colocate_with(variable):
                start = constant(
                    self._initial_accumulator_value,
                    dtype=variable.dtype.base_dtype,
                    shape=variable.get_shape(),
                )
                self._get_or_make_slot(variable, start, "accum", self._accum_name or self._name)
                self._zeros_slot(variable, "linear", self._linear_name or self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._tensor(self._learning_rate, "learning_rate")
        self._l1_regularization_strength_tensor = self._tensor(
            self._l1_regularization_strength, "l1_regularization_strength"
        )
        self._l2_regularization_strength_tensor = self._tensor(
            self._l2_regularization_strength, "l2_regularization_strength"
        )
        self._l2_shrinkage_regularization_strength_tensor = self._tensor(
            self._l2_shrinkage_regularization_strength, "l2_shrinkage_regularization_strength"
        )
        self._learning_rate_power_tensor = self._tensor(self._learning_rate_power, "learning_rate_power")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "lr", self._learning_rate_tensor
        yield "l1", self._l1_regularization_strength_tensor
        yield "l2", self._l2_regularization_strength_tensor
        if self._shrinks:
            yield "l2_shrinkage", self._l2_shrinkage_regularization_strength_tensor
        yield "lr_power", self._learning_rate_power_tensor


def _check_not_negative(name: str, value: float) -> None:
    if value < 0.0:
        raise ValueError(f"{name} {value} needs to be positive or zero")
