"""Loops and conditionals, their gradients, and recurrent networks that are loops."""

import numpy as np

from benchmarks.adapter import rnn_cell, tf
from benchmarks.cases import dense, initialised_session


def while_loop(iterations=1000):
    """A scalar counted up and halved, so many times."""
    x = tf.placeholder(tf.float32, [])
    loop = tf.while_loop(lambda i, y: i < iterations, lambda i, y: (i + 1, y * 0.5 + x), [0, x])
    session = tf.Session()
    return lambda: session.run(loop[1], feed_dict={x: 1.5})


def while_20000():
    """The first run of a longer one."""
    step = while_loop(20000)
    return lambda: float(step())


def while_gradient(iterations=100):
    """The gradient of a loop for what it begins with and for what it captures."""
    x = tf.placeholder(tf.float32, [])
    w = tf.Variable(0.9, trainable=False)
    loop = tf.while_loop(lambda i, y: i < iterations, lambda i, y: (i + 1, y * w + x), [0, x])
    gradients = tf.gradients(loop[1], [x, w])
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return lambda: session.run(gradients, feed_dict={x: 1.5})


def cond():
    """A conditional with a fed predicate."""
    chosen = tf.placeholder(tf.bool, [])
    x = tf.placeholder(tf.float32, [])
    y = tf.cond(chosen, lambda: x * 2.0 + 1.0, lambda: x - 1.0)
    session = tf.Session()
    return lambda: session.run(y, feed_dict={chosen: True, x: 3.0})


def map_fn(count=100):
    """A function of each of so many rows."""
    x = tf.placeholder(tf.float32, [count, 8])
    y = tf.map_fn(lambda row: tf.reduce_sum(row * row) + 1.0, x)
    value = np.arange(count * 8, dtype=np.float32).reshape(count, 8) / 100
    session = tf.Session()
    return lambda: session.run(y, feed_dict={x: value})


def scan(count=100):
    """A running state over so many rows."""
    x = tf.placeholder(tf.float32, [count, 8])
    y = tf.scan(lambda state, row: state * 0.9 + row, x)
    value = np.arange(count * 8, dtype=np.float32).reshape(count, 8) / 100
    session = tf.Session()
    return lambda: session.run(y, feed_dict={x: value})


def language_model(optimizer, words=10000, size=200, batch=20, length=20, dropout=True):
    """A dynamic LSTM with dropout that foretells words.

    Args:
        optimizer: makes the step.
        words: how many there are.
        size: units, and the size of an embedding.
        batch: sequences a step.
        length: words in a sequence; None if each batch has its own.
        dropout: whether what goes into the cell and comes out is dropped at random.

    Returns:
        A function of a text (batch, words + 1) that makes a step and gives its loss.
    """
    inputs = tf.placeholder(tf.int32, [batch, length])
    targets = tf.placeholder(tf.int32, [batch, length])
    embedded = tf.nn.embedding_lookup(tf.get_variable("embedding", [words, size]), inputs)
    cell = rnn_cell.BasicLSTMCell(size, forget_bias=0.0)
    if dropout:
        cell = rnn_cell.DropoutWrapper(cell, output_keep_prob=0.5, seed=1)
        embedded = tf.nn.dropout(embedded, keep_prob=0.5, seed=2)
    outputs, _ = tf.nn.dynamic_rnn(cell, embedded, dtype=tf.float32)
    logits = dense(tf.reshape(outputs, [-1, size]), words, "logits")
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.reshape(targets, [-1]), logits=logits)
    loss = tf.reduce_mean(losses)
    variables = tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
    train = optimizer.apply_gradients(zip(gradients, variables))
    session = initialised_session()

    def step(text):
        return session.run([train, loss], feed_dict={inputs: text[:, :-1], targets: text[:, 1:]})[1]

    return step


def text_of(random, batch, length, words=10000):
    """Random words, one more than a step reads."""
    return random.randint(0, words, (batch, length + 1)).astype(np.int32)


def dynamic_lstm_sgd():
    """The language model with gradient descent."""
    step = language_model(tf.train.GradientDescentOptimizer(0.5))
    text = text_of(np.random.RandomState(0), 20, 20)
    return lambda: step(text)


def dynamic_lstm_adam():
    """The language model with Adam."""
    step = language_model(tf.train.AdamOptimizer(1e-3))
    text = text_of(np.random.RandomState(0), 20, 20)
    return lambda: step(text)


def dynamic_lstm_20_steps():
    """The language model from nothing to the end of step 20."""
    step = dynamic_lstm_sgd()
    return [step() for _ in range(20)]


def dynamic_lstm_lengths(batches=40):
    """Batches of so many different lengths, each once, from the first step."""
    step = language_model(tf.train.GradientDescentOptimizer(0.5), length=None)
    random = np.random.RandomState(0)
    texts = [text_of(random, 20, length) for length in random.permutation(range(10, 10 + batches))]
    return lambda: [step(text) for text in texts]


def dynamic_lstm_500():
    """Five steps over sequences of 500 words, of which there are few."""
    words = 1000
    step = language_model(tf.train.GradientDescentOptimizer(0.5), words=words, length=500)
    text = text_of(np.random.RandomState(0), 20, 500, words)
    return [step(text) for _ in range(5)]


def beam_search(words=1000, size=64, batch=8, width=5, length=30):
    """A decoder with an LSTM that looks for the best of many sentences, to the greatest length."""
    seq2seq = tf.contrib.seq2seq
    embedding = tf.get_variable("embedding", [words, size])
    first = tf.placeholder(tf.float32, [batch, size])
    cell = tf.nn.rnn_cell.BasicLSTMCell(size)
    start = tf.nn.rnn_cell.LSTMStateTuple(first, tf.zeros_like(first))
    decoder = seq2seq.BeamSearchDecoder(
        cell=cell,
        embedding=embedding,
        start_tokens=tf.fill([batch], 1),
        end_token=0,
        initial_state=seq2seq.tile_batch(start, width),
        beam_width=width,
        output_layer=tf.layers.Dense(words),
    )
    outputs, _, lengths = seq2seq.dynamic_decode(decoder, maximum_iterations=length)
    scores = outputs.beam_search_decoder_output.scores  # where words are equally good, either is right
    session = initialised_session()
    value = np.random.RandomState(0).randn(batch, size).astype(np.float32)
    return lambda: session.run([scores, lengths, outputs.predicted_ids], feed_dict={first: value})[:2]
