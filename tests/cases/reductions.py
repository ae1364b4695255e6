"""Reductions over axes, positions of extrema, running reductions, and sequences."""

import numpy as np

from tests.cases import Case
from tests.draws import normal, uniform

X = normal(2, 3, 4, dtype="f8")
NANS = np.array([[1, np.nan, 3], [np.nan, np.nan, np.nan], [-np.inf, 2, np.inf]], "f4")
AXES = {"none": [], "all": [0, 1, 2], "first": [0], "last": [-1], "two": [2, 0], "scalar": 1}

CASES = []
for _op in "Sum Mean Prod Max Min EuclideanNorm".split():
    for _id, _axes in AXES.items():
        _axes = np.array(_axes, "i4")
        CASES.append(Case(_op, [X.astype("f4"), _axes], id=_id, rtol=1e-5, atol=1e-6))
        CASES.append(Case(_op, [X, _axes.astype("i8")], {"keep_dims": True}, id=_id + "_kept"))
    CASES += [
        Case(_op, [np.zeros((0, 3), "f4"), np.array([0], "i4")], id="empty"),
        Case(_op, [np.zeros((2, 0), "f4"), np.array([0], "i4")], id="empty_result", grad=False),
        Case(_op, [np.float32(2.5), np.array([], "i4")], id="rank0"),
        Case(_op, [NANS, np.array([1], "i4")], id="nan", grad=False),
        Case(_op, [np.array([[1, -5, 3], [4, 2, -9]], "i4"), np.array([1], "i4")], id="int32"),
        Case(_op, [np.array([[1, -5, 3], [4, 2, 9]], "i8"), np.array([0], "i4")], id="int64"),
        Case(
            _op,
            [uniform(0.5, 1.5, (3, 5), "f2"), np.array([1], "i4")],
            id="float16",
            rtol=1e-2,
            atol=1e-2,
            grad=False,
        ),
        Case(_op, [X.astype("f4"), np.array([3], "i4")], id="axis", error="ValueError"),
    ]
for _op in "Sum Mean Prod".split():
    CASES += [
        Case(_op, [X[0] + 1j * X[1], np.array([0], "i4")], id="complex128"),
        Case(_op, [np.array([100, 100, 100], "i1"), np.array([0], "i4")], id="int8"),
        Case(_op, [np.array([200, 100, 3], "u1"), np.array([0], "i4")], id="uint8"),
    ]
CASES += [
    Case("Max", [np.array([[2, 5, 5], [7, 7, 7]], "f4"), np.array([1], "i4")], id="ties"),
    Case("Min", [np.array([[5, 2, 2], [7, 7, 7]], "f4"), np.array([1], "i4")], id="ties"),
    Case("Max", [np.zeros((0,), "i4"), np.array([0], "i4")], id="empty_int"),
    Case("Min", [np.zeros((0,), "i4"), np.array([0], "i4")], id="empty_int"),
    Case("Prod", [np.array([[2, 0, 3], [0, 0, 4]], "f8"), np.array([1], "i4")], id="zeros"),
    Case("Mean", [np.array([], "i4"), np.array([0], "i4")], id="empty_int"),
]
_b = np.array([[True, False, True], [True, True, True]])
for _op in "All Any".split():
    CASES += [
        Case(_op, [_b, np.array([1], "i4")]),
        Case(_op, [_b, np.array([0, 1], "i4")], {"keep_dims": True}, id="kept"),
        Case(_op, [np.zeros((0, 2), bool), np.array([0], "i4")], id="empty"),
    ]

for _op in "ArgMax ArgMin".split():
    CASES += [
        Case(_op, [X.astype("f4"), np.int32(1)], id="float32"),
        Case(_op, [X, np.int64(-1)], {"output_type": "int32"}, id="float64"),
        Case(_op, [np.array([1, 3, 3, 0, 0], "i4"), np.int32(0)], id="ties"),
        Case(_op, [NANS, np.int32(1)], id="nan", grad=False),
        Case(_op, [np.array([3, 200, 100], "u1"), np.int32(0)], id="uint8"),
        Case(_op, [np.zeros((0, 3), "f4"), np.int32(1)], id="empty_result", grad=False),
        Case(_op, [np.zeros((0, 3), "f4"), np.int32(0)], id="empty", error="InvalidArgumentError"),
        Case(_op, [X, np.int32(3)], id="axis", error="ValueError"),
    ]

for _op in "Cumsum Cumprod CumulativeLogsumexp".split():
    for _exclusive in (False, True):
        for _reverse in (False, True):
            _attrs = {"exclusive": _exclusive, "reverse": _reverse}
            _id = "%d%d" % (_exclusive, _reverse)
            CASES += [
                Case(
                    _op,
                    [X.astype("f4"), np.int32(1)],
                    _attrs,
                    id=_id,
                    rtol=1e-5,
                    atol=1e-5,
                    grad=_op != "CumulativeLogsumexp",
                ),
                Case(
                    _op,
                    [X, np.int64(-1)],
                    _attrs,
                    id=_id + "_float64",
                    grad=_op != "CumulativeLogsumexp" or not _exclusive,
                ),
            ]
    CASES += [
        Case(_op, [np.zeros((2, 0), "f4"), np.int32(1)], {"exclusive": True}, id="empty", grad=False),
        Case(_op, [X, np.int32(3)], id="axis", error="InvalidArgumentError"),
    ]
for _op in "Cumsum Cumprod".split():
    CASES += [
        Case(_op, [np.array([1, 2, 3], "i4"), np.int32(0)], id="int32"),
        Case(_op, [np.array([100, 100], "i1"), np.int32(0)], id="int8"),
        Case(_op, [np.array([1.5, 2, 3], "f2"), np.int32(0)], {"exclusive": True}, id="float16", grad=False),
    ]


def scalars(dtype, *values):
    return [np.dtype(dtype).type(value) for value in values]


CASES += [
    Case("Range", scalars("i4", 0, 7, 2), id="int32"),
    Case("Range", scalars("i8", 5, -1, -2), id="int64"),
    Case("Range", scalars("f4", 0, 1, 0.3), id="float32"),
    Case("Range", scalars("f8", 1, 0, -0.25), id="float64"),
    Case("Range", scalars("f4", 0, 10, 0.1), id="accumulates"),
    Case("Range", scalars("i4", 3, 3, 1), id="empty"),
    Case("Range", scalars("i4", 0, 5, 0), id="no_step", error="InvalidArgumentError"),
    Case("Range", scalars("i4", 5, 0, 1), id="up", error="InvalidArgumentError"),
    Case("Range", scalars("i4", 0, 5, -1), id="down", error="InvalidArgumentError"),
    Case("Range", [np.array([1], "i4"), np.int32(5), np.int32(1)], id="vector", error="ValueError"),
    Case("LinSpace", [np.float32(0), np.float32(1), np.int32(11)], id="float32", rtol=1e-6, atol=1e-7),
    Case("LinSpace", [np.float64(3), np.float64(-2), np.int64(4)], id="float64"),
    Case("LinSpace", [np.float32(0.1), np.float32(0.7), np.int32(1)], id="one"),
    Case("LinSpace", [np.float32(0), np.float32(1), np.int32(0)], id="none", error="InvalidArgumentError"),
    Case("BroadcastGradientArgs", [np.array([2, 3], "i4"), np.array([3], "i4")], id="leading"),
    Case("BroadcastGradientArgs", [np.array([1, 3], "i4"), np.array([1, 1], "i4")], id="ones"),
    Case("BroadcastGradientArgs", [np.array([2, 3], "i4"), np.array([2, 3], "i4")], id="same"),
    Case("BroadcastGradientArgs", [np.array([], "i4"), np.array([1], "i4")], id="scalar"),
    Case("BroadcastGradientArgs", [np.array([2, 3], "i8"), np.array([2, 1], "i8")], id="int64"),
    Case(
        "BroadcastGradientArgs",
        [np.array([2], "i4"), np.array([3], "i4")],
        id="incompatible",
        error="InvalidArgumentError",
    ),
]
