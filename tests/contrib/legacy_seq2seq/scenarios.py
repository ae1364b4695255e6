"""Unrolled encoders and decoders: outputs, states and gradients."""

import numpy as np

SCENARIOS = {}
BATCH, UNITS, WORDS = 3, 4, 7


def classes(tf, count, seed):
    values = np.random.RandomState(seed).randint(0, WORDS, [count, BATCH]).astype("i4")
    return [tf.constant(row) for row in values]


def results(tf, outputs, state):
    flat = outputs + tf.contrib.framework.nest.flatten(state)
    gradients = tf.gradients([tf.square(part) for part in flat], tf.trainable_variables())
    found = {"%02d" % i: part for i, part in enumerate(flat)}
    for i, part in enumerate(gradients):
        if part is not None:
            found["gradient %02d" % i] = tf.convert_to_tensor(part)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(found)


def model(kind, previous):
    def build(tf):
        legacy = tf.contrib.legacy_seq2seq
        tf.set_random_seed(4)
        feeds = previous
        if previous in ("on", "off"):
            feeds = tf.placeholder_with_default(previous == "on", [])
        sources, targets = classes(tf, 3, 0), classes(tf, 4, 1)
        with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-1, 1, seed=2)):
            cell = tf.nn.rnn_cell.BasicLSTMCell(UNITS)
            if kind == "tied":
                found = legacy.embedding_tied_rnn_seq2seq(
                    sources, targets, cell, WORDS, 2, feed_previous=feeds
                )
            elif kind == "plain":
                found = legacy.embedding_rnn_seq2seq(
                    sources, targets, cell, WORDS, WORDS, 2, feed_previous=feeds
                )
            else:
                found = legacy.embedding_attention_seq2seq(
                    sources, targets, cell, WORDS, WORDS, 2, num_heads=2, feed_previous=feeds
                )
        return results(tf, *found)

    SCENARIOS["%s %s" % (kind, previous)] = build


for kind in ("plain", "tied", "attention"):
    for previous in (False, True, "on", "off"):
        model(kind, previous)


def losses(tf):
    legacy = tf.contrib.legacy_seq2seq
    logits = [tf.constant(np.random.RandomState(i).normal(size=[BATCH, 5]).astype("f4")) for i in range(3)]
    targets = [tf.constant([1, 0, 4]), tf.constant([2, 2, 2]), tf.constant([3, 0, 0])]
    weights = [tf.constant([1.0, 0.5, 0]), tf.constant([1.0, 2, 0]), tf.constant([0.0, 2, 0])]
    found = {}
    for steps in (False, True):
        found["examples %s" % steps] = legacy.sequence_loss_by_example(logits, targets, weights, steps)
        for batch in (False, True):
            found["%s %s" % (steps, batch)] = legacy.sequence_loss(logits, targets, weights, steps, batch)
    with tf.Session() as session:
        return session.run(found)


SCENARIOS["losses"] = losses
