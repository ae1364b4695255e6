"""Windowed ops apart from TensorFlow's CPU: channels first, and every refusal in its own words."""

from types import SimpleNamespace

import jax
import numpy as np
import pytest

import perdure  # noqa: F401  (binds the graph's hooks)
from perdure import tf
from perdure.arrays import jax_arrays, numpy_arrays, windows_jax, windows_numpy
from perdure.graph.errors import InvalidArgumentError, UnimplementedError
from perdure.ops.registry import lookup

R = np.random.RandomState(0)
ACCELERATOR = SimpleNamespace(**{**vars(numpy_arrays()), "runs_on_accelerator": lambda: True})
WINDOW = {"ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1), "padding": "SAME"}
CONV = {"strides": (1, 2, 1, 1), "padding": "SAME", "dilations": (1, 1, 1, 1)}
EXPLICIT = {"explicit_paddings": ()}


def normal(*shape):
    return R.randn(*shape).astype("f4")


X, F, D = normal(2, 5, 6, 3), normal(3, 2, 3, 4), normal(2, 3, 6, 4)
SIZES = np.array(X.shape, "i4")
POOLED, BATCH = normal(2, 3, 3, 3), [normal(3) + 3 for _ in range(4)]
NONE = np.zeros(0, "f4")
EVEN = {**CONV, "strides": (1, 1, 1, 1)}
# op, inputs, attrs, and which inputs and outputs are images (or their sizes)
CHANNELS_FIRST = [
    ("Conv2D", [X, F], {**CONV, **EXPLICIT}, [0], [0]),
    ("Conv2DBackpropInput", [SIZES, F, D], {**CONV, **EXPLICIT}, [0, 2], [0]),
    ("Conv2DBackpropFilter", [X, np.array(F.shape, "i4"), D], {**CONV, **EXPLICIT}, [0, 2], []),
    ("DepthwiseConv2dNative", [X, F], EVEN, [0], [0]),
    ("DepthwiseConv2dNativeBackpropInput", [SIZES, F, normal(2, 5, 6, 12)], EVEN, [0, 2], [0]),
    (
        "DepthwiseConv2dNativeBackpropFilter",
        [X, np.array(F.shape, "i4"), normal(2, 5, 6, 12)],
        EVEN,
        [0, 2],
        [],
    ),
    ("MaxPool", [X], WINDOW, [0], [0]),
    ("AvgPool", [X], WINDOW, [0], [0]),
    ("AvgPoolGrad", [SIZES, POOLED], WINDOW, [0, 1], [0]),
    ("FusedBatchNorm", [X, BATCH[0], BATCH[1], NONE, NONE], {"epsilon": 0.1, "is_training": True}, [0], [0]),
    ("FusedBatchNormGrad", [X, X + 1, *BATCH[:3]], {"epsilon": 0.1, "is_training": True}, [0, 1], [0]),
]


def run_kernel(xp, op, inputs, attrs, data_format):
    rule = lookup(op).kernel_rule
    given = dict(zip([argument.name for argument in lookup(op).signature.inputs], inputs, strict=True))
    attrs = {**attrs, "data_format": data_format}
    outputs = rule.function(
        xp, *(given[name] for name in rule.arguments), **{name: attrs[name] for name in rule.attrs}
    )
    return outputs if isinstance(outputs, tuple) else (outputs,)


def moved(value):
    """An image, its sizes, or a list with one entry per axis, channels first."""
    if getattr(value, "ndim", 1) == 1:
        return (
            type(value)([value[0], value[3], *value[1:3]])
            if isinstance(value, tuple)
            else (value[[0, 3, 1, 2]])
        )
    return np.moveaxis(value, -1, 1)


@pytest.mark.parametrize("situation", CHANNELS_FIRST, ids=lambda case: case[0])
def test_channels_first_on_accelerators(situation):
    """Channels first is the same computation with the channels elsewhere."""
    op, inputs, attrs, image_inputs, image_outputs = situation
    expected = run_kernel(ACCELERATOR, op, inputs, attrs, "NHWC")
    inputs = [moved(x) if i in image_inputs else x for i, x in enumerate(inputs)]
    attrs = {
        name: moved(value) if isinstance(value, tuple) and value else value for name, value in attrs.items()
    }
    found = run_kernel(ACCELERATOR, op, inputs, attrs, "NCHW")
    for index, (one, other) in enumerate(zip(found, expected, strict=True)):
        other = moved(other) if index in image_outputs else other
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_max_pool_gradients_channels_first():
    """The gradients of max pooling go to the same pixels in both orders."""
    output = windows_numpy.max_pool(X, window=(2, 2), strides=(2, 2), padding=((0, 1), (0, 0)))
    first = {name: moved(value) if isinstance(value, tuple) else value for name, value in WINDOW.items()}
    for op, grad in (("MaxPoolGrad", normal(*output.shape)), ("MaxPoolGradGrad", normal(*X.shape))):
        (expected,) = run_kernel(ACCELERATOR, op, [X, output, grad], WINDOW, "NHWC")
        (found,) = run_kernel(ACCELERATOR, op, [moved(X), moved(output), moved(grad)], first, "NCHW")
        np.testing.assert_array_equal(found, moved(expected))


def test_grouped_convolutions_of_accelerators(monkeypatch):
    """Where depthwise convolution is XLA's grouped one it computes the same."""
    options = {"strides": (2, 1), "padding": ((1, 0), (1, 1)), "dilations": (1, 2)}
    expected = windows_numpy.depthwise_conv(X, F, **options)
    d_output = normal(*expected.shape)
    monkeypatch.setattr(windows_jax, "runs_on_accelerator", lambda: True)
    with jax.enable_x64(True):
        found = windows_jax.depthwise_conv(X, F, **options)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
        for name, arguments, sizes in (
            ("input", (F, d_output), {"input_shape": X.shape}),
            ("filter", (X, d_output), {"filter_shape": F.shape}),
        ):
            function = f"depthwise_conv_{name}_gradient"
            found = getattr(windows_jax, function)(*map(jax.numpy.asarray, arguments), **sizes, **options)
            expected = getattr(windows_numpy, function)(*arguments, **sizes, **options)
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_devices_of_the_tiers():
    """NumPy is never on an accelerator; JAX where its default device says."""
    assert not numpy_arrays().runs_on_accelerator()
    assert jax_arrays().runs_on_accelerator() == (jax.default_backend() != "cpu")
    with jax.default_device(jax.devices("cpu")[0]):
        assert not jax_arrays().runs_on_accelerator()


I4 = np.int32
V = {**CONV, **EXPLICIT, "strides": (1, 1, 1, 1), "padding": "VALID"}
SMALL = {"ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1), "padding": "VALID"}
REFUSED = [
    ("Conv2D", [X[0], F], V, InvalidArgumentError, r"input must be 4-dimensional\[5,6,3\]"),
    ("Conv2D", [X, F[0]], V, InvalidArgumentError, "filter must be 4-dimensional"),
    (
        "Conv2D",
        [X, F[:, :, :2]],
        V,
        InvalidArgumentError,
        "input depth must be evenly divisible by filter depth: 3 vs 2",
    ),
    ("Conv2D", [X, F[:, :, :1]], V, UnimplementedError, "does not support grouped convolutions"),
    (
        "Conv2D",
        [X, F],
        {**V, "strides": (1, 1, 1, 2)},
        InvalidArgumentError,
        "does not yet support strides in the batch and depth dimensions",
    ),
    (
        "Conv2D",
        [X, F],
        {**V, "dilations": (2, 1, 1, 1)},
        InvalidArgumentError,
        "does not yet support dilations in the batch and depth dimensions",
    ),
    (
        "Conv2D",
        [X[:, :1], F],
        V,
        InvalidArgumentError,
        "Computed output size would be negative: -1 .input_size: 1, effective_filter_size: 3",
    ),
    (
        "Conv2DBackpropInput",
        [SIZES[:2], F, D],
        V,
        InvalidArgumentError,
        r"input_sizes must have 4 elements, but has shape \[2\]",
    ),
    (
        "Conv2DBackpropInput",
        [SIZES, F, D[:1]],
        V,
        InvalidArgumentError,
        "input and out_backprop must have the same batch size",
    ),
    (
        "Conv2DBackpropInput",
        [SIZES, F, D[..., :3]],
        V,
        InvalidArgumentError,
        "filter and out_backprop must have the same out_depth",
    ),
    (
        "Conv2DBackpropFilter",
        [X, np.array(F.shape, I4), D],
        V,
        InvalidArgumentError,
        "Size of out_backprop doesn't match computed: actual = 6, computed = 5 spatial_dim: 2",
    ),
    (
        "DepthwiseConv2dNative",
        [X, F[:, :, :2]],
        V,
        InvalidArgumentError,
        "input and filter must have the same depth: 3 vs 2",
    ),
    (
        "DepthwiseConv2dNative",
        [X, F],
        CONV,
        InvalidArgumentError,
        "only supports equal length strides in the row and column",
    ),
    ("MaxPool", [X[0]], SMALL, InvalidArgumentError, "tensor_in must be 4-dimensional"),
    (
        "MaxPool",
        [X],
        {**SMALL, "ksize": (2, 1, 1, 1)},
        UnimplementedError,
        "not yet supported on the batch dimension",
    ),
    (
        "MaxPool",
        [X],
        {**SMALL, "ksize": (1, 2, 2, 3)},
        UnimplementedError,
        "supports exactly one of pooling across depth or pooling across width/height",
    ),
    (
        "MaxPool",
        [X],
        {**SMALL, "ksize": (1, 1, 1, 2), "strides": (1, 1, 1, 2)},
        UnimplementedError,
        "requires the depth window to evenly divide the input depth",
    ),
    (
        "MaxPool",
        [X],
        {**SMALL, "ksize": (1, 1, 1, 3), "strides": (1, 1, 1, 1)},
        UnimplementedError,
        "requires the depth window to equal the depth stride",
    ),
    (
        "MaxPoolGrad",
        [X, POOLED, POOLED],
        SMALL,
        InvalidArgumentError,
        r"orig_output must have shape \[2,2,3,3\], but has \[2,3,3,3\]",
    ),
    (
        "MaxPoolGrad",
        [X, POOLED[:, :2], POOLED],
        SMALL,
        InvalidArgumentError,
        r"grad must have shape \[2,2,3,3\]",
    ),
    (
        "MaxPoolGrad",
        [X, X, X],
        {**SMALL, "ksize": (1, 1, 1, 3)},
        UnimplementedError,
        "MaxPoolingGrad is not yet supported on the depth dimension",
    ),
    (
        "MaxPoolGradGrad",
        [X, POOLED[:, :2], POOLED],
        SMALL,
        InvalidArgumentError,
        r"grad must have shape \[2,5,6,3\]",
    ),
    (
        "AvgPool",
        [X],
        {**SMALL, "ksize": (1, 1, 1, 3)},
        UnimplementedError,
        "Non-spatial pooling is not yet supported",
    ),
    (
        "AvgPoolGrad",
        [SIZES, POOLED],
        SMALL,
        InvalidArgumentError,
        r"grad must have shape \[2,2,3,3\], but has \[2,3,3,3\]",
    ),
    (
        "FusedBatchNorm",
        [X, *BATCH],
        {"epsilon": 0.1, "is_training": True},
        InvalidArgumentError,
        r"estimated_mean must be empty for training\[3\]",
    ),
    (
        "FusedBatchNorm",
        [X, BATCH[0][:2], BATCH[1], NONE, NONE],
        {"epsilon": 0.1, "is_training": True},
        InvalidArgumentError,
        r"scale must have one value per channel, shape \[3\]",
    ),
    (
        "FusedBatchNormGrad",
        [X[:1], X, *BATCH[:3]],
        {"epsilon": 0.1, "is_training": True},
        InvalidArgumentError,
        "x and y_backprop must have the same shape",
    ),
]


@pytest.mark.parametrize("situation", REFUSED, ids=lambda case: f"{case[0]} {case[4][:25]}")
def test_refusals(situation):
    """What a kernel cannot compute it says."""
    op, inputs, attrs, error, message = situation
    with pytest.raises(error, match=message):
        run_kernel(numpy_arrays(), op, inputs, attrs, "NHWC")


def test_argmax_out_of_range():
    """An index outside the input is refused (TensorFlow 1.15 aborts the process)."""
    with tf.Graph().as_default(), tf.Session() as session:
        d_input = tf.raw_ops.MaxPoolGradWithArgmax(
            input=X,
            grad=POOLED,
            argmax=np.full(POOLED.shape, 1000),
            ksize=[1, 2, 2, 1],
            strides=[1, 2, 2, 1],
            padding="SAME",
        )
        with pytest.raises(tf.errors.InvalidArgumentError, match="must point into the 180 input"):
            session.run(d_input)
