"""Optimizers that ask whether a gradient and its mean have the same sign.

Reference: Bello et al., "Neural Optimizer Search with Reinforcement Learning", 2017.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perdure.functional.array.gathering import gather
from perdure.functional.control.control import group
from perdure.functional.math.binary import pow
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import sign
from perdure.functional.state import state
from perdure.functional.state.scatter import scatter_sub
from perdure.graph.composite import IndexedSlices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.optimizers.kernel_optimizer import KernelOptimizer, zeros_slots
from perdure.optimizers.optimizer import Optimizer


class SignOptimizer(KernelOptimizer):
    """What AddSign and PowerSign have in common."""

    _slot_inputs = {"m": "m"}

    def __init__(
        self,
        learning_rate: Any,
        beta: Any,
        sign_decay_fn: Callable[[Any], Any] | None,
        use_locking: bool,
        name: str,
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta = beta
        self._sign_decay_fn = sign_decay_fn
        self._lr_t: Any = None
        self._beta_t: Any = None
        self._sign_decay_t: Any = None

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Operation:
        """As `Optimizer.apply_gradients`; `global_step` is also what the sign decays by."""
        if self._sign_decay_fn is not None:
            self._sign_decay_t = convert_to_tensor(self._sign_decay_fn(global_step), name="sign_decay")
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        zeros_slots(self, var_list, "m")

    def _prepare(self) -> None:
        self._lr_t = convert_to_tensor(self._lr, name="learning_rate")
        self._beta_t = convert_to_tensor(self._beta, name="beta")
        self._prepare_rule()
        if self._sign_decay_fn is None:
            self._sign_decay_t = convert_to_tensor(1.0, name="sign_decay")

    def _prepare_rule(self) -> None:
        """Make the tensors of the rule itself."""
        raise NotImplementedError

    def _sparse_scalars(self, var: Any) -> dict[str, Tensor]:
        """The scalars of an update of rows, in the type of the variable."""
        raise NotImplementedError

    def _factors(self, scalars: dict[str, Tensor], decay: Tensor, agreement: Tensor) -> Tensor:
        """What rows of the gradient are multiplied by: `agreement` is 1 where the signs are the same."""
        raise NotImplementedError

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Operation:
        scalars = self._sparse_scalars(var)
        beta = scalars["beta"]
        m = self.get_slot(var, "m")
        m = state.assign(m, (m * beta) + (grad * (1 - beta)), use_locking=self._use_locking)
        signs = sign(grad.values)
        agreement = gather(sign(m), grad.indices) * signs
        decay = cast(self._sign_decay_t, var.dtype.base_dtype)
        factors = self._factors(scalars, decay, agreement)
        rows = scalars["lr"] * factors * grad.values
        step = scatter_sub(var, grad.indices, rows, use_locking=self._use_locking)
        return group(step, m)

    def _resource_apply_sparse(self, grad: Tensor, handle: Any, indices: Tensor) -> Any:
        return Optimizer._resource_apply_sparse(self, grad, handle, indices)


class AddSignOptimizer(SignOptimizer):
    """Multiplies the gradient by `alpha + sign_decay * sign(gradient) * sign(its mean)`.

    Args:
        learning_rate: a float or a tensor.
        alpha: what is added to the sign.
        beta: how much of the mean a step keeps.
        sign_decay_fn: a function from the global step to what the sign is multiplied by; 1 if None.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
    """

    _algorithm = "AddSign"

    def __init__(
        self,
        learning_rate: Any = 0.1,
        alpha: Any = 1.0,
        beta: Any = 0.9,
        sign_decay_fn: Callable[[Any], Any] | None = None,
        use_locking: bool = False,
        name: str = "AddSignOptimizer",
    ) -> None:
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._alpha = alpha
        self._alpha_t: Any = None

    def _prepare_rule(self) -> None:
        self._alpha_t = convert_to_tensor(self._alpha, name="alpha")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "lr", self._lr_t
        yield "alpha", self._alpha_t
        yield "sign_decay", self._sign_decay_t
        yield "beta", self._beta_t

    def _sparse_scalars(self, var: Any) -> dict[str, Tensor]:
        dtype = var.dtype.base_dtype
        given = {"lr": self._lr_t, "alpha": self._alpha_t, "beta": self._beta_t}
        return {name: cast(value, dtype) for name, value in given.items()}

    def _factors(self, scalars: dict[str, Tensor], decay: Tensor, agreement: Tensor) -> Tensor:
        return scalars["alpha"] + decay * agreement


class PowerSignOptimizer(SignOptimizer):
    """Multiplies the gradient by `base ** (sign_decay * sign(gradient) * sign(its mean))`.

    Args:
        learning_rate: a float or a tensor.
        base: the base of the power, a float.
        beta: how much of the mean a step keeps.
        sign_decay_fn: a function from the global step to what the sign is multiplied by; 1 if None.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.
    """

    _algorithm = "PowerSign"

    def __init__(
        self,
        learning_rate: Any = 0.1,
        base: float = math.e,
        beta: Any = 0.9,
        sign_decay_fn: Callable[[Any], Any] | None = None,
        use_locking: bool = False,
        name: str = "PowerSignOptimizer",
    ) -> None:
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._logbase = math.log(base)
        self._logbase_t: Any = None

    def _prepare_rule(self) -> None:
        self._logbase_t = convert_to_tensor(self._logbase, name="logbase")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "lr", self._lr_t
        yield "logbase", self._logbase_t
        yield "sign_decay", self._sign_decay_t
        yield "beta", self._beta_t

    def _sparse_scalars(self, var: Any) -> dict[str, Tensor]:
        dtype = var.dtype.base_dtype
        given = {"lr": self._lr_t, "beta": self._beta_t, "logbase": self._logbase_t, "e": math.e}
        return {name: cast(value, dtype) for name, value in given.items()}

    def _factors(self, scalars: dict[str, Tensor], decay: Tensor, agreement: Tensor) -> Tensor:
        return pow(scalars["e"], scalars["logbase"] * decay * agreement)
