"""Convolution and pooling with NumPy: sliding windows, and their gradients.

Everything is channels last: inputs are (batch, *spatial, channels), filters (*window, channels,
filters).  `strides`, `dilations` and `window` have one size per spatial axis, `padding` one
(before, after) pair.  `windows_jax` has the same functions for the compiled tier.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from perdure.arrays.blas import product
from perdure.arrays.window_geometry import (
    conv_output_sizes,
    lowest,
    overlaps,
    pooled_shape,
    summed_products,
    window_counts,
)

# Columns are made and multiplied this many bytes at a time.  Measured on two cores: 8 MB keeps
# float32 convolutions with 32 or more channels at 150 GFLOP/s; 1 MB costs up to a third.
COLUMNS_BYTES = 8 << 20


def runs_on_accelerator():
    """Whether the arrays live on a GPU or TPU: never, with NumPy."""
    return False


# -- convolution ------------------------------------------------------------------


def conv(input, filter, *, strides, padding, dilations):
    """Cross-correlate `input` with `filter`."""
    *window, channels, filters = filter.shape
    result_type, input, filter = input.dtype, _wide(input), _wide(filter)
    patches = _patches(_padded(input, padding), window, strides, dilations)
    output = np.zeros((*patches.shape[: len(window) + 1], filters), input.dtype)
    if not filter.size:
        return output.astype(result_type, copy=False)
    matrix = filter.reshape(-1, filters)
    for part in _parts(patches, len(window)):
        columns = _columns(patches[part], len(window))
        product(columns, matrix, out=output[part].reshape(-1, filters))
    return output.astype(result_type, copy=False)


def conv_input_gradient(filter, d_output, *, input_shape, strides, padding, dilations):
    """The gradient of `conv` for its input, which has shape `input_shape`."""
    *window, channels, filters = filter.shape
    result_type, filter, d_output = filter.dtype, _wide(filter), _wide(d_output)
    if d_output.size == 0 or filter.size == 0 or 0 in input_shape:
        return np.zeros(input_shape, result_type)
    places, sent_from = math.prod(input_shape[:-1]), math.prod(d_output.shape[:-1])
    if all(stride == 1 for stride in strides) and places * filters <= 2 * sent_from * channels:
        # Without strides it is itself a convolution, with the filter turned round.  That gathers a window
        # of `filters` for each place of the input; the way below adds up a window of `channels` for each
        # place of the output, which takes about twice as long a number.
        reach = [(size - 1) * step for size, step in zip(window, dilations, strict=True)]
        turned = np.flip(filter, range(len(window))).swapaxes(-1, -2)
        room = [
            (span - before, size - out + before)
            for span, (before, _), size, out in zip(
                reach, padding, input_shape[1:-1], d_output.shape[1:-1], strict=True
            )
        ]
        full = conv(
            _padded(d_output, room),
            turned,
            strides=strides,
            dilations=dilations,
            padding=[(0, 0)] * len(window),
        )
        return full.astype(result_type, copy=False)
    matrix = filter.reshape(-1, filters).T
    d_input = np.zeros(input_shape, d_output.dtype)
    steps = max(1, COLUMNS_BYTES // (d_output[0].size // filters * matrix[0].nbytes))
    for start in range(0, len(d_output), steps):
        batch = slice(start, start + steps)
        columns = product(d_output[batch].reshape(-1, filters), matrix)
        columns = columns.reshape(*d_output[batch].shape[:-1], -1, channels)
        for index, (to, place) in enumerate(
            overlaps(window, strides, padding, dilations, input_shape, d_output.shape)
        ):
            d_input[batch][place] += columns[to][..., index, :]
    return d_input.astype(result_type, copy=False)


def conv_filter_gradient(input, d_output, *, filter_shape, strides, padding, dilations):
    """The gradient of `conv` for its filter, which has shape `filter_shape`."""
    *window, _, filters = filter_shape
    if 0 in filter_shape:
        return np.zeros(filter_shape, input.dtype)
    result_type, input, d_output = input.dtype, _wide(input), _wide(d_output)
    patches = _patches(_padded(input, padding), window, strides, dilations)
    total = np.zeros((math.prod(filter_shape[:-1]), filters), input.dtype)
    for part in _parts(patches, len(window)):
        total += product(_columns(patches[part], len(window)).T, d_output[part].reshape(-1, filters))
    return total.reshape(filter_shape).astype(result_type, copy=False)


def depthwise_conv(input, filter, *, strides, padding, dilations):
    """Convolve every channel of `input` with its own filters (*window, channels, multiplier)."""
    *window, channels, multiplier = filter.shape
    result_type, input, filter = input.dtype, _wide(input), _wide(filter)
    sizes = conv_output_sizes(input.shape[1:-1], window, strides, padding, dilations)
    output = np.zeros((len(input), *sizes, channels, multiplier), input.dtype)
    input = input[..., None]
    regions = overlaps(window, strides, padding, dilations, input.shape[:-1], output.shape[:-1])
    for tap, (to, place) in zip(filter.reshape(-1, channels, multiplier), regions, strict=True):
        output[to] += input[place] * tap
    return output.reshape(*output.shape[:-2], -1).astype(result_type, copy=False)


def depthwise_conv_input_gradient(filter, d_output, *, input_shape, strides, padding, dilations):
    """The gradient of `depthwise_conv` for its input."""
    *window, channels, multiplier = filter.shape
    result_type, filter, d_output = filter.dtype, _wide(filter), _wide(d_output)
    d_output = d_output.reshape(*d_output.shape[:-1], channels, multiplier)
    d_input = np.zeros(input_shape, d_output.dtype)
    regions = overlaps(window, strides, padding, dilations, input_shape, d_output.shape[:-1])
    for tap, (to, place) in zip(filter.reshape(-1, channels, multiplier), regions, strict=True):
        d_input[place] += np.einsum("...cm,cm->...c", d_output[to], tap)
    return d_input.astype(result_type, copy=False)


def depthwise_conv_filter_gradient(input, d_output, *, filter_shape, strides, padding, dilations):
    """The gradient of `depthwise_conv` for its filter."""
    *window, channels, multiplier = filter_shape
    result_type, input, d_output = input.dtype, _wide(input), _wide(d_output)
    d_output = d_output.reshape(*d_output.shape[:-1], channels, multiplier)
    regions = overlaps(window, strides, padding, dilations, input.shape, d_output.shape[:-1])
    taps = [np.einsum(summed_products(len(window)), input[place], d_output[to]) for to, place in regions]
    return np.stack(taps).reshape(filter_shape).astype(result_type, copy=False)


# -- pooling ----------------------------------------------------------------------


def max_pool(input, *, window, strides, padding):
    """The largest value of every window."""
    result_type, input = input.dtype, _wide(input)
    output = np.full(pooled_shape(input.shape, window, strides, padding), lowest(input.dtype))
    for to, place in overlaps(window, strides, padding, None, input.shape, output.shape):
        np.fmax(output[to], input[place], out=output[to])  # NaN counts for nothing
    return output.astype(result_type, copy=False)


def max_pool_gradient(input, output, d_output, *, window, strides, padding, every_match=False):
    """Send `d_output` to the first place in each window that holds the maximum `output`.

    With `every_match` each place that holds it gets the whole gradient.
    """
    d_input = np.zeros(input.shape, d_output.dtype)
    if every_match:
        for to, place in overlaps(window, strides, padding, None, input.shape, output.shape):
            match = input[place] == output[to]
            d_input[place] += np.where(match, d_output[to], d_output.dtype.type(0))
        return d_input
    for to, place, first in _first_matches(input, output, window, strides, padding, True):
        d_input[place] += np.where(first, d_output[to], d_output.dtype.type(0))
    return d_input


def max_pool_gradient_gradient(input, output, d_input, *, window, strides, padding):
    """Fetch `d_input` from the first place in each window that holds the maximum `output`."""
    gathered = np.zeros(output.shape, d_input.dtype)
    for to, place, first in _first_matches(input, output, window, strides, padding):
        np.copyto(gathered[to], d_input[place], where=first)
    return gathered


def max_pool_places(input, output, *, window, strides, padding):
    """For each maximum the flat index, within one example, of the first place that holds it."""
    index = np.arange(math.prod(input.shape[1:])).reshape(1, *input.shape[1:])
    index = np.broadcast_to(index, input.shape)
    places = np.zeros(output.shape, index.dtype)
    for to, place, first in _first_matches(input, output, window, strides, padding, True):
        np.copyto(places[to], index[place], where=first)
    return places


def avg_pool(input, *, window, strides, padding):
    """The mean of every window, over the values that are inside the input."""
    result_type, input = input.dtype, _wide(input)
    output = np.zeros(pooled_shape(input.shape, window, strides, padding), input.dtype)
    for to, place in overlaps(window, strides, padding, None, input.shape, output.shape):
        output[to] += input[place]
    output /= window_counts(input.shape, output.shape, window, strides, padding, output.dtype)
    return output.astype(result_type, copy=False)


def avg_pool_gradient(d_output, *, input_shape, window, strides, padding):
    """The gradient of `avg_pool` for its input, which has shape `input_shape`."""
    result_type, d_output = d_output.dtype, _wide(d_output)
    share = d_output / window_counts(input_shape, d_output.shape, window, strides, padding, d_output.dtype)
    d_input = np.zeros(input_shape, d_output.dtype)
    for to, place in overlaps(window, strides, padding, None, input_shape, d_output.shape):
        d_input[place] += share[to]
    return d_input.astype(result_type, copy=False)


# -- shared -----------------------------------------------------------------------


def _first_matches(input, output, window, strides, padding, always=False):
    """`overlaps`, with a mask of the outputs whose maximum is found first at this place.

    With `always`, the first place counts where a window has no maximum (it is all -inf or NaN).
    """
    open_ = np.ones(output.shape, bool)
    nothing = output == lowest(output.dtype) if always else None
    if nothing is not None and not nothing.any():
        nothing = None
    for to, place in overlaps(window, strides, padding, None, input.shape, output.shape):
        first = input[place] == output[to]
        if nothing is not None:
            first |= nothing[to]
        first &= open_[to]
        open_[to] ^= first
        yield to, place, first


def _wide(array):
    """Half precision as float32, since BLAS and long sums need it; other types as they are."""
    is_half = array.dtype.itemsize == 2 and array.dtype.kind not in "iu"
    return array.astype(np.float32) if is_half else array


def _padded(input, padding):
    """`input` with zeros around its spatial axes; negative padding crops."""
    if all(before == after == 0 for before, after in padding):
        return input
    if any(before < 0 or after < 0 for before, after in padding):
        kept = [
            slice(max(0, -before), size - max(0, -after))
            for size, (before, after) in zip(input.shape[1:-1], padding, strict=True)
        ]
        padding = [(max(0, before), max(0, after)) for before, after in padding]
        return _padded(input[(slice(None), *kept)], padding)
    sizes = [before + size + after for size, (before, after) in zip(input.shape[1:-1], padding, strict=True)]
    output = np.zeros((input.shape[0], *sizes, input.shape[-1]), input.dtype)
    inside = [
        slice(before, before + size) for size, (before, _) in zip(input.shape[1:-1], padding, strict=True)
    ]
    output[(slice(None), *inside)] = input
    return output


def _patches(input, window, strides, dilations):
    """A view (batch, *spatial, *window, channels) of every window of `input`."""
    steps = input.strides[1:-1]
    no_padding = [(0, 0)] * len(window)
    sizes = conv_output_sizes(input.shape[1:-1], window, strides, no_padding, dilations)
    return as_strided(
        input,
        (input.shape[0], *sizes, *window, input.shape[-1]),
        (
            input.strides[0],
            *(step * stride for step, stride in zip(steps, strides, strict=True)),
            *(step * dilation for step, dilation in zip(steps, dilations, strict=True)),
            input.strides[-1],
        ),
        writeable=False,
    )


def _columns(patches, spatial):
    """`patches` as a matrix with one row per output position."""
    positions = math.prod(patches.shape[: spatial + 1])
    row, run = patches.shape[spatial], math.prod(patches.shape[-2:])
    if row > run:
        # Few channels: copying along output rows has the longer inner loop (0.4 against 1.8 ms
        # for 100 MNIST images and a 5 x 5 window), and BLAS takes the transposed matrix as is.
        axes = (*range(spatial + 1, patches.ndim), *range(spatial + 1))
        return patches.transpose(axes).reshape(-1, positions).T
    return patches.reshape(positions, -1)


def _parts(patches, spatial):
    """Index tuples that cut `patches` into pieces of about COLUMNS_BYTES."""
    example = math.prod(patches.shape[1:]) * patches.itemsize
    if patches.size == 0:
        return
    if example <= COLUMNS_BYTES or patches.shape[1] == 1:
        step = max(1, COLUMNS_BYTES // example)
        for start in range(0, len(patches), step):
            yield (slice(start, start + step),)
        return
    step = max(1, COLUMNS_BYTES * patches.shape[1] // example)
    for index in range(len(patches)):
        for start in range(0, patches.shape[1], step):
            yield slice(index, index + 1), slice(start, start + step)
