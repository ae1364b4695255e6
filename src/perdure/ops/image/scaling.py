"""ScaleAndTranslate: resizing by a filter, which is widened where a picture becomes smaller.

Filters and spans are those of tensorflow/core/kernels/sampling_kernels.h and scale_and_translate_op.cc.
"""

import numpy as np

from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.image import sampling
from perdure.ops.registry import op
from perdure.ops.traits import WINDOW

# -- filters ----------------------------------------------------------------------


def lanczos(radius):
    def weights(x):
        with np.errstate(invalid="ignore", divide="ignore"):
            turn = np.pi * x
            wave = radius * np.sin(turn) * np.sin(turn / radius) / turn**2
        return np.where(x > radius, 0, np.where(x <= 1e-3, 1, wave))

    return radius, weights


def gaussian(x):
    sigma = 0.5
    return np.where(x >= 1.5, 0, np.exp(-(x**2) / (2 * sigma**2)))


def box(x):
    return np.where(x < 0.5, 1, np.where(x == 0.5, 0.5, 0))


def triangle(x):
    return np.maximum(1 - x, 0)


def keys_cubic(x):
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x >= 2, 0, np.where(x >= 1, far, near))


def mitchell_cubic(x):
    near = (7 / 6 * x - 2) * x * x + 8 / 9
    far = ((-7 / 18 * x + 2) * x - 10 / 3) * x + 16 / 9
    return np.where(x >= 2, 0, np.where(x >= 1, far, near))


# Radius and weights, by the distance from the center.
FILTERS = {
    "lanczos1": lanczos(1),
    "lanczos3": lanczos(3),
    "lanczos5": lanczos(5),
    "gaussian": (1.5, gaussian),
    "box": (0.5, box),
    "triangle": (1, triangle),
    "keyscubic": (2, keys_cubic),
    "mitchellcubic": (2, mitchell_cubic),
}


def filter_taps(kernel_type, antialias, in_size, out_size, scale, translation):
    """What each place of the result is made of; nothing where it lies outside of the input."""
    radius, weigh = FILTERS[kernel_type]
    inverse = np.float32(1) / np.float32(scale)
    shift = -inverse * np.float32(translation)
    wide = max(inverse, np.float32(1)) if antialias else np.float32(1)
    at = (np.arange(out_size, dtype=np.float32) + np.float32(0.5)) * inverse + shift
    reach = np.float32(radius * wide)
    first = np.clip(np.ceil(at - reach - np.float32(0.5)), 0, in_size - 1).astype(np.int64)
    last = np.clip(np.floor(at + reach - np.float32(0.5)), 0, in_size - 1).astype(np.int64)
    places = first[:, None] + np.arange(int((last - first).max()) + 1)
    centers = places.astype(np.float32) + np.float32(0.5)
    weights = weigh(np.abs((centers - at[:, None]) * (np.float32(1) / wide)).astype(np.float32))
    is_inside = (at >= 0) & (at <= in_size)
    weights = np.where((places <= last[:, None]) & is_inside[:, None], weights, 0).astype(np.float32)
    total = weights.sum(1, keepdims=True, dtype=np.float32)
    # A sum near zero is left as it is.
    is_some = np.abs(total) >= 1000 * np.finfo(np.float32).tiny
    weights = np.where(is_some, weights / np.where(is_some, total, 1), 0).astype(np.float32)
    return sampling.Taps(np.clip(places, 0, in_size - 1), weights)


def checked_filter(kernel_type):
    if kernel_type not in FILTERS:
        raise invalid(f"Unrecognized kernel type: {kernel_type}")
    return kernel_type


def pair(values, name):
    """The entries of a vector of two numbers for height and width."""
    if np.ndim(values) != 1:
        raise invalid(f"{name} must be 1-dimensional{format_shape(np.shape(values))}")
    if np.size(values) != 2:
        raise invalid(f"{name} must have two elements{format_shape(np.shape(values))}")
    return [np.float32(each) for each in values]


def matrices(in_sizes, out_sizes, scale, translation, kernel_type, antialias):
    """The matrices by which height and width are multiplied."""
    scales = pair(scale, "scale")
    if min(scales) <= 0:
        raise invalid("Scale must be greater than zero.")
    translations = pair(translation, "translation")
    kernel_type = checked_filter(kernel_type)
    found = []
    for in_size, *numbers in zip(in_sizes, out_sizes, scales, translations, strict=True):
        found.append(sampling.matrix_of(filter_taps(kernel_type, antialias, in_size, *numbers), in_size))
    return found


# -- ScaleAndTranslate ------------------------------------------------------------

scale_and_translate = op("ScaleAndTranslate", static=["size", "scale", "translation"], work=WINDOW)


@scale_and_translate.shape
def scale_and_translate_shape(images, size, shape_of_size):
    return sampling.resized_shape(images, size, shape_of_size)


@scale_and_translate.kernel
def scale_and_translate_kernel(xp, images, size, scale, translation, *, kernel_type, antialias):
    sizes = sampling.checked_size(images, size)
    result = xp.asarray(images).astype(np.float32)
    both = matrices(result.shape[1:3], sizes, scale, translation, kernel_type, antialias)
    for axis, matrix in zip((1, 2), both, strict=True):
        result = sampling.along(xp, result, axis, matrix)
    return result


@scale_and_translate.gradient
def scale_and_translate_gradient(g, d_resized_images, images, scale, translation, *, kernel_type, antialias):
    options = {"kernel_type": kernel_type, "antialias": antialias}
    return {"images": g.scale_and_translate_grad(d_resized_images, images, scale, translation, **options)}


scale_and_translate_grad = op("ScaleAndTranslateGrad", static=["scale", "translation"], work=WINDOW)


@scale_and_translate_grad.shape
def scale_and_translate_grad_shape(original_image):
    return original_image


@scale_and_translate_grad.kernel
def scale_and_translate_grad_kernel(xp, grads, original_image, scale, translation, *, kernel_type, antialias):
    sizes = original_image.shape[1:3]
    both = matrices(sizes, grads.shape[1:3], scale, translation, kernel_type, antialias)
    for axis, matrix in zip((1, 2), both, strict=True):
        grads = sampling.along(xp, grads, axis, matrix.T)
    return grads


scale_and_translate_grad.refuse_gradient()
