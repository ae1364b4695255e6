"""Convolution and pooling with JAX: see `windows_numpy` for what the functions mean.

Convolutions are XLA's own: with jaxlib 0.12 on two cores they and both gradients run at
150 GFLOP/s in float32, three times what im2col written in JAX reaches.  Pooling is written as
maxima and sums of shifted slices, which XLA fuses; its select-and-scatter, into which JAX turns
the gradient of reduce_window, is sequential on the CPU.
"""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from perdure.arrays.window_geometry import (
    conv_output_sizes,
    lowest,
    pooled_shape,
    summed_products,
    window_counts,
)


def runs_on_accelerator():
    """Whether the program that is being traced will run on a GPU or TPU."""
    device = jax.config.jax_default_device
    platform = getattr(device, "platform", device) or jax.default_backend()
    return platform != "cpu"


# -- convolution ------------------------------------------------------------------


def conv(input, filter, *, strides, padding, dilations):
    """Cross-correlate `input` with `filter`."""
    last = _channels_last(len(strides))
    return _convolve(
        input, filter, (last, _filter_layout(len(strides)), last), strides, padding, rhs_dilation=dilations
    )


def conv_input_gradient(filter, d_output, *, input_shape, strides, padding, dilations):
    """The gradient of `conv` for its input, which has shape `input_shape`."""
    window, rank = filter.shape[:-2], len(strides)
    last = _channels_last(rank)
    turned = jnp.flip(filter, range(rank)).swapaxes(-1, -2)
    room = []
    for axis in range(rank):
        reach = (window[axis] - 1) * dilations[axis]
        spread = (d_output.shape[axis + 1] - 1) * strides[axis] + 1
        before = reach - padding[axis][0]
        after = input_shape[axis + 1] + reach - spread - before
        # XLA (jaxlib 0.12) can abort the process where an axis has no padding and the window is
        # as large as the stride; one more row, cut off again, keeps it from trying.
        room.append((before, after + (before == after == 0 and strides[axis] > 1)))
    d_input = _convolve(
        d_output,
        turned,
        (last, _filter_layout(rank), last),
        (1,) * rank,
        room,
        lhs_dilation=strides,
        rhs_dilation=dilations,
    )
    return d_input[tuple(slice(size) for size in input_shape)]


def conv_filter_gradient(input, d_output, *, filter_shape, strides, padding, dilations):
    """The gradient of `conv` for its filter, which has shape `filter_shape`."""
    window, rank = filter_shape[:-2], len(strides)
    if all(size == 1 for size in window) and not any(map(any, padding)):
        # A dilated window is slow on XLA:CPU: 9.5 ms against 3.2 ms for (32, 28, 28, 128), 256
        # filters, strides 2.  For one tap the sum is a product of matrices.
        input = input[(slice(None), *(slice(None, None, stride) for stride in strides))]
        rows = _wide(input).reshape(-1, input.shape[-1])
        product = jnp.matmul(
            rows.T, _wide(d_output).reshape(rows.shape[0], -1), precision=lax.Precision.HIGHEST
        )
        return product.reshape(filter_shape).astype(input.dtype)
    if filter_shape[-2] == 1 and set(strides) == {1} and not runs_on_accelerator():
        return _one_channel_filter_gradient(input, d_output, filter_shape, padding, dilations)
    # XLA:CPU moves the axes to where its convolution wants them; together with the operations that made the
    # arrays it does that one number at a time: 2.9 ms against 0.65 ms for relu of (128, 14, 14, 32).
    input, d_output = lax.optimization_barrier((input, d_output))
    layouts = (
        (rank + 1, 0, *range(1, rank + 1)),
        (rank + 1, 0, *range(1, rank + 1)),
        (rank, rank + 1, *range(rank)),
    )
    room = []
    for axis in range(rank):
        reach = (window[axis] - 1) * dilations[axis]
        spread = (d_output.shape[axis + 1] - 1) * strides[axis] + 1
        before = padding[axis][0]
        room.append((before, reach + spread - input.shape[axis + 1] - before))
    return _convolve(input, d_output, layouts, dilations, room, rhs_dilation=strides)


def _one_channel_filter_gradient(input, d_output, filter_shape, padding, dilations):
    # XLA:CPU is slow at the convolution that this is: 13.6 ms against 6.5 ms for (128, 28, 28, 1) and 32
    # filters of 5 x 5; 3.1 ms against 0.8 ms for half the batch and 3 x 3.
    *window, _, filters = filter_shape
    batch, ones = len(input), (1,) * len(window)
    pieces = _pieces(_wide(input), window, ones, padding, d_output.shape, 0, dilations)
    columns = lax.optimization_barrier(jnp.stack([piece.reshape(batch, -1) for piece in pieces], axis=1))
    products = jnp.matmul(
        columns, _wide(d_output).reshape(batch, -1, filters), precision=lax.Precision.HIGHEST
    )
    return products.sum(axis=0).reshape(filter_shape).astype(input.dtype)


def depthwise_conv(input, filter, *, strides, padding, dilations):
    """Convolve every channel of `input` with its own filters (*window, channels, multiplier)."""
    *window, channels, multiplier = filter.shape
    if runs_on_accelerator():
        last = _channels_last(len(strides))
        return _convolve(
            input,
            filter.reshape(*window, 1, -1),
            (last, _filter_layout(len(strides)), last),
            strides,
            padding,
            rhs_dilation=dilations,
            feature_group_count=channels,
        )
    # XLA:CPU has no fast grouped convolution: 100 ms against 6 ms for (32, 56, 56, 64) and 3 x 3.
    result_type, input, filter = input.dtype, _wide(input), _wide(filter)
    sizes = conv_output_sizes(input.shape[1:-1], window, strides, padding, dilations)
    shape = (input.shape[0], *sizes, channels, multiplier)
    if 0 in shape:
        return jnp.zeros((*shape[:-2], channels * multiplier), result_type)
    pieces = _pieces(input, window, strides, padding, shape[:-1], 0, dilations)
    taps = filter.reshape(-1, channels, multiplier)
    total = sum(piece[..., None] * tap for piece, tap in zip(pieces, taps, strict=True))
    return total.reshape(*shape[:-2], -1).astype(result_type)


def depthwise_conv_input_gradient(filter, d_output, *, input_shape, strides, padding, dilations):
    """The gradient of `depthwise_conv` for its input."""

    def forward(input):
        return depthwise_conv(input, filter, strides=strides, padding=padding, dilations=dilations)

    input = jax.ShapeDtypeStruct(tuple(input_shape), d_output.dtype)
    (d_input,) = jax.linear_transpose(forward, input)(d_output)
    return d_input


def depthwise_conv_filter_gradient(input, d_output, *, filter_shape, strides, padding, dilations):
    """The gradient of `depthwise_conv` for its filter."""
    *window, channels, multiplier = filter_shape
    result_type, input, d_output = input.dtype, _wide(input), _wide(d_output)
    d_output = d_output.reshape(*d_output.shape[:-1], channels, multiplier)

    def of_examples(input, d_output):
        pieces = _pieces(input, window, strides, padding, d_output.shape[:-1], 0, dilations)
        products = summed_products(len(window))
        return jnp.stack([jnp.einsum(products, piece, d_output) for piece in pieces])

    if runs_on_accelerator() or 0 in d_output.shape:
        total = of_examples(input, d_output)
    else:
        # One example at a time stays in the cache: 20 ms against 100 ms for (32, 56, 56, 64).
        start = jnp.zeros((math.prod(window), channels, multiplier), input.dtype)
        total, _ = lax.scan(
            lambda total, pair: (total + of_examples(*pair), None),
            start,
            (input[:, None], d_output[:, None]),
        )
    return total.reshape(filter_shape).astype(result_type)


# -- pooling ----------------------------------------------------------------------


def max_pool(input, *, window, strides, padding):
    """The largest value of every window."""
    shape = pooled_shape(input.shape, window, strides, padding)
    if 0 in shape:
        return jnp.zeros(shape, input.dtype)
    result_type, input = input.dtype, _wide(input)
    output = jnp.full(shape, lowest(input.dtype))
    for piece in _pieces(input, window, strides, padding, shape, lowest(input.dtype)):
        output = jnp.where(piece > output, piece, output)  # NaN counts for nothing
    return output.astype(result_type)


def max_pool_gradient(input, output, d_output, *, window, strides, padding, every_match=False):
    """Send `d_output` to the first place in each window that holds the maximum `output`.

    With `every_match` each place that holds it gets the whole gradient.
    """
    if 0 in output.shape:
        return jnp.zeros(input.shape, d_output.dtype)
    if every_match:  # what lies in the padding is cut off when it is put back
        pieces = _pieces(input, window, strides, padding, output.shape, 0)
        matches = [piece == output for piece in pieces]
    else:
        matches = _first_matches(input, output, window, strides, padding, True)
    shares = [jnp.where(match, d_output, jnp.zeros((), d_output.dtype)) for match in matches]
    return _put_back(shares, input.shape, window, strides, padding)


def max_pool_gradient_gradient(input, output, d_input, *, window, strides, padding):
    """Fetch `d_input` from the first place in each window that holds the maximum `output`."""
    gathered = jnp.zeros(output.shape, d_input.dtype)
    if 0 in output.shape:
        return gathered
    pieces = _pieces(d_input, window, strides, padding, output.shape, d_input.dtype.type(0))
    for first, piece in zip(_first_matches(input, output, window, strides, padding), pieces, strict=True):
        gathered = jnp.where(first, piece, gathered)
    return gathered


def max_pool_places(input, output, *, window, strides, padding):
    """For each maximum the flat index, within one example, of the first place that holds it."""
    index = np.arange(math.prod(input.shape[1:])).reshape(1, *input.shape[1:])
    pieces = _pieces(jnp.asarray(index), window, strides, padding, (1, *output.shape[1:]), 0)
    places = jnp.zeros(output.shape, index.dtype)
    if 0 in output.shape:
        return places
    for first, piece in zip(
        _first_matches(input, output, window, strides, padding, True), pieces, strict=True
    ):
        places = jnp.where(first, piece, places)
    return places


def avg_pool(input, *, window, strides, padding):
    """The mean of every window, over the values that are inside the input."""
    result_type, input = input.dtype, _wide(input)
    shape = pooled_shape(input.shape, window, strides, padding)
    if 0 in shape:
        return jnp.zeros(shape, result_type)
    total = sum(_pieces(input, window, strides, padding, shape, input.dtype.type(0)))
    counts = window_counts(input.shape, shape, window, strides, padding, input.dtype)
    return (total / counts).astype(result_type)


def avg_pool_gradient(d_output, *, input_shape, window, strides, padding):
    """The gradient of `avg_pool` for its input, which has shape `input_shape`."""
    result_type, d_output = d_output.dtype, _wide(d_output)
    counts = window_counts(input_shape, d_output.shape, window, strides, padding, d_output.dtype)
    shares = itertools.repeat(d_output / counts, math.prod(window))
    return _put_back(shares, input_shape, window, strides, padding).astype(result_type)


# -- shared -----------------------------------------------------------------------


def _channels_last(rank):
    """Where the batch, the channels and the spatial axes are, as XLA wants it told."""
    return (0, rank + 1, *range(1, rank + 1))


def _filter_layout(rank):
    return (rank + 1, rank, *range(rank))


def _wide(array):
    """Half precision as float32, in which XLA:CPU computes it anyway, and sums stay exact."""
    is_half = array.dtype.itemsize == 2 and array.dtype.kind not in "iu"
    return array.astype(jnp.float32) if is_half else array


def _convolve(left, right, layouts, strides, padding, **options):
    result_type = left.dtype
    if not runs_on_accelerator():
        left, right = _wide(left), _wide(right)
    output = lax.conv_general_dilated(
        left,
        right,
        strides,
        padding,
        precision=lax.Precision.HIGHEST,
        dimension_numbers=lax.ConvDimensionNumbers(*layouts),
        **options,
    )
    # YNNPACK takes what a sum is made of into the sum, matrix products too, and then computes them badly: the
    # last stage of ResNet-50 took 12 ms of 58 with its mean.
    return lax.optimization_barrier(output).astype(result_type)


def _pieces(input, window, strides, padding, output_shape, fill, dilations=None):
    """For every place in the window, in row-major order, its value for all outputs."""
    dilations = dilations or (1,) * len(window)
    widths, offsets, spans = [(0, 0, 0)], [], []
    for axis, (taps, stride, dilation) in enumerate(zip(window, strides, dilations, strict=True)):
        before, span = padding[axis][0], (output_shape[axis + 1] - 1) * stride + 1
        # Just enough after the end for every place of every window to exist.
        after = span + (taps - 1) * dilation - before - input.shape[axis + 1]
        widths.append((before, max(0, after), 0))
        offsets.append(range(0, taps * dilation, dilation))
        spans.append(span)
    padded = lax.pad(input, jnp.asarray(fill, input.dtype), [*widths, (0, 0, 0)])
    for place in itertools.product(*offsets):
        stops = [offset + span for offset, span in zip(place, spans, strict=True)]
        yield lax.slice(padded, (0, *place, 0), (input.shape[0], *stops, input.shape[-1]), (1, *strides, 1))


def _put_back(shares, input_shape, window, strides, padding):
    """Add up what every place in the window, in row-major order, sends to the input."""
    total = None
    for offsets, share in zip(itertools.product(*map(range, window)), shares, strict=True):
        widths = [(0, 0, 0)]
        for axis, offset in enumerate(offsets):
            before = offset - padding[axis][0]
            span = (share.shape[axis + 1] - 1) * strides[axis] + 1
            widths.append((before, input_shape[axis + 1] - span - before, strides[axis] - 1))
        placed = lax.pad(share, jnp.zeros((), share.dtype), [*widths, (0, 0, 0)])
        total = placed if total is None else total + placed
    return total


def _first_matches(input, output, window, strides, padding, always=False):
    """For every place in the window a mask of the outputs whose maximum is found first there.

    With `always`, the first place counts where a window has no maximum (it is all -inf or NaN).
    """
    if 0 in output.shape:
        return
    values = list(_pieces(input, window, strides, padding, output.shape, 0))
    inside = jnp.ones((1, *input.shape[1:-1], 1), bool)
    is_inside = _pieces(inside, window, strides, padding, (1, *output.shape[1:-1], 1), False)
    nothing = output == lowest(output.dtype) if always else False
    # From the last place to the first, so that the first match stays.
    found = jnp.full(output.shape, len(values), jnp.int32 if len(values) > 255 else jnp.uint8)
    for index, (piece, exists) in reversed(list(enumerate(zip(values, is_inside, strict=True)))):
        found = jnp.where(((piece == output) | nothing) & exists, found.dtype.type(index), found)
    # Without the barrier XLA computes the search anew for each of the masks.
    found = lax.optimization_barrier(found)
    for index in range(len(values)):
        yield found == index
