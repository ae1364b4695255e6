"""Variables changed or read at indices."""

import numpy as np

from tests.cases import Case
from tests.draws import uniform


def f(*shape):
    return uniform(0.5, 5.5, shape, "f4")


def i4(value):
    return np.array(value, "i4")


def i8(value):
    return np.array(value, "i8")


TABLE = f(5, 3)
FLOAT = {"dtype": "float32"}
CASES = []
for _word in ("Update", "Add", "Sub", "Mul", "Div", "Min", "Max"):
    for _op in ("Scatter" + _word, "ResourceScatter" + _word):
        CASES += [
            Case(_op, [TABLE, i4([0, 4]), f(2, 3)], grad=False),
            Case(_op, [TABLE, i8([[1, 1], [3, 1]]), f(2, 2, 3)], id="duplicates", grad=False),
            Case(_op, [f(6), i4([1, 1, 5]), f(3)], id="vector", grad=False),
            Case(_op, [TABLE, i4([2]), np.float32(2)], id="scalar", grad=False),
            Case(_op, [TABLE, i4([]), f(0, 3)], id="nothing", grad=False),
            Case(_op, [TABLE, i4([0, 5]), f(2, 3)], id="outside", error="InvalidArgumentError"),
        ]
        if _word not in ("Min", "Max"):
            CASES.append(
                Case(
                    _op,
                    [np.array([[9, -9], [7, 8]], "i4"), i4([0]), np.array([[2, 2]], "i4")],
                    id="int",
                    grad=False,
                )
            )
CASES += [
    Case("ScatterAdd", [f(3, 2), i4([1] * 12), f(12, 2)], id="many-duplicates", grad=False),
    Case("ScatterUpdate", [TABLE, i4([1]), f(1, 2)], id="wrong", error="InvalidArgumentError"),
    Case("ScatterAdd", [TABLE, i4([1]), f(1, 3)], {"use_locking": True}, id="locked", runs=3, grad=False),
]
for _word in ("Update", "Add", "Sub"):
    for _op in ("ScatterNd" + _word, "ResourceScatterNd" + _word):
        CASES += [
            Case(_op, [TABLE, i4([[0, 1], [4, 2]]), f(2)], grad=False),
            Case(_op, [TABLE, i8([[1], [3]]), f(2, 3)], id="rows", grad=False),
            Case(_op, [TABLE, i4([[0, 3]]), f(1)], id="outside", error="InvalidArgumentError"),
            Case(_op, [TABLE, i4([[0]]), f(1, 2)], id="wrong", error="InvalidArgumentError"),
            Case(_op, [TABLE, i4([[0], [1]]), f(1, 3)], id="outer", error="InvalidArgumentError"),
        ]
CASES += [
    Case("ScatterNdAdd", [TABLE, i4([[1], [1]]), f(2, 3)], id="duplicates", grad=False),
    Case("ResourceGather", [TABLE, i4([0, 4, 0])], {"dtype": "float32"}),
    Case("ResourceGather", [TABLE, i8([[1, 2], [0, 0]])], {"dtype": "float32"}, id="matrix"),
    Case(
        "ResourceGather",
        [f(2, 3, 2), i4([[2, 0], [1, 1]])],
        {"batch_dims": 1, "dtype": "float32"},
        id="batch",
        grad=False,
    ),
    Case("ResourceGather", [TABLE, i4([0, 5])], FLOAT, id="outside", error="InvalidArgumentError"),
    Case("ResourceGatherNd", [TABLE, i4([[0, 1], [4, 2]])], {"dtype": "float32"}),
    Case("ResourceGatherNd", [TABLE, i4([[0], [4]])], {"dtype": "float32"}, id="rows"),
    Case("ResourceGatherNd", [TABLE, i4([[0, 3]])], FLOAT, id="outside", error="InvalidArgumentError"),
]
