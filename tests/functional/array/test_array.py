"""tf.shape, tf.zeros, tf.placeholder ... (nodes: tests/oracle/programs/array_manipulation.py)."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.defaults import get_default_graph


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_shapes_are_constants_when_known():
    """A static shape makes a constant, an unknown one a node that is computed."""
    x = tf.placeholder(tf.float32, [None, 3])
    assert tf.shape(tf.zeros([2, 3])).op.type == "Const"
    assert tf.rank(x).op.type == "Const"
    assert tf.size(tf.placeholder(tf.int32, [None, 0])).op.type == "Const"
    found = run([tf.shape(x), tf.size(x), tf.shape(x, out_type=tf.int64)], {x: np.ones([4, 3])})
    assert found[0].tolist() == [4, 3] and found[1] == 12 and found[2].dtype == np.int64


def test_shapes_of_sparse_tensors():
    """Shape, size and rank of a SparseTensor come from its dense shape."""
    sparse = tf.SparseTensor([[0, 1]], [1.0], [2, 5])
    assert [
        np.asarray(value).tolist() for value in run([tf.shape(sparse), tf.size(sparse), tf.rank(sparse)])
    ] == [[2, 5], 10, 2]


def test_zeros_and_ones():
    """Small known shapes are constants; any other is filled when it runs."""
    n = tf.placeholder(tf.int32, [])
    assert tf.zeros([2, 3]).op.type == "Const" and tf.ones([2000]).op.type == "Fill"
    values = run([tf.zeros([n, 2], tf.bool), tf.zeros([2], tf.string), tf.ones(n, tf.int64)], {n: 2})
    assert values[0].tolist() == [[False, False]] * 2
    assert values[1].tolist() == [b"", b""] and values[2].tolist() == [1, 1]


def test_like():
    """The shape of another tensor, in its type or another."""
    x = tf.placeholder(tf.float32, None)
    values = run([tf.zeros_like(x), tf.ones_like(x, tf.int32)], {x: np.ones([1, 2])})
    assert values[0].dtype == np.float32 and values[1].tolist() == [[1, 1]]


def test_deprecated_names():
    """Arguments go by their older names too, but not by both."""
    x = tf.zeros([1, 2])
    assert tf.expand_dims(x, dim=0).shape == [1, 1, 2]
    assert tf.squeeze(x, squeeze_dims=[0]).shape == [2]
    with pytest.raises(ValueError, match="Cannot specify both 'dim' and 'axis'"):
        tf.expand_dims(x, axis=0, dim=0)
    with pytest.raises(ValueError, match="Cannot specify both 'squeeze_dims' and 'axis'"):
        tf.squeeze(x, axis=0, squeeze_dims=0)
    with pytest.raises(ValueError, match="Must specify an axis argument to tf.expand_dims"):
        tf.expand_dims(x)


def test_unfed_placeholder():
    """Running an unfed placeholder names it, its type and its shape."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match=r"feed a value for placeholder tensor 'x' with dtype float "
        r"and shape \[\?,3\]",
    ):
        run(x + 1)


def test_sparse_placeholder():
    """Its three placeholders are named after it."""
    sparse = tf.sparse_placeholder(tf.float32, [2, 3], name="s")
    assert sparse.values.name == "s/values:0" and sparse.indices.name == "s/indices:0"
    assert sparse.dense_shape.op.type == "Const" and sparse.shape == [2, 3]
    assert tf.sparse_placeholder(tf.float32).dense_shape.op.type == "Placeholder"


def test_checks_of_values():
    """NaN and infinities are found when the tensor runs."""
    x = tf.placeholder(tf.float32, [2])
    checked = tf.verify_tensor_all_finite(x, "bad x")
    assert run(checked, {x: [1, 2]}).tolist() == [1, 2]
    with pytest.raises(tf.errors.InvalidArgumentError, match="bad x : Tensor had NaN values"):
        run(checked, {x: [1, np.nan]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="Tensor had Inf and NaN values"):
        run(tf.check_numerics(x, "m"), {x: [np.inf, np.nan]})
    with pytest.raises(ValueError, match="Cannot specify both 't' and 'x'"):
        tf.verify_tensor_all_finite(x, "m", x=x)


def test_ensure_shape():
    """A shape that was not known is checked when the tensor runs."""
    x = tf.placeholder(tf.float32, None)
    y = tf.ensure_shape(x, [None, 3], name="e")
    assert y.shape.as_list() == [None, 3]
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match=r"Shape of tensor .* \[2\] is not compatible with expected shape \[\?,3\]",
    ):
        run(y, {x: [1, 2]})
    with pytest.raises(ValueError, match="Dimension 0 in both shapes must be equal"):
        tf.ensure_shape(tf.zeros([2]), [3])


def test_reshape_refusals():
    """What cannot be reshaped is refused while building if the sizes are known, else when it runs."""
    x = tf.placeholder(tf.float32, None)
    with pytest.raises(ValueError, match=r"Cannot reshape a tensor with 6 elements to shape \[4\]"):
        tf.reshape(tf.zeros([2, 3]), [4])
    with pytest.raises(ValueError, match="evenly divisible by 4 but is 6"):
        tf.reshape(tf.zeros([2, 3]), [4, -1])
    with pytest.raises(ValueError, match="Invalid value in tensor used for shape: -2"):
        tf.reshape(x, [-2])
    with pytest.raises(tf.errors.InvalidArgumentError, match="requires a multiple of 4"):
        run(tf.reshape(x, [4, -1]), {x: np.zeros([2, 3])})
    with pytest.raises(tf.errors.InvalidArgumentError, match="not both 0 and 1"):
        run(tf.reshape(x, [-1, -1]), {x: np.zeros([2, 3])})


def test_prevent_gradient():
    """Its gradient is refused with its message."""
    x = tf.constant(1.0)
    stopped = tf.raw_ops.PreventGradient(input=x, message="no way back")
    with pytest.raises(LookupError, match="Gradient explicitly disabled. Reason: no way back"):
        tf.gradients(stopped, x)
    assert tf.gradients(tf.stop_gradient(x), x) == [None]


def test_bitcast():
    """Bits are kept; the last axis takes up the difference in size."""
    values = run([tf.bitcast([1.0], tf.int32), tf.bitcast([[1, 2]], tf.int64)])
    assert values[0].tolist() == [0x3F800000] and values[1].tolist() == [1 + (2 << 32)]
    with pytest.raises(ValueError, match="Cannot bitcast due to shape. 3 does not match 2"):
        tf.bitcast([1, 2, 3], tf.int64)


def test_names_of_nodes():
    """zeros of a shape with tensors makes the nodes TensorFlow makes."""
    n = tf.placeholder(tf.int32, [], name="n")
    tf.zeros([n, 3])
    names = [op.name for op in get_default_graph().get_operations()]
    assert names == [
        "n",
        "zeros/mul/y",
        "zeros/mul",
        "zeros/Less/y",
        "zeros/Less",
        "zeros/packed/1",
        "zeros/packed",
        "zeros/Const",
        "zeros",
    ]
