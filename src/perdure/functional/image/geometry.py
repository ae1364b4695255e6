"""Flips, turns, crops and borders of pictures: `tf.image.flip_left_right`, `tf.image.central_crop` ..."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import reshape, shape
from perdure.functional.array.joining import stack
from perdure.functional.array.padding import pad
from perdure.functional.array.rearranging import reverse
from perdure.functional.array.rearranging import transpose as transpose_axes
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.array.values import is_tensor
from perdure.functional.control.cases import case
from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import with_dependencies
from perdure.functional.image.checks import (
    as_batch,
    as_before,
    checked_image,
    image_checks,
    is_single,
    required,
    sizes_of,
)
from perdure.functional.math.binary import equal, less, maximum, minimum, mod
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import round
from perdure.functional.random.random import random_uniform
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

# -- flips and turns --------------------------------------------------------------


def flip_left_right(image: Any) -> Tensor:
    """A picture, or each of a batch, mirrored: its first column becomes the last one.

    Args:
        image: (height, width, channels) or (batch, height, width, channels).

    Raises:
        ValueError: it has another rank.
    """
    return _flip(image, 1, "flip_left_right")


def flip_up_down(image: Any) -> Tensor:
    """A picture, or each of a batch, upside down; see `flip_left_right`."""
    return _flip(image, 0, "flip_up_down")


def _flip(image: Any, axis: int, scope: str) -> Tensor:
    with name_scope(None, scope, [image]):
        image = checked_image(convert_to_tensor(image, name="image"))
        if is_single(image):
            return _with_shape_of(image, reverse(image, [axis]))
        return reverse(image, [axis + 1])


def _with_shape_of(image: Tensor, result: Tensor) -> Tensor:
    static = image.get_shape()
    result.set_shape([None] * 3 if static.ndims is None else static)
    return result


def random_flip_left_right(image: Any, seed: int | None = None) -> Tensor:
    """A picture, or each of a batch by itself, mirrored or not, with the same probability.

    Args:
        image: (height, width, channels) or (batch, height, width, channels).
        seed: the op's seed; see `tf.set_random_seed`.

    Raises:
        ValueError: it has another rank.
    """
    return _random_flip(image, 1, seed, "random_flip_left_right")


def random_flip_up_down(image: Any, seed: int | None = None) -> Tensor:
    """A picture, or each of a batch by itself, upside down or not; see `random_flip_left_right`."""
    return _random_flip(image, 0, seed, "random_flip_up_down")


def _random_flip(image: Any, axis: int, seed: int | None, scope: str) -> Tensor:
    with name_scope(None, scope, [image]) as scope:
        image = checked_image(convert_to_tensor(image, name="image"))
        if is_single(image):
            is_flipped = less(random_uniform([], 0, 1.0, seed=seed), 0.5)
            result = cond(is_flipped, lambda: reverse(image, [axis]), lambda: image, name=scope)
            return _with_shape_of(image, result)
        count = shape(image)[0]
        drawn = random_uniform([count], 0, 1.0, seed=seed)
        flips = cast(round(reshape(drawn, [count, 1, 1, 1])), image.dtype)
        flipped = reverse(image, [axis + 1])
        return flips * flipped + (1 - flips) * image


def rot90(image: Any, k: Any = 1, name: str | None = None) -> Tensor:
    """A picture, or each of a batch, turned by 90 degrees against the clock, `k` times.

    Args:
        image: (height, width, channels) or (batch, height, width, channels).
        k: how often, an integer or a scalar int32.
        name: a scope for the nodes.

    Raises:
        ValueError: the image has another rank, or `k` is no scalar.
    """
    with name_scope(name, "rot90", [image, k]) as scope:
        image = checked_image(convert_to_tensor(image, name="image"))
        k = convert_to_tensor(k, dtype=dtypes.int32, name="k")
        k.get_shape().assert_has_rank(0)
        k = mod(k, 4)
        first = 0 if is_single(image) else 1
        swap = [1, 0, 2] if first == 0 else [0, 2, 1, 3]
        turns = [
            (equal(k, 1), lambda: transpose_axes(reverse(image, [first + 1]), swap)),
            (equal(k, 2), lambda: reverse(image, [first, first + 1])),
            (equal(k, 3), lambda: reverse(transpose_axes(image, swap), [first + 1])),
        ]
        result = case(turns, default=lambda: image, exclusive=True, name=scope)
        if first == 0:
            result.set_shape([None, None, image.get_shape()[2]])
        else:
            static = result.get_shape()
            result.set_shape([static[0], None, None, static[3]])
        return result


def transpose(image: Any, name: str | None = None) -> Tensor:
    """A picture, or each of a batch, with rows and columns swapped.

    Args:
        image: (height, width, channels) or (batch, height, width, channels).
        name: a scope for the nodes.

    Raises:
        ValueError: it has another rank.
    """
    with name_scope(name, "transpose", [image]):
        image = checked_image(convert_to_tensor(image, name="image"))
        swap = [1, 0, 2] if is_single(image) else [0, 2, 1, 3]
        return transpose_axes(image, swap, name=name)


# -- crops and borders ------------------------------------------------------------


def central_crop(image: Any, central_fraction: float) -> Tensor:
    """The middle of a picture, or of each of a batch.

    Args:
        image: (height, width, channels) or (batch, height, width, channels).
        central_fraction: how much of height and width is kept, in (0, 1].

    Raises:
        ValueError: the fraction is out of range, or the image has another rank.
    """
    with name_scope(None, "central_crop", [image]):
        image = convert_to_tensor(image, name="image")
        if central_fraction <= 0.0 or central_fraction > 1.0:
            raise ValueError("central_fraction must be within (0, 1]")
        if central_fraction == 1.0:
            return image
        checked_image(image)
        rank = image.get_shape().ndims
        if rank not in (3, 4):
            raise ValueError(
                f"`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = {rank}."
            )
        static = image.get_shape().as_list()
        sizes = [
            static[axis] if static[axis] is not None else shape(image)[axis] for axis in (rank - 3, rank - 2)
        ]
        starts = [_margin(size, central_fraction) for size in sizes]
        kept = [size - start * 2 for size, start in zip(sizes, starts, strict=True)]
        before = [] if rank == 3 else [0]
        begin = stack([*before, *starts, 0])
        size = stack([*([] if rank == 3 else [-1]), *kept, -1])
        image = slice_of(image, begin, size)
        image.set_shape([*static[:-3], *(None if is_tensor(each) else each for each in kept), static[-1]])
        return image


def _margin(size: Any, fraction: float) -> Any:
    if is_tensor(size):
        wide = cast(size, dtypes.float64)
        return cast((wide - wide * fraction) / 2, dtypes.int32)
    return int((float(size) - float(size) * fraction) / 2)


def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """A picture, or each of a batch, in a larger one of zeros.

    Args:
        image: (height, width, channels) or (batch, height, width, channels).
        offset_height, offset_width: rows above and columns to the left of it.
        target_height, target_width: the size of the result.

    Raises:
        ValueError: the image has another rank, or does not fit; InvalidArgumentError when the graph runs,
            if sizes are known then only.
    """
    with name_scope(None, "pad_to_bounding_box", [image]):
        image, is_batch = as_batch(convert_to_tensor(image, name="image"))
        checks = image_checks(image)
        batch, height, width, depth = sizes_of(image, 4)
        below_width = target_width - offset_width - width
        below_height = target_height - offset_height - height
        checks += required(offset_height >= 0, "offset_height must be >= 0")
        checks += required(offset_width >= 0, "offset_width must be >= 0")
        checks += required(below_width >= 0, "width must be <= target - offset")
        checks += required(below_height >= 0, "height must be <= target - offset")
        image = with_dependencies(checks, image)
        borders = stack([0, 0, offset_height, below_height, offset_width, below_width, 0, 0])
        padded = pad(image, reshape(borders, [4, 2]))
        padded.set_shape([None if is_tensor(i) else i for i in (batch, target_height, target_width, depth)])
        return as_before(padded, is_batch)


def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """A rectangle of a picture, or of each of a batch.

    Args:
        image: (height, width, channels) or (batch, height, width, channels).
        offset_height, offset_width: its first row and column.
        target_height, target_width: its size.

    Raises:
        ValueError: the image has another rank, or the rectangle is not in it; InvalidArgumentError when the
            graph runs, if sizes are known then only.
    """
    with name_scope(None, "crop_to_bounding_box", [image]):
        image, is_batch = as_batch(convert_to_tensor(image, name="image"))
        checks = image_checks(image)
        batch, height, width, depth = sizes_of(image, 4)
        checks += required(offset_width >= 0, "offset_width must be >= 0.")
        checks += required(offset_height >= 0, "offset_height must be >= 0.")
        checks += required(target_width > 0, "target_width must be > 0.")
        checks += required(target_height > 0, "target_height must be > 0.")
        checks += required(width >= (target_width + offset_width), "width must be >= target + offset.")
        checks += required(height >= (target_height + offset_height), "height must be >= target + offset.")
        image = with_dependencies(checks, image)
        cropped = slice_of(
            image,
            stack([0, offset_height, offset_width, 0]),
            stack([-1, target_height, target_width, -1]),
        )
        cropped.set_shape([None if is_tensor(i) else i for i in (batch, target_height, target_width, depth)])
        return as_before(cropped, is_batch)


def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Tensor:
    """A picture, or each of a batch, cut off or with zeros around it to have a size; its middle stays there.

    Args:
        image: (height, width, channels) or (batch, height, width, channels).
        target_height, target_width: the size of the result.

    Raises:
        ValueError: the image has another rank, or a size is not positive.
    """
    with name_scope(None, "resize_image_with_crop_or_pad", [image]):
        image, is_batch = as_batch(convert_to_tensor(image, name="image"))
        checks = image_checks(image)
        checks += required(target_width > 0, "target_width must be > 0.")
        checks += required(target_height > 0, "target_height must be > 0.")
        image = with_dependencies(checks, image)
        if is_tensor(target_height):
            target_height = with_dependencies(checks, target_height)
        if is_tensor(target_width):
            target_width = with_dependencies(checks, target_width)
        _, height, width, _ = sizes_of(image, 4)
        more_columns = target_width - width
        crop_left = larger(-more_columns // 2, 0)
        pad_left = larger(more_columns // 2, 0)
        more_rows = target_height - height
        crop_above = larger(-more_rows // 2, 0)
        pad_above = larger(more_rows // 2, 0)
        cropped = crop_to_bounding_box(
            image, crop_above, crop_left, _smaller(target_height, height), _smaller(target_width, width)
        )
        resized = pad_to_bounding_box(cropped, pad_above, pad_left, target_height, target_width)
        if resized.get_shape().ndims is None:
            raise ValueError("resized contains no shape.")
        _, height, width, _ = sizes_of(resized, 4)
        checks = required(_same(height, target_height), "resized height is not correct.")
        checks += required(_same(width, target_width), "resized width is not correct.")
        resized = with_dependencies(checks, resized)
        return as_before(resized, is_batch)


def larger(x: Any, y: Any) -> Any:
    """The larger one of two numbers, by a node if one is a tensor."""
    return maximum(x, y) if is_tensor(x) or is_tensor(y) else max(x, y)


def _smaller(x: Any, y: Any) -> Any:
    return minimum(x, y) if is_tensor(x) or is_tensor(y) else min(x, y)


def _same(x: Any, y: Any) -> Any:
    return equal(x, y) if is_tensor(x) or is_tensor(y) else x == y
