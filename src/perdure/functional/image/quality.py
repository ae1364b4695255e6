"""How much pictures differ, and their pixels: `tf.image.psnr`, `tf.image.ssim`, `tf.image.sobel_edges`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.functional.array.array import expand_dims, identity, reshape, shape, shape_n, size, zeros
from perdure.functional.array.joining import concat, stack, unstack
from perdure.functional.array.padding import pad
from perdure.functional.array.rearranging import tile
from perdure.functional.array.shape_arithmetic import range as range_of
from perdure.functional.control.assertions import Assert
from perdure.functional.control.conditionals import cond
from perdure.functional.image.colors import convert_image_dtype
from perdure.functional.math.binary import (
    equal,
    greater_equal,
    not_equal,
    pow,
    squared_difference,
    subtract,
)
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_all, reduce_any, reduce_mean, reduce_prod, reduce_sum
from perdure.functional.math.unary import abs, log, square
from perdure.functional.nn.activations import relu, softmax
from perdure.functional.nn.depthwise_conv import depthwise_conv2d
from perdure.functional.nn.pooling import avg_pool
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor import Tensor

_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)

# -- shared by the family ---------------------------------------------------------


def _matching(img1: Tensor, img2: Tensor) -> tuple[Tensor, Tensor, list[Any]]:
    """The shapes of two tensors of pictures, and checks that the pictures have one size.

    Raises:
        ValueError: they are known not to.
    """
    shape1 = img1.get_shape().with_rank_at_least(3)
    shape2 = img2.get_shape().with_rank_at_least(3)
    shape1[-3:].assert_is_compatible_with(shape2[-3:])
    if shape1.ndims is not None and shape2.ndims is not None:
        for one, other in zip(reversed([*shape1][:-3]), reversed([*shape2][:-3]), strict=False):
            if not (one == 1 or other == 1 or one.is_compatible_with(other)):
                raise ValueError(f"Two images are not compatible: {shape1} and {shape2}")
    first, second = shape_n([img1, img2])
    shapes = [first, second]
    checks = [Assert(greater_equal(size(first), 3), shapes, summarize=10)]
    checks.append(Assert(reduce_all(equal(first[-3:], second[-3:])), shapes, summarize=10))
    return first, second, checks


def _behind(checks: list[Any], image: Tensor) -> Tensor:
    with control_dependencies(checks):
        return identity(image)


def _as_floats(max_val: Any, img1: Tensor, img2: Tensor) -> tuple[Any, Tensor, Tensor]:
    max_val = convert_image_dtype(cast(max_val, img1.dtype), dtypes.float32)
    return (
        max_val,
        convert_image_dtype(img1, dtypes.float32),
        convert_image_dtype(img2, dtypes.float32),
    )


# -- signal to noise --------------------------------------------------------------


def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Tensor:
    """The peak signal-to-noise ratio of pictures, in decibels.

    Args:
        a, b: (..., height, width, channels).
        max_val: the range of the values, 255 for bytes.
        name: a scope for the nodes.

    Raises:
        ValueError: the pictures are known to have other sizes.
    """
    with name_scope(name, "PSNR", [a, b]):
        max_val, a, b = _as_floats(max_val, a, b)
        error = reduce_mean(squared_difference(a, b), [-3, -2, -1])
        peak = 20 * log(max_val) / log(10.0)
        ratio = subtract(peak, np.float32(10 / np.log(10)) * log(error), name="psnr")
        _, _, checks = _matching(a, b)
        return _behind(checks, ratio)


# -- structural similarity --------------------------------------------------------


def _gauss(size: Tensor, sigma: Tensor) -> Tensor:
    """The kernel of a Gaussian filter, (size, size, 1, 1)."""
    size = convert_to_tensor(size, dtypes.int32)
    sigma = convert_to_tensor(sigma)
    places = cast(range_of(size), sigma.dtype)
    places -= cast(size - 1, sigma.dtype) / 2.0
    exponents = square(places)
    exponents *= -0.5 / square(sigma)
    exponents = reshape(exponents, shape=[1, -1]) + reshape(exponents, shape=[-1, 1])
    exponents = reshape(exponents, shape=[1, -1])
    return reshape(softmax(exponents), shape=[size, size, 1, 1])


def _similarity(
    x: Tensor, y: Tensor, mean: Callable[[Tensor], Tensor], max_val: Any, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    """Luminance, and contrast with structure, of windows of two pictures (Wang et al., 2004)."""
    c1 = (k1 * max_val) ** 2
    c2 = (k2 * max_val) ** 2
    mean_x, mean_y = mean(x), mean(y)
    product = mean_x * mean_y * 2.0
    squares = square(mean_x) + square(mean_y)
    luminance = (product + c1) / (squares + c1)
    product_mean = mean(x * y) * 2.0
    squares_mean = mean(square(x) + square(y))
    c2 *= 1.0
    return luminance, (product_mean - product + c2) / (squares_mean - squares + c2)


def _of_channels(
    img1: Tensor,
    img2: Tensor,
    max_val: Any,
    filter_size: int,
    filter_sigma: float,
    k1: float,
    k2: float,
) -> tuple[Tensor, Tensor]:
    """SSIM of each channel, and the part of it that is about contrast and structure."""
    width = constant(filter_size, dtype=dtypes.int32)
    sigma = constant(filter_sigma, dtype=img1.dtype)
    shapes = shape_n([img1, img2])
    checks = [
        Assert(reduce_all(greater_equal(each[-3:-1], width)), [each, width], summarize=8) for each in shapes
    ]
    img1 = _behind(checks, img1)
    kernel = tile(_gauss(width, sigma), multiples=[1, 1, shapes[0][-1], 1])

    def mean(x: Tensor) -> Tensor:
        sizes = shape(x)
        flat = reshape(x, shape=concat([[-1], sizes[-3:]], 0))
        y = depthwise_conv2d(flat, kernel, strides=[1, 1, 1, 1], padding="VALID")
        return reshape(y, concat([sizes[:-3], shape(y)[1:]], 0))

    luminance, contrast = _similarity(img1, img2, mean, max_val, k1, k2)
    axes = constant([-3, -2], dtype=dtypes.int32)
    return reduce_mean(luminance * contrast, axes), reduce_mean(contrast, axes)


def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The structural similarity of pictures, up to 1 (Wang et al., Image quality assessment, 2004).

    Args:
        img1, img2: (..., height, width, channels).
        max_val: the range of the values, 255 for bytes.
        filter_size, filter_sigma: of the Gaussian windows.
        k1, k2: constants of the formula.

    Raises:
        ValueError: the pictures are known to have other sizes.
    """
    _, _, checks = _matching(img1, img2)
    img1 = _behind(checks, img1)
    max_val, img1, img2 = _as_floats(max_val, img1, img2)
    of_channels, _ = _of_channels(img1, img2, max_val, filter_size, filter_sigma, k1, k2)
    return reduce_mean(of_channels, [-1])


def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Sequence[float] = _SCALE_WEIGHTS,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The structural similarity of pictures in several sizes, each half the one before (Wang et al., 2003).

    Args:
        img1, img2: (..., height, width, channels).
        max_val: the range of the values, 255 for bytes.
        power_factors: the weight of each size.
        filter_size, filter_sigma: of the Gaussian windows.
        k1, k2: constants of the formula.

    Raises:
        ValueError: the pictures are known to have other sizes.
    """
    with name_scope(None, "MS-SSIM", [img1, img2]):
        img1 = convert_to_tensor(img1, name="img1")
        img2 = convert_to_tensor(img2, name="img2")
        shape1, shape2, checks = _matching(img1, img2)
        img1 = _behind(checks, img1)
        max_val, img1, img2 = _as_floats(max_val, img1, img2)
        images = [img1, img2]
        heads = [each[:-3] for each in (shape1, shape2)]
        tails = [each[-3:] for each in (shape1, shape2)]
        divisor = constant([2, 2, 1], dtype=dtypes.int32)
        parts: list[Tensor] = []
        for scale in range(len(power_factors)):
            with name_scope(None, f"Scale{scale}", images):
                if scale > 0:
                    images, tails = _halved(images, heads, tails, divisor)
                of_channels, contrast = _of_channels(
                    images[0], images[1], max_val, filter_size, filter_sigma, k1, k2
                )
                parts.append(relu(contrast))
        parts.pop()
        factors = stack([*parts, relu(of_channels)], axis=-1)
        return reduce_mean(reduce_prod(pow(factors, power_factors), [-1]), [-1])


def _halved(
    images: list[Tensor], heads: list[Tensor], tails: list[Tensor], divisor: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """Pictures of half the size, odd ones with the last row or column twice, and their sizes."""
    flat = [reshape(each, concat([[-1], tail], 0)) for each, tail in zip(images, tails, strict=True)]
    rest = tails[0] % divisor

    def even() -> list[Tensor]:
        borders = pad(expand_dims(rest, -1), [[1, 0], [1, 0]])
        return [pad(each, borders, mode="SYMMETRIC") for each in flat]

    padded = cond(reduce_any(not_equal(rest, 0)), even, lambda: flat)
    window = [1, 2, 2, 1]
    smaller = [avg_pool(each, ksize=window, strides=window, padding="VALID") for each in padded]
    tails = [each[1:] for each in shape_n(smaller)]
    joined = [
        reshape(each, concat([head, tail], 0)) for each, head, tail in zip(smaller, heads, tails, strict=True)
    ]
    return joined, tails


# -- differences of pixels --------------------------------------------------------


def total_variation(images: Tensor, name: str | None = None) -> Tensor:
    """The sum of the differences of neighbors in a picture, or in each of a batch.

    Raises:
        ValueError: it has neither three nor four dimensions.
    """
    with name_scope(name, "total_variation"):
        rank = images.get_shape().ndims
        if rank == 3:
            down = images[1:, :, :] - images[:-1, :, :]
            across = images[:, 1:, :] - images[:, :-1, :]
            axes = None
        elif rank == 4:
            down = images[:, 1:, :, :] - images[:, :-1, :, :]
            across = images[:, :, 1:, :] - images[:, :, :-1, :]
            axes = [1, 2, 3]
        else:
            raise ValueError("'images' must be either 3 or 4-dimensional.")
        return reduce_sum(abs(down), axis=axes) + reduce_sum(abs(across), axis=axes)


def image_gradients(image: Tensor) -> tuple[Tensor, Tensor]:
    """The differences of each pixel to the one below and the one on the right; 0 in the last row or column.

    Args:
        image: (batch, height, width, channels).

    Raises:
        ValueError: it has another rank.
    """
    if image.get_shape().ndims != 4:
        raise ValueError(
            "image_gradients expects a 4D tensor [batch_size, h, w, d], not %s.", image.get_shape()
        )
    sizes = shape(image)
    batch, height, width, depth = unstack(sizes)
    down = image[:, 1:, :, :] - image[:, :-1, :, :]
    across = image[:, :, 1:, :] - image[:, :, :-1, :]
    last = stack([batch, 1, width, depth])
    down = reshape(concat([down, zeros(last, image.dtype)], 1), sizes)
    last = stack([batch, height, 1, depth])
    across = reshape(concat([across, zeros(last, image.dtype)], 2), sizes)
    return down, across


def sobel_edges(image: Tensor) -> Tensor:
    """The results of both Sobel filters, (batch, height, width, channels, 2): down and across.

    Args:
        image: floats (batch, height, width, channels).
    """
    static = image.get_shape()
    sizes = shape(image)
    down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
    filters = constant(np.stack([down, down.T], axis=-1)[:, :, None, :], dtype=image.dtype)
    filters = tile(filters, [1, 1, sizes[-1], 1], name="sobel_filters")
    padded = pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    edges = depthwise_conv2d(padded, filters, [1, 1, 1, 1], "VALID")
    edges = reshape(edges, shape=concat([sizes, [2]], 0))
    edges.set_shape(static.concatenate([2]))
    return edges
