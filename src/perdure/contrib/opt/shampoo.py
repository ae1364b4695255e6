"""Shampoo: gradients multiplied, along each axis, by a root of the inverse of their covariance.

Reference: Gupta, Koren and Singer, "Shampoo: Preconditioned Stochastic Tensor Optimization", 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.contrib.opt.matrix_functions import matrix_inverse_pth_root, matrix_square_root
from perdure.functional.array.array import expand_dims, zeros, zeros_like
from perdure.functional.array.array import shape as shape_of
from perdure.functional.array.gathering import gather, scatter_nd, where
from perdure.functional.array.rearranging import transpose
from perdure.functional.control.conditionals import cond
from perdure.functional.linalg.linalg import svd
from perdure.functional.linalg.matrix import eye
from perdure.functional.math.binary import greater, maximum, mod, pow
from perdure.functional.math.cast import cast
from perdure.functional.math.products import matmul, tensordot
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.state.scatter import scatter_add
from perdure.functional.state.state import assign, assign_add, assign_sub
from perdure.graph.composite import IndexedSlices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, name_scope
from perdure.graph.dtypes import float32, int32
from perdure.graph.tensor import Tensor
from perdure.optimizers.optimizer import Optimizer
from perdure.platform import logging


def at_step(value: Any, step: Any) -> Any:
    """A hyperparameter, which may be a function of the step."""
    return value(step) if callable(value) else value


class ShampooOptimizer(Optimizer):
    """Multiplies the gradient, along each of its axes, by a power of the sum of its outer products.

    Hyperparameters may be functions of the step. With `G_i` the sum for axis `i` of `n`:

        gbar = gbar_decay * gbar + gbar_weight * gradient
        G_i = mat_gbar_decay * G_i + mat_gbar_weight * (outer product of the gradient along axis i)
        variable -= learning_rate * gbar * G_1**(-alpha/n) ... G_n**(-alpha/n)

    Args:
        global_step: how many steps were made: a variable or tensor.
        max_matrix_size: longer axes have the diagonals of their sums only.
        gbar_decay: how much of the mean gradient a step keeps.
        gbar_weight: how much of the gradient is added to it.
        mat_gbar_decay: how much of the sums of outer products a step keeps.
        mat_gbar_weight: how much of the outer product is added to it.
        learning_rate: as in gradient descent.
        svd_interval: how many steps a computed power is used.
        precond_update_interval: how many steps the sums are used.
        epsilon: added to the diagonals.
        alpha: the exponent of all axes together.
        use_iterative_root: whether powers are computed by iteration instead of by an SVD.
        use_locking: as in other optimizers.
        name: the name scope of the updates, and of the slots.
    """

    def __init__(
        self,
        global_step: Any = 0,
        max_matrix_size: int = 768,
        gbar_decay: Any = 0.0,
        gbar_weight: Any = 1.0,
        mat_gbar_decay: Any = 1.0,
        mat_gbar_weight: Any = 1.0,
        learning_rate: Any = 1.0,
        svd_interval: Any = 1,
        precond_update_interval: Any = 1,
        epsilon: float = 1e-4,
        alpha: Any = 0.5,
        use_iterative_root: bool = False,
        use_locking: bool = False,
        name: str = "Shampoo",
    ) -> None:
        super().__init__(use_locking, name)
        self._global_step = cast(global_step, float32)
        self._max_matrix_size = max_matrix_size
        self._gbar_decay = gbar_decay
        self._gbar_weight = gbar_weight
        self._mat_gbar_decay = mat_gbar_decay
        self._mat_gbar_weight = mat_gbar_weight
        self._learning_rate = learning_rate
        self._svd_interval = svd_interval
        self._precond_update_interval = precond_update_interval
        self._epsilon = epsilon
        self._alpha = alpha
        self._use_iterative_root = use_iterative_root

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for variable in var_list:
            with colocate_with(variable):
                self._zeros_slot(variable, "gbar", self._name)
                for axis, length in enumerate(np.array(variable.get_shape())):
                    size = convert_to_tensor(length)
                    if length <= self._max_matrix_size:
                        start = zeros_like(eye(size))
                        if self._svd_interval > 1:
                            self._get_or_make_slot(variable, eye(size), f"H_{axis}", self._name)
                    else:
                        start = zeros([size])
                    self._get_or_make_slot(variable, start, f"Gbar_{axis}", self._name)

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        return self._apply_gradient(grad, var)

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Any:
        return self._apply_gradient(grad, var)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        return self._apply_sparse_shared(grad.values, grad.indices, var)

    def _resource_apply_sparse(self, grad_values: Tensor, var: Any, grad_indices: Tensor) -> Any:
        return self._apply_sparse_shared(grad_values, grad_indices, var)

    def _apply_sparse_shared(self, values: Tensor, indices: Tensor, var: Any) -> Any:
        if var.get_shape()[0] <= self._max_matrix_size or self._gbar_decay != 0.0:
            rows = expand_dims(indices, axis=1)
            dense = scatter_nd(rows, values, shape_of(var, out_type=indices.dtype))
            return self._apply_gradient(dense, var)
        return self._apply_gradient(values, var, indices)

    def _apply_gradient(self, grad: Tensor, var: Any, indices: Any = None) -> Any:
        """Update a variable, or only the rows `indices` of it."""
        step = self._global_step + 1
        gbar = self.get_slot(var, "gbar")
        gbar_decay, gbar_weight = at_step(self._gbar_decay, step), at_step(self._gbar_weight, step)
        if indices is None:
            result = self._weighted_average(gbar, self._gbar_decay, gbar_decay, gbar_weight * grad)
        else:
            if self._gbar_decay != 0.0:
                logging.warning(f"Not applying momentum for variable: {var.name}")
            result = grad
        shape = var.get_shape()
        rank = len(shape)
        sums = [self.get_slot(var, f"Gbar_{axis}") for axis in range(rank)]
        decay, weight = at_step(self._mat_gbar_decay, step), at_step(self._mat_gbar_weight, step)
        power = -at_step(self._alpha, step) / rank
        svd_interval = at_step(self._svd_interval, step)
        interval = at_step(self._precond_update_interval, step)
        for axis, total in enumerate(sums):
            others = [*range(axis), *range(axis + 1, rank)]
            if shape[axis] <= self._max_matrix_size:
                matrix = self._matrix_power(
                    var, grad, total, axis, others, step, decay, weight, power, svd_interval, interval
                )
                result = tensordot(result, matrix, axes=([0], [0]), name=f"precond_{axis}")
                continue
            if others:
                normalizer = 1.0 if indices is not None else float(shape[axis].value)
                outer = reduce_sum(grad * grad, axis=others) / normalizer
            else:
                outer = grad * grad
            if axis == 0 and indices is not None:
                assert self._mat_gbar_decay == 1.0
                diagonal = gather(scatter_add(total, indices, weight * outer), indices)
            else:
                diagonal = self._weighted_average(total, self._mat_gbar_decay, decay, weight * outer)
            factors = where(greater(diagonal, 0), pow(diagonal, power), zeros_like(diagonal))
            result = transpose(result, perm=[*range(1, rank), 0]) * factors
        rate = at_step(self._learning_rate, step)
        if indices is not None:
            return scatter_add(var, indices, -rate * result)
        return assign_sub(var, rate * result)

    def _matrix_power(
        self,
        var: Any,
        grad: Tensor,
        total: Any,
        axis: int,
        others: list[int],
        step: Tensor,
        decay: Any,
        weight: Any,
        power: Any,
        svd_interval: Any,
        interval: Any,
    ) -> Any:
        """The matrix that the gradient is multiplied by along an axis."""
        length = var.get_shape()[axis]
        updated = cond(
            mod(step, interval) < 1,
            lambda: self._update_sum(total, grad, others, decay, weight * interval, axis),
            lambda: total,
        )
        updated = updated / float(length.value)
        if self._svd_interval == 1:
            return self._compute_power(var, updated, length, power)
        return cond(
            mod(step, svd_interval) < 1,
            lambda: self._compute_power(var, updated, length, power, f"H_{axis}"),
            lambda: self.get_slot(var, f"H_{axis}"),
        )

    def _weighted_average(self, var: Any, weight: Any, weight_t: Any, rest: Any) -> Any:
        """`weight * var + rest`, which also becomes the value of `var` unless the weight is 0."""
        if weight == 0.0:
            return rest
        if weight == 1.0:
            return assign_add(var, rest)
        return var.assign_add((weight_t - 1) * var + rest)

    def _update_sum(
        self, total: Any, grad: Tensor, axes: list[int], decay: Any, weight: Any, axis: int
    ) -> Any:
        outer = tensordot(grad, grad, axes=(axes, axes), name=f"grad_outer_{axis}")
        return self._weighted_average(total, self._mat_gbar_decay, decay, weight * outer)

    def _compute_power(
        self, var: Any, matrix: Tensor, length: Any, alpha: Any, slot_name: str | None = None
    ) -> Any:
        """A power of a matrix, which is also kept in a slot if one is named."""
        with name_scope("matrix_iterative_power"):
            if self._use_iterative_root:
                root = matrix_square_root(matrix, length, 100, self._epsilon)
                result = matrix_inverse_pth_root(root, length, 2 * alpha, 100, 1e-6, ridge_epsilon=0.0)
            else:
                result = self._power_by_svd(matrix, length, alpha)
            return result if slot_name is None else assign(self.get_slot(var, slot_name), result)

    def _power_by_svd(self, matrix: Tensor, length: Any, alpha: Any) -> Tensor:
        if length == 1:
            return pow(matrix + self._epsilon, alpha)
        damping = self._epsilon * eye(cast(length, int32))
        values, left, right = svd(matrix + damping, full_matrices=True)
        return matmul(right * pow(maximum(values, self._epsilon), alpha), transpose(left))
