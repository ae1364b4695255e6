"""Optimizers that also let weights decay, beside the step along the gradient.

Reference: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.gathering import gather
from perdure.functional.control.control import no_op
from perdure.functional.state.scatter import scatter_add
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies
from perdure.graph.tensor import Tensor
from perdure.optimizers.adam import AdamOptimizer
from perdure.optimizers.momentum import MomentumOptimizer
from perdure.optimizers.optimizer import Optimizer


class DecoupledWeightDecayExtension:
    """The first base of an optimizer whose variables decay, before each step, by a part of themselves.

    Args:
        weight_decay: that part: a float or a tensor.
        **kwargs: for the other base.
    """

    _use_locking: bool

    def __init__(self, weight_decay: Any, **kwargs: Any) -> None:
        self._decay_var_list: Any = None
        self._weight_decay = weight_decay
        self._weight_decay_tensor: Any = None
        super().__init__(**kwargs)

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = Optimizer.GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
        decay_var_list: Any = None,
    ) -> Any:
        """As `Optimizer.minimize`; `decay_var_list` are the variables that decay, all if None."""
        self._decay_var_list = set(decay_var_list) if decay_var_list else False
        return super().minimize(  # type: ignore[misc]
            loss,
            global_step=global_step,
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            name=name,
            grad_loss=grad_loss,
        )

    def apply_gradients(
        self,
        grads_and_vars: Any,
        global_step: Any = None,
        name: str | None = None,
        decay_var_list: Any = None,
    ) -> Any:
        """As `Optimizer.apply_gradients`; `decay_var_list` are the variables that decay, all if None."""
        self._decay_var_list = set(decay_var_list) if decay_var_list else False
        return super().apply_gradients(  # type: ignore[misc]
            grads_and_vars, global_step=global_step, name=name
        )

    def _prepare(self) -> None:
        weight_decay = self._weight_decay
        if callable(weight_decay):
            weight_decay = weight_decay()
        self._weight_decay_tensor = convert_to_tensor(weight_decay, name="weight_decay")
        super()._prepare()  # type: ignore[misc]

    def _decays(self, var: Any) -> bool:
        return not self._decay_var_list or var in self._decay_var_list

    def _decay_weights_op(self, var: Any) -> Any:
        if self._decays(var):
            return var.assign_sub(self._weight_decay * var, self._use_locking)
        return no_op()

    def _decay_weights_sparse_op(self, var: Any, indices: Any, scatter_add: Callable[..., Any]) -> Any:
        if self._decays(var):
            rows = -self._weight_decay * gather(var, indices)
            return scatter_add(var, indices, rows, self._use_locking)
        return no_op()

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        with control_dependencies([self._decay_weights_op(var)]):
            return super()._apply_dense(grad, var)  # type: ignore[misc]

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Any:
        with control_dependencies([self._decay_weights_op(var)]):
            return super()._resource_apply_dense(grad, var)  # type: ignore[misc]

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        with control_dependencies([self._decay_weights_sparse_op(var, grad.indices, scatter_add)]):
            return super()._apply_sparse(grad, var)  # type: ignore[misc]

    def _resource_apply_sparse(self, grad: Tensor, var: Any, indices: Tensor) -> Any:
        with control_dependencies([self._decay_weights_sparse_op(var, indices, self._resource_scatter_add)]):
            return super()._resource_apply_sparse(grad, var, indices)  # type: ignore[misc]

    def _resource_scatter_add(self, x: Any, i: Any, v: Any, _: Any = None) -> Any:
        with control_dependencies([g.resource_scatter_add(x.handle, i, v)]):
            return x.value()


def extend_with_decoupled_weight_decay(base_optimizer: type) -> type:
    """A class of optimizers as `base_optimizer` whose weights decay.

    The class takes the decay as its first argument, and `decay_var_list` in `minimize` and `apply_gradients`.

    Args:
        base_optimizer: a subclass of `tf.train.Optimizer`.
    """

    class OptimizerWithDecoupledWeightDecay(
        DecoupledWeightDecayExtension,
        base_optimizer,  # type: ignore[misc]
    ):
        """The optimizer, with weights that decay."""

        def __init__(self, weight_decay: Any, *args: Any, **kwargs: Any) -> None:
            super().__init__(weight_decay, *args, **kwargs)

    return OptimizerWithDecoupledWeightDecay


class MomentumWOptimizer(DecoupledWeightDecayExtension, MomentumOptimizer):  # type: ignore[misc]
    """Momentum with weights that decay.

    Args:
        weight_decay: the part by which they decay in a step, a float or a tensor.
        learning_rate: a float, a tensor, or a function that returns one.
        momentum: a float, a tensor, or a function that returns one.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
        use_nesterov: whether to look ahead.
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "MomentumW",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            momentum=momentum,
            use_locking=use_locking,
            name=name,
            use_nesterov=use_nesterov,
        )


class AdamWOptimizer(DecoupledWeightDecayExtension, AdamOptimizer):  # type: ignore[misc]
    """Adam with weights that decay.

    Args:
        weight_decay: the part by which they decay in a step, a float or a tensor.
        learning_rate: a float, a tensor, or a function that returns one; so are the next three.
        beta1: how much of the mean a step keeps.
        beta2: how much of the mean of squares a step keeps.
        epsilon: added to the root.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "AdamW",
    ) -> None:
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            beta1=beta1,
            beta2=beta2,
            epsilon=epsilon,
            use_locking=use_locking,
            name=name,
        )
