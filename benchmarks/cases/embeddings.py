"""A large table of which a step touches few rows."""

import numpy as np

from benchmarks.adapter import tf
from benchmarks.cases import initialised_session

WORDS, SIZE, BATCH, SAMPLED = 50000, 128, 128, 64


def word2vec():
    """Skip-gram with negative samples drawn in the graph, gradient descent."""
    tf.set_random_seed(1)
    centers = tf.placeholder(tf.int32, [BATCH])
    contexts = tf.placeholder(tf.int32, [BATCH])
    table = tf.get_variable("embeddings", [WORDS, SIZE])
    weights = tf.get_variable("weights", [WORDS, SIZE])
    biases = tf.get_variable("biases", [WORDS])
    embedded = tf.nn.embedding_lookup(table, centers)
    negatives = tf.random_uniform([SAMPLED], 0, WORDS, tf.int32, seed=5)
    true_logits = tf.reduce_sum(
        embedded * tf.nn.embedding_lookup(weights, contexts), 1
    ) + tf.nn.embedding_lookup(biases, contexts)
    sampled_logits = tf.matmul(
        embedded, tf.nn.embedding_lookup(weights, negatives), transpose_b=True
    ) + tf.nn.embedding_lookup(biases, negatives)
    true_loss = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.ones_like(true_logits), logits=true_logits
    )
    sampled_loss = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.zeros_like(sampled_logits), logits=sampled_logits
    )
    loss = tf.reduce_mean(true_loss + tf.reduce_sum(sampled_loss, 1))
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    session = initialised_session()
    random = np.random.RandomState(0)
    feeds = {
        centers: random.randint(0, WORDS, BATCH).astype(np.int32),
        contexts: random.randint(0, WORDS, BATCH).astype(np.int32),
    }
    return lambda: session.run([train, loss], feed_dict=feeds)[1]
