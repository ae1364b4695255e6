"""Text in its encodings: UnicodeDecode, UnicodeEncode, UnicodeTranscode, UnicodeScript.

Python's codecs decode; where ICU, which TensorFlow uses, knows an encoding that they do not, it is an error.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import numpy as np

from perdure.graph.shapes import with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.elements import as_text, filled, flat, of_each
from perdure.ops.strings.scripts import script_of

_LAST = 0x10FFFF


class _Reader:
    """Characters of byte strings of one encoding, with what is to be done about malformed ones."""

    def __init__(self, encoding, errors, replacement, replaces_controls):
        name = as_text(encoding)
        try:
            codec = codecs.lookup(name)
        except LookupError:
            codec = None
        # Python's codecs of bytes to bytes are no encodings of text.
        if codec is None or not getattr(codec, "_is_text_encoding", True):
            raise invalid(f"Could not create converter for input encoding: {name}")
        if not 0 <= replacement <= _LAST:
            raise invalid("replacement_char out of unicode codepoint range")
        self.encoding = codec.name
        self.errors = as_text(errors)
        self.replacement = replacement
        self.replaces_controls = replaces_controls

    def characters(self, data: bytes) -> Iterator[tuple[int, int]]:
        """The code points of a string and where each begins."""
        for text, start in self._pieces(data):
            if text is None:
                yield from self._malformed(start)
                continue
            place = start
            for character in text:
                code = ord(character)
                if self.replaces_controls and code < 0x20:
                    yield from self._malformed(place)
                else:
                    yield code, place
                place += (
                    1 if code < 0x80 and self.encoding == "utf-8" else len(character.encode(self.encoding))
                )

    def _pieces(self, data):
        """Stretches of well-formed text with their places; None in the place of what is malformed."""
        start = 0
        while start < len(data):
            try:
                yield data[start:].decode(self.encoding), start
                return
            except UnicodeDecodeError as error:
                if error.start:
                    yield data[start : start + error.start].decode(self.encoding), start
                yield None, start + error.start
                start += max(error.end, error.start + 1)

    def _malformed(self, start):
        if self.errors == "strict":
            raise invalid("Invalid formatting on input string")
        if self.errors == "replace":
            yield self.replacement, start


# -- UnicodeDecode ------------------------------------------------------------------------

unicode_decode = op("UnicodeDecode", host=True)
unicode_decode.not_differentiable("it reads strings")


@unicode_decode.shape
def unicode_decode_shape(input):
    return (_splits(input),), (None,)


def _splits(shape):
    if shape is None or None in shape:
        return None
    return int(np.prod(shape, dtype=int)) + 1


@unicode_decode.kernel
def unicode_decode_kernel(
    xp, input, *, input_encoding, errors, replacement_char, replace_control_characters, Tsplits
):
    reader = _Reader(input_encoding, errors, replacement_char, replace_control_characters)
    return _decoded(reader, input, Tsplits)[:2]


unicode_decode_with_offsets = op("UnicodeDecodeWithOffsets", host=True)
unicode_decode_with_offsets.not_differentiable("it reads strings")


@unicode_decode_with_offsets.shape
def unicode_decode_with_offsets_shape(input):
    return (_splits(input),), (None,), (None,)


@unicode_decode_with_offsets.kernel
def unicode_decode_with_offsets_kernel(
    xp, input, *, input_encoding, errors, replacement_char, replace_control_characters, Tsplits
):
    reader = _Reader(input_encoding, errors, replacement_char, replace_control_characters)
    return _decoded(reader, input, Tsplits)


def _decoded(reader, strings, dtype):
    rows = [list(reader.characters(text)) for text in flat(strings)]
    splits = np.zeros(len(rows) + 1, dtype.as_numpy_dtype)
    np.cumsum([len(row) for row in rows], out=splits[1:])
    found = [pair for row in rows for pair in row]
    return (
        splits,
        np.array([code for code, _ in found], np.int32),
        np.array([at for _, at in found], np.int64),
    )


# -- UnicodeEncode, UnicodeTranscode ------------------------------------------------------

unicode_encode = op("UnicodeEncode", host=True)
unicode_encode.not_differentiable("it makes strings")


@unicode_encode.shape
def unicode_encode_shape(input_values, input_splits):
    with_rank(input_values, 1)
    splits = with_rank(input_splits, 1)
    size = None if splits is None else splits[0]
    return (None if size is None else size - 1,)


@unicode_encode.kernel
def unicode_encode_kernel(xp, input_values, input_splits, *, errors, output_encoding, replacement_char):
    how = as_text(errors)
    codes, splits = np.asarray(input_values).tolist(), np.asarray(input_splits).tolist()
    if not 0 <= replacement_char <= _LAST:
        raise invalid("replacement_char out of unicode codepoint range")
    if splits and splits[0] != 0:
        raise invalid(f"First value in input_splits must be zero, got {splits[0]}")
    if splits and splits[-1] != len(codes):
        raise invalid(
            f"Last value in input_splits must be equal to len(input_values). Got {splits[-1]}, expected "
            f"{len(codes)}"
        )
    made = []
    for start, end in zip(splits, splits[1:], strict=False):
        if end < start:
            raise invalid("Values in input_splits must be equal or in ascending order.")
        characters = []
        for code in codes[start:end]:
            if 0 <= code <= _LAST:
                characters.append(chr(code))
            elif how == "strict":
                raise invalid("Code point value out of valid Unicode range.")
            elif how == "replace":
                characters.append(chr(replacement_char))
        made.append(_encoded("".join(characters), output_encoding))
    return filled(made, (len(made),))


def _encoded(text, encoding):
    name = as_text(encoding)
    if not text.isascii():
        # As in ICU, halves of pairs of UTF-16 are a character if they meet, and none in UTF-8 if they do not.
        units = text.encode("utf-16-be", "surrogatepass")
        text = units.decode("utf-16-be", "replace" if name == "UTF-8" else "surrogatepass")
    return text.encode(name, "surrogatepass")


unicode_transcode = op("UnicodeTranscode", host=True)
unicode_transcode.not_differentiable("it makes strings")


@unicode_transcode.shape
def unicode_transcode_shape(input):
    return input


@unicode_transcode.kernel
def unicode_transcode_kernel(
    xp,
    input,
    *,
    input_encoding,
    output_encoding,
    errors,
    replacement_char,
    replace_control_characters,
):
    reader = _Reader(input_encoding, errors, replacement_char, replace_control_characters)

    def transcoded(text):
        return _encoded("".join(chr(code) for code, _ in reader.characters(text)), output_encoding)

    return of_each(input, transcoded)


# -- UnicodeScript ------------------------------------------------------------------------

unicode_script = op("UnicodeScript", host=True)
unicode_script.not_differentiable("it names scripts")


@unicode_script.shape
def unicode_script_shape(input):
    return input


@unicode_script.kernel
def unicode_script_kernel(xp, input):
    return script_of(np.asarray(input))
