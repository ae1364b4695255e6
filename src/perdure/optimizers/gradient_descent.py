"""Gradient descent, plain and proximal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perdure.functional.math.cast import cast
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.tensor import Tensor
from perdure.optimizers.kernel_optimizer import KernelOptimizer


class GradientDescentOptimizer(KernelOptimizer):
    """`variable -= learning_rate * gradient`.

    Args:
        learning_rate: a float, a tensor, or a function that returns one.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates.
    """

    _algorithm = "GradientDescent"
    _gradient_input = "delta"

    def __init__(self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._learning_rate_tensor: Any = None

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._tensor(self._learning_rate, "learning_rate")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "alpha", self._learning_rate_tensor

    # Rows that are named twice need no adding up: subtracting is done for each in turn.

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        rate = cast(self._learning_rate_tensor, var.dtype.base_dtype)
        step = IndexedSlices(grad.values * rate, grad.indices, grad.dense_shape)
        return var.scatter_sub(step, use_locking=self._use_locking)

    def _resource_apply_sparse_duplicate_indices(self, grad: Tensor, handle: Any, indices: Tensor) -> Any:
        return g.resource_scatter_add(handle.handle, indices, -grad * self._learning_rate)


class ProximalGradientDescentOptimizer(KernelOptimizer):
    """Gradient descent with L1 and L2 regularization applied as proximal steps.

    Reference: Duchi and Singer, "Efficient Learning using Forward-Backward Splitting", 2009.

    Args:
        learning_rate: a float or a tensor.
        l1_regularization_strength: at least 0; towards 0, and not past it.
        l2_regularization_strength: at least 0.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates.
    """

    _algorithm = "ProximalGradientDescent"
    _gradient_input = "delta"

    def __init__(
        self,
        learning_rate: Any,
        l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0,
        use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._tensor(self._learning_rate, "learning_rate")
        self._l1_regularization_strength_tensor = self._tensor(
            self._l1_regularization_strength, "l1_regularization_strength"
        )
        self._l2_regularization_strength_tensor = self._tensor(
            self._l2_regularization_strength, "l2_regularization_strength"
        )

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "alpha", self._learning_rate_tensor
        yield "l1", self._l1_regularization_strength_tensor
        yield "l2", self._l2_regularization_strength_tensor
