"""Parts and properties of strings: lengths, substrings, splitting, stripping, upper and lower case."""

import numpy as np

from perdure.graph.shapes import broadcast, format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.elements import as_bytes, as_text, filled, flat, of_each

_BLANKS = b" \t\n\v\f\r"


def _same_shape(input):
    return input


# -- StringLength, Substr -----------------------------------------------------------------

string_length = op("StringLength", host=True)
string_length.shape(_same_shape)
string_length.not_differentiable("it counts")


@string_length.kernel
def string_length_kernel(xp, input, *, unit):
    count = len if as_text(unit) == "BYTE" else lambda text: len(text) - _following(text)
    return of_each(input, count, np.int32)


def _following(text):
    """How many bytes are no first ones of a character of UTF-8."""
    return sum(byte & 0xC0 == 0x80 for byte in text)


substr = op("Substr", host=True)
substr.not_differentiable("it makes strings")


@substr.shape
def substr_shape(input, pos, len):
    if pos is not None and len is not None and pos != len and None not in (*pos, *len):
        raise ValueError(f"pos and len shapes must match: {format_shape(pos)} vs. {format_shape(len)}")
    return broadcast(input, pos)


@substr.kernel
def substr_kernel(xp, input, pos, len, *, unit):
    texts = np.asarray(input, object)
    pos, lengths = np.asarray(pos), np.asarray(len)
    if pos.shape != lengths.shape:
        raise invalid(
            f"pos and len should have the same shape, got: {format_shape(pos.shape)} vs. "
            f"{format_shape(lengths.shape)}"
        )
    cut = _bytes_of if as_text(unit) == "BYTE" else _characters_of
    same = not pos.ndim or pos.shape == texts.shape
    try:
        shape = np.broadcast_shapes(texts.shape, pos.shape)
    except ValueError:
        raise invalid(
            f"Incompatible shapes: {format_shape(texts.shape)} vs. {format_shape(pos.shape)}"
        ) from None
    texts, pos, lengths = (np.broadcast_to(each, shape) for each in (texts, pos, lengths))
    made = np.empty(shape, object)
    for flat_place, place in enumerate(np.ndindex(shape)):
        where = flat_place if same else "(" + ", ".join(map(str, place)) + ")"
        made[place] = cut(texts[place], int(pos[place]), int(lengths[place]), where)
    return made


def _bytes_of(text, pos, length, where):
    if not -len(text) <= pos <= len(text):
        shown = text.decode("utf-8", "replace")
        raise invalid(f"pos {pos} out of range for string b'{shown}' at index {where}")
    start = pos if pos >= 0 else pos + len(text)
    return text[start:] if length < 0 else text[start : start + length]


def _characters_of(text, pos, length, where):
    starts = [place for place, byte in enumerate(text) if byte & 0xC0 != 0x80]
    if not -len(starts) <= pos <= len(starts):
        raise invalid(f"pos {pos} out of range for string at index {where}")
    starts.append(len(text))
    first = pos if pos >= 0 else pos + len(starts) - 1
    last = len(starts) - 1 if length < 0 else min(first + length, len(starts) - 1)
    return text[starts[first] : starts[last]]


# -- StringStrip, StringLower, StringUpper ------------------------------------------------

string_strip = op("StringStrip", host=True)
string_strip.shape(_same_shape)
string_strip.not_differentiable("it makes strings")


@string_strip.kernel
def string_strip_kernel(xp, input):
    return of_each(input, lambda text: text.strip(_BLANKS))


string_lower = op("StringLower", host=True)
string_lower.shape(_same_shape)
string_lower.not_differentiable("it makes strings")


@string_lower.kernel
def string_lower_kernel(xp, input, *, encoding):
    return _in_case(input, as_text(encoding), bytes.lower, str.lower)


string_upper = op("StringUpper", host=True)
string_upper.shape(_same_shape)
string_upper.not_differentiable("it makes strings")


@string_upper.kernel
def string_upper_kernel(xp, input, *, encoding):
    return _in_case(input, as_text(encoding), bytes.upper, str.upper)


def _in_case(strings, encoding, of_bytes, of_text):
    if encoding not in ("", "utf-8"):
        raise invalid(f"only utf-8 or '' (no encoding) is supported, received {encoding}")
    if not encoding:
        return of_each(strings, of_bytes)
    return of_each(strings, lambda text: of_text(text.decode("utf-8", "replace")).encode())


# -- StringSplit --------------------------------------------------------------------------

string_split = op("StringSplit", host=True)
string_split.not_differentiable("it makes strings")


@string_split.shape
def string_split_shape(input, delimiter):
    with_rank(input, 1)
    with_rank(delimiter, 0)
    return (None, 2), (None,), (2,)


@string_split.kernel
def string_split_kernel(xp, input, delimiter, *, skip_empty):
    marks = as_bytes(_scalar(delimiter, "delimiter"))

    def split(text):
        if not marks:
            return [text[place : place + 1] for place in range(len(text))]
        for mark in marks[1:]:
            text = text.replace(bytes([mark]), marks[:1])
        found = text.split(marks[:1]) if text else []
        return [piece for piece in found if piece] if skip_empty else found

    return _sparse(_vector(input), split)


string_split_v2 = op("StringSplitV2", host=True)
string_split_v2.not_differentiable("it makes strings")


@string_split_v2.shape
def string_split_v2_shape(input, sep):
    with_rank(input, 1)
    with_rank(sep, 0)
    return (None, 2), (None,), (2,)


@string_split_v2.kernel
def string_split_v2_kernel(xp, input, sep, *, maxsplit):
    between = as_bytes(_scalar(sep, "sep"))

    def split(text):
        if between:
            return text.split(between, maxsplit)
        if maxsplit == 0:
            return [text]
        found = text.split(None, maxsplit)
        # What is left behind the last separator is a piece, even if it is empty.
        return [*found, b""] if len(found) == maxsplit else found

    return _sparse(_vector(input), split)


def _scalar(value, name):
    if np.ndim(value):
        raise invalid(f"{name} must be scalar, got shape: {format_shape(np.shape(value))}")
    return np.asarray(value, object).item()


def _vector(strings):
    if np.ndim(strings) != 1:
        raise invalid(f"input must be a vector, got shape: {format_shape(np.shape(strings))}")
    return flat(strings)


def _sparse(strings, split):
    """The pieces of each string as a row of a sparse matrix."""
    rows = [split(text) for text in strings]
    counts = np.fromiter(map(len, rows), np.int64, len(rows))
    pieces = [piece for row in rows for piece in row]
    starts = np.cumsum(counts) - counts
    indices = np.empty((len(pieces), 2), np.int64)
    indices[:, 0] = np.repeat(np.arange(len(rows)), counts)
    indices[:, 1] = np.arange(len(pieces)) - np.repeat(starts, counts)
    widest = int(counts.max()) if len(counts) else 0
    return indices, filled(pieces, (len(pieces),)), np.array([len(rows), widest], np.int64)
