"""Cells of tf.contrib.rnn, unrolled over two steps or in loops, some with their gradients."""

import tensorflow as tf

rnn = tf.contrib.rnn
tf.set_random_seed(3)


def steps(name, size, count=2, batch=4):
    return [tf.placeholder(tf.float32, [batch, size], name="%s_%d" % (name, i)) for i in range(count)]


made = {
    "coupled": rnn.CoupledInputForgetGateLSTMCell(6),
    "coupled_whole": rnn.CoupledInputForgetGateLSTMCell(
        6,
        use_peepholes=True,
        num_proj=4,
        proj_clip=0.5,
        num_unit_shards=3,
        num_proj_shards=2,
        forget_bias=0.5,
        state_is_tuple=False,
        activation=tf.nn.relu,
        layer_norm=True,
        norm_gain=0.7,
        norm_shift=0.1,
    ),
    "normalized": rnn.LayerNormBasicLSTMCell(6),
    "normalized_dropped": rnn.LayerNormBasicLSTMCell(
        6, forget_bias=0.3, norm_gain=0.5, norm_shift=0.2, dropout_keep_prob=0.6, dropout_prob_seed=5
    ),
    "not_normalized": rnn.LayerNormBasicLSTMCell(6, layer_norm=False, dropout_keep_prob=0.6),
    "nas": rnn.NASCell(6),
    "nas_projected": rnn.NASCell(6, num_proj=4, use_bias=True),
    "update_gate": rnn.UGRNNCell(6),
    "update_gate_initialized": rnn.UGRNNCell(
        6, initializer=tf.ones_initializer(), forget_bias=0.1, activation=tf.nn.relu
    ),
    "intersection": rnn.IntersectionRNNCell(6),
    "intersection_projected": rnn.IntersectionRNNCell(
        4, num_in_proj=4, initializer=tf.ones_initializer(), y_activation=tf.tanh
    ),
    "simple": rnn.SRUCell(6),
    "simple_named": rnn.SRUCell(6, activation=tf.nn.relu, name="named"),
    "independent": rnn.IndRNNCell(6),
    "independent_gated": rnn.IndyGRUCell(
        6, kernel_initializer=tf.ones_initializer(), bias_initializer=tf.zeros_initializer()
    ),
    "independent_gated_plain": rnn.IndyGRUCell(6, name="indy"),
    "independent_memory": rnn.IndyLSTMCell(6, forget_bias=0.2),
    "groups": rnn.GLSTMCell(6, number_of_groups=2),
    "groups_projected": rnn.GLSTMCell(6, num_proj=4, number_of_groups=2, forget_bias=0.5),
    "attention": rnn.AttentionCellWrapper(rnn.GRUCell(6), 3),
    "attention_whole": rnn.AttentionCellWrapper(
        rnn.BasicLSTMCell(6), 2, attn_size=4, attn_vec_size=5, input_size=7
    ),
    "attention_one_state": rnn.AttentionCellWrapper(rnn.GRUCell(6), 3, state_is_tuple=False),
    "highway": rnn.HighwayWrapper(rnn.GRUCell(6)),
    "highway_two_gates": rnn.HighwayWrapper(
        rnn.GRUCell(6), couple_carry_transform_gates=False, carry_bias_init=0.5
    ),
    "compiled": rnn.CompiledWrapper(rnn.BasicLSTMCell(6)),
    "compiled_stateful": rnn.CompiledWrapper(rnn.GRUCell(6), compile_stateful=True),
    "projected_in": rnn.InputProjectionWrapper(rnn.GRUCell(6), 5, activation=tf.nn.relu),
    "projected_out": rnn.OutputProjectionWrapper(rnn.GRUCell(6), 5, activation=tf.nn.relu),
    "block": rnn.LSTMBlockCell(6),
    "block_peepholes": rnn.LSTMBlockCell(6, forget_bias=0.2, cell_clip=0.5, use_peephole=True),
    "gru_block": rnn.GRUBlockCell(6),
    "gru_block_two": rnn.GRUBlockCellV2(6),
    "time_frequency": rnn.TimeFreqLSTMCell(4, feature_size=2, frequency_skip=2, num_unit_shards=2),
    "time_frequency_peepholes": rnn.TimeFreqLSTMCell(
        4, use_peepholes=True, cell_clip=0.4, feature_size=3, frequency_skip=1
    ),
    "grid": rnn.GridLSTMCell(4, feature_size=2, frequency_skip=2, num_frequency_blocks=[3]),
}
for name in sorted(made):
    with tf.variable_scope(name):
        cell = made[name]
        inputs = steps(name, 6)
        if name.startswith("time_frequency"):
            states = 3 if name == "time_frequency" else 4
            state = tf.placeholder(tf.float32, [4, states * cell.state_size])
        else:
            state = cell.zero_state(4, tf.float32)
        outputs, state = tf.nn.static_rnn(cell, inputs, initial_state=state)
        if name.split("_")[0] in ("attention", "block", "compiled", "gru", "highway", "normalized"):
            tf.gradients(tf.nest.flatten([outputs, state]), tf.trainable_variables(name) + inputs)

# In loops, with lengths.
for name, cell in (
    ("loop_normalized", rnn.LayerNormBasicLSTMCell(6)),
    ("loop_nas", rnn.NASCell(6)),
    ("loop_block", rnn.LSTMBlockCell(6)),
    ("loop_gru_block", rnn.GRUBlockCellV2(6)),
):
    with tf.variable_scope(name):
        inputs = tf.placeholder(tf.float32, [None, None, 6])
        lengths = tf.placeholder(tf.int32, [None])
        outputs, state = tf.nn.dynamic_rnn(cell, inputs, lengths, dtype=tf.float32)
        tf.gradients(tf.nest.flatten([outputs, state]), tf.trainable_variables(name) + [inputs])

# Gradients that are compiled apart.
jit_scope = tf.xla.experimental.jit_scope
with tf.variable_scope("compiled_apart"), jit_scope(separate_compiled_gradients=True):
    x = tf.placeholder(tf.float32, [2])
    with jit_scope(compile_ops=lambda node: node.op == "Exp"):
        y = tf.exp(x) * x
    tf.gradients(tf.exp(y), x)
