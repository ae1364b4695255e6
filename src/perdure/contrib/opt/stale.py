"""An optimizer that drops gradients of steps too long ago."""

from __future__ import annotations

from typing import Any

from perdure.functional.control.conditionals import cond
from perdure.functional.math.cast import cast
from perdure.functional.random.initializers import Zeros
from perdure.functional.summaries.values import scalar
from perdure.graph.builder import g
from perdure.graph.defaults import colocate_with, control_dependencies
from perdure.graph.dtypes import float32
from perdure.graph.tensor import Tensor
from perdure.optimizers.optimizer import Optimizer
from perdure.training.training_util import get_global_step
from perdure.variables.variable_scope import get_variable


class DropStaleGradientOptimizer(Optimizer):
    """Trains with another optimizer, without gradients that were begun too many steps ago.

    Args:
        opt: that optimizer.
        staleness: how many steps ago a gradient may have been begun.
        use_locking: kept for the other optimizers' sake; it has no nodes of its own to keep it in.
        name: the name of this optimizer.
    """

    def __init__(
        self, opt: Optimizer, staleness: int, use_locking: bool = False, name: str = "DropStaleGradient"
    ) -> None:
        super().__init__(use_locking, name)
        self._opt = opt
        self._staleness = staleness
        self._local_step: Any = None

    def compute_gradients(self, loss: Any, *args: Any, **kwargs: Any) -> Any:
        """The gradients as the other optimizer computes them, once the step was read."""
        with colocate_with(loss):
            self._local_step = get_global_step() + 0
        with control_dependencies([self._local_step]):
            return self._opt.compute_gradients(g.identity(loss), *args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """A slot of the other optimizer."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """The names of the slots of the other optimizer."""
        return self._opt.get_slot_names(*args, **kwargs)

    def apply_gradients(  # type: ignore[override]
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Tensor:
        """Change the variables as the other optimizer does, or count one more stale gradient.

        Returns:
            The number of stale gradients so far.
        """
        with colocate_with(global_step):
            stale_counter = get_variable("stale_counter", [], initializer=Zeros(), trainable=False)

        def accept() -> Tensor:
            update = self._opt.apply_gradients(grads_and_vars, global_step=global_step, name=name)
            with control_dependencies([update]):
                return g.identity(0.0)

        def drop() -> Tensor:
            return g.identity(1.0)

        gradients = [
            gradient if isinstance(gradient, Tensor) else gradient.op
            for gradient, _ in grads_and_vars
            if gradient is not None
        ]
        with control_dependencies(gradients), colocate_with(global_step):
            staleness = g.reshape(global_step - self._local_step, shape=())
        counted = cond(g.less_equal(staleness, self._staleness), accept, drop)
        updated = stale_counter.assign_add(counted)
        scalar("Gradient staleness percentage", stale_counter / cast(global_step + 1, float32))
        return updated
