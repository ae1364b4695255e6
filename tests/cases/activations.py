"""Activation functions, softmax, biases, and their gradients."""

import numpy as np

from tests.cases import Case
from tests.draws import normal

SPECIAL = np.array([-np.inf, -3, -0.5, 0, 0.5, 2, 6, 7, 30, np.inf, np.nan], "f4")
FINITE = np.array([-90, -20, -3, -0.5, 0, 0.5, 2, 6, 7, 30, 90], "f4")


def forward(op):
    cases = [
        Case(op, [2 * normal(3, 4)], id="plain"),
        Case(op, [FINITE], id="range", grad=False),
        Case(op, [SPECIAL], id="special", grad=False),
        Case(op, [normal(2, 3, dtype="f8")], id="double"),
        Case(op, [normal(2, 3, dtype="f2")], id="half", grad=False),
        Case(op, [np.float32(-0.5)], id="scalar"),
        Case(op, [normal(0, 3)], id="empty", grad=False),
    ]
    return cases


def backward(op):
    other = np.array([-1.5, -1, -0.5, 0, 0.5, 2, 6, 7, 30], "f4")
    cases = [
        Case(op, [normal(9), other], id="plain"),
        Case(op, [normal(2, 3, dtype="f8"), normal(2, 3, dtype="f8")], id="double"),
        Case(op, [normal(4, dtype="f2"), normal(4, dtype="f2")], id="half", grad=False),
        Case(op, [normal(2, 3), normal(2, 2)], id="shapes", error="ValueError"),
    ]
    return cases


CASES = []
for name in ("Relu", "Relu6", "Elu", "Selu", "LeakyRelu", "Softplus", "Softsign"):
    CASES += forward(name)
for name in ("ReluGrad", "Relu6Grad", "EluGrad", "SeluGrad", "LeakyReluGrad", "SoftplusGrad", "SoftsignGrad"):
    CASES += backward(name)
for name in ("Relu", "Relu6"):
    CASES += [
        Case(name, [np.array([-3 if dtype[0] == "i" else 1, 0, 3, 7], dtype)], id=dtype)
        for dtype in ("i4", "i8", "u1", "i1")
    ]
CASES += [
    Case("LeakyRelu", [normal(3, 4)], {"alpha": 0.05}, id="alpha"),
    Case("LeakyRelu", [normal(3, 4)], {"alpha": 1.5}, id="alpha above 1", grad=False),
    Case("LeakyReluGrad", [normal(3, 4), normal(3, 4)], {"alpha": 0.05}, id="alpha"),
    Case(
        "ReluGrad",
        [np.array([np.nan, np.inf, 1], "f4"), np.array([1, 1, np.nan], "f4")],
        id="special",
        grad=False,
    ),
]
for name in ("Softmax", "LogSoftmax"):
    CASES += [
        Case(name, [normal(3, 4)], id="plain"),
        Case(name, [normal(5)], id="vector"),
        Case(name, [normal(2, 3, 4)], id="rank 3"),
        Case(name, [np.array([[1000, 1, 999], [-1000, -1001, -1000]], "f4")], id="large", grad=False),
        Case(name, [np.array([[np.inf, 1], [np.nan, 1], [-np.inf, 1]], "f4")], id="special", grad=False),
        Case(name, [normal(2, 5, dtype="f8")], id="double"),
        Case(name, [normal(2, 5, dtype="f2")], id="half", grad=False),
        Case(name, [normal(0, 3)], id="no rows", grad=False),
        Case(name, [normal(3, 0)], id="no classes", grad=False),
        Case(name, [np.float32(1)], id="scalar", error="ValueError"),
    ]
CASES += [
    Case("BiasAdd", [normal(2, 3), normal(3)], id="matrix"),
    Case("BiasAdd", [normal(2, 3, 4, 5), normal(5)], id="image"),
    Case("BiasAdd", [normal(2, 3, 4, 5), normal(3)], {"data_format": "NCHW"}, id="channels first"),
    Case("BiasAdd", [normal(2, 3, 4), normal(3)], {"data_format": "NCHW"}, id="channels first 3"),
    Case("BiasAdd", [normal(1, 2, 1, 3, 2), normal(2)], {"data_format": "NCHW"}, id="channels first 5"),
    Case("BiasAdd", [np.full((2, 3), 100, "i1"), np.full(3, 100, "i1")], id="int8"),
    Case("BiasAdd", [normal(2, 3, dtype="f8"), normal(3, dtype="f8")], id="double"),
    Case("BiasAdd", [normal(2, 3, dtype="f2"), normal(3, dtype="f2")], id="half", grad=False),
    Case("BiasAdd", [normal(0, 3), normal(3)], id="empty", grad=False),
    Case("BiasAdd", [normal(2, 3), normal(4)], id="sizes", error="ValueError"),
    Case("BiasAdd", [normal(3), normal(3)], id="vector", error="ValueError"),
    Case("BiasAdd", [normal(2, 3), normal(3, 1)], id="matrix of biases", error="ValueError"),
    Case(
        "BiasAdd",
        [normal(2, 3), normal(3)],
        {"data_format": "NCHW"},
        id="channels first 2",
        error="ValueError",
    ),
    Case("BiasAddGrad", [normal(4, 3)], id="matrix"),
    Case("BiasAddGrad", [normal(2, 3, 4, 5)], id="image"),
    Case("BiasAddGrad", [normal(2, 3, 4, 5)], {"data_format": "NCHW"}, id="channels first"),
    Case("BiasAddGrad", [normal(2, 3, 4)], {"data_format": "NCHW"}, id="channels first 3"),
    Case("BiasAddGrad", [np.full((3, 2), 100, "i1")], id="int8"),
    Case("BiasAddGrad", [normal(50, 2, dtype="f2")], id="half", grad=False),
    Case("BiasAddGrad", [normal(3)], id="vector", error="ValueError"),
    Case("BiasAddV1", [normal(2, 3, 4), normal(4)], id="rank 3"),
]
