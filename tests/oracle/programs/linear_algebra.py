"""Factorizations and solvers of matrices, and their gradients."""

import numpy as np
import tensorflow as tf

known = tf.constant(np.eye(3, dtype=np.float32) + 1, name="known")
batch = tf.placeholder(tf.float32, [None, 3, 3], name="batch")
loose = tf.placeholder(tf.float32, None, name="loose")
wide = tf.placeholder(tf.float32, [3, 4], name="wide")
rhs = tf.placeholder(tf.float32, [3, 2], name="rhs")

results = [
    tf.cholesky(known),
    tf.cholesky(batch),
    tf.matrix_inverse(known, name="inverse"),
    tf.linalg.inv(batch, adjoint=True),
    tf.matrix_determinant(known),
    tf.linalg.det(loose),
    tf.linalg.slogdet(batch)[1],
    tf.linalg.logdet(known),
    tf.matrix_solve(known, rhs),
    tf.matrix_solve(known, rhs, adjoint=True),
    tf.matrix_triangular_solve(known, rhs),
    tf.matrix_triangular_solve(known, rhs, lower=False, adjoint=True, name="upper"),
    tf.cholesky_solve(tf.cholesky(known), rhs),
    tf.linalg.adjoint(wide),
    tf.matrix_solve_ls(tf.transpose(wide), tf.ones([4, 1])),
    tf.matrix_solve_ls(wide, rhs, 0.1),
    tf.self_adjoint_eigvals(known),
    tf.svd(wide, compute_uv=False),
]
results += tf.qr(known) + tf.self_adjoint_eig(known) + tf.svd(wide) + tf.svd(known, full_matrices=True)
results += tf.linalg.qr(tf.transpose(wide)) + tf.svd(tf.transpose(wide), full_matrices=True)
for result in results:
    tf.gradients(result, [known, batch, loose, wide, rhs])
