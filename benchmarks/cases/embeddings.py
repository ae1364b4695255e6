"""A large table of which a step touches few rows."""

import math

import numpy as np

from benchmarks.adapter import tf
from benchmarks.cases import initialised_session

WORDS, SIZE, BATCH, SAMPLED = 50000, 128, 128, 64


def skip_gram(loss_of):
    """Words that name their neighbours, as in the public tutorial; gradient descent.

    Args:
        loss_of: `tf.nn.nce_loss` or `tf.nn.sampled_softmax_loss`.
    """
    tf.set_random_seed(1)
    centers = tf.placeholder(tf.int32, shape=[BATCH])
    contexts = tf.placeholder(tf.int32, shape=[BATCH, 1])
    embeddings = tf.Variable(tf.random_uniform([WORDS, SIZE], -1.0, 1.0))
    embed = tf.nn.embedding_lookup(embeddings, centers)
    weights = tf.Variable(tf.truncated_normal([WORDS, SIZE], stddev=1.0 / math.sqrt(SIZE)))
    biases = tf.Variable(tf.zeros([WORDS]))
    # The seed of the samples, which the tutorial leaves to chance, makes the peers' numbers comparable.
    samples = tf.random.log_uniform_candidate_sampler(
        tf.cast(contexts, tf.int64), 1, SAMPLED, True, WORDS, seed=5
    )
    loss = tf.reduce_mean(
        loss_of(
            weights=weights, biases=biases, labels=contexts, inputs=embed, num_sampled=SAMPLED,
            num_classes=WORDS, sampled_values=samples,
        )
    )  # fmt: skip
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    session = initialised_session()
    random = np.random.RandomState(0)
    feeds = {
        centers: random.randint(0, WORDS, BATCH).astype(np.int32),
        contexts: random.randint(0, WORDS, [BATCH, 1]).astype(np.int32),
    }
    return lambda: session.run([train, loss], feed_dict=feeds)[1]


def word2vec():
    """Noise-contrastive estimation."""
    return skip_gram(tf.nn.nce_loss)


def sampled_softmax():
    """A softmax over a sample."""
    return skip_gram(tf.nn.sampled_softmax_loss)
