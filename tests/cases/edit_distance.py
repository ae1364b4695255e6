"""EditDistance and UnravelIndex."""

import numpy as np

from tests.cases import Case


def i4(value):
    return np.array(value, "i4")


def i8(value):
    return np.array(value, "i8")


# Groups: equal, one substitution, no truth, no hypothesis, neither.
SEQUENCES = [
    i8([[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]]),
    i4([1, 2, 3, 4, 5]),
    i8([4, 3]),
    i8([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [3, 0], [3, 1]]),
    i4([1, 2, 3, 5, 4, 6, 7]),
    i8([5, 4]),
]
WORDS = [
    i8([[0, 0, 0], [1, 0, 0], [1, 0, 1]]),
    np.array(["a", "b", "c"]),
    i8([2, 1, 2]),
    i8([[0, 0, 0], [1, 0, 0]]),
    np.array(["a", "c"]),
    i8([2, 1, 1]),
]

CASES = [
    Case("EditDistance", SEQUENCES, grad=False),
    Case("EditDistance", SEQUENCES, {"normalize": False}, id="counts", grad=False),
    Case("EditDistance", WORDS, id="text", grad=False),
    Case("EditDistance", SEQUENCES[:5] + [i8([5, 4, 1])], id="wrong", error="InvalidArgumentError"),
    Case("UnravelIndex", [i4([0, 5, 23]), i4([2, 3, 4])], grad=False),
    Case("UnravelIndex", [i8(7), i8([2, 3, 4])], id="scalar", grad=False),
    Case("UnravelIndex", [i4([30, -1]), i4([2, 3, 4])], id="outside", grad=False),
]
