"""Recurrent cells as in their unit tests: values from constant weights, names, configurations, errors."""

import importlib

import numpy as np

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def ops(name):
    """A module of tf.contrib.rnn."""
    return importlib.import_module("tensorflow.contrib.rnn.python.ops." + name)


def half(tf):
    return tf.variable_scope("root", initializer=tf.constant_initializer(0.5))


def run(tf, fetches):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return [np.round(value.astype("f8"), 4).tolist() for value in sess.run(tf.nest.flatten(fetches))]


def names(tf):
    return [[variable.name, variable.shape.as_list()] for variable in tf.global_variables()]


def step(tf, cell, size=2):
    return run(tf, cell(tf.ones([1, size]), cell.zero_state(1, tf.float32)))


@program
def weights_of_cells(tf):
    cells = internal("ops.rnn_cell_impl")
    with half(tf):
        cell = cells.BasicRNNCell(2)
        before = [list(cell.trainable_variables), list(cell.non_trainable_variables)]
        output, _ = cell(tf.zeros([1, 2]), tf.zeros([1, 2]))

        def fixed(getter, *args, **kwargs):
            kwargs["trainable"] = False
            return getter(*args, **kwargs)

        with tf.variable_scope("fixed", custom_getter=fixed):
            other = cells.BasicRNNCell(2)
            other(tf.zeros([1, 2]), tf.zeros([1, 2]))
        return [
            before,
            [variable.op.name for variable in cell.trainable_variables],
            [variable.op.name for variable in other.trainable_weights],
            [variable.op.name for variable in other.non_trainable_weights],
            other.trainable,
            run(tf, output),
        ]


@program
def values(tf):
    tf.set_random_seed(5)
    cells, core, found = ops("rnn_cell"), internal("ops.rnn_cell_impl"), []
    with half(tf):
        for i, make in enumerate(
            (
                lambda: cells.IndRNNCell(2),
                lambda: cells.IndyGRUCell(2),
                lambda: cells.IndyLSTMCell(2),
                lambda: cells.SRUCell(2),
                lambda: cells.NASCell(2, num_proj=3),
                lambda: cells.UGRNNCell(2),
                lambda: cells.IntersectionRNNCell(2),
                lambda: cells.LayerNormLSTMCell(2, layer_norm=True, cell_clip=0.1, norm_gain=0.5),
                lambda: cells.WeightNormLSTMCell(2, use_peepholes=True, num_proj=3, proj_clip=0.1),
                lambda: cells.MinimalRNNCell(2, kernel_initializer="ones"),
                lambda: cells.CFNCell(2, kernel_initializer="ones"),
                lambda: cells.NTMCell(core.LSTMCell(3), 4, 2, 1, 1, output_dim=2),
                lambda: cells.CompiledWrapper(core.GRUCell(2)),
                lambda: cells.HighwayWrapper(core.GRUCell(2)),
                lambda: ops("lstm_ops").LSTMBlockCell(2, use_peephole=True),
                lambda: ops("gru_ops").GRUBlockCell(num_units=2),
                lambda: ops("gru_ops").GRUBlockCellV2(cell_size=2),
                lambda: ops("core_rnn_cell").InputProjectionWrapper(core.GRUCell(2), 3),
                lambda: ops("core_rnn_cell").OutputProjectionWrapper(core.GRUCell(2), 3),
                lambda: cells.AttentionCellWrapper(core.GRUCell(2), 3),
            )
        ):
            with tf.variable_scope("cell_%d" % i):
                cell = make()
                if isinstance(cell, cells.NTMCell):
                    state = cell.zero_state(1, tf.float32)
                    outputs, _ = tf.nn.static_rnn(cell, [tf.ones([1, 2])] * 2, initial_state=state)
                    found.append(run(tf, outputs))
                else:
                    found.append(step(tf, cell))
    return [found, names(tf)]


@program
def raw_functions(tf):
    lstm = ops("lstm_ops")
    x = [tf.fill([2, 3], float(i)) for i in range(3)]
    w, b = tf.fill([5, 8], 0.1), tf.fill([8], 0.1)
    state = tf.fill([2, 2], 0.1)
    return [
        run(tf, lstm._block_lstm(tf.constant(3, tf.int64), x, w, b)),
        run(tf, lstm._lstm_block_cell(x[1], state, state, w, b, forget_bias=0.5, cell_clip=0.2)),
        attempt(lambda: lstm._lstm_block_cell(x[1], tf.placeholder(tf.float32, [2, None]), state, w, b)),
        attempt(lambda: lstm._block_lstm(3, x, w, tf.placeholder(tf.float32, [None]))),
    ]


@program
def configurations(tf):
    core, found = internal("ops.rnn_cell_impl"), []
    for cell in (
        core.BasicRNNCell(3, activation="relu"),
        core.GRUCell(3, kernel_initializer="ones"),
        core.BasicLSTMCell(3, name="own", dtype=tf.float32),
        core.LSTMCell(3, num_proj=2, initializer=tf.zeros_initializer()),
        core.MultiRNNCell([core.GRUCell(2)]),
        core.DropoutWrapper(core.GRUCell(2), 0.5, seed=3),
        core.ResidualWrapper(core.GRUCell(2)),
        core.DeviceWrapper(core.GRUCell(2), "/cpu:0"),
        ops("rnn_cell").NASCell(3),
    ):
        found.append(cell.get_config())
    gated = core.GRUCell.from_config(
        core.GRUCell(3, activation="relu", kernel_initializer="ones").get_config()
    )
    found += [gated.name, gated.output_size, gated.get_config()]
    config = core.DropoutWrapper(core.GRUCell(2), 0.5, seed=3).get_config()
    found.append(attempt(lambda: core.DropoutWrapper.from_config(config)))
    config["cell"] = gated
    found.append(core.DropoutWrapper.from_config(config).output_size)
    wrappers = internal("ops.rnn_cell_wrapper_impl")
    chosen = wrappers._default_dropout_state_filter_visitor
    return found + [chosen(core.LSTMStateTuple(1, 2)), chosen(tf.TensorArray(tf.float32, 1)), chosen(3)]


@program
def what_is_refused(tf):
    cells, core, base = ops("rnn_cell"), ops("core_rnn_cell"), internal("ops.rnn_cell_impl")
    lstm, gru, more = ops("lstm_ops"), ops("gru_ops"), ops("rnn")
    one, unknown = tf.ones([1, 2]), tf.placeholder(tf.float32, [1, None])
    tries = (
        lambda: core.EmbeddingWrapper(3, 1, 1),
        lambda: core.EmbeddingWrapper(base.GRUCell(2), 0, 1),
        lambda: core.InputProjectionWrapper(None, 1),
        lambda: core.OutputProjectionWrapper(base.GRUCell(2), 0),
        lambda: cells.AttentionCellWrapper(None, 0),
        lambda: cells.AttentionCellWrapper(base.GRUCell(2), 0),
        lambda: cells.AttentionCellWrapper(base.BasicLSTMCell(2), 3, state_is_tuple=False),
        lambda: cells.GridLSTMCell(2),
        lambda: cells.GLSTMCell(3, number_of_groups=2),
        lambda: cells.GLSTMCell(4, num_proj=3, number_of_groups=2),
        lambda: gru.GRUBlockCell(),
        lambda: gru.GRUBlockCell(2, 3),
        lambda: cells.ConvLSTMCell(2, [3, 3], 1, [2]),
        lambda: cells.HighwayWrapper(base.GRUCell(2))(tf.ones([1, 3]), one),
        lambda: cells.NASCell(2)(unknown, (one, one)),
        lambda: cells.SRUCell(2)(unknown, one),
        lambda: cells.IndRNNCell(2)(unknown, one),
        lambda: cells.SRUCell(2)(tf.ones([1, 2, 2]), one),
        lambda: lstm.LSTMBlockCell(2)(unknown, (one, one)),
        lambda: cells.NTMCell(None, 4, 2, 1, 1),
        lambda: more.stack_bidirectional_rnn([], [1], []),
        lambda: more.stack_bidirectional_rnn([1], [], []),
        lambda: more.stack_bidirectional_rnn((1,), [1], []),
        lambda: more.stack_bidirectional_rnn([1], (1,), []),
        lambda: more.stack_bidirectional_rnn([1], [1, 2], []),
        lambda: more.stack_bidirectional_dynamic_rnn([1], [1], [], initial_states_fw=3),
        lambda: more.stack_bidirectional_dynamic_rnn([1], [1], [], initial_states_bw=[1, 2]),
        lambda: core._linear([tf.ones([1, 2, 3])], 2, False),
        lambda: core._linear([], 2, False),
        lambda: core._linear([unknown], 2, False),
        lambda: core._Linear(None, 2, False),
    )
    return [attempt(function) for function in tries]


@program
def names_and_sizes(tf):
    cells, core = ops("rnn_cell"), internal("ops.rnn_cell_impl")
    found = []
    for cell in (
        cells.PhasedLSTMCell(3),
        cells.Conv2DLSTMCell(input_shape=[2, 2, 1], kernel_shape=[1, 1], output_channels=3),
        cells.NASCell(3, 2),
        cells.AttentionCellWrapper(core.GRUCell(2), 3),
        cells.GLSTMCell(4, num_proj=2, number_of_groups=2),
        cells.GridLSTMCell(2, feature_size=1, frequency_skip=1, num_frequency_blocks=[2]),
        cells.BidirectionalGridLSTMCell(2, feature_size=1, frequency_skip=1, num_frequency_blocks=[1]),
    ):
        found.append([cell.name, repr(cell.state_size), repr(cell.output_size)])
    for cell in (
        cells.HighwayWrapper(core.GRUCell(2)),
        ops("core_rnn_cell").InputProjectionWrapper(core.LSTMCell(2), 3),
        cells.CompiledWrapper(core.GRUCell(2)),
        cells.GridLSTMCell(2, feature_size=1, frequency_skip=1, num_frequency_blocks=[1]),
    ):
        found.append([tensor.name for tensor in tf.nest.flatten(cell.zero_state(2, tf.float32))])
    x = tf.placeholder(tf.float32, [2, None, 3])
    rnn = tf.contrib.rnn
    return found + [
        rnn.transpose_batch_time(x).shape.as_list(),
        rnn.best_effort_input_batch_size([tf.placeholder(tf.float32, [None, 4, 2])]),
    ]
