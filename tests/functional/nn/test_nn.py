"""tf.nn: refusals and values (nodes: tests/oracle/programs/{convolution_dropout,batch_norm,nn_losses}.py)."""

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


def images(*shape):
    return tf.constant(np.random.RandomState(0).randn(*shape).astype("f4"))


FILTER = np.ones((2, 2, 3, 4), "f4")


# -- convolution ------------------------------------------------------------------


def test_names_of_arguments():
    """Older and newer names of an argument mean the same; both at once are refused."""
    x = images(1, 4, 4, 3)
    old, new = run(
        [
            tf.nn.conv2d(x, filter=FILTER, strides=1, padding="SAME"),
            tf.nn.conv2d(x, filters=FILTER, strides=[1, 1], padding="SAME"),
        ]
    )
    np.testing.assert_array_equal(old, new)
    with pytest.raises(ValueError, match="Cannot specify both 'filter' and 'filters'"):
        tf.nn.conv2d(x, filter=FILTER, filters=FILTER, strides=1, padding="SAME")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strides": [1, 2, 3]}, "strides should be of length 1, 2 or 4 but was 3"),
        ({"dilations": [1, 2, 3]}, "dilations should be of length 1, 2 or 4 but was 3"),
        ({"padding": "EXPLICIT"}, "the padding parameter must be a list"),
        ({"padding": [[0, 0], [1, 1]]}, "it must be of size 4. Got padding of size: 2"),
        ({"padding": [[0, 0], [1], [1, 1], [0, 0]]}, "Element with index 1 of padding has size 1"),
        ({"padding": [[0, 0], 1, [1, 1], [0, 0]]}, "Element with index 1 of padding is not a list"),
    ],
)
def test_arguments_of_conv2d(arguments, message):
    """Strides, dilations and paddings of a wrong length are refused, as by TensorFlow."""
    with pytest.raises(ValueError, match=message):
        tf.nn.conv2d(images(1, 4, 4, 3), FILTER, **{"strides": 1, "padding": "SAME", **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dilation_rate": [0, 1]}, "all values of dilation_rate must be positive"),
        ({"dilation_rate": [2, 2], "strides": [2, 1]}, "strides > 1 not supported in conjunction"),
        ({"dilation_rate": [2, 2], "padding": "WRONG"}, "Invalid padding method 'WRONG'"),
        ({"dilation_rate": [2, 2], "data_format": "NXYC"}, "data_format must be"),
    ],
)
def test_arguments_of_convolution(arguments, message):
    """What a dilated convolution cannot do is refused."""
    with pytest.raises(ValueError, match=message):
        tf.nn.convolution(images(1, 4, 4, 3), FILTER, **{"padding": "SAME", **arguments})


def test_shapes_of_convolution():
    """Ranks and channels must go together."""
    with pytest.raises(ValueError, match="must be of rank 3, 4 or 5 but was 2"):
        tf.nn.convolution(tf.zeros([2, 3]), tf.zeros([2, 3]), "SAME")
    with pytest.raises(ValueError, match="rank of input or filter must be known"):
        unknown = tf.placeholder(tf.float32)
        tf.nn.convolution(unknown, unknown, "SAME")
    with pytest.raises(ValueError, match="number of input channels does not match"):
        tf.nn.convolution(images(1, 4, 4, 2), FILTER, "SAME", dilation_rate=[2, 2])
    with pytest.raises(ValueError, match="filter tensor must have rank 4"):
        tf.nn.convolution(images(1, 4, 4, 3), tf.zeros([2, 3, 4]), "SAME", dilation_rate=[2, 2])
    with pytest.raises(ValueError, match='data_format must be "NWC" or "NCW"'):
        tf.nn.conv1d(tf.zeros([1, 4, 3]), tf.zeros([2, 3, 4]), 1, "SAME", data_format="WNC")


def test_dilated_convolutions_agree():
    """Space to batch and the kernel's own dilation give the same, and so do their gradients."""
    x, f = images(2, 9, 8, 3), tf.constant(np.random.RandomState(1).randn(3, 2, 3, 4).astype("f4"))
    spread = tf.nn.atrous_conv2d(x, f, 2, "VALID")
    direct = tf.nn.conv2d(x, f, 1, "VALID", dilations=2)
    found = run([spread, direct, tf.gradients(spread**2, [x, f]), tf.gradients(direct**2, [x, f])])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-4, atol=1e-5)
    for one, other in zip(found[2], found[3], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


def test_transposes_undo_shapes():
    """A transposed convolution is the gradient of a convolution."""
    x, f = images(1, 3, 3, 4), tf.constant(FILTER)
    up = tf.nn.conv2d_transpose(x, f, [1, 6, 6, 3], 2)
    back = tf.nn.conv2d_backprop_input([1, 6, 6, 3], f, x, [1, 2, 2, 1], "SAME")
    found = run([up, back])
    np.testing.assert_array_equal(found[0], found[1])
    with pytest.raises(ValueError, match="output_shape must be a tensor or sized collection"):
        tf.nn.conv_transpose(x, f, 3, 2)
    with pytest.raises(ValueError, match="must be of length 3, 4 or 5 but was 2"):
        tf.nn.conv_transpose(x, f, [1, 2], 2)
    with pytest.raises(ValueError, match="rate 0 cannot be less than one"):
        tf.nn.atrous_conv2d_transpose(x, f, [1, 6, 6, 3], 0, "SAME")
    with pytest.raises(ValueError, match="padding must be either VALID or SAME"):
        tf.nn.atrous_conv2d_transpose(x, f, [1, 6, 6, 3], 2, "WRONG")
    with pytest.raises(ValueError, match="output_shape does not match filter's output channels"):
        tf.nn.atrous_conv2d_transpose(x, f, [1, 6, 6, 2], 2, "SAME")
    with pytest.raises(ValueError, match="value's input channels does not match"):
        tf.nn.atrous_conv2d_transpose(images(1, 3, 3, 2), f, [1, 6, 6, 3], 2, "SAME")


def test_separable_convolution_is_two():
    """A separable convolution is a depthwise one and then one of single pixels."""
    x = images(1, 5, 5, 2)
    depthwise, pointwise = images(3, 3, 2, 2), images(1, 1, 4, 3)
    both = tf.nn.separable_conv2d(x, depthwise, pointwise, [1, 1, 1, 1], "SAME")
    steps = tf.nn.conv2d(tf.nn.depthwise_conv2d(x, depthwise, [1, 1, 1, 1], "SAME"), pointwise, 1, "VALID")
    found = run([both, steps])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)


def test_dilated_native_depthwise_convolution_is_refused():
    """TensorFlow ignores the attribute; perdure says what to use instead."""
    y = tf.nn.depthwise_conv2d_native(
        images(1, 5, 5, 2), images(2, 2, 2, 1), [1, 1, 1, 1], "VALID", dilations=[1, 2, 2, 1]
    )
    with pytest.raises(tf.errors.UnimplementedError, match="use tf.nn.depthwise_conv2d with rate="):
        run(y)


# -- pooling ----------------------------------------------------------------------


def test_pooling_refusals():
    """What pooling cannot do is refused while the graph is built."""
    x = images(1, 4, 4, 2)
    with pytest.raises(ValueError, match="ksize cannot be zero"):
        tf.nn.max_pool(x, [1, 0, 2, 1], 1, "SAME")
    with pytest.raises(ValueError, match="ksize should be of length 1, 2 or 4 but was 3"):
        tf.nn.avg_pool(x, [1, 2, 2], 1, "SAME")
    with pytest.raises(ValueError, match="Data formats other than 'NHWC'"):
        tf.nn.max_pool_with_argmax(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME", data_format="NCHW")
    with pytest.raises(ValueError, match="must be of rank 3, 4 or 5 but was 2"):
        tf.nn.max_pool_v2(tf.zeros([2, 2]), 2, 2, "SAME")
    with pytest.raises(ValueError, match="2-D MEAN pooling is not supported"):
        tf.nn.pool(x, [2, 2], "MEAN", "SAME")
    with pytest.raises(ValueError, match="strides > window_shape not supported"):
        tf.nn.pool(x, [2, 2], "MAX", "SAME", strides=[3, 3])
    with pytest.raises(ValueError, match="SAME padding is not implemented for dilation_rate > 1"):
        tf.nn.pool(x, [2, 2], "MAX", "SAME", dilation_rate=[2, 2])
    with pytest.raises(ValueError, match="1 <= num_spatial_dims <= 3"):
        tf.nn.pool(x, [], "MAX", "SAME")
    with pytest.raises(ValueError, match='data_format must be either "NWC" or "NCW"'):
        tf.nn.pool(tf.zeros([1, 4, 2]), [2], "MAX", "SAME", data_format="WNC")


def test_pooling_of_sequences_and_dilated_pooling():
    """One-dimensional pooling, and windows with gaps."""
    x = np.arange(8, dtype="f4").reshape(1, 8, 1)
    found = run(
        [
            tf.nn.max_pool1d(x, 2, 2, "VALID"),
            tf.nn.avg_pool1d(x, 2, 2, "VALID"),
            tf.nn.pool(x, [2], "MAX", "VALID", dilation_rate=[3]),
        ]
    )
    assert [value.ravel().tolist() for value in found] == [
        [1, 3, 5, 7],
        [0.5, 2.5, 4.5, 6.5],
        [3, 4, 5, 6, 7],
    ]


# -- activations, softmax, biases -------------------------------------------------


def test_softmax_along_any_axis():
    """Softmax along an axis is softmax of the transposed tensor."""
    x = np.random.RandomState(0).randn(2, 3, 4).astype("f4")
    exponents = np.exp(x)
    for axis in (0, 1, -2, 2):
        expected = exponents / exponents.sum(axis, keepdims=True)
        found = run([tf.nn.softmax(x, axis=axis), tf.exp(tf.nn.log_softmax(x, dim=axis))])
        np.testing.assert_allclose(found[0], expected, rtol=1e-5)
        np.testing.assert_allclose(found[1], expected, rtol=1e-5)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Dimension \(3\) must be in the range"):
        tf.nn.softmax(x, axis=3)
    with pytest.raises(ValueError, match="needs logits of known rank"):
        tf.nn.softmax(tf.placeholder(tf.float32), axis=1)


def test_bias_add_formats():
    """Any N...C and NC... is a data format, nothing else."""
    x = images(2, 3, 4, 5)
    found = run(tf.nn.bias_add(x, np.arange(3, dtype="f4"), data_format="NCDHW") - x)
    np.testing.assert_allclose(found[:, 2], 2, rtol=1e-5)
    with pytest.raises(ValueError, match="`N...C` or `NC...`"):
        tf.nn.bias_add(x, np.ones(5, "f4"), data_format="HWCN")


def test_leaky_relu_of_integers():
    """Integers are cast to float32 first."""
    assert run(tf.nn.leaky_relu(np.array([-10, 5]))).tolist() == [-2.0, 5.0]


# -- dropout ----------------------------------------------------------------------


def test_dropout_scales_what_it_keeps():
    """Elements are 0 or scaled up; the mask is broadcast along sizes of 1."""
    x = tf.ones([40, 50])
    full, rows = run([tf.nn.dropout(x, rate=0.2, seed=1), tf.nn.dropout(x, 0.5, [40, 1], seed=2)])
    np.testing.assert_allclose(np.unique(full), [0, 1.25])
    assert 0.7 < (full > 0).mean() < 0.9
    assert all(len(set(row)) == 1 for row in rows.tolist())


def test_dropout_refusals():
    """Rates out of range and tensors without floats are refused."""
    x = tf.ones([2])
    with pytest.raises(ValueError, match="You must provide a rate"):
        tf.nn.dropout(x)
    with pytest.raises(ValueError, match="Cannot specify both 'keep_prob' and 'rate'"):
        tf.nn.dropout(x, 0.5, rate=0.5)
    with pytest.raises(ValueError, match=r"in the range \[0, 1\), got 1"):
        tf.nn.dropout(x, rate=1)
    with pytest.raises(ValueError, match="x has to be a floating point tensor"):
        tf.nn.dropout(tf.constant([1, 2]), rate=0.5)
    with pytest.raises(ValueError, match="keep_prob must be a floating point number or Tensor"):
        tf.nn.dropout(x, keep_prob="half")
    assert tf.nn.dropout(x, rate=0) is x


# -- losses -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "softmax_cross_entropy_with_logits",
        "sparse_softmax_cross_entropy_with_logits",
        "sigmoid_cross_entropy_with_logits",
    ],
)
def test_losses_want_names(name):
    """Labels and logits are easily swapped, so they must be named."""
    loss = getattr(tf.nn, name)
    with pytest.raises(ValueError, match=f"Only call `{name}` with named arguments"):
        loss(tf.ones([2, 3]), tf.ones([2, 3]))
    with pytest.raises(ValueError, match="Both labels and logits must be provided"):
        loss(logits=tf.ones([2, 3]))


def test_losses_want_fitting_shapes():
    """Shapes that do not go together are refused while the graph is built."""
    sparse = tf.nn.sparse_softmax_cross_entropy_with_logits
    with pytest.raises(ValueError, match="Logits cannot be scalars"):
        sparse(labels=tf.constant(1), logits=tf.constant(1.0))
    with pytest.raises(ValueError, match="Rank mismatch: Rank of labels"):
        sparse(labels=tf.constant([[1, 2]]), logits=tf.ones([2, 3]))
    with pytest.raises(ValueError, match="Shape mismatch: The shape of labels"):
        sparse(labels=tf.constant([1]), logits=tf.ones([2, 3]))
    with pytest.raises(ValueError, match=r"logits and labels must have the same shape \(\(2,\) vs"):
        tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones([3]), logits=tf.ones([2]))
    with pytest.raises(ValueError, match="logits and labels must have the same shape"):
        tf.nn.weighted_cross_entropy_with_logits(tf.ones([3]), tf.ones([2]), 1.0)
    with pytest.raises(ValueError, match="log_input and targets must have the same shape"):
        tf.nn.log_poisson_loss(tf.ones([3]), tf.ones([2]))


def test_sparse_and_dense_losses_agree():
    """A class is a distribution with all its weight in one place, in tensors of any rank."""
    logits = np.random.RandomState(0).randn(2, 3, 4).astype("f4")
    classes = np.array([[0, 1, 2], [3, 0, 1]])
    dense = np.eye(4, dtype="f4")[classes]
    found = run(
        [
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits),
            tf.nn.softmax_cross_entropy_with_logits_v2(labels=dense, logits=logits),
            tf.nn.softmax_cross_entropy_with_logits_v2(
                labels=dense.transpose(0, 2, 1), logits=logits.transpose(0, 2, 1), axis=1
            ),
        ]
    )
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)
    np.testing.assert_allclose(found[0], found[2], rtol=1e-5)


def test_no_second_derivative_of_the_sparse_loss():
    """TensorFlow refuses it, because it would be wrong."""
    logits = tf.ones([2, 3])
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=logits)
    (first,) = tf.gradients(loss, logits)
    with pytest.raises(LookupError, match="no way to take the second derivative"):
        tf.gradients(first, logits)


# -- normalization ----------------------------------------------------------------


def test_moments():
    """Mean and biased variance; with all weights 1 the weighted ones are the same."""
    x = np.random.RandomState(0).randn(3, 4, 5).astype("f4")
    plain, weighted, counted = run(
        [
            tf.nn.moments(tf.constant(x), [0, 2]),
            tf.nn.weighted_moments(x, [0, 2], 1.0),
            tf.nn.normalize_moments(*tf.nn.sufficient_statistics(x, [0, 2], shift=0.5)),
        ]
    )
    for mean, variance in (plain, weighted, counted):
        np.testing.assert_allclose(mean, x.mean((0, 2)), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(variance, x.var((0, 2)), rtol=1e-4)


def test_fused_batch_norm():
    """In training it uses the moments of the batch, else those it is given."""
    x = np.random.RandomState(0).randn(4, 3, 3, 2).astype("f4")
    scale, offset = np.array([2, 3], "f4"), np.array([1, -1], "f4")
    trained, frozen = run(
        [
            tf.nn.fused_batch_norm(x, scale, offset),
            tf.nn.fused_batch_norm(x, scale, offset, scale, scale, is_training=False),
        ]
    )
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    expected = (x - mean) / np.sqrt(variance + 0.001) * scale + offset
    np.testing.assert_allclose(trained[0], expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(trained[1], mean, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(trained[2], variance * 36 / 35, rtol=1e-4)
    expected = (x - scale) / np.sqrt(scale + 0.001) * scale + offset
    np.testing.assert_allclose(frozen[0], expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="must be None if is_training is True"):
        tf.nn.fused_batch_norm(x, scale, offset, scale, scale)


def test_fused_batch_norm_has_a_second_derivative():
    """The gradient of the fused gradient is that of the same formula in plain nodes."""
    random = np.random.RandomState(0)
    x = tf.constant(random.randn(3, 2, 2, 2).astype("f4"))
    scale = tf.constant(random.rand(2).astype("f4") + 1)
    weights = random.randn(3, 2, 2, 2).astype("f4")
    fused = tf.nn.fused_batch_norm(x, scale, np.zeros(2, "f4"), epsilon=0.1)[0]
    mean, variance = tf.nn.moments(x, [0, 1, 2])
    plain = tf.nn.batch_normalization(x, mean, variance, None, scale, 0.1)
    second = []
    for y in (fused, plain):
        first = tf.gradients(tf.tanh(y) * weights, [x, scale])
        second.append(tf.gradients([first[0] ** 2, first[1] ** 2], [x, scale]))
    for one, other in zip(*run(second), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-3)


def test_l2_normalize_and_lrn():
    """Vectors of length 1; responses divided by those of their neighbours."""
    x = np.random.RandomState(0).randn(2, 3, 4, 5).astype("f4")
    unit, response = run([tf.nn.l2_normalize(x, dim=-1), tf.nn.lrn(x, 1, 1.0, 0.5, 0.75)])
    np.testing.assert_allclose(np.linalg.norm(unit, axis=-1), 1, rtol=1e-5)
    padded = np.pad(x**2, [(0, 0)] * 3 + [(1, 1)])
    near = padded[..., :-2] + padded[..., 1:-1] + padded[..., 2:]
    np.testing.assert_allclose(response, x / (1 + 0.5 * near) ** 0.75, rtol=1e-5)


# -- ranking ----------------------------------------------------------------------


def test_top_k():
    """Values with their places; targets among the k best."""
    x = np.array([[1, 5, 3], [9, 2, 9]], "f4")
    best = tf.nn.top_k(x, 2)
    values, indices, among = run([best.values, best.indices, tf.nn.in_top_k(x, [0, 2], 1)])
    assert values.tolist() == [[5, 3], [9, 9]] and indices.tolist() == [[1, 2], [0, 2]]
    assert among.tolist() == [False, True]
