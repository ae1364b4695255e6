"""Max and average pooling, and their gradients."""

import numpy as np

from tests import draws
from tests.cases import Case
from tests.draws import later, normal


def integers(*shape, **kwargs):
    """Few different values, so that maxima are tied."""
    return draws.integers(0, 4, shape, **kwargs)


def attrs(ksize, strides, padding="SAME", **kwargs):
    return dict(kwargs, ksize=[1] + list(ksize) + [1], strides=[1] + list(strides) + [1], padding=padding)


def maxima(input, ksize, strides, padding="SAME"):
    """What max pooling in two dimensions gives, slowly."""
    n, height, width, depth = input.shape
    sizes, starts = [], []
    for size, taps, stride in zip((height, width), ksize, strides):
        count = -(-size // stride) if padding == "SAME" else (size - taps) // stride + 1
        room = max(0, (count - 1) * stride + taps - size) if padding == "SAME" else 0
        sizes.append(count)
        starts.append(room // 2)
    output = np.zeros((n, sizes[0], sizes[1], depth), input.dtype)
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            top, left = i * strides[0] - starts[0], j * strides[1] - starts[1]
            part = input[:, max(0, top) : top + ksize[0], max(0, left) : left + ksize[1]]
            output[:, i, j] = part.max((1, 2))
    return output


def backward(op, id, shape, ksize, strides, padding="SAME", make=normal, dtype="f4"):
    input = make(*shape, dtype=dtype)
    output = later(lambda array: maxima(array, ksize, strides, padding), input)
    grad_shape = maxima(np.zeros(shape), ksize, strides, padding).shape if op == "MaxPoolGrad" else shape
    grad = normal(*grad_shape, dtype=dtype)
    return Case(op, [input, output, grad], attrs(ksize, strides, padding), id=id)


def pool(op, id, shape, ksize, strides, padding="SAME", make=normal, dtype="f4", **kwargs):
    return Case(op, [make(*shape, dtype=dtype)], attrs(ksize, strides, padding), id=id, **kwargs)


IMAGE = (2, 5, 6, 3)
SPECIAL = np.array([-np.inf, -np.inf, 1, -np.inf, np.inf, 2, -3, -3], "f4").reshape(1, 1, 8, 1)
TIES = integers(*IMAGE)
TIED_MAXIMA = later(lambda array: maxima(array, (2, 2), (2, 2)), TIES)
CUBES = integers(1, 4, 4, 4, 2)
CUBE_MAXIMA = later(lambda array: array.reshape(1, 2, 2, 2, 2, 2, 2, 2).max((2, 4, 6)), CUBES)
CASES = [
    pool("MaxPool", "valid", IMAGE, (2, 2), (2, 2), "VALID"),
    pool("MaxPool", "same", IMAGE, (2, 2), (2, 2)),
    pool("MaxPool", "overlapping", IMAGE, (3, 3), (1, 2)),
    pool("MaxPool", "ties", IMAGE, (3, 2), (2, 2), make=integers),
    pool("MaxPool", "strides above window", (1, 7, 7, 2), (2, 2), (3, 3), "VALID"),
    pool("MaxPool", "double", IMAGE, (3, 3), (2, 2), dtype="f8"),
    pool("MaxPool", "half", IMAGE, (3, 3), (2, 2), dtype="f2"),
    pool("MaxPool", "int32", IMAGE, (3, 3), (2, 2), make=integers, dtype="i4"),
    pool("MaxPool", "uint8", IMAGE, (3, 3), (2, 2), make=integers, dtype="u1"),
    pool("MaxPool", "int64", IMAGE, (3, 3), (2, 2), make=integers, dtype="i8"),
    pool("MaxPool", "empty batch", (0, 4, 4, 2), (2, 2), (2, 2), grad=False),
    Case("MaxPool", [SPECIAL], attrs((1, 2), (1, 2)), id="infinities"),
    Case(
        "MaxPool",
        [normal(1, 2, 3, 6)],
        {"ksize": [1, 1, 1, 3], "strides": [1, 1, 1, 3], "padding": "VALID"},
        id="depthwise",
        grad=False,
    ),
    Case(
        "MaxPool",
        [normal(1, 2, 4, 4)],
        {"ksize": [1, 1, 2, 2], "strides": [1, 1, 2, 2], "padding": "VALID", "data_format": "NCHW"},
        id="channels first",
        error="InvalidArgumentError",
    ),
    Case(
        "MaxPool",
        [normal(2, 4, 4, 2)],
        {"ksize": [2, 1, 1, 1], "strides": [1, 1, 1, 1], "padding": "VALID"},
        id="batch",
        error="UnimplementedError",
    ),
    Case(
        "MaxPool",
        [normal(2, 4, 4, 2)],
        {"ksize": [1, 2, 1, 2], "strides": [1, 1, 1, 2], "padding": "VALID"},
        id="depth and space",
        error="UnimplementedError",
    ),
    Case(
        "MaxPool",
        [normal(1, 2, 2, 1)],
        attrs((3, 3), (1, 1), "VALID"),
        id="window too large",
        error="ValueError",
    ),
    Case("MaxPool", [normal(2, 2, 1)], attrs((1, 1), (1, 1), "VALID"), id="rank", error="ValueError"),
    Case(
        "MaxPool",
        [normal(1, 2, 2, 1)],
        {"ksize": [1, 1, 1, 1, 1], "strides": [1, 1, 1, 1], "padding": "SAME"},
        id="five sizes",
        error="ValueError",
    ),
    Case(
        "MaxPoolV2",
        [normal(*IMAGE), np.array([1, 2, 3, 1], "i4"), np.array([1, 2, 2, 1], "i4")],
        {"padding": "SAME"},
        id="same",
    ),
    backward("MaxPoolGrad", "valid", IMAGE, (2, 2), (2, 2), "VALID"),
    backward("MaxPoolGrad", "overlapping", IMAGE, (3, 3), (1, 2)),
    backward("MaxPoolGrad", "ties", IMAGE, (3, 2), (2, 1), make=integers),
    backward("MaxPoolGrad", "double", IMAGE, (3, 2), (2, 2), make=integers, dtype="f8"),
    backward("MaxPoolGrad", "half", IMAGE, (3, 2), (2, 2), make=integers, dtype="f2"),
    Case(
        "MaxPoolGrad",
        [
            SPECIAL,
            np.array([np.finfo("f4").min, 1, np.inf, -3], "f4").reshape(1, 1, 4, 1),
            normal(1, 1, 4, 1),
        ],
        attrs((1, 2), (1, 2)),
        id="infinities",
        grad=False,
    ),
    Case(
        "MaxPoolGradV2",
        [
            TIES,
            TIED_MAXIMA,
            normal(2, 3, 3, 3),
            np.array([1, 2, 2, 1], "i4"),
            np.array([1, 2, 2, 1], "i4"),
        ],
        {"padding": "SAME"},
    ),
    backward("MaxPoolGradGrad", "valid", IMAGE, (2, 2), (2, 2), "VALID"),
    backward("MaxPoolGradGrad", "ties", IMAGE, (3, 2), (2, 1), make=integers),
    Case(
        "MaxPoolGradGradV2",
        [
            TIES,
            TIED_MAXIMA,
            normal(*IMAGE),
            np.array([1, 2, 2, 1], "i4"),
            np.array([1, 2, 2, 1], "i4"),
        ],
        {"padding": "SAME"},
    ),
    Case("MaxPoolWithArgmax", [TIES], attrs((2, 2), (2, 2)), id="same"),
    Case(
        "MaxPoolWithArgmax",
        [normal(*IMAGE)],
        attrs((3, 2), (1, 2), "VALID", include_batch_in_index=True),
        id="batch",
    ),
    Case(
        "MaxPoolGradWithArgmax",
        [normal(2, 4, 4, 1), normal(2, 2, 2, 1), np.array([0, 3, 8, 3, 15, 15, 1, 2]).reshape(2, 2, 2, 1)],
        attrs((2, 2), (2, 2)),
        grad=False,
    ),
    Case(
        "MaxPool3DGrad", [CUBES, CUBE_MAXIMA, normal(1, 2, 2, 2, 2)], attrs((2, 2, 2), (2, 2, 2)), id="ties"
    ),
    Case(
        "MaxPool3DGradGrad",
        [CUBES, CUBE_MAXIMA, normal(1, 4, 4, 4, 2)],
        attrs((2, 2, 2), (2, 2, 2)),
        id="ties",
    ),
    Case("MaxPool3D", [normal(1, 4, 5, 4, 2)], attrs((2, 2, 2), (2, 2, 1)), id="same"),
    Case("MaxPool3D", [integers(2, 4, 4, 4, 1)], attrs((2, 3, 2), (1, 1, 2), "VALID"), id="ties"),
    Case(
        "MaxPool3D",
        [normal(1, 2, 3, 3, 3)],
        {"ksize": [1, 1, 2, 2, 2], "strides": [1, 1, 1, 1, 1], "padding": "SAME", "data_format": "NCDHW"},
        id="channels first",
        error="InvalidArgumentError",
    ),
    pool("AvgPool", "valid", IMAGE, (2, 2), (2, 2), "VALID"),
    pool("AvgPool", "same", IMAGE, (3, 3), (2, 2)),
    pool("AvgPool", "overlapping", IMAGE, (3, 3), (1, 1)),
    pool("AvgPool", "double", IMAGE, (3, 2), (2, 2), dtype="f8"),
    pool("AvgPool", "half", IMAGE, (3, 2), (2, 2), dtype="f2", rtol=1e-2, atol=2e-3, grad=False),
    Case(
        "AvgPool",
        [normal(1, 2, 4, 4)],
        {"ksize": [1, 1, 2, 2], "strides": [1, 1, 2, 2], "padding": "VALID", "data_format": "NCHW"},
        id="channels first",
        error="InvalidArgumentError",
    ),
    Case(
        "AvgPool",
        [normal(1, 2, 4, 4)],
        {"ksize": [1, 1, 1, 2], "strides": [1, 1, 1, 2], "padding": "VALID"},
        id="depth",
        error="UnimplementedError",
    ),
    Case("AvgPoolGrad", [np.array(IMAGE, "i4"), normal(2, 3, 3, 3)], attrs((3, 3), (2, 2)), id="same"),
    Case(
        "AvgPoolGrad", [np.array(IMAGE, "i4"), normal(2, 2, 3, 3)], attrs((2, 2), (2, 2), "VALID"), id="valid"
    ),
    Case("AvgPool3D", [normal(1, 4, 5, 4, 2)], attrs((2, 2, 2), (2, 2, 1)), id="same"),
    Case(
        "AvgPool3DGrad",
        [np.array([1, 4, 5, 4, 2], "i4"), normal(1, 2, 3, 4, 2)],
        attrs((2, 2, 2), (2, 2, 1)),
        id="same",
    ),
]
