"""SciPy minimizes what the graph computes."""

import numpy as np
import pytest

from perdure import tf

opt = tf.contrib.opt


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def minimized(interface, **arguments):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        interface.minimize(session, **arguments)
        return [value.tolist() for value in session.run(tf.trainable_variables())]


def model():
    vector = tf.get_variable("vector", initializer=[7.0, 7.0])
    matrix = tf.get_variable("matrix", initializer=[[2.0], [3.0]])
    goal = tf.placeholder_with_default([1.0, 2.0], [2])
    loss = tf.reduce_sum(tf.square(vector - goal)) + tf.reduce_sum(tf.square(matrix))
    return vector, matrix, goal, loss


def near(values):
    return [pytest.approx(np.asarray(value), abs=1e-3) for value in values]


def test_all_variables(graph):
    vector, matrix, goal, loss = model()
    steps, losses = [], []
    interface = opt.ScipyOptimizerInterface(loss, options={"maxiter": 100})
    found = minimized(
        interface,
        feed_dict={goal: [2.0, 3.0]},
        fetches=[loss],
        step_callback=lambda x: steps.append(x.shape),
        loss_callback=losses.append,
    )
    assert [np.asarray(value) for value in found] == near([[2, 3], [[0], [0]]])
    assert steps and set(steps) == {(4,)}
    assert losses[0] == 25 + 16 + 13 and losses[-1] < 1e-6


def test_bounds(graph):
    vector, _, _, loss = model()
    interface = opt.ScipyOptimizerInterface(loss, [vector], var_to_bounds={vector: ([1.5, -1], 1.75)})
    assert [np.asarray(value) for value in minimized(interface)] == near([[1.5, 1.75], [[2], [3]]])


def test_constraints(graph):
    vector, _, _, loss = model()
    interface = opt.ScipyOptimizerInterface(
        loss, [vector], equalities=[vector[1] - 1.0], inequalities=[vector[0] - 1.5], method="SLSQP"
    )
    assert np.asarray(minimized(interface)[0]) == near([[1.5, 1.0]])[0]


def test_a_variable_the_loss_does_not_depend_on(graph):
    vector, _, _, _ = model()
    interface = opt.ScipyOptimizerInterface(tf.reduce_sum(vector**2), method="CG")
    assert [np.asarray(value) for value in minimized(interface)] == near([[0, 0], [[2], [3]]])


def test_what_is_set_otherwise(graph):
    loss = model()[-1]
    with pytest.raises(ValueError, match="Bounds must be set using the var_to_bounds argument"):
        minimized(opt.ScipyOptimizerInterface(loss, bounds=[(0, 1)]))
    with pytest.raises(ValueError, match="keyword arg 'jac' is set automatically"):
        minimized(opt.ScipyOptimizerInterface(loss, jac=False))
    with pytest.raises(NotImplementedError, match="subclass from it"):
        minimized(opt.ExternalOptimizerInterface(loss))
