"""JPEG files, by libjpeg-turbo.

Pixels are TensorFlow's, which uses the fast integer DCT unless told otherwise; so are the bytes written.
"""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np

from perdure.ops.checks import invalid
from perdure.ops.image.libraries import pillow, require_room, simplejpeg

SIGNATURE = b"\xff\xd8\xff"
_FRAMES = {0xC0, 0xC1, 0xC2}
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
# Where JFIF has unit and densities, and where it ends.
_DENSITY, _END_OF_JFIF = slice(13, 18), 20


def header(contents: bytes) -> tuple[int, int, int] | None:
    """Height, width and components from the frame header (ITU T.81, B.2.2); None if no scan follows one."""
    place, found = 2, None
    while place + 4 <= len(contents):
        if contents[place] != 0xFF:
            return None
        marker = contents[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        (length,) = struct.unpack_from(">H", contents, place + 2)
        if marker == 0xDA:
            return found if place + 2 + length <= len(contents) else None
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if marker not in _FRAMES or place + 10 > len(contents):
                return None
            found = struct.unpack_from(">HHB", contents, place + 5)
        place += 2 + length
    return None


def decode(
    contents: bytes,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    dct_method: str = "",
) -> np.ndarray:
    """The pixels of a file, uint8 (height, width, channels).

    Args:
        contents: the file.
        channels: 1 or 3; 0 for what the file has.
        ratio: 1, 2, 4 or 8, by which the picture becomes smaller.
        fancy_upscaling: whether colors are interpolated where they have fewer pixels.
        try_recover_truncated: whether a file may end early; what is missing is gray.
        dct_method: "INTEGER_ACCURATE", or else the fast one.

    Raises:
        InvalidArgumentError: it is no such file, or too large.
    """
    library = simplejpeg()
    refusal = invalid(f"Invalid JPEG data or crop window, data size {len(contents)}")
    found = header(contents)
    if found is None:
        raise refusal
    height, width, components = found
    if components not in (1, 3, 4) or components == 4 and channels == 1:
        raise refusal
    if height <= 0 or width <= 0:
        raise refusal
    require_room(height, width, max(components, channels))
    channels = channels or min(components, 3)
    options: dict[str, Any] = {
        "fastdct": dct_method != "INTEGER_ACCURATE",
        "fastupsample": not fancy_upscaling,
        "strict": not try_recover_truncated,
    }
    if ratio > 1:
        options.update(min_height=-(-height // ratio), min_width=-(-width // ratio), min_factor=ratio)
    space = "CMYK" if components == 4 else "GRAY" if channels == 1 else "RGB"
    try:
        pixels = library.decode_jpeg(contents, space, **options)
    except (ValueError, RuntimeError, OverflowError):
        raise refusal from None
    if components == 4:
        # As Adobe writes them: 255 is no ink.
        ink = pixels.astype(np.uint16)
        return (ink[..., :3] * ink[..., 3:] // 255).astype(np.uint8)
    return pixels


def encode(
    pixels: np.ndarray,
    quality: int = 95,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density: tuple[int, int, int] = (1, 300, 300),
    xmp_metadata: bytes = b"",
) -> bytes:
    """A file of pixels.

    Args:
        pixels: uint8 (height, width, channels), one channel or three.
        quality: from 0 to 100; what is beyond is as good as these.
        progressive: whether it can be shown before it is complete.
        optimize_size: whether the codes are made for the picture.
        chroma_downsampling: whether colors have half the rows and columns.
        density: unit (1 for inches, 2 for centimeters), and pixels across and down each of them.
        xmp_metadata: kept in the file.
    """
    library = pillow("encoding JPEG")
    height, width, channels = pixels.shape
    require_room(height, width, channels)
    colors = {"subsampling": 2 if chroma_downsampling else 0} if channels == 3 else {}
    file = io.BytesIO()
    picture = library.fromarray(pixels if channels == 3 else pixels[..., 0])
    picture.save(
        file,
        "JPEG",
        quality=min(max(quality, 0), 100),
        progressive=progressive,
        optimize=optimize_size,
        dpi=(300, 300),
        **colors,
    )
    made = bytearray(file.getvalue())
    made[_DENSITY] = struct.pack(">BHH", *density)
    if xmp_metadata:
        segment = _XMP + xmp_metadata
        made[_END_OF_JFIF:_END_OF_JFIF] = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    return bytes(made)
