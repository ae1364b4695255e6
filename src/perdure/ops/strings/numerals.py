"""Numbers as strings and back: AsString, StringToNumber."""

import math
import re

import numpy as np

from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.elements import as_text, filled, flat

# -- AsString -----------------------------------------------------------------------------

as_string = op("AsString", host=True)
as_string.not_differentiable("it makes strings")


@as_string.shape
def as_string_shape(input):
    return input


@as_string.kernel
def as_string_kernel(xp, input, *, T, precision, scientific, shortest, width, fill):
    kind = np.dtype(T.as_numpy_dtype).kind
    form = _form(T, kind, precision, scientific, shortest, width, as_text(fill))
    items = np.asarray(input).ravel().tolist()
    if kind == "b":
        texts = ["true" if item else "false" for item in items]
    elif kind == "c":
        texts = [f"({_printed(form, item.real)},{_printed(form, item.imag)})" for item in items]
    else:
        texts = [_printed(form, item) for item in items]
    return filled([text.encode() for text in texts], np.shape(input))


def _form(dtype, kind, precision, scientific, shortest, width, fill):
    """The printf format that the attributes ask for."""
    if kind not in "fc":
        if scientific or shortest:
            raise invalid(f"scientific and shortest format not supported for datatype {dtype.name}")
        if precision > -1:
            raise invalid(f"precision not supported for datatype {dtype.name}")
    if len(fill) > 1:
        raise invalid("Fill string must be one or fewer characters")
    if scientific and shortest:
        raise invalid("Cannot select both scientific and shortest notation")
    if fill not in ("", " ", "+", "-", "0", "#"):
        raise invalid(f'Fill argument not supported: "{fill}"')
    letter = "d" if kind in "iu" else "e" if scientific else "g" if shortest else "f"
    size = str(width) if width > -1 else ""
    after = f".{precision}" if precision > -1 else ""
    return f"%{fill}{size}{after}{letter}"


def _printed(form, number):
    # C fills up with zeros before numbers alone.
    return form % number if math.isfinite(number) else form.replace("%0", "%") % number


# -- StringToNumber -----------------------------------------------------------------------

string_to_number = op("StringToNumber", host=True)
string_to_number.not_differentiable("it reads strings")

_BLANKS = b" \t\n\v\f\r"
_INTEGER = re.compile(rb"-?[0-9]+")
_FLOAT = re.compile(rb"[+-]?((?:[0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|inf|nan)", re.IGNORECASE)
_HEXADECIMAL = re.compile(rb"[+-]?0x[0-9a-f]+", re.IGNORECASE)


@string_to_number.shape
def string_to_number_shape(string_tensor):
    return string_tensor


@string_to_number.kernel
def string_to_number_kernel(xp, string_tensor, *, out_type):
    dtype = np.dtype(out_type.as_numpy_dtype)
    read = parse_integer if dtype.kind == "i" else parse_float
    items = []
    for text in flat(string_tensor):
        number = read(text, dtype)
        if number is None:
            shown = text.decode("utf-8", "replace")
            raise invalid(f"StringToNumberOp could not correctly convert string: {shown}")
        items.append(number)
    return filled(items, np.shape(string_tensor), dtype)


def parse_integer(text: bytes, dtype: np.dtype) -> int | None:
    """The integer that a string is, or None if it is none of that type; blanks around it do not count."""
    text = text.strip(_BLANKS)
    if not _INTEGER.fullmatch(text):
        return None
    number, limits = int(text), np.iinfo(dtype)
    return number if limits.min <= number <= limits.max else None


def parse_float(text: bytes, dtype: np.dtype) -> float | None:
    """The number that a string is, or None if it is none; blanks around it do not count, and are 0 alone.

    As in TensorFlow, `inf` and `nan` are numbers in any case, and so are hexadecimal integers.
    """
    bare = text.strip(_BLANKS)
    if _FLOAT.fullmatch(bare):
        number = float(bare)
    elif _HEXADECIMAL.fullmatch(bare):
        number = float(int(bare, 16))
    elif text and not bare:
        number = 0.0
    else:
        return None
    with np.errstate(over="ignore"):
        return dtype.type(number)
