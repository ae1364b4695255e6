"""Cases of the ops that put strings together."""

import numpy as np

from tests.cases import Case


def text(*items):
    return np.array(items, object)


SCALAR = np.array(b"x", object)

CASES = [
    Case("StringJoin", [[SCALAR, np.array(b"yz", object)]], id="scalars"),
    Case("StringJoin", [[SCALAR]], {"separator": "-"}, id="one"),
    Case("StringJoin", [[text(b"a", b"b"), text(b"c", b"\xff\x00")]], {"separator": ", "}, id="vectors"),
    Case("StringJoin", [[SCALAR, text(b"a", b"b"), SCALAR]], {"separator": "/"}, id="scalars_and_vectors"),
    Case("StringJoin", [[text(), SCALAR]], id="empty"),
    Case(
        "StringJoin",
        [[text(b"a", b"b", b"c", b"d").reshape(2, 2), SCALAR]],
        {"separator": "\u00e9"},
        id="matrix",
    ),
    Case("StringJoin", [[text(b"a", b"b"), text(b"c")]], error="InvalidArgumentError", id="shapes"),
    Case(
        "StringJoin",
        [[text(b"a", b"b"), text(b"c", b"d").reshape(1, 2)]],
        error="InvalidArgumentError",
        id="ranks",
    ),
]
