"""Recurrent cells and unrolled networks: outputs, states, gradients and variables of seeded programs."""

import numpy as np

SCENARIOS = {}
BATCH, SIZE, STEPS = 4, 3, 5


def inputs_of(tf, dtype="f4"):
    values = np.random.RandomState(0).normal(size=[STEPS, BATCH, SIZE]).astype(dtype)
    return [tf.constant(value) for value in values]


def results(tf, outputs, states, feeds=None):
    """Outputs, states, and gradients of a loss by all variables."""
    flat = []
    for state in states:
        flat.extend(state if isinstance(state, tuple) else [state])
    flat = [part for state in flat for part in (state if isinstance(state, tuple) else [state])]
    loss = tf.add_n([tf.reduce_sum(tf.square(output)) for output in outputs])
    loss += tf.add_n([tf.reduce_sum(state) for state in flat])
    variables = tf.trainable_variables()
    gradients = tf.gradients(loss, variables)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = session.run([tf.stack(outputs), flat, gradients, variables], feeds)
    found = {"outputs": values[0]}
    for kind, group in zip(("state", "gradient", "variable"), values[1:]):
        for i, value in enumerate(group):
            found["%s %d" % (kind, i)] = value
    return found


def unrolled(name, make, lengths=None, dtype="f4"):
    def run(tf):
        tf.set_random_seed(7)
        kind = tf.as_dtype(np.dtype(dtype))
        initializer = tf.random_uniform_initializer(-0.7, 0.7, seed=2, dtype=kind)
        with tf.variable_scope("net", initializer=initializer):
            cell = make(tf, tf.nn.rnn_cell)
            outputs, state = tf.nn.static_rnn(cell, inputs_of(tf, dtype), dtype=kind, sequence_length=lengths)
        return results(tf, outputs, [state])

    SCENARIOS[name] = run


MADE = {
    "basic": lambda tf, cells: cells.BasicRNNCell(4),
    "basic relu": lambda tf, cells: cells.BasicRNNCell(4, activation=tf.nn.relu),
    "gru": lambda tf, cells: cells.GRUCell(4),
    "gru initialized": lambda tf, cells: cells.GRUCell(
        4, kernel_initializer=tf.constant_initializer(0.1), bias_initializer=tf.ones_initializer()
    ),
    "lstm basic": lambda tf, cells: cells.BasicLSTMCell(4, forget_bias=0.3),
    "lstm basic one state": lambda tf, cells: cells.BasicLSTMCell(4, state_is_tuple=False),
    "lstm": lambda tf, cells: cells.LSTMCell(4),
    "lstm one state": lambda tf, cells: cells.LSTMCell(4, num_proj=2, state_is_tuple=False),
    "lstm peepholes": lambda tf, cells: cells.LSTMCell(
        4,
        use_peepholes=True,
        cell_clip=0.4,
        num_proj=2,
        proj_clip=0.2,
        forget_bias=0.5,
        initializer=tf.random_normal_initializer(seed=4),
    ),
    "stack": lambda tf, cells: cells.MultiRNNCell([cells.BasicLSTMCell(4), cells.GRUCell(2)]),
    "stack one state": lambda tf, cells: cells.MultiRNNCell(
        [cells.GRUCell(4), cells.BasicRNNCell(2)], state_is_tuple=False
    ),
    "residual": lambda tf, cells: cells.ResidualWrapper(cells.GRUCell(SIZE)),
    "device": lambda tf, cells: cells.DeviceWrapper(cells.GRUCell(4), "/cpu:0"),
    "dropout": lambda tf, cells: cells.DropoutWrapper(
        cells.BasicLSTMCell(4), input_keep_prob=0.8, output_keep_prob=0.6, state_keep_prob=0.7, seed=3
    ),
    "dropout of the graph's seed": lambda tf, cells: cells.DropoutWrapper(
        cells.GRUCell(4), output_keep_prob=tf.constant(0.6) * 1.0
    ),
    "dropout filtered": lambda tf, cells: cells.DropoutWrapper(
        cells.LSTMCell(4), state_keep_prob=0.5, seed=3, dropout_state_filter_visitor=lambda state: True
    ),
    "dropout variational": lambda tf, cells: cells.DropoutWrapper(
        cells.MultiRNNCell([cells.LSTMCell(4), cells.GRUCell(2)]),
        input_keep_prob=0.8,
        output_keep_prob=0.6,
        state_keep_prob=0.7,
        variational_recurrent=True,
        input_size=SIZE,
        dtype=tf.float32,
        seed=9,
    ),
}
for _name, _make in MADE.items():
    unrolled(_name, _make)
for _name in ("gru", "lstm basic", "stack"):
    unrolled(_name + " lengths", MADE[_name], [3, 5, 2, 3])
unrolled("lstm all ended", MADE["lstm"], [0, 2, 1, 0])
unrolled("gru double", MADE["gru"], dtype="f8")


def scenario(function):
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def both_ways(lengths):
    def run(tf):
        cells = tf.nn.rnn_cell
        with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=2)):
            outputs, forwards, backwards = tf.nn.static_bidirectional_rnn(
                cells.GRUCell(4), cells.LSTMCell(2), inputs_of(tf), dtype=tf.float32, sequence_length=lengths
            )
        return results(tf, outputs, [forwards, backwards])

    return run


SCENARIOS["both ways"] = both_ways(None)
SCENARIOS["both ways lengths"] = both_ways([3, 5, 2, 4])


@scenario
def state_saving(tf):
    class Saver(object):
        def state(self, name):
            return tf.get_variable(name, [BATCH, 4], trainable=False, initializer=tf.zeros_initializer())

        def save_state(self, name, value):
            with tf.variable_scope(tf.get_variable_scope(), reuse=True):
                return tf.assign(tf.get_variable(name, [BATCH, 4]), value)

    found = {}
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=2)):
        cell = tf.nn.rnn_cell.BasicLSTMCell(4)
        outputs, state = tf.nn.static_state_saving_rnn(cell, inputs_of(tf), Saver(), ("c", "h"))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(3):
            found["output %d" % step], (found["c %d" % step], found["h %d" % step]) = session.run(
                [outputs[-1], state]
            )
    return found


@scenario
def trained(tf):
    """A small language model of two layers with dropout and clipped gradients."""
    tf.set_random_seed(11)
    cells = tf.nn.rnn_cell
    words = tf.placeholder(tf.int32, [6, 8])
    table = tf.get_variable("embedding", [15, 10])
    inputs = tf.unstack(tf.nn.embedding_lookup(table, words), axis=1)
    stacked = cells.MultiRNNCell(
        [
            cells.DropoutWrapper(cells.BasicLSTMCell(10, forget_bias=0.0), output_keep_prob=0.7)
            for _ in range(2)
        ]
    )
    state = stacked.zero_state(6, tf.float32)
    outputs, last = tf.nn.static_rnn(stacked, inputs, initial_state=state)
    logits = tf.layers.dense(tf.reshape(tf.concat(outputs, 1), [-1, 10]), 15)
    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.reshape(words, [-1]), logits=logits)
    )
    variables = tf.trainable_variables()
    gradients, norm = tf.clip_by_global_norm(tf.gradients(loss, variables), 1.0)
    train = tf.train.GradientDescentOptimizer(1.0).apply_gradients(zip(gradients, variables))
    random, losses = np.random.RandomState(3), []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        value = session.run(state)
        for _ in range(8):
            feeds = {words: random.randint(0, 15, [6, 8])}
            for (c, h), (kept_c, kept_h) in zip(state, value):
                feeds[c], feeds[h] = kept_c, kept_h
            lost, length, value, _ = session.run([loss, norm, last, train], feeds)
            losses.append([lost, length])
    return {"losses": np.array(losses), "c": value[1].c, "h": value[1].h}


def looped(name, make, lengths=None, dtype="f4", steps=STEPS, **options):
    def run(tf):
        tf.set_random_seed(7)
        kind = tf.as_dtype(np.dtype(dtype))
        initializer = tf.random_uniform_initializer(-0.7, 0.7, seed=2, dtype=kind)
        inputs = tf.stack(inputs_of(tf, dtype), 0 if options.get("time_major") else 1)
        # The number of steps is only known when it runs; an array of none needs to know the batch.
        inputs = tf.placeholder_with_default(
            inputs[:steps] if options.get("time_major") else inputs[:, :steps],
            [BATCH if steps == 0 else None, None, SIZE],
        )
        with tf.variable_scope("net", initializer=initializer):
            cell = make(tf, tf.nn.rnn_cell)
            outputs, state = tf.nn.dynamic_rnn(cell, inputs, dtype=kind, sequence_length=lengths, **options)
        return results(tf, [outputs], [state])

    SCENARIOS["loop " + name] = run


for _name in ("basic", "gru", "lstm", "lstm peepholes", "lstm basic one state", "stack", "residual"):
    looped(_name, MADE[_name])
for _name in ("gru", "lstm", "stack"):
    looped(_name + " lengths", MADE[_name], [3, 5, 2, 0])
looped("gru time major", MADE["gru"], [3, 4, 2, 3], time_major=True, swap_memory=True)
looped("gru double", MADE["gru"], dtype="f8", parallel_iterations=1)
looped("lstm all ended", MADE["lstm"], [0, 0, 0, 0])
looped("gru no steps", MADE["gru"], steps=0)
looped("lstm no steps lengths", MADE["lstm"], [0, 0, 0, 0], steps=0)


def both_ways_in_loops(lengths, time_major):
    def run(tf):
        cells = tf.nn.rnn_cell
        inputs = tf.stack(inputs_of(tf), 0 if time_major else 1)
        with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=2)):
            outputs, states = tf.nn.bidirectional_dynamic_rnn(
                cells.GRUCell(4), cells.LSTMCell(2), inputs, lengths, dtype=tf.float32, time_major=time_major
            )
        return results(tf, [tf.concat(outputs, 2)], states)

    return run


SCENARIOS["loop both ways"] = both_ways_in_loops(None, False)
SCENARIOS["loop both ways lengths"] = both_ways_in_loops([3, 5, 2, 4], False)
SCENARIOS["loop both ways time major"] = both_ways_in_loops([3, 5, 0, 4], True)


@scenario
def raw_decoder(tf):
    """Reads what it emitted; the examples end at different steps."""
    table = tf.constant(np.random.RandomState(1).normal(size=[5, SIZE]).astype("f4"))
    ends = tf.constant([2, 6, 0, 3])
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=2)):
        cell = tf.nn.rnn_cell.LSTMCell(5)

        def loop(time, output, state, count):
            if output is None:
                return (
                    time >= ends,
                    tf.ones([BATCH, SIZE]),
                    cell.zero_state(BATCH, tf.float32),
                    None,
                    tf.zeros([]),
                )
            token = tf.argmax(output, 1)
            return time >= ends, tf.nn.embedding_lookup(table, token), state, output, count + 1.0

        emitted, state, count = tf.nn.raw_rnn(cell, loop)
    return results(tf, [emitted.stack()], [state, count])


@scenario
def raw_structures(tf):
    """Emits a pair of its own shapes and types, with no loop state."""
    inputs = tf.TensorArray(tf.float32, STEPS).unstack(tf.stack(inputs_of(tf)))
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=2)):
        cell = tf.nn.rnn_cell.GRUCell(4)

        def loop(time, output, state, _):
            if output is None:
                state, emit = cell.zero_state(BATCH, tf.float32), (tf.zeros([2]), tf.zeros([], tf.int32))
            else:
                emit = (output[:, 1:3], tf.fill([BATCH], time * 10))
            finished = tf.fill([BATCH], time >= STEPS)
            row = tf.cond(time >= STEPS, lambda: tf.zeros([BATCH, SIZE]), lambda: inputs.read(time))
            return finished, row, state, emit, None

        (values, numbers), state, last = tf.nn.raw_rnn(cell, loop)
    assert last is None
    found = results(tf, [values.stack()], [state])
    with tf.Session() as session:
        found["numbers"] = session.run(numbers.stack())
    return found


@scenario
def trained_in_loops(tf):
    """A tagger that reads both ways, with Adam, on batches of two lengths."""
    tf.set_random_seed(11)
    cells = tf.nn.rnn_cell
    words = tf.placeholder(tf.int32, [None, None])
    lengths = tf.placeholder(tf.int32, [None])
    table = tf.get_variable("embedding", [15, 6])
    (forwards, backwards), states = tf.nn.bidirectional_dynamic_rnn(
        cells.LSTMCell(5), cells.GRUCell(4), tf.nn.embedding_lookup(table, words), lengths, dtype=tf.float32
    )
    top, last = tf.nn.dynamic_rnn(
        cells.BasicLSTMCell(5), tf.concat([forwards, backwards], 2), lengths, dtype=tf.float32, scope="top"
    )
    logits = tf.layers.dense(top, 15)
    weights = tf.sequence_mask(lengths, tf.shape(words)[1], dtype=tf.float32)
    loss = tf.losses.sparse_softmax_cross_entropy(words, logits, weights)
    train = tf.train.AdamOptimizer(0.05).minimize(loss)
    random, losses = np.random.RandomState(3), []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for steps in (5, 8, 5, 8, 5, 8):
            feeds = {words: random.randint(0, 15, [3, steps]), lengths: random.randint(1, steps + 1, [3])}
            losses.append(session.run([loss, train], feeds)[0])
        value = session.run([last, states[1], table], feeds)
    return {"losses": np.array(losses), "c": value[0].c, "h": value[0].h, "bw": value[1], "table": value[2]}


@scenario
def raw_beside_dynamic(tf):
    """The same network by both functions, one of which reads its inputs in a branch; with gradients."""
    lengths, inputs = tf.constant([2, 5, 0, 3]), tf.stack(inputs_of(tf))
    array = tf.TensorArray(tf.float32, STEPS).unstack(inputs)
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=2)) as scope:
        cell = tf.nn.rnn_cell.LSTMCell(3)

        def loop(time, output, state, _):
            finished = time >= lengths
            row = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([BATCH, SIZE]), lambda: array.read(time))
            state = cell.zero_state(BATCH, tf.float32) if state is None else state
            return finished, row, state, output, None

        emitted, raw_state, _ = tf.nn.raw_rnn(cell, loop)
        scope.reuse_variables()
        outputs, state = tf.nn.dynamic_rnn(cell, inputs, lengths, dtype=tf.float32, time_major=True)
    emitted = emitted.stack()
    found = results(tf, [emitted, outputs], [raw_state, state])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found["by inputs"], found["by inputs, dynamic"] = session.run(
            [tf.gradients([emitted, raw_state], inputs)[0], tf.gradients([outputs, state], inputs)[0]]
        )
    return found


@scenario
def array_as_state(tf):
    """A cell whose state has an array that it writes its inputs to."""

    class Noting(tf.nn.rnn_cell.RNNCell):
        output_size = SIZE
        state_size = (tf.TensorShape([]), ())

        def zero_state(self, batch_size, dtype):
            return tf.zeros([], tf.int32), tf.TensorArray(tf.float32, size=0, dynamic_size=True)

        def call(self, inputs, state):
            count, array = state
            return inputs * 2.0, (count + 1, array.write(count, inputs))

    inputs = tf.stack(inputs_of(tf), 1)
    outputs, (count, array) = tf.nn.dynamic_rnn(Noting(), inputs, [3, 5, 2, 4], dtype=tf.float32)
    with tf.Session() as session:
        values = session.run([outputs, count, array.stack(), tf.gradients(outputs, inputs)[0]])
    return dict(zip(["outputs", "count", "array", "gradient"], values))


def dense_ctc(tf):
    """CTC of dense labels with the blank at several places, labels made unique, repetitions left out."""
    numbers = np.random.RandomState(0)
    logits = tf.constant(numbers.normal(size=[7, 3, 5]).astype("f4"))
    labels = tf.constant([[1, 1, 3, 2], [2, 3, 0, 0], [3, 0, 0, 0]])
    counts, lengths, weights = tf.constant([4, 2, 1]), tf.constant([7, 5, 3]), tf.constant([1.0, 2.0, 3.0])
    found = {}
    for blank in (None, 0, -1):
        loss = tf.nn.ctc_loss_v2(labels, logits, counts, lengths, blank_index=blank)
        found["loss %s" % blank] = loss
        found["gradient %s" % blank] = tf.gradients(loss * weights, logits)[0]
    unique = tf.nn.ctc_unique_labels(labels)
    found["unique"], found["numbers"] = unique
    across = tf.transpose(logits, [1, 0, 2])
    found["across"] = tf.nn.ctc_loss_v2(labels, across, counts, lengths, False, unique=unique)
    found["collapsed"], found["left"] = tf.nn.collapse_repeated(labels, counts)
    sparse = tf.SparseTensor([[0, 0], [0, 1], [1, 0], [2, 0]], [1, 3, 2, 0], [3, 2])
    found["sparse"] = tf.nn.ctc_loss_v2(sparse, logits, None, lengths, blank_index=-1)
    with tf.Session() as session:
        return session.run(found)


SCENARIOS["ctc dense"] = dense_ctc
