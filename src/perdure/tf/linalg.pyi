# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.linalg".

from typing import Any as _Any

from perdure.functional.array.rearranging import matrix_transpose as matrix_transpose
from perdure.functional.linalg.linalg import adjoint as adjoint
from perdure.functional.linalg.linalg import cholesky_solve as cholesky_solve
from perdure.functional.linalg.linalg import logdet as logdet
from perdure.functional.linalg.linalg import qr as qr
from perdure.functional.linalg.linalg import svd as svd
from perdure.functional.linalg.matrix import eye as eye
from perdure.functional.math.clip import global_norm as global_norm
from perdure.functional.math.einsum import einsum as einsum
from perdure.functional.math.products import matmul as matmul
from perdure.functional.math.products import matvec as matvec
from perdure.functional.math.products import tensordot as tensordot
from perdure.functional.math.products import trace as trace
from perdure.functional.math.reductions import norm as norm
from perdure.functional.nn.normalization import l2_normalize as l2_normalize
import perdure.functional.array.rearranging
import perdure.functional.linalg.linalg
import perdure.functional.linalg.matrix
band_part = perdure.functional.linalg.matrix.matrix_band_part
def cholesky(input: _Any, name: _Any = None) -> _Any: ...
def cross(a: _Any, b: _Any, name: _Any = None) -> _Any: ...
def det(input: _Any, name: _Any = None) -> _Any: ...
diag = perdure.functional.linalg.matrix.matrix_diag
diag_part = perdure.functional.linalg.matrix.matrix_diag_part
eigh = perdure.functional.linalg.linalg.self_adjoint_eig
eigvalsh = perdure.functional.linalg.linalg.self_adjoint_eigvals
inv = perdure.functional.linalg.linalg.matrix_inverse
lstsq = perdure.functional.linalg.linalg.matrix_solve_ls
set_diag = perdure.functional.linalg.matrix.matrix_set_diag
def slogdet(input: _Any, name: _Any = None) -> _Any: ...
solve = perdure.functional.linalg.linalg.matrix_solve
tensor_diag = perdure.functional.linalg.matrix.diag
tensor_diag_part = perdure.functional.linalg.matrix.diag_part
transpose = perdure.functional.array.rearranging.matrix_transpose
triangular_solve = perdure.functional.linalg.linalg.matrix_triangular_solve
