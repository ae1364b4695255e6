"""Reductions over axes: Sum, Mean, Prod, Max, Min, All, Any, EuclideanNorm, ArgMax, ArgMin.

Gradients follow math_grad.py of TensorFlow 1.15, node for node.
"""

import math
from functools import lru_cache

import numpy as np

from perdure.graph import dtypes, shapes
from perdure.graph.constants import constant_value
from perdure.graph.shapes import format_shape
from perdure.ops.broadcasting import graph_cache
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import Algebra

# -- shared by the family ---------------------------------------------------------


def reduced_shape(input, reduction_indices, *, keep_dims):
    """`input` without the reduced axes, or with size 1 there when `keep_dims`."""
    if reduction_indices is not None and np.ndim(reduction_indices) > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {np.ndim(reduction_indices)}")
    if input is None:
        return None
    if reduction_indices is None:  # fed at run time: any axis may go
        return (None,) * len(input) if keep_dims else None
    axes = shapes.normalize_axes(reduction_indices, rank=len(input))
    return tuple(
        1 if axis in axes else size for axis, size in enumerate(input) if keep_dims or axis not in axes
    )


def axes_of(input, reduction_indices):
    """The axes to reduce, counted from the front."""
    indices = reduction_indices.tolist()
    return _axes_of(input.ndim, tuple(indices) if isinstance(indices, list) else (indices,))


@lru_cache(maxsize=4096)
def _axes_of(rank, indices):
    axes = set()
    for axis in indices:
        if not -rank <= axis < rank:
            raise invalid(f"Invalid reduction dimension ({axis} for input with {rank} dimension(s)")
        axes.add(axis % rank)
    return tuple(sorted(axes))


def reduction(type, compute, **traits):
    """Define an op that computes compute(xp, input, axes, keepdims)."""
    new = op(type, static=["reduction_indices"], **traits)
    new.shape(reduced_shape)

    def kernel(xp, input, reduction_indices, *, keep_dims):
        return compute(xp, input, axes_of(input, reduction_indices), keep_dims)

    new.kernel(kernel)
    return new


def accumulator(input):
    """The type to add or multiply in: float32 for 16-bit floats, which would lose small terms."""
    is_narrow_float = input.dtype.itemsize == 2 and input.dtype.kind not in "iu"
    return np.dtype(np.float32) if is_narrow_float else input.dtype


def total(xp, input, axes, keepdims):
    # Said explicitly, because NumPy widens small integers when it sums; TensorFlow wraps around.
    return xp.reduce_sum(input, axes, keepdims, accumulator(input))


def of_type(array, dtype):
    """`array` as `dtype`, without a copy if it is that already."""
    return array if array.dtype == dtype else array.astype(dtype)


def kept_shape(g, input_shape, axes):
    """The nodes that compute the shape of a reduction that keeps its axes, from a shape or a tuple."""
    input_shape = g.cast(input_shape, dtypes.int32)
    axes = g.cast(axes, dtypes.int32)
    rank = g.size(input_shape)
    axes = (axes + rank) % rank
    axes_shape = g.shape(axes)
    return g.raw.dynamic_stitch([g.range(rank), axes], [input_shape, g.fill(axes_shape, 1)])


def safe_divide(g, x, y):
    """x / y for sizes, where 0 / 0 is 0."""
    return x // g.maximum(y, 1)


# -- Sum --------------------------------------------------------------------------

sum_ = reduction(
    "Sum", lambda xp, x, axes, keep: of_type(total(xp, x, axes, keep), x.dtype), algebra=Algebra.TOTAL
)


def spread(g, d_output, input, reduction_indices):
    """The gradient of Sum: `d_output` repeated along the reduced axes."""
    shape = input.shape.as_tuple()
    axes = None if shape is None else constant_value(reduction_indices)
    if axes is not None and np.array_equal(axes, np.arange(len(shape))):
        d_output = g.reshape(d_output, [1] * len(shape))
        if None in shape:
            return g.tile(d_output, g.shape(input))
        return g.tile(d_output, g.constant(shape, dtype=dtypes.int32))
    if axes is not None and None not in shape:
        kept, repeats = known_spread(g, shape, axes)
        return g.tile(g.reshape(d_output, kept), repeats)
    input_shape = g.shape(input)
    with g.colocate_with(input_shape):
        kept = kept_shape(g, input_shape, reduction_indices)
        repeats = safe_divide(g, input_shape, kept)
    return g.tile(g.reshape(d_output, kept), repeats)


def known_spread(g, shape, axes):
    """What to reshape to and how often to repeat, for a static shape and axes.

    TensorFlow builds nodes to find out, evaluates them at once and keeps the answer, so that the
    nodes (which nothing uses) are in the graph once for each pair of shape and axes.
    """
    axes = tuple(axes.reshape(-1))
    cache = graph_cache(g)
    if ("spread", shape, axes) not in cache:
        kept_shape(g, shape, axes)
        reduced = {int(axis) % len(shape) for axis in axes}
        kept = tuple(1 if axis in reduced else size for axis, size in enumerate(shape))
        safe_divide(g, shape, kept)
        repeats = tuple(size // max(one, 1) for size, one in zip(shape, kept, strict=True))
        cache["spread", shape, axes] = kept, repeats
    return cache["spread", shape, axes]


@sum_.gradient
def sum_gradient(g, d_output, input, reduction_indices):
    return {"input": spread(g, d_output, input, reduction_indices)}


# -- Mean -------------------------------------------------------------------------


def mean_value(xp, input, axes, keepdims):
    count = math.prod(input.shape[axis] for axis in axes)
    summed = total(xp, input, axes, keepdims)
    if input.dtype.kind in "iu":
        count = np.asarray(max(count, 1), input.dtype)
        return xp.truncate_divide(summed, count) if count > 0 else summed
    return of_type(summed / count, input.dtype)


mean = reduction("Mean", mean_value)


@mean.gradient
def mean_gradient(g, d_output, input, output, reduction_indices):
    d_sum = spread(g, d_output, input, reduction_indices)
    input_shape, output_shape = input.shape.as_tuple(), output.shape.as_tuple()
    if shapes.is_fully_defined(input_shape) and shapes.is_fully_defined(output_shape):
        factor = math.prod(input_shape) // max(math.prod(output_shape), 1)
        factor = g.constant(factor, dtype=d_sum.dtype)
    else:
        input_shape, output_shape = g.shape(input), g.shape(output)
        factor = safe_divide(g, g.reduce_prod(input_shape), g.reduce_prod(output_shape))
    return {"input": g.truediv(d_sum, g.cast(factor, d_sum.dtype))}


# -- Prod -------------------------------------------------------------------------

prod = reduction(
    "Prod",
    lambda xp, x, axes, keep: of_type(xp.prod(x, axis=axes, keepdims=keep, dtype=accumulator(x)), x.dtype),
)


@prod.gradient
def prod_gradient(g, d_output, input, reduction_indices):
    # Not product / input, which fails where the input is 0: for each entry the product of those
    # before it times the product of those after it, with the reduced axes moved to the front.
    input_shape = g.shape(input)
    flat_axes = g.reshape(reduction_indices, [-1])
    kept = kept_shape(g, input_shape, reduction_indices)
    repeats = safe_divide(g, input_shape, kept)
    d_output = g.tile(g.reshape(d_output, kept), repeats)
    with g.device("/cpu:0"):
        rank = g.rank(input)
        reduced = g.cast((flat_axes + rank) % rank, dtypes.int32)
        every_axis = g.range(0, rank)
        others, _ = g.setdiff1d(every_axis, reduced)
        order = g.concat([reduced, others], 0)
        reduced_size = g.reduce_prod(g.gather(input_shape, reduced))
        others_size = g.reduce_prod(g.gather(input_shape, others))
    permuted = g.transpose(input, order)
    permuted_shape = g.shape(permuted)
    matrix = g.reshape(permuted, (reduced_size, others_size))
    before = g.cumprod(matrix, axis=0, exclusive=True)
    behind = g.cumprod(matrix, axis=0, exclusive=True, reverse=True)
    slopes = g.reshape(g.conj(before) * g.conj(behind), permuted_shape)
    d_input = d_output * g.transpose(slopes, g.invert_permutation(order))
    return {"input": g.reshape(d_input, input_shape)}


# -- Max, Min ---------------------------------------------------------------------

max_ = reduction("Max", lambda xp, x, axes, keep: xp.reduce_max(x, axes, keep))
min_ = reduction("Min", lambda xp, x, axes, keep: xp.reduce_min(x, axes, keep))


def extremum_gradient(g, d_output, input, output, reduction_indices):
    # Tied extrema share the gradient equally.
    kept = kept_shape(g, g.shape(input), reduction_indices)
    output = g.reshape(output, kept)
    d_output = g.reshape(d_output, kept)
    chosen = g.cast(g.equal(output, input), d_output.dtype)
    count = g.reshape(g.reduce_sum(chosen, reduction_indices), kept)
    return {"input": g.divide(chosen, count) * d_output}


max_.gradient(extremum_gradient)
min_.gradient(extremum_gradient)

# -- All, Any ---------------------------------------------------------------------

all_ = reduction("All", lambda xp, x, axes, keep: xp.all(x, axis=axes, keepdims=keep))
all_.not_differentiable("returns truth values")

any_ = reduction("Any", lambda xp, x, axes, keep: xp.any(x, axis=axes, keepdims=keep))
any_.not_differentiable("returns truth values")

# -- EuclideanNorm ----------------------------------------------------------------


def norm_value(xp, input, axes, keepdims):
    if not axes:
        return input  # as in TensorFlow, which does nothing then, not even drop the sign
    size = xp.abs(input)
    wide = size.astype(np.float64 if size.dtype.kind in "iu" else accumulator(size))
    return xp.sqrt(xp.sum(wide * wide, axis=axes, keepdims=keepdims)).astype(input.dtype)


euclidean_norm = reduction("EuclideanNorm", norm_value)
euclidean_norm.not_differentiable("TensorFlow 1.15 has no gradient for it")

# -- ArgMax, ArgMin ---------------------------------------------------------------


def arg_shape(input, dimension):
    if dimension is not None and np.ndim(dimension):
        raise ValueError(f"Dimension must be a scalar, not {np.ndim(dimension)}-D")
    if input is None:
        return None
    if dimension is None:
        return (None,) * max(len(input) - 1, 0)
    if len(input) < 2:  # a scalar in any case; TensorFlow looks at the axis when the step runs
        return ()
    axis = shapes.normalize_axis(dimension, len(input))
    return input[:axis] + input[axis + 1 :]


def arg_reduction(type, name, worst):
    """Define ArgMax or ArgMin, which do not see NaNs: `worst` stands for them."""
    new = op(type, static=["dimension"])
    new.shape(arg_shape)

    def kernel(xp, input, dimension, *, T, output_type):
        if np.ndim(dimension):
            raise invalid(
                f"dim must be a scalar, but received tensor of shape: {format_shape(np.shape(dimension))}"
            )
        rank, axis = input.ndim, int(dimension)
        if not -rank <= axis < rank:
            raise invalid(f"Expected dimension in the range [{-rank}, {rank}), but got {axis}")
        if input.shape[axis] == 0:
            raise invalid(f"Reduction axis {axis} is empty in shape {format_shape(input.shape)}")
        if T.is_floating:
            input = xp.where(xp.isnan(input), worst, input)
        return getattr(xp, name)(input, axis=axis).astype(output_type.as_numpy_dtype)

    new.kernel(kernel)
    new.gradient(lambda g: {"input": None})


arg_reduction("ArgMax", "argmax", -math.inf)
arg_reduction("ArgMin", "argmin", math.inf)
