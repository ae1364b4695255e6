"""Recurrent cells, wrappers and networks unrolled over lists of inputs, with their gradients."""

import tensorflow as tf

cells = tf.nn.rnn_cell
tf.set_random_seed(3)


def steps(name, size, count=3, batch=4):
    return [tf.placeholder(tf.float32, [batch, size], name="%s_%d" % (name, i)) for i in range(count)]


# A language model as the tutorial has it.
words = tf.placeholder(tf.int32, [4, 3], name="words")
table = tf.get_variable("embedding", [20, 5])
inputs = tf.unstack(tf.nn.dropout(tf.nn.embedding_lookup(table, words), 0.5), num=3, axis=1)
with tf.variable_scope("model", initializer=tf.random_uniform_initializer(-0.1, 0.1)):
    stacked = cells.MultiRNNCell(
        [
            cells.DropoutWrapper(cells.BasicLSTMCell(5, forget_bias=0.0), output_keep_prob=0.5)
            for _ in range(2)
        ]
    )
    first_state = stacked.zero_state(4, tf.float32)
    outputs, last_state = tf.nn.static_rnn(stacked, inputs, initial_state=first_state)
logits = tf.layers.dense(tf.reshape(tf.concat(outputs, 1), [-1, 5]), 20)
loss = tf.reduce_sum(
    tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.reshape(words, [-1]), logits=logits)
)
variables = tf.trainable_variables()
gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
rate = tf.Variable(1.0, trainable=False, name="rate")
tf.train.GradientDescentOptimizer(rate).apply_gradients(zip(gradients, variables))

# Each cell, unrolled.
made = {
    "basic": cells.BasicRNNCell(5, activation=tf.nn.relu),
    "gru": cells.GRUCell(5),
    "gru_initialized": cells.GRUCell(
        5,
        activation="sigmoid",
        kernel_initializer=tf.ones_initializer(),
        bias_initializer=tf.zeros_initializer(),
        name="named",
    ),
    "lstm": cells.LSTMCell(5),
    "peepholes": cells.LSTMCell(
        5,
        use_peepholes=True,
        cell_clip=0.7,
        num_proj=2,
        proj_clip=0.5,
        forget_bias=0.5,
        initializer=tf.random_normal_initializer(stddev=0.3),
    ),
    "residual": cells.ResidualWrapper(cells.GRUCell(3)),
    "residual_function": cells.ResidualWrapper(cells.GRUCell(3), residual_fn=lambda x, y: x * y),
    "device": cells.DeviceWrapper(cells.BasicLSTMCell(5), "/cpu:0"),
    "dropped": cells.DropoutWrapper(
        cells.LSTMCell(5), input_keep_prob=0.9, output_keep_prob=0.8, state_keep_prob=0.7, seed=4
    ),
    "variational": cells.DropoutWrapper(
        cells.MultiRNNCell([cells.BasicLSTMCell(5), cells.GRUCell(5)]),
        input_keep_prob=0.9,
        output_keep_prob=0.8,
        state_keep_prob=0.7,
        variational_recurrent=True,
        input_size=3,
        dtype=tf.float32,
        seed=4,
    ),
    "kept_by_tensor": cells.DropoutWrapper(
        cells.GRUCell(5), output_keep_prob=tf.placeholder(tf.float32, [], name="keep")
    ),
    "one_state": cells.BasicLSTMCell(5, state_is_tuple=False),
    "one_state_projected": cells.LSTMCell(5, num_proj=2, state_is_tuple=False),
    "stack_of_one_state": cells.MultiRNNCell(
        [cells.BasicLSTMCell(5, state_is_tuple=False), cells.GRUCell(3)], state_is_tuple=False
    ),
}
for name, cell in sorted(made.items()):
    with tf.variable_scope(name):
        outputs, state = tf.nn.static_rnn(cell, steps(name, 3), dtype=tf.float32, scope="unrolled")
        total = tf.add_n(outputs)
        tf.gradients(total, tf.trainable_variables(tf.get_variable_scope().name + "/"))

# A cell called by hand, with and without a scope, twice; shared with another of the same name.
cell = cells.BasicLSTMCell(5)
state = cell.zero_state(tf.shape(words)[0], tf.float32)
(x, y) = steps("by_hand", 3, 2)
_, state = cell(x, state)
cell(y, state)
scoped = cells.GRUCell(5)
with tf.variable_scope("outer"):
    scoped(x, scoped.zero_state(4, tf.float32), "inner")
    scoped(y, tf.ones([4, 5]), "inner")
    again = cells.GRUCell(5, reuse=True)
    again(x, tf.ones([4, 5]), scope="inner")
stacked = cells.MultiRNNCell([cells.GRUCell(5), cells.LSTMCell(2)])
_, state = stacked(x, stacked.zero_state(4, tf.float32))
stacked(y, state)
stacked.get_initial_state(inputs=x)


class Counter(cells.RNNCell):
    """A cell that makes its variables with get_variable."""

    state_size = 3
    output_size = 3

    def call(self, inputs, state):
        weight = tf.get_variable("weight", [3, 3])
        bias = tf.get_variable("bias", [3], trainable=False)
        new = tf.matmul(inputs, weight) + state + bias
        return new, new


class Plain(cells.RNNCell):
    """A cell that overrides __call__, as those of older programs do."""

    def __init__(self, units):
        self._units = units

    @property
    def state_size(self):
        return self._units

    @property
    def output_size(self):
        return self._units

    def __call__(self, inputs, state, scope=None):
        with tf.variable_scope(scope or type(self).__name__):
            new = tf.tanh(tf.layers.dense(tf.concat([inputs, state], 1), self._units))
        return new, new


tf.nn.static_rnn(Counter(), steps("counted", 3), dtype=tf.float32, scope="counter")
tf.nn.static_rnn(Plain(3), steps("plain", 3), dtype=tf.float32, scope="plain")
tf.nn.static_rnn(cells.GRUCell(3), steps("loose", 3, batch=None), dtype=tf.float32, scope="loose")

outputs, _, _ = tf.nn.static_bidirectional_rnn(
    cells.LSTMCell(5), cells.GRUCell(4), steps("both", 3), dtype=tf.float32
)
tf.gradients(outputs, tf.trainable_variables("bidirectional_rnn"))


class Saver(object):
    """Keeps states in variables."""

    def state(self, name):
        return tf.get_variable(name, [4, 5], trainable=False, initializer=tf.zeros_initializer())

    def save_state(self, name, value):
        with tf.variable_scope("", reuse=True):
            return tf.assign(tf.get_variable(name, [4, 5]), value)


tf.nn.static_state_saving_rnn(
    cells.BasicLSTMCell(5), steps("saved", 3), Saver(), state_name=("c", "h"), scope="saving"
)
tf.nn.static_state_saving_rnn(
    cells.GRUCell(5), steps("saved_alone", 3), Saver(), state_name="alone", scope="saving_alone"
)
