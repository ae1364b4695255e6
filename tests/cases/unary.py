"""Elementwise functions of one tensor, complex parts, and the ops that gradients are made of."""

import numpy as np

from tests.cases import Case
from tests.draws import Draw, later, uniform

ANY = uniform(-3, 3, (3, 4))
POSITIVE = uniform(0.2, 4, (3, 4))
UNIT = uniform(-0.9, 0.9, (3, 4))
# Of both signs, away from the pole at 0 and from those of the tangent.
AWAY = np.copysign(uniform(0.3, 3, (3, 4)), uniform(-1, 1, (3, 4)))
TURNS = uniform(-1.2, 1.2, (3, 4)) + np.pi * np.array([-1, 0, 0, 1])
ABOVE_ONE = uniform(1.1, 4, (3, 4))
EDGES = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 1e-30, 1e30])
HALVES = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.4, -0.6, 3.0])

DOMAINS = {
    "Abs": ANY,
    "Neg": ANY,
    "Sign": ANY,
    "Square": ANY,
    "Sqrt": POSITIVE,
    "Rsqrt": POSITIVE,
    "Exp": ANY,
    "Expm1": ANY,
    "Log": POSITIVE,
    "Log1p": POSITIVE,
    "Sin": ANY,
    "Cos": ANY,
    "Tan": TURNS,
    "Asin": UNIT,
    "Acos": UNIT,
    "Atan": ANY,
    "Sinh": ANY,
    "Cosh": ANY,
    "Tanh": ANY,
    "Asinh": ANY,
    "Acosh": ABOVE_ONE,
    "Atanh": UNIT,
    "Sigmoid": ANY,
    "Reciprocal": AWAY,
    "Inv": AWAY,
    "Erf": ANY,
    "Erfc": ANY,
    "Lgamma": POSITIVE,
    "Digamma": POSITIVE,
    "Floor": ANY,
    "Ceil": ANY,
    "Round": HALVES,
    "Rint": HALVES,
    "IsNan": EDGES,
    "IsInf": EDGES,
    "IsFinite": EDGES,
    "BesselI0e": ANY,
    "BesselI1e": ANY,
}
COMPLEX = (
    "Neg Sign Square Sqrt Rsqrt Exp Log Sin Cos Tan Sinh Cosh Tanh Sigmoid Reciprocal "
    "Asinh Acosh Atanh Expm1 Log1p"
).split()
WHOLE = "Abs Neg Sign Square".split()
# How far TensorFlow's float32 polynomials and Eigen's halves are from the exact values.
ROUGH = {
    "Tanh": 3e-6,
    "Sigmoid": 3e-6,
    "Lgamma": 2e-5,
    "Digamma": 2e-5,
    "Erfc": 2e-5,
    "BesselI0e": 1e-5,
    "BesselI1e": 1e-5,
    "Tan": 1e-5,
    "Rsqrt": 2e-6,
    "Expm1": 2e-6,
}


def part(domain):
    return domain[0, :3] if isinstance(domain, Draw) else domain[:3]


# TensorFlow has no CPU kernel for these in half precision.
NO_HALF = "Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Rint".split()

CASES = []
for _op, _domain in DOMAINS.items():
    CASES += [
        Case(_op, [_domain.astype("f4")], id="float32", rtol=ROUGH.get(_op)),
        Case(_op, [_domain.astype("f8")], id="float64"),
        Case(_op, [part(_domain).astype("f2")], id="float16", rtol=5e-3, atol=2e-3, grad=False),
        Case(_op, [part(_domain)[0].astype("f4")], id="scalar", rtol=ROUGH.get(_op), grad=False),
        Case(_op, [np.zeros((0, 3), "f4")], id="empty", grad=False),
        # Eigen's vectorised square roots of inf and -0 are wrong: NaN and +0.
        Case(
            _op,
            [EDGES[[0, 2, 3, 5, 6, 7, 8] if "qrt" in _op else slice(None)].astype("f4")],
            id="edges",
            rtol=1e-4,
            grad=False,
        ),
    ]
CASES = [case for case in CASES if not (case.id == "float16" and case.op in NO_HALF)]
for _op in COMPLEX:
    _z = part(DOMAINS[_op]) + 0.5j * part(UNIT)
    CASES += [
        Case(_op, [_z.astype("c8")], id="complex64", rtol=2e-5, atol=1e-5, grad=False),
        Case(_op, [_z.astype("c16")], id="complex128", grad=_op in ("Square", "Exp", "Sin")),
    ]
for _op in WHOLE:
    CASES += [
        Case(_op, [np.array([-3, 0, 5, -(2**31)], "i4")], id="int32"),
        Case(_op, [np.array([-3, 0, 5, 2**40], "i8")], id="int64"),
    ]
CASES += [
    Case("Abs", [np.array([-128, 3], "i1")], id="int8"),
    Case("Round", [np.array([5, -7], "i4")], id="int32"),
    Case("LogicalNot", [np.array([[True, False]])]),
    Case("Invert", [np.array([0, 5, -1], "i4")], id="int32"),
    Case("Invert", [np.array([0, 5, 255], "u1")], id="uint8"),
    Case("PopulationCount", [np.array([[0, 5, -1]], "i4")], id="int32"),
    Case("PopulationCount", [np.array([0, 5, 255], "u1")], id="uint8"),
    Case("PopulationCount", [np.array([0, 2**40 - 1, -1, -(2**63)], "i8")], id="int64"),
    Case("Digamma", [np.array([-0.5, -1.5, 0.25], "f4")], id="negative", rtol=1e-4, atol=1e-5, grad=False),
    Case("Lgamma", [np.array([-0.5, -1.5, 0.25, 100.0], "f4")], id="negative", rtol=1e-4, grad=False),
]

_z = later(lambda a: a + 1j * a.T.reshape(3, 4), ANY).astype("c8")
CASES += [
    Case("Real", [_z], {"Tout": "float32"}),
    Case("Imag", [_z], {"Tout": "float32"}),
    Case("Angle", [_z], {"Tout": "float32"}, rtol=1e-5, atol=1e-6),
    Case("Angle", [np.array([1, -1, 1j, -1j, 0], "c16")], {"Tout": "float64"}, id="axes", grad=False),
    Case("ComplexAbs", [_z], {"Tout": "float32"}, rtol=1e-5, atol=1e-6),
    Case("ComplexAbs", [np.array([0, 3 + 4j], "c16")], {"Tout": "float64"}, id="zero"),
    Case("Conj", [_z]),
    Case("Complex", [ANY.astype("f4"), UNIT.astype("f4")], {"Tout": "complex64"}),
    Case("Complex", [ANY.astype("f8"), np.float64(2)], {"Tout": "complex128"}, id="broadcast"),
]

_y, _dy = UNIT.astype("f4"), ANY.astype("f4")
for _op in "SigmoidGrad TanhGrad SqrtGrad RsqrtGrad ReciprocalGrad InvGrad".split():
    _positive = _op in ("SqrtGrad", "RsqrtGrad")
    _at = POSITIVE if _positive else UNIT
    CASES += [
        Case(_op, [_at.astype("f4"), _dy], id="float32", rtol=1e-5, atol=1e-6),
        Case(_op, [_at.astype("f8"), ANY], id="float64"),
        Case(
            _op,
            [part(_at).astype("f2"), part(ANY).astype("f2")],
            id="float16",
            rtol=1e-2,
            atol=2e-3,
            grad=False,
        ),
        Case(
            _op, [(part(_at) + 0.5j).astype("c8"), part(_z)], id="complex64", rtol=1e-5, atol=1e-5, grad=False
        ),
    ]
