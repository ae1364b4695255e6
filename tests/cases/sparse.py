"""Situations of the ops of perdure/ops/sparse.py."""

import numpy as np

from tests.cases import Case

_r = np.random.RandomState(0)


def f(*shape):
    return _r.randn(*shape).astype("f4")


def i8(values):
    return np.array(values, "i8")


ADD = "SparseTensorDenseAdd"
SHAPE = i8([3, 4])
CASES = [
    Case(ADD, [i8([[0, 1], [2, 3], [0, 1]]), f(3), SHAPE, f(3, 4)]),
    Case(ADD, [i8([[0, 1], [2, 3]]).astype("i4"), np.array([1, 2], "i4"), SHAPE.astype("i4"),
               np.ones([3, 4], "i4")], id="int", grad=False),
    Case(ADD, [np.zeros([0, 2], "i8"), f(0), SHAPE, f(3, 4)], id="nothing"),
    Case(ADD, [i8([[1], [0]]), _r.randn(2), i8([2]), _r.randn(2)], id="vector-double"),
    Case(ADD, [i8([[0, 4]]), f(1), SHAPE, f(3, 4)], id="outside", error="InvalidArgumentError"),
    Case(ADD, [i8([[0, 1]]), f(1), i8([3, 5]), f(3, 4)], id="sizes", error="InvalidArgumentError"),
    Case(ADD, [i8([[0]]), f(1), i8([3]), f(3, 4)], id="ranks", error="InvalidArgumentError"),
    Case(ADD, [i8([0]), f(1), i8([3]), f(3)], id="matrix", error="InvalidArgumentError"),
]
