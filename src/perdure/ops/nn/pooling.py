"""Max and average pooling in two and three dimensions, and their gradients of first and second order.

The gradient of a maximum goes to the first place that holds it.  On the CPU TensorFlow pools
channels last only.
"""

import math

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import format_shape, merge, with_rank
from perdure.ops.checks import invalid
from perdure.ops.nn.windows import (
    arranged,
    as_format,
    channels,
    channels_last,
    refuse_channels_first,
    require_sizes,
    resolve_padding,
    spatial,
    unimplemented,
    windowed_sizes,
)
from perdure.ops.registry import op
from perdure.ops.traits import WINDOW

# -- shared by the family ---------------------------------------------------------


def pooled_shape(name, input, ksize, strides, padding, data_format):
    rank = len(data_format)
    input = with_rank(input, rank)
    for what, values in (("stride", strides), ("ksize", ksize)):
        if len(values) != rank:
            raise ValueError(
                f"{name} requires the {what} attribute to contain {rank} values, but got: {len(values)}"
            )
    sizes = windowed_sizes(
        spatial(input, data_format),
        spatial(ksize, data_format),
        spatial(strides, data_format),
        padding,
    )
    depth = windowed_sizes(
        [channels(input, data_format)],
        [channels(ksize, data_format)],
        [channels(strides, data_format)],
        padding,
    )
    return arranged(input[0], sizes, depth[0], data_format)


def check_pooled(xp, name, shape, ksize, strides, data_format):
    """Refuse what TensorFlow's kernels refuse; `shape` is that of the input."""
    refuse_channels_first(
        xp,
        data_format,
        InvalidArgumentError,
        f"Default {name} only supports {'NHWC' if len(data_format) == 4 else 'NDHWC'} on device type CPU",
    )
    if len(shape) != len(data_format):
        raise invalid(
            f"tensor_in must be {len(data_format)}-dimensional, but has shape {format_shape(shape)}"
        )
    if ksize[0] != 1 or strides[0] != 1:
        raise unimplemented("Pooling is not yet supported on the batch dimension.")


def geometry(sizes, ksize, strides, padding, data_format):
    """The keyword arguments of the primitives for an input with these spatial sizes."""
    window, strides = spatial(ksize, data_format), spatial(strides, data_format)
    return {"window": window, "strides": strides, "padding": resolve_padding(sizes, window, strides, padding)}


def output_shape(input_shape, geometry):
    """What pooling makes of a channels-last shape."""
    sizes = tuple(
        (size + sum(padding) - taps) // stride + 1
        for size, taps, stride, padding in zip(
            input_shape[1:-1],
            geometry["window"],
            geometry["strides"],
            geometry["padding"],
            strict=True,
        )
    )
    return (input_shape[0], *sizes, input_shape[-1])


def check_same_shape(name, actual, expected):
    if tuple(actual) != tuple(expected):
        raise invalid(f"{name} must have shape {format_shape(expected)}, but has {format_shape(actual)}")


# -- max pooling ------------------------------------------------------------------


def depthwise_max(xp, input, ksize, strides, data_format):
    """Maxima over groups of neighbouring channels."""
    group, step = channels(ksize, data_format), channels(strides, data_format)
    if any(size != 1 for size in (*spatial(ksize, data_format), *spatial(strides, data_format))):
        raise unimplemented(
            "MaxPooling supports exactly one of pooling across depth or pooling across width/height."
        )
    depth = input.shape[-1]
    if depth % group:
        raise unimplemented(
            "Depthwise max pooling requires the depth window to evenly divide the input depth."
        )
    if group != step:
        raise unimplemented("Depthwise max pooling requires the depth window to equal the depth stride.")
    return input.reshape(*input.shape[:-1], depth // group, group).max(-1)


def compute_max_pool(xp, input, ksize, strides, padding, data_format):
    name = "MaxPoolingOp" if len(data_format) == 4 else "Pooling3DOp"
    check_pooled(xp, name, input.shape, ksize, strides, data_format)
    input = channels_last(xp, input, data_format)
    if channels(ksize, data_format) != 1:
        return as_format(xp, depthwise_max(xp, input, ksize, strides, data_format), data_format)
    options = geometry(input.shape[1:-1], ksize, strides, padding, data_format)
    return as_format(xp, xp.max_pool(input, **options), data_format)


def compute_max_pool_gradient(xp, orig_input, orig_output, grad, ksize, strides, padding, data_format):
    name = "MaxPoolingGradOp" if len(data_format) == 4 else "MaxPooling3DGradOp"
    check_pooled(xp, name, orig_input.shape, ksize, strides, data_format)
    if channels(ksize, data_format) != 1:
        raise unimplemented("MaxPoolingGrad is not yet supported on the depth dimension.")
    input, output, grad = (channels_last(xp, array, data_format) for array in (orig_input, orig_output, grad))
    options = geometry(input.shape[1:-1], ksize, strides, padding, data_format)
    check_same_shape("orig_output", output.shape, output_shape(input.shape, options))
    check_same_shape("grad", grad.shape, output.shape)
    # In three dimensions TensorFlow's kernel gives every tied maximum the whole gradient.
    grad = xp.max_pool_gradient(input, output, grad, every_match=len(data_format) == 5, **options)
    return as_format(xp, grad, data_format)


def compute_max_pool_gradient_gradient(
    xp, orig_input, orig_output, grad, ksize, strides, padding, data_format
):
    name = "MaxPoolingGradGradOp" if len(data_format) == 4 else "MaxPooling3DGradGradOp"
    check_pooled(xp, name, orig_input.shape, ksize, strides, data_format)
    check_same_shape("grad", grad.shape, orig_input.shape)
    if channels(ksize, data_format) != 1:
        raise unimplemented("MaxPoolingGrad is not yet supported on the depth dimension.")
    input, output, grad = (channels_last(xp, array, data_format) for array in (orig_input, orig_output, grad))
    options = geometry(input.shape[1:-1], ksize, strides, padding, data_format)
    check_same_shape("orig_output", output.shape, output_shape(input.shape, options))
    gathered = xp.max_pool_gradient_gradient(input, output, grad, **options)
    return as_format(xp, gathered, data_format)


def gradient_gradient_shape(name, orig_input, orig_output, grad, ksize, strides, padding, form):
    shape = pooled_shape(name, orig_input, ksize, strides, padding, form)
    merge(orig_input, grad)
    merge(shape, orig_output)
    return shape


def zeros_like(g, tensor):
    return g.zeros(g.shape(tensor), dtype=tensor.dtype)


def define_max_pooling(forward, backward, backward_again, rank):
    """Give a maximum over windows of inputs of `rank` axes its rules, with its gradients of both orders."""
    title = "MaxPool" if rank == 4 else "Pool3D ops"
    snake = "max_pool" if rank == 4 else "max_pool3d"

    @forward.shape
    def max_pool_shape(input, *, ksize, strides, padding, data_format):
        return pooled_shape(title, input, ksize, strides, padding, data_format)

    @forward.kernel
    def max_pool_kernel(xp, input, *, ksize, strides, padding, data_format):
        return compute_max_pool(xp, input, ksize, strides, padding, data_format)

    @forward.gradient
    def max_pool_gradient(g, d_output, input, output, *, ksize, strides, padding, data_format):
        constructor = getattr(g, f"{snake}_grad")
        return {
            "input": constructor(
                input,
                output,
                d_output,
                ksize=ksize,
                strides=strides,
                padding=padding,
                data_format=data_format,
            )
        }

    @backward.shape
    def max_pool_grad_shape(orig_input):
        return with_rank(orig_input, rank)

    @backward.kernel
    def max_pool_grad_kernel(xp, orig_input, orig_output, grad, *, ksize, strides, padding, data_format):
        return compute_max_pool_gradient(
            xp, orig_input, orig_output, grad, ksize, strides, padding, data_format
        )

    @backward.gradient
    def max_pool_grad_gradient(g, d_output, orig_input, orig_output, *, ksize, strides, padding, data_format):
        constructor = getattr(g, f"{snake}_grad_grad")
        return {
            "orig_input": zeros_like(g, orig_input),
            "orig_output": zeros_like(g, orig_output),
            "grad": constructor(
                orig_input,
                orig_output,
                d_output,
                ksize=ksize,
                strides=strides,
                padding=padding,
                data_format=data_format,
            ),
        }

    @backward_again.shape
    def max_pool_grad_grad_shape(orig_input, orig_output, grad, *, ksize, strides, padding, data_format):
        return gradient_gradient_shape(
            title, orig_input, orig_output, grad, ksize, strides, padding, data_format
        )

    @backward_again.kernel
    def max_pool_grad_grad_kernel(xp, orig_input, orig_output, grad, *, ksize, strides, padding, data_format):
        return compute_max_pool_gradient_gradient(
            xp, orig_input, orig_output, grad, ksize, strides, padding, data_format
        )

    @backward_again.gradient
    def max_pool_grad_grad_gradient(
        g, d_output, orig_input, orig_output, *, ksize, strides, padding, data_format
    ):
        constructor = getattr(g, f"{snake}_grad")
        return {
            "orig_input": zeros_like(g, orig_input),
            "orig_output": zeros_like(g, orig_output),
            "grad": constructor(
                orig_input,
                orig_output,
                d_output,
                ksize=ksize,
                strides=strides,
                padding=padding,
                data_format=data_format,
            ),
        }


define_max_pooling(
    op("MaxPool", work=WINDOW),
    op("MaxPoolGrad", work=WINDOW),
    op("MaxPoolGradGrad", work=WINDOW),
    rank=4,
)
define_max_pooling(
    op("MaxPool3D", work=WINDOW),
    op("MaxPool3DGrad", work=WINDOW),
    op("MaxPool3DGradGrad", work=WINDOW),
    rank=5,
)

# -- MaxPoolV2, MaxPoolGradV2: sizes of the windows are inputs --------------------

max_pool_v2 = op("MaxPoolV2", static=["ksize", "strides"], work=WINDOW)


@max_pool_v2.shape
def max_pool_v2_shape(input, ksize, strides, *, padding, data_format):
    if ksize is None or strides is None:
        return None
    return pooled_shape("MaxPool", input, ksize, strides, padding, data_format)


@max_pool_v2.kernel
def max_pool_v2_kernel(xp, input, ksize, strides, *, padding, data_format):
    ksize, strides = require_sizes(ksize, 4, "ksize"), require_sizes(strides, 4, "strides")
    return compute_max_pool(xp, input, ksize, strides, padding, data_format)


@max_pool_v2.gradient
def max_pool_v2_gradient(g, d_output, input, output, ksize, strides, *, padding, data_format):
    return {
        "input": g.max_pool_grad_v2(
            input, output, d_output, ksize, strides, padding=padding, data_format=data_format
        )
    }


max_pool_grad_v2 = op("MaxPoolGradV2", static=["ksize", "strides"], work=WINDOW)


@max_pool_grad_v2.shape
def max_pool_grad_v2_shape(orig_input):
    return with_rank(orig_input, 4)


@max_pool_grad_v2.kernel
def max_pool_grad_v2_kernel(xp, orig_input, orig_output, grad, ksize, strides, *, padding, data_format):
    ksize, strides = require_sizes(ksize, 4, "ksize"), require_sizes(strides, 4, "strides")
    return compute_max_pool_gradient(xp, orig_input, orig_output, grad, ksize, strides, padding, data_format)


@max_pool_grad_v2.gradient
def max_pool_grad_v2_gradient(g, d_output, orig_input, orig_output, ksize, strides, *, padding, data_format):
    return {
        "orig_input": zeros_like(g, orig_input),
        "orig_output": zeros_like(g, orig_output),
        "grad": g.max_pool_grad_grad_v2(
            orig_input, orig_output, d_output, ksize, strides, padding=padding, data_format=data_format
        ),
    }


max_pool_grad_grad_v2 = op("MaxPoolGradGradV2", static=["ksize", "strides"], work=WINDOW)


@max_pool_grad_grad_v2.shape
def max_pool_grad_grad_v2_shape(orig_input, orig_output, grad, ksize, strides, *, padding, data_format):
    if ksize is None or strides is None:
        return None
    return gradient_gradient_shape(
        "MaxPool", orig_input, orig_output, grad, ksize, strides, padding, data_format
    )


@max_pool_grad_grad_v2.kernel
def max_pool_grad_grad_v2_kernel(xp, orig_input, orig_output, grad, ksize, strides, *, padding, data_format):
    ksize, strides = require_sizes(ksize, 4, "ksize"), require_sizes(strides, 4, "strides")
    return compute_max_pool_gradient_gradient(
        xp, orig_input, orig_output, grad, ksize, strides, padding, data_format
    )


max_pool_grad_grad_v2.refuse_gradient()

# -- MaxPoolWithArgmax, MaxPoolGradWithArgmax -------------------------------------

max_pool_with_argmax = op("MaxPoolWithArgmax", work=WINDOW)


@max_pool_with_argmax.shape
def max_pool_with_argmax_shape(input, *, ksize, strides, padding):
    shape = pooled_shape("MaxPool", input, ksize, strides, padding, "NHWC")
    return [shape, shape]


@max_pool_with_argmax.kernel
def max_pool_with_argmax_kernel(xp, input, *, ksize, strides, padding, Targmax, include_batch_in_index):
    output = compute_max_pool(xp, input, ksize, strides, padding, "NHWC")
    options = geometry(input.shape[1:-1], ksize, strides, padding, "NHWC")
    places = xp.max_pool_places(input, output, **options)
    size = math.prod(input.shape[1:])
    flat = places + size * xp.arange(input.shape[0]).reshape(-1, 1, 1, 1)
    # The value itself, which may be -inf where the maximum starts from the lowest finite number.
    output = xp.take(input.reshape(-1), flat, 0) if size else output
    argmax = flat if include_batch_in_index else places
    return output, argmax.astype(Targmax.as_numpy_dtype)


@max_pool_with_argmax.gradient
def max_pool_with_argmax_gradient(
    g, d_output, input, argmax, *, ksize, strides, padding, include_batch_in_index
):
    return {
        "input": g.max_pool_grad_with_argmax(
            input,
            d_output,
            argmax,
            ksize=ksize,
            strides=strides,
            padding=padding,
            include_batch_in_index=include_batch_in_index,
        )
    }


max_pool_grad_with_argmax = op("MaxPoolGradWithArgmax", work=WINDOW)


@max_pool_grad_with_argmax.shape
def max_pool_grad_with_argmax_shape(input):
    return with_rank(input, 4)


@max_pool_grad_with_argmax.kernel
def max_pool_grad_with_argmax_kernel(xp, input, grad, argmax, *, include_batch_in_index):
    check_same_shape("argmax", argmax.shape, grad.shape)
    size = math.prod(input.shape[1:])
    places = argmax.astype(xp.int64)
    if not include_batch_in_index:
        places = places + size * xp.arange(input.shape[0]).reshape(-1, 1, 1, 1)
    total = size * input.shape[0]
    xp.require(xp.in_range(places, total), f"argmax must point into the {total} input elements")
    flat = xp.scatter_rows(xp.zeros(total, grad.dtype), places.reshape(-1), grad.reshape(-1), "add")
    return flat.reshape(input.shape)


max_pool_grad_with_argmax.refuse_gradient()

# -- average pooling --------------------------------------------------------------


def define_average_pooling(forward, backward, rank, input_name):
    """Give a mean over windows of inputs of `rank` axes its rules, with its gradient."""
    title = "AvgPool" if rank == 4 else "Pool3D ops"
    kernel_name = "AvgPoolingOp" if rank == 4 else "Pooling3DOp"
    snake = "avg_pool" if rank == 4 else "avg_pool3d"

    def shape(input, ksize, strides, padding, data_format):
        return pooled_shape(title, input, ksize, strides, padding, data_format)

    def compute(xp, input, ksize, strides, padding, data_format):
        check_pooled(xp, kernel_name, input.shape, ksize, strides, data_format)
        if channels(ksize, data_format) != 1 or channels(strides, data_format) != 1:
            raise unimplemented("Non-spatial pooling is not yet supported.")
        input = channels_last(xp, input, data_format)
        options = geometry(input.shape[1:-1], ksize, strides, padding, data_format)
        return as_format(xp, xp.avg_pool(input, **options), data_format)

    def gradient(g, d_output, input, attrs):
        return getattr(g, f"{snake}_grad")(g.shape(input), d_output, **attrs)

    # The signatures call the same input differently.
    if input_name == "value":

        @forward.shape
        def avg_pool_shape(value, *, ksize, strides, padding, data_format):
            return shape(value, ksize, strides, padding, data_format)

        @forward.kernel
        def avg_pool_kernel(xp, value, *, ksize, strides, padding, data_format):
            return compute(xp, value, ksize, strides, padding, data_format)

        @forward.gradient
        def avg_pool_gradient(g, d_output, value, *, ksize, strides, padding, data_format):
            attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
            return {"value": gradient(g, d_output, value, attrs)}
    else:

        @forward.shape
        def avg_pool3d_shape(input, *, ksize, strides, padding, data_format):
            return shape(input, ksize, strides, padding, data_format)

        @forward.kernel
        def avg_pool3d_kernel(xp, input, *, ksize, strides, padding, data_format):
            return compute(xp, input, ksize, strides, padding, data_format)

        @forward.gradient
        def avg_pool3d_gradient(g, d_output, input, *, ksize, strides, padding, data_format):
            attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
            return {"input": gradient(g, d_output, input, attrs)}

    @backward.shape
    def avg_pool_grad_shape(orig_input_shape):
        return with_rank(orig_input_shape, rank)

    @backward.kernel
    def avg_pool_grad_kernel(xp, orig_input_shape, grad, *, ksize, strides, padding, data_format):
        sizes = require_sizes(orig_input_shape, rank, "orig_input_shape")
        check_pooled(xp, kernel_name.replace("Op", "GradOp"), sizes, ksize, strides, data_format)
        grad = channels_last(xp, grad, data_format)
        input_shape = (sizes[0], *spatial(sizes, data_format), channels(sizes, data_format))
        options = geometry(input_shape[1:-1], ksize, strides, padding, data_format)
        check_same_shape("grad", grad.shape, output_shape(input_shape, options))
        d_input = xp.avg_pool_gradient(grad, input_shape=input_shape, **options)
        return as_format(xp, d_input, data_format)

    @backward.gradient
    def avg_pool_grad_gradient(g, d_output, orig_input_shape, *, ksize, strides, padding, data_format):
        stopped = g.stop_gradient(orig_input_shape)
        pooled = getattr(g, snake)(
            d_output, ksize=ksize, strides=strides, padding=padding, data_format=data_format
        )
        return {"orig_input_shape": stopped, "grad": pooled}


define_average_pooling(
    op("AvgPool", work=WINDOW),
    op("AvgPoolGrad", sizes=["orig_input_shape"], work=WINDOW),
    rank=4,
    input_name="value",
)
define_average_pooling(
    op("AvgPool3D", work=WINDOW),
    op("AvgPool3DGrad", sizes=["orig_input_shape"], work=WINDOW),
    rank=5,
    input_name="input",
)
