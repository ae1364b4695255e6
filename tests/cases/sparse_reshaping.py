"""Situations of the ops of perdure/ops/sparse/reshaping.py."""

import numpy as np

from tests.cases import Case
from tests.draws import normal


def i8(values):
    return np.array(values, "i8")


WRONG = "InvalidArgumentError"
RESHAPE = "SparseReshape"
PLACES = i8([[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 2, 3]])
NOWHERE = np.zeros([0, 3], "i8")


def reshape(id, places, old, new, error=None):
    return Case(RESHAPE, [places, i8(old), i8(new)], id=id, error=error, grad=False)


CASES = [
    reshape("matrix", PLACES, [2, 3, 4], [4, 6]),
    reshape("rest", PLACES, [2, 3, 4], [3, -1, 2]),
    reshape("same", PLACES, [2, 3, 4], [2, -1, 4]),
    reshape("vector", PLACES, [2, 3, 4], [-1]),
    reshape("deeper", PLACES, [2, 3, 4], [2, 1, 3, 2, 2]),
    reshape("nothing", NOWHERE, [2, 3, 4], [4, -1]),
    reshape("no_rows", NOWHERE, [0, 3, 4], [4, 0]),
    reshape("outside", i8([[5, 7]]), [2, 3], [3, 2]),
    reshape("too_many", PLACES, [2, 3, 4], [4, 7], WRONG),
    reshape("no_multiple", PLACES, [2, 3, 4], [-1, 7], WRONG),
    reshape("two_rests", PLACES, [2, 3, 4], [-1, -1, 4], WRONG),
    reshape("negative", PLACES, [2, 3, 4], [4, -6], WRONG),
    reshape("empty_rest", NOWHERE, [0, 3, 4], [-1, 0], WRONG),
    reshape("places", i8([0, 1]), [2, 3], [6], "ValueError"),
    reshape("shape", PLACES, [[2, 3, 4]], [24], "ValueError"),
    reshape("new_shape", PLACES, [2, 3, 4], 24, "ValueError"),
]

FILL = "SparseFillEmptyRows"


def fill(id, places, values, shape, default, error=None, grad=None):
    values = np.asarray(values)
    is_float = values.dtype.kind == "f"
    return Case(
        FILL,
        [places, values, i8(shape), default],
        id=id,
        error=error,
        grad=(is_float and error is None) if grad is None else grad,
    )


ROWS = i8([[0, 0], [1, 0], [1, 3], [1, 4], [3, 2], [3, 3]])
CASES += [
    Case(FILL, [ROWS, normal(6), i8([5, 6]), np.float32(-1)]),
    Case(FILL, [ROWS[::-1].copy(), normal(6, dtype="f8"), i8([5, 6]), np.float64(0)], id="out_of_order"),
    Case(FILL, [ROWS[:4], normal(4), i8([2, 6]), np.float32(-1)], id="full"),
    fill("integers", ROWS, np.arange(6), [5, 6], np.int64(-1)),
    fill("text", ROWS, np.array([b"a", b"b", b"c", b"d", b"e", b"f"]), [5, 6], np.array(b"?")),
    fill("flags", ROWS[:2], np.array([True, False]), [3, 6], np.array(True)),
    fill("nothing", np.zeros([0, 2], "i8"), np.zeros([0], "f4"), [2, 5], np.float32(3)),
    fill("no_rows", np.zeros([0, 2], "i8"), np.zeros([0], "f4"), [0, 5], np.float32(3), grad=False),
    fill("deep", i8([[0, 1, 2], [2, 0, 1]]), np.float32([1, 2]), [4, 2, 3], np.float32(7)),
    fill("outside", i8([[5, 0]]), np.float32([1]), [2, 5], np.float32(0), WRONG),
    fill("before", i8([[-1, 0]]), np.float32([1]), [2, 5], np.float32(0), WRONG),
    fill("rows_of_none", i8([[0, 0]]), np.float32([1]), [0, 5], np.float32(0), WRONG),
    fill("places", i8([0]), np.float32([1]), [2, 5], np.float32(0), "ValueError"),
    fill("values", i8([[0, 0]]), np.float32([[1]]), [2, 5], np.float32(0), "ValueError"),
    fill("default", i8([[0, 0]]), np.float32([1]), [2, 5], np.float32([0]), "ValueError"),
    fill("lengths", i8([[0, 0]]), np.float32([1, 2]), [2, 5], np.float32(0), "ValueError"),
]

GRAD = "SparseFillEmptyRowsGrad"
CASES += [
    Case(GRAD, [i8([2, 1]), normal(4)], grad=False),
    Case(GRAD, [i8([0, 3, 2]), np.arange(5, dtype="f8")], id="double", grad=False),
    Case(GRAD, [i8([]), np.float32([1, 2])], id="nothing", grad=False),
    Case(GRAD, [i8([0, 4]), np.float32([1, 2])], id="outside", error=WRONG, grad=False),
]
