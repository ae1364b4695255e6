"""Boxes on pictures: `tf.image.crop_and_resize`, `tf.image.draw_bounding_boxes` and random ones."""

from __future__ import annotations

from typing import Any

from perdure.functional.random.random import get_seed
from perdure.graph.builder import g
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.platform.deprecation import warn_once

_IMPL = "tensorflow.python.ops.image_ops_impl"


def crop_and_resize(
    image: Any,
    boxes: Any,
    box_ind: Any = None,
    crop_size: Any = None,
    method: str = "bilinear",
    extrapolation_value: float = 0,
    name: str | None = None,
    box_indices: Any = None,
) -> Tensor:
    """Parts of pictures, all resized to one size, float32 (boxes, crop height, crop width, channels).

    Args:
        image: (batch, height, width, channels).
        boxes: (boxes, 4): y1, x1, y2, x2, from 0 to 1; turned over if y2 < y1.
        box_ind: the older name of `box_indices`.
        crop_size: height and width, an int32 vector.
        method: "bilinear" or "nearest".
        extrapolation_value: what is outside of the picture.
        name: the name of the node.
        box_indices: (boxes,), to which picture each belongs.

    Raises:
        ValueError: the indices are given by both names.
    """
    if box_ind is not None:
        if box_indices is not None:
            raise ValueError("Cannot specify both 'box_ind' and 'box_indices'")
        box_indices = box_ind
    return g.crop_and_resize(image, boxes, box_indices, crop_size, method, extrapolation_value, name)


def crop_and_resize_v2(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0,
    name: str | None = None,
) -> Tensor:
    """`crop_and_resize`, as TensorFlow 2 has it."""
    return g.crop_and_resize(image, boxes, box_indices, crop_size, method, extrapolation_value, name)


def draw_bounding_boxes(images: Any, boxes: Any, name: str | None = None, colors: Any = None) -> Tensor:
    """Pictures with the edges of boxes.

    Args:
        images: floats (batch, height, width, channels), with 1, 3 or 4 channels.
        boxes: (batch, boxes, 4): y1, x1, y2, x2, from 0 to 1.
        name: the name of the node.
        colors: (colors, channels), taken in turn; TensorFlow's ten if None.
    """
    return draw_bounding_boxes_v2(images, boxes, colors, name)


def draw_bounding_boxes_v2(images: Any, boxes: Any, colors: Any, name: str | None = None) -> Tensor:
    """`draw_bounding_boxes`, as TensorFlow 2 has it."""
    if colors is None:
        return g.draw_bounding_boxes(images, boxes, name=name)
    return g.draw_bounding_boxes_v2(images, boxes, colors, name=name)


def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    uniform_noise: bool = True,
    name: str | None = None,
) -> Tensor:
    """A window of each picture; noise where it lies outside.

    Args:
        input: float32 (batch, height, width, channels).
        size: height and width of the windows, an int32 vector.
        offsets: (batch, 2), y and x of the middle of each window.
        centered: whether (0, 0) is the middle of the picture, rather than its upper left corner.
        normalized: whether 1 is the border of the picture, rather than a pixel.
        uniform_noise: whether the noise is uniform in the range of the picture; so it is in any case.
        name: the name of the node.
    """
    options = {"centered": centered, "normalized": normalized, "uniform_noise": uniform_noise}
    return g.extract_glimpse(input, size, offsets, name=name, **options)


def extract_glimpse_v2(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    noise: str = "uniform",
    name: str | None = None,
) -> Tensor:
    """`extract_glimpse`, as TensorFlow 2 has it: `noise` is "uniform", "gaussian" or "zero"."""
    options = {"centered": centered, "normalized": normalized, "noise": noise, "uniform_noise": False}
    return g.extract_glimpse(input, size, offsets, name=name, **options)


def sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: int | None = None,
    seed2: int | None = None,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> Any:
    """A random box that covers some of one of the boxes of a picture.

    Args:
        image_size: height, width and channels, an integer vector.
        bounding_boxes: (batch, boxes, 4): y1, x1, y2, x2, from 0 to 1.
        seed, seed2: the two seeds of the op.
        min_object_covered: which share of one of the boxes it covers at least.
        aspect_ratio_range: width / height.
        area_range: shares of the picture.
        max_attempts: after these the whole picture is taken.
        use_image_if_no_bounding_boxes: whether the picture counts as a box if there is none.
        name: a scope for the node.

    Returns:
        `begin` and `size` for `tf.slice`, and `bboxes` for `tf.image.draw_bounding_boxes`.
    """
    warn_once(
        "sample_distorted_bounding_box",
        _IMPL,
        "`seed2` arg is deprecated.Use sample_distorted_bounding_box_v2 instead.",
    )
    return _sampled(
        image_size,
        bounding_boxes,
        seed,
        seed2,
        min_object_covered,
        aspect_ratio_range,
        area_range,
        max_attempts,
        use_image_if_no_bounding_boxes,
        name,
    )


def sample_distorted_bounding_box_v2(
    image_size: Any,
    bounding_boxes: Any,
    seed: int = 0,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> Any:
    """`sample_distorted_bounding_box` with a seed like those of other ops; without one, of chance."""
    seeds = get_seed(seed) if seed else (0, 0)
    return _sampled(
        image_size,
        bounding_boxes,
        *seeds,
        min_object_covered,
        aspect_ratio_range,
        area_range,
        max_attempts,
        use_image_if_no_bounding_boxes,
        name,
    )


def _sampled(
    image_size: Any,
    bounding_boxes: Any,
    seed: int | None,
    seed2: int | None,
    min_object_covered: Any,
    aspect_ratio_range: Any,
    area_range: Any,
    max_attempts: int | None,
    use_image_if_no_bounding_boxes: bool | None,
    name: str | None,
) -> Any:
    options = {
        "seed": seed,
        "seed2": seed2,
        "aspect_ratio_range": aspect_ratio_range,
        "area_range": area_range,
        "max_attempts": max_attempts,
        "use_image_if_no_bounding_boxes": use_image_if_no_bounding_boxes,
    }
    given = {key: value for key, value in options.items() if value is not None}
    with name_scope(name, "sample_distorted_bounding_box"):
        return g.sample_distorted_bounding_box_v2(
            image_size, bounding_boxes, min_object_covered=min_object_covered, name=name, **given
        )
