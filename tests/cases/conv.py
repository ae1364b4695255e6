"""Convolutions, depthwise convolutions and their gradients."""

import numpy as np

from tests.cases import Case
from tests.draws import normal


def conv2d(
    id, input, filter, strides=(1, 1), padding="SAME", dilations=(1, 1), explicit=(), dtype="f4", **kwargs
):
    attrs = {
        "strides": [1] + list(strides) + [1],
        "padding": padding,
        "dilations": [1] + list(dilations) + [1],
        "explicit_paddings": list(explicit),
    }
    return Case("Conv2D", [normal(*input, dtype=dtype), normal(*filter, dtype=dtype)], attrs, id=id, **kwargs)


def backward2d(kind, id, input, filter, output, strides=(1, 1), padding="SAME", explicit=(), dtype="f4"):
    attrs = {"strides": [1] + list(strides) + [1], "padding": padding, "explicit_paddings": list(explicit)}
    if kind == "Input":
        inputs = [np.array(input, "i4"), normal(*filter, dtype=dtype)]
    else:
        inputs = [normal(*input, dtype=dtype), np.array(filter, "i4")]
    return Case(
        "Conv2DBackprop" + kind, inputs + [normal(*output, dtype=dtype)], attrs, id=id, rtol=1e-4, atol=1e-5
    )


def depthwise(id, input, filter, stride=1, padding="SAME", dtype="f4", **kwargs):
    attrs = {"strides": [1, stride, stride, 1], "padding": padding}
    return Case(
        "DepthwiseConv2dNative",
        [normal(*input, dtype=dtype), normal(*filter, dtype=dtype)],
        attrs,
        id=id,
        **kwargs,
    )


CLOSE = {"rtol": 1e-4, "atol": 1e-5}
ONES = {"strides": [1, 1, 1, 1], "padding": "VALID"}
CASES = [
    conv2d("valid", (2, 5, 6, 3), (3, 2, 3, 4), padding="VALID", **CLOSE),
    conv2d("same", (2, 5, 6, 3), (3, 2, 3, 4), **CLOSE),
    conv2d("strides", (2, 7, 8, 2), (3, 3, 2, 3), strides=(2, 3), **CLOSE),
    conv2d("strides valid", (1, 7, 8, 2), (3, 2, 2, 3), strides=(2, 2), padding="VALID", **CLOSE),
    conv2d("stride above window", (1, 7, 7, 1), (2, 2, 1, 2), strides=(3, 3), **CLOSE),
    conv2d("one by one", (2, 4, 4, 3), (1, 1, 3, 5), **CLOSE),
    conv2d("one by one strides", (2, 5, 4, 3), (1, 1, 3, 5), strides=(2, 2), **CLOSE),
    conv2d(
        "explicit", (2, 5, 5, 2), (3, 3, 2, 2), padding="EXPLICIT", explicit=(0, 0, 2, 1, 0, 1, 0, 0), **CLOSE
    ),
    conv2d(
        "explicit strides",
        (1, 6, 6, 2),
        (3, 3, 2, 2),
        strides=(2, 2),
        padding="EXPLICIT",
        explicit=(0, 0, 1, 1, 2, 2, 0, 0),
        **CLOSE,
    ),
    conv2d("window as large as input", (2, 3, 3, 2), (3, 3, 2, 2), padding="VALID", **CLOSE),
    conv2d("window larger same", (1, 2, 2, 2), (5, 4, 2, 2), **CLOSE),
    conv2d("double", (1, 4, 4, 2), (2, 2, 2, 3), dtype="f8"),
    conv2d("half", (1, 4, 4, 2), (2, 2, 2, 3), dtype="f2", rtol=2e-2, atol=2e-2, grad=False),
    conv2d("empty batch", (0, 4, 4, 2), (2, 2, 2, 3), grad=False),
    # TensorFlow has no gradients of dilated convolutions on the CPU.
    conv2d("dilations", (1, 9, 8, 2), (3, 2, 2, 3), dilations=(2, 3), grad=False, **CLOSE),
    conv2d(
        "dilations valid", (1, 9, 8, 2), (3, 2, 2, 3), dilations=(2, 2), padding="VALID", grad=False, **CLOSE
    ),
    Case("Conv2D", [normal(1, 5, 5, 4), normal(3, 3, 2, 4)], ONES, id="grouped", error="UnimplementedError"),
    Case(
        "Conv2D",
        [normal(1, 2, 5, 5), normal(3, 3, 2, 4)],
        dict(ONES, data_format="NCHW"),
        id="channels first",
        error="UnimplementedError",
    ),
    Case(
        "Conv2D",
        [normal(1, 5, 5, 2), normal(3, 3, 2, 4)],
        dict(ONES, strides=[2, 1, 1, 1]),
        id="strided batch",
        error="InvalidArgumentError",
    ),
    Case(
        "Conv2D",
        [normal(1, 5, 5, 2), normal(3, 3, 2, 4)],
        dict(ONES, dilations=[1, 1, 1, 2]),
        id="dilated channels",
        error="InvalidArgumentError",
    ),
    Case("Conv2D", [normal(5, 5, 2), normal(3, 3, 2, 4)], ONES, id="rank", error="ValueError"),
    Case("Conv2D", [normal(1, 2, 2, 2), normal(3, 3, 2, 4)], ONES, id="window too large", error="ValueError"),
    Case(
        "Conv2D",
        [normal(1, 5, 5, 2), normal(3, 3, 2, 4)],
        dict(ONES, strides=[1, 1, 1]),
        id="three strides",
        error="ValueError",
    ),
    Case(
        "Conv2D",
        [normal(1, 5, 5, 2), normal(3, 3, 2, 4)],
        dict(ONES, strides=[1, 0, 1, 1]),
        id="stride 0",
        error="ValueError",
    ),
    Case(
        "Conv2D",
        [normal(1, 5, 5, 2), normal(3, 3, 2, 4)],
        dict(ONES, dilations=[1, 0, 1, 1]),
        id="dilation 0",
        error="ValueError",
    ),
    Case(
        "Conv2D",
        [normal(1, 5, 5, 2), normal(3, 3, 2, 4)],
        dict(ONES, explicit_paddings=[0, 0, 1, 1, 1, 1, 0, 0]),
        id="paddings for VALID",
        error="ValueError",
    ),
    Case(
        "Conv2D",
        [normal(1, 5, 5, 2), normal(3, 3, 2, 4)],
        dict(ONES, padding="EXPLICIT", explicit_paddings=[1, 0, 1, 1, 1, 1, 0, 0]),
        id="padded batch",
        error="ValueError",
    ),
    Case(
        "Conv2D",
        [normal(1, 5, 5, 2), normal(3, 3, 2, 4)],
        dict(ONES, padding="EXPLICIT", explicit_paddings=[0, 0]),
        id="too few paddings",
        error="ValueError",
    ),
    Case(
        "Conv2D",
        [normal(1, 5, 5, 2), normal(3, 3, 2, 4)],
        dict(ONES, padding="EXPLICIT", explicit_paddings=[0, 0, -1, 1, 1, 1, 0, 0]),
        id="negative padding",
        error="ValueError",
    ),
    backward2d("Input", "same", (2, 5, 6, 3), (3, 2, 3, 4), (2, 5, 6, 4)),
    backward2d("Input", "strides", (2, 7, 8, 2), (3, 3, 2, 3), (2, 4, 3, 3), strides=(2, 3)),
    backward2d("Input", "valid", (2, 7, 8, 2), (3, 3, 2, 3), (2, 3, 3, 3), strides=(2, 2), padding="VALID"),
    backward2d(
        "Input", "unseen border", (1, 8, 8, 2), (2, 2, 2, 3), (1, 3, 3, 3), strides=(3, 3), padding="VALID"
    ),
    backward2d(
        "Input",
        "explicit",
        (1, 5, 5, 2),
        (3, 3, 2, 2),
        (1, 6, 4, 2),
        padding="EXPLICIT",
        explicit=(0, 0, 2, 1, 0, 1, 0, 0),
    ),
    backward2d("Input", "one by one", (2, 5, 4, 3), (1, 1, 3, 5), (2, 3, 2, 5), strides=(2, 2)),
    backward2d("Filter", "same", (2, 5, 6, 3), (3, 2, 3, 4), (2, 5, 6, 4)),
    backward2d("Filter", "strides", (2, 7, 8, 2), (3, 3, 2, 3), (2, 4, 3, 3), strides=(2, 3)),
    backward2d("Filter", "valid", (2, 7, 8, 2), (3, 3, 2, 3), (2, 3, 3, 3), strides=(2, 2), padding="VALID"),
    backward2d("Filter", "one by one", (2, 5, 4, 3), (1, 1, 3, 5), (2, 3, 2, 5), strides=(2, 2)),
    backward2d(
        "Filter",
        "explicit",
        (1, 5, 5, 2),
        (3, 3, 2, 2),
        (1, 6, 4, 2),
        padding="EXPLICIT",
        explicit=(0, 0, 2, 1, 0, 1, 0, 0),
    ),
    Case(
        "Conv2DBackpropInput",
        [np.array([1, 7, 5, 2], "i4"), normal(3, 3, 2, 4), normal(1, 3, 3, 4)],
        ONES,
        id="wrong size",
        error="InvalidArgumentError",
    ),
    Case(
        "Conv2DBackpropInput",
        [np.array([2, 5, 5, 2], "i4"), normal(3, 3, 2, 4), normal(1, 3, 3, 4)],
        ONES,
        id="wrong batch",
        error="InvalidArgumentError",
    ),
    Case(
        "Conv2DBackpropInput",
        [np.array([1, 2, 5, 5], "i4"), normal(3, 3, 2, 4), normal(1, 4, 3, 3)],
        dict(ONES, data_format="NCHW"),
        id="channels first",
        error="InvalidArgumentError",
    ),
    Case(
        "Conv2DBackpropFilter",
        [normal(1, 5, 5, 2), np.array([3, 3, 2, 4], "i4"), normal(1, 3, 2, 4)],
        ONES,
        id="wrong size",
        error="InvalidArgumentError",
    ),
    Case(
        "Conv2DBackpropFilter",
        [normal(1, 2, 5, 5), np.array([3, 3, 2, 4], "i4"), normal(1, 4, 3, 3)],
        dict(ONES, data_format="NCHW"),
        id="channels first",
        error="InvalidArgumentError",
    ),
    Case(
        "Conv3D",
        [normal(1, 3, 4, 5, 2), normal(2, 2, 3, 2, 3)],
        {"strides": [1, 1, 1, 1, 1], "padding": "SAME"},
        id="same",
        **CLOSE,
    ),
    Case(
        "Conv3D",
        [normal(2, 4, 5, 4, 2), normal(2, 2, 2, 2, 2)],
        {"strides": [1, 2, 1, 2, 1], "padding": "VALID"},
        id="strides",
        **CLOSE,
    ),
    Case(
        "Conv3D",
        [normal(1, 2, 4, 4, 4), normal(2, 2, 2, 2, 1)],
        {"strides": [1] * 5, "padding": "VALID", "data_format": "NCDHW"},
        id="channels first",
        error="InvalidArgumentError",
    ),
    Case(
        "Conv3DBackpropInputV2",
        [np.array([1, 3, 4, 5, 2], "i4"), normal(2, 2, 3, 2, 3), normal(1, 2, 2, 3, 3)],
        {"strides": [1, 2, 2, 2, 1], "padding": "SAME"},
        id="same",
        **CLOSE,
    ),
    Case(
        "Conv3DBackpropFilterV2",
        [normal(1, 3, 4, 5, 2), np.array([2, 2, 3, 2, 3], "i4"), normal(1, 2, 2, 3, 3)],
        {"strides": [1, 2, 2, 2, 1], "padding": "SAME"},
        id="same",
        **CLOSE,
    ),
    depthwise("same", (2, 5, 6, 3), (3, 2, 3, 2), **CLOSE),
    depthwise("valid strides", (2, 7, 6, 2), (3, 3, 2, 1), stride=2, padding="VALID", **CLOSE),
    depthwise("same strides", (1, 8, 8, 2), (3, 3, 2, 3), stride=2, **CLOSE),
    depthwise("double", (1, 4, 4, 2), (2, 2, 2, 2), dtype="f8"),
    depthwise("half", (1, 4, 4, 2), (2, 2, 2, 2), dtype="f2", rtol=2e-2, atol=2e-2, grad=False),
    Case(
        "DepthwiseConv2dNative",
        [normal(1, 5, 5, 2), normal(2, 2, 2, 1)],
        {"strides": [1, 1, 2, 1], "padding": "SAME"},
        id="unequal strides",
        error="InvalidArgumentError",
    ),
    Case(
        "DepthwiseConv2dNative",
        [normal(1, 2, 5, 5), normal(2, 2, 2, 1)],
        {"strides": [1, 1, 1, 1], "padding": "SAME", "data_format": "NCHW"},
        id="channels first",
        error="UnimplementedError",
    ),
    Case(
        "DepthwiseConv2dNative",
        [normal(1, 5, 5, 3), normal(2, 2, 2, 1)],
        {"strides": [1, 1, 1, 1], "padding": "SAME"},
        id="depths",
        error="ValueError",
    ),
    Case(
        "DepthwiseConv2dNativeBackpropInput",
        [np.array([2, 7, 6, 2], "i4"), normal(3, 3, 2, 2), normal(2, 4, 3, 4)],
        {"strides": [1, 2, 2, 1], "padding": "SAME"},
        **CLOSE,
    ),
    Case(
        "DepthwiseConv2dNativeBackpropFilter",
        [normal(2, 7, 6, 2), np.array([3, 3, 2, 2], "i4"), normal(2, 4, 3, 4)],
        {"strides": [1, 2, 2, 1], "padding": "SAME"},
        **CLOSE,
    ),
]
