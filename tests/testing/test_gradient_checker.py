"""tf.test.compute_gradient: Jacobians by tf.gradients and by differences."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.graph import Graph


@pytest.fixture(autouse=True)
def session():
    with Graph().as_default(), tf.Session() as session:
        yield session


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float16", 0.1), ("float32", 1e-2), ("float64", 1e-6), ("complex64", 1e-2)]
)
def test_types(dtype, tolerance):
    """Every differentiable type, complex numbers as two real ones."""
    x = tf.constant(np.arange(1, 7).reshape(2, 3), dtype=dtype)
    theoretical, numeric = tf.test.compute_gradient(x, [2, 3], tf.square(x), [2, 3], delta=0.01)
    size = 12 if dtype == "complex64" else 6
    assert theoretical.shape == numeric.shape == (size, size)
    np.testing.assert_allclose(theoretical, numeric, rtol=0.1, atol=max(tolerance, 0.02))
    value = np.ones((2, 3), dtype)
    error = tf.test.compute_gradient_error(x, [2, 3], tf.square(x), [2, 3], x_init_value=value, delta=0.125)
    assert error < tolerance


def test_a_wrong_gradient_is_found():
    """The error is the difference of the two."""

    @tf.custom_gradient
    def wrong(x):
        return x * 2.0, lambda dy: dy * 5.0

    x = tf.constant([1.0])
    error = tf.test.compute_gradient_error(x, [1], wrong(x), [1], x_init_value=np.ones(1, "f4"))
    assert error == pytest.approx(3.0, abs=1e-3)


def test_lists_and_feeds():
    """Several tensors at once, with what else must be fed and run first."""
    x, y = tf.placeholder(tf.float64, [2]), tf.placeholder(tf.float64, [2])
    v = tf.Variable(3.0, dtype=tf.float64)
    product = x * y * v
    found = tf.test.compute_gradient(
        [x],
        [[2]],
        product,
        [2],
        x_init_value=[np.array([1.0, 2.0])],
        init_targets=[v.initializer],
        extra_feed_dict={y: [5.0, 7.0]},
    )
    np.testing.assert_allclose(found[0][0], np.diag([15.0, 21.0]))
    np.testing.assert_allclose(found[0][1], np.diag([15.0, 21.0]), rtol=1e-6)


def test_sparse_gradients():
    """Gradients that are IndexedSlices are added up."""
    x = tf.constant(np.arange(6.0).reshape(3, 2))
    rows = tf.gather(x, [2, 0, 2])
    assert tf.test.compute_gradient_error(x, [3, 2], rows, [3, 2]) < 1e-9


def test_empty():
    """No numbers, no error."""
    x = tf.zeros([0, 2])
    assert tf.test.compute_gradient_error(x, [0, 2], x * 2.0, [0, 2]) == 0


def test_refused():
    """Types without gradients, values of another shape, tensors that do not depend."""
    x = tf.constant([1.0])
    with pytest.raises(TypeError, match="Don't support type int32 for y"):
        tf.test.compute_gradient(x, [1], tf.cast(x, tf.int32), [1])
    with pytest.raises(ValueError, match="x_shape = \\[1\\], init_data shape = \\(2,\\)"):
        tf.test.compute_gradient(x, [1], x * 2.0, [1], x_init_value=np.ones(2))
    with pytest.raises(ValueError, match="does not depend on"):
        tf.test.compute_gradient(x, [1], tf.constant([2.0]), [1])

    @tf.custom_gradient
    def empty(x):
        return x[1:], lambda dy: gradient

    x = tf.ones([1, 2])
    gradient = tf.placeholder_with_default(tf.ones([3, 2]), None)
    with pytest.raises(ValueError, match="Empty gradient has wrong shape: expected \\(1, 2\\), got"):
        tf.test.compute_gradient(x, [1, 2], empty(x), [0, 2])
    gradient = tf.ones([1, 2])
    with pytest.raises(ValueError, match="Empty tensor with nonzero gradients"):
        tf.test.compute_gradient(x, [1, 2], empty(x), [0, 2])
    with pytest.raises(TypeError, match="Don't support type bool for x"):
        tf.test.compute_gradient([tf.constant([True])], [[1]], x, [1])


def test_needs_a_session():
    """There is no session to compute in."""
    session = tf.get_default_session()
    x = tf.constant([1.0])
    from perdure.graph.stacks import session_stack

    kept, session_stack.stack[:] = list(session_stack.stack), []
    try:
        with pytest.raises(ValueError, match="needs a default session"):
            tf.test.compute_gradient(x, [1], x * 2.0, [1])
    finally:
        session_stack.stack[:] = kept
    assert session is tf.get_default_session()
