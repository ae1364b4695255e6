"""CropAndResize: parts of pictures, all resized to one size, with the gradients for pictures and boxes."""

import numpy as np

from perdure.graph import errors
from perdure.graph.shapes import format_shape, merge_size, with_rank, with_size
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import WINDOW

# -- shared by the family ---------------------------------------------------------


def check_boxes(boxes, box_ind):
    """InvalidArgumentError unless there are n boxes of four numbers and n indices."""
    if np.size(boxes) == 0 and np.size(box_ind) == 0:
        return
    if np.ndim(boxes) != 2:
        raise invalid(f"boxes must be 2-D{format_shape(np.shape(boxes))}")
    if np.shape(boxes)[1] != 4:
        raise invalid("boxes must have 4 columns")
    if np.ndim(box_ind) != 1:
        raise invalid(f"box_index must be 1-D{format_shape(np.shape(box_ind))}")
    if np.shape(box_ind)[0] != np.shape(boxes)[0]:
        raise invalid("box_index has incompatible shape")


def require_box_indices(xp, box_ind, batch):
    xp.require(
        xp.in_range(box_ind, batch), "box_index has values outside [0, batch_size)", errors.OutOfRangeError
    )


def sampled(xp, boxes, axis, in_size, out_size):
    """Where the pixels of each box are along an axis, (boxes, out_size), and which are in the picture."""
    first, last = boxes[:, axis, None], boxes[:, axis + 2, None]
    reach = np.float32(in_size - 1)
    if out_size > 1:
        scale = (last - first) * reach / np.float32(out_size - 1)
        at = first * reach + np.arange(out_size, dtype=np.float32) * scale
    else:
        at = np.float32(0.5) * (first + last) * reach
    return at, (at >= 0) & (at <= reach)


def neighbors(xp, at, in_size):
    """The places below and above positions, and how far they are from the former."""
    below = xp.floor(at)
    lower = xp.clip(below, 0, in_size - 1).astype(np.int32)
    upper = xp.clip(xp.ceil(at), 0, in_size - 1).astype(np.int32)
    return lower, upper, at - below


def away_from_zero(xp, at):
    """Rounded as by C's roundf."""
    return xp.where(at < 0, -xp.floor(0.5 - at), xp.floor(at + np.float32(0.5)))


def corners(xp, boxes, sizes, crop_sizes, method):
    """The pixels that each pixel of a crop is made of: [(rows, columns, weights)], and which are inside.

    rows is (boxes, crop height, 1), columns (boxes, 1, crop width), weights broadcasts to both.
    """
    found, inside = [], []
    for axis, (in_size, out_size) in enumerate(zip(sizes, crop_sizes, strict=True)):
        at, is_inside = sampled(xp, boxes, axis, in_size, out_size)
        inside.append(is_inside)
        if method == "nearest":
            place = xp.clip(away_from_zero(xp, at), 0, in_size - 1).astype(np.int32)
            found.append([(place, xp.ones(at.shape, np.float32))])
        else:
            lower, upper, share = neighbors(xp, at, in_size)
            found.append([(lower, 1 - share), (upper, share)])
    is_inside = inside[0][:, :, None] & inside[1][:, None, :]
    pixels = [
        (rows[:, :, None], columns[:, None, :], row_weight[:, :, None] * column_weight[:, None, :])
        for rows, row_weight in found[0]
        for columns, column_weight in found[1]
    ]
    return pixels, is_inside


def pixel_numbers(batch_indices, rows, columns, height, width):
    """The places of pixels in pictures that are laid out as rows of channels."""
    return (batch_indices[:, None, None] * height + rows) * width + columns


# -- CropAndResize ----------------------------------------------------------------

crop_and_resize = op("CropAndResize", static=["crop_size"], work=WINDOW)


@crop_and_resize.shape
def crop_and_resize_shape(image, boxes, box_ind, crop_size, shape_of_crop_size):
    *_, depth = with_rank(image, 4)
    count, coordinates = with_rank(boxes, 2)
    (indices,) = with_rank(box_ind, 1)
    count = merge_size(count, indices)
    with_size(coordinates, 4)
    with_size(with_rank(shape_of_crop_size, 1)[0], 2)
    height, width = (None, None) if crop_size is None else (int(each) for each in crop_size)
    return (count, height, width, depth)


@crop_and_resize.kernel
def crop_and_resize_kernel(xp, image, boxes, box_ind, crop_size, *, method, extrapolation_value):
    if image.ndim != 4:
        raise invalid(f"input image must be 4-D{format_shape(image.shape)}")
    batch, height, width, depth = image.shape
    if height <= 0 or width <= 0:
        raise invalid("image dimensions must be positive")
    check_boxes(boxes, box_ind)
    if np.ndim(crop_size) != 1:
        raise invalid(f"crop_size must be 1-D{format_shape(np.shape(crop_size))}")
    if np.size(crop_size) != 2:
        raise invalid(f"crop_size must have two elements{format_shape(np.shape(crop_size))}")
    crop_sizes = tuple(int(each) for each in crop_size)
    if min(crop_sizes) <= 0:
        raise invalid("crop dimensions must be positive")
    if boxes.shape[0] == 0:
        return xp.zeros((0, *crop_sizes, depth), np.float32)
    require_box_indices(xp, box_ind, batch)
    pixels, is_inside = corners(xp, boxes, (height, width), crop_sizes, method)
    rows_of_channels = xp.reshape(image, (-1, depth))
    corner = [
        xp.take_clipped(rows_of_channels, pixel_numbers(box_ind, *places, height, width), 0).astype(
            np.float32
        )
        for *places, _ in pixels
    ]
    if method == "nearest":
        crops = corner[0]
    else:
        row_share, column_share = shares(xp, boxes, (height, width), crop_sizes)
        top = corner[0] + (corner[1] - corner[0]) * column_share
        bottom = corner[2] + (corner[3] - corner[2]) * column_share
        crops = top + (bottom - top) * row_share
    return xp.where(is_inside[..., None], crops, np.float32(extrapolation_value))


def shares(xp, boxes, sizes, crop_sizes):
    """How far pixels of crops are from their upper and from their left neighbours."""
    at_row, at_column = (
        sampled(xp, boxes, axis, in_size, out_size)[0]
        for axis, (in_size, out_size) in enumerate(zip(sizes, crop_sizes, strict=True))
    )
    return (at_row - xp.floor(at_row))[:, :, None, None], (at_column - xp.floor(at_column))[:, None, :, None]


@crop_and_resize.gradient
def crop_and_resize_gradient(g, d_crops, image, boxes, box_ind, *, T, method):
    shape = image.get_shape()
    sizes = shape.as_list() if shape.is_fully_defined() else g.shape(image)
    found = {}
    if image.dtype.base_dtype.name in ("float16", "float32", "float64"):
        found["image"] = g.crop_and_resize_grad_image(d_crops, boxes, box_ind, sizes, T=T, method=method)
    found["boxes"] = g.crop_and_resize_grad_boxes(d_crops, image, boxes, box_ind)
    return found


# -- CropAndResizeGradImage -------------------------------------------------------

crop_and_resize_grad_image = op(
    "CropAndResizeGradImage", static=["image_size"], sizes=["image_size"], work=WINDOW
)


@crop_and_resize_grad_image.shape
def crop_and_resize_grad_image_shape(image_size):
    return with_rank(image_size, 4)


@crop_and_resize_grad_image.kernel
def crop_and_resize_grad_image_kernel(xp, grads, boxes, box_ind, image_size, *, T, method):
    if grads.ndim != 4:
        raise invalid(f"grads image must be 4-D{format_shape(grads.shape)}")
    if grads.shape[1] <= 0 or grads.shape[2] <= 0:
        raise invalid("grads dimensions must be positive")
    check_boxes(boxes, box_ind)
    if np.shape(boxes)[0] != grads.shape[0]:
        raise invalid("boxes and grads have incompatible shape")
    if np.ndim(image_size) != 1:
        raise invalid(f"image_size must be 1-D{format_shape(np.shape(image_size))}")
    if np.size(image_size) != 4:
        raise invalid(f"image_size must have 4 elements{format_shape(np.shape(image_size))}")
    batch, height, width, depth = (int(each) for each in image_size)
    if height <= 0 or width <= 0:
        raise invalid("image dimensions must be positive")
    if depth != grads.shape[3]:
        raise invalid("image_size and grads are incompatible")
    require_box_indices(xp, box_ind, batch)
    wide = np.float64 if T.name == "float64" else np.float32
    result = xp.zeros((batch * height * width, depth), wide)
    pixels, is_inside = corners(xp, boxes, (height, width), grads.shape[1:3], method)
    for rows, columns, weights in pixels:
        numbers = pixel_numbers(box_ind, rows, columns, height, width)
        shares = grads * xp.where(is_inside, weights, 0)[..., None]
        result = xp.scatter_rows(result, numbers, shares.astype(wide), "add")
    return xp.reshape(result, (batch, height, width, depth)).astype(T.as_numpy_dtype)


crop_and_resize_grad_image.refuse_gradient()

# -- CropAndResizeGradBoxes -------------------------------------------------------

crop_and_resize_grad_boxes = op("CropAndResizeGradBoxes", work=WINDOW)


@crop_and_resize_grad_boxes.shape
def crop_and_resize_grad_boxes_shape(boxes):
    return boxes


@crop_and_resize_grad_boxes.kernel
def crop_and_resize_grad_boxes_kernel(xp, grads, image, boxes, box_ind):
    if grads.ndim != 4:
        raise invalid(f"grads image must be 4-D{format_shape(grads.shape)}")
    crop_height, crop_width = grads.shape[1:3]
    if crop_height <= 0 or crop_width <= 0:
        raise invalid("grads dimensions must be positive")
    if image.ndim != 4:
        raise invalid(f"input image must be 4-D{format_shape(image.shape)}")
    batch, height, width, depth = image.shape
    if height <= 0 or width <= 0:
        raise invalid("image dimensions must be positive")
    if depth != grads.shape[3]:
        raise invalid("image, grads depth differ")
    check_boxes(boxes, box_ind)
    if np.shape(boxes)[0] != grads.shape[0]:
        raise invalid("boxes and grads have incompatible shape")
    require_box_indices(xp, box_ind, batch)
    sizes, crop_sizes = (height, width), (crop_height, crop_width)
    pixels, is_inside = corners(xp, boxes, sizes, crop_sizes, "bilinear")
    rows_of_channels = xp.reshape(image, (-1, depth))
    top_left, top_right, bottom_left, bottom_right = (
        xp.take_clipped(rows_of_channels, pixel_numbers(box_ind, *places, height, width), 0).astype(
            np.float32
        )
        for *places, _ in pixels
    )
    row_share, column_share = shares(xp, boxes, sizes, crop_sizes)
    grads = xp.where(is_inside[..., None], grads, 0)
    down = (1 - column_share) * (bottom_left - top_left) + column_share * (bottom_right - top_right)
    across = (1 - row_share) * (top_right - top_left) + row_share * (bottom_right - bottom_left)
    d_row = xp.sum(grads * down, axis=3)
    d_column = xp.sum(grads * across, axis=3)
    y1, y2 = ends(xp, xp.sum(d_row, axis=2), height, crop_height)
    x1, x2 = ends(xp, xp.sum(d_column, axis=1), width, crop_width)
    return xp.stack([y1, x1, y2, x2], axis=1).astype(np.float32)


def ends(xp, d_positions, in_size, out_size):
    """What the gradients of the positions along an axis are for the first and the last one, (boxes,)."""
    reach = np.float32(in_size - 1)
    if out_size > 1:
        share = np.arange(out_size, dtype=np.float32) / np.float32(out_size - 1)
        return xp.sum(d_positions * (reach * (1 - share)), axis=1), xp.sum(
            d_positions * (reach * share), axis=1
        )
    half = xp.sum(d_positions * (np.float32(0.5) * reach), axis=1)
    return half, half


crop_and_resize_grad_boxes.refuse_gradient()
