"""Resizing: bilinear, nearest neighbor, bicubic and by area, with their gradients."""

import numpy as np

from perdure.graph.shapes import with_rank, with_size
from perdure.ops.checks import invalid
from perdure.ops.image import sampling
from perdure.ops.registry import op
from perdure.ops.traits import WINDOW

# -- shared by the family ---------------------------------------------------------


def resize(op_type):
    """An op that resizes `images` to `size`."""
    made = op(op_type, static=["size"], work=WINDOW)

    @made.shape
    def resize_shape(images, size, shape_of_size):
        return sampling.resized_shape(images, size, shape_of_size)

    return made


def as_float(xp, images):
    return xp.asarray(images).astype(np.float32)


def spread_back(xp, grads, sizes, taps, dtype):
    """The gradient of weighted sums: what each pixel of the input gave is put back to it."""
    wide = np.float64 if dtype == np.float64 else np.float32
    grads = grads.astype(wide)
    for axis, each in zip((1, 2), taps, strict=True):
        grads = sampling.along(xp, grads, axis, sampling.matrix_of(each, sizes[axis - 1], wide).T)
    return grads.astype(dtype)


def check_gradient(grads, original_image):
    """InvalidArgumentError unless both are batches of pictures."""
    for name, array in (("input_grad", grads), ("original_image", original_image)):
        if array.ndim != 4:
            raise invalid(f"{name} must be 4-dimensional")


# -- ResizeBilinear ---------------------------------------------------------------

resize_bilinear = resize("ResizeBilinear")


@resize_bilinear.kernel
def resize_bilinear_kernel(xp, images, size, *, align_corners, half_pixel_centers):
    if align_corners and half_pixel_centers:
        raise invalid("If half_pixel_centers is True, align_corners must be False.")
    height, width = sampling.checked_size(images, size)
    _, in_height, in_width, _ = images.shape
    lower, upper, row_share = sampling.linear(in_height, height, align_corners, half_pixel_centers)
    rows, places = np.unique(np.concatenate([lower, upper]), return_inverse=True)
    if len(rows) < in_height:
        images, lower, upper = xp.take_clipped(images, rows, 1), places[:height], places[height:]
    columns = sampling.linear(in_width, width, align_corners, half_pixel_centers)
    across = sampling.between(xp, as_float(xp, images), 2, *columns)
    return sampling.between(xp, across, 1, lower, upper, row_share)


@resize_bilinear.gradient
def resize_bilinear_gradient(g, d_resized_images, images, *, align_corners, half_pixel_centers):
    options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    return {"images": g.resize_bilinear_grad(d_resized_images, images, **options)}


resize_bilinear_grad = op("ResizeBilinearGrad", work=WINDOW)


@resize_bilinear_grad.shape
def resize_bilinear_grad_shape(original_image):
    return original_image


@resize_bilinear_grad.kernel
def resize_bilinear_grad_kernel(xp, grads, original_image, *, align_corners, half_pixel_centers):
    check_gradient(grads, original_image)
    sizes = original_image.shape[1:3]
    taps = [
        sampling.linear_taps(size, out_size, align_corners, half_pixel_centers)
        for size, out_size in zip(sizes, grads.shape[1:3], strict=True)
    ]
    return spread_back(xp, grads, sizes, taps, original_image.dtype)


resize_bilinear_grad.refuse_gradient()

# -- ResizeNearestNeighbor --------------------------------------------------------

resize_nearest_neighbor = resize("ResizeNearestNeighbor")


@resize_nearest_neighbor.kernel
def resize_nearest_neighbor_kernel(xp, images, size, *, align_corners, half_pixel_centers):
    if align_corners and half_pixel_centers:
        raise invalid("If half_pixel_centers is True, align_corners must be False.")
    sizes = sampling.checked_size(images, size)
    for axis, out_size in zip((1, 2), sizes, strict=True):
        places = sampling.nearest(images.shape[axis], out_size, align_corners, half_pixel_centers)
        images = xp.take_clipped(images, places, axis)
    return images


@resize_nearest_neighbor.gradient
def resize_nearest_neighbor_gradient(g, d_resized_images, images, *, align_corners, half_pixel_centers):
    shape = images.get_shape()[1:3]
    size = shape if shape.is_fully_defined() else g.shape(images)[1:3]
    options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    return {"images": g.resize_nearest_neighbor_grad(d_resized_images, size, **options)}


resize_nearest_neighbor_grad = op("ResizeNearestNeighborGrad", static=["size"], work=WINDOW)


@resize_nearest_neighbor_grad.shape
def resize_nearest_neighbor_grad_shape(grads, size, shape_of_size):
    batch, _, _, channels = with_rank(grads, 4)
    with_size(with_rank(shape_of_size, 1)[0], 2)
    height, width = (None, None) if size is None else (int(each) for each in size)
    return (batch, height, width, channels)


@resize_nearest_neighbor_grad.kernel
def resize_nearest_neighbor_grad_kernel(xp, grads, size, *, align_corners, half_pixel_centers):
    sizes = sampling.checked_size(grads, size)
    wide = grads.dtype if grads.dtype.kind in "iu" or grads.dtype == np.float64 else np.float32
    result = grads.astype(wide)
    for axis, in_size in zip((1, 2), sizes, strict=True):
        places = sampling.nearest(in_size, grads.shape[axis], align_corners, half_pixel_centers)
        taps = sampling.Taps(places[:, None], np.ones((len(places), 1)))
        result = sampling.along(xp, result, axis, sampling.matrix_of(taps, in_size, wide).T)
    return result.astype(grads.dtype)


resize_nearest_neighbor_grad.refuse_gradient()

# -- ResizeBicubic ----------------------------------------------------------------

resize_bicubic = resize("ResizeBicubic")


@resize_bicubic.kernel
def resize_bicubic_kernel(xp, images, size, *, align_corners, half_pixel_centers):
    if align_corners and half_pixel_centers:
        raise invalid("If half_pixel_centers is True, align_corners must be False.")
    sizes = sampling.checked_size(images, size)
    result = as_float(xp, images)
    for axis, out_size in zip((1, 2), sizes, strict=True):
        taps = sampling.cubic_taps(result.shape[axis], out_size, align_corners, half_pixel_centers)
        result = sampling.tapped(xp, result, axis, taps)
    return result


@resize_bicubic.gradient
def resize_bicubic_gradient(g, d_resized_images, images, *, align_corners, half_pixel_centers):
    if images.dtype.base_dtype.name not in ("float32", "float64"):
        return {}
    options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    return {"images": g.resize_bicubic_grad(d_resized_images, images, **options)}


resize_bicubic_grad = op("ResizeBicubicGrad", work=WINDOW)
resize_bicubic_grad.shape(resize_bilinear_grad_shape)


@resize_bicubic_grad.kernel
def resize_bicubic_grad_kernel(xp, grads, original_image, *, align_corners, half_pixel_centers):
    check_gradient(grads, original_image)
    sizes = original_image.shape[1:3]
    taps = [
        sampling.cubic_taps(size, out_size, align_corners, half_pixel_centers)
        for size, out_size in zip(sizes, grads.shape[1:3], strict=True)
    ]
    return spread_back(xp, grads, sizes, taps, original_image.dtype)


resize_bicubic_grad.refuse_gradient()

# -- ResizeArea -------------------------------------------------------------------

resize_area = resize("ResizeArea")


@resize_area.kernel
def resize_area_kernel(xp, images, size, *, align_corners):
    sizes = sampling.checked_size(images, size)
    result = as_float(xp, images)
    for axis, out_size in zip((1, 2), sizes, strict=True):
        in_size = result.shape[axis]
        matrix = sampling.matrix_of(sampling.area_taps(in_size, out_size, align_corners), in_size)
        result = sampling.along(xp, result, axis, matrix)
    return result


resize_area.refuse_gradient()
