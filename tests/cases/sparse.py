"""Situations of the ops of perdure/ops/sparse/sparse.py."""

import numpy as np

from tests.cases import Case
from tests.draws import normal


def f(*shape):
    return normal(*shape)


def i8(values):
    return np.array(values, "i8")


ADD = "SparseTensorDenseAdd"
SHAPE = i8([3, 4])
CASES = [
    Case(ADD, [i8([[0, 1], [2, 3], [0, 1]]), f(3), SHAPE, f(3, 4)]),
    Case(
        ADD,
        [
            i8([[0, 1], [2, 3]]).astype("i4"),
            np.array([1, 2], "i4"),
            SHAPE.astype("i4"),
            np.ones([3, 4], "i4"),
        ],
        id="int",
        grad=False,
    ),
    Case(ADD, [np.zeros([0, 2], "i8"), f(0), SHAPE, f(3, 4)], id="nothing"),
    Case(ADD, [i8([[1], [0]]), normal(2, dtype="f8"), i8([2]), normal(2, dtype="f8")], id="vector-double"),
    Case(ADD, [i8([[0, 4]]), f(1), SHAPE, f(3, 4)], id="outside", error="InvalidArgumentError"),
    Case(ADD, [i8([[0, 1]]), f(1), i8([3, 5]), f(3, 4)], id="sizes", error="InvalidArgumentError"),
    Case(ADD, [i8([[0]]), f(1), i8([3]), f(3, 4)], id="ranks", error="InvalidArgumentError"),
    Case(ADD, [i8([0]), f(1), i8([3]), f(3)], id="matrix", error="InvalidArgumentError"),
]

TO_DENSE = "SparseToDense"


def i4(values):
    return np.array(values, "i4")


def to_dense(id, indices, shape, values, default=0, validate=True, error=None):
    return Case(
        TO_DENSE,
        [i4(indices), i4(shape), np.array(values, "f4"), np.float32(default)],
        {"validate_indices": validate},
        id=id,
        error=error,
        grad=error is None and np.ndim(indices) == 2,
    )


WRONG = "InvalidArgumentError"
CASES += [
    to_dense("matrix", [[0, 1], [1, 1]], [2, 3], [1, 2]),
    to_dense("one value", [[0, 1], [1, 1]], [2, 3], 5, -1),
    to_dense("vector", [1, 2], [3], [5, 6], -1),
    to_dense("scalar", 1, [3], 5),
    to_dense("nothing", np.zeros([0, 2]), [2, 3], np.zeros(0)),
    to_dense("any order", [2, 1, 2], [3], [5, 6, 7], -1, validate=False),
    Case(
        TO_DENSE,
        [i8([[1], [3]]), i8([5]), np.array([b"a", b"b"], object), np.array(b"", object)],
        id="strings",
        grad=False,
    ),
    Case(TO_DENSE, [i8([[1], [3]]), i8([5]), np.array([True, True]), np.bool_(False)], id="bool", grad=False),
    to_dense("out of order", [2, 1], [3], [5, 6], error=WRONG),
    to_dense("repeated", [1, 1], [3], [5, 6], error=WRONG),
    to_dense("outside", [1, 3], [3], [5, 6], error=WRONG),
    to_dense("outside unchecked", [-1, 1], [3], [5, 6], validate=False, error=WRONG),
    to_dense("few sizes", [[0, 1], [1, 1]], [3], [1, 2], error=WRONG),
    to_dense("many values", [[0, 1], [1, 1]], [2, 3], [1, 2, 3], error=WRONG),
    to_dense("rank of sizes", [[0, 1], [1, 1]], [[2, 3]], [1, 2], error="ValueError"),
    to_dense("rank of default", [[0, 1], [1, 1]], [2, 3], [1, 2], [0], error=WRONG),
    to_dense("rank of indices", [[[0, 1], [1, 1]]], [2, 3], [1, 2], error=WRONG),
    to_dense("negative size", [1], [-3], [1], error="ValueError"),
]
