"""Momentum whose rate is scaled by the norms of each variable and its gradient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perdure.functional.array.gathering import where
from perdure.functional.math.binary import greater
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import norm
from perdure.graph.builder import g
from perdure.graph.tensor import Tensor
from perdure.optimizers.kernel_optimizer import KernelOptimizer, zeros_slots


class LARSOptimizer(KernelOptimizer):
    """Momentum whose rate is scaled, for each variable, by `eeta * |w| / (|gradient| + weight_decay * |w|)`.

    Reference: You, Gitman and Ginsburg, "Large Batch Training of Convolutional Networks", 2017. A sparse
    gradient is applied as momentum does, at the plain rate.

    Args:
        learning_rate: a float, a tensor, or a function that returns one.
        momentum: a float.
        weight_decay: what part of the variable is added to its gradient.
        eeta: the scale.
        epsilon: added to the divisor.
        name: the name scope of the updates, and of the slots.
        skip_list: variables with one of these in their name keep the plain rate, and do not decay.
        use_nesterov: whether to look ahead.

    Raises:
        ValueError: `momentum` or `weight_decay` is negative.
    """

    _algorithm = "Momentum"
    _slot_inputs = {"accum": "momentum"}

    def __init__(
        self,
        learning_rate: Any,
        momentum: float = 0.9,
        weight_decay: float = 0.0001,
        eeta: float = 0.001,
        epsilon: float = 0.0,
        name: str = "LARSOptimizer",
        skip_list: Sequence[str] | None = None,
        use_nesterov: bool = False,
    ) -> None:
        if momentum < 0.0:
            raise ValueError(f"momentum should be positive: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"weight_decay should be positive: {weight_decay}")
        super().__init__(use_locking=False, name=name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._weight_decay = weight_decay
        self._eeta = eeta
        self._epsilon = epsilon
        self._skip_list = skip_list
        self._use_nesterov = use_nesterov
        self._learning_rate_tensor: Any = None
        self._momentum_tensor: Any = None

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        zeros_slots(self, var_list, "momentum")

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._tensor(self._learning_rate, "learning_rate")
        self._momentum_tensor = self._tensor(self._momentum, "momentum")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "lr", self._learning_rate_tensor
        yield "momentum", self._momentum_tensor

    def _attributes(self) -> dict[str, Any]:
        return {**super()._attributes(), "use_nesterov": self._use_nesterov}

    def compute_lr(self, grad: Tensor, var: Any) -> tuple[Any, Tensor]:
        """The rate of a variable, and its gradient with the decay of its weights."""
        if self._skip_list is not None and any(part in var.name for part in self._skip_list):
            return self._learning_rate, grad
        size = norm(var, ord=2)
        gradient_size = norm(grad, ord=2)
        # In this order TensorFlow makes the nodes.
        has_size, has_gradient = greater(size, 0), greater(gradient_size, 0)
        ratio = self._eeta * size / (gradient_size + self._weight_decay * size + self._epsilon)
        trust = where(has_size, where(has_gradient, ratio, 1.0), 1.0)
        return self._learning_rate * trust, grad + self._weight_decay * var

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        rate, grad = self.compute_lr(grad, var)
        one = cast(1.0, var.dtype.base_dtype)
        slot = self.get_slot(var, "momentum")
        return g.apply_momentum(
            var, slot, one, grad * rate, self._momentum, use_locking=False, use_nesterov=self._use_nesterov
        )

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Any:
        rate, grad = self.compute_lr(grad, var)
        one = cast(1.0, var.dtype.base_dtype)
        slot = self.get_slot(var, "momentum")
        return g.resource_apply_momentum(
            var.handle,
            slot.handle,
            one,
            grad * rate,
            self._momentum,
            use_locking=False,
            use_nesterov=self._use_nesterov,
        )
