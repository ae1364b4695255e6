"""BMP files without compression: 8, 24 and 32 bits for a pixel."""

from __future__ import annotations

import struct

import numpy as np

from perdure.ops.checks import invalid
from perdure.ops.image.libraries import require_room

SIGNATURE = b"BM"
_LEAST = 32


def decode(contents: bytes, channels: int) -> np.ndarray:
    """The pixels of a file, uint8 (height, width, channels).

    Args:
        contents: the file.
        channels: 1, 3 or 4; 0 for what the file has.

    Raises:
        InvalidArgumentError: it is no such file, too large, or of other channels.
    """
    if len(contents) < _LEAST:
        raise invalid(
            f"Incomplete bmp content, requires at least {_LEAST} bytes to find the header size, width, "
            f"height, and bpp, got {len(contents)} bytes"
        )
    (offset,) = struct.unpack_from("<i", contents, 10)
    width, height = struct.unpack_from("<ii", contents, 18)
    (bits,) = struct.unpack_from("<h", contents, 28)
    found = bits // 8
    if channels and found != channels:
        raise invalid(f"channels attribute {channels} does not match bits per pixel from file {found}")
    if found not in (1, 3, 4):
        raise invalid(f"Number of channels must be 1, 3 or 4, was {found}")
    if width <= 0:
        raise invalid("Width must be positive")
    if height == 0:
        raise invalid("Height must be nonzero")
    require_room(abs(height), width, found)
    stride = (found * width + 3) // 4 * 4
    needed = stride * (abs(height) - 1) + found * width
    if offset < 0 or len(contents) - offset < needed:
        raise invalid(
            f"Incomplete bmp content, requires at least {offset + needed} bytes, got {len(contents)} bytes"
        )
    flat = np.zeros(stride * abs(height), np.uint8)
    body = np.frombuffer(contents, np.uint8, offset=offset)[: flat.size]
    flat[: body.size] = body
    pixels = flat.reshape(abs(height), stride)[:, : found * width].reshape(abs(height), width, found)
    if height > 0:  # rows come from the bottom up unless the height is negative
        pixels = pixels[::-1]
    if found == 1:
        return np.ascontiguousarray(pixels)
    order = [2, 1, 0, 3][:found]
    return np.ascontiguousarray(pixels[..., order])
