"""Cells that stand in TensorFlow's module of contrib cells, but not in tf.contrib.rnn."""

import tensorflow as tf
from tensorflow.contrib.rnn.python.ops import core_rnn_cell, rnn_cell

tf.set_random_seed(3)
whole = {"use_peepholes": True, "cell_clip": 0.4, "num_proj": 3, "proj_clip": 0.2, "forget_bias": 0.5}
made = {
    "layer_norm": rnn_cell.LayerNormLSTMCell(4, layer_norm=True),
    "layer_norm_whole": rnn_cell.LayerNormLSTMCell(
        4, initializer=tf.ones_initializer(), activation=tf.nn.relu, layer_norm=True, norm_gain=0.5, **whole
    ),
    "layer_norm_not": rnn_cell.LayerNormLSTMCell(4),
    "weight_norm": rnn_cell.WeightNormLSTMCell(4),
    "weight_norm_whole": rnn_cell.WeightNormLSTMCell(
        4, initializer=tf.random_normal_initializer(), activation=tf.nn.relu, **whole
    ),
    "weight_norm_not": rnn_cell.WeightNormLSTMCell(4, norm=False, num_proj=3),
    "minimal": rnn_cell.MinimalRNNCell(4),
    "minimal_initialized": rnn_cell.MinimalRNNCell(
        4, activation="relu", kernel_initializer="ones", bias_initializer="zeros", name="own"
    ),
    "no_chaos": rnn_cell.CFNCell(4),
    "turing": rnn_cell.NTMCell(tf.nn.rnn_cell.LSTMCell(3), 5, 2, read_head_num=1, write_head_num=1),
    "turing_more": rnn_cell.NTMCell(
        tf.nn.rnn_cell.GRUCell(3), 6, 2, read_head_num=2, write_head_num=2, shift_range=2, output_dim=3
    ),
}
for name in sorted(made):
    with tf.variable_scope(name):
        cell = made[name]
        inputs = [tf.placeholder(tf.float32, [2, 3]) for _ in range(2)]
        outputs, state = tf.nn.static_rnn(cell, inputs, initial_state=cell.zero_state(2, tf.float32))
        if name == "weight_norm_whole":
            tf.gradients(outputs, tf.trainable_variables(name) + inputs)
with tf.variable_scope("linear", partitioner=tf.fixed_size_partitioner(2)):
    x = tf.placeholder(tf.float32, [2, 4])
    with tf.variable_scope("one"):
        core_rnn_cell._linear([x, x], 3, True)
    with tf.variable_scope("two"):
        core_rnn_cell._Linear([x, x], 3, True)([x, x])
