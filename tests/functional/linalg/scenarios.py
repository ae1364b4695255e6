"""Decompositions, by what does not depend on the signs of their vectors; see tests/scenarios.py."""

import numpy as np

SCENARIOS = {}
# Singular values that are far from each other and from 0.
MATRICES = (np.random.RandomState(7).uniform(-1, 1, (2, 4, 3)) + np.eye(4, 3) * [2, 4, 7]).astype("f4")
SYMMETRIC = np.matmul(MATRICES.transpose(0, 2, 1), MATRICES)


def scenario(function):
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def run(tf, tensors):
    with tf.Session() as session:
        return session.run(tensors)


@scenario
def singular_values(tf):
    x = tf.constant(MATRICES)
    s, u, v = tf.svd(x)
    only = tf.svd(x, compute_uv=False)
    product = tf.matmul(u * s[:, None, :], v, transpose_b=True)
    full = tf.svd(x, full_matrices=True)
    return run(
        tf,
        {
            "s": s,
            "u": tf.abs(u),
            "v": tf.abs(v),
            "product": product,
            "only": only,
            "slopes": tf.gradients(tf.square(only), [x])[0],
            "full": tf.abs(full[2]),
            "unit": tf.matmul(full[1], full[1], transpose_a=True),
        },
    )


@scenario
def eigenvalues(tf):
    x = tf.constant(SYMMETRIC)
    e, v = tf.self_adjoint_eig(x)
    only = tf.self_adjoint_eigvals(x)
    product = tf.matmul(v * e[:, None, :], v, transpose_b=True)
    return run(
        tf,
        {
            "e": e,
            "v": tf.abs(v),
            "product": product,
            "only": only,
            "slopes": tf.gradients(tf.square(only), [x])[0],
        },
    )
