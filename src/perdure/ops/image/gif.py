"""GIF files (version 89a): the blocks are read here, what is compressed by Pillow."""

from __future__ import annotations

import io
import struct
import warnings
from typing import Any, NamedTuple

import numpy as np

from perdure.ops.checks import invalid
from perdure.ops.image.libraries import pillow, require_room

SIGNATURE = b"GIF8"
_EXTENSION, _IMAGE, _END = 0x21, 0x2C, 0x3B


class Frame(NamedTuple):
    """One picture of a file.

    Attributes:
        left, top, width, height: its place on the canvas.
        colors: the bytes of its colors.
        blocks: its compressed data, with the size of codes before it and lengths in it.
        flags: the byte of its descriptor that says whether rows are interlaced.
    """

    left: int
    top: int
    width: int
    height: int
    colors: bytes
    blocks: bytes
    flags: int


class _Broken(Exception):
    """What TensorFlow says of a broken file."""


def decode(contents: bytes) -> np.ndarray:
    """All pictures of a file, uint8 (count, height, width, 3).

    Each picture is painted over the one before it; as in TensorFlow, no color is transparent.

    Raises:
        InvalidArgumentError: it is no such file, or too large.
    """
    try:
        height, width, frames = _parsed(contents)
        require_room(height, width, 3, len(frames))
        result = np.zeros((len(frames), height, width, 3), np.uint8)
        for i, frame in enumerate(frames):
            if i:
                result[i] = result[i - 1]
            elif (frame.left, frame.top, frame.width, frame.height) != (0, 0, width, height):
                raise _Broken("the first frame does not fill the canvas")
            _paint(result[i], frame, i)
    except _Broken as error:
        raise invalid(f"Invalid GIF data (size {len(contents)}), {error}") from None
    except (struct.error, IndexError, OSError, SyntaxError, ValueError, EOFError):
        raise invalid(f"Invalid GIF data (size {len(contents)}), failed to slurp gif file") from None
    return result


def _parsed(contents: bytes) -> tuple[int, int, list[Frame]]:
    if len(contents) < 13:
        raise _Broken("failed to open gif file: No screen descriptor detected")
    width, height, flags = struct.unpack_from("<HHB", contents, 6)
    place = 13
    shared = b""
    if flags & 0x80:
        shared = contents[place : place + 3 * (2 << (flags & 7))]
        place += 3 * (2 << (flags & 7))
    frames = []
    while True:
        kind = contents[place]
        if kind == _END:
            break
        if kind == _EXTENSION:
            place = _behind_blocks(contents, place + 2)
        elif kind == _IMAGE:
            left, top, w, h, flags = struct.unpack_from("<HHHHB", contents, place + 1)
            place += 10
            colors = shared
            if flags & 0x80:
                colors = contents[place : place + 3 * (2 << (flags & 7))]
                place += 3 * (2 << (flags & 7))
            start, place = place, _behind_blocks(contents, place + 1)
            frames.append(Frame(left, top, w, h, colors, contents[start:place], flags))
        else:
            raise ValueError
    if not frames:
        raise _Broken("gif file does not contain any image")
    return height, width, frames


def _behind_blocks(contents: bytes, place: int) -> int:
    """The place behind a chain of blocks, each of which begins with its length."""
    while contents[place]:
        place += contents[place] + 1
    return place + 1


def _paint(canvas: np.ndarray, frame: Frame, number: int) -> None:
    if not frame.colors:
        raise _Broken(f"missing color map for frame {number}")
    require_room(frame.height, frame.width, 1)
    indices = _indices(frame)
    height, width = canvas.shape[:2]
    indices = indices[: height - frame.top, : width - frame.left]
    colors = np.frombuffer(frame.colors, np.uint8).reshape(-1, 3)
    largest = int(indices.max(initial=0))
    if largest >= len(colors):
        raise _Broken(f"found color index {largest} outside of color map range {len(colors)}")
    rows, columns = indices.shape
    canvas[frame.top : frame.top + rows, frame.left : frame.left + columns] = colors[indices]


def _indices(frame: Frame) -> np.ndarray:
    """The colors of a picture by number, from a file of this picture alone, in shades of gray."""
    library: Any = pillow("decoding GIF")
    shades = bytes(shade for shade in range(256) for _ in range(3))
    head = b"GIF89a" + struct.pack("<HHBBB", frame.width, frame.height, 0xF7, 0, 0) + shades
    descriptor = b"," + struct.pack("<HHHHB", 0, 0, frame.width, frame.height, frame.flags & 0x40)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = library.open(io.BytesIO(head + descriptor + frame.blocks + b";"), formats=["GIF"])
        indices = np.asarray(picture)
    if indices.shape != (frame.height, frame.width):
        raise ValueError
    return indices
