"""Denormal numbers count as zero in kernels, as in TensorFlow 1.15.5, and nowhere else."""

import platform
import warnings

import numpy as np
import pytest

from perdure import tf
from perdure.arrays import denormals
from perdure.runtime.options import options

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64" or not denormals._alive, reason="interpreted kernels keep them here"
)

SAME = "what it was"
# What TensorFlow makes of a denormal number, its negative, one that is just normal, and 0.5.
RESULTS = {
    "half": (lambda x: x * 0.5, [0, -0.0, 0, 0.25]),
    "sum": (lambda x: tf.add_n([x, x, x]) / 3, [0, -0.0, SAME, 0.5]),
    "positive": (lambda x: tf.cast(x > 0, x.dtype), [0, 0, 1, 1]),
    "zero": (lambda x: tf.cast(tf.equal(x, 0), x.dtype), [1, 1, 0, 0]),
    "true": (lambda x: tf.cast(tf.cast(x, tf.bool), x.dtype), [0, 0, 1, 1]),
    "square": (tf.square, [0, 0, 0, 0.25]),
    "floor": (tf.floor, [0, -0.0, 0, 0]),
    "where": (lambda x: tf.where(x > 0, x, x + 1.0), [1, 1, SAME, 0.5]),
    "product": (lambda x: tf.matmul(x[None], 2 * tf.eye(4, dtype=x.dtype))[0] / 2, [0, 0, SAME, 0.5]),
    "identity": (tf.identity, [SAME, SAME, SAME, 0.5]),
    "joined": (lambda x: tf.concat([x, x], 0)[4:], [SAME, SAME, SAME, 0.5]),
    "picked": (lambda x: tf.gather(x, [0, 1, 2, 3]), [SAME, SAME, SAME, 0.5]),
}
NUMBERS = {
    "float32": np.array([1e-40, -1e-40, 1.5e-38, 0.5], np.float32),
    "float64": np.array([5e-320, -5e-320, 3e-308, 0.5]),
}


@pytest.mark.parametrize("tier", ["interpret", "compile"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_kernels_flush_and_copies_do_not(dtype, tier):
    """In either tier; the values are TensorFlow's."""
    with tf.Graph().as_default(), tf.Session() as session, options(tier=tier):
        x = tf.placeholder(dtype, [4])
        found = session.run({name: make(x) for name, (make, _) in RESULTS.items()}, {x: NUMBERS[dtype]})
    for name, (_, wanted) in RESULTS.items():
        wanted = [
            number if mark is SAME else mark for mark, number in zip(wanted, NUMBERS[dtype], strict=True)
        ]
        np.testing.assert_allclose(found[name], np.array(wanted, dtype), 1e-6, 0, err_msg=name)


def test_what_follows_from_constants_is_flushed():
    """Although it is computed while the step is planned."""
    with tf.Graph().as_default(), tf.Session() as session, options(tier="interpret"):
        found = session.run(tf.constant(NUMBERS["float32"]) * tf.constant(np.float32(0.5)))
    assert found.tolist() == [0, 0, 0, 0.25]


def test_half_precision_is_kept():
    """Its denormals are normal numbers of the type that is computed in."""
    with tf.Graph().as_default(), tf.Session() as session, options(tier="interpret"):
        x = tf.placeholder(tf.float16, [2])
        assert session.run(x + x, {x: [6e-8, 1e-5]}).tolist() == pytest.approx([1.19e-7, 2.0e-5], rel=1e-2)


def is_flushed():
    """Whether this thread takes denormals for zero."""
    return not np.array([1e-40], np.float32) > 0


def test_the_program_around_a_step_keeps_them():
    """Also after a step that failed, or was interrupted; what `py_func` calls sees what it sees there."""
    seen = []

    def look(value):
        seen.append(is_flushed())
        if value < 0:
            raise KeyboardInterrupt
        return value

    with tf.Graph().as_default(), tf.Session() as session, options(tier="interpret"):
        x = tf.placeholder(tf.float32, [])
        y = tf.py_func(look, [x], tf.float32) + 1.0
        session.run(y, {x: 1.0})
        assert not is_flushed()
        with pytest.raises(KeyboardInterrupt):
            session.run(y, {x: -1.0})
        assert not is_flushed()
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(tf.check_numerics(x, "x"), {x: np.nan})
        assert not is_flushed()
    assert seen == [True, True]


def test_a_step_inside_a_step_leaves_the_bits_to_the_outer_one():
    """Which goes on to compute."""
    seen = []
    with tf.Graph().as_default(), tf.Session() as session, options(tier="interpret"):
        x = tf.placeholder(tf.float32, [])
        inner = x * 2.0

        def run_inner(value):
            found = session.run(inner, {x: value})
            seen.append(is_flushed())
            return found

        session.run(tf.py_func(run_inner, [x], tf.float32), {x: 1.0})
    assert seen == [True] and not is_flushed()


def test_numpy_knows_the_smallest_numbers():
    """It computes them when it is asked first, in a step too."""
    with denormals.flushed(), warnings.catch_warnings():
        warnings.simplefilter("error")
        found = [np.finfo(dtype).smallest_subnormal for dtype in (np.float16, np.float32, np.float64)]
    assert [float(value) > 0 for value in found] == [True, True, True]


def test_blocks():
    """They put back what they found, also inside each other."""
    assert not denormals.is_flushing()
    with denormals.flushed():
        assert denormals.is_flushing() and is_flushed()
        with denormals.kept():
            assert not denormals.is_flushing() and not is_flushed()
        assert denormals.is_flushing()
    assert not denormals.is_flushing()
