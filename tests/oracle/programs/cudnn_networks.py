"""Networks of tf.contrib.cudnn_rnn with their gradients and savers, and the cells that compute the same."""

import tensorflow as tf
from tensorflow.contrib.cudnn_rnn.python.ops import cudnn_rnn_ops

cudnn = tf.contrib.cudnn_rnn
tf.set_random_seed(4)
x = tf.placeholder(tf.float32, [5, 2, 3])
for name, layer in (
    ("lstm", cudnn.CudnnLSTM(2, 4, dropout=0.3)),
    ("lstm_both", cudnn.CudnnLSTM(2, 4, direction="bidirectional", seed=3)),
    ("gru", cudnn.CudnnGRU(1, 4, kernel_initializer=tf.ones_initializer())),
    ("gru_both", cudnn.CudnnGRU(2, 4, direction="bidirectional")),
    ("tanh", cudnn.CudnnRNNTanh(1, 4, bias_initializer=tf.ones_initializer(), name="own")),
    ("relu", cudnn.CudnnRNNRelu(1, 4)),
):
    with tf.variable_scope(name):
        outputs, state = layer(x)
        loss = tf.reduce_sum(outputs) + tf.add_n([tf.reduce_sum(part) for part in state])
        tf.gradients(loss, tf.trainable_variables(name) + [x])
with tf.variable_scope("given"):
    layer = cudnn.CudnnLSTM(1, 4)
    zeros = tf.zeros([2, 1, 4])
    lengths = tf.placeholder(tf.int32, [2])
    outputs, state = layer(
        tf.transpose(x, [1, 0, 2]), (zeros, zeros), sequence_lengths=lengths, time_major=False
    )
    tf.gradients(outputs, tf.trainable_variables("given"))
    layer(tf.transpose(x, [1, 0, 2]), (zeros, zeros), time_major=False, training=False)
tf.train.Saver()

with tf.variable_scope("cells"):
    cell = tf.nn.rnn_cell.MultiRNNCell([cudnn.CudnnCompatibleLSTMCell(4) for _ in range(2)])
    tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, time_major=True)
    tf.nn.dynamic_rnn(cudnn.CudnnCompatibleGRUCell(4), x, dtype=tf.float32, time_major=True, scope="gru")

# Before the layers.
network = cudnn_rnn_ops.CudnnLSTM(2, 4, 3, num_proj=2, dropout=0.1, seed=7)
params = tf.get_variable("params", initializer=tf.ones([network.params_size()]), validate_shape=False)
network.canonical_to_params(*network.params_to_canonical(params))
h, c = tf.zeros([2, 2, 2]), tf.zeros([2, 2, 4])
tf.gradients(network(x, h, c, params), params)
network = cudnn_rnn_ops.CudnnGRU(1, 4, 3)
network(x, tf.zeros([1, 2, 4]), tf.ones([network.params_size()]), is_training=False)
