"""Picture files: `tf.image.decode_image`, `tf.image.encode_jpeg` and their like."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.gathering import gather
from perdure.functional.array.values import is_tensor
from perdure.functional.control.assertions import Assert
from perdure.functional.control.conditionals import cond
from perdure.functional.image.colors import convert_image_dtype
from perdure.functional.math.binary import equal, logical_and, not_equal
from perdure.functional.random.random import random_uniform
from perdure.functional.strings.pieces import substr
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor import Tensor

# -- decoding ---------------------------------------------------------------------


def decode_jpeg(
    contents: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Tensor:
    """The pixels of a JPEG file (or of a PNG, or GIF of one picture), uint8 (height, width, channels).

    Args:
        contents: the file, a scalar string.
        channels: 1 or 3; 0 for as many as the file has.
        ratio: 1, 2, 4 or 8, by which the picture becomes smaller.
        fancy_upscaling: whether colors are interpolated where they have fewer pixels.
        try_recover_truncated: whether a file may end early.
        acceptable_fraction: how much of it must be there; TensorFlow counts all that can be decoded as there.
        dct_method: "INTEGER_FAST", "INTEGER_ACCURATE", or "" for the fast one.
        name: the name of the node.
    """
    return g.decode_jpeg(
        contents,
        channels=channels,
        ratio=ratio,
        fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated,
        acceptable_fraction=acceptable_fraction,
        dct_method=dct_method,
        name=name,
    )


def decode_and_crop_jpeg(
    contents: Any,
    crop_window: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Tensor:
    """A part of the pixels of a JPEG file; see `decode_jpeg`.

    Args:
        contents: the file, a scalar string.
        crop_window: row, column, height and width, an int32 vector.
        channels, ratio, fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method: see there.
        name: the name of the node.
    """
    return g.decode_and_crop_jpeg(
        contents,
        crop_window,
        channels=channels,
        ratio=ratio,
        fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated,
        acceptable_fraction=acceptable_fraction,
        dct_method=dct_method,
        name=name,
    )


def decode_png(
    contents: Any, channels: int = 0, dtype: Any = dtypes.uint8, name: str | None = None
) -> Tensor:
    """The pixels of a PNG file (or of a JPEG, or GIF of one picture), (height, width, channels).

    Args:
        contents: the file, a scalar string.
        channels: 1, 3 or 4; 0 for as many as the file has.
        dtype: uint8 or uint16.
        name: the name of the node.
    """
    return g.decode_png(contents, channels=channels, dtype=dtype, name=name)


def decode_gif(contents: Any, name: str | None = None) -> Tensor:
    """The pictures of a GIF file, uint8 (count, height, width, 3)."""
    return g.decode_gif(contents, name=name)


def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Tensor:
    """The pixels of a BMP file, uint8 (height, width, channels); `channels` must be the file's own, or 0."""
    return g.decode_bmp(contents, channels=channels, name=name)


def extract_jpeg_shape(contents: Any, output_type: Any = dtypes.int32, name: str | None = None) -> Tensor:
    """Height, width and channels of a JPEG file, which is not decoded."""
    return g.extract_jpeg_shape(contents, output_type=output_type, name=name)


def is_jpeg(contents: Any, name: str | None = None) -> Tensor:
    """Whether a file begins as a JPEG does."""
    with name_scope(name, "is_jpeg"):
        return equal(substr(contents, 0, 3), b"\xff\xd8\xff", name=name)


def _is_png(contents: Any) -> Tensor:
    with name_scope(None, "is_png"):
        return equal(substr(contents, 0, 3), b"\211PN")


def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = dtypes.uint8,
    name: str | None = None,
    expand_animations: bool = True,
) -> Tensor:
    """The pixels of a JPEG, PNG, GIF or BMP file, which its first bytes tell apart.

    Args:
        contents: the file, a scalar string.
        channels: how many; None or 0 for as many as the file has.
        dtype: their type; see `convert_image_dtype`.
        name: a scope for the nodes.
        expand_animations: whether all pictures of a GIF are returned, in one dimension more, or the first.

    Raises:
        ValueError: no file has so many channels.
    """
    with name_scope(name, "decode_image"):
        if channels not in (None, 0, 1, 3, 4):
            raise ValueError("channels must be in (None, 0, 1, 3, 4)")
        wanted = 0 if channels is None else channels
        start = substr(contents, 0, 3)

        def of_bmp() -> Tensor:
            is_bmp = equal(substr(contents, 0, 2), "BM", name="is_bmp")
            checks = [Assert(is_bmp, ["Unable to decode bytes as JPEG, PNG, GIF, or BMP"])]
            fits = not_equal(wanted, 1, name="check_channels")
            checks.append(Assert(fits, ["Channels must be in (None, 0, 3) when decoding BMP images"]))
            with control_dependencies(checks):
                return convert_image_dtype(g.decode_bmp(contents), dtype)

        def of_gif() -> Tensor:
            fits = logical_and(
                not_equal(wanted, 1, name="check_gif_channels"),
                not_equal(wanted, 4, name="check_gif_channels"),
            )
            check = Assert(fits, ["Channels must be in (None, 0, 3) when decoding GIF images"])
            with control_dependencies([check]):
                frames = convert_image_dtype(g.decode_gif(contents), dtype)
                return frames if expand_animations else gather(frames, 0)

        def of_gif_or_bmp() -> Tensor:
            return cond(equal(start, b"GIF", name="is_gif"), of_gif, of_bmp, name="cond_gif")

        def of_png() -> Tensor:
            read = dtypes.uint8 if dtype == dtypes.uint8 else dtypes.uint16
            return convert_image_dtype(g.decode_png(contents, channels, dtype=read), dtype)

        def of_others() -> Tensor:
            return cond(_is_png(contents), of_png, of_gif_or_bmp, name="cond_png")

        def of_jpeg() -> Tensor:
            fits = not_equal(wanted, 4, name="check_jpeg_channels")
            check = Assert(fits, ["Channels must be in (None, 0, 1, 3) when decoding JPEG images"])
            with control_dependencies([check]):
                return convert_image_dtype(g.decode_jpeg(contents, channels), dtype)

        return cond(is_jpeg(contents), of_jpeg, of_others, name="cond_jpeg")


# -- encoding ---------------------------------------------------------------------


def encode_jpeg(
    image: Any,
    format: str = "",
    quality: int = 95,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density_unit: str = "in",
    x_density: int = 300,
    y_density: int = 300,
    xmp_metadata: str = "",
    name: str | None = None,
) -> Tensor:
    """A JPEG file of pixels.

    Args:
        image: uint8 (height, width, channels), one channel or three.
        format: "grayscale" or "rgb", which must fit the channels; "" for what fits.
        quality: from 0 to 100.
        progressive: whether it can be shown before it is complete.
        optimize_size: whether the codes are made for the picture.
        chroma_downsampling: whether colors have half the rows and columns.
        density_unit: "in" or "cm".
        x_density, y_density: pixels for each unit.
        xmp_metadata: kept in the file.
        name: the name of the node.
    """
    return g.encode_jpeg(
        image,
        format=format,
        quality=quality,
        progressive=progressive,
        optimize_size=optimize_size,
        chroma_downsampling=chroma_downsampling,
        density_unit=density_unit,
        x_density=x_density,
        y_density=y_density,
        xmp_metadata=xmp_metadata,
        name=name,
    )


def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Tensor:
    """A PNG file of pixels.

    Args:
        image: uint8 or uint16 (height, width, channels), up to four channels.
        compression: from 0 (none) to 9 (slow); -1 for a middle.
        name: the name of the node.
    """
    return g.encode_png(image, compression=compression, name=name)


def adjust_jpeg_quality(image: Any, jpeg_quality: Any, name: str | None = None) -> Tensor:
    """A picture as it is after having been a JPEG file of some quality; of the same type.

    Args:
        image: (height, width, channels), one channel or three.
        jpeg_quality: from 0 to 100, an int or int32 scalar.
        name: a scope for the nodes.
    """
    with name_scope(name, "adjust_jpeg_quality", [image]):
        image = convert_to_tensor(image, name="image")
        before = image.dtype
        image = convert_image_dtype(image, dtypes.uint8)
        if not is_tensor(jpeg_quality):
            jpeg_quality = convert_to_tensor(jpeg_quality, dtype=dtypes.int32)
        image = g.encode_jpeg_variable_quality(image, jpeg_quality)
        return convert_image_dtype(g.decode_jpeg(image), before)


def random_jpeg_quality(
    image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: int | None = None
) -> Tensor:
    """`adjust_jpeg_quality` by a quality drawn from [min_jpeg_quality, max_jpeg_quality).

    Raises:
        ValueError: the interval is empty, or not in [0, 100].
    """
    if not (0 <= min_jpeg_quality <= 100 and 0 <= max_jpeg_quality <= 100):
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if min_jpeg_quality >= max_jpeg_quality:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    quality = random_uniform([], min_jpeg_quality, max_jpeg_quality, seed=seed, dtype=dtypes.int32)
    return adjust_jpeg_quality(image, quality)
