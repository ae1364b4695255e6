"""Softmax cross entropy, dense and sparse."""

import numpy as np

from tests import draws
from tests.cases import Case


def normal(*shape, **kwargs):
    return 2 * draws.normal(*shape, **kwargs)


def distributions(*shape, **kwargs):
    weights = draws.uniform(0, 1, shape)
    return draws.later(lambda w: w / w.sum(-1, keepdims=True), weights).astype(kwargs.get("dtype", "f4"))


DENSE, SPARSE = "SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits"
CASES = [
    Case(DENSE, [normal(4, 3), distributions(4, 3)], id="plain"),
    Case(DENSE, [normal(4, 3), normal(4, 3)], id="labels of any sum"),
    Case(DENSE, [normal(4, 3), distributions(1, 3)], id="one distribution", grad=False),
    Case(DENSE, [normal(4, 3), distributions(4, 1)], id="one column", grad=False),
    Case(DENSE, [1000 * normal(4, 3), distributions(4, 3)], id="large", grad=False),
    Case(
        DENSE,
        [np.array([[1, -np.inf], [1, np.inf], [np.nan, 1]], "f4"), np.array([[1, 0]] * 3, "f4")],
        id="special",
        grad=False,
    ),
    Case(DENSE, [normal(4, 3, dtype="f8"), distributions(4, 3, dtype="f8")], id="double"),
    Case(
        DENSE,
        [normal(4, 3, dtype="f2"), distributions(4, 3, dtype="f2")],
        id="half",
        grad=False,
        rtol=1e-2,
        atol=1e-2,
    ),
    Case(DENSE, [normal(0, 3), normal(0, 3)], id="no rows", grad=False),
    Case(DENSE, [normal(3, 0), normal(3, 0)], id="no classes", grad=False),
    Case(DENSE, [normal(4, 3), normal(4, 2)], id="classes", error="ValueError"),
    Case(DENSE, [normal(4, 3), normal(3, 3)], id="rows", error="ValueError"),
    Case(DENSE, [normal(2, 4, 3), normal(2, 4, 3)], id="rank 3", error="ValueError"),
    Case(DENSE, [normal(3), normal(3)], id="rank 1", error="ValueError"),
    Case(SPARSE, [normal(4, 3), np.array([0, 2, 1, 2], "i8")], id="plain"),
    Case(SPARSE, [normal(4, 3), np.array([0, 2, 1, 2], "i4")], id="int32"),
    Case(SPARSE, [normal(4, 3, dtype="f8"), np.array([0, 2, 1, 2], "i8")], id="double"),
    Case(
        SPARSE,
        [normal(4, 3, dtype="f2"), np.array([0, 2, 1, 2], "i8")],
        id="half",
        grad=False,
        rtol=1e-2,
        atol=1e-2,
    ),
    Case(SPARSE, [1000 * normal(4, 3), np.array([0, 2, 1, 2], "i8")], id="large", grad=False),
    Case(SPARSE, [normal(0, 3), np.zeros(0, "i4")], id="no rows", grad=False),
    Case(SPARSE, [normal(2, 3), np.array([0, 3])], id="label too large", error="InvalidArgumentError"),
    Case(SPARSE, [normal(2, 3), np.array([-1, 0])], id="negative label", error="InvalidArgumentError"),
    Case(SPARSE, [normal(2, 0), np.array([0, 0])], id="no classes", error="InvalidArgumentError"),
    Case(SPARSE, [normal(2, 3), np.array([0])], id="rows", error="ValueError"),
    Case(SPARSE, [normal(2, 3), np.array([[0, 1]])], id="rank of labels", error="ValueError"),
    Case(SPARSE, [normal(2, 2, 3), np.array([0, 1])], id="rank of logits", error="ValueError"),
]
