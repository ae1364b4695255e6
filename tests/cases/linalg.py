"""Linear algebra."""

import numpy as np

from tests.cases import Case
from tests.draws import later, uniform
from tests.draws import normal as f


def definite(*shape):
    square = later(lambda a: np.matmul(a, np.swapaxes(a, -1, -2)), f(*shape, dtype="f8"))
    return (square + 2 * np.eye(shape[-1])).astype("f4")


# Far from singular: no row outside of the diagonal sums up to what stands on it.
A = uniform(-0.9, 0.9, (2, 3, 3), "f4") + 3 * np.eye(3, dtype="f4")
TALL = uniform(-0.9, 0.9, (4, 3), "f4") + 3 * np.eye(4, 3, dtype="f4")
SINGULAR = np.ones((2, 2), "f4")
LOOSE = {"rtol": 2e-3, "atol": 2e-4}

CASES = [
    Case("Cholesky", [definite(3, 3)], **LOOSE),
    Case("Cholesky", [definite(2, 3, 3)], id="batch", **LOOSE),
    Case("Cholesky", [np.zeros((0, 0), "f4")], id="empty", grad=False),
    Case("Cholesky", [-definite(2, 2)], id="negative", error="InvalidArgumentError"),
    Case("Cholesky", [f(2, 3)], id="not-square", error="InvalidArgumentError"),
    Case("MatrixInverse", [A], **LOOSE),
    Case("MatrixInverse", [A], {"adjoint": True}, id="adjoint", **LOOSE),
    Case("MatrixInverse", [SINGULAR], id="singular", error="InvalidArgumentError"),
    Case("MatrixDeterminant", [A], **LOOSE),
    Case("MatrixDeterminant", [SINGULAR], id="singular", grad=False),
    Case("LogMatrixDeterminant", [A], **LOOSE),
    Case("MatrixSolve", [A, f(2, 3, 2)], **LOOSE),
    Case("MatrixSolve", [A, f(2, 3, 2)], {"adjoint": True}, id="adjoint", **LOOSE),
    Case("MatrixSolve", [SINGULAR, f(2, 1)], id="singular", error="InvalidArgumentError"),
    Case("MatrixSolve", [A, f(2, 2, 2)], id="wrong", error="InvalidArgumentError"),
    Case("MatrixTriangularSolve", [A, f(2, 3, 2)], **LOOSE),
    Case("MatrixTriangularSolve", [A, f(2, 3, 2)], {"lower": False}, id="upper", **LOOSE),
    Case("MatrixTriangularSolve", [A, f(2, 3, 2)], {"adjoint": True}, id="adjoint", **LOOSE),
    Case(
        "MatrixTriangularSolve",
        [np.diag([1.0, 0.0]).astype("f4"), f(2, 1)],
        id="singular",
        error="InvalidArgumentError",
    ),
    Case("Qr", [TALL], **LOOSE),
    Case("Qr", [A], id="square", **LOOSE),
    Case("Qr", [TALL], {"full_matrices": True}, id="full", grad=False, **LOOSE),
]
