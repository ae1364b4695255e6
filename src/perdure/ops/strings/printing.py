"""StringFormat and PrintV2: what tf.print and tf.strings.format run."""

import sys

import numpy as np

from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.elements import as_bytes
from perdure.ops.strings.text import element_text

# -- StringFormat --------------------------------------------------------------------------

string_format = op("StringFormat", host=True)


@string_format.shape
def string_format_shape():
    return ()


@string_format.kernel
def string_format_kernel(xp, inputs, *, template, placeholder, summarize):
    pieces = as_bytes(template).split(as_bytes(placeholder))
    if len(pieces) - 1 != len(inputs):
        raise invalid(
            f"num placeholders in template and num inputs must match: {len(pieces) - 1} vs. {len(inputs)}"
        )
    shown = [_shown(np.asarray(value), summarize).encode("latin-1") for value in inputs]
    text = pieces[0] + b"".join(value + piece for value, piece in zip(shown, pieces[1:], strict=True))
    return np.array(text, object)


def _shown(array, edge):
    """An array with the first and last `edge` items of each dimension; all of them if it is negative."""
    return _nested(array, edge, 1)


def _nested(array, edge, depth):
    if not array.ndim:
        return _element(array[()], array.dtype)
    count = len(array)
    places = list(range(count))
    if 0 <= edge and 2 * edge < count:
        places = [*range(edge), None, *range(count - edge, count)]
    between = " " if array.ndim == 1 else "\n" + " " * depth
    return (
        "["
        + between.join(
            "..." if place is None else _nested(array[place, ...], edge, depth + 1) for place in places
        )
        + "]"
    )


def _element(item, dtype):
    if dtype.kind == "c":
        return "[?]"
    if dtype.kind not in "OSU":
        return element_text(item, dtype)
    return '"' + _escaped(item if isinstance(item, bytes) else str(item).encode()) + '"'


_ESCAPES = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}


def _escaped(text):
    return "".join(
        _ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in text
    )


string_format.not_differentiable("it makes a string")

# -- PrintV2 -------------------------------------------------------------------------------

print_v2 = op("PrintV2", host=True)


@print_v2.shape
def print_v2_shape(input):
    if input:
        raise ValueError("Shape must be rank 0")
    return []


@print_v2.kernel
def print_v2_kernel(xp, input, *, output_stream, end, files):
    text = np.asarray(input).item()
    text = as_bytes(text).decode("utf-8", "backslashreplace") + end
    if output_stream.startswith("file://"):
        # Imported here, since they take longer to import than the ops of most graphs.
        from urllib.parse import urlparse
        from urllib.request import url2pathname

        with files.open(url2pathname(urlparse(output_stream).path), "ab") as file:
            file.write(text.encode())
    elif output_stream == "stdout":
        print(text, end="", flush=True)
    elif output_stream == "stderr":
        print(text, end="", file=sys.stderr, flush=True)
    elif output_stream in _LEVELS:
        print(f"{_LEVELS[output_stream]} {text}", end="", file=sys.stderr, flush=True)
    else:
        raise invalid(f"Unknown output stream: {output_stream}")
    return ()


# TensorFlow writes these through its own log, where each line starts with its level.
_LEVELS = {"log(info)": "I", "log(warning)": "W", "log(error)": "E"}

print_v2.not_differentiable("it has no outputs")
