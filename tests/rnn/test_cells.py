"""What cells and unrolled networks refuse, what they warn of, and their sizes (numbers: scenarios.py)."""

import logging

import pytest

from perdure import tf
from perdure.platform import deprecation
from perdure.rnn.base import joined_shape

cells = tf.nn.rnn_cell


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def inputs(size=3, steps=2, batch=4):
    return [tf.ones([batch, size]) for _ in range(steps)]


def test_sizes():
    """Sizes of states and outputs, also of wrappers and stacks."""
    lstm = cells.BasicLSTMCell(4)
    assert lstm.state_size == cells.LSTMStateTuple(4, 4) and lstm.output_size == 4
    assert cells.BasicLSTMCell(4, state_is_tuple=False).state_size == 8
    assert cells.LSTMCell(4, num_proj=3).state_size == cells.LSTMStateTuple(4, 3)
    assert cells.LSTMCell(4, num_proj=3, state_is_tuple=False).state_size == 7
    stack = cells.MultiRNNCell([lstm, cells.GRUCell(2)])
    assert stack.state_size == ((4, 4), 2) and stack.output_size == 2
    on_device = cells.DeviceWrapper(stack, "/cpu:0")
    for wrapped in (cells.DropoutWrapper(stack), cells.ResidualWrapper(stack), on_device):
        assert wrapped.state_size == stack.state_size and wrapped.output_size == 2
        assert wrapped.wrapped_cell is stack
    assert cells.MultiRNNCell([cells.GRUCell(2), cells.GRUCell(3)], state_is_tuple=False).state_size == 5


def test_weights():
    """A stack has the variables of its cells; a frozen one has none that are trainable."""
    stack = cells.MultiRNNCell([cells.BasicLSTMCell(4), cells.GRUCell(2)])
    tf.nn.static_rnn(stack, inputs(), dtype=tf.float32)
    names = [variable.op.name for variable in stack.trainable_weights]
    assert names == [
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel", "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias",
        "rnn/multi_rnn_cell/cell_1/gru_cell/gates/kernel", "rnn/multi_rnn_cell/cell_1/gru_cell/gates/bias",
        "rnn/multi_rnn_cell/cell_1/gru_cell/candidate/kernel",
        "rnn/multi_rnn_cell/cell_1/gru_cell/candidate/bias",
    ]  # fmt: skip
    assert stack.non_trainable_weights == []
    stack.trainable = False
    assert stack.trainable_weights == [] and len(stack.non_trainable_weights) == 6


def test_variables_of_a_cell_that_gets_them_itself():
    """Variables that `call` makes with get_variable count as the cell's."""

    class Cell(cells.RNNCell):
        state_size = output_size = 3

        def call(self, inputs, state):
            moved = inputs + tf.get_variable("b", [3], trainable=False)
            return tf.matmul(moved, tf.get_variable("w", [3, 3])), state

    cell = Cell()
    tf.nn.static_rnn(cell, inputs(), dtype=tf.float32)
    assert [variable.op.name for variable in cell.trainable_weights] == ["rnn/cell/w"]
    assert [variable.op.name for variable in cell.non_trainable_weights] == ["rnn/cell/b"]


def test_state_tuple():
    """Its type is that of both parts."""
    state = cells.LSTMStateTuple(c=tf.ones([2]), h=tf.ones([2]))
    assert state.dtype == tf.float32 and repr(cells.LSTMStateTuple(1, 2)) == "LSTMStateTuple(c=1, h=2)"
    with pytest.raises(TypeError, match=r"Inconsistent internal state: .*float32.* vs .*float64"):
        _ = cells.LSTMStateTuple(tf.ones([2]), tf.ones([2], tf.float64)).dtype


def test_initial_state():
    """From a tensor or from size and type; contradictions are refused."""
    cell = cells.GRUCell(3)
    assert cell.get_initial_state(inputs=tf.ones([5, 2])).shape.as_list() == [5, 3]
    loose = tf.placeholder(tf.float32, [None, 2])
    assert cell.get_initial_state(inputs=loose).shape.as_list() == [None, 3]
    assert cell.get_initial_state(loose, dtype=tf.float32).dtype == tf.float32
    with pytest.raises(ValueError, match=r"Input tensor batch: 5, batch_size: 4"):
        cell.get_initial_state(inputs=tf.ones([5, 2]), batch_size=4)
    with pytest.raises(ValueError, match=r"Input tensor dtype: .*float32.*, dtype: .*float64"):
        cell.get_initial_state(inputs=tf.ones([5, 2]), dtype=tf.float64)
    with pytest.raises(ValueError, match=r"batch_size and dtype cannot be None .*batch_size=3, dtype=None"):
        cell.get_initial_state(batch_size=3)


def test_joined_shapes():
    """Sizes may be numbers, shapes or tensors."""
    vector = tf.placeholder(tf.int32, [2])
    assert joined_shape(vector, 3).shape.as_list() == [3]
    assert joined_shape(tf.constant(2), tf.TensorShape([3, 4]), static=True) == [2, 3, 4]
    assert joined_shape(None, 3, static=True) is None
    with pytest.raises(ValueError, match=r"Provided a prefix or suffix of None"):
        joined_shape(tf.TensorShape([None]), 3)
    with pytest.raises(ValueError, match=r"suffix tensor must be either a scalar or vector"):
        joined_shape(2, tf.ones([2, 2], tf.int32))


def step(cell, size=3, dtype=tf.float32):
    return cell(tf.ones([4, size], dtype), cell.zero_state(4, dtype))


REFUSED = [
    (lambda: cells.GRUCell(3, dtype=tf.int32), ValueError, r"only supports floating point inputs, .*int32"),
    (lambda: step(cells.GRUCell(3), dtype=tf.int32), ValueError, r"only supports floating point inputs"),
    (lambda: cells.GRUCell(3)(tf.ones([2]), tf.ones([2, 3])), ValueError, r"expected ndim=2, found ndim=1"),
    (
        lambda: cells.LSTMCell(3)(tf.placeholder(tf.float32, [2, None]), None),
        ValueError,
        r"Expected inputs.shape\[-1\] to be known, saw shape: \(2, None\)",
    ),
    (lambda: cells.MultiRNNCell([]), ValueError, r"Must specify at least one cell for MultiRNNCell"),
    (lambda: cells.MultiRNNCell(cells.GRUCell(3)), TypeError, r"cells must be a list or tuple, but saw: <"),
    (
        lambda: cells.MultiRNNCell([cells.LSTMCell(3)], state_is_tuple=False),
        ValueError,
        r"Some cells return tuples of states, but the flag state_is_tuple is not set",
    ),
    (
        lambda: cells.MultiRNNCell([cells.GRUCell(3)])(tf.ones([4, 3]), tf.ones([4, 3])),
        ValueError,
        r"Expected state to be a tuple of length 1, but received",
    ),
    (lambda: cells.DropoutWrapper(3), TypeError, r"The argument 'cell' \(3\) is not an RNNCell: 'output"),
    (
        lambda: cells.DropoutWrapper(cells.GRUCell(3), input_keep_prob=1.5),
        ValueError,
        r"Parameter input_keep_prob must be between 0 and 1: 1.5",
    ),
    (
        lambda: cells.DropoutWrapper(cells.GRUCell(3), dropout_state_filter_visitor=3),
        TypeError,
        r"dropout_state_filter_visitor must be callable",
    ),
    (
        lambda: cells.DropoutWrapper(cells.GRUCell(3), variational_recurrent=True),
        ValueError,
        r"When variational_recurrent=True, dtype must be provided",
    ),
    (
        lambda: cells.DropoutWrapper(
            cells.GRUCell(3), input_keep_prob=0.5, variational_recurrent=True, dtype=tf.float32
        ),
        ValueError,
        r"input_size must be provided",
    ),
    (lambda: step(cells.ResidualWrapper(cells.GRUCell(2))), ValueError, r"are not compatible|incompatible"),
    (lambda: cells.RNNCell().state_size, NotImplementedError, r"RNNCell does not define state_size"),
    (lambda: cells.RNNCell().output_size, NotImplementedError, r"RNNCell does not define output_size"),
    (lambda: tf.nn.static_rnn(3, inputs()), TypeError, r"The argument 'cell' \(3\) is not an RNNCell"),
    (lambda: tf.nn.static_rnn(cells.GRUCell(3), tf.ones([2, 4, 3])), TypeError, r"inputs must be a sequence"),
    (lambda: tf.nn.static_rnn(cells.GRUCell(3), []), ValueError, r"inputs must not be empty"),
    (
        lambda: tf.nn.static_rnn(cells.GRUCell(3), inputs()),
        ValueError,
        r"If no initial_state is provided, dtype must be specified",
    ),
    (
        lambda: tf.nn.static_rnn(cells.GRUCell(3), [tf.placeholder(tf.float32, [4, None])], dtype=tf.float32),
        ValueError,
        r"Input size \(dimension 0 of inputs\) must be accessible via shape inference",
    ),
    (
        lambda: tf.nn.static_rnn(cells.GRUCell(3), inputs() + [tf.ones([5, 3])], dtype=tf.float32),
        ValueError,
        r"not compatible",
    ),
    (
        lambda: tf.nn.static_rnn(cells.GRUCell(3), inputs(), dtype=tf.float32, sequence_length=[[1]]),
        ValueError,
        r"sequence_length must be a vector of length batch_size",
    ),
    (
        lambda: tf.nn.static_rnn(
            cells.LSTMCell(3),
            inputs(),
            sequence_length=[1, 1, 1, 1],
            initial_state=(tf.ones([4, 3]), tf.ones([4, 3], tf.float64)),
        ),
        ValueError,
        r"State has tensors of different",
    ),
    (
        lambda: tf.nn.static_rnn(cells.LSTMCell(3), inputs(), sequence_length=[1, 1, 1, 1], initial_state=()),
        ValueError,
        r"Unable to infer dtype from empty state",
    ),
    (lambda: tf.nn.static_bidirectional_rnn(cells.GRUCell(3), 4, inputs()), TypeError, r"'cell_bw' \(4\)"),
    (
        lambda: tf.nn.static_state_saving_rnn(cells.LSTMCell(3), inputs(), None, "state"),
        ValueError,
        r"state_name should be the same type as cell.state_size",
    ),
    (
        lambda: tf.nn.static_state_saving_rnn(cells.LSTMCell(3), inputs(), None, ("a", "b", "c")),
        ValueError,
        r"#elems\(state_name\) != #elems\(state_size\): 3 vs. 2",
    ),
]


@pytest.mark.parametrize(("make", "error", "message"), REFUSED)
def test_refused(make, error, message):
    """Wrong arguments are refused while the graph is built."""
    with pytest.raises(error, match=message):
        make()


def test_an_existing_cell_is_not_shared_unasked():
    """A second cell in one scope needs `reuse`; one of the same name gets another scope."""
    first, second = cells.GRUCell(3, name="one"), cells.GRUCell(3, name="one")
    assert step(first)[0].op.name.startswith("one/") and step(second)[0].op.name.startswith("one_1/")
    step(cells.GRUCell(3, name="one", reuse=True))
    assert len(tf.global_variables()) == 8
    for cell in (cells.GRUCell(3), cells.GRUCell(3, reuse=True)):
        cell(tf.ones([4, 3]), tf.ones([4, 3]), scope="scope")
    with pytest.raises(ValueError, match=r"Variable scope/gates/kernel already exists"):
        cells.GRUCell(3)(tf.ones([4, 3]), tf.ones([4, 3]), scope="scope")


def test_warnings(monkeypatch, caplog):
    """Each deprecated class warns once, and of a concatenated state each time."""
    monkeypatch.setattr(deprecation, "_warned", set())
    with caplog.at_level(logging.WARNING, logger="tensorflow"):
        for _ in range(2):
            cells.BasicLSTMCell(3, state_is_tuple=False)
    messages = [record.getMessage() for record in caplog.records]
    assert sum("Using a concatenated state is slower" in message for message in messages) == 2
    (deprecated,) = [message for message in messages if "is deprecated" in message]
    assert deprecated.startswith(f"From {__file__}:")
    assert "BasicLSTMCell.__init__ (from tensorflow.python.ops.rnn_cell_impl)" in deprecated


def test_one_cell_twice_in_a_stack_warns(monkeypatch, caplog):
    """It shares its variables with itself."""
    cell = cells.GRUCell(3)
    with caplog.at_level(logging.WARNING, logger="tensorflow"):
        cells.MultiRNNCell([cell, cell])
    assert any("are the same object and will share" in record.getMessage() for record in caplog.records)


def test_lengths_in_a_stack():
    """A stack called in the branches of several conditionals has one set of variables."""
    stack = cells.MultiRNNCell([cells.BasicLSTMCell(4), cells.GRUCell(2)])
    outputs, _ = tf.nn.static_rnn(stack, inputs(), dtype=tf.float32, sequence_length=[1, 2, 0, 1])
    assert [variable.op.name for variable in tf.global_variables()] == [
        variable.op.name for variable in stack.trainable_weights
    ]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        last = session.run(outputs[-1])
    assert (last[[0, 2, 3]] == 0).all() and (last[1] != 0).any()
