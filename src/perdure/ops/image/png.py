"""PNG files (RFC 2083).

Pillow reads what has at most 8 bits; it drops the lower half of 16, so that those files are read here.  Rows
are unfiltered along diagonals: a pixel needs its left, upper and upper left neighbors, so that all those of a
diagonal can be done at once.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib

import numpy as np

from perdure.ops.checks import invalid
from perdure.ops.image.libraries import MOST_BYTES, pillow

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What PNG calls one, two, three and four channels, and the other way round; 3 is a palette.
_COLORS = {1: 0, 2: 4, 3: 2, 4: 6}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Of each pass of an interlaced picture the first row and column, and the steps.
_PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
# Gray of red and green, of 32768; the rest is of blue.
_RED, _GREEN = 9797, 19234

# -- reading ----------------------------------------------------------------------


def decode(contents: bytes, channels: int, bits: int) -> np.ndarray:
    """The pixels of a file, uint8 or uint16 (height, width, channels).

    Args:
        contents: the file.
        channels: 1 to 4, or 0 for what the file has.
        bits: 8 or 16.

    Raises:
        InvalidArgumentError: it is no such file, or too large.
    """
    size = len(contents)
    try:
        width, height, depth, color, *_ = struct.unpack_from(">IIBBBBB", contents, 16)
        if contents[12:16] != b"IHDR" or color not in _CHANNELS:
            raise struct.error
    except struct.error:
        raise invalid(f"Invalid PNG header, data size {size}") from None
    if not 0 < width < 1 << 27 or not 0 < height < 1 << 27 or height * width * max(channels, 4) >= MOST_BYTES:
        raise invalid(f"PNG size too large for int: {width} by {height}")
    try:
        read = _read_deep if depth == 16 else _read_by_pillow
        colors, alpha = read(contents)
    except (struct.error, zlib.error, OSError, SyntaxError, ValueError, IndexError, EOFError):
        raise invalid(f"Invalid PNG data, size {size}") from None
    if depth < 8 and channels == 4 and alpha is None:
        # libpng fills in the largest number of the file's bits, also where it makes them eight.
        alpha = np.full(colors.shape[:2], (1 << depth) - 1, np.uint8)
    if channels == 0:
        if color == 3:
            channels = 3 if alpha is None else 4
        else:
            channels = _CHANNELS[color]
    return _as_bits(_with_channels(colors, alpha, channels), bits)


def _with_channels(colors: np.ndarray, alpha: np.ndarray | None, channels: int) -> np.ndarray:
    if channels < 3 and colors.shape[2] == 3:
        colors = _gray(colors)
    elif channels >= 3 and colors.shape[2] == 1:
        colors = np.repeat(colors, 3, axis=2)
    if channels % 2:
        return colors
    if alpha is None:
        alpha = np.full(colors.shape[:2], np.iinfo(colors.dtype).max, colors.dtype)
    return np.concatenate([colors, alpha[..., None]], axis=2)


def _gray(colors: np.ndarray) -> np.ndarray:
    """One channel, as libpng computes it: rounded for 16 bits, cut off for 8."""
    red, green, blue = np.moveaxis(colors.astype(np.uint32), 2, 0)
    half = 16384 if colors.dtype == np.uint16 else 0
    mixed = (red * _RED + green * _GREEN + blue * (32768 - _RED - _GREEN) + half) >> 15
    is_gray = (red == green) & (red == blue)
    return np.where(is_gray, red, mixed)[..., None].astype(colors.dtype)


def _as_bits(pixels: np.ndarray, bits: int) -> np.ndarray:
    if pixels.dtype == np.uint16:
        return pixels if bits == 16 else (pixels >> 8).astype(np.uint8)
    return pixels if bits == 8 else pixels.astype(np.uint16) * 257


def _read_by_pillow(contents: bytes) -> tuple[np.ndarray, np.ndarray | None]:
    library = pillow("decoding PNG")
    with warnings.catch_warnings():
        # What is too large was refused before.
        warnings.simplefilter("ignore")
        picture = library.open(io.BytesIO(contents), formats=["PNG"])
        clear = picture.info.get("transparency")
        is_gray = picture.mode in ("1", "L", "LA")
        if is_gray and clear is not None:
            pixels = np.asarray(picture.convert("L"))
            shade = clear if picture.mode == "1" else clear * (255 // ((1 << contents[24]) - 1))
            return pixels[..., None], np.where(pixels == shade, 0, 255).astype(np.uint8)
        if clear is not None:
            picture = picture.convert("RGBA")
        elif picture.mode in ("1", "P"):
            picture = picture.convert("L" if is_gray else "RGB")
        pixels = np.asarray(picture)
    if pixels.ndim == 2:
        return pixels[..., None], None
    alpha = pixels[..., -1] if pixels.shape[2] in (2, 4) else None
    return pixels[..., : 1 if is_gray else 3], alpha


def _read_deep(contents: bytes) -> tuple[np.ndarray, np.ndarray | None]:
    """A file of 16 bits."""
    width, height, _, color, _, _, interlace = struct.unpack_from(">IIBBBBB", contents, 16)
    channels = _CHANNELS[color]
    data, clear = _chunks(contents)
    passes = _PASSES if interlace else ((0, 0, 1, 1),)
    shapes = [
        (-(-(height - row) // rows), -(-(width - column) // columns)) for row, column, rows, columns in passes
    ]
    needed = sum(h * (1 + w * channels * 2) for h, w in shapes if h > 0 and w > 0)
    unpacked = zlib.decompressobj().decompress(data, needed)
    if len(unpacked) < needed:
        raise EOFError
    flat, place = np.frombuffer(unpacked, np.uint8), 0
    pixels = np.zeros((height, width, channels), np.uint16)
    for (h, w), (row, column, rows, columns) in zip(shapes, passes, strict=True):
        if h <= 0 or w <= 0:
            continue
        length = 1 + w * channels * 2
        filtered = flat[place : place + h * length].reshape(h, length)
        place += h * length
        whole = _unfiltered(filtered[:, 0], filtered[:, 1:].reshape(h, w, channels * 2))
        pixels[row::rows, column::columns] = whole.view(">u2").reshape(h, w, channels)
    if color in (4, 6):
        return pixels[..., :-1], pixels[..., -1]
    if clear is None:
        return pixels, None
    opaque = (pixels != np.frombuffer(clear, ">u2")[:channels]).any(axis=2)
    return pixels, np.where(opaque, 65535, 0).astype(np.uint16)


def _chunks(contents: bytes) -> tuple[bytes, bytes | None]:
    """The compressed data of a file, and the color that is transparent in it."""
    place, data, clear = 8, [], None
    while place + 8 <= len(contents):
        length, name = struct.unpack_from(">I4s", contents, place)
        body = contents[place + 8 : place + 8 + length]
        (check,) = struct.unpack_from(">I", contents, place + 8 + length)
        if check != zlib.crc32(name + body):
            raise ValueError
        if name == b"IDAT":
            data.append(body)
        elif name == b"tRNS":
            clear = body
        elif name == b"IEND":
            return b"".join(data), clear
        place += 12 + length
    raise EOFError


def _unfiltered(kinds: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Bytes (height, width, bytes of a pixel) of rows that were filtered in different ways."""
    if kinds.max(initial=0) > 4:
        raise ValueError
    height, width, depth = rows.shape
    result = np.zeros((height + 1, width + 1, depth), np.int16)
    each = np.arange(height)
    for diagonal in range(height + width - 1):
        y = each[max(0, diagonal - width + 1) : min(height, diagonal + 1)]
        x = diagonal - y
        left, up, corner = result[y + 1, x], result[y, x + 1], result[y, x]
        guess = left + up - corner
        to_left, to_up, to_corner = (np.abs(guess - other) for other in (left, up, corner))
        nearest = np.where(
            (to_left <= to_up) & (to_left <= to_corner), left, np.where(to_up <= to_corner, up, corner)
        )
        kind = kinds[y, None]
        known = np.select(
            [kind == 1, kind == 2, kind == 3, kind == 4], [left, up, (left + up) >> 1, nearest], np.int16(0)
        )
        result[y + 1, x + 1] = (rows[y, x] + known) & 255
    return result[1:, 1:].astype(np.uint8)


# -- writing ----------------------------------------------------------------------


def encode(pixels: np.ndarray, compression: int = -1) -> bytes:
    """A file of pixels, every row as the differences to the one above it.

    Args:
        pixels: uint8 or uint16 (height, width, channels), up to four channels.
        compression: from 0 (none) to 9 (slow); -1 for zlib's default.
    """
    height, width, channels = pixels.shape
    bits = pixels.dtype.itemsize * 8
    rows = np.ascontiguousarray(pixels, f">u{bits // 8}").reshape(height, -1).view(np.uint8)
    filtered = np.full((height, 1 + rows.shape[1]), 2, np.uint8)
    filtered[:1, 1:] = rows[:1]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, bits, _COLORS[channels], 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), compression)), (b"IEND", b"")
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
