"""tf.compat: text and bytes, and the types of numbers that Python and NumPy have."""

import datetime
import numbers
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

bytes_or_text_types = (bytes, str)
integral_types = (numbers.Integral, np.integer)
real_types = (numbers.Real, np.integer, np.floating)
complex_types = (numbers.Complex, np.number)


def as_bytes(bytes_or_text: bytes | bytearray | str, encoding: str = "utf-8") -> bytes:
    """Encode text; bytes are returned as they are.

    Raises:
        TypeError: the argument is neither.
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes | bytearray):
        return bytes(bytes_or_text)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text: bytes | str, encoding: str = "utf-8") -> str:
    """Decode bytes; text is returned as it is.

    Raises:
        TypeError: the argument is neither.
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


as_str = as_text


def as_str_any(value: Any) -> str:
    """Decode bytes, and make a string of anything else by `str`."""
    return as_text(value) if isinstance(value, bytes) else str(value)


def path_to_str(path: Any) -> Any:
    """The string of a path object; anything else is returned as it is."""
    return as_str_any(os.fspath(path)) if hasattr(path, "__fspath__") else path


# TensorFlow 1.15 wrote graphs for consumers built after this day.
_RELEASE_HORIZON = datetime.date(2019, 8, 21)
_horizon = _RELEASE_HORIZON


def forward_compatible(year: int, month: int, day: int) -> bool:
    """Whether graphs may use what consumers understand only since the given day."""
    return _horizon > datetime.date(year, month, day)


@contextmanager
def forward_compatibility_horizon(year: int, month: int, day: int) -> Iterator[None]:
    """Pretend for a block that the horizon of `forward_compatible` is the given day."""
    global _horizon
    try:
        _horizon = datetime.date(year, month, day)
        yield
    finally:
        _horizon = _RELEASE_HORIZON
