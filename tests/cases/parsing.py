"""Cases of the ops that read bytes; most of what parses is compared by tests/oracle/client/parsing.py.

DecodePaddedRaw of TensorFlow 1.15 puts the second and later rows of wide types into the wrong places
(CVE-2021-29614), so that these cases have one row.
"""

import numpy as np

from tests.cases import Case


def text(*items):
    return np.array(items, object)


def padded(id, items, length, dtype="int16", error=None, **attrs):
    return Case(
        "DecodePaddedRaw",
        [items, np.int32(length)],
        dict(attrs, out_type=dtype),
        id=id,
        grad=False,
        error=error,
    )


CASES = [
    padded("longer", text(b"abc", b"e"), 2, "uint8"),
    padded("shorter", text(b"abc"), 4),
    padded("big", text(b"abc"), 4, little_endian=False),
    padded("floats", text(b"\0\0\x80?"), 8, "float32"),
    padded("nothing", text(), 4),
    padded("matrix", text(b"a", b"b").reshape(2, 1), 1, "int8"),
    padded("multiple", text(b"abc"), 3, error="ValueError"),
    padded("zero", text(b"abc"), 0, error="InvalidArgumentError"),
    padded("negative", text(b"abc"), -2, error="ValueError"),
    padded("rank", text(b"abc"), [4], error="ValueError"),
]
