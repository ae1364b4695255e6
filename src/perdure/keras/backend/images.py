"""K.resize_images."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array.array import shape as shape_op
from perdure.functional.image.resizing import resize_images_v2
from perdure.graph.constants import constant
from perdure.graph.tensor import Tensor
from perdure.keras.backend.arrays import permute_dimensions
from perdure.keras.backend.shapes import int_shape


def resize_images(
    x: Any, height_factor: int, width_factor: int, data_format: str, interpolation: str = "nearest"
) -> Tensor:
    """Images made larger by whole factors.

    Args:
        x: a batch of images.
        height_factor, width_factor: the factors.
        data_format: "channels_first" or "channels_last".
        interpolation: "nearest" or "bilinear".

    Raises:
        ValueError: an unknown data format or interpolation.
    """
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(f"Invalid `data_format` argument: {data_format}")
    first = 2 if data_format == "channels_first" else 1
    known = int_shape(x)
    size = shape_op(x)[first : first + 2]
    size *= constant(np.array([height_factor, width_factor], dtype="int32"))
    if data_format == "channels_first":
        x = permute_dimensions(x, [0, 2, 3, 1])
    if interpolation not in ("nearest", "bilinear"):
        raise ValueError('interpolation should be one of "nearest" or "bilinear".')
    x = resize_images_v2(x, size, method=interpolation)
    factors = (height_factor, width_factor)
    sizes = [None if s is None else s * f for s, f in zip(known[first : first + 2], factors, strict=True)]
    if data_format == "channels_first":
        x = permute_dimensions(x, [0, 3, 1, 2])
        x.set_shape((None, None, *sizes))
    else:
        x.set_shape((None, *sizes, None))
    return x
