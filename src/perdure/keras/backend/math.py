"""Keras' backend: arithmetic, reductions and comparisons."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array import array, gathering
from perdure.functional.array.joining import concat, unstack
from perdure.functional.array.rearranging import transpose as transpose_axes
from perdure.functional.math import binary, products, reductions, scans, unary
from perdure.functional.math import clip as clipping
from perdure.functional.math.cast import cast as cast_to
from perdure.functional.state import state as assignments
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant as make_constant
from perdure.keras.backend.shapes import int_shape, ndim
from perdure.keras.backend.state import is_sparse
from perdure.keras.config import floatx


def constant_like(value: Any, x: Any) -> Any:
    """A constant of the element type of a tensor."""
    return make_constant(value, dtype=x.dtype.base_dtype)


def cast(x: Any, dtype: Any) -> Any:
    """A tensor in another element type."""
    return cast_to(x, dtype)


def cast_to_floatx(x: Any) -> np.ndarray:
    """An array in the default float type."""
    return np.asarray(x, dtype=floatx())


# -- assigning ---------------------------------------------------------------------------


def update(x: Any, new_x: Any) -> Any:
    """Give a variable a value."""
    return assignments.assign(x, new_x)


def update_add(x: Any, increment: Any) -> Any:
    """Add to a variable."""
    return assignments.assign_add(x, increment)


def update_sub(x: Any, decrement: Any) -> Any:
    """Subtract from a variable."""
    return assignments.assign_sub(x, decrement)


def moving_average_update(x: Any, value: Any, momentum: Any) -> Any:
    """Move a variable towards a value.

    Args:
        x: the variable.
        value: a tensor of its shape.
        momentum: how much of the variable stays.
    """
    from perdure.optimizers.moving_averages import assign_moving_average

    return assign_moving_average(x, value, momentum, zero_debias=True)


# -- products ----------------------------------------------------------------------------


def _known_or_symbolic(x: Any) -> tuple[Any, ...]:
    """The sizes of a tensor, as numbers where they are known."""
    sizes = unstack(array.shape(x))
    return tuple(s if i is None else i for i, s in zip(int_shape(x), sizes, strict=True))


def dot(x: Any, y: Any) -> Any:
    """The product over the last axis of `x` and the second last of `y`."""
    rank = ndim(x)
    if rank is not None and (rank > 2 or (ndim(y) or 0) > 2):
        x_shape = _known_or_symbolic(x)
        y_shape = _known_or_symbolic(y)
        order = list(range(len(y_shape)))
        order = [order.pop(-2), *order]
        xt = array.reshape(x, [-1, x_shape[-1]])
        yt = array.reshape(transpose_axes(y, perm=order), [y_shape[-2], -1])
        return array.reshape(products.matmul(xt, yt), x_shape[:-1] + y_shape[:-2] + y_shape[-1:])
    if is_sparse(x):
        return g.sparse_tensor_dense_mat_mul(x.indices, x.values, x.dense_shape, y)
    return products.matmul(x, y)


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """The product of the items of two batches.

    Args:
        x, y: tensors whose first axes are the batch.
        axes: the axis of each that is summed over, or one for both.
    """
    if isinstance(axes, int):
        axes = (axes, axes)
    x_rank, y_rank = ndim(x), ndim(y)
    assert x_rank is not None and y_rank is not None
    if axes is None:
        axes = [x_rank - 1, y_rank - 2]
    difference = abs_int(x_rank - y_rank)
    if x_rank > y_rank:
        y = array.reshape(y, concat([array.shape(y), [1] * difference], axis=0))
    elif y_rank > x_rank:
        x = array.reshape(x, concat([array.shape(x), [1] * difference], axis=0))
    if ndim(x) == 2 and ndim(y) == 2:
        if axes[0] == axes[1]:
            out = reductions.reduce_sum(binary.multiply(x, y), axes[0])
        else:
            out = reductions.reduce_sum(binary.multiply(transpose_axes(x, [1, 0]), y), axes[1])
    else:
        rank = ndim(x) or 0
        out = products.matmul(x, y, adjoint_a=axes[0] != rank - 1, adjoint_b=axes[1] == (ndim(y) or 0) - 1)
    if difference:
        first = x_rank + y_rank - 3 if x_rank > y_rank else x_rank - 1
        out = array.squeeze(out, list(range(first, first + difference)))
    return array.expand_dims(out, 1) if ndim(out) == 1 else out


def abs_int(value: int) -> int:
    """The absolute value of an integer; `abs` of this module is one of tensors."""
    return value if value >= 0 else -value


def transpose(x: Any) -> Any:
    """A tensor with its axes in reverse order."""
    return transpose_axes(x)


def gather(reference: Any, indices: Any) -> Any:
    """The rows `indices` of a tensor."""
    return gathering.gather(reference, indices)


# -- reductions --------------------------------------------------------------------------


def max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest elements over axes."""
    return reductions.reduce_max(x, axis, keepdims)


def min(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest elements over axes."""
    return reductions.reduce_min(x, axis, keepdims)


def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sums over axes."""
    return reductions.reduce_sum(x, axis, keepdims)


def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The products over axes."""
    return reductions.reduce_prod(x, axis, keepdims)


def _as_numbers(x: Any) -> Any:
    return cast_to(x, floatx()) if x.dtype.base_dtype == dtypes.bool else x


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The means over axes; booleans count as 0 and 1."""
    return reductions.reduce_mean(_as_numbers(x), axis, keepdims)


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The variances over axes; booleans count as 0 and 1."""
    return reductions.reduce_variance(_as_numbers(x), axis=axis, keepdims=keepdims)


def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The standard deviations over axes; booleans count as 0 and 1."""
    return reductions.reduce_std(_as_numbers(x), axis=axis, keepdims=keepdims)


def any(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Whether an element over axes is other than 0."""
    return reductions.reduce_any(cast_to(x, dtypes.bool), axis, keepdims)


def all(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Whether all elements over axes are other than 0."""
    return reductions.reduce_all(cast_to(x, dtypes.bool), axis, keepdims)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The logarithms of the sums of exponentials over axes."""
    return reductions.reduce_logsumexp(x, axis, keepdims)


def argmax(x: Any, axis: int = -1) -> Any:
    """The indices of the largest elements over an axis."""
    return reductions.argmax(x, axis)


def argmin(x: Any, axis: int = -1) -> Any:
    """The indices of the smallest elements over an axis."""
    return reductions.argmin(x, axis)


def cumsum(x: Any, axis: int = 0) -> Any:
    """Running sums along an axis."""
    return scans.cumsum(x, axis=axis)


def cumprod(x: Any, axis: int = 0) -> Any:
    """Running products along an axis."""
    return scans.cumprod(x, axis=axis)


# -- element by element ------------------------------------------------------------------


def square(x: Any) -> Any:
    """The squares of the elements."""
    return unary.square(x)


def abs(x: Any) -> Any:
    """The absolute values of the elements."""
    return unary.abs(x)


def sqrt(x: Any) -> Any:
    """The square roots of the elements; negative ones count as 0."""
    low, high = constant_like(0.0, x), constant_like(np.inf, x)
    return unary.sqrt(clipping.clip_by_value(x, low, high))


def exp(x: Any) -> Any:
    """The exponentials of the elements."""
    return unary.exp(x)


def log(x: Any) -> Any:
    """The natural logarithms of the elements."""
    return unary.log(x)


def round(x: Any) -> Any:
    """The elements rounded, halves to even."""
    return unary.round(x)


def sign(x: Any) -> Any:
    """The signs of the elements."""
    return unary.sign(x)


def pow(x: Any, a: Any) -> Any:
    """The elements to the power of `a`."""
    return binary.pow(x, a)


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """The elements brought between two values; None for no upper one."""
    if max_value is not None and max_value < min_value:
        max_value = min_value
    if max_value is None:
        max_value = np.inf
    low, high = constant_like(min_value, x), constant_like(max_value, x)
    return clipping.clip_by_value(x, low, high)


def equal(x: Any, y: Any) -> Any:
    """Whether elements are equal."""
    return binary.equal(x, y)


def not_equal(x: Any, y: Any) -> Any:
    """Whether elements are not equal."""
    return binary.not_equal(x, y)


def greater(x: Any, y: Any) -> Any:
    """Whether x > y, element by element."""
    return binary.greater(x, y)


def greater_equal(x: Any, y: Any) -> Any:
    """Whether x >= y, element by element."""
    return binary.greater_equal(x, y)


def less(x: Any, y: Any) -> Any:
    """Whether x < y, element by element."""
    return binary.less(x, y)


def less_equal(x: Any, y: Any) -> Any:
    """Whether x <= y, element by element."""
    return binary.less_equal(x, y)


def maximum(x: Any, y: Any) -> Any:
    """The larger ones of the elements."""
    return binary.maximum(x, y)


def minimum(x: Any, y: Any) -> Any:
    """The smaller ones of the elements."""
    return binary.minimum(x, y)


def sin(x: Any) -> Any:
    """The sines of the elements."""
    return unary.sin(x)


def cos(x: Any) -> Any:
    """The cosines of the elements."""
    return unary.cos(x)
