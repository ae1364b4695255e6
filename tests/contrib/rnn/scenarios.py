"""Cells of tf.contrib.rnn, several in each program: outputs, states, gradients and variables."""

import numpy as np

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def numbers(*shape):
    return np.random.RandomState(0).normal(size=shape).astype("f4")


def applied(tf, cells, inputs, lengths=None):
    """Each cell on two steps of inputs that have been normalized, unrolled, or on three in a loop."""
    tf.set_random_seed(7)
    fetches = {}
    for name in sorted(cells):
        cell, x = cells[name], inputs
        if isinstance(cell, tuple):
            cell, x = cell
        with tf.variable_scope(name, initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=2)):
            if lengths is None:
                sequence = tf.nest.map_structure(tf.constant, x)
                unrolled = [tf.nest.map_structure(lambda a, i=i: a[i], sequence) for i in range(2)]
                first = unrolled[0][1] if isinstance(unrolled[0], tuple) else unrolled[0]
                state = cell.zero_state(int(first.shape[0]), tf.float32)
                outputs, state = tf.nn.static_rnn(cell, unrolled, initial_state=state)
            else:
                sequence = tf.constant(x)
                outputs, state = tf.nn.dynamic_rnn(cell, sequence, lengths, dtype=tf.float32, time_major=True)
        flat = tf.nest.flatten([outputs, state])
        loss = tf.add_n([tf.reduce_sum(tf.square(tensor) + tensor) for tensor in flat])
        variables = tf.trainable_variables(name + "/")
        sources = variables + tf.nest.flatten(sequence)
        for kind, tensors in (
            ("result", flat),
            ("variable", variables),
            ("gradient", tf.gradients(loss, sources)),
        ):
            for i, tensor in enumerate(tensors):
                if tensor is not None:
                    fetches["%s %s %d" % (name, kind, i)] = tf.convert_to_tensor(tensor)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


@scenario
def memories(tf):
    rnn = tf.contrib.rnn
    made = {
        "coupled": rnn.CoupledInputForgetGateLSTMCell(
            4,
            use_peepholes=True,
            num_proj=3,
            proj_clip=0.2,
            num_unit_shards=2,
            layer_norm=True,
            norm_gain=0.8,
        ),
        "normalized": rnn.LayerNormBasicLSTMCell(
            4, norm_gain=0.7, norm_shift=0.1, dropout_keep_prob=0.6, dropout_prob_seed=4
        ),
        "plain": rnn.LayerNormBasicLSTMCell(4, layer_norm=False, dropout_keep_prob=0.5),
        "groups": rnn.GLSTMCell(4, num_proj=2, number_of_groups=2, forget_bias=0.3),
        "independent": rnn.IndyLSTMCell(4),
        "block": rnn.LSTMBlockCell(4, cell_clip=0.3, use_peephole=True),
        "searched": rnn.NASCell(4, num_proj=2, use_bias=True),
        "compiled": rnn.CompiledWrapper(rnn.LSTMCell(4)),
        "attentive": rnn.AttentionCellWrapper(rnn.BasicLSTMCell(4), 3, attn_size=2),
        "phased": (
            rnn.PhasedLSTMCell(3, period_init_max=5.0, use_peepholes=True),
            (np.abs(numbers(2, 2, 1)) * 9, numbers(2, 2, 4)),
        ),
    }
    return applied(tf, made, numbers(2, 3, 4))


@scenario
def gates(tf):
    rnn = tf.contrib.rnn
    made = {
        "update": rnn.UGRNNCell(4),
        "intersection": rnn.IntersectionRNNCell(3, num_in_proj=3),
        "simple": rnn.SRUCell(4),
        "independent": rnn.IndRNNCell(4, activation=tf.nn.relu),
        "gated": rnn.IndyGRUCell(4),
        "block": rnn.GRUBlockCell(4),
        "block two": rnn.GRUBlockCellV2(4),
        "highway": rnn.HighwayWrapper(rnn.GRUCell(4), couple_carry_transform_gates=False),
        "in": rnn.InputProjectionWrapper(rnn.GRUCell(4), 3),
        "out": rnn.OutputProjectionWrapper(rnn.GRUCell(4), 3),
        "attentive": rnn.AttentionCellWrapper(rnn.GRUCell(4), 2, state_is_tuple=False),
        "words": (rnn.EmbeddingWrapper(rnn.GRUCell(4), 5, 3), np.array([[[1], [4]], [[0], [1]]], "i4")),
    }
    return applied(tf, {name.replace(" ", "_"): cell for name, cell in made.items()}, numbers(2, 3, 4))


@scenario
def grids_and_convolutions(tf):
    rnn = tf.contrib.rnn
    grid = {"feature_size": 2, "frequency_skip": 1, "num_frequency_blocks": [3]}
    made = {
        "grid": rnn.GridLSTMCell(2, use_peepholes=True, cell_clip=0.3, num_unit_shards=2, **grid),
        "shared": rnn.GridLSTMCell(2, share_time_frequency_weights=True, state_is_tuple=False, **grid),
        "coupled": rnn.GridLSTMCell(2, use_peepholes=True, couple_input_forget_gates=True, **grid),
        "both": rnn.BidirectionalGridLSTMCell(2, use_peepholes=True, backward_slice_offset=1, **grid),
        "conv_one": (
            rnn.Conv1DLSTMCell(input_shape=[4, 2], output_channels=3, kernel_shape=[2]),
            numbers(2, 2, 4, 2),
        ),
        "conv_two": (
            rnn.Conv2DLSTMCell(input_shape=[3, 3, 1], output_channels=2, kernel_shape=[2, 2]),
            numbers(2, 1, 3, 3, 1),
        ),
        "conv_three": (
            rnn.Conv3DLSTMCell(input_shape=[2, 3, 2, 1], output_channels=2, kernel_shape=[2, 2, 1]),
            numbers(2, 1, 2, 3, 2, 1),
        ),
    }
    return applied(tf, made, numbers(2, 3, 4))


@scenario
def loops(tf):
    rnn = tf.contrib.rnn
    made = {
        "normalized": rnn.LayerNormBasicLSTMCell(4, dropout_keep_prob=0.6, dropout_prob_seed=4),
        "searched": rnn.NASCell(4),
        "block": rnn.LSTMBlockCell(4),
        "gru": rnn.GRUBlockCellV2(4),
        "attentive": rnn.AttentionCellWrapper(rnn.GRUCell(4), 2),
    }
    return applied(tf, made, numbers(3, 3, 4), [2, 0, 3])


@scenario
def fused(tf):
    """Networks of one op beside the same cells step by step, which share their variables."""
    rnn = tf.contrib.rnn
    x = tf.constant(numbers(5, 3, 4))
    found = {}
    for name, lengths in (("whole", None), ("lengths", [2, 5, 3])):
        with tf.variable_scope(name, initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=2)):
            cell = rnn.LSTMBlockFusedCell(3, use_peephole=True, cell_clip=0.4)
            outputs, state = cell(x, dtype=tf.float32, sequence_length=lengths)
            turned, last = rnn.TimeReversedFusedRNN(cell)(
                x, initial_state=state, dtype=tf.float32, sequence_length=lengths
            )
            with tf.variable_scope("rnn"):
                pass
            unrolled, _ = rnn.FusedRNNCellAdaptor(rnn.LSTMBlockCell(3, name="own"))(
                x, dtype=tf.float32, sequence_length=lengths
            )
        variables = tf.trainable_variables(name + "/")
        loss = tf.reduce_sum(outputs * turned) + tf.reduce_sum(last.h) + tf.reduce_sum(unrolled)
        for i, tensor in enumerate(
            [outputs, turned, unrolled] + list(state) + list(last) + tf.gradients(loss, variables + [x])
        ):
            found["%s %d" % (name, i)] = tensor
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(found)


@scenario
def layers_that_read_both_ways(tf):
    rnn = tf.contrib.rnn
    tf.set_random_seed(3)
    x = tf.constant(numbers(2, 4, 3))
    cells = [[rnn.GRUCell(3), rnn.LSTMCell(2)] for _ in range(4)]
    loop = rnn.stack_bidirectional_dynamic_rnn(
        cells[0], cells[1], x, dtype=tf.float32, sequence_length=[2, 4]
    )
    unrolled = rnn.stack_bidirectional_rnn(
        cells[2], cells[3], tf.unstack(x, axis=1), dtype=tf.float32, scope="unrolled"
    )
    flat = tf.nest.flatten([loop, unrolled])
    loss = tf.add_n([tf.reduce_sum(tf.square(tensor)) for tensor in flat])
    tensors = flat + tf.gradients(loss, tf.trainable_variables() + [x])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return {"%02d" % i: value for i, value in enumerate(session.run(tensors))}
