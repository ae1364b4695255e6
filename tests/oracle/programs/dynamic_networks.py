"""Networks in loops over time: cells, lengths, both directions, nested inputs and states, training."""

import tensorflow as tf

cells = tf.nn.rnn_cell
tf.set_random_seed(3)

words = tf.placeholder(tf.int32, [4, None], name="words")
lengths = tf.placeholder(tf.int64, [None], name="lengths")
table = tf.get_variable("embedding", [20, 5])
inputs = tf.nn.embedding_lookup(table, words)

# A classifier by the last state, trained.
with tf.variable_scope("classifier"):
    outputs, state = tf.nn.dynamic_rnn(cells.LSTMCell(6), inputs, lengths, dtype=tf.float32)
    logits = tf.layers.dense(state.h, 3)
    labels = tf.placeholder(tf.int32, [4], name="labels")
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits) + tf.reduce_mean(outputs)
    tf.train.AdamOptimizer(0.01).minimize(loss)

# Without lengths, with a known number of steps; a state that is given; time first; the options.
known = tf.placeholder(tf.float32, [4, 7, 5], name="known")
with tf.variable_scope("gru"):
    outputs, state = tf.nn.dynamic_rnn(cells.GRUCell(6), known, dtype=tf.float32)
    tf.gradients(outputs[:, -1], tf.trainable_variables("gru") + [known])
with tf.variable_scope("given"):
    start = tf.placeholder(tf.float32, [None, 6], name="start")
    loose = tf.placeholder(tf.float32, [None, None, 5], name="loose")
    outputs, state = tf.nn.dynamic_rnn(
        cells.GRUCell(6),
        loose,
        sequence_length=lengths,
        initial_state=start,
        parallel_iterations=5,
        swap_memory=True,
        time_major=True,
        scope="named",
    )
    tf.gradients([tf.reduce_max(outputs), state], tf.trainable_variables("given") + [start])

# Layers with dropout, states as tuples.
with tf.variable_scope("stacked", initializer=tf.random_uniform_initializer(-0.1, 0.1)):
    stacked = cells.MultiRNNCell(
        [cells.DropoutWrapper(cells.BasicLSTMCell(5), output_keep_prob=0.5) for _ in range(2)]
    )
    outputs, state = tf.nn.dynamic_rnn(stacked, known, sequence_length=[7, 3, 0, 2], dtype=tf.float32)
    gradients, _ = tf.clip_by_global_norm(tf.gradients(outputs, tf.trainable_variables("stacked")), 5.0)
    tf.train.GradientDescentOptimizer(0.1).apply_gradients(zip(gradients, tf.trainable_variables("stacked")))

# Both directions.
for name, ends in (("both", None), ("both_lengths", lengths)):
    with tf.variable_scope(name):
        outputs, states = tf.nn.bidirectional_dynamic_rnn(
            cells.LSTMCell(4), cells.GRUCell(3), inputs, ends, dtype=tf.float32
        )
        joined = tf.concat(outputs, 2)
        tf.gradients(joined, tf.trainable_variables(name) + [table])
turned = tf.transpose(known, [1, 0, 2])
tf.nn.bidirectional_dynamic_rnn(
    cells.GRUCell(4),
    cells.GRUCell(4),
    turned,
    initial_state_fw=tf.zeros([4, 4]),
    initial_state_bw=tf.ones([4, 4]),
    time_major=True,
    scope="both_given",
)


class Nested(cells.RNNCell):
    """A cell of nested inputs, outputs and states, one of which is a matrix for each example."""

    @property
    def state_size(self):
        return (5, (tf.TensorShape([2, 3]),))

    @property
    def output_size(self):
        return (tf.TensorShape([2, 3]), 5)

    def call(self, inputs, state):
        vector, (matrix,) = inputs
        weight = tf.get_variable("weight", [5, 5])
        new = tf.tanh(tf.matmul(vector, weight) + state[0])
        sum = matrix + state[1][0]
        return (sum, new), (new, (sum,))


nested = (known, (tf.placeholder(tf.float32, [4, 7, 2, 3], name="matrices"),))
with tf.variable_scope("nested"):
    outputs, state = tf.nn.dynamic_rnn(Nested(), nested, sequence_length=lengths, dtype=tf.float32)
    tf.gradients(outputs[0], [known, nested[1][0]])
    tf.gradients(outputs[1], tf.trainable_variables("nested"))


# A decoder that reads what it emits, and one that reads an array.
def decoded(time, output, state, loop_state):
    if output is None:
        return tf.zeros([4], tf.bool), tf.zeros([4, 5]), decoder.zero_state(4, tf.float32), None, None
    token = tf.argmax(output, 1)
    return (
        tf.logical_or(time >= 10, tf.equal(token, 0)),
        tf.nn.embedding_lookup(table, token),
        state,
        output,
        None,
    )


with tf.variable_scope("decoder"):
    decoder = cells.BasicLSTMCell(6)
    emitted, state, _ = tf.nn.raw_rnn(decoder, decoded)
    tf.gradients(emitted.stack(), tf.trainable_variables("decoder") + [table])

steps = tf.shape(loose)[0]
array = tf.TensorArray(tf.float32, steps, name="read").unstack(loose)
reader = cells.GRUCell(6)


def read(time, output, state, loop_state):
    batch = tf.shape(loose)[1]
    if output is None:
        state, emit, loop_state = (
            reader.zero_state(batch, tf.float32),
            (tf.zeros([2]), tf.zeros([], tf.int32)),
            1,
        )
        loop_state = tf.constant(1)
    else:
        emit, loop_state = (output[:, :2], tf.fill([batch], time)), loop_state * 2
    finished = time >= tf.cast(lengths, tf.int32)
    row = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([batch, 5]), lambda: array.read(time))
    row.set_shape([None, 5])
    return finished, row, state, emit, loop_state


with tf.variable_scope("reader"):
    emitted, state, doubled = tf.nn.raw_rnn(
        reader, read, parallel_iterations=3, swap_memory=True, scope="raw"
    )
    tf.gradients(emitted[0].stack(), tf.trainable_variables("reader") + [loose])


# A network in a loop, and one in a branch.
def again(i, x):
    return i + 1, tf.nn.dynamic_rnn(cells.BasicRNNCell(5, name="looped"), x, dtype=tf.float32)[0]


_, looped = tf.while_loop(lambda i, x: i < 2, again, [0, known])
chosen = tf.cond(
    words[0, 0] > 1,
    lambda: tf.nn.dynamic_rnn(cells.BasicRNNCell(5, name="branch"), known, lengths, dtype=tf.float32)[0],
    lambda: known,
)
tf.gradients(chosen, known)
tf.random_uniform([])
