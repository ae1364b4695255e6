"""tf.debugging.assert_shapes."""

import pytest

from perdure import tf
from perdure.functional.control.check_shapes import assert_shapes


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_symbols_agree():
    """The same symbol is the same size everywhere; None and "." are any size."""
    a, b = tf.zeros([2, 3]), tf.zeros([3, 5, 2])
    run(assert_shapes({a: ("n", "m"), b: ("m", None, "n")}))
    run(assert_shapes([(a, (2, ".")), (b, None), (tf.constant(1.0), ())]))
    run(assert_shapes([(b, (..., "n")), (a, ("n", "m"))]))


def test_known_sizes_are_checked_at_once():
    """What is known and wrong is refused while the graph is built."""
    a, b = tf.zeros([2, 3]), tf.zeros([4, 3])
    with pytest.raises(
        ValueError,
        match="Specified by tensor zeros:0 dimension 0.  Tensor zeros_1:0 "
        "dimension 0 must have size 2.  Received size 4",
    ):
        assert_shapes([(a, ("n", "m")), (b, ("n", "m"))])
    with pytest.raises(ValueError, match="mine.  Specified explicitly.  Tensor zeros:0 dimension 1 must"):
        assert_shapes([(a, (2, 4))], message="mine")
    with pytest.raises(ValueError, match="must have rank 3"):
        assert_shapes([(a, (2, 3, 1))])
    with pytest.raises(ValueError, match="is only allowed as the first entry"):
        assert_shapes([(a, (2, ...))])
    with pytest.raises(ValueError, match="Specified shape must be an iterable"):
        assert_shapes([(a, 2)])


def test_fed_sizes_are_checked_when_it_runs():
    """Sizes that are fed are compared by Assert ops."""
    a, b = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [None, 3])
    check = assert_shapes([(a, ("n", 3)), (b, ("n", "m"))])
    run(check, {a: [[1, 2, 3]], b: [[1, 2, 3]]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="must have size"):
        run(check, {a: [[1, 2, 3]], b: [[1, 2, 3], [4, 5, 6]]})
