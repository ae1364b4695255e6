"""Seeded training programs whose first losses and initial weights are compared with TensorFlow 1.15.5.

Each function takes the module `tf` and returns (initial weights by name, losses of the first 20 steps).
Runs under Python 3.7 as well.
"""

import numpy as np

STEPS = 20


def _data(seed, shape, classes):
    random = np.random.RandomState(seed)
    return random.rand(*shape).astype(np.float32), random.randint(0, classes, shape[0])


def _train(tf, loss, train, feeds):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        variables = tf.trainable_variables()
        weights = dict(zip([v.name for v in variables], session.run(variables)))
        losses = [session.run([loss, train], feeds(step))[0] for step in range(STEPS)]
    return weights, losses


def softmax(tf):
    """Softmax regression, gradient descent."""
    tf.set_random_seed(1)
    images, labels = _data(0, (640, 64), 10)
    x = tf.placeholder(tf.float32, [None, 64])
    y = tf.placeholder(tf.float32, [None, 10])
    w = tf.Variable(tf.truncated_normal([64, 10], stddev=0.1), name="w")
    b = tf.Variable(tf.zeros([10]), name="b")
    logits = tf.matmul(x, w) + b
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=logits))
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    one_hot = np.eye(10, dtype=np.float32)[labels]

    def feeds(step):
        rows = slice(32 * step, 32 * step + 32)
        return {x: images[rows], y: one_hot[rows]}

    return _train(tf, loss, train, feeds)


def convolution(tf):
    """Two convolutions with pooling, dropout from the graph's seed, Adam."""
    tf.set_random_seed(2)
    images, labels = _data(1, (640, 12, 12, 1), 10)
    x = tf.placeholder(tf.float32, [None, 12, 12, 1])
    y = tf.placeholder(tf.int64, [None])
    keep = tf.placeholder(tf.float32)
    hidden = tf.layers.conv2d(x, 8, 3, padding="same", activation=tf.nn.relu)
    hidden = tf.layers.max_pooling2d(hidden, 2, 2)
    hidden = tf.layers.conv2d(hidden, 16, 3, padding="same", activation=tf.nn.relu)
    hidden = tf.layers.flatten(tf.layers.max_pooling2d(hidden, 2, 2))
    hidden = tf.nn.dropout(tf.layers.dense(hidden, 32, activation=tf.nn.relu), keep)
    logits = tf.layers.dense(hidden, 10)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    train = tf.train.AdamOptimizer(1e-3).minimize(loss)

    def feeds(step):
        rows = slice(32 * step, 32 * step + 32)
        return {x: images[rows], y: labels[rows], keep: 0.6}

    return _train(tf, loss, train, feeds)


def embedding(tf):
    """Embeddings with negative samples from the graph's seed; sparse gradients, Adagrad."""
    tf.set_random_seed(3)
    random = np.random.RandomState(2)
    words = random.randint(0, 50, (STEPS, 16))
    context = random.randint(0, 50, (STEPS, 16))
    center = tf.placeholder(tf.int32, [16])
    target = tf.placeholder(tf.int32, [16])
    table = tf.get_variable("table", [50, 8], initializer=tf.random_uniform_initializer(-1, 1))
    output = tf.get_variable("output", [50, 8])
    noise = tf.random_uniform([16], 0, 50, dtype=tf.int32)
    vectors = tf.nn.embedding_lookup(table, center)
    near = tf.reduce_sum(vectors * tf.nn.embedding_lookup(output, target), 1)
    far = tf.reduce_sum(vectors * tf.nn.embedding_lookup(output, noise), 1)
    loss = tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones_like(near), logits=near)
        + tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.zeros_like(far), logits=far)
    )
    train = tf.train.AdagradOptimizer(0.5).minimize(loss)
    return _train(tf, loss, train, lambda step: {center: words[step], target: context[step]})


def partitioned(tf):
    """Embeddings and dense layers in parts, of both kinds of variables; sparse gradients, Adam."""
    tf.set_random_seed(4)
    random = np.random.RandomState(5)
    words, labels = random.randint(0, 30, 16), random.randint(0, 5, (STEPS, 16))
    center, target = tf.placeholder(tf.int64, [16]), tf.placeholder(tf.int64, [16])
    with tf.variable_scope("model", partitioner=tf.fixed_size_partitioner(3)):
        table = tf.get_variable("table", [30, 8])
        other = tf.get_variable("other", [30, 8], use_resource=True)
        rows = tf.nn.embedding_lookup(table, center) + tf.nn.embedding_lookup(other, center, "div")
        hidden = tf.layers.dense(rows, 8, tf.nn.tanh, kernel_initializer=tf.truncated_normal_initializer())
        logits = tf.layers.dense(hidden, 5, kernel_initializer=tf.glorot_normal_initializer())
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits))
    train = tf.train.AdamOptimizer(0.01).minimize(loss)
    # In another order the parts get as many rows as before, so that a program fits all steps.
    return _train(tf, loss, train, lambda i: {center: np.roll(words, i), target: labels[i]})


PROGRAMS = {
    "softmax": softmax,
    "convolution": convolution,
    "embedding": embedding,
    "partitioned": partitioned,
}
