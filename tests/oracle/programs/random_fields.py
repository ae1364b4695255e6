"""tf.contrib.crf: likelihoods and best tags, of one step, of several, and of an unknown number."""

import tensorflow as tf

crf = tf.contrib.crf
tf.set_random_seed(3)

for name, steps, kind in (("one", 1, tf.int32), ("several", 5, tf.int64), ("unknown", None, tf.int32)):
    with tf.variable_scope(name):
        inputs = tf.placeholder(tf.float32, [None, steps, 4])
        tags = tf.placeholder(kind, [None, steps])
        lengths = tf.placeholder(kind, [None])
        likelihood, transitions = crf.crf_log_likelihood(inputs, tags, lengths)
        if steps == 1:
            tf.gradients(likelihood, inputs)
        else:
            tf.train.GradientDescentOptimizer(0.1).minimize(-tf.reduce_mean(likelihood))
        crf.crf_decode(inputs, transitions, lengths)
        allowed = tf.placeholder(tf.bool, [None, steps, 4])
        score = crf.crf_multitag_sequence_score(inputs, allowed, lengths, transitions)
        tf.gradients(score, inputs if steps == 1 else [inputs, transitions])
given = tf.constant([[0.1, 0.2], [0.3, 0.4]])
pair = tf.placeholder(tf.float32, [3, 2, 2])
crf.crf_log_likelihood(pair, tf.constant([[0, 1]] * 3), tf.constant([2, 1, 0]), given)
crf.crf_log_norm(pair, tf.constant([2, 1, 0]), given)
crf.crf_unary_score(tf.constant([[0, 1]] * 3), [2, 1, 0], pair)
crf.crf_binary_score(tf.constant([[0, 1]] * 3), [2, 1, 0], given)
crf.crf_decode(pair, given, tf.constant([2, 1, 0]))
