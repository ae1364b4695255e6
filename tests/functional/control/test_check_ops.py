"""Assertions (nodes: tests/oracle/programs/reductions.py)."""

import numpy as np
import pytest

from perdure import tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


COMPARISONS = {
    "assert_equal": ([1, 2], [1, 2], [1, 3], "x == y"),
    "assert_none_equal": ([1, 2], [2, 1], [1, 3], "x != y"),
    "assert_less": ([1, 2], [2, 3], [1, 3], "x < y"),
    "assert_less_equal": ([1, 2], [1, 3], [0, 2], "x <= y"),
    "assert_greater": ([1, 2], [0, 1], [1, 1], "x > y"),
    "assert_greater_equal": ([1, 2], [1, 1], [2, 2], "x >= y"),
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons(name):
    """Known values are compared at once, fed ones when the op runs."""
    x, good, bad, condition = COMPARISONS[name]
    check = getattr(tf, name)
    run(check(x, good))
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"Condition {condition} did not hold"):
        check(x, bad, message="wrong")
    fed = tf.placeholder(tf.int32)
    op = check(x, fed, message="wrong")
    run(op, {fed: good})
    with pytest.raises(tf.errors.InvalidArgumentError, match="wrong"):
        run(op, {fed: bad})


@pytest.mark.parametrize(
    ("name", "good", "bad", "condition"),
    [
        ("assert_positive", [1, 2], [0, 1], "> 0"),
        ("assert_negative", [-1], [0, -1], "< 0"),
        ("assert_non_negative", [0, 1], [-1], ">= 0"),
        ("assert_non_positive", [0, -1], [1], "<= 0"),
    ],
)
def test_signs(name, good, bad, condition):
    """The sign of all elements."""
    check = getattr(tf, name)
    run(check(good))
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"Condition x {condition} did not hold"):
        check(bad)
    fed = tf.placeholder(tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="mine"):
        run(check(fed, message="mine"), {fed: bad})


def test_equal_to_itself_is_no_check():
    """Nothing is compared where both are the same tensor."""
    x = tf.placeholder(tf.float32)
    assert tf.assert_equal(x, x).type == "NoOp"


def test_near():
    """Within ten times the precision, unless a tolerance is given."""
    x = tf.placeholder(tf.float32)
    run(tf.assert_near(x, [1.0, 2.0]), {x: [1.0, 2.0000002]})
    run(tf.assert_near(x, [1.0, 2.0], atol=0.5), {x: [1.2, 2.2]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="x and y not equal to tolerance"):
        run(tf.assert_near(x, [1.0, 2.0], message="far"), {x: [1.0, 2.1]})


def test_rank():
    """Known ranks are checked at once, others when the op runs."""
    x = tf.zeros([2, 3])
    fed = tf.placeholder(tf.float32)
    run([tf.assert_rank(x, 2), tf.assert_rank_at_least(x, 1), tf.assert_rank_in(x, [0, 2])])
    with pytest.raises(ValueError, match="m.  Tensor zeros:0 must have rank 3.  Received rank 2, shape"):
        tf.assert_rank(x, 3, message="m")
    with pytest.raises(ValueError, match="must have rank at least 3.  Received rank 2"):
        tf.assert_rank_at_least(x, 3)
    with pytest.raises(ValueError, match=r"must have rank in \(0, 1\).  Received rank 2"):
        tf.assert_rank_in(x, (0, 1))
    with pytest.raises(ValueError, match="Rank must be a scalar"):
        tf.assert_rank(x, [2])
    with pytest.raises(TypeError, match="must be of type"):
        tf.assert_rank(x, 2.0)
    checks = [tf.assert_rank(fed, 2), tf.assert_rank_at_least(fed, 1), tf.assert_rank_in(fed, [0, 2])]
    run(checks, {fed: [[1.0]]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="must have rank"):
        run(checks[0], {fed: [1.0]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="must have rank at least"):
        run(checks[1], {fed: 1.0})
    with pytest.raises(tf.errors.InvalidArgumentError, match="must have rank in"):
        run(checks[2], {fed: [1.0]})


def test_rank_that_is_fed():
    """The rank asked for may itself be a tensor."""
    rank, x = tf.placeholder(tf.int32, []), tf.zeros([2, 3])
    check = tf.assert_rank(x, rank)
    run(check, {rank: 2})
    with pytest.raises(tf.errors.InvalidArgumentError, match="must have rank"):
        run(check, {rank: 1})
    none = tf.assert_rank_in(tf.placeholder(tf.float32), [])
    assert none.inputs[0].op.type == "Const"  # no rank is allowed: the check always fails


def test_types():
    """Types are known while the graph is built."""
    whole, real = tf.constant(1), tf.constant(1.0)
    assert tf.assert_integer(whole).type == "NoOp"
    assert tf.assert_type(real, tf.float32).type == "NoOp"
    with pytest.raises(TypeError, match='Expected "x" to be integer type.  Found: .* of dtype'):
        tf.assert_integer(real)
    with pytest.raises(TypeError, match="must be of type"):
        tf.assert_type(real, tf.int32)
    assert tf.is_numeric_tensor(real) and not tf.is_numeric_tensor(1.0)
    assert not tf.is_numeric_tensor(tf.constant("text"))


def test_same_float_dtype():
    """The one type of all, float32 by default."""
    a, b = tf.constant(1.0), tf.constant(1.0, tf.float64)
    assert tf.assert_same_float_dtype() is tf.float32
    assert tf.assert_same_float_dtype([b, None]) is tf.float64
    assert tf.assert_same_float_dtype(dtype=tf.float16) is tf.float16
    with pytest.raises(ValueError, match="must be of the same type .* as Const:0"):
        tf.assert_same_float_dtype([a, b])
    with pytest.raises(ValueError, match="must be of the same type"):
        tf.assert_same_float_dtype([b], tf.float32)
    with pytest.raises(ValueError, match="Expected floating point type"):
        tf.assert_same_float_dtype([tf.constant(1)])


def test_scalar_and_iterables():
    """assert_scalar returns its tensor; a proper iterable is a list or the like."""
    assert run(tf.assert_scalar(3)) == 3
    with pytest.raises(ValueError, match="noExpected scalar shape for .*, saw shape: "):
        tf.assert_scalar([3], message="no")
    tf.assert_proper_iterable([1])
    for wrong in (np.zeros(2), "text", tf.constant(1)):
        with pytest.raises(TypeError, match='Expected argument "values" to be a "proper" iterable'):
            tf.assert_proper_iterable(wrong)
    with pytest.raises(TypeError, match='Expected argument "values" to be iterable'):
        tf.assert_proper_iterable(3)
