"""Where windows lie: what the convolution and pooling primitives of both tiers share."""

import itertools

import numpy as np


def conv_output_sizes(sizes, window, strides, padding, dilations):
    """How many windows fit along each spatial axis."""
    return tuple(
        max(0, (size + before + after - (taps - 1) * dilation - 1) // stride + 1)
        for size, taps, stride, (before, after), dilation in zip(
            sizes, window, strides, padding, dilations, strict=True
        )
    )


def window_counts(input_shape, output_shape, window, strides, padding, dtype):
    """How many values inside the input each window covers, as (1, *spatial, 1)."""
    counts = np.ones((1,) * len(output_shape), dtype)
    for axis, (taps, stride, (before, _)) in enumerate(zip(window, strides, padding, strict=True), start=1):
        start = np.arange(output_shape[axis]) * stride - before
        covered = np.minimum(start + taps, input_shape[axis]) - np.maximum(start, 0)
        shape = [-1 if i == axis else 1 for i in range(len(output_shape))]
        counts = counts * covered.astype(dtype).reshape(shape)
    return counts


def summed_products(rank):
    """The einsum of inputs (batch, *spatial, c) and gradients (batch, *spatial, c, m) to (c, m)."""
    shared = "nxyz"[: rank + 1]
    return f"{shared}c,{shared}cm->cm"


def overlaps(window, strides, padding, dilations, input_shape, output_shape):
    """For every place in the window, in row-major order: which outputs see which inputs there.

    Yields two index tuples that select equally shaped regions of the output and of the input.
    Outputs for which the place lies in the padding are left out.
    """
    axes = []
    for axis, taps in enumerate(window):
        stride, before = strides[axis], padding[axis][0]
        dilation = 1 if dilations is None else dilations[axis]
        outputs, inputs = output_shape[axis + 1], input_shape[axis + 1]
        choices = []
        for tap in range(taps):
            offset = tap * dilation - before
            first = max(0, -(offset // stride))
            last = min(outputs - 1, (inputs - 1 - offset) // stride)
            count = max(0, last - first + 1)
            start = first * stride + offset if count else 0
            stop = start + (count - 1) * stride + 1 if count else 0
            choices.append((slice(first, first + count), slice(start, stop, stride)))
        axes.append(choices)
    everything = slice(None)
    for places in itertools.product(*axes):
        outputs, inputs = zip(*places, strict=True)
        yield (everything, *outputs), (everything, *inputs)


def pooled_shape(shape, window, strides, padding):
    """The shape of the output of pooling an input of shape `shape`."""
    sizes = conv_output_sizes(shape[1:-1], window, strides, padding, (1,) * len(window))
    return (shape[0], *sizes, shape[-1])


def lowest(dtype):
    """The lowest finite value: what TensorFlow's maxima start from, also where all is -inf."""
    if dtype.kind in "iu":
        return dtype.type(np.iinfo(dtype).min)
    import ml_dtypes  # knows bfloat16 too; only the rare window of minus infinities asks

    return dtype.type(ml_dtypes.finfo(dtype).min)
