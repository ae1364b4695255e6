"""Elementwise functions of two tensors, comparisons, bits, special functions of two and three."""

import numpy as np

from tests.cases import Case
from tests.draws import uniform

X = uniform(-3, 3, (2, 3))
Y = uniform(0.3, 3, (2, 3))
ROW, COLUMN = uniform(0.5, 2, (3,)), uniform(0.5, 2, (2, 1))
EDGE_X = np.array([np.nan, 1.0, np.inf, -np.inf, 0.0, 0.0, -1.0, np.nan, 2.0])
EDGE_Y = np.array([1.0, np.nan, np.inf, np.inf, 0.0, -0.0, 0.0, 0.0, np.inf])
WHOLE = np.array([7, -7, 7, -7, 0, 13], "i4")
DIVISORS = np.array([2, 2, -2, -2, 5, 13], "i4")

REAL = (
    "Add AddV2 Sub Mul Div RealDiv FloorDiv FloorMod Mod TruncateMod Maximum Minimum "
    "SquaredDifference MulNoNan DivNoNan Xdivy"
).split()
# TensorFlow has no CPU kernel for these.
MISSING = [
    "FloorMod-float16",
    "Mod-float16",
    "TruncateMod-float16",
    "Atan2-float16",
    "Div-int8",
    "TruncateDiv-int8",
]

CASES = []


def pairs(op, x, y, rtol=None, grad=True):
    """The situations of an elementwise op."""
    f4 = "f4"
    return [
        Case(op, [x.astype(f4), y.astype(f4)], id="float32", rtol=rtol, grad=grad),
        Case(op, [x.astype("f8"), y.astype("f8")], id="float64", grad=grad),
        Case(op, [x.astype("f2"), y.astype("f2")], id="float16", rtol=5e-3, atol=3e-3, grad=False),
        Case(op, [x.astype(f4), ROW.astype(f4)], id="row", rtol=rtol, grad=grad),
        Case(op, [np.abs(COLUMN).astype(f4), y.astype(f4)], id="column", rtol=rtol, grad=grad),
        Case(op, [x[:, :1].astype(f4), ROW.astype(f4)], id="both", rtol=rtol, grad=grad),
        Case(op, [x.astype(f4), np.float32(1.5)], id="scalar", rtol=rtol, grad=grad),
        Case(op, [np.float32(2.5), np.float32(1.5)], id="scalars", rtol=rtol, grad=grad),
        Case(op, [np.zeros((0, 3), f4), ROW.astype(f4)], id="empty", grad=False),
        Case(op, [EDGE_X.astype(f4), EDGE_Y.astype(f4)], id="edges", rtol=rtol, grad=False),
        Case(op, [np.ones((2, 3), f4), np.ones((2, 4), f4)], id="incompatible", error="ValueError"),
    ]


for _op in REAL:
    CASES += pairs(_op, X, Y)
CASES += pairs("Pow", Y, X, rtol=2e-5)
CASES += pairs("Atan2", X, Y, rtol=1e-5, grad=False)
CASES += [Case("Atan2", [X, Y], id="gradient")]
CASES += pairs("Xlogy", X, Y, rtol=1e-5)
for _op in "Add Sub Mul Div RealDiv DivNoNan Pow SquaredDifference Xdivy Xlogy MulNoNan".split():
    _pair = [(Y + 1j * X).astype("c16"), (X - 0.5j * Y).astype("c16")]
    CASES += [
        Case(_op, _pair, id="complex128", rtol=1e-9, grad=_op in ("Mul", "Sub", "Div", "Pow")),
        Case(_op, [part.astype("c8") for part in _pair], id="complex64", rtol=1e-4, atol=1e-4, grad=False),
    ]
for _op in "Add AddV2 Sub Mul Div FloorDiv TruncateDiv FloorMod Mod TruncateMod Maximum Minimum".split():
    CASES += [
        Case(_op, [WHOLE, DIVISORS], id="int32"),
        Case(_op, [WHOLE.astype("i8"), DIVISORS.astype("i8")], id="int64"),
    ]
for _op in "Div FloorDiv FloorMod Mod".split():
    CASES += [
        Case(_op, [WHOLE, np.array([1, 2, 0, 3, 4, 5], "i4")], id="by_zero", error="InvalidArgumentError"),
        Case(_op, [WHOLE, np.int32(0)], id="by_scalar_zero", error="InvalidArgumentError"),
    ]
for _op in "Add Sub Mul Div FloorDiv TruncateDiv".split():
    CASES += [
        Case(_op, [np.array([200, 7, 9], "u1"), np.array([100, 2, 200], "u1")], id="uint8"),
        Case(_op, [np.array([100, -7, 9], "i1"), np.array([100, 2, -2], "i1")], id="int8"),
    ]
CASES += [
    Case("SquaredDifference", [WHOLE, DIVISORS], id="int32"),
    Case(
        "Add",
        [np.array([b"a", b"bc"], object), np.array(b"x", object)],
        id="strings",
        grad=False,
        compiled=False,
    ),
    Case(
        "Add",
        [np.array(b"a", object), np.array(b"x", object)],
        id="scalar_strings",
        grad=False,
        compiled=False,
    ),
    Case("Pow", [np.array([2, -3, 0, 5], "i4"), np.array([3, 3, 0, 20], "i4")], id="int32"),
    Case("Pow", [np.array([2], "i8"), np.array([40], "i8")], id="int64"),
    Case(
        "Pow",
        [np.array([2, 1], "i4"), np.array([1, -1], "i4")],
        id="negative_power",
        error="InvalidArgumentError",
    ),
    Case(
        "Pow",
        [np.array([-8, 0, 0, -2, 1], "f4"), np.array([1 / 3.0, 0, 2, 2, np.nan], "f4")],
        id="special",
        grad=False,
    ),
    Case("Pow", [np.array([0, 2, -2], "f8"), np.array([2, 3, 2], "f8")], id="zero_base"),
    Case("Maximum", [np.array([1, 2, 3], "f4"), np.array([1, 3, 2], "f4")], id="tie"),
    Case("Minimum", [np.array([1, 2, 3], "f4"), np.array([1, 3, 2], "f4")], id="tie"),
    Case(
        "MulNoNan",
        [np.array([np.inf, np.nan, 0], "f4"), np.array([0, 0, np.nan], "f4")],
        id="nan",
        grad=False,
    ),
    Case("DivNoNan", [np.array([1, 0, np.nan, 4], "f4"), np.array([0, 0, 0, 2], "f4")], id="zero"),
]

for _op in "Equal NotEqual Less LessEqual Greater GreaterEqual".split():
    CASES += [
        Case(
            _op,
            [np.array([1, 2, np.nan, np.inf], "f4"), np.array([1, 3, np.nan, np.inf], "f4")],
            id="float32",
        ),
        Case(_op, [WHOLE, DIVISORS], id="int32"),
        Case(_op, [np.array([3, 200], "u1"), np.uint8(100)], id="uint8"),
        Case(_op, [X.astype("f4"), ROW.astype("f4")], id="broadcast"),
        Case(_op, [X[:, :2], ROW], id="incompatible", error="ValueError"),
    ]
CASES += [
    Case("Equal", [np.array([True, False]), np.array([True, True])], id="bool"),
    Case("Equal", [np.array([1 + 2j, 3], "c8"), np.array([1 + 2j, 4], "c8")], id="complex64"),
    Case("Equal", [np.array([b"a", b"b"], object), np.array(b"a", object)], id="string", compiled=False),
    Case("NotEqual", [np.array([b"a", b"b"], object), np.array(b"a", object)], id="string", compiled=False),
    Case("Equal", [np.ones(2, "f4"), np.ones(3, "f4")], {"incompatible_shape_error": False}, id="never"),
    Case("NotEqual", [np.ones(2, "f4"), np.ones(3, "f4")], {"incompatible_shape_error": False}, id="always"),
    Case("ApproximateEqual", [np.array([1, 2, 3], "f4"), np.array([1.05, 2.2, 3], "f4")], {"tolerance": 0.1}),
    Case("ApproximateEqual", [np.ones(2, "f4"), np.ones(3, "f4")], id="incompatible", error="ValueError"),
]
_p, _q = np.array([True, True, False, False]), np.array([True, False, True, False])
for _op in "LogicalAnd LogicalOr".split():
    CASES += [Case(_op, [_p, _q]), Case(_op, [_p, np.bool_(True)], id="scalar")]

for _op in "BitwiseAnd BitwiseOr BitwiseXor".split():
    CASES += [
        Case(_op, [WHOLE, DIVISORS], id="int32"),
        Case(_op, [np.array([12, 255], "u1"), np.array([10, 1], "u1")], id="uint8"),
    ]
for _op in "LeftShift RightShift".split():
    CASES += [
        Case(_op, [np.array([1, -8, 8, -1, 5], "i4"), np.array([3, 1, 31, 40, -2], "i4")], id="int32"),
        Case(_op, [np.array([255, 8], "u1"), np.array([1, 9], "u1")], id="uint8"),
        Case(_op, [np.array([-8, 8], "i1"), np.array([1, 9], "i1")], id="int8"),
        Case(_op, [np.array([-(2**40), 8], "i8"), np.int64(3)], id="int64"),
    ]

_a, _s = uniform(0.3, 4, (2, 3)), uniform(0.3, 4, (2, 3))
for _op in "Igamma Igammac".split():
    CASES += [
        Case(_op, [_a.astype("f4"), _s.astype("f4")], id="float32", rtol=3e-5, atol=1e-5),
        Case(_op, [_a, _s], id="float64", rtol=1e-7, atol=1e-9),
        Case(_op, [_a, np.float64(1.5)], id="scalar", rtol=1e-7, atol=1e-9),
        Case(
            _op, [np.array([0, 1, -1, 2, 2], "f4"), np.array([1, -1, 1, 0, 30], "f4")], id="edges", grad=False
        ),
    ]
CASES += [
    Case("IgammaGradA", [_a.astype("f4"), _s.astype("f4")], id="float32", rtol=1e-4, atol=1e-5, grad=False),
    Case("IgammaGradA", [_a, _s], id="float64", rtol=1e-6, atol=1e-8, grad=False),
    Case("Betainc", [_a, _s, uniform(0.1, 0.9, (2, 3))], id="float64", rtol=1e-6, atol=1e-9),
    Case("Betainc", [_a.astype("f4"), _s.astype("f4"), np.float32(0.3)], id="scalar", rtol=1e-4, grad=False),
    Case(
        "Betainc",
        [np.array([1, 2, -1], "f4"), np.array([1, 2, 1], "f4"), np.array([0.5, 1.5, 0.5], "f4")],
        id="edges",
        grad=False,
    ),
    Case("Zeta", [_a + 1.1, _s], id="float64", rtol=1e-8),
    Case(
        "Zeta",
        [np.array([1, 2, 0.5, 3, 2.5], "f4"), np.array([1, 3, 1, -1, -1.5], "f4")],
        id="edges",
        grad=False,
    ),
    Case("Polygamma", [np.array([0.0, 1, 2, 3]), np.array([0.7, 1.5, 2.5, 0.4])], id="float64", rtol=1e-8),
    Case(
        "Polygamma",
        [np.array([0, 1, 2.5, -1], "f4"), np.array([1, 2, 2, 1], "f4")],
        id="edges",
        rtol=1e-5,
        grad=False,
    ),
    Case("NextAfter", [np.array([1, 0, 5], "f4"), np.array([2, 1, 4], "f4")], grad=False),
]
CASES = [case for case in CASES if case.key not in MISSING]
