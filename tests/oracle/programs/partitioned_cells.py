"""Recurrent cells whose kernels are kept in parts, by their own arguments and by the scope's partitioner."""

import tensorflow as tf

tf.set_random_seed(5)
inputs = [tf.placeholder(tf.float32, [4, 3]) for _ in range(2)]
sharded = tf.nn.rnn_cell.LSTMCell(
    6, use_peepholes=True, num_proj=4, num_unit_shards=3, num_proj_shards=2, name="sharded"
)
outputs, state = tf.nn.static_rnn(sharded, inputs, dtype=tf.float32)
with tf.variable_scope("scope", partitioner=tf.fixed_size_partitioner(2)):
    cells = [tf.nn.rnn_cell.GRUCell(4), tf.nn.rnn_cell.LSTMCell(4, use_peepholes=True)]
    more, _ = tf.nn.static_rnn(tf.nn.rnn_cell.MultiRNNCell(cells), inputs, dtype=tf.float32)
loss = tf.nn.l2_loss(outputs[-1]) + tf.nn.l2_loss(more[-1])
tf.train.AdamOptimizer().minimize(loss)
