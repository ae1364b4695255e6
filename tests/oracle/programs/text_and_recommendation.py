"""Convolutions over words, factorization machines, skip-grams with sampled negatives; sparse gradients."""

import math

import tensorflow as tf

words = tf.placeholder(tf.int32, [None, 9], name="words")
labels = tf.placeholder(tf.float32, [None, 2], name="labels")
keep = tf.placeholder(tf.float32, name="keep")
penalty = tf.constant(0.0)
with tf.device("/cpu:0"), tf.name_scope("embedding"):
    table = tf.Variable(tf.random_uniform([20, 5], -1.0, 1.0), name="table")
    embedded = tf.expand_dims(tf.nn.embedding_lookup(table, words), -1)
pooled = []
for size in (3, 4):
    with tf.name_scope("convolution-%s" % size):
        w = tf.Variable(tf.truncated_normal([size, 5, 1, 3], stddev=0.1), name="w")
        b = tf.Variable(tf.constant(0.1, shape=[3]), name="b")
        h = tf.nn.conv2d(embedded, w, strides=[1, 1, 1, 1], padding="VALID", name="conv")
        h = tf.nn.relu(tf.nn.bias_add(h, b), name="relu")
        pooled.append(tf.nn.max_pool(h, [1, 10 - size, 1, 1], [1, 1, 1, 1], padding="VALID", name="pool"))
flat = tf.nn.dropout(tf.reshape(tf.concat(pooled, 3), [-1, 6]), keep)
with tf.name_scope("output"):
    w = tf.get_variable("w", shape=[6, 2], initializer=tf.glorot_normal_initializer())
    b = tf.Variable(tf.constant(0.1, shape=[2]), name="b")
    penalty += tf.nn.l2_loss(w)
    penalty += tf.nn.l2_loss(b)
    scores = tf.nn.xw_plus_b(flat, w, b, name="scores")
with tf.name_scope("loss"):
    entropy = tf.nn.softmax_cross_entropy_with_logits(logits=scores, labels=labels)
    loss = tf.reduce_mean(entropy) + 0.1 * penalty
step = tf.Variable(0, name="global_step", trainable=False)
optimizer = tf.train.AdamOptimizer(1e-3)
gradients, found = zip(*optimizer.compute_gradients(loss))
gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
optimizer.apply_gradients(zip(gradients, found), global_step=step)
correct = tf.equal(tf.argmax(scores, 1), tf.argmax(labels, 1))
tf.reduce_mean(tf.cast(correct, "float"), name="accuracy")

with tf.variable_scope("machine"):
    fields = tf.placeholder(tf.int32, [None, 4])
    values = tf.reshape(tf.placeholder(tf.float32, [None, None]), [-1, 4, 1])
    clicked = tf.placeholder(tf.float32, [None, 1])
    factors = tf.get_variable("factors", [15, 3], initializer=tf.random_normal_initializer(0.0, 0.01))
    first = tf.reduce_sum(tf.nn.embedding_lookup(tf.get_variable("bias", [15, 1]), fields) * values, 1)
    crossed = tf.nn.embedding_lookup(factors, fields) * values
    second = 0.5 * (tf.square(tf.reduce_sum(crossed, 1)) - tf.reduce_sum(tf.square(crossed), 1))
    deep = tf.layers.batch_normalization(tf.reshape(crossed, [-1, 12]), training=True)
    deep = tf.layers.dense(deep, 5, tf.nn.relu, kernel_regularizer=lambda w: 0.01 * tf.nn.l2_loss(w))
    guess = tf.nn.sigmoid(tf.layers.dense(tf.concat([first, second, deep], axis=1), 1))
    tf.losses.log_loss(clicked, guess)
    total = tf.losses.get_total_loss()
    own = tf.trainable_variables("machine")
    tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01).minimize(total, var_list=own)
    tf.train.AdagradOptimizer(0.1).minimize(total, var_list=own)

with tf.name_scope("skip_gram"):
    inputs = tf.placeholder(tf.int32, shape=[8])
    context = tf.reshape(tf.placeholder(tf.int32, shape=[8, 1]), [-1])
    outputs = tf.Variable(tf.truncated_normal([20, 5], stddev=1.0 / math.sqrt(5)))
    center = tf.nn.embedding_lookup(table, inputs)
    noise = tf.random_uniform([6], maxval=20, dtype=tf.int32)
    true = tf.reduce_sum(center * tf.nn.embedding_lookup(outputs, context), 1)
    false = tf.matmul(center, tf.gather(outputs, noise), transpose_b=True)
    cost = tf.reduce_mean(tf.nn.softplus(-true)) + tf.reduce_mean(tf.reduce_sum(tf.nn.softplus(false), 1))
    tf.train.GradientDescentOptimizer(1.0).minimize(cost)
    tf.train.MomentumOptimizer(1.0, 0.9).minimize(cost)
    normalized = table / tf.sqrt(tf.reduce_sum(tf.square(table), 1, keepdims=True))
    tf.nn.top_k(tf.matmul(tf.nn.embedding_lookup(normalized, [1, 2]), normalized, transpose_b=True), 3)
