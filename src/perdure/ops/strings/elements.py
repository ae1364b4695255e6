"""What the kernels of string ops share: functions of one string applied to all of a tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def flat(strings: Any) -> list[bytes]:
    """The elements of a tensor of strings, in order."""
    return np.asarray(strings, object).ravel().tolist()


def filled(items: list[Any], shape: tuple[int, ...], dtype: Any = object) -> np.ndarray:
    """A tensor of a shape from its elements, in order."""
    array = np.empty(len(items), dtype)
    array[:] = items
    return array.reshape(shape)


def of_each(strings: Any, function: Callable[[bytes], Any], dtype: Any = object) -> np.ndarray:
    """What a function of one string makes of each, as a tensor of the same shape."""
    return filled([function(item) for item in flat(strings)], np.shape(strings), dtype)


def as_bytes(text: str | bytes) -> bytes:
    """An attribute of type string as the bytes it stands for."""
    return text if isinstance(text, bytes) else text.encode()


def as_text(text: str | bytes) -> str:
    """An attribute of type string as text."""
    return text.decode() if isinstance(text, bytes) else text
