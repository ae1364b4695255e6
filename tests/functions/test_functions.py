"""Functions of the library that are made of Python functions (nodes: tests/oracle/programs/functions.py)."""

import numpy as np
import pytest

from perdure import tf
from perdure.functions.polymorphic import defun
from perdure.runtime import options


@pytest.fixture(autouse=True)
def graph():
    """Each test has a graph of its own."""
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture(params=["interpret", "compile"])
def session(request, graph):
    """A session of either tier."""
    with options.options(tier=request.param), tf.Session() as session:
        yield session


def test_captured_tensors_variables_and_effects(session):
    """Effects happen in the order of the program, whether their values are asked for or not."""
    c, v = tf.constant([1.0, 2.0]), tf.get_variable("v", initializer=3.0, use_resource=True)

    @defun
    def f(x):
        v.assign_add(1.0)
        y = v + x
        v.assign_add(10.0)
        return {"y": y * c, "none": None}

    result = f(c)
    assert result["none"] is None
    (slope,) = tf.gradients(result["y"], v)
    session.run(tf.global_variables_initializer())
    y, gradient = session.run([result["y"], slope])
    np.testing.assert_allclose(y, [5.0, 12.0])
    assert gradient == 3.0
    assert session.run(v) == 14.0


def test_variables_that_are_made_at_the_first_call(session):
    """tf.function lets them be made once, and refuses a function that makes some at each call."""

    class Scale:
        variable = None

        @tf.function
        def __call__(self, x):
            if self.variable is None:
                self.variable = tf.Variable(5.0)
            return x * self.variable

    scale, x = Scale(), tf.constant([1.0, 2.0])
    first, second = scale(x), scale(x)
    session.run(tf.global_variables_initializer())
    np.testing.assert_array_equal(session.run([first, second]), [[5.0, 10.0]] * 2)
    with pytest.raises(ValueError, match="tried to create variables on non-first call"):
        tf.function(lambda x: x * tf.Variable(1.0))(x)


def test_networks_over_sequences_inside_of_functions(session):
    """Arrays of tensors and loops in a function; shapes that differ are traced apart."""
    calls = []

    @defun
    def both(x):
        calls.append(1)
        return tf.map_fn(lambda v: v * v, x), tf.scan(lambda a, b: a + b, x)

    squares, sums = both(tf.constant([1.0, 2.0, 3.0]))
    both(tf.constant([4.0, 5.0, 6.0]))
    both(tf.constant([4.0, 5.0]))
    np.testing.assert_array_equal(session.run(squares), [1.0, 4.0, 9.0])
    np.testing.assert_array_equal(session.run(sums), [1.0, 3.0, 6.0])
    assert len(calls) == 2


def test_gradients_that_compute_their_function_once_more(session):
    """tf.recompute_grad, of arguments and variables (numbers of TensorFlow 1.15.5)."""
    tf.get_variable_scope().set_use_resource(True)
    x, v = tf.constant([1.0, 2.0]), tf.get_variable("v", initializer=3.0)
    y = tf.recompute_grad(lambda a, b: tf.sin(a) * b * v)(x, x * 2.0)
    of_x, of_v = tf.gradients(y, [x, v])
    session.run(tf.global_variables_initializer())
    np.testing.assert_allclose(session.run(of_x), [8.2906, 0.462], atol=1e-4)
    np.testing.assert_allclose(session.run(of_v), 5.3201, atol=1e-4)
