"""Diagonals and bands."""

import numpy as np

from tests.cases import Case
from tests.draws import normal as f


def i8(value):
    return np.array(value, "i8")


CASES = [
    Case("Diag", [f(3)]),
    Case("Diag", [f(2, 2)], id="matrix"),
    Case("DiagPart", [f(3, 3)]),
    Case("DiagPart", [f(2, 3, 2, 3)], id="rank-4"),
    Case("DiagPart", [f(2, 3)], id="not-square", error="InvalidArgumentError"),
    Case("DiagPart", [f(3)], id="odd-rank", error="InvalidArgumentError"),
    Case("MatrixDiag", [f(2, 3)]),
    Case("MatrixDiag", [f(0)], id="empty"),
    Case("MatrixDiag", [np.array([True, False])], id="bool", grad=False),
    Case("MatrixDiagPart", [f(2, 3, 3)]),
    Case("MatrixDiagPart", [f(2, 3, 4)], id="wide"),
    Case("MatrixDiagPart", [f(3, 2)], id="tall"),
    Case("MatrixDiagPart", [f(3)], id="vector", error="InvalidArgumentError"),
    Case("MatrixSetDiag", [f(2, 3, 3), f(2, 3)]),
    Case("MatrixSetDiag", [f(3, 4), f(3)], id="wide"),
    Case("MatrixSetDiag", [f(4, 3), f(3)], id="tall"),
    Case("MatrixSetDiag", [f(3, 3), f(2)], id="wrong", error="InvalidArgumentError"),
    Case("MatrixBandPart", [f(2, 4, 5), i8(1), i8(2)]),
    Case("MatrixBandPart", [f(4, 4), i8(-1), i8(0)], id="lower"),
    Case("MatrixBandPart", [f(4, 4), np.int32(0), np.int32(-1)], id="upper"),
    Case("MatrixBandPart", [f(3, 3), i8(4), i8(0)], id="too-low", error="InvalidArgumentError"),
    Case("MatrixBandPart", [f(3, 3), i8(0), i8(4)], id="too-high", error="InvalidArgumentError"),
]
