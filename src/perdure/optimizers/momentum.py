"""Momentum, classical and Nesterov's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perdure.optimizers.kernel_optimizer import KernelOptimizer, zeros_slots


class MomentumOptimizer(KernelOptimizer):
    """`accumulation = momentum * accumulation + gradient; variable -= learning_rate * accumulation`.

    Rows of a variable that have no (sparse) gradient keep their accumulation.
    Reference: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.

    Args:
        learning_rate: a float, a tensor, or a function that returns one.
        momentum: likewise.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
        use_nesterov: whether to look one step ahead.
    """

    _algorithm = "Momentum"
    _slot_inputs = {"accum": "momentum"}

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        zeros_slots(self, var_list, "momentum")

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._tensor(self._learning_rate, "learning_rate")
        self._momentum_tensor = self._tensor(self._momentum, "momentum")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "lr", self._learning_rate_tensor
        yield "momentum", self._momentum_tensor

    def _attributes(self) -> dict[str, Any]:
        return {"use_locking": self._use_locking, "use_nesterov": self._use_nesterov}
