"""Counting: Bincount and HistogramFixedWidth."""

from perdure.graph import shapes
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- Bincount ---------------------------------------------------------------------

bincount = op("Bincount", static=["size"], ranks={"size": 0})


@bincount.shape
def bincount_shape(size):
    if size is None:
        return (None,)
    if size < 0:
        raise ValueError(f"size ({int(size)}) must be non-negative")
    return (int(size),)


@bincount.kernel
def bincount_kernel(xp, arr, size, weights, *, T):
    if size < 0:
        raise invalid(f"size ({int(size)}) must be non-negative")
    xp.require(xp.all(arr >= 0), "Input arr must be non-negative!")
    has_weights = weights.size > 0
    if has_weights and weights.shape != arr.shape:
        raise invalid(
            "Weights and arr must have the same shape. "
            f"{format_shape(weights.shape)} vs. {format_shape(arr.shape)}"
        )
    return xp.count_by_id(arr, weights if has_weights else None, int(size)).astype(T.as_numpy_dtype)


bincount.refuse_gradient()

# -- HistogramFixedWidth ----------------------------------------------------------

histogram_fixed_width = op("HistogramFixedWidth", static=["nbins"], ranks={"nbins": 0})


@histogram_fixed_width.shape
def histogram_fixed_width_shape(value_range, nbins):
    shapes.with_size(shapes.with_rank(value_range, 1)[0], 2)
    if nbins is not None and nbins <= 0:
        raise ValueError(f"Requires nbins > 0: {int(nbins)}")
    return (None if nbins is None else int(nbins),)


@histogram_fixed_width.kernel
def histogram_fixed_width_kernel(xp, values, value_range, nbins, *, dtype):
    bins = int(nbins)
    if value_range.shape != (2,):
        raise invalid("value_range should be a vector of 2 elements.")
    if bins <= 0:
        raise invalid(f"nbins should be a positive number, but got '{bins}'")
    low, high = value_range[0], value_range[1]
    xp.require(
        low < high,
        lambda: f"value_range should satisfy value_range[0] < value_range[1], but got '[{low}, {high}]'",
    )
    step = (high.astype(xp.float64) - low) / bins
    # What is NaN counts nowhere.
    position = xp.floor((xp.maximum(values.reshape(-1), low) - low) / step)
    position = xp.where(position >= 0, xp.minimum(position, bins - 1), bins).astype(xp.int64)
    return xp.count_by_id(position, None, bins).astype(dtype.as_numpy_dtype)


histogram_fixed_width.not_differentiable("counts")
