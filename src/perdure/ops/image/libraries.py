"""The libraries that read and write picture files, if they are installed, and what all files are held to."""

from __future__ import annotations

from types import ModuleType

from perdure.graph.errors import UnimplementedError
from perdure.ops.checks import invalid

# What a picture takes in memory; TensorFlow draws this line for PNG, too.
MOST_BYTES = 1 << 29


def _missing(what: str) -> UnimplementedError:
    said = f"{what} needs a library that is not installed: pip install 'perdure[image]'"
    return UnimplementedError(None, None, said)


def pillow(what: str) -> ModuleType:
    """`PIL.Image`.

    Raises:
        UnimplementedError: it is not installed.
    """
    try:
        import PIL.Image
    except ImportError:
        raise _missing(what) from None
    return PIL.Image


def simplejpeg() -> ModuleType:
    """The module `simplejpeg`, a wrapper of libjpeg-turbo.

    Raises:
        UnimplementedError: it is not installed.
    """
    try:
        import simplejpeg as library
    except ImportError:
        raise _missing("decoding JPEG") from None
    return library


def require_room(height: int, width: int, channels: int, count: int = 1) -> None:
    """InvalidArgumentError for what a small file says to be huge, before anything is allocated."""
    if height <= 0 or width <= 0:
        raise invalid(f"image must have a positive size, got {height} by {width}")
    if height * width * channels * count >= MOST_BYTES:
        raise invalid(f"image size too large: {count} of {height} by {width} with {channels} channels")
