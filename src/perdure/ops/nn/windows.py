"""What convolution and pooling share: data formats, paddings, and the sizes of their results.

Kernels compute channels last (the primitives of `xp` know nothing else) and move the channels
where `data_format` wants them.
"""

from perdure.graph import errors
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid


def is_channels_first(data_format: str) -> bool:
    """Whether the channels come right after the batch, as in NCHW."""
    return data_format.startswith("NC")


def spatial(values, data_format):
    """Of something with one entry per axis, the entries of the spatial axes."""
    return tuple(values[2:] if is_channels_first(data_format) else values[1:-1])


def channels(values, data_format):
    """Of something with one entry per axis, that of the channels."""
    return values[1] if is_channels_first(data_format) else values[-1]


def arranged(batch, sizes, channels, data_format):
    """A shape or permutation in the order of `data_format`."""
    if is_channels_first(data_format):
        return (batch, channels, *sizes)
    return (batch, *sizes, channels)


def channels_last(xp, array, data_format):
    """`array` with its channels moved to the end."""
    return xp.moveaxis(array, 1, -1) if is_channels_first(data_format) else array


def as_format(xp, array, data_format):
    """A channels-last `array` in the order of `data_format`."""
    return xp.moveaxis(array, -1, 1) if is_channels_first(data_format) else array


def refuse_channels_first(xp, data_format, error, message):
    """TensorFlow computes channels first on accelerators only; on the CPU raise `error`."""
    if is_channels_first(data_format) and not xp.runs_on_accelerator():
        raise error(None, None, message)


def unimplemented(message: str) -> errors.UnimplementedError:
    """The error for what TensorFlow's kernels do not do; the runtime adds the node."""
    return errors.UnimplementedError(None, None, message)


# -- while the graph is built: sizes may be unknown -------------------------------


def windowed_sizes(sizes, window, strides, padding, dilations=None, explicit=None):
    """How many windows fit along each axis; None where a size is not known.

    Args:
        sizes, window: sizes of the input and of the window, or None.
        padding: "SAME", "VALID" or "EXPLICIT".
        explicit: for the latter, one (before, after) pair per axis.

    Raises:
        ValueError: a window is larger than the input, or a stride is not positive.
    """
    dilations = dilations or (1,) * len(sizes)
    for stride in strides:
        if stride <= 0:
            raise ValueError(f"Stride must be > 0, but got {stride}")
    explicit = explicit or ((0, 0),) * len(sizes)
    result = []
    for size, taps, stride, dilation, (before, after) in zip(
        sizes, window, strides, dilations, explicit, strict=True
    ):
        if padding == "SAME":
            result.append(None if size is None else -(-size // stride))
        elif size is None or taps is None:
            result.append(None)
        else:
            reach, room = (taps - 1) * dilation + 1, size + before + after
            if room < reach:
                raise ValueError(f"Negative dimension size caused by subtracting {reach} from {room}")
            result.append((room - reach) // stride + 1)
    return tuple(result)


def check_attribute_length(op_name, data_format, strides, dilations):
    """ValueError unless strides and dilations have one positive entry per axis."""
    rank = len(data_format)
    if len(strides) != rank:
        raise ValueError(
            f"{op_name} on data format {data_format} requires the stride attribute to contain "
            f"{rank} values, but got: {len(strides)}"
        )
    if len(dilations) != rank:
        raise ValueError(
            f"{op_name} requires the dilation attribute to contain {rank} values, but got: {len(dilations)}"
        )
    for stride in spatial(strides, data_format):
        if stride <= 0:
            raise ValueError(f"Stride must be > 0, but got {stride}")
    for dilation in spatial(dilations, data_format):
        if dilation < 1:
            raise ValueError(f"Dilation rate must be >= 1, but got {dilation}")


def explicit_pairs(padding, explicit_paddings, data_format):
    """The (before, after) pairs of the spatial axes, or None unless padding is EXPLICIT.

    Raises:
        ValueError: the list does not have one pair per axis, pads batch or channels, or is given
            for another padding.
    """
    if padding != "EXPLICIT":
        if explicit_paddings:
            raise ValueError(
                "explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT"
            )
        return None
    rank = len(data_format)
    if len(explicit_paddings) != 2 * rank:
        raise ValueError(
            f"explicit_paddings attribute must contain {2 * rank} values, but got: {len(explicit_paddings)}"
        )
    pairs = list(zip(explicit_paddings[::2], explicit_paddings[1::2], strict=True))
    if any(amount < 0 for amount in explicit_paddings):
        raise ValueError("All elements of explicit_paddings must be nonnegative")
    if any(pairs[0]) or any(channels(pairs, data_format)):
        raise ValueError("Nonzero explicit padding in the batch or depth dimensions is not supported")
    return spatial(pairs, data_format)


# -- while a kernel runs: everything is known -------------------------------------


def resolve_padding(sizes, window, strides, padding, dilations=None, explicit=None):
    """The (before, after) padding of each axis, as the primitives want it.

    Raises:
        InvalidArgumentError: a window is larger than the input.
    """
    dilations = dilations or (1,) * len(sizes)
    pairs = []
    for axis, (size, taps, stride, dilation) in enumerate(
        zip(sizes, window, strides, dilations, strict=True)
    ):
        reach = (taps - 1) * dilation + 1
        if padding == "SAME":
            total = max(0, (-(-size // stride) - 1) * stride + reach - size)
            before, after = total // 2, total - total // 2
        else:
            before, after = explicit[axis] if explicit else (0, 0)
            outputs = (size + before + after - reach + stride) // stride
            if outputs < 0:
                raise invalid(
                    f"Computed output size would be negative: {outputs} [input_size: {size}, "
                    f"effective_filter_size: {reach}, stride: {stride}]"
                )
        pairs.append((before, after))
    return pairs


def require_rank(array, rank, name):
    """InvalidArgumentError unless `array` has `rank` axes."""
    if array.ndim != rank:
        raise invalid(f"{name} must be {rank}-dimensional{format_shape(array.shape)}")


def require_sizes(sizes, rank, name):
    """The entries of a vector of sizes; InvalidArgumentError unless there are `rank`."""
    if sizes.shape != (rank,):
        raise invalid(f"{name} must have {rank} elements, but has shape {format_shape(sizes.shape)}")
    return tuple(sizes.tolist())
