"""The largest values, whether a class is among them, and the n-th smallest."""

import numpy as np

from tests.cases import Case
from tests.draws import integers, normal


def ties(*shape, **kwargs):
    return integers(0, 5, shape, **kwargs)


def count(k):
    return np.array(k, "i4")


PREDICTIONS = np.array(
    [[0.1, 0.3, 0.3, 0.2], [np.nan, 1, 2, 3], [np.inf, 1, 2, 3], [1, 1, 1, 1], [4, 3, 2, 1]], "f4"
)
CASES = [
    Case("TopKV2", [normal(3, 6), count(2)], id="matrix"),
    Case("TopKV2", [ties(4, 9), count(4)], id="ties"),
    Case("TopK", [ties(4, 9)], {"k": 4}, id="ties", grad=False),
    Case("TopK", [normal(2, 3)], {"k": 4}, id="k too large", error="ValueError"),
    Case("TopKV2", [ties(4, 40), count(3)], id="few of many"),
    Case("TopKV2", [normal(2, 40), count(3)], id="few of many distinct"),
    Case("TopKV2", [ties(4, 9), count(1)], id="one"),
    Case("TopKV2", [ties(3, 5), count(5)], id="all"),
    Case("TopKV2", [normal(7), count(3)], id="vector"),
    Case("TopKV2", [normal(2, 3, 4), count(2)], id="rank 3"),
    Case("TopKV2", [normal(2, 3), count(0)], id="none", grad=False),
    Case("TopKV2", [normal(0, 3), count(2)], id="no rows", grad=False),
    Case("TopKV2", [ties(3, 9, dtype="i4") - 2, count(3)], id="int32"),
    Case("TopKV2", [ties(3, 9, dtype="u1"), count(3)], id="uint8"),
    Case("TopKV2", [np.array([[-(2**63), 2**63 - 1, 0, 5]]), count(4)], id="int64 limits"),
    Case("TopKV2", [normal(3, 9, dtype="f8"), count(3)], id="double"),
    Case("TopKV2", [normal(3, 9, dtype="f2"), count(3)], id="half", grad=False),
    Case("TopKV2", [normal(2, 3), count(4)], id="k too large", error="ValueError"),
    Case("TopKV2", [normal(2, 3), count(-1)], id="negative k", error="ValueError"),
    Case("TopKV2", [normal(2, 3), count([1])], id="k of rank 1", error="ValueError"),
    Case("TopKV2", [np.float32(1), count(0)], id="scalar", error="ValueError"),
    Case("InTopKV2", [normal(4, 5), np.array([4, 1, 0, 2], "i4"), count(2)], id="plain"),
    Case("InTopK", [normal(4, 5), np.array([4, 1, 0, 2], "i8")], {"k": 3}, id="int64"),
    Case("InTopKV2", [PREDICTIONS, np.array([1, 0, 0, 0], "i4"), count(2)], id="rows", error="ValueError"),
    Case("InTopKV2", [PREDICTIONS[0], np.array([1], "i4"), count(2)], id="rank", error="ValueError"),
    Case(
        "InTopKV2",
        [PREDICTIONS, np.array([[1]] * 5, "i4"), count(2)],
        id="rank of targets",
        error="ValueError",
    ),
    Case("InTopKV2", [PREDICTIONS, np.array([0, 1, 2, 3, 0], "i4"), count(0)], id="k 0"),
    Case("NthElement", [normal(3, 6), count(2)], id="plain"),
    Case("NthElement", [normal(3, 6), count(2)], {"reverse": True}, id="reverse"),
    Case("NthElement", [ties(3, 9), count(4)], id="ties"),
    Case("NthElement", [normal(2, 3, 4), count(0)], id="rank 3"),
    Case("NthElement", [ties(3, 9, dtype="i4"), count(4)], id="int32"),
    Case("NthElement", [normal(2, 3), count(3)], id="n too large", error="ValueError"),
    Case("NthElement", [normal(2, 3), count(-1)], id="negative n", error="ValueError"),
]
CASES += [
    Case("InTopKV2", [PREDICTIONS, np.full(5, target, "i4"), count(2)], id="target %d" % target)
    for target in range(-1, 5)
]
