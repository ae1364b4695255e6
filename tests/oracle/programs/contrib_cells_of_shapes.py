"""Cells of tf.contrib.rnn with other inputs: grids, convolutions, phases, words; fused networks."""

import tensorflow as tf

rnn = tf.contrib.rnn
tf.set_random_seed(5)

# Grids.
grids = {
    "grid_whole": rnn.GridLSTMCell(
        3,
        use_peepholes=True,
        cell_clip=0.5,
        num_unit_shards=2,
        feature_size=2,
        frequency_skip=1,
        num_frequency_blocks=[2, 3],
        start_freqindex_list=[0, 3],
        end_freqindex_list=[3, 7],
    ),
    "grid_shared": rnn.GridLSTMCell(
        3,
        use_peepholes=True,
        share_time_frequency_weights=True,
        feature_size=3,
        frequency_skip=4,
        num_frequency_blocks=[2],
        state_is_tuple=False,
    ),
    "grid_coupled": rnn.GridLSTMCell(
        3,
        use_peepholes=True,
        couple_input_forget_gates=True,
        feature_size=3,
        frequency_skip=4,
        num_frequency_blocks=[2],
    ),
    "grid_both": rnn.BidirectionalGridLSTMCell(
        3, use_peepholes=True, feature_size=3, frequency_skip=4, num_frequency_blocks=[2]
    ),
    "grid_both_moved": rnn.BidirectionalGridLSTMCell(
        3,
        share_time_frequency_weights=True,
        feature_size=3,
        frequency_skip=4,
        num_frequency_blocks=[2],
        backward_slice_offset=1,
        couple_input_forget_gates=True,
    ),
}
for name in sorted(grids):
    with tf.variable_scope(name):
        cell = grids[name]
        x = tf.placeholder(tf.float32, [2 if name == "grid_both" else None, 7])
        output, state = cell(x, cell.zero_state(2, tf.float32))

# Convolutions.
for name, cell, shape in (
    ("conv1", rnn.Conv1DLSTMCell(input_shape=[5, 2], output_channels=3, kernel_shape=[2]), [5, 2]),
    (
        "conv2",
        rnn.Conv2DLSTMCell(
            input_shape=[4, 3, 2], output_channels=2, kernel_shape=[3, 2], skip_connection=True
        ),
        [4, 3, 2],
    ),
    (
        "conv3",
        rnn.Conv3DLSTMCell(
            input_shape=[3, 2, 2, 1],
            output_channels=2,
            kernel_shape=[2, 2, 1],
            use_bias=False,
            forget_bias=0.5,
        ),
        [3, 2, 2, 1],
    ),
    (
        "conv",
        rnn.ConvLSTMCell(conv_ndims=1, input_shape=[5, 2], output_channels=2, kernel_shape=(3,), name="own"),
        [5, 2],
    ),
):
    with tf.variable_scope(name):
        x = tf.placeholder(tf.float32, [2] + shape)
        output, state = cell(x, cell.zero_state(2, tf.float32))
        if name != "conv2":
            output, state = cell(x, state)
        tf.gradients(tf.nest.flatten([output, state]), tf.trainable_variables(name) + [x])

# Phases.
for name, cell in (
    ("phased", rnn.PhasedLSTMCell(5)),
    ("phased_peepholes", rnn.PhasedLSTMCell(5, use_peepholes=True, leak=0.01, trainable_ratio_on=False)),
):
    with tf.variable_scope(name):
        x = (tf.placeholder(tf.float64, [2, 1]), tf.placeholder(tf.float32, [2, 3]))
        output, state = cell(x, cell.zero_state(2, tf.float32))
        output, state = cell(x, state)
        tf.gradients(tf.nest.flatten([output, state]), tf.trainable_variables(name) + list(x))
with tf.variable_scope("phased_loop"):
    x = (tf.placeholder(tf.float32, [2, 4, 1]), tf.placeholder(tf.float32, [2, 4, 3]))
    outputs, state = tf.nn.dynamic_rnn(rnn.PhasedLSTMCell(5), x, dtype=tf.float32)

# Words.
with tf.variable_scope("words"):
    cell = rnn.EmbeddingWrapper(rnn.GRUCell(4), 10, 3)
    output, state = cell(tf.placeholder(tf.int32, [2, 1]), cell.zero_state(2, tf.float32))
    tf.gradients(output, tf.trainable_variables("words"))
with tf.variable_scope("words_initialized", initializer=tf.ones_initializer()):
    cell = rnn.EmbeddingWrapper(rnn.BasicLSTMCell(4), 10, 3)
    cell(tf.placeholder(tf.int32, [2]), cell.zero_state(2, tf.float32))

# Networks as one.
with tf.variable_scope("fused"):
    x = tf.placeholder(tf.float32, [5, 2, 3])
    outputs, state = rnn.LSTMBlockFusedCell(4)(x, dtype=tf.float32)
    tf.gradients(tf.nest.flatten([outputs, state]), tf.trainable_variables("fused") + [x])
with tf.variable_scope("fused_whole"):
    x = tf.placeholder(tf.float32, [None, None, 3])
    lengths = tf.placeholder(tf.int32, [None])
    cell = rnn.LSTMBlockFusedCell(4, forget_bias=0.2, cell_clip=0.5, use_peephole=True)
    outputs, state = cell(x, dtype=tf.float32, sequence_length=lengths)
    tf.gradients(tf.nest.flatten([outputs, state]), tf.trainable_variables("fused_whole") + [x])
with tf.variable_scope("fused_list"):
    x = [tf.placeholder(tf.float32, [2, 3]) for _ in range(3)]
    state = (tf.placeholder(tf.float32, [2, 4]), tf.placeholder(tf.float32, [2, 4]))
    cell = rnn.TimeReversedFusedRNN(rnn.LSTMBlockFusedCell(4))
    outputs, state = cell(tf.stack(x), initial_state=state, sequence_length=[1, 3])
with tf.variable_scope("adapted"):
    x = tf.placeholder(tf.float32, [3, 2, 3])
    outputs, state = rnn.FusedRNNCellAdaptor(rnn.GRUCell(4))(x, dtype=tf.float32)
with tf.variable_scope("adapted_loop"):
    cell = rnn.TimeReversedFusedRNN(rnn.FusedRNNCellAdaptor(rnn.GRUCell(4), use_dynamic_rnn=True))
    outputs, state = cell(x, dtype=tf.float32, sequence_length=[1, 3], scope="own")
    rnn.FusedRNNCellAdaptor(rnn.BasicRNNCell(4), use_dynamic_rnn=True)(tf.unstack(x), dtype=tf.float32)

# Layers that read both ways.
x = [tf.placeholder(tf.float32, [2, 3]) for _ in range(3)]
rnn.stack_bidirectional_rnn(
    [rnn.GRUCell(4), rnn.LSTMCell(3)],
    [rnn.GRUCell(2), rnn.LSTMCell(3)],
    x,
    initial_states_fw=[tf.zeros([2, 4]), rnn.LSTMStateTuple(tf.zeros([2, 3]), tf.zeros([2, 3]))],
    dtype=tf.float32,
    sequence_length=[1, 3],
)
rnn.stack_bidirectional_dynamic_rnn(
    [rnn.GRUCell(4), rnn.LSTMCell(3)],
    [rnn.GRUCell(2), rnn.LSTMCell(3)],
    tf.stack(x, 1),
    dtype=tf.float32,
    sequence_length=[1, 3],
    scope="both_ways",
)
rnn.transpose_batch_time(tf.placeholder(tf.float32, [2, None, 3]))
