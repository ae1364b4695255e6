"""Numbers in text, as TensorFlow reads them (tensorflow/core/lib/strings/numbers.cc)."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np

_SPACES = b" \t\n\v\f\r"
_INTEGER = re.compile(rb"-?[0-9]+")
_DECIMAL = re.compile(rb"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_HEXADECIMAL = re.compile(rb"([+-]?)0[xX]([0-9a-fA-F]+)")
_NAMED = {b"nan": np.nan, b"inf": np.inf}
_SMALLEST = 2.0**-1021
# Digits beyond these do not change a double.
_MOST_DIGITS = 1100


def integer(text: bytes, bits: int) -> int | None:
    """An integer of so many bits; None if the text is none."""
    text = text.strip(_SPACES)
    if not _INTEGER.fullmatch(text) or len(text) > 4000:
        return None
    number = int(text)
    return number if -(1 << (bits - 1)) <= number < 1 << (bits - 1) else None


def double(text: bytes) -> float | None:
    """The double nearest to a number; None if the text is none."""
    text = text.strip(_SPACES)
    if _DECIMAL.fullmatch(text):
        number = float(text)
        return number if abs(number) > _SMALLEST or not text.strip(b"+-0.eE") else _denormal(text)
    found = _HEXADECIMAL.fullmatch(text)
    if found:
        number = float(min(int(found[2], 16), 1 << 1024)) if len(found[2]) < 250 else np.inf
        return -number if found[1] == b"-" else number
    sign, name = (text[:1], text[1:]) if text[:1] in (b"+", b"-") else (b"", text)
    named = _NAMED.get(name.lower())
    return None if named is None else -named if sign == b"-" else named


def _denormal(text: bytes) -> float:
    """A small number; kernels are run where the processor takes what is denormal for zero."""
    _, _, exponent = text.lower().partition(b"e")
    if len(text) > _MOST_DIGITS or int(exponent or 0) < -_MOST_DIGITS - 400:
        return -0.0 if text[:1] == b"-" else 0.0
    bits = round(Fraction(text.lstrip(b"+-").decode()) * 2**1074)
    number = float(np.int64(bits).view(np.float64))
    return -number if text[:1] == b"-" else number


def single(text: bytes) -> float | None:
    """The float nearest to a number; None if the text is none."""
    number = double(text)
    if number is None:
        return None
    with np.errstate(over="ignore"):
        rounded = np.float32(number)
    # What lies in the middle of two floats as a double may not do so before it was rounded to that.
    if np.isfinite(number) and np.float64(number).view(np.int64) & 0x1FFFFFFF == 0x10000000:
        return _nearest(text.strip(_SPACES), number, rounded)
    return float(rounded)


def _nearest(text: bytes, middle: float, rounded: np.float32) -> float:
    """The float nearest to a number that is in or near the middle of two."""
    if len(text) > _MOST_DIGITS or not _DECIMAL.fullmatch(text):
        return float(rounded)
    difference = Fraction(text.decode()) - Fraction(middle)
    towards = np.float32(np.inf if difference > 0 else -np.inf)
    beyond = float(rounded) > middle if difference < 0 else float(rounded) < middle
    return float(np.nextafter(rounded, towards) if difference and beyond else rounded)
