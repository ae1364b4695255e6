"""Kinds of Adam: of single rows, with Nesterov's momentum, with the largest gradient as its norm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perdure.functional.array.gathering import gather
from perdure.functional.control.control import group
from perdure.functional.math.binary import maximum
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import abs, sqrt, square
from perdure.functional.state import state
from perdure.functional.state.scatter import scatter_sub, scatter_update
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.defaults import colocate_with, control_dependencies, get_default_graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.optimizers.adam import AdamOptimizer, Scatter
from perdure.optimizers.kernel_optimizer import zeros_slots


def adam_scalars(optimizer: AdamOptimizer, var: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The corrected learning rate, beta1, beta2 and epsilon in the type of a variable."""
    dtype = var.dtype.base_dtype
    scalars = {name: cast(value, dtype) for name, value in optimizer._hyperparameters(var)}
    rate = scalars["lr"] * sqrt(1 - scalars["beta2_power"]) / (1 - scalars["beta1_power"])
    return rate, scalars["beta1"], scalars["beta2"], scalars["epsilon"]


class LazyAdamOptimizer(AdamOptimizer):
    """Adam that moves only the rows of a variable that have a gradient, and their means.

    The arguments are those of `tf.train.AdamOptimizer`.
    """

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Operation:
        rate, beta1, beta2, epsilon = adam_scalars(self, var)
        locking = self._use_locking
        m = self.get_slot(var, "m")
        rows = beta1 * gather(m, grad.indices) + (1 - beta1) * grad.values
        m = scatter_update(m, grad.indices, rows, use_locking=locking)
        v = self.get_slot(var, "v")
        rows = beta2 * gather(v, grad.indices) + (1 - beta2) * square(grad.values)
        v = scatter_update(v, grad.indices, rows, use_locking=locking)
        m_rows = gather(m, grad.indices)
        v_rows = gather(v, grad.indices)
        divisor = sqrt(v_rows) + epsilon
        step = scatter_sub(var, grad.indices, rate * m_rows / divisor, use_locking=locking)
        return group(step, m, v)

    def _resource_apply_sparse(self, grad: Tensor, var: Any, indices: Tensor) -> Operation:
        rate, beta1, beta2, epsilon = adam_scalars(self, var)
        m = self.get_slot(var, "m")
        m_rows = beta1 * gather(m, indices) + (1 - beta1) * grad
        m_update = g.resource_scatter_update(m.handle, indices, m_rows)
        v = self.get_slot(var, "v")
        v_rows = beta2 * gather(v, indices) + (1 - beta2) * square(grad)
        v_update = g.resource_scatter_update(v.handle, indices, v_rows)
        rows = rate * m_rows / (sqrt(v_rows) + epsilon)
        step = g.resource_scatter_sub(var.handle, indices, rows)
        return group(step, m_update, v_update)


class NadamOptimizer(AdamOptimizer):
    """Adam with Nesterov's momentum: the step goes along the mean as it will be.

    Reference: Dozat, "Incorporating Nesterov Momentum into Adam", 2015. The arguments are those of
    `tf.train.AdamOptimizer`.
    """

    def _attributes(self) -> dict[str, Any]:
        return {**super()._attributes(), "use_nesterov": True}

    def _apply_sparse_shared(
        self, grad: Tensor, var: Any, indices: Tensor, scatter_add: Scatter
    ) -> Operation:
        rate, beta1, beta2, epsilon = adam_scalars(self, var)
        m = self.get_slot(var, "m")
        coming = grad * (1 - beta1)
        faded = state.assign(m, m * beta1, use_locking=self._use_locking)
        with control_dependencies([faded]):
            moved = scatter_add(m, indices, coming)
            ahead = coming + beta1 * gather(moved, indices)
        v = self._moved_mean(var, "v", beta2, lambda: grad * grad * (1 - beta2), indices, scatter_add)
        root = sqrt(gather(v, indices))
        step = scatter_add(var, indices, -rate * ahead / (root + epsilon))
        return group(step, ahead, v)


class AdaMaxOptimizer(AdamOptimizer):
    """Adam whose steps are divided by the largest gradient, which fades.

    Reference: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014, section 7.1.

    Args:
        learning_rate: a float, a tensor, or a function that returns one; so are the next three.
        beta1: how much of the mean a step keeps.
        beta2: how much of the largest gradient a step keeps.
        epsilon: added to the divisor.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
    """

    _algorithm = "AdaMax"

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "AdaMax",
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _get_beta_accumulators(self) -> Any:
        return self._get_non_slot_variable("beta1_power", get_default_graph())

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        first = min(var_list, key=lambda variable: variable.name)
        self._create_non_slot_variable(initial_value=self._beta1, name="beta1_power", colocate_with=first)
        zeros_slots(self, var_list, "m", "v")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "beta1_power", self._get_beta_accumulators()
        yield "lr", self._lr_t
        yield "beta1", self._beta1_t
        yield "beta2", self._beta2_t
        yield "epsilon", self._epsilon_t

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Operation:
        def update(variable: Any, indices: Tensor, rows: Tensor) -> Any:
            return scatter_update(variable, indices, rows, use_locking=self._use_locking)

        return self._apply_rows(grad.values, var, grad.indices, self._scatter_add, update)

    def _resource_apply_sparse(self, grad: Tensor, var: Any, indices: Tensor) -> Operation:
        def update(variable: Any, indices: Tensor, rows: Tensor) -> Any:
            with control_dependencies([g.resource_scatter_update(variable.handle, indices, rows)]):
                return variable.value()

        return self._apply_rows(grad, var, indices, self._resource_scatter_add, update)

    def _apply_rows(
        self, grad: Tensor, var: Any, indices: Tensor, scatter_add: Scatter, scatter_update: Scatter
    ) -> Operation:
        dtype = var.dtype.base_dtype
        scalars = {name: cast(value, dtype) for name, value in self._hyperparameters(var)}
        beta1, beta2 = scalars["beta1"], scalars["beta2"]
        m = self.get_slot(var, "m")
        m_rows = gather(m, indices) * beta1 + grad * (1 - beta1)
        with control_dependencies([m_rows]):
            m = scatter_update(m, indices, m_rows)
        v = self.get_slot(var, "v")
        v_rows = maximum(gather(v, indices) * beta2, abs(grad))
        with control_dependencies([v_rows]):
            v = scatter_update(v, indices, v_rows)
        rate = -scalars["lr"] / (1 - scalars["beta1_power"])
        rows = rate * (m_rows / (v_rows + scalars["epsilon"]))
        with control_dependencies([rows]):
            step = scatter_add(var, indices, rows)
        return group(step, m, v)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Operation:
        with control_dependencies(update_ops):
            power = self._get_beta_accumulators()
            with colocate_with(power):
                update = power.assign(power * self._beta1_t, use_locking=self._use_locking)
        return group(*update_ops, update, name=name_scope)
