"""tf.layers: variables, sharing, losses, updates, errors.

Names and nodes are checked against TensorFlow by tests/oracle/programs/layers*.py.
"""

import numpy as np
import pytest

from perdure import tf
from perdure.layers.input_spec import InputSpec


def run(*fetches, feed=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(list(fetches), feed)


def ones(*shape):
    return np.ones(shape, np.float32)


# -- Layer -------------------------------------------------------------------------------------------


def squared(x):
    return tf.reduce_sum(x * x)


class Scaled(tf.layers.Layer):
    """Multiplies by a variable, and counts its calls."""

    def build(self, input_shape):
        size = int(input_shape[-1])
        self.scale = self.add_weight("scale", [size], initializer=tf.ones_initializer(), regularizer=squared)
        self.count = self.add_variable("count", [], tf.int32, tf.zeros_initializer(), trainable=False)
        super().build(input_shape)

    def call(self, inputs, training=False):
        self.add_update(tf.assign_add(self.count, 1))
        return inputs * self.scale if training is False else inputs


def test_variables_of_a_layer():
    """Made at the first call, in a scope of its own, and shared by the next."""
    layer = Scaled()
    assert layer.name == "scaled_1" and not layer.built and layer.dtype is None and layer.graph is None
    with pytest.raises(ValueError, match="No name available for layer scope"):
        print(layer.scope_name)
    with pytest.raises(ValueError, match="tried to call `count_params` on scaled_1"):
        layer.count_params()
    first, second = layer(tf.ones([2, 3])), layer.apply(tf.ones([2, 3]))
    assert layer.scope_name == "scaled" and layer.dtype == "float32" and layer.built
    assert [v.name for v in layer.variables] == ["scaled/scale:0", "scaled/count:0"]
    assert layer.trainable_variables == layer.trainable_weights == [layer.scale]
    assert layer.non_trainable_variables == [layer.count]
    assert layer.count_params() == 4
    assert tf.global_variables() == layer.weights
    assert run(first, second)[0].tolist() == [[1.0] * 3] * 2
    layer.trainable = False
    assert layer.trainable_weights == [] and layer.non_trainable_weights == layer.variables
    assert layer.updates == []


def test_losses_and_updates():
    """Collected by the layer and by the graph; each once."""
    layer = Scaled(activity_regularizer=squared)
    x = tf.ones([2, 3])
    layer(x)
    layer(x)
    assert len(layer.updates) == 2 == len(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
    assert len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) == 3
    assert run(*layer.losses) == [3.0, 3.0, 3.0]
    assert len(layer.get_losses_for(None)) == 1 and len(layer.get_losses_for(x)) == 2
    assert layer.get_losses_for(tf.ones([])) == []
    assert len(layer.get_updates_for(None)) == 2 and layer.get_updates_for(x) == []
    assert layer.activity_regularizer is squared
    layer.add_loss([lambda: tf.constant(5.0), None, 2.0])
    assert sorted(run(*layer.losses)) == [2.0, 3.0, 3.0, 3.0, 5.0]


def test_weights_in_a_session():
    """Values out of the default session and back."""
    layer = tf.layers.Dense(2)
    layer(tf.ones([1, 3]))
    with pytest.raises(ValueError, match="No default session is registered"):
        layer.get_weights()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        layer.set_weights([ones(3, 2), ones(2)])
        assert [value.tolist() for value in layer.get_weights()] == [[[1.0, 1.0]] * 3, [1.0, 1.0]]
        with pytest.raises(ValueError, match="weight list of length 1, but the layer was expecting 2"):
            layer.set_weights([ones(3, 2)])
        with pytest.raises(ValueError, match="not compatible with provided weight shape"):
            layer.set_weights([ones(3, 3), ones(2)])


def test_layers_in_layers_inherit_training():
    """The `training` argument goes down to layers that take one."""

    class Outer(tf.layers.Layer):
        def call(self, inputs, training=False):
            return tf.layers.Dropout(1e-9)(inputs)

    def nodes_of(**arguments):
        with tf.Graph().as_default() as graph:
            Outer()(tf.ones([2]), **arguments)
            return [op.type for op in graph.get_operations()]

    assert "RandomUniform" in nodes_of(training=True)
    assert "RandomUniform" not in nodes_of()


def test_training_is_dropped_where_it_is_not_taken():
    """As in TensorFlow, a layer without that argument ignores it."""
    assert run(tf.layers.Flatten()(ones(2, 2, 2), training=True))[0].shape == (2, 4)


def test_scope_argument():
    """A layer can be called in a given scope, and its `call` may ask for it."""

    class Asks(tf.layers.Layer):
        def call(self, inputs, scope=None):
            self.seen = scope.name
            return inputs

    with tf.variable_scope("given") as scope:
        pass
    layer = Asks()
    layer(tf.ones([1]), scope=scope)
    assert layer.seen == layer.scope_name == "given"


def test_custom_getters_decide_what_is_trainable():
    """A getter that makes a variable not trainable is believed."""

    def frozen(getter, *args, **kwargs):
        kwargs["trainable"] = False
        return getter(*args, **kwargs)

    with tf.variable_scope("scope", custom_getter=frozen):
        layer = tf.layers.Dense(1)
        layer(tf.ones([1, 1]))
    assert layer.trainable_weights == [] and len(layer.non_trainable_weights) == 2


def test_wrong_arguments_of_layers():
    """Each refusal says what was wrong."""
    with pytest.raises(TypeError, match="Keyword argument not understood"):
        tf.layers.Layer(unknown=1)
    with pytest.raises(NotImplementedError, match="Layer: the argument input_shape is not supported"):
        tf.layers.Layer(input_shape=(3,))
    with pytest.raises(NotImplementedError, match="does not define compute_output_shape"):
        tf.layers.Layer().compute_output_shape([1])
    with pytest.raises(TypeError, match="Unknown keyword argument"):
        tf.layers.Layer().add_weight("w", [1], unknown=1)
    with pytest.raises(ValueError, match="ON_READ only for non-trainable variables"):
        tf.layers.Layer().add_weight(
            "w", [1], trainable=True, synchronization=tf.VariableSynchronization.ON_READ
        )
    with pytest.raises(TypeError, match="must be an instance of InputSpec"):
        tf.layers.Layer().input_spec = 3

    class Nothing(tf.layers.Layer):
        def call(self, inputs):
            return None

    with pytest.raises(ValueError, match="should return a Tensor or a list of Tensors, not None"):
        Nothing()(tf.ones([1]))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (InputSpec(ndim=3), "expected ndim=3, found ndim=2"),
        (InputSpec(shape=(1, 2, 3)), "expected ndim=3, found ndim=2"),
        (InputSpec(max_ndim=1), "expected max_ndim=1, found ndim=2"),
        (InputSpec(min_ndim=3), "expected min_ndim=3, found ndim=2"),
        (InputSpec(dtype="int32"), "expected dtype=int32"),
        (InputSpec(axes={-1: 4}), "expected axis -1 of input shape to have value 4"),
        (InputSpec(shape=(2, 4)), "expected shape="),
        ([InputSpec(), InputSpec()], "expects 2 inputs, but it received 1"),
    ],
)
def test_input_specs(spec, message):
    """A layer refuses inputs that do not fit."""
    layer = tf.layers.Layer()
    layer.input_spec = spec
    with pytest.raises(ValueError, match=message):
        layer(tf.ones([2, 3]))


def test_unknown_rank_is_refused():
    """A layer that requires a rank must know it."""
    with pytest.raises(ValueError, match="its rank is undefined"):
        tf.layers.dense(tf.placeholder(tf.float32), 2)


# -- dense, dropout, flatten -----------------------------------------------------------------------------


def test_dense():
    """Rank 2, rank 3, without bias, with an activation by name."""
    fill = tf.constant_initializer(0.5)
    flat = tf.layers.dense(ones(2, 4), 3, kernel_initializer=fill, bias_initializer=tf.ones_initializer())
    deep = tf.layers.dense(ones(2, 3, 4), 5, kernel_initializer="ones", use_bias=False, activation="tanh")
    assert deep.shape.as_list() == [2, 3, 5]
    values = run(flat, deep)
    assert values[0].tolist() == [[3.0] * 3] * 2
    np.testing.assert_allclose(values[1], np.full((2, 3, 5), np.tanh(4.0)), rtol=1e-6)


def test_dense_with_and_without_reuse():
    """A name alone makes the variables twice, which is refused."""
    x = tf.ones([1, 2])
    first = tf.layers.dense(x, 2, name="d")
    with pytest.raises(ValueError, match="Variable d/kernel already exists"):
        tf.layers.dense(x, 2, name="d")
    second = tf.layers.dense(x, 2, name="d", reuse=True)
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        pass
    values = run(first, second)
    assert values[0].tolist() == values[1].tolist() and len(tf.trainable_variables()) == 2


def test_wrong_arguments_of_dense():
    """Each refusal says what was wrong."""
    with pytest.raises(TypeError, match="Unable to build `Dense` layer with non-floating point dtype"):
        tf.layers.dense(tf.ones([1, 2], tf.int32), 2)
    with pytest.raises(ValueError, match="last dimension of the inputs to `Dense` should be defined"):
        tf.layers.dense(tf.placeholder(tf.float32, [1, None]), 2)
    with pytest.raises(ValueError, match="Unknown initializer: nonsense"):
        tf.layers.Dense(2, kernel_initializer="nonsense")
    with pytest.raises(ValueError, match="Could not interpret initializer identifier"):
        tf.layers.Dense(2, kernel_initializer=5)
    with pytest.raises(ValueError, match="Unknown activation function: nonsense"):
        tf.layers.Dense(2, activation="nonsense")
    with pytest.raises(TypeError, match="Could not interpret activation function identifier"):
        tf.layers.Dense(2, activation=5)
    with pytest.raises(ValueError, match="Could not interpret regularizer identifier: l2"):
        tf.layers.Dense(2, kernel_regularizer="l2")
    with pytest.raises(ValueError, match="Could not interpret constraint identifier"):
        tf.layers.Dense(2, kernel_constraint="non_neg")
    with pytest.raises(TypeError, match="unexpected|got an"):
        tf.layers.dense(tf.ones([1, 2]), 2, nonsense=1)
    sparse = tf.SparseTensor([[0, 0]], [1.0], [1, 2])
    with pytest.raises(NotImplementedError, match="Dense of a SparseTensor"):
        tf.layers.dense(sparse, 2)


@pytest.mark.parametrize("name", ["uniform", "normal", "he_normal", "lecun_uniform", "orthogonal"])
def test_initializers_by_name(name):
    """The names of tf.keras."""
    kernel = tf.layers.Dense(4, kernel_initializer=name)
    kernel(tf.ones([1, 4]))
    assert np.abs(run(kernel.kernel)[0]).max() > 0


def test_dropout():
    """Off by default; on, it drops and scales; a session may decide."""
    x = ones(1000)
    decided = tf.placeholder(tf.bool, [])
    off, on = tf.layers.dropout(x, 0.25), tf.layers.dropout(x, 0.25, training=True, seed=1)
    either = tf.layers.dropout(x, 0.25, training=decided)
    whole = tf.layers.dropout(ones(4, 5), 0.5, noise_shape=[None, 1], training=True)
    values = run(off, on, either, whole, feed={decided: True})
    assert values[0].tolist() == x.tolist()
    for value in values[1:3]:
        np.testing.assert_allclose(np.unique(value), [0.0, 4 / 3], rtol=1e-6)
        assert 650 < np.count_nonzero(value) < 850
    assert all(len(set(row)) == 1 for row in values[3].tolist())
    assert run(either, feed={decided: False})[0].tolist() == x.tolist()
    with pytest.raises(TypeError, match="`pred` must be a Tensor, or a Python bool, or 1 or 0"):
        tf.layers.dropout(x, training="yes")


def test_flatten():
    """Known and unknown sizes; channels first."""
    x = tf.placeholder(tf.float32, [None, 2, 3])
    assert tf.layers.flatten(x).shape.as_list() == [None, 6]
    assert tf.layers.flatten(tf.placeholder(tf.float32, [2, None, 3])).shape.as_list() == [2, None]
    array = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
    moved = tf.layers.flatten(array, data_format="channels_first")
    assert run(moved)[0].tolist() == [[0.0, 3.0, 1.0, 4.0, 2.0, 5.0]]


# -- pooling, convolutions ----------------------------------------------------------------------------------


def test_pooling():
    """Values, and the shapes that the classes promise."""
    array = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    largest, mean = tf.layers.max_pooling2d(array, 2, 2), tf.layers.average_pooling2d(array, 2, 2)
    values = run(largest, mean)
    assert values[0].ravel().tolist() == [5.0, 7.0, 13.0, 15.0]
    assert values[1].ravel().tolist() == [2.5, 4.5, 10.5, 12.5]
    line = np.arange(6, dtype=np.float32).reshape(1, 6, 1)
    assert run(tf.layers.max_pooling1d(line, 3, 3))[0].ravel().tolist() == [2.0, 5.0]
    assert run(tf.layers.average_pooling1d(line, 3, 3))[0].ravel().tolist() == [1.0, 4.0]
    first = line.reshape(1, 1, 6)
    assert run(tf.layers.max_pooling1d(first, 3, 3, data_format="channels_first"))[0].shape == (1, 1, 2)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_promised_shapes(padding, data_format):
    """compute_output_shape agrees with the static shape of the output."""
    cases = [
        (tf.layers.MaxPooling1D(2, 2, padding, data_format), [2, 7, 5]),
        (tf.layers.AveragePooling2D(3, 2, padding, data_format), [2, 7, 8, 5]),
        (tf.layers.MaxPooling3D(2, 2, padding, data_format), [2, 7, 8, 9, 5]),
        (tf.layers.Conv1D(4, 3, 2, padding, data_format), [2, 7, 5]),
        (tf.layers.Conv2D(4, 3, 2, padding, data_format), [2, 7, 8, 5]),
        (tf.layers.Conv2D(4, 3, 1, padding, data_format, dilation_rate=2), [2, 8, 8, 8]),
        (tf.layers.SeparableConv2D(4, 3, 2, padding, data_format), [2, 7, 8, 5]),
        (tf.layers.Conv2DTranspose(4, 3, 2, padding, data_format), [2, 7, 8, 5]),
    ]
    for layer, shape in cases:
        outputs = layer(tf.ones(shape))
        assert outputs.shape.as_list() == layer.compute_output_shape(shape).as_list(), layer.name
        assert layer.compute_output_shape([None] * len(shape)).ndims == len(shape)
    for kind in (lambda: tf.layers.Dense(3), tf.layers.Flatten, tf.layers.Dropout):
        assert list(kind().compute_output_shape([2, 4]))[0] == 2


def test_convolution_values():
    """Sums over windows."""
    array = np.arange(9, dtype=np.float32).reshape(1, 3, 3, 1)
    plain = tf.layers.conv2d(array, 1, 2, kernel_initializer="ones", bias_initializer="ones")
    strided = tf.layers.conv2d(array, 1, 2, strides=2, padding="same", kernel_initializer="ones")
    dilated = tf.layers.conv2d(array, 1, 2, dilation_rate=2, kernel_initializer="ones")
    back = tf.layers.conv2d_transpose(ones(1, 2, 2, 1), 1, 2, strides=2, kernel_initializer="ones")
    values = run(plain, strided, dilated, back)
    assert values[0].ravel().tolist() == [9.0, 13.0, 21.0, 25.0]
    assert values[1].ravel().tolist() == [8.0, 7.0, 13.0, 8.0]
    assert values[2].ravel().tolist() == [16.0]
    assert values[3].shape == (1, 4, 4, 1) and values[3].sum() == 16.0


def test_causal_convolution():
    """Each output sees no later input; with a dilation as well."""
    line = np.arange(1, 6, dtype=np.float32).reshape(1, 5, 1)
    plain = tf.layers.conv1d(line, 1, 2, padding="causal", kernel_initializer="ones")
    dilated = tf.layers.conv1d(line, 1, 2, padding="causal", dilation_rate=2, kernel_initializer="ones")
    values = run(plain, dilated)
    assert values[0].ravel().tolist() == [1.0, 3.0, 5.0, 7.0, 9.0]
    assert values[1].ravel().tolist() == [1.0, 2.0, 4.0, 6.0, 8.0]


def test_separable_convolution():
    """The depthwise kernel, then the pointwise one."""
    outputs = tf.layers.separable_conv2d(
        ones(1, 3, 3, 2),
        4,
        2,
        depth_multiplier=3,
        depthwise_initializer="ones",
        pointwise_initializer="ones",
    )
    line = tf.layers.separable_conv1d(
        ones(1, 4, 2),
        3,
        2,
        padding="causal",
        depthwise_initializer="ones",
        pointwise_initializer="ones",
    )
    values = run(outputs, line)
    assert values[0].shape == (1, 2, 2, 4) and set(values[0].ravel()) == {24.0}
    assert values[1][0, :, 0].tolist() == [2.0, 4.0, 4.0, 4.0]


def test_wrong_arguments_of_convolutions():
    """Each refusal says what was wrong."""
    x = tf.ones([1, 4, 4, 1])
    with pytest.raises(ValueError, match="`kernel_size` argument must be a tuple of 2 integers"):
        tf.layers.conv2d(x, 1, (1, 2, 3))
    with pytest.raises(ValueError, match="`strides` argument must be a tuple of 2 integers"):
        tf.layers.conv2d(x, 1, 2, strides="a")
    with pytest.raises(ValueError, match="`padding` argument must be one of"):
        tf.layers.conv2d(x, 1, 2, padding="full")
    with pytest.raises(ValueError, match="Causal padding is only supported for `Conv1D`"):
        tf.layers.conv2d(x, 1, 2, padding="causal")
    with pytest.raises(ValueError, match="`data_format` argument must be one of"):
        tf.layers.conv2d(x, 1, 2, data_format="NHWC")
    with pytest.raises(ValueError, match="channel dimension of the inputs should be defined"):
        tf.layers.conv2d(tf.placeholder(tf.float32, [1, 4, 4, None]), 1, 2)
    with pytest.raises(ValueError, match="strides > 1 not supported in conjunction with dilation"):
        tf.layers.conv2d(x, 1, 2, strides=2, dilation_rate=2)
    with pytest.raises(ValueError, match="dilation_rate must be positive"):
        tf.layers.conv2d(x, 1, 2, dilation_rate=0)
