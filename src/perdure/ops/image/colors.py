"""Colors: RGB and HSV, and what adjusts contrast, hue and saturation."""

import numpy as np

from perdure.graph import errors
from perdure.graph.shapes import format_shape, with_rank_at_least, with_size
from perdure.ops.checks import invalid
from perdure.ops.image.hsv_gradient import hsv_gradient
from perdure.ops.registry import op

# -- shared by the family ---------------------------------------------------------


def colors_shape(images):
    """The shape of pictures, whose last axis must be three colors."""
    images = with_rank_at_least(images, 1)
    if images is not None:
        images = (*images[:-1], with_size(images[-1], 3))
    return images


def wide(images):
    """The type to compute in."""
    return np.float64 if images.dtype == np.float64 else np.float32


def to_hsv(xp, rgb):
    """Hue, saturation and value, all from 0 to 1."""
    red, green, blue = (rgb[..., i] for i in range(3))
    value = xp.max(rgb, axis=-1)
    span = value - xp.min(rgb, axis=-1)
    saturation = xp.where(value > 0, span / xp.where(value > 0, value, 1), 0)
    norm = 1 / (6 * xp.where(span > 0, span, 1))
    hue = xp.where(
        red == value,
        norm * (green - blue),
        xp.where(green == value, norm * (blue - red) + 2 / 6, norm * (red - green) + 4 / 6),
    )
    hue = xp.where(span > 0, hue, 0)
    hue = xp.where(hue < 0, hue + 1, hue)
    return xp.stack([hue, saturation, value], axis=-1).astype(rgb.dtype)


def to_rgb(xp, hsv):
    """Red, green and blue of hue, saturation and value."""
    hue, saturation, value = (hsv[..., i] for i in range(3))
    turn = hue * 6
    red = xp.clip(xp.abs(turn - 3) - 1, 0, 1)
    green = xp.clip(2 - xp.abs(turn - 2), 0, 1)
    blue = xp.clip(2 - xp.abs(turn - 4), 0, 1)
    shares = xp.stack([red, green, blue], axis=-1)
    rest = (1 - saturation)[..., None]
    return ((rest + saturation[..., None] * shares) * value[..., None]).astype(hsv.dtype)


# -- RGBToHSV, HSVToRGB -----------------------------------------------------------

rgb_to_hsv = op("RGBToHSV")
hsv_to_rgb = op("HSVToRGB")


@rgb_to_hsv.shape
@hsv_to_rgb.shape
def conversion_shape(images):
    return colors_shape(images)


def check_conversion(images):
    if np.ndim(images) < 1:
        raise invalid(f"input must be at least 1D{format_shape(np.shape(images))}")
    if images.shape[-1] != 3:
        said = f"input must have 3 channels but input only has {images.shape[-1]} channels."
        raise errors.FailedPreconditionError(None, None, said)


@rgb_to_hsv.kernel
def rgb_to_hsv_kernel(xp, images):
    check_conversion(images)
    return to_hsv(xp, images.astype(wide(images))).astype(images.dtype)


@hsv_to_rgb.kernel
def hsv_to_rgb_kernel(xp, images):
    check_conversion(images)
    return to_rgb(xp, images.astype(wide(images))).astype(images.dtype)


@rgb_to_hsv.gradient
def rgb_to_hsv_gradient(g, d_output, images, output):
    return {"images": hsv_gradient(g, d_output, images, output)}


hsv_to_rgb.not_differentiable("TensorFlow has no gradient for it")

# -- AdjustContrastv2, AdjustContrast ---------------------------------------------

adjust_contrast_v2 = op("AdjustContrastv2", ranks={"contrast_factor": 0})


@adjust_contrast_v2.shape
def adjust_contrast_v2_shape(images):
    return with_rank_at_least(images, 3)


@adjust_contrast_v2.kernel
def adjust_contrast_v2_kernel(xp, images, contrast_factor):
    check_contrast(images, contrast_factor=contrast_factor)
    numbers = images.astype(np.float32)
    return spread_from_mean(xp, numbers, contrast_factor).astype(images.dtype)


def check_contrast(images, **scalars):
    if np.ndim(images) < 3:
        raise invalid(f"input must be at least 3-D, got shape{format_shape(np.shape(images))}")
    for name, value in scalars.items():
        if np.ndim(value):
            raise invalid(f"{name} must be scalar: {format_shape(np.shape(value))}")


def spread_from_mean(xp, numbers, factor):
    """Each channel of each picture, with the differences to its mean multiplied by a factor."""
    mean = xp.mean(numbers, axis=(-3, -2), keepdims=True, dtype=np.float32)
    return (numbers - mean) * factor + mean


adjust_contrast_v2.refuse_gradient()

adjust_contrast = op("AdjustContrast", ranks={"contrast_factor": 0, "min_value": 0, "max_value": 0})


@adjust_contrast.shape
def adjust_contrast_shape(images):
    return with_rank_at_least(images, 3)


@adjust_contrast.kernel
def adjust_contrast_kernel(xp, images, contrast_factor, min_value, max_value):
    check_contrast(images, contrast_factor=contrast_factor, min_value=min_value, max_value=max_value)
    changed = spread_from_mean(xp, images.astype(np.float32), contrast_factor)
    return xp.clip(changed, min_value, max_value)


adjust_contrast.refuse_gradient()

# -- AdjustHue, AdjustSaturation --------------------------------------------------

adjust_hue = op("AdjustHue")
adjust_saturation = op("AdjustSaturation")


@adjust_hue.shape
@adjust_saturation.shape
def adjusted_shape(images):
    return with_rank_at_least(images, 3)


def check_adjusted(images, **scalars):
    check_contrast(images, **scalars)
    if images.shape[-1] != 3:
        raise invalid(f"input must have 3 channels but instead has {images.shape[-1]} channels.")


@adjust_hue.kernel
def adjust_hue_kernel(xp, images, delta):
    check_adjusted(images, delta=delta)
    hsv = to_hsv(xp, images.astype(np.float32))
    hue = hsv[..., 0] + xp.asarray(delta, np.float32)
    turned = xp.stack([hue - xp.floor(hue), hsv[..., 1], hsv[..., 2]], axis=-1)
    return to_rgb(xp, turned).astype(images.dtype)


@adjust_saturation.kernel
def adjust_saturation_kernel(xp, images, scale):
    check_adjusted(images, scale=scale)
    hsv = to_hsv(xp, images.astype(np.float32))
    saturation = xp.clip(hsv[..., 1] * scale, 0, 1)
    return to_rgb(xp, xp.stack([hsv[..., 0], saturation, hsv[..., 2]], axis=-1)).astype(images.dtype)


adjust_hue.refuse_gradient()
adjust_saturation.refuse_gradient()
