"""Resizing: `tf.image.resize_images` and what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import expand_dims, shape, squeeze, zeros
from perdure.functional.control.control import with_dependencies
from perdure.functional.image.checks import as_batch, as_before, image_checks, required, sizes_of
from perdure.functional.image.geometry import larger, pad_to_bounding_box
from perdure.functional.math.binary import minimum
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import floor, round
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant_value_as_shape
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.platform.deprecation import warn_once

_IMPL = "tensorflow.python.ops.image_ops_impl"


class ResizeMethod:
    """How `tf.image.resize_images` resizes."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


class ResizeMethodV2:
    """How `resize_images_v2` resizes."""

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


# The filters of the methods that can be antialiased, or always are.
_FILTERS = {"bilinear": "triangle", "bicubic": "keyscubic"}


def resize_images(
    images: Any,
    size: Any,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> Tensor:
    """Pictures in another size.

    Args:
        images: (batch, height, width, channels) or (height, width, channels).
        size: the new height and width, an int32 vector.
        method: one of `ResizeMethod`, or its name.
        align_corners: whether the centers of the pixels in the corners keep their places.
        preserve_aspect_ratio: whether the result is the largest of these proportions that fits into `size`.
        name: a scope for the nodes.

    Returns:
        float32, or the type of `images` for nearest neighbors, or if they are known to have that size.

    Raises:
        ValueError: a wrong rank, size or method.
    """
    makers = {
        ResizeMethod.BILINEAR: g.resize_bilinear,
        ResizeMethod.NEAREST_NEIGHBOR: g.resize_nearest_neighbor,
        ResizeMethod.BICUBIC: g.resize_bicubic,
        ResizeMethod.AREA: g.resize_area,
    }
    names = [
        ResizeMethodV2.BILINEAR,
        ResizeMethodV2.NEAREST_NEIGHBOR,
        ResizeMethodV2.BICUBIC,
        ResizeMethodV2.AREA,
    ]

    def resized(images: Tensor, size: Tensor) -> Tensor:
        made = names.index(method) if method in names else method
        if made not in makers:
            raise ValueError("Resize method is not implemented.")
        return makers[made](images, size, align_corners=align_corners)

    return _resized(images, resized, size, preserve_aspect_ratio, name, skips_same=True)


def resize_images_v2(
    images: Any,
    size: Any,
    method: str = ResizeMethodV2.BILINEAR,
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> Tensor:
    """Pictures in another size; the centers of pixels are at their halves.

    Args:
        images: (batch, height, width, channels) or (height, width, channels).
        size: the new height and width, an int32 vector.
        method: one of `ResizeMethodV2`.
        preserve_aspect_ratio: whether the result is the largest of these proportions that fits into `size`.
        antialias: whether filters are widened where a picture becomes smaller.
        name: a scope for the nodes.

    Returns:
        float32, or the type of `images` for nearest neighbors.

    Raises:
        ValueError: a wrong rank, size or method.
    """
    filters = {**_FILTERS, **{each: each for each in ("lanczos3", "lanczos5", "gaussian", "mitchellcubic")}}

    def resized(images: Tensor, size: Tensor) -> Tensor:
        if method == ResizeMethodV2.NEAREST_NEIGHBOR:
            return g.resize_nearest_neighbor(images, size, half_pixel_centers=True)
        if method == ResizeMethodV2.AREA:
            return g.resize_area(images, size)
        if method not in filters:
            raise ValueError("Resize method is not implemented.")
        if method in _FILTERS and not antialias:
            made = g.resize_bilinear if method == ResizeMethodV2.BILINEAR else g.resize_bicubic
            return made(images, size, half_pixel_centers=True)
        scale = cast(size, dtypes.float32) / cast(shape(images)[1:3], dtypes.float32)
        options = {"kernel_type": filters[method], "antialias": antialias}
        return g.scale_and_translate(images, size, scale, zeros([2]), **options)

    return _resized(images, resized, size, preserve_aspect_ratio, name, skips_same=False)


def _resized(
    images: Any,
    resize: Callable[[Tensor, Tensor], Tensor],
    size: Any,
    preserve_aspect_ratio: bool,
    name: str | None,
    skips_same: bool,
) -> Tensor:
    with name_scope(name, "resize", [images, size]):
        images = convert_to_tensor(images, name="images")
        rank = images.get_shape().ndims
        if rank is None:
            raise ValueError("'images' contains no shape.")
        if rank == 3:
            images = expand_dims(images, 0)
        elif rank != 4:
            raise ValueError("'images' must have either 3 or 4 dimensions.")
        is_batch = rank == 4
        _, height, width, _ = images.get_shape().as_list()
        try:
            size = convert_to_tensor(size, dtypes.int32, name="size")
        except (TypeError, ValueError):
            raise ValueError("'size' must be a 1-D int32 Tensor") from None
        if not size.get_shape().is_compatible_with([2]):
            raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
        new_height, new_width = constant_value_as_shape(size).as_list()
        if preserve_aspect_ratio:
            size = _fitting(images, new_height, new_width)
            new_height, new_width = constant_value_as_shape(size).as_list()
        known = None not in (new_width, width, new_height, height)
        if skips_same and known and (width, height) == (new_width, new_height):
            return images if is_batch else squeeze(images, axis=[0])
        images = resize(images, size)
        images.set_shape([None, new_height, new_width, None])
        return images if is_batch else squeeze(images, axis=[0])


def _fitting(images: Tensor, new_height: Any, new_width: Any) -> Tensor:
    """The largest size of the proportions of `images` in a height and width."""
    _, height, width, _ = sizes_of(images, 4)
    by_height = cast(new_height, dtypes.float32) / cast(height, dtypes.float32)
    by_width = cast(new_width, dtypes.float32) / cast(width, dtypes.float32)
    scale = minimum(by_height, by_width)
    scaled = [cast(round(scale * cast(each, dtypes.float32)), dtypes.int32) for each in (height, width)]
    return convert_to_tensor(scaled, dtypes.int32, name="size")


# -- with a border ----------------------------------------------------------------


def resize_image_with_pad(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
) -> Tensor:
    """Pictures resized without changing their proportions, with zeros around them to fill a size.

    Args:
        image: (height, width, channels) or (batch, height, width, channels).
        target_height, target_width: the size of the result.
        method, align_corners: see `resize_images`.

    Raises:
        ValueError: a wrong rank, or a size that is not positive.
    """

    def resized(image: Tensor, size: Any) -> Tensor:
        return resize_images(image, size, method, align_corners=align_corners)

    return _resized_with_pad(image, target_height, target_width, resized)


def resize_image_with_pad_v2(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: str = ResizeMethodV2.BILINEAR,
    antialias: bool = False,
) -> Tensor:
    """`resize_image_with_pad` by `resize_images_v2`."""

    def resized(image: Tensor, size: Any) -> Tensor:
        return resize_images_v2(image, size, method, antialias=antialias)

    return _resized_with_pad(image, target_height, target_width, resized)


def _resized_with_pad(
    image: Any, target_height: Any, target_width: Any, resize: Callable[[Tensor, Any], Tensor]
) -> Tensor:
    with name_scope(None, "resize_image_with_pad", [image]):
        image, is_batch = as_batch(convert_to_tensor(image, name="image"))
        checks = image_checks(image)
        checks += required(target_width > 0, "target_width must be > 0.")
        checks += required(target_height > 0, "target_height must be > 0.")
        image = with_dependencies(checks, image)
        _, height, width, _ = sizes_of(image, 4)
        height, width, wide_height, wide_width = (
            cast(each, dtypes.float64) for each in (height, width, target_height, target_width)
        )
        ratio = larger(width / wide_width, height / wide_height)
        resized_height, resized_width = height / ratio, width / ratio
        new_height = cast(floor(resized_height), dtypes.int32)
        new_width = cast(floor(resized_width), dtypes.int32)
        above = (wide_height - resized_height) / 2
        left = (wide_width - resized_width) / 2
        above, left = floor(above), floor(left)
        above = larger(0, cast(above, dtypes.int32))
        left = larger(0, cast(left, dtypes.int32))
        resized = resize(image, [new_height, new_width])
        padded = pad_to_bounding_box(resized, above, left, target_height, target_width)
        if padded.get_shape().ndims is None:
            raise ValueError("padded contains no shape.")
        sizes_of(padded, 4)
        return as_before(padded, is_batch)


# -- one op each ------------------------------------------------------------------


def _warn(function: str, method: str, module: str = _IMPL) -> None:
    warn_once(function, module, f"Use `tf.image.resize(...method=ResizeMethod.{method}...)` instead.")


def resize_bilinear(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    """Pictures (batch, height, width, channels) in another size, between their four neighbors each.

    Args:
        images: the pictures.
        size: the new height and width, an int32 vector.
        align_corners: whether the centers of the pixels in the corners keep their places.
        name: the name of the node.
        half_pixel_centers: whether the centers of pixels are at their halves.
    """
    _warn("resize_bilinear", "BILINEAR")
    options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    return g.resize_bilinear(images, size, name=name, **options)


def resize_nearest_neighbor(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    """Pictures in another size, each pixel of which is one of theirs; see `resize_bilinear`."""
    _warn("resize_nearest_neighbor", "NEAREST_NEIGHBOR")
    options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    return g.resize_nearest_neighbor(images, size, name=name, **options)


def resize_bicubic(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    """Pictures in another size, each pixel of which is made of sixteen; see `resize_bilinear`."""
    _warn("resize_bicubic", "BICUBIC")
    options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    return g.resize_bicubic(images, size, name=name, **options)


def resize_area(images: Any, size: Any, align_corners: bool = False, name: str | None = None) -> Tensor:
    """Pictures in another size, each pixel of which is the mean of what it covers; see `resize_bilinear`."""
    _warn("resize_area", "AREA", "tensorflow.python.ops.gen_image_ops")
    return g.resize_area(images, size, align_corners=align_corners, name=name)
