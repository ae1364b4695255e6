"""Reductions of rows that share a segment, and counting."""

import numpy as np

from tests.cases import Case
from tests.draws import normal

ROWS = normal(5, 3, dtype="f8")
SORTED = np.array([0, 0, 2, 2, 2], "i4")
MIXED = np.array([2, 0, 2, -1, 1], "i4")
THREE = np.int32(3)

CASES = []
for _op in "SegmentSum SegmentMean SegmentProd SegmentMax SegmentMin".split():
    CASES += [
        Case(_op, [ROWS.astype("f4"), SORTED], id="float32", rtol=1e-5, atol=1e-6, grad=_op != "SegmentProd"),
        Case(_op, [ROWS[:, 0], SORTED.astype("i8")], id="vector", grad=_op != "SegmentProd"),
        Case(_op, [np.array([1, -2, 3, 5, 4], "i4"), SORTED], id="int32"),
        Case(_op, [np.zeros((0, 2), "f4"), np.array([], "i4")], id="empty", grad=False),
        Case(_op, [ROWS, np.array([0, 1, 0, 2, 2], "i4")], id="unsorted", error="InvalidArgumentError"),
        Case(_op, [ROWS, np.array([-1, 0, 0, 2, 2], "i4")], id="negative", error="InvalidArgumentError"),
        Case(_op, [ROWS, np.array([0, 1], "i4")], id="length", error="InvalidArgumentError"),
    ]
CASES += [
    Case("SegmentMax", [np.array([2, 2, 1], "f4"), np.array([0, 0, 0], "i4")], id="ties"),
    Case("SegmentMin", [np.array([1, 1, 2], "f4"), np.array([0, 0, 0], "i4")], id="ties"),
]
for _op in "UnsortedSegmentSum UnsortedSegmentProd UnsortedSegmentMax UnsortedSegmentMin".split():
    CASES += [
        Case(_op, [ROWS.astype("f4"), MIXED, THREE], id="float32", rtol=1e-5, atol=1e-6),
        Case(_op, [ROWS, MIXED.astype("i8"), np.int64(3)], id="float64"),
        Case(_op, [np.array([1, -2, 3, 5, 4], "i4"), MIXED, THREE], id="int32"),
        Case(_op, [normal(2, 2, 3, dtype="f8"), np.array([[0, 2], [-5, 1]], "i4"), THREE], id="matrix"),
        Case(_op, [np.zeros((0, 2), "f4"), np.array([], "i4"), THREE], id="empty", grad=False),
        Case(
            _op, [ROWS, np.array([0, 1, 0, 3, 2], "i4"), THREE], id="too_large", error="InvalidArgumentError"
        ),
        Case(_op, [ROWS, np.array([0, 1], "i4"), THREE], id="shapes", error="ValueError"),
        Case(_op, [ROWS, MIXED, np.int32(-1)], id="negative_count", error="ValueError"),
    ]
CASES += [
    Case(
        "UnsortedSegmentMax", [np.array([2, 2, 1], "f4"), np.array([0, 0, 0], "i4"), np.int32(1)], id="ties"
    ),
    Case(
        "UnsortedSegmentProd",
        [np.array([2, 0, 3, 0, 0, 5], "f8"), np.array([0, 0, 0, 1, 1, 1], "i4"), np.int32(2)],
        id="zeros",
    ),
]
_indices, _ids = np.array([0, 1, 3, 1], "i4"), np.array([0, 0, 2, 2], "i4")
for _op in "SparseSegmentSum SparseSegmentMean SparseSegmentSqrtN".split():
    CASES += [
        Case(_op, [ROWS.astype("f4"), _indices, _ids], id="float32", rtol=1e-5, atol=1e-6),
        Case(_op, [ROWS, _indices, _ids], id="float64"),
        Case(_op, [ROWS, np.array([0, 1, 5, 1], "i4"), _ids], id="index", error="InvalidArgumentError"),
        Case(
            _op, [ROWS, _indices, np.array([0, 2, 1, 2], "i4")], id="unsorted", error="InvalidArgumentError"
        ),
        Case(_op, [ROWS, _indices[:3], _ids], id="length", error="InvalidArgumentError"),
        Case(_op + "WithNumSegments", [ROWS, _indices, _ids, np.int32(5)], id="float64"),
        Case(
            _op + "WithNumSegments",
            [ROWS, _indices, _ids, np.int32(2)],
            id="count",
            error="InvalidArgumentError",
        ),
    ]
for _op in "SparseSegmentMeanGrad SparseSegmentSqrtNGrad".split():
    CASES.append(Case(_op, [normal(3, 2, dtype="f8"), _indices, _ids, np.int32(5)], grad=False))
_counted = np.array([0, 1, 1, 5], "i4")
CASES += [
    Case("Bincount", [_counted, np.int32(3), np.array([], "f4")], id="float32", grad=False),
    Case("Bincount", [_counted, np.int32(7), np.array([], "i8")], id="int64"),
    Case("Bincount", [_counted, np.int32(6), np.array([1, 2, 3, 4], "f8")], id="weights", grad=False),
    Case(
        "Bincount",
        [np.array([0, -1], "i4"), np.int32(3), np.array([], "i4")],
        id="negative",
        error="InvalidArgumentError",
    ),
    Case("Bincount", [_counted, np.int32(-3), np.array([], "i4")], id="size", error="ValueError"),
    Case(
        "HistogramFixedWidth",
        [np.array([-1, 0, 1.5, 2, 5, 15], "f4"), np.array([0, 5], "f4"), np.int32(5)],
        id="float32",
    ),
    Case(
        "HistogramFixedWidth",
        [np.array([[-1, 0], [1, 15]], "i4"), np.array([0, 5], "i4"), np.int32(5)],
        {"dtype": "int64"},
        id="int32",
    ),
    Case(
        "HistogramFixedWidth",
        [np.array([1.0]), np.array([5.0, 0.0]), np.int32(5)],
        id="range",
        error="InvalidArgumentError",
    ),
    Case(
        "HistogramFixedWidth",
        [np.array([1.0]), np.array([5.0]), np.int32(5)],
        id="one_end",
        error="InvalidArgumentError",
    ),
    Case(
        "HistogramFixedWidth",
        [np.array([1.0]), np.array([0.0, 5.0]), np.int32(0)],
        id="no_bins",
        error="ValueError",
    ),
]
