"""Colors and types of pictures: `tf.image.convert_image_dtype`, `tf.image.adjust_hue` and their like."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, identity, ones, rank, shape
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import tile
from perdure.functional.control.control import with_dependencies
from perdure.functional.image.checks import checked_grayscale, checked_image, required
from perdure.functional.math.binary import add, div, maximum, multiply
from perdure.functional.math.cast import cast, saturate_cast
from perdure.functional.math.products import tensordot
from perdure.functional.math.reductions import reduce_mean, reduce_prod, reduce_std
from perdure.functional.math.unary import rsqrt
from perdure.functional.plain import function_of
from perdure.functional.random.random import random_uniform
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

_RGB_WEIGHTS = [0.2989, 0.5870, 0.1140]
# The matrices of the color systems of analog television, as TensorFlow rounds them.
_TO_YIQ = [
    [0.299, 0.59590059, 0.2115],
    [0.587, -0.27455667, -0.52273617],
    [0.114, -0.32134392, 0.31119955],
]
_FROM_YIQ: list[list[float]] = [
    [1, 1, 1],
    [0.95598634, -0.27201283, -1.10674021],
    [0.6208248, -0.64720424, 1.70423049],
]
_TO_YUV = [
    [0.299, -0.14714119, 0.61497538],
    [0.587, -0.28886916, -0.51496512],
    [0.114, 0.43601035, -0.10001026],
]
_FROM_YUV: list[list[float]] = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]

# -- types ------------------------------------------------------------------------


def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: str | None = None) -> Tensor:
    """A picture in another type: floats are from 0 to 1, integers from 0 to the largest of their type.

    Args:
        image: a picture.
        dtype: the type.
        saturate: whether what does not fit becomes the nearest value that does.
        name: the name of the node.

    Raises:
        AttributeError: `dtype` is neither a float nor an integer type.
    """
    image = convert_to_tensor(image, name="image")
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating and not dtype.is_integer:
        raise AttributeError("dtype must be either floating point or integer")
    if dtype == image.dtype:
        return identity(image, name=name)
    convert = saturate_cast if saturate else cast
    with name_scope(name, "convert_image", [image]) as scope:
        if image.dtype.is_floating and dtype.is_floating:
            return cast(image, dtype, name=scope)
        if image.dtype.is_floating:
            # The half avoids that what is just below a number is cut off.
            return convert(multiply(image, dtype.max + 0.5), dtype, name=scope)
        if dtype.is_floating:
            return multiply(cast(image, dtype), 1.0 / image.dtype.max, name=scope)
        if image.dtype.max > dtype.max:
            return convert(div(image, (image.dtype.max + 1) // (dtype.max + 1)), dtype, name=scope)
        return multiply(convert(image, dtype), (dtype.max + 1) // (image.dtype.max + 1), name=scope)


def _as_float(image: Tensor) -> Tensor:
    return (
        image
        if image.dtype in (dtypes.float16, dtypes.float32)
        else convert_image_dtype(image, dtypes.float32)
    )


def per_image_standardization(image: Any) -> Tensor:
    """A picture, or each of a batch, with mean 0 and variance 1.

    Args:
        image: (..., height, width, channels).

    Returns:
        (image - mean) / max(stddev, 1 / sqrt(number of its elements)), of the same type.

    Raises:
        ValueError: it has fewer than three dimensions.
    """
    with name_scope(None, "per_image_standardization", [image]) as scope:
        image = checked_image(convert_to_tensor(image, name="image"))
        before = image.dtype
        image = _as_float(image)
        count = reduce_prod(shape(image)[-3:])
        mean = reduce_mean(image, axis=[-1, -2, -3], keepdims=True)
        deviation = reduce_std(image, axis=[-1, -2, -3], keepdims=True)
        least = rsqrt(cast(count, image.dtype))
        divisor = maximum(deviation, least)
        image -= mean
        image = div(image, divisor, name=scope)
        return convert_image_dtype(image, before, saturate=True)


# -- brightness, contrast, gamma --------------------------------------------------


def adjust_brightness(image: Any, delta: Any) -> Tensor:
    """A picture with `delta` added to all values, as floats from 0 to 1; of the same type."""
    with name_scope(None, "adjust_brightness", [image, delta]) as name:
        image = convert_to_tensor(image, name="image")
        numbers = _as_float(image)
        adjusted = add(numbers, cast(delta, numbers.dtype), name=name)
        return convert_image_dtype(adjusted, image.dtype, saturate=True)


def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_brightness` by a number drawn from [-max_delta, max_delta).

    Raises:
        ValueError: `max_delta` is negative.
    """
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, seed=seed))


def adjust_contrast(images: Any, contrast_factor: Any) -> Tensor:
    """Pictures with the differences to the mean of each channel multiplied by a factor; of the same type.

    Args:
        images: (..., height, width, channels).
        contrast_factor: the factor, a scalar.
    """
    with name_scope(None, "adjust_contrast", [images, contrast_factor]) as name:
        images = convert_to_tensor(images, name="images")
        adjusted = g.adjust_contrastv2(_as_float(images), contrast_factor=contrast_factor, name=name)
        return convert_image_dtype(adjusted, images.dtype, saturate=True)


def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_contrast` by a factor drawn from [lower, upper).

    Raises:
        ValueError: the interval is empty, or begins below 0.
    """
    return adjust_contrast(image, _factor(lower, upper, seed))


def _factor(lower: float, upper: float, seed: int | None) -> Tensor:
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return random_uniform([], lower, upper, seed=seed)


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """gain * image ** gamma, as floats from 0 to 1; of the same type as `image`.

    Raises:
        ValueError: `gamma` is negative.
    """
    with name_scope(None, "adjust_gamma", [image, gamma, gain]):
        image = convert_to_tensor(image, name="image")
        numbers = _as_float(image)
        checks = required(gamma >= 0, "Gamma should be a non-negative real number.")
        if checks:
            gamma = with_dependencies(checks, gamma)
        return convert_image_dtype(gain * numbers**gamma, image.dtype, saturate=True)


# -- hue, saturation --------------------------------------------------------------


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Tensor:
    """RGB pictures with `delta`, from -1 to 1, added to the hue, which is a circle; of the same type."""
    with name_scope(name, "adjust_hue", [image]):
        image = convert_to_tensor(image, name="image")
        return convert_image_dtype(g.adjust_hue(_as_float(image), delta), image.dtype)


def random_hue(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_hue` by a number drawn from [-max_delta, max_delta).

    Raises:
        ValueError: `max_delta` is not in [0, 0.5].
    """
    if max_delta > 0.5:
        raise ValueError("max_delta must be <= 0.5.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, seed=seed))


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Tensor:
    """RGB pictures with their saturation multiplied by a factor; of the same type."""
    with name_scope(name, "adjust_saturation", [image]):
        image = convert_to_tensor(image, name="image")
        return convert_image_dtype(g.adjust_saturation(_as_float(image), saturation_factor), image.dtype)


def random_saturation(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_saturation` by a factor drawn from [lower, upper).

    Raises:
        ValueError: the interval is empty, or begins below 0.
    """
    return adjust_saturation(image, _factor(lower, upper, seed))


# -- color systems ----------------------------------------------------------------

rgb_to_hsv = function_of(
    "RGBToHSV", "rgb_to_hsv", "images", says="Hue, saturation and value, from 0 to 1, of RGB pictures."
)
hsv_to_rgb = function_of(
    "HSVToRGB", "hsv_to_rgb", "images", says="RGB pictures of hue, saturation and value, from 0 to 1."
)


def rgb_to_grayscale(images: Any, name: str | None = None) -> Tensor:
    """RGB pictures as one channel; of the same type and rank."""
    with name_scope(name, "rgb_to_grayscale", [images]) as name:
        images = convert_to_tensor(images, name="images")
        numbers = convert_image_dtype(images, dtypes.float32)
        gray = tensordot(numbers, _RGB_WEIGHTS, [-1, -1])
        gray = expand_dims(gray, -1)
        return convert_image_dtype(gray, images.dtype, name=name)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """Pictures of one channel with three equal ones.

    Raises:
        ValueError: the last dimension is not 1.
    """
    with name_scope(name, "grayscale_to_rgb", [images]) as name:
        images = convert_to_tensor(checked_grayscale(images), name="images")
        others = expand_dims(rank(images) - 1, 0)
        times = [ones(others, dtype=dtypes.int32), expand_dims(3, 0)]
        rgb = tile(images, concat(times, 0), name=name)
        rgb.set_shape(images.get_shape()[:-1].concatenate([3]))
        return rgb


def _times(images: Any, matrix: list[list[float]]) -> Tensor:
    images = convert_to_tensor(images, name="images")
    kernel = convert_to_tensor(matrix, dtype=images.dtype, name="kernel")
    return tensordot(images, kernel, axes=[[images.get_shape().ndims - 1], [0]])


def rgb_to_yiq(images: Any) -> Tensor:
    """RGB pictures of floats in the YIQ system."""
    return _times(images, _TO_YIQ)


def yiq_to_rgb(images: Any) -> Tensor:
    """Pictures of the YIQ system as RGB."""
    return _times(images, _FROM_YIQ)


def rgb_to_yuv(images: Any) -> Tensor:
    """RGB pictures of floats in the YUV system."""
    return _times(images, _TO_YUV)


def yuv_to_rgb(images: Any) -> Tensor:
    """Pictures of the YUV system as RGB."""
    return _times(images, _FROM_YUV)
