"""Elementwise functions, division, types and sequences (nodes: tests/oracle/programs/arithmetic.py)."""

import inspect

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


def test_functions_of_one_op_have_their_parameters():
    """They can be called by name and inspected like functions that were written out."""
    assert str(inspect.signature(tf.exp)) == "(x, name=None)"
    assert str(inspect.signature(tf.atan2)) == "(y, x, name=None)"
    assert tf.exp.__name__ == "exp" and "power" in tf.exp.__doc__
    assert tf.maximum(x=1.0, y=2.0, name="larger").op.name == "larger"


def test_sparse_tensors_are_mapped_over_their_values():
    """Functions that keep 0 take sparse tensors."""
    sparse = tf.SparseTensor([[1]], [-4.0], [3])
    assert run(tf.abs(sparse)).values.tolist() == [4.0]
    assert run(tf.square(sparse)).values.tolist() == [16.0]
    assert run(tf.cast(sparse, tf.int32)).values.tolist() == [-4]


def test_division():
    """`/` casts integers, `tf.div` rounds them down; zero divided by zero can be zero."""
    seven = tf.constant([7, -7])
    assert run(seven / 2).tolist() == [3.5, -3.5]
    assert run(tf.truediv(seven, 2)).dtype == np.float64
    assert run([tf.div(seven, 2), tf.floordiv(seven, 2), seven // 2])[0].tolist() == [3, -4]
    assert run(tf.divide(seven, 2, name="named")).tolist() == [3.5, -3.5]
    assert tf.divide(3, 2) == 1.5  # of two numbers: Python's own
    assert run(tf.div(3.0, 2.0)) == 1.5
    assert run(tf.div_no_nan([1.0, 4.0], [0.0, 2.0])).tolist() == [0.0, 2.0]
    assert run(tf.math.multiply_no_nan([np.inf, 2.0], [0.0, 2.0])).tolist() == [0.0, 4.0]
    assert run(tf.math.reciprocal_no_nan([0.0, 4.0])).tolist() == [0.0, 0.25]


def test_division_by_zero_names_the_node():
    """Integer division by zero is an error at run time."""
    zero = tf.placeholder(tf.int32, [])
    with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
        run(tf.floordiv(3, zero, name="bad"), {zero: 0})


def test_types_without_a_kernel():
    """Some types that signatures allow have no kernel, in TensorFlow neither."""
    with pytest.raises(tf.errors.InvalidArgumentError, match="No kernel of Tan for int32; cast"):
        run(tf.tan(3))
    with pytest.raises(tf.errors.InvalidArgumentError, match="No kernel for complex64: complex quotients"):
        run(tf.floordiv(tf.complex(1.0, 2.0), tf.complex(1.0, 2.0)))


def test_different_types_are_refused():
    """TensorFlow does not promote types."""
    with pytest.raises(TypeError, match="x and y must have the same dtype, got tf.int32 != tf.float32"):
        tf.truediv(tf.constant(1), tf.constant(1.0))
    with pytest.raises(ValueError, match="conversion requested dtype int32 for Tensor with dtype float32"):
        tf.div_no_nan(tf.constant(1), tf.constant(1.0))
    with pytest.raises(TypeError, match="real and imag have incorrect types: float32 float64"):
        tf.complex(tf.constant(1.0), tf.constant(1.0, tf.float64))
    with pytest.raises(TypeError, match="Expected numeric or variant tensor"):
        tf.conj(["text"])


def test_real_tensors_are_their_own_real_part():
    """No node is made for the parts of real tensors that need none."""
    x = tf.constant([-1.0, 2.0])
    assert tf.real(x) is x and tf.conj(x) is x
    assert run([tf.imag(x), tf.angle(x)])[1].tolist() == [0.0, 0.0]
    whole = tf.constant(3)
    assert tf.round(whole) is whole


def test_complex_parts():
    """abs, real, imag and angle of complex numbers are real."""
    z = tf.complex([3.0, 0.0], [4.0, -1.0])
    size, angle = run([tf.abs(z), tf.angle(z)])
    assert size.tolist() == [5.0, 1.0] and size.dtype == np.float32
    np.testing.assert_allclose(angle, np.angle([3 + 4j, -1j]), rtol=1e-6)


def test_cast():
    """A tensor of the type is returned as it is; values of other types are cut off and wrap around."""
    x = tf.constant([1.7, -1.7, 300.0])
    assert tf.cast(x, tf.float32) is x
    assert run(tf.cast(x, tf.int32)).tolist() == [1, -1, 300]
    assert run(tf.cast(x, tf.uint8)).tolist() == [1, 255, 44]
    assert run(tf.saturate_cast(x, tf.uint8)).tolist() == [1, 0, 255]
    assert [run(f(x)).dtype.name for f in (tf.to_double, tf.to_int64, tf.to_complex64)] == [
        "float64",
        "int64",
        "complex64",
    ]
    slices = tf.cast(tf.IndexedSlices(x, tf.constant([0, 1, 2])), tf.int32)
    assert isinstance(slices, tf.IndexedSlices) and slices.values.dtype == tf.int32


def test_range():
    """The widest type wins; one argument is the limit."""
    assert run(tf.range(4)).tolist() == [0, 1, 2, 3]
    assert run(tf.range(5, 0, -2)).tolist() == [5, 3, 1]
    assert tf.range(0, 1.0, 0.5).dtype == tf.float32
    assert tf.range(tf.constant(3, tf.int64)).dtype == tf.int64
    assert run(tf.range(3, dtype=tf.float64)).dtype == np.float64
    with pytest.raises(TypeError, match="tf.range needs int32, int64, float32 or float64"):
        tf.range(tf.constant(3, tf.int8))


def test_range_and_linspace_refuse_impossible_ends():
    """Known ends are refused while the graph is built, others when it runs."""
    with pytest.raises(ValueError, match="Requires start <= limit when delta > 0: 5/0"):
        tf.range(5, 0)
    with pytest.raises(ValueError, match="Requires delta != 0"):
        tf.range(0, 5, 0)
    with pytest.raises(ValueError, match="Requires num > 0: 0"):
        tf.linspace(0.0, 1.0, 0)
    limit = tf.placeholder(tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Requires start <= limit"):
        run(tf.range(5, limit), {limit: 2})
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"limit must be a scalar, not shape \[1\]"):
        run(tf.range(5, limit), {limit: [9]})


def test_sums():
    """add_n adds tensors and IndexedSlices; one alone is returned as it is."""
    x = tf.constant([1.0, 2.0])
    assert run(tf.add_n([x, x, x])).tolist() == [3.0, 6.0]
    assert tf.add_n([x]) is x and tf.accumulate_n([x]) is x
    assert tf.add_n([x], name="alone").op.name == "alone"
    assert run(tf.accumulate_n([x, x], shape=[2], tensor_dtype=tf.float32)).tolist() == [2.0, 4.0]
    slices = tf.IndexedSlices(tf.constant([[5.0]]), tf.constant([1]), tf.constant([2, 1]))
    assert run(tf.add_n([slices])).tolist() == [[0.0], [5.0]]


@pytest.mark.parametrize("add", ["add_n", "accumulate_n"])
def test_sums_refuse_what_is_no_list(add):
    """An empty list, a tensor or a list of something else cannot be added."""
    for wrong in ([], None, tf.constant([1.0])):
        with pytest.raises((ValueError, TypeError)):
            getattr(tf, add)(wrong)
    with pytest.raises(ValueError, match="same dtype and shape"):
        tf.accumulate_n([tf.constant(1.0), tf.constant(1)])
    with pytest.raises(TypeError, match="tensor_dtype is"):
        tf.accumulate_n([tf.constant(1.0)], tensor_dtype=tf.int32)


def test_scalar_mul():
    """Only scalars multiply."""
    assert run(tf.scalar_mul(3, tf.constant([1.0, 2.0]))).tolist() == [3.0, 6.0]
    with pytest.raises(ValueError, match="Only scalar multiply works"):
        tf.scalar_mul([3.0, 4.0], tf.constant([1.0, 2.0]))


def test_small_functions():
    """polyval, lbeta, the Bessel functions and logical_xor are made of other ops."""
    assert run(tf.math.polyval([1.0, 2.0, 3.0], 2.0)) == 11.0
    assert run(tf.math.polyval([], tf.constant(2.0))) == 0.0
    np.testing.assert_allclose(run(tf.lbeta([2.0, 3.0])), np.log(1 / 12), rtol=1e-5)
    np.testing.assert_allclose(run(tf.math.bessel_i0(1.0)), 1.2660659, rtol=1e-5)
    np.testing.assert_allclose(run(tf.math.bessel_i1(1.0)), 0.5651591, rtol=1e-5)
    assert run(tf.logical_xor([True, True], [True, False])).tolist() == [False, True]
    np.testing.assert_allclose(run(tf.log_sigmoid(-100.0)), -100.0)


def test_numbers_follow_tensorflow_and_not_numpy():
    """NaN is kept on the left only, sign and extremes of NaN, rounding to even."""
    nan = np.float32(np.nan)
    assert run(tf.maximum(tf.constant([nan, 1.0]), tf.constant([1.0, nan]))).tolist()[1] == 1.0
    assert np.isnan(run(tf.maximum(tf.constant([nan]), 0.0))).all()
    assert run(tf.sign(tf.constant(nan))) == 0.0
    assert run(tf.round([0.5, 1.5, 2.5])).tolist() == [0.0, 2.0, 2.0]
    assert run(tf.reduce_max([1.0, nan, 3.0])) == 3.0
    assert run(tf.reduce_max(tf.zeros([0]))) == -np.inf


def test_compiled_programs_give_the_same():
    """A training-like function of many ops gives the same numbers in both tiers."""
    x = tf.placeholder(tf.float32, [4, 3])
    result = tf.reduce_sum(tf.maximum(tf.exp(x), 1.5) / (1 + tf.square(x)) - tf.nn.sigmoid(x) ** 2, 1)
    values = np.linspace(-2, 2, 12).reshape(4, 3).astype(np.float32)
    with tf.Session() as session:
        first = session.run(result, {x: values})
        for _ in range(100):
            last = session.run(result, {x: values})
    np.testing.assert_allclose(last, first, rtol=1e-5)
