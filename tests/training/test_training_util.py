"""The global step, and the names of moving averages and learning rates that are refused."""

import pytest

from perdure import tf
from perdure.graph.graph import Graph
from perdure.training import training_util


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


def test_global_step():
    """There is one, made on demand and counted by training."""
    assert tf.train.get_global_step() is None
    with tf.name_scope("elsewhere"):
        step = tf.train.get_or_create_global_step()
    assert step.op.name == "global_step" and step.dtype.base_dtype == tf.int64
    assert tf.train.get_global_step() is step
    assert tf.train.get_or_create_global_step() is step
    assert step not in tf.trainable_variables() and step in tf.global_variables()
    w = tf.Variable(1.0)
    train = tf.train.GradientDescentOptimizer(0.1).minimize(w * w, global_step=step)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        session.run(train)
        assert tf.train.global_step(session, step) == 2
    with pytest.raises(ValueError, match='"global_step" already exists'):
        tf.train.create_global_step()


def test_global_step_by_name():
    """A variable called global_step is taken even if no collection has it."""
    step = tf.Variable(0, name="global_step", trainable=False)
    assert tf.train.get_global_step() is step._ref() or tf.train.get_global_step() is step


def test_several_global_steps():
    """Several are an error that is logged, and count as none."""
    for name in ("a", "b"):
        tf.add_to_collection(tf.GraphKeys.GLOBAL_STEP, tf.Variable(0, name=name))
    assert tf.train.get_global_step() is None


def test_not_a_global_step():
    """It must be an integer scalar."""
    with pytest.raises(TypeError, match="must be a Variable or Tensor"):
        tf.train.assert_global_step(3)
    with pytest.raises(TypeError, match="does not have integer type"):
        tf.train.assert_global_step(tf.constant(1.0))
    with pytest.raises(TypeError, match="is not scalar"):
        tf.train.assert_global_step(tf.constant([1]))


def test_increment():
    """Libraries read the step before they count it."""
    with pytest.raises(ValueError, match="should be created by tf.train.get_or_create_global_step"):
        training_util._increment_global_step(1)
    assert training_util._get_or_create_global_step_read() is None
    step = tf.train.create_global_step()
    read = training_util._get_or_create_global_step_read()
    assert training_util._get_or_create_global_step_read() is read
    more = training_util._increment_global_step(2)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(more)
        assert session.run(step) == 2
    tf.add_to_collection(training_util.GLOBAL_STEP_READ_KEY, read)
    with pytest.raises(RuntimeError, match="There are several tensors in the collection"):
        training_util._get_or_create_global_step_read()


def test_moving_average_names():
    """Names of averages are known before they are made; integers have none."""
    w = tf.Variable(1.0, name="w")
    average = tf.train.ExponentialMovingAverage(0.9)
    assert average.name == "ExponentialMovingAverage" and average.average(w) is None
    assert average.average_name(w) == "w/ExponentialMovingAverage"
    average.apply()
    assert average.average(w).op.name == "w/ExponentialMovingAverage"
    assert tf.moving_average_variables() == [w]
    assert average.variables_to_restore() == {"w/ExponentialMovingAverage": w}
    with pytest.raises(TypeError, match="The variables must be half, float, or double"):
        average.apply([tf.Variable(1)])


def test_piecewise_constant_refusals():
    """Boundaries and values must fit."""
    step = tf.constant(1, tf.int64)
    with pytest.raises(ValueError, match="must have the same dtype as x"):
        tf.train.piecewise_constant(step, [1.5], [1.0, 2.0])
    with pytest.raises(ValueError, match="Values must have elements all with the same dtype"):
        tf.train.piecewise_constant(step, [1], [1.0, 2])
    with pytest.raises(ValueError, match="boundaries should be 1 less than the length of values"):
        tf.train.piecewise_constant(step, [1], [1.0])


def test_noisy_linear_cosine_decay():
    """The noise is as large as its variance says."""
    rate = tf.train.noisy_linear_cosine_decay(
        1.0, 0, 10, initial_variance=0.0, num_periods=0.0, alpha=0.0, beta=0.5
    )
    with tf.Session() as session:
        assert session.run(rate) == pytest.approx(1.5)
