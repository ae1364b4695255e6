"""Adam."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perdure.functional.control.control import group
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import sqrt
from perdure.functional.state import state
from perdure.functional.state.scatter import scatter_add
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.defaults import colocate_with, control_dependencies, get_default_graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.optimizers.kernel_optimizer import KernelOptimizer, zeros_slots

# scatter(variable, indices, rows): add rows to a variable, and return it.
Scatter = Callable[[Any, Tensor, Tensor], Any]


class AdamOptimizer(KernelOptimizer):
    """Steps along a running mean of the gradient, divided by the root of the running mean of its squares.

    With `t` the number of the step, and the means started at 0:

        rate = learning_rate * sqrt(1 - beta2**t) / (1 - beta1**t)
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        variable -= rate * m / (sqrt(v) + epsilon)

    Rows of a variable that have no (sparse) gradient move on by their momentum, too.
    Reference: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014.

    Args:
        learning_rate: a float, a tensor, or a function that returns one; so are the next three.
        beta1: how much of the mean a step keeps.
        beta2: how much of the mean of squares a step keeps.
        epsilon: added to the root.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
    """

    _algorithm = "Adam"
    _slot_inputs = {"m": "m", "v": "v"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon
        self._lr_t: Any = None
        self._beta1_t: Any = None
        self._beta2_t: Any = None
        self._epsilon_t: Any = None

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        """The variables that hold beta1**t and beta2**t."""
        graph = get_default_graph()
        return (
            self._get_non_slot_variable("beta1_power", graph),
            self._get_non_slot_variable("beta2_power", graph),
        )

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        # The same variable whatever the order of the list, so that a restarted program agrees.
        first = min(var_list, key=lambda variable: variable.name)
        for value, name in ((self._beta1, "beta1_power"), (self._beta2, "beta2_power")):
            self._create_non_slot_variable(initial_value=value, name=name, colocate_with=first)
        zeros_slots(self, var_list, "m", "v")

    def _prepare(self) -> None:
        self._lr_t = self._tensor(self._lr, "learning_rate")
        self._beta1_t = self._tensor(self._beta1, "beta1")
        self._beta2_t = self._tensor(self._beta2, "beta2")
        self._epsilon_t = self._tensor(self._epsilon, "epsilon")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        beta1_power, beta2_power = self._get_beta_accumulators()
        yield "beta1_power", beta1_power
        yield "beta2_power", beta2_power
        yield "lr", self._lr_t
        yield "beta1", self._beta1_t
        yield "beta2", self._beta2_t
        yield "epsilon", self._epsilon_t

    # -- sparse gradients ----------------------------------------------------------------

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Operation:
        return self._apply_sparse_shared(grad.values, var, grad.indices, self._scatter_add)

    def _resource_apply_sparse(self, grad: Tensor, handle: Any, indices: Tensor) -> Operation:
        return self._apply_sparse_shared(grad, handle, indices, self._resource_scatter_add)

    def _scatter_add(self, variable: Any, indices: Tensor, rows: Tensor) -> Any:
        return scatter_add(variable, indices, rows, use_locking=self._use_locking)

    def _resource_scatter_add(self, x: Any, i: Tensor, v: Tensor) -> Any:
        with control_dependencies([g.resource_scatter_add(x.handle, i, v)]):
            return x.value()

    def _apply_sparse_shared(
        self, grad: Tensor, var: Any, indices: Tensor, scatter_add: Scatter
    ) -> Operation:
        dtype = var.dtype.base_dtype
        scalars = {name: cast(value, dtype) for name, value in self._hyperparameters(var)}
        beta1, beta2 = scalars["beta1"], scalars["beta2"]
        rate = scalars["lr"] * sqrt(1 - scalars["beta2_power"]) / (1 - scalars["beta1_power"])
        m = self._moved_mean(var, "m", beta1, lambda: grad * (1 - beta1), indices, scatter_add)
        v = self._moved_mean(var, "v", beta2, lambda: (grad * grad) * (1 - beta2), indices, scatter_add)
        root = sqrt(v)
        step = state.assign_sub(var, rate * m / (root + scalars["epsilon"]), use_locking=self._use_locking)
        return group(step, m, v)

    def _moved_mean(
        self,
        var: Any,
        slot_name: str,
        beta: Tensor,
        rows: Callable[[], Tensor],
        indices: Tensor,
        scatter_add: Scatter,
    ) -> Any:
        """A running mean after this step: all of it fades, and rows come in."""
        mean = self.get_slot(var, slot_name)
        coming = rows()
        faded = state.assign(mean, mean * beta, use_locking=self._use_locking)
        with control_dependencies([faded]):
            return scatter_add(mean, indices, coming)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Operation:
        with control_dependencies(update_ops):
            beta1_power, beta2_power = self._get_beta_accumulators()
            with colocate_with(beta1_power):
                powers = [
                    power.assign(power * beta, use_locking=self._use_locking)
                    for power, beta in ((beta1_power, self._beta1_t), (beta2_power, self._beta2_t))
                ]
        return group(*update_ops, *powers, name=name_scope)
