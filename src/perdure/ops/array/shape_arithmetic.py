"""Arithmetic on shapes as values: how two shapes broadcast, and the sequences Range and LinSpace."""

import math

import numpy as np

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import format_shape
from perdure.ops.broadcasting import repeated_axes
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- shared by the family ---------------------------------------------------------


def require_scalars(**inputs):
    """Refuse inputs that are not scalars, in TensorFlow's words."""
    for name, value in inputs.items():
        if np.ndim(value):
            raise invalid(f"{name} must be a scalar, not shape {format_shape(np.shape(value))}")


# -- BroadcastGradientArgs --------------------------------------------------------

broadcast_gradient_args = op("BroadcastGradientArgs", static=["s0", "s1"])


@broadcast_gradient_args.shape
def broadcast_gradient_args_shape(s0, s1):
    return [(None,), (None,)]


@broadcast_gradient_args.kernel
def broadcast_gradient_args_kernel(xp, s0, s1, *, T):
    axes = repeated_axes(s0.tolist(), s1.tolist())
    return tuple(np.array(part, T.as_numpy_dtype) for part in axes)


broadcast_gradient_args.not_differentiable("returns axes")

# -- Range ------------------------------------------------------------------------

range_ = op("Range", static=["start", "limit", "delta"], ranks={"start": 0, "limit": 0, "delta": 0})


def range_length(start, limit, delta):
    """The number of elements; InvalidArgumentError if the step does not lead to the limit."""
    start, limit, delta = (np.asarray(value).item() for value in (start, limit, delta))
    if delta == 0:
        raise invalid("Requires delta != 0")
    if delta > 0 and start > limit:
        raise invalid(f"Requires start <= limit when delta > 0: {start}/{limit}")
    if delta < 0 and start < limit:
        raise invalid(f"Requires start >= limit when delta < 0: {start}/{limit}")
    if isinstance(delta, int):
        return -((start - limit) // delta)
    return math.ceil(abs((limit - start) / delta))


@range_.shape
def range_shape(start, limit, delta):
    if start is None or limit is None or delta is None:
        return (None,)
    for name, value in (("start", start), ("limit", limit), ("delta", delta)):
        if np.ndim(value):
            raise ValueError(f"Shape must be rank 0 but is rank {np.ndim(value)}: {name}")
    try:
        return (range_length(start, limit, delta),)
    except InvalidArgumentError as error:
        raise ValueError(error.message) from error


@range_.kernel
def range_kernel(xp, start, limit, delta, *, Tidx):
    require_scalars(start=start, limit=limit, delta=delta)
    length = range_length(start, limit, delta)
    dtype = Tidx.as_numpy_dtype
    if Tidx.is_integer:
        return np.arange(start, start + length * delta, delta, dtype=dtype)[:length]
    # TensorFlow adds the step again and again, and so does the rounding.
    steps = np.full(length, delta, dtype)
    steps[:1] = start
    return np.add.accumulate(steps)


range_.not_differentiable("returns a sequence that does not change with small changes of its ends")

# -- LinSpace ---------------------------------------------------------------------

lin_space = op("LinSpace", static=["num"], ranks={"start": 0, "stop": 0, "num": 0})


@lin_space.shape
def lin_space_shape(start, stop, num):
    for shape in (start, stop):
        if shape is not None and len(shape):
            raise ValueError(f"Shape must be rank 0 but is rank {len(shape)}")
    if num is None:
        return (None,)
    if num <= 0:
        raise ValueError(f"Requires num > 0: {num}")
    return (int(num),)


@lin_space.kernel
def lin_space_kernel(xp, start, stop, num, *, T):
    require_scalars(start=start, stop=stop, num=num)
    count = int(num)
    if count <= 0:
        raise invalid(f"Requires num > 0: {count}")
    dtype = T.as_numpy_dtype
    if count == 1:
        return xp.reshape(start, (1,))
    step = (stop - start) / np.asarray(count - 1, dtype)
    ramp = start + step * xp.arange(count - 1).astype(dtype)
    return xp.concatenate([ramp, xp.reshape(stop, (1,))]).astype(dtype)


lin_space.not_differentiable("TensorFlow gives it no gradient")
