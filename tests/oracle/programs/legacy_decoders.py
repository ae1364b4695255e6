"""tf.contrib.legacy_seq2seq: decoders, models with encoders, buckets with a sampled loss, training."""

import tensorflow as tf

legacy = tf.contrib.legacy_seq2seq
cells = tf.nn.rnn_cell
tf.set_random_seed(3)

BATCH, UNITS, WORDS, SIZE = 3, 4, 7, 5


def numbers(count, name):
    return [tf.placeholder(tf.float32, [BATCH, SIZE], name="%s%d" % (name, i)) for i in range(count)]


def classes(count, name, batch=None):
    return [tf.placeholder(tf.int32, [batch], name="%s%d" % (name, i)) for i in range(count)]


def gradients(scope, outputs, state):
    tf.gradients(outputs + tf.contrib.framework.nest.flatten(state), tf.trainable_variables(scope))


sources, targets = classes(2, "source"), classes(2, "target")
feed_previous = tf.placeholder(tf.bool, [], name="feed_previous")
given, steps = numbers(3, "given"), numbers(2, "step")
memory = tf.placeholder(tf.float32, [BATCH, None, UNITS], name="memory")

with tf.variable_scope("plain"):
    gradients("plain", *legacy.rnn_decoder(steps, tf.zeros([BATCH, UNITS]), cells.GRUCell(UNITS)))
with tf.variable_scope("basic"):
    legacy.basic_rnn_seq2seq(given, steps, cells.LSTMCell(UNITS))
with tf.variable_scope("tied"):
    gradients(
        "tied",
        *legacy.tied_rnn_seq2seq(
            given, steps, cells.GRUCell(SIZE), loop_function=lambda previous, i: tf.tanh(previous) * i
        ),
    )
with tf.variable_scope("embedding"):
    cell = tf.contrib.rnn.OutputProjectionWrapper(cells.GRUCell(UNITS), WORDS)
    gradients(
        "embedding",
        *legacy.embedding_rnn_decoder(targets, tf.zeros([BATCH, UNITS]), cell, WORDS, 2, feed_previous=True),
    )
for name, previous in (("fed", True), ("either", feed_previous)):
    for kind in ("rnn", "tied", "attention"):
        scope = "%s_%s" % (kind, name)
        with tf.variable_scope(scope):
            cell = cells.BasicLSTMCell(UNITS) if kind == "rnn" else cells.GRUCell(UNITS)
            if kind == "tied":
                found = legacy.embedding_tied_rnn_seq2seq(
                    sources, targets, cell, WORDS, 2, num_decoder_symbols=WORDS, feed_previous=previous
                )
            elif kind == "rnn":
                found = legacy.embedding_rnn_seq2seq(
                    sources, targets, cell, WORDS, WORDS + 1, 2, feed_previous=previous
                )
            else:
                found = legacy.embedding_attention_seq2seq(
                    sources,
                    targets,
                    cell,
                    WORDS,
                    WORDS + 1,
                    2,
                    num_heads=2,
                    feed_previous=previous,
                    initial_state_attention=name == "fed",
                )
            if scope == "attention_either":
                gradients(scope, *found)
with tf.variable_scope("attention"):
    gradients(
        "attention",
        *legacy.attention_decoder(
            steps,
            cells.LSTMStateTuple(tf.zeros([BATCH, UNITS]), tf.zeros([BATCH, UNITS])),
            memory,
            cells.LSTMCell(UNITS),
            output_size=3,
            num_heads=2,
            initial_state_attention=True,
        ),
    )
with tf.variable_scope("many"):
    outputs, states = legacy.one2many_rnn_seq2seq(
        sources,
        {"a": targets},
        cells.GRUCell(UNITS),
        {"a": cells.GRUCell(UNITS)},
        WORDS,
        {"a": WORDS},
        2,
        feed_previous=feed_previous,
    )

# The model of the translation tutorial: attention, buckets, a sampled softmax, clipped gradients.
with tf.variable_scope("translation"):
    w = tf.get_variable("proj_w", [UNITS, WORDS])
    b = tf.get_variable("proj_b", [WORDS])
    table = tf.transpose(w)

    def sampled(labels, logits):
        labels = tf.reshape(labels, [-1, 1])
        return tf.nn.sampled_softmax_loss(
            weights=table, biases=b, labels=labels, inputs=logits, num_sampled=3, num_classes=WORDS
        )

    def model(encoder_inputs, decoder_inputs, feeds=False):
        return legacy.embedding_attention_seq2seq(
            encoder_inputs,
            decoder_inputs,
            cells.MultiRNNCell([cells.GRUCell(UNITS) for _ in range(2)]),
            num_encoder_symbols=WORDS,
            num_decoder_symbols=WORDS,
            embedding_size=UNITS,
            output_projection=(w, b),
            feed_previous=feeds,
        )

    encoder = classes(2, "encoder")
    decoder = classes(3, "decoder")
    weights = [tf.placeholder(tf.float32, [None], name="weight%d" % i) for i in range(3)]
    _, losses = legacy.model_with_buckets(
        encoder, decoder, decoder[1:], weights, [(1, 1), (2, 2)], model, softmax_loss_function=sampled
    )
    variables = tf.trainable_variables("translation")
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    step = tf.Variable(0, trainable=False)
    for loss in losses:
        clipped, norm = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
        optimizer.apply_gradients(zip(clipped, variables), global_step=step)
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        legacy.model_with_buckets(
            encoder,
            decoder,
            decoder[1:],
            weights,
            [(2, 2)],
            lambda x, y: model(x, y, True),
            per_example_loss=True,
            name="feeding",
        )
legacy.sequence_loss(numbers(2, "a"), targets, weights[:2], False, False)
legacy.sequence_loss_by_example(numbers(2, "b"), targets, weights[:2], False, name="each")
