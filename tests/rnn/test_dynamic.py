"""What networks in loops refuse, in TensorFlow's words, and their shapes (numbers: scenarios.py)."""

import numpy as np
import pytest

from perdure import compat, tf

cells = tf.nn.rnn_cell


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def of_shape(*shape, dtype=tf.float32):
    return tf.placeholder(dtype, shape)


class Pair(cells.RNNCell):
    """A cell that returns two states where it says one."""

    state_size = 3
    output_size = 3

    def call(self, inputs, state):
        return inputs, (state, state)


class Wide(cells.RNNCell):
    """A cell whose state grows."""

    state_size = 3
    output_size = 3

    def call(self, inputs, state):
        return inputs, tf.concat([state, state], 1)


class Narrow(cells.RNNCell):
    """A cell that puts out less than it says."""

    state_size = 3
    output_size = 4

    def call(self, inputs, state):
        return inputs, state


REFUSED = {
    "no type": (ValueError, "If there is no initial_state, you must give a dtype", {"dtype": None}),
    "no batch": (ValueError, "to have rank at least 2", {"inputs": [2]}),
    "no size": (ValueError, "must have rank at least 3", {"inputs": [2, 3]}),
    "no rank": (TypeError, "rank of an input must be known", {"inputs": None}),
    "unknown size": (ValueError, "Input size .depth of inputs. must be accessible", {"inputs": [2, 3, None]}),
    "matrix of lengths": (
        ValueError,
        r"must be a vector of length batch_size, but saw shape: \(1, 2\)",
        {"sequence_length": [[1, 2]]},
    ),
    "too many lengths": (
        ValueError,
        "Dimension 0 in both shapes must be equal",
        {"sequence_length": [1, 2, 3]},
    ),
    "parallel iterations": (TypeError, "must be a positive integer", {"parallel_iterations": -1}),
    "fraction of iterations": (AssertionError, "must be int", {"parallel_iterations": 3.5}),
    "other state": (ValueError, "same nested structure", {"cell": Pair}),
    "other state, lengths": (ValueError, "same nested structure", {"cell": Pair, "sequence_length": [1, 2]}),
    "growing state": (ValueError, "enters the loop with shape .2, 3., but has shape .2, 6.", {"cell": Wide}),
    "growing state, lengths": (
        ValueError,
        "Dimension 1 in both shapes must be equal",
        {"cell": Wide, "sequence_length": [1, 2]},
    ),
    "other output": (ValueError, r"saw \(2, 3\) but expected \(2, 4\)", {"cell": Narrow}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    """Errors while the graph is built."""
    kind, words, changed = REFUSED[name]
    options = {"cell": lambda: cells.GRUCell(3), "inputs": [2, 3, 3], "dtype": tf.float32, **changed}
    inputs = tf.placeholder(tf.float32, options.pop("inputs"))
    cell = options.pop("cell")()
    with pytest.raises(kind, match=words):
        tf.nn.dynamic_rnn(cell, inputs, **options)


def test_not_a_cell():
    """What is no cell is named with the argument that it was given as."""
    with pytest.raises(TypeError, match="'cell' .3. is not an RNNCell"):
        tf.nn.dynamic_rnn(3, of_shape(2, 3, 3), dtype=tf.float32)
    with pytest.raises(TypeError, match="'cell_bw' .4. is not an RNNCell"):
        tf.nn.bidirectional_dynamic_rnn(cells.GRUCell(3), 4, of_shape(2, 3, 3))
    with pytest.raises(TypeError, match="'cell' .3. is not an RNNCell"):
        tf.nn.raw_rnn(3, lambda *arguments: None)
    with pytest.raises(TypeError, match="loop_fn must be a callable"):
        tf.nn.raw_rnn(cells.GRUCell(3), 3)


@pytest.mark.parametrize(
    "other, words", [((2, 4, 4), "Time steps is not the same"), ((3, 3, 4), "Batch_size is not")]
)
def test_inputs_that_differ(other, words):
    """Nested inputs have the same number of steps and of examples."""
    with pytest.raises(ValueError, match=words):
        tf.nn.dynamic_rnn(cells.GRUCell(3), (of_shape(2, 3, 4), of_shape(*other)), dtype=tf.float32)


def test_states_of_two_types():
    """The type of outputs has to be told, if states have two."""
    stack = cells.MultiRNNCell([cells.GRUCell(3), cells.GRUCell(3)])
    state = (tf.zeros([2, 3], tf.float64), tf.zeros([2, 3]))
    with pytest.raises(ValueError, match="different inferred_dtypes"):
        tf.nn.dynamic_rnn(stack, of_shape(2, 3, 3), initial_state=state)


def test_lengths_of_another_batch():
    """Lengths are counted before the first step, also where the batch size is only known then."""
    inputs, lengths = of_shape(None, None, 3), of_shape(None, dtype=tf.int32)
    outputs, _ = tf.nn.dynamic_rnn(cells.GRUCell(4), inputs, lengths, dtype=tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"rnn/sequence_length:0 is \] \[2\].*\[3\]"):
            session.run(outputs, {inputs: np.zeros([2, 2, 3]), lengths: [1, 2, 1]})


def test_longer_than_the_inputs():
    """Lengths behind the end are the end."""
    inputs = of_shape(None, None, 3)
    outputs, _ = tf.nn.dynamic_rnn(cells.GRUCell(4), inputs, [9, 1], dtype=tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run(outputs, {inputs: np.ones([2, 2, 3])})
    assert found.shape == (2, 2, 4) and found[0].all() and found[1, 0].all() and not found[1, 1].any()


def test_no_steps_of_an_unknown_batch():
    """An array without elements needs to know their shape."""
    inputs = of_shape(None, None, 3)
    outputs, _ = tf.nn.dynamic_rnn(cells.GRUCell(4), inputs, dtype=tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(
            tf.errors.UnimplementedError, match="size zero, but element shape .*not fully defined"
        ):
            session.run(outputs, {inputs: np.zeros([2, 0, 3])})


def test_shapes():
    """What is known of inputs and lengths is known of the results."""
    outputs, state = tf.nn.dynamic_rnn(cells.GRUCell(4), of_shape(None, None, 3), dtype=tf.float32)
    assert outputs.shape.as_list() == [None, None, 4] and state.shape.as_list() == [None, 4]
    outputs, (_, state) = tf.nn.bidirectional_dynamic_rnn(
        cells.GRUCell(3), cells.LSTMCell(2), of_shape(None, 4, 3), [1, 2], dtype=tf.float32
    )
    assert [output.shape.as_list() for output in outputs] == [[None, 4, 3], [2, 4, 2]]
    assert state.h.shape.as_list() == [2, 2]


def test_states_in_lists():
    """A layer that is no RNNCell takes and returns its state in a list."""

    class Sums(tf.layers.Layer):
        state_size = output_size = 3

        def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
            return tf.zeros([batch_size, 3], dtype)

        def call(self, inputs, states):
            assert isinstance(states, list)
            return inputs + states[0], [inputs + states[0]]

    values = np.arange(18.0).reshape([2, 3, 3]).astype("f4")
    looped, state = tf.nn.dynamic_rnn(Sums(), values, sequence_length=[3, 2], dtype=tf.float32)
    unrolled, last = tf.nn.static_rnn(Sums(), tf.unstack(values, axis=1), dtype=tf.float32)
    with tf.Session() as session:
        found, state, unrolled, last = session.run([looped, state, unrolled, last])
    sums = np.cumsum(values, 1)
    np.testing.assert_allclose(np.stack(unrolled, 1), sums)
    np.testing.assert_allclose(last, sums[:, -1])
    np.testing.assert_allclose(found[0], sums[0])
    np.testing.assert_allclose(state, [sums[0, 2], sums[1, 1]])


def test_names_inside():
    """The helpers that programs import from inside of TensorFlow."""
    compat.install()
    try:
        from tensorflow.python.ops import rnn
    finally:
        compat.uninstall()
    x = of_shape(2, None, 4)
    assert rnn._transpose_batch_time(x).shape.as_list() == [None, 2, 4]
    assert rnn._best_effort_input_batch_size([of_shape(None, None, 2), of_shape(5, 7, 2)]) == 7
    assert rnn._maybe_tensor_shape_from_tensor(tf.constant([2, 3])).as_list() == [2, 3]
    assert rnn._infer_state_dtype(None, (tf.zeros([]),)) == tf.float32
    assert rnn._should_cache() and not rnn._is_keras_rnn_cell(cells.GRUCell(2))
    assert rnn.dynamic_rnn is tf.nn.dynamic_rnn and len(rnn._reverse_seq([x, x], None)) == 2
