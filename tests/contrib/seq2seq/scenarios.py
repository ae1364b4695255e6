"""Decoders, attention and beam search: outputs, states, lengths and gradients of seeded programs."""

import numpy as np

SCENARIOS = {}
BATCH, STEPS, UNITS, WORDS, WIDTH = 4, 5, 6, 9, 3
LENGTHS = [3, 5, 1, 4]


def scenario(function):
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def draw(*shape):
    return np.random.RandomState(sum(shape)).normal(size=shape).astype("f4")


def flat(tf, value):
    """The tensors of a structure by number; arrays stacked."""
    found = []
    for part in tf.contrib.framework.nest.flatten(value):
        found.append(part.stack() if isinstance(part, tf.TensorArray) else part)
    return {"%02d" % i: part for i, part in enumerate(found)}


def run(tf, tensors, feeds=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(tensors, feeds)


def decoded(tf, decoder, **options):
    """What a decoder comes to, and gradients by all variables."""
    outputs, state, lengths = tf.contrib.seq2seq.dynamic_decode(decoder, **options)
    found = flat(tf, [outputs, state, lengths])
    floats = [tf.reduce_sum(tf.square(found[key])) for key in sorted(found) if found[key].dtype == tf.float32]
    gradients = tf.gradients(tf.add_n(floats), tf.trainable_variables())
    for i, part in enumerate(gradients):
        if part is not None:
            found["gradient %d" % i] = tf.convert_to_tensor(part)
    return run(tf, found)


MECHANISMS = {
    "bahdanau": lambda lib, memory: lib.BahdanauAttention(UNITS, memory, LENGTHS),
    "bahdanau normalized": lambda lib, memory: lib.BahdanauAttention(
        UNITS, memory, LENGTHS, normalize=True, score_mask_value=-3.0
    ),
    "luong": lambda lib, memory: lib.LuongAttention(UNITS, memory),
    "luong scaled": lambda lib, memory: lib.LuongAttention(UNITS, memory, LENGTHS, scale=True),
    "hard": lambda lib, memory: lib.LuongAttention(UNITS, memory, LENGTHS, probability_fn=lib.hardmax),
    "keys": lambda lib, memory: lib.LuongAttention(
        UNITS, memory, LENGTHS, custom_key_value_fn=lambda keys, values: (keys * 2.0, values + 1.0)
    ),
    "bahdanau monotonic": lambda lib, memory: lib.BahdanauMonotonicAttention(
        UNITS, memory, LENGTHS, normalize=True, sigmoid_noise=0.7, sigmoid_noise_seed=3
    ),
    "luong monotonic": lambda lib, memory: lib.LuongMonotonicAttention(
        UNITS, memory, LENGTHS, scale=True, mode="recursive", score_bias_init=-0.5
    ),
    "monotonic hard": lambda lib, memory: lib.LuongMonotonicAttention(UNITS, memory, LENGTHS, mode="hard"),
}


def attending(name, options):
    def build(tf):
        lib = tf.contrib.seq2seq
        tf.set_random_seed(5)
        with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=2)):
            mechanism = MECHANISMS[name](lib, tf.constant(draw(BATCH, STEPS, UNITS)))
            cell = lib.AttentionWrapper(
                tf.nn.rnn_cell.GRUCell(UNITS), mechanism, alignment_history=True, **options
            )
            helper = lib.TrainingHelper(tf.constant(draw(BATCH, STEPS, 3)), LENGTHS)
            decoder = lib.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32))
            return decoded(tf, decoder, impute_finished=name == "luong scaled", parallel_iterations=1)

    SCENARIOS["attention " + name] = build


for i, name in enumerate(sorted(MECHANISMS)):
    attending(name, {"attention_layer_size": 4} if i % 2 else {"output_attention": i % 4 == 0})


HELPERS = {
    "greedy": lambda tf, lib, inputs, table: lib.GreedyEmbeddingHelper(table, [1] * BATCH, 2),
    "drawn": lambda tf, lib, inputs, table: lib.SampleEmbeddingHelper(
        table, [1] * BATCH, 2, softmax_temperature=0.5, seed=5
    ),
    "scheduled": lambda tf, lib, inputs, table: lib.ScheduledEmbeddingTrainingHelper(
        inputs, LENGTHS, table, 0.5, seed=1, scheduling_seed=2
    ),
    "outputs": lambda tf, lib, inputs, table: lib.ScheduledOutputTrainingHelper(inputs, LENGTHS, 0.5, seed=1),
    "auxiliary": lambda tf, lib, inputs, table: lib.ScheduledOutputTrainingHelper(
        inputs,
        LENGTHS,
        0.5,
        seed=1,
        next_inputs_fn=lambda outputs: tf.layers.dense(outputs, 3, name="next"),
        auxiliary_inputs=inputs,
    ),
    "custom": lambda tf, lib, inputs, table: lib.CustomHelper(
        lambda: (tf.tile([False], [BATCH]), inputs[:, 0]),
        lambda time, outputs, state: tf.cast(tf.argmax(outputs, 1), tf.int32),
        lambda time, outputs, state, sample_ids: (
            tf.equal(sample_ids, time),
            tf.nn.embedding_lookup(table, sample_ids),
            state,
        ),
    ),
}


def helped(name):
    def build(tf):
        lib = tf.contrib.seq2seq
        tf.set_random_seed(5)
        with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-1, 1, seed=2)):
            table = tf.get_variable("embedding", [WORDS, 3])
            helper = HELPERS[name](tf, lib, tf.constant(draw(BATCH, STEPS, 3)), table)
            layer = None if name in ("outputs", "auxiliary") else tf.layers.Dense(WORDS, use_bias=False)
            decoder = lib.BasicDecoder(
                tf.nn.rnn_cell.BasicRNNCell(3), helper, tf.zeros([BATCH, 3]), output_layer=layer
            )
            return decoded(tf, decoder, maximum_iterations=7, parallel_iterations=1)

    SCENARIOS["helper " + name] = build


for name in sorted(HELPERS):
    helped(name)


def searching(name, several=False, length=0.0, coverage=0.0, **options):
    def build(tf):
        lib = tf.contrib.seq2seq
        tf.set_random_seed(5)
        with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-1, 1, seed=2)):
            memory = tf.placeholder_with_default(draw(BATCH, STEPS, UNITS), [None, None, UNITS])
            tiled, ends, state = lib.tile_batch((memory, tf.constant(LENGTHS), draw(BATCH, UNITS)), WIDTH)
            mechanism = lib.BahdanauAttention(UNITS, tiled, ends)
            cell = lib.AttentionWrapper(
                tf.nn.rnn_cell.GRUCell(UNITS),
                [mechanism, lib.LuongAttention(UNITS, tiled)] if several else mechanism,
                attention_layer_size=[5, 4] if several else 5,
                alignment_history=not several,
            )
            start = cell.zero_state(BATCH * WIDTH, tf.float32).clone(cell_state=state)
            decoder = lib.BeamSearchDecoder(
                cell,
                tf.get_variable("embedding", [WORDS, 5]),
                tf.fill([BATCH], 1),
                2,
                start,
                WIDTH,
                output_layer=tf.layers.Dense(WORDS),
                length_penalty_weight=length,
                coverage_penalty_weight=coverage,
            )
            outputs, state, lengths = lib.dynamic_decode(decoder, maximum_iterations=12, **options)
            return run(tf, flat(tf, [outputs, state, lengths]))

    SCENARIOS["beam search " + name] = build


searching("plain", output_time_major=True)
searching("lengths", length=0.8)
searching("coverage", length=0.3, coverage=0.4)
searching("several", several=True, coverage=0.2)


@scenario
def beam_search_without_attention(tf):
    lib = tf.contrib.seq2seq
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-1, 1, seed=2)):
        tuples = tf.nn.rnn_cell.LSTMStateTuple
        cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(UNITS) for _ in range(2)])
        state = lib.tile_batch(tuple(tuples(draw(BATCH, UNITS), draw(BATCH, UNITS)) for _ in range(2)), WIDTH)
        table = tf.constant(draw(WORDS, 5))
        decoder = lib.BeamSearchDecoder(
            cell,
            lambda ids: tf.nn.embedding_lookup(table, ids),
            [1] * BATCH,
            2,
            state,
            WIDTH,
            output_layer=tf.layers.Dense(WORDS),
        )
        return run(tf, flat(tf, lib.dynamic_decode(decoder, maximum_iterations=20)))


@scenario
def trees(tf):
    lib = tf.contrib.seq2seq
    numbers = np.random.RandomState(0)
    ids = numbers.randint(0, 6, [6, 3, 4]).astype("i4")
    parents = numbers.randint(0, 4, [6, 3, 4]).astype("i4")
    found = {
        "%s %s" % (lengths, end): lib.gather_tree(ids, parents, lengths, end)
        for lengths in ((6, 6, 6), (4, 0, 9), (1, 2, -1))
        for end in (3, 7)
    }
    fed = [tf.placeholder(tf.int32) for _ in range(4)]
    found["fed"] = lib.gather_tree(*fed)
    return run(tf, found, dict(zip(fed, (ids, parents, [5, 6, 2], 1))))


@scenario
def monotonic_attentions(tf):
    lib = tf.contrib.seq2seq
    p = tf.constant(1 / (1 + np.exp(-draw(3, 7))))
    before = tf.constant(np.exp(draw(3, 7)) / np.exp(draw(3, 7)).sum(1, keepdims=True))
    found = {}
    for mode in ("recursive", "parallel", "hard"):
        chosen = tf.round(p) if mode == "hard" else p
        attention = lib.monotonic_attention(chosen, before, mode)
        found[mode] = attention
        found[mode + " gradient"] = tf.gradients(tf.square(attention), before)[0]
        if mode != "hard":
            found[mode + " gradient by p"] = tf.gradients(tf.square(attention), p)[0]
    found["products"] = lib.safe_cumprod(p, axis=1, exclusive=True)
    found["hardmax"] = lib.hardmax(draw(4, 5))
    return run(tf, found)


@scenario
def losses(tf):
    logits, targets = tf.constant(draw(3, 4, 5)), tf.constant([[0, 1, 2, 3], [4, 3, 2, 1], [0, 0, 0, 0]])
    weights = tf.constant([[1, 1, 0, 0], [1, 0.5, 2, 0], [0, 0, 0, 0]], tf.float32)
    found = {}
    for average in ((0, 0), (0, 1), (1, 0), (1, 1)):
        for total in ((0, 0), (0, 1), (1, 0), (1, 1)):
            if any(a and b for a, b in zip(average, total)):
                continue
            loss = tf.contrib.seq2seq.sequence_loss(
                logits, targets, weights, bool(average[0]), bool(average[1]), bool(total[0]), bool(total[1])
            )
            found["%s %s" % (average, total)] = loss
            found["%s %s gradient" % (average, total)] = tf.gradients(loss, logits)[0]
    return run(tf, found)
