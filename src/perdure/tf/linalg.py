"""tf.linalg: linear algebra."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.math.clip": "global_norm",
        "functional.math.einsum": "einsum",
        "functional.linalg.linalg": (
            "adjoint cholesky cholesky_solve det=matrix_determinant eigh=self_adjoint_eig "
            "eigvalsh=self_adjoint_eigvals inv=matrix_inverse logdet lstsq=matrix_solve_ls qr slogdet "
            "solve=matrix_solve svd triangular_solve=matrix_triangular_solve"
        ),
        "functional.math.products": "cross matmul matvec tensordot trace",
        "functional.linalg.matrix": (
            "band_part=matrix_band_part diag=matrix_diag diag_part=matrix_diag_part eye "
            "set_diag=matrix_set_diag tensor_diag=diag tensor_diag_part=diag_part"
        ),
        "functional.nn.normalization": "l2_normalize",
        "functional.array.rearranging": "matrix_transpose transpose=matrix_transpose",
        "functional.math.reductions": "norm",
    },
)
