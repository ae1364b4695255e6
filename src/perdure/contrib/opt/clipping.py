"""An optimizer that keeps the norms of variables small."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from perdure.functional.array.gathering import gather
from perdure.functional.control.control import group
from perdure.functional.math.clip import clip_by_norm
from perdure.graph.composite import IndexedSlices
from perdure.graph.defaults import colocate_with, control_dependencies, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.optimizers.optimizer import Optimizer
from perdure.platform import logging


class VariableClippingOptimizer(Optimizer):
    """Trains with another optimizer, and after each step makes variables whose norm is too large smaller.

    Args:
        opt: that optimizer.
        vars_to_clip_dims: variable -> the axes that its norm is taken over.
        max_norm: the largest norm.
        use_locking: kept in the nodes of the clipping.
        colocate_clip_ops_with_vars: whether the norms are computed on the devices of the variables.
        name: the name scope of the updates.
    """

    def __init__(
        self,
        opt: Optimizer,
        vars_to_clip_dims: dict[Any, Sequence[int]],
        max_norm: Any,
        use_locking: bool = False,
        colocate_clip_ops_with_vars: bool = False,
        name: str = "VariableClipping",
    ) -> None:
        super().__init__(use_locking, name)
        self._opt = opt
        self._vars_to_clip_dims = {var: axes[:] for var, axes in vars_to_clip_dims.items()}
        self._max_norm = max_norm
        self._colocate_clip_ops_with_vars = colocate_clip_ops_with_vars

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """The gradients as the other optimizer computes them."""
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """A slot of the other optimizer."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """The names of the slots of the other optimizer."""
        return self._opt.get_slot_names(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Operation:
        """Change the variables as the other optimizer does, and then clip them."""
        pairs = list(grads_and_vars)
        with name_scope(name, self._name) as scope:
            update = self._opt.apply_gradients(pairs, global_step=global_step)
            clipped = []
            with control_dependencies([update]):
                for grad, var in pairs:
                    if grad is None or var not in self._vars_to_clip_dims:
                        continue
                    with name_scope("clip_" + var.op.name):
                        if isinstance(grad, Tensor):
                            clipped.append(self._clip_dense(var))
                        else:
                            clipped.append(self._clip_sparse(grad, var))
            return group(update, *clipped, name=scope)

    def _clip_dense(self, var: Any) -> Any:
        with self._maybe_colocate_with(var):
            value = var.read_value()
            delta = value - clip_by_norm(value, self._max_norm, self._vars_to_clip_dims[var])
        with colocate_with(var):
            return var.assign_sub(delta, use_locking=self._use_locking)

    def _clip_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        axes = self._vars_to_clip_dims[var]
        if 0 in axes:
            logging.warning(
                "Clipping norm across dims %s for %s is inefficient when including sparse dimension 0.",
                axes,
                var.op.name,
            )
            return self._clip_dense(var)
        with colocate_with(var):
            rows = gather(var, grad.indices)
        with self._maybe_colocate_with(var):
            excess = rows - clip_by_norm(rows, self._max_norm, axes)
        with colocate_with(var):
            delta = IndexedSlices(excess, grad.indices, grad.dense_shape)
            return var.scatter_sub(delta, use_locking=self._use_locking)

    def _maybe_colocate_with(self, var: Any) -> AbstractContextManager[Any]:
        return colocate_with(var) if self._colocate_clip_ops_with_vars else nullcontext()
