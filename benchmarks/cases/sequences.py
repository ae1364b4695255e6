"""Models of sequences: recurrent, attending, convolving."""

import numpy as np

from benchmarks.adapter import rnn_cell, tf
from benchmarks.cases import classes, dense, initialised_session


def sequence_loss(labels, logits):
    """Mean loss over all places of all sequences."""
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))


def lstm(words=2000, size=200, batch=20, length=20):
    """A language model: two layers with dropout unrolled over 20 words, clipped gradient descent."""
    inputs = tf.placeholder(tf.int32, [batch, length])
    targets = tf.placeholder(tf.int32, [batch, length])
    embedded = tf.nn.embedding_lookup(tf.get_variable("embedding", [words, size]), inputs)
    cells = [
        rnn_cell.DropoutWrapper(
            rnn_cell.BasicLSTMCell(size, forget_bias=0.0), output_keep_prob=0.5, seed=layer
        )
        for layer in range(2)
    ]
    stack = rnn_cell.MultiRNNCell(cells)
    state = stack.zero_state(batch, tf.float32)
    steps = tf.unstack(tf.nn.dropout(embedded, keep_prob=0.5, seed=2), num=length, axis=1)
    outputs, _ = tf.nn.static_rnn(stack, steps, initial_state=state)
    logits = dense(tf.reshape(tf.concat(outputs, 1), [-1, size]), words, "logits")
    loss = sequence_loss(tf.reshape(targets, [-1]), logits)
    variables = tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
    train = tf.train.GradientDescentOptimizer(0.5).apply_gradients(zip(gradients, variables))
    session = initialised_session()
    random = np.random.RandomState(0)
    text = random.randint(0, words, (batch, length + 1)).astype(np.int32)
    feeds = {inputs: text[:, :-1], targets: text[:, 1:]}
    return lambda: session.run([train, loss], feed_dict=feeds)[1]


def lstm_20_steps():
    """The same from nothing to the end of step 20."""
    step = lstm()
    return [step() for _ in range(20)]


def layer_norm(x, name):
    """Normalization of each place, from its parts."""
    size = x.shape.as_list()[-1]
    with tf.variable_scope(name):
        scale = tf.get_variable("gamma", [size], initializer=tf.ones_initializer())
        offset = tf.get_variable("beta", [size], initializer=tf.zeros_initializer())
    mean, variance = tf.nn.moments(x, [-1], keep_dims=True)
    return (x - mean) * tf.rsqrt(variance + 1e-6) * scale + offset


def attention(x, heads, batch, length, name):
    """Each place of a sequence looks at all of them; `x` is (batch × length, size)."""
    size = x.shape.as_list()[-1]

    def split(part):
        parts = tf.reshape(dense(x, size, part), [batch, length, heads, size // heads])
        return tf.transpose(parts, [0, 2, 1, 3])

    with tf.variable_scope(name):
        query, key, value = split("query"), split("key"), split("value")
        weights = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * (size // heads) ** -0.5)
        mixed = tf.transpose(tf.matmul(weights, value), [0, 2, 1, 3])
        return dense(tf.reshape(mixed, [batch * length, size]), size, "out")


def transformer(words=1000, size=128, heads=4, layers=2, batch=16, length=64):
    """An encoder of two layers that names the words it read, Adam."""
    inputs = tf.placeholder(tf.int32, [batch, length])
    targets = tf.placeholder(tf.int32, [batch, length])
    embedded = tf.nn.embedding_lookup(tf.get_variable("embedding", [words, size]), inputs)
    places = tf.get_variable("places", [length, size])
    x = tf.reshape(embedded * size**0.5 + places, [batch * length, size])
    for layer in range(layers):
        with tf.variable_scope("layer%d" % layer):
            x = layer_norm(x + attention(x, heads, batch, length, "attention"), "norm1")
            inner = dense(dense(x, 4 * size, "wide", tf.nn.relu), size, "narrow")
            x = layer_norm(x + inner, "norm2")
    loss = sequence_loss(tf.reshape(targets, [-1]), dense(x, words, "logits"))
    train = tf.train.AdamOptimizer(1e-3).minimize(loss)
    session = initialised_session()
    text = np.random.RandomState(0).randint(0, words, (batch, length)).astype(np.int32)
    return lambda: session.run([train, loss], feed_dict={inputs: text, targets: text})[1]


def text_cnn(words=5000, size=64, batch=32, batches=50):
    """Sentences as long as the longest of their batch, filters of 3, 4 and 5 words, Adam; one pass."""
    x = tf.placeholder(tf.int32, [None, None])
    y = tf.placeholder(tf.int32, [None])
    embedded = tf.expand_dims(tf.nn.embedding_lookup(tf.get_variable("embedding", [words, size]), x), -1)
    pooled = []
    for width in (3, 4, 5):
        with tf.variable_scope("width%d" % width):
            filters = tf.get_variable("filters", [width, size, 1, 64])
            bias = tf.get_variable("bias", [64], initializer=tf.zeros_initializer())
        seen = tf.nn.conv2d(embedded, filters, strides=[1, 1, 1, 1], padding="VALID")
        pooled.append(tf.reduce_max(tf.nn.relu(tf.nn.bias_add(seen, bias)), [1, 2]))
    logits = dense(tf.reshape(tf.concat(pooled, 1), [-1, 3 * 64]), 2, "logits")
    loss = sequence_loss(y, logits)
    train = tf.train.AdamOptimizer(1e-3).minimize(loss)
    session = initialised_session()
    random = np.random.RandomState(0)
    lengths = random.randint(20, 60, batches)
    data = [
        (random.randint(0, words, (batch, n)).astype(np.int32), classes(random, batch, 2)) for n in lengths
    ]
    return lambda: [session.run([train, loss], feed_dict={x: a, y: b})[1] for a, b in data]
