"""Adadelta."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perdure.optimizers.kernel_optimizer import KernelOptimizer, zeros_slots


class AdadeltaOptimizer(KernelOptimizer):
    """Steps as large as the running mean of earlier steps, relative to that of the gradients.

    Reference: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.

    Args:
        learning_rate: a float, a tensor, or a function that returns one.
        rho: how much of the running means a step keeps.
        epsilon: added below the roots.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
    """

    _algorithm = "Adadelta"
    _slot_inputs = {"accum": "accum", "accum_update": "accum_update"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.95,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        zeros_slots(self, var_list, "accum", "accum_update")

    def _prepare(self) -> None:
        self._lr_t = self._tensor(self._lr, "lr")
        self._rho_t = self._tensor(self._rho, "rho")
        self._epsilon_t = self._tensor(self._epsilon, "epsilon")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "lr", self._lr_t
        yield "rho", self._rho_t
        yield "epsilon", self._epsilon_t
