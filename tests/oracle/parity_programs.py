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


def language_model(tf):
    """A language model of two LSTM layers in a loop over time, dropout, clipped gradients."""
    tf.set_random_seed(5)
    words = np.random.RandomState(4).randint(0, 30, [STEPS, 6, 9])
    text = tf.placeholder(tf.int32, [6, 9])
    lengths = tf.constant([8, 8, 5, 8, 3, 7])
    with tf.variable_scope("model", initializer=tf.random_uniform_initializer(-0.2, 0.2)):
        table = tf.get_variable("embedding", [30, 12])
        inputs = tf.nn.dropout(tf.nn.embedding_lookup(table, text[:, :-1]), 0.8)
        layers = [
            tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.LSTMCell(12), output_keep_prob=0.7) for _ in range(2)
        ]
        outputs, _ = tf.nn.dynamic_rnn(
            tf.nn.rnn_cell.MultiRNNCell(layers), inputs, lengths, dtype=tf.float32, parallel_iterations=1
        )
        logits = tf.layers.dense(outputs, 30)
    weights = tf.sequence_mask(lengths, 8, dtype=tf.float32)
    loss = tf.contrib.seq2seq.sequence_loss(logits, text[:, 1:], weights)
    variables = tf.trainable_variables()
    clipped, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 1.0)
    train = tf.train.GradientDescentOptimizer(0.5).apply_gradients(zip(clipped, variables))
    return _train(tf, loss, train, lambda step: {text: words[step]})


def tagger(tf):
    """A tagger: a network in both directions, and a conditional random field."""
    tf.set_random_seed(6)
    random = np.random.RandomState(5)
    words, tags = random.randint(0, 20, [STEPS, 5, 7]), random.randint(0, 4, [STEPS, 5, 7])
    text, labels = tf.placeholder(tf.int32, [None, 7]), tf.placeholder(tf.int32, [None, 7])
    lengths = tf.constant([7, 4, 1, 6, 2])
    table = tf.get_variable("embedding", [20, 8])
    outputs, _ = tf.nn.bidirectional_dynamic_rnn(
        tf.nn.rnn_cell.LSTMCell(6),
        tf.nn.rnn_cell.GRUCell(5),
        tf.nn.embedding_lookup(table, text),
        lengths,
        dtype=tf.float32,
    )
    scores = tf.layers.dense(tf.concat(outputs, 2), 4)
    likelihood, transitions = tf.contrib.crf.crf_log_likelihood(scores, labels, lengths)
    tf.contrib.crf.crf_decode(scores, transitions, lengths)
    loss = tf.reduce_mean(-likelihood)
    train = tf.train.AdamOptimizer(0.02).minimize(loss)
    return _train(tf, loss, train, lambda step: {text: words[step], labels: tags[step]})


def translation(tf):
    """An encoder, a decoder with attention, and beam search with the same variables before each update."""
    tf.set_random_seed(7)
    lib, cells = tf.contrib.seq2seq, tf.nn.rnn_cell
    random = np.random.RandomState(6)
    sources, targets = random.randint(3, 15, [STEPS, 4, 6]), random.randint(3, 15, [STEPS, 4, 5])
    source, target = tf.placeholder(tf.int32, [4, 6]), tf.placeholder(tf.int32, [4, 5])
    source_lengths, target_lengths = tf.constant([6, 3, 5, 1]), tf.constant([5, 4, 2, 5])
    table = tf.get_variable("embedding", [15, 8])
    layer = tf.layers.Dense(15, use_bias=False, name="projection")
    memory, state = tf.nn.dynamic_rnn(
        cells.GRUCell(8), tf.nn.embedding_lookup(table, source), source_lengths, dtype=tf.float32
    )

    def decoder(width):
        tiled, ends, start = memory, source_lengths, state
        if width:
            tiled, ends, start = lib.tile_batch((memory, source_lengths, state), width)
        cell = lib.AttentionWrapper(
            cells.GRUCell(8), lib.BahdanauAttention(8, tiled, ends, normalize=True), attention_layer_size=8
        )
        first = cell.zero_state(4 * max(width, 1), tf.float32).clone(cell_state=start)
        if width:
            return lib.BeamSearchDecoder(
                cell, table, [1] * 4, 2, first, width, output_layer=layer, length_penalty_weight=0.5
            )
        inputs = tf.nn.embedding_lookup(table, tf.concat([tf.fill([4, 1], 1), target[:, :-1]], 1))
        return lib.BasicDecoder(cell, lib.TrainingHelper(inputs, target_lengths), first, output_layer=layer)

    with tf.variable_scope("decoder"):
        outputs, _, _ = lib.dynamic_decode(decoder(0), scope="steps")
    with tf.variable_scope("decoder", reuse=True):
        found, _, _ = lib.dynamic_decode(decoder(3), scope="steps", maximum_iterations=8)
    weights = tf.sequence_mask(target_lengths, 5, dtype=tf.float32)
    loss = lib.sequence_loss(outputs.rnn_output, target, weights)
    # The scores of the beams are a part of the loss that is compared, but nothing is trained by them.
    seen = loss + 0.01 * tf.stop_gradient(tf.reduce_mean(found.beam_search_decoder_output.scores))
    with tf.control_dependencies([seen]):
        train = tf.train.AdamOptimizer(0.02).minimize(loss)

    def feeds(step):
        return {source: sources[step], target: targets[step]}

    return _train(tf, seen, train, feeds)


def speech(tf):
    """A network over frames, trained by the labels that it is to put out in order (CTC)."""
    tf.set_random_seed(8)
    random = np.random.RandomState(7)
    sounds = random.normal(size=[STEPS, 9, 4, 5]).astype("f4")
    frames = tf.placeholder(tf.float32, [9, None, 5])
    lengths = tf.constant([9, 7, 5, 8])
    indices = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [2, 0], [3, 0], [3, 1]]
    labels = tf.SparseTensor(indices, tf.constant([1, 1, 3, 0, 2, 4, 2, 0]), [4, 3])
    outputs, _ = tf.nn.dynamic_rnn(
        tf.nn.rnn_cell.LSTMCell(8), frames, lengths, dtype=tf.float32, time_major=True
    )
    logits = tf.layers.dense(outputs, 6)
    loss = tf.reduce_mean(tf.nn.ctc_loss(labels, logits, lengths))
    tf.nn.ctc_beam_search_decoder(logits, lengths, beam_width=4)
    train = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss)
    return _train(tf, loss, train, lambda step: {frames: sounds[step]})


PROGRAMS = {
    "softmax": softmax,
    "convolution": convolution,
    "embedding": embedding,
    "partitioned": partitioned,
    "language model": language_model,
    "tagger": tagger,
    "translation": translation,
    "speech": speech,
}
