"""Gradients compared with differences of values: tf.test.compute_gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from perdure.functional.array.array import identity
from perdure.functional.math.cast import cast
from perdure.gradients import gradients
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant
from perdure.graph.dtypes import (
    DType,
    as_dtype,
    bfloat16,
    complex64,
    complex128,
    float16,
    float32,
    float64,
)
from perdure.graph.stacks import get_default_session
from perdure.graph.tensor import Tensor

_DIFFERENTIABLE = (float16, bfloat16, float32, float64, complex64, complex128)

Jacobians = tuple[np.ndarray, np.ndarray]


def compute_gradient(
    x: Any,
    x_shape: Any,
    y: Tensor,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Sequence[Any] | None = None,
    extra_feed_dict: Mapping[Any, Any] | None = None,
) -> Any:
    """The Jacobian of `y` by `x` twice: from `tf.gradients`, and from differences of values.

    It is computed in the default session.  Complex numbers count as two real ones.

    Args:
        x: a tensor or a list of tensors.
        x_shape: its shape, or the list of their shapes.
        y: a tensor that depends on it.
        y_shape: the shape of `y`.
        x_init_value: where to compute it, or a list; random numbers in [0, 1) by default.
        delta: half the difference in `x`.
        init_targets: operations to run before.
        extra_feed_dict: what to feed in addition.

    Returns:
        Both Jacobians, of shape (size of x, size of y); a list of such pairs for a list `x`.

    Raises:
        TypeError: a tensor is not of a floating or complex type.
        ValueError: a shape or value does not fit, or there is no default session.
    """
    session = get_default_session()
    if session is None:
        raise ValueError("compute_gradient needs a default session: use `with tf.Session():`")
    is_list = isinstance(x, list)
    xs, shapes = (x, x_shape) if is_list else ([x], [x_shape])
    for name, tensor in [*(("x", each) for each in xs), ("y", y)]:
        if as_dtype(tensor.dtype).base_dtype not in _DIFFERENTIABLE:
            raise TypeError(f"Don't support type {tensor.dtype.name} for {name}")
    values = x_init_value if is_list else [x_init_value]
    if values is None:
        values = [None] * len(xs)
    pairs = [_gradient_and_seed(each, y, y_shape) for each in xs]
    for target in init_targets or ():
        session.run(target)
    found = [
        _jacobians(session, each, shape, value, pair, y, y_shape, delta, dict(extra_feed_dict or {}))
        for each, shape, value, pair in zip(xs, shapes, values, pairs, strict=True)
    ]
    return found if is_list else found[0]


def compute_gradient_error(
    x: Any,
    x_shape: Any,
    y: Tensor,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Sequence[Any] | None = None,
    extra_feed_dict: Mapping[Any, Any] | None = None,
) -> float:
    """The largest difference between the two Jacobians of `compute_gradient`, whose arguments it has."""
    found = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    error = 0.0
    for theoretical, numeric in [found] if isinstance(found, tuple) else found:
        if theoretical.size:
            # NaN must not look like agreement.
            error = np.maximum(error, np.fabs(theoretical - numeric).max())
    return error


def _gradient_and_seed(x: Tensor, y: Tensor, y_shape: Any) -> tuple[Any, Tensor]:
    """The gradient of y by x, and the tensor to feed the incoming gradient for."""
    with x.graph.as_default():
        seed = constant(1.0, shape=y_shape, dtype=y.dtype)
        incoming = identity(seed)
    (gradient,) = gradients(y, x, incoming)
    if gradient is None:
        raise ValueError(f"{y.name} does not depend on {x.name} in a way that has a gradient")
    return gradient, seed


def _jacobians(
    session: Any,
    x: Tensor,
    x_shape: Any,
    x_init_value: Any,
    pair: tuple[Any, Tensor],
    y: Tensor,
    y_shape: Any,
    delta: float,
    extra_feeds: dict[Any, Any],
) -> Jacobians:
    if x_init_value is None:
        value = _random_value(x_shape, x.dtype)
    else:
        value = np.asarray(x_init_value)
        if list(value.shape) != list(x_shape):
            raise ValueError(f"x_shape = {x_shape}, init_data shape = {value.shape}")
    gradient, seed = pair
    theoretical = _theoretical(session, x, value, seed, y_shape, gradient, extra_feeds)
    return theoretical, _numeric(session, x, value, y, y_shape, delta, extra_feeds)


def _random_value(shape: Any, dtype: DType) -> np.ndarray:
    value = np.random.random_sample(shape).astype(dtype.as_numpy_dtype)
    if dtype.is_complex:
        value.imag = np.random.random_sample(shape)
    return value


def _real_size(shape: Any, dtype: DType) -> int:
    """How many real numbers there are in an array."""
    return math.prod([shape] if isinstance(shape, int) else shape) * (2 if dtype.is_complex else 1)


def _theoretical(
    session: Any,
    x: Tensor,
    x_value: np.ndarray,
    seed: Tensor,
    y_shape: Any,
    gradient: Any,
    extra_feeds: dict[Any, Any],
) -> np.ndarray:
    """Column by column: a gradient with only one number of y coming in."""
    real = x.dtype.real_dtype.as_numpy_dtype
    columns = _real_size(y_shape, seed.dtype)
    jacobian = np.zeros((_real_size(x_value.shape, x.dtype), columns), real)
    incoming = np.zeros(y_shape, seed.dtype.as_numpy_dtype)
    flat = incoming.reshape(-1).view(seed.dtype.real_dtype.as_numpy_dtype)
    feeds = {**extra_feeds, x: x_value, seed: incoming}
    for column in range(columns):
        flat[column] = 1
        found = session.run(gradient, feeds)
        if isinstance(gradient, IndexedSlices):
            found = _dense(found, x_value)
        jacobian[:, column] = found.ravel().view(real)
        flat[column] = 0
    if not columns:
        found = session.run(gradient, feeds)
        if found.shape != x_value.shape:
            raise ValueError(f"Empty gradient has wrong shape: expected {x_value.shape}, got {found.shape}")
        if np.any(found):
            raise ValueError("Empty tensor with nonzero gradients")
    return jacobian


def _dense(slices: Any, like: np.ndarray) -> np.ndarray:
    total = np.zeros(like.shape, slices.values.dtype)
    np.add.at(total, slices.indices, slices.values)
    return total


def _numeric(
    session: Any,
    x: Tensor,
    x_value: np.ndarray,
    y: Tensor,
    y_shape: Any,
    delta: float,
    extra_feeds: dict[Any, Any],
) -> np.ndarray:
    """Row by row: the difference of y around one number of x, in float32 where bfloat16 is too coarse."""
    if x.dtype == bfloat16:
        x, x_value = cast(x, float32), x_value.astype(np.float32)
    if y.dtype == bfloat16:
        y = cast(y, float32)
    x_real, y_real = x.dtype.real_dtype.as_numpy_dtype, y.dtype.real_dtype.as_numpy_dtype
    x_value = np.asarray(x_value, x.dtype.as_numpy_dtype)
    rows = _real_size(x_value.shape, x.dtype)
    jacobian = np.zeros((rows, _real_size(y_shape, y.dtype)), x_real)
    width = np.asarray(2 * delta, y_real)[()]

    def value_at(row: int, offset: float) -> np.ndarray:
        moved = x_value.copy(order="C")
        moved.reshape(-1).view(x_real)[row] += offset
        return session.run(y, {**extra_feeds, x: moved})

    for row in range(rows):
        difference = (value_at(row, delta) - value_at(row, -delta)) / width
        jacobian[row, :] = np.asarray(difference).ravel().view(y_real)
    return jacobian
