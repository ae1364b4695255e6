"""cuDNN's networks compute what TensorFlow's cells do step by step, from checkpoints that both read.

TensorFlow has no kernel for them without a GPU; tests/oracle/programs/cudnn_networks.py compares graphs.
"""

import numpy as np
import pytest

from perdure import compat, options, tf

cudnn = tf.contrib.cudnn_rnn
STEPS, BATCH, INPUTS, UNITS = 5, 3, 4, 3
LENGTHS = [2, 5, 0]
KINDS = {
    "lstm": (cudnn.CudnnLSTM, cudnn.CudnnCompatibleLSTMCell, cudnn.CudnnParamsFormatConverterLSTM),
    "gru": (cudnn.CudnnGRU, cudnn.CudnnCompatibleGRUCell, cudnn.CudnnParamsFormatConverterGRU),
    "tanh": (cudnn.CudnnRNNTanh, tf.nn.rnn_cell.BasicRNNCell, cudnn.CudnnParamsFormatConverterTanh),
    "relu": (
        cudnn.CudnnRNNRelu,
        lambda units: tf.nn.rnn_cell.BasicRNNCell(units, tf.nn.relu),
        cudnn.CudnnParamsFormatConverterRelu,
    ),
}


def numbers(*shape, seed=0):
    return np.random.RandomState(seed).normal(size=shape).astype("f4")


def loss_of(outputs, states):
    flat = [tf.transpose(outputs, [1, 0, 2]), *states]
    return tf.add_n([tf.reduce_sum(tensor * numbers(*tensor.shape.as_list())) for tensor in flat])


def of_layer(kind, direction, lengths, path, tier):
    """What a layer computes, with its gradients as cells would have them; its weights are saved."""
    make, _, converter = KINDS[kind]
    with tf.Graph().as_default(), options(tier=tier), tf.Session() as session:
        x = tf.constant(numbers(STEPS, BATCH, INPUTS))
        layer = make(
            2, UNITS, direction=direction, name="layer", bias_initializer=tf.random_normal_initializer(seed=3)
        )
        outputs, states = layer(x, sequence_lengths=lengths)
        outputs.set_shape([STEPS, BATCH, UNITS * layer.num_dirs])
        loss = loss_of(outputs, states)
        d_x, d_params = tf.gradients(loss, [x, layer.kernel])
        convert = converter(2, UNITS, INPUTS, direction=direction)
        d_kernels, d_biases = convert.opaque_to_tf_canonical(d_params)
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, path)
        return session.run([outputs, states, d_x, d_kernels, d_biases])


def of_cells(kind, direction, lengths, path):
    """The same by cells, from the weights that the layer saved."""
    _, cell, _ = KINDS[kind]
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(numbers(STEPS, BATCH, INPUTS))
        with tf.variable_scope("layer"):
            if direction == "unidirectional":
                stack = tf.nn.rnn_cell.MultiRNNCell([cell(UNITS) for _ in range(2)])
                outputs, states = tf.nn.dynamic_rnn(stack, x, lengths, dtype=tf.float32, time_major=True)
            else:
                ways = [[cell(UNITS) for _ in range(2)] for _ in range(2)]
                outputs, *both = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
                    *ways, x, dtype=tf.float32, sequence_length=lengths, time_major=True
                )
                states = [state for pair in zip(*both, strict=True) for state in pair]
        if kind == "lstm":
            states = [tf.stack([state.h for state in states]), tf.stack([state.c for state in states])]
        else:
            states = [tf.stack(states)]
        loss = loss_of(outputs, states)
        variables = tf.trainable_variables()
        kernels = [variable for variable in variables if "kernel" in variable.name]
        biases = [variable for variable in variables if "bias" in variable.name]
        tf.train.Saver().restore(session, path)
        gradients = [tf.gradients(loss, x)[0], tf.gradients(loss, kernels), tf.gradients(loss, biases)]
        return session.run([outputs, tuple(states), *gradients])


@pytest.mark.parametrize(
    "kind, direction, lengths, tier",
    [
        ("lstm", "unidirectional", None, "compile"),
        ("lstm", "bidirectional", LENGTHS, "interpret"),
        ("gru", "unidirectional", LENGTHS, "interpret"),
        ("gru", "bidirectional", LENGTHS, "compile"),
        ("tanh", "bidirectional", None, "interpret"),
        ("relu", "unidirectional", LENGTHS, "interpret"),
    ],
)
def test_layer_and_cells(kind, direction, lengths, tier, tmp_path):
    """Outputs, states and gradients; the cells find their weights in the layer's checkpoint."""
    path = str(tmp_path / "weights")
    found = of_layer(kind, direction, lengths, path, tier)
    wanted = of_cells(kind, direction, lengths, path)
    for one, other in zip(tf.nest.flatten(found[:4]), tf.nest.flatten(wanted[:4]), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    for one, other in zip(found[4], wanted[4], strict=True):
        # cuDNN has two biases where cells have one, but for the candidate of a gated unit.
        scale = 1 if kind == "gru" and one.shape == (UNITS,) else 2
        np.testing.assert_allclose(one, scale * other, rtol=1e-4, atol=1e-5)


def test_layer_restores_what_cells_saved(tmp_path):
    """And the other way round, with new values of the biases."""
    path = str(tmp_path / "weights")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(numbers(STEPS, BATCH, INPUTS))
        with tf.variable_scope("layer", initializer=tf.random_normal_initializer(seed=1)):
            cell = tf.nn.rnn_cell.MultiRNNCell([cudnn.CudnnCompatibleGRUCell(UNITS)])
            outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, time_major=True)
        session.run(tf.global_variables_initializer())
        session.run([variable.assign_add(variable * 0 + 0.5) for variable in tf.trainable_variables()])
        tf.train.Saver().save(session, path)
        wanted = session.run(outputs)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(numbers(STEPS, BATCH, INPUTS))
        layer = cudnn.CudnnGRU(1, UNITS, name="layer")
        outputs, _ = layer(x, training=False)
        # A saver of everything would want the vector itself, too.
        tf.train.Saver([layer.saveable]).restore(session, path)
        np.testing.assert_allclose(session.run(outputs), wanted, rtol=1e-5, atol=1e-6)


@pytest.fixture
def networks():
    compat.install()
    try:
        from tensorflow.contrib.cudnn_rnn.python.ops import cudnn_rnn_ops

        yield cudnn_rnn_ops
    finally:
        compat.uninstall()


OPTIONS = {
    "projected": ("CudnnLSTM", {"num_proj": 2}),
    "projected both ways": ("CudnnLSTM", {"num_proj": 2, "direction": "bidirectional"}),
    "skipping": ("CudnnGRU", {"input_mode": "skip_input"}),
    "skipping both ways": ("CudnnLSTM", {"input_mode": "auto_select", "direction": "bidirectional"}),
}


@pytest.mark.parametrize("time_major", [True, False])
@pytest.mark.parametrize("name", OPTIONS)
def test_gradients_by_differences(networks, name, time_major):
    """Of what no cell of TensorFlow computes."""
    kind, chosen = OPTIONS[name]
    with tf.Graph().as_default(), tf.Session() as session:
        size, directions = 3, 2 if "direction" in chosen else 1
        network = getattr(networks, kind)(2, 3, size, dtype=tf.float64, **chosen)
        count = int(session.run(network.params_size()))
        shown = chosen.get("num_proj") or 3
        axes = [0, 1, 2] if time_major else [1, 0, 2]
        values = [numbers(STEPS, 2, size).transpose(axes)]
        values += [numbers(2 * directions, 2, width).transpose(axes) for width in (shown, 3)]
        values.append(numbers(count, seed=1))
        values = [value.astype("f8") * 0.5 for value in values]
        if kind != "CudnnLSTM":
            del values[2]
        tensors = [tf.constant(value) for value in values]
        found = network(*tensors, sequence_lengths=[3, 5], time_major=time_major)
        loss = tf.add_n([tf.reduce_sum(tf.square(part)) for part in found])
        for tensor, value in zip(tensors, values, strict=True):
            error = tf.test.compute_gradient_error(tensor, value.shape, loss, [], x_init_value=value)
            assert error < 1e-5


def test_canonical_parameters(networks):
    """Matrices and biases make the vector that they were taken from; shapes are those of a layer."""
    with tf.Graph().as_default(), tf.Session() as session:
        network = networks.CudnnLSTM(2, 3, 4, direction="bidirectional", num_proj=2)
        count = int(session.run(network.params_size()))
        params = np.arange(count, dtype="f4")
        weights, biases = network.params_to_canonical(params)
        np.testing.assert_array_equal(session.run(network.canonical_to_params(weights, biases)), params)
        first, bias = session.run([weights, biases[0]])
        shapes = [array.shape for array in first]
        assert shapes[:9] == [(3, 4)] * 4 + [(3, 2)] * 4 + [(2, 3)] and shapes[18] == (3, 4)
        assert len(biases) == 32 and bias[0] == sum(array.size for array in first)


def test_dropout_between_layers(networks):
    """Only in training and only between layers, with the same mask in the gradient."""
    with tf.Graph().as_default(), tf.Session() as session:
        params = numbers(2 * (2 * 64 * 64 + 2 * 64)) * 0.1
        network = networks.CudnnRNNRelu(2, 64, 64, dropout=0.5, seed=3)
        x, h = tf.constant(numbers(1, 1, 64)), np.zeros([2, 1, 64], "f4")
        trained, _ = network(x, h, params)
        plain, _ = network(x, h, params, is_training=False)
        slope = tf.gradients(trained, x, grad_ys=tf.ones_like(trained))[0]
        one, d_one, _ = session.run([trained, slope, plain])
        two, plain_one = session.run([trained, plain])
        plain_two = session.run(plain)
        assert (one != two).any() and (plain_one == plain_two).all()
        # Rectified units are linear near a point: what the gradient says of x holds for a longer x.
        assert np.isfinite(d_one).all() and abs(d_one).sum() > 0


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: cudnn.CudnnLSTM(1, 2, direction="up"), ValueError, "Invalid direction: up"),
        (lambda: cudnn.CudnnGRU(1, 2, input_mode="x"), ValueError, "Invalid input_mode: x"),
        (lambda: cudnn.CudnnGRU(1, 2, dtype=tf.int32), ValueError, "Only support float16"),
        (lambda: cudnn.CudnnGRU(1, 2).input_size, ValueError, "has not been built"),
        (lambda: cudnn.CudnnGRU(1, 2).canonical_weight_shapes, RuntimeError, "before input shape is known"),
        (lambda: cudnn.CudnnGRU(1, 2)(tf.zeros([2, 3])), ValueError, "Expecting input_shape with 3 dims"),
        (
            lambda: cudnn.CudnnLSTM(1, 2)(tf.zeros([2, 3, 4]), tf.zeros([1])),
            TypeError,
            "Invalid initial_state type",
        ),
    ],
)
def test_refused(make, error, words):
    """In TensorFlow's words, while the graph is built."""
    with tf.Graph().as_default(), pytest.raises(error, match=words):
        make()


def test_gradient_without_training():
    """What a gradient needs is only kept in training."""
    with tf.Graph().as_default():
        x = tf.zeros([2, 3, 4])
        outputs, _ = cudnn.CudnnLSTM(1, 2)(x, training=False)
        with pytest.raises(ValueError, match="is_training must be set to True"):
            tf.gradients(outputs, x)
