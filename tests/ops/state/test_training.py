"""The optimizer updates against TensorFlow's kernels."""

import numpy as np
import pytest

from perdure import tf
from tests.ops.helpers import OpFamilyTests


class TestTraining(OpFamilyTests):
    """See tests/cases/training.py."""

    family = "training"


def applied(constructor, *arrays, variables=1, **attrs):
    """Run an update of variables with the first `variables` arrays; returns their new values."""
    from perdure.graph.builder import raw_constructor

    with tf.Graph().as_default(), tf.Session() as session:
        made = [tf.Variable(array, name=f"v{i}") for i, array in enumerate(arrays[:variables])]
        rest = [tf.placeholder(tf.as_dtype(a.dtype), None) for a in arrays[variables:]]
        update = raw_constructor(constructor)(*made, *rest, **attrs)
        session.run(tf.global_variables_initializer())
        session.run(update, dict(zip(rest, arrays[variables:], strict=True)))
        return session.run(made)


ONES = np.ones((3, 2), "f4")
SCALAR = np.float32(0.5)


def test_bfloat16():
    """bfloat16 stays bfloat16."""
    bfloat16 = tf.bfloat16.as_numpy_dtype
    ones, half = ONES.astype(bfloat16), np.asarray(0.5, bfloat16)
    (new,) = applied("ApplyGradientDescent", ones, half, ones)
    assert new.dtype == bfloat16 and (new.astype("f4") == 0.5).all()
    new, accum = applied("ApplyMomentum", ones, ones, half, ones, half, variables=2)
    assert accum.dtype == bfloat16 and (accum.astype("f4") == 1.5).all()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("ApplyGradientDescent", ONES, np.ones(2, "f4"), ONES), r"alpha is not a scalar: \[2\]"),
        (
            ("ApplyGradientDescent", ONES, SCALAR, ONES[:2]),
            r"var and grad do not have the same shape\[3,2\] \[2,2\]",
        ),
        (
            ("SparseApplyProximalGradientDescent", ONES, *[SCALAR] * 3, ONES, np.array([0, 1, 3])),
            r"Index 3 at offset 2 in indices is out of range \[0, 3\)",
        ),
        (
            ("SparseApplyProximalGradientDescent", ONES, *[SCALAR] * 3, ONES, np.array([[0]])),
            "indices must be one-dimensional",
        ),
        (
            ("SparseApplyProximalGradientDescent", ONES, *[SCALAR] * 3, ONES, np.array([0])),
            "grad must be the same size as indices in the first dimension",
        ),
        (
            ("SparseApplyProximalGradientDescent", ONES, *[SCALAR] * 3, ONES[:, :1], np.array([0])),
            "var and grad must match in dimension 1",
        ),
        (
            ("SparseApplyProximalGradientDescent", ONES, *[SCALAR] * 3, ONES[0], np.array([0])),
            "var and grad must have the same rank",
        ),
        (
            ("SparseApplyProximalGradientDescent", SCALAR, *[SCALAR] * 3, ONES[0], np.array([0])),
            "var must be at least 1 dimensional",
        ),
    ],
)
def test_messages(arguments, message):
    """What TensorFlow says of values that do not fit."""
    with pytest.raises((tf.errors.InvalidArgumentError, ValueError), match=message):
        applied(*arguments)


def test_slot_of_another_shape():
    """A slot must have the shape of its variable, also when that is known only at run time."""
    with tf.Graph().as_default(), tf.Session() as session:
        var = tf.Variable(ONES)
        accum = tf.Variable(tf.placeholder_with_default(ONES[:2], None), validate_shape=False)
        update = tf.raw_ops.ApplyAdagrad(var=var, accum=accum, lr=0.5, grad=ONES)
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="var and slot do not have the same"):
            session.run(update)
