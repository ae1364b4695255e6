"""Adam that counts its steps by the global step, and so needs no variables for the powers of its betas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.contrib.opt.adam import LazyAdamOptimizer
from perdure.functional.array.array import identity
from perdure.functional.control.control import group
from perdure.functional.math.binary import pow
from perdure.functional.math.cast import cast
from perdure.graph.dtypes import float32
from perdure.graph.operation import Operation
from perdure.optimizers.adam import AdamOptimizer
from perdure.optimizers.kernel_optimizer import zeros_slots


class AdamGSOptimizer(AdamOptimizer):
    """Adam whose steps are counted by the global step.

    Args:
        global_step: how many steps were made: a variable or tensor.
        learning_rate: a float, a tensor, or a function that returns one; so are the next three.
        beta1: how much of the mean a step keeps.
        beta2: how much of the mean of squares a step keeps.
        epsilon: added to the root.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
    """

    def __init__(
        self,
        global_step: Any = 0,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)
        self._global_step = global_step
        self._global_step_on_worker: Any = None

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        step = self._global_step_on_worker
        return pow(self._beta1_t, step), pow(self._beta2_t, step)

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        zeros_slots(self, var_list, "m", "v")

    def _prepare(self) -> None:
        super()._prepare()
        self._global_step_on_worker = cast(identity(self._global_step) + 1, float32)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Operation:
        return group(*update_ops, name=name_scope)


class LazyAdamGSOptimizer(AdamGSOptimizer):
    """`AdamGSOptimizer` that moves only the rows of a variable that have a gradient, and their means."""

    _apply_sparse = LazyAdamOptimizer._apply_sparse  # type: ignore[assignment]
    _resource_apply_sparse = LazyAdamOptimizer._resource_apply_sparse  # type: ignore[assignment]
