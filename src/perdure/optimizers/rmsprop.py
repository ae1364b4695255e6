"""RMSProp, plain and centered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perdure.functional.array.array import ones_like
from perdure.functional.random.initializers import Ones
from perdure.optimizers.kernel_optimizer import KernelOptimizer


class RMSPropOptimizer(KernelOptimizer):
    """Divides the gradient by a running root mean square of it.

    Reference: Tieleman and Hinton, Lecture 6.5 of "Neural Networks for Machine Learning", 2012.

    Args:
        learning_rate: a float, a tensor, or a function that returns one.
        decay: how much of the running mean a step keeps.
        momentum: of the steps.
        epsilon: added below the root.
        use_locking: kept in the nodes of the updates.
        centered: whether to divide by the running standard deviation instead.
        name: the name scope of the updates, and of the slots.
    """

    def __init__(
        self,
        learning_rate: Any,
        decay: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered
        self._algorithm = "CenteredRMSProp" if centered else "RMSProp"
        self._slot_inputs = {"ms": "rms", "mom": "momentum"}
        if centered:
            self._slot_inputs["mg"] = "mg"

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for variable in var_list:
            dtype, shape = variable.dtype.base_dtype, variable.get_shape()
            ones = Ones(dtype=dtype) if shape.is_fully_defined() else ones_like(variable)
            self._get_or_make_slot_with_initializer(variable, ones, shape, dtype, "rms", self._name)
            if self._centered:
                self._zeros_slot(variable, "mg", self._name)
            self._zeros_slot(variable, "momentum", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._tensor(self._learning_rate, "learning_rate")
        self._decay_tensor = self._tensor(self._decay, "decay")
        self._momentum_tensor = self._tensor(self._momentum, "momentum")
        self._epsilon_tensor = self._tensor(self._epsilon, "epsilon")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "lr", self._learning_rate_tensor
        yield "rho", self._decay_tensor
        yield "momentum", self._momentum_tensor
        yield "epsilon", self._epsilon_tensor
