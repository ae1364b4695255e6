"""Losses, activations, softmax, biases and rankings, with gradients."""

import numpy as np
import tensorflow as tf

logits = tf.placeholder(tf.float32, [None, 5], "logits")
known = tf.placeholder(tf.float32, [3, 5], "known")
deep = tf.placeholder(tf.float32, [2, None, 5], "deep")
half = tf.placeholder(tf.float16, [3, 5], "half")
anything = tf.placeholder(tf.float32, None, "anything")
labels = tf.placeholder(tf.float32, [None, 5], "labels")
classes = tf.placeholder(tf.int64, [None], "classes")
integers = tf.placeholder(tf.int32, [3], "integers")

with tf.name_scope("activations"):
    for name in "relu relu6 elu selu softplus softsign leaky_relu crelu tanh sigmoid".split():
        with tf.name_scope(name):
            result = getattr(tf.nn, name)(known)
            first = tf.gradients(result, known)
            if name != "softsign":
                tf.gradients(first, known)
    tf.nn.leaky_relu(integers, alpha=np.array(0.1))
    tf.nn.relu(known, name="named")
    tf.nn.relu6(known, name="named")
with tf.name_scope("softmax"):
    for name in ("softmax", "log_softmax"):
        function = getattr(tf.nn, name)
        with tf.name_scope(name):
            tf.gradients(tf.gradients(function(logits), logits), logits)
            function(deep, axis=1)
            function(deep, dim=0, name="named")
            function(deep, axis=-2)
            function(anything)
            tf.gradients(function(deep, 1), deep)
with tf.name_scope("softmax_loss"):
    loss = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)
    first = tf.gradients(loss, [logits, labels])
    tf.gradients(first[0], logits)
    old = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    tf.gradients(old, logits)
    tf.nn.softmax_cross_entropy_with_logits_v2(labels=deep, logits=deep, axis=1)
    tf.nn.softmax_cross_entropy_with_logits_v2(labels=known, logits=known, dim=0, name="named")
    tf.nn.softmax_cross_entropy_with_logits(labels=anything, logits=anything, name="named_old")
    tf.nn.softmax_cross_entropy_with_logits_v2(labels=half, logits=half)
with tf.name_scope("sparse_loss"):
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)
    tf.gradients(tf.reduce_mean(loss), logits)
    tf.nn.sparse_softmax_cross_entropy_with_logits(labels=integers, logits=half, name="named")
    tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=np.zeros((2, 3), "i4"), logits=np.zeros((2, 3, 5), "f4")
    )
    tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.placeholder(tf.int32, [2, None]), logits=deep)
with tf.name_scope("sigmoid_loss"):
    loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    tf.gradients(loss, [logits, labels])
    tf.nn.sigmoid_cross_entropy_with_logits(labels=known, logits=known, name="named")
    weighted = tf.nn.weighted_cross_entropy_with_logits(labels, logits, 2.0)
    tf.gradients(weighted, [logits, labels])
    tf.nn.weighted_cross_entropy_with_logits(targets=labels, logits=logits, pos_weight=3)
with tf.name_scope("counts"):
    tf.gradients(tf.nn.log_poisson_loss(labels, logits), logits)
    tf.gradients(tf.nn.log_poisson_loss(known, logits, compute_full_loss=True), logits)
with tf.name_scope("linear"):
    weights, biases = tf.constant(np.ones((5, 4), "f4")), tf.constant(np.ones(4, "f4"))
    product = tf.nn.xw_plus_b(logits, weights, biases)
    first = tf.gradients(product, [logits, weights, biases])
    tf.gradients(first, [weights, biases])
    tf.nn.relu_layer(logits, weights, biases)
    tf.nn.bias_add(logits, np.ones(5, "f4"), name="named")
    image = tf.placeholder(tf.float32, [2, 3, 4, 5])
    channels_first = tf.nn.bias_add(image, tf.constant([1.0, 2.0, 3.0]), data_format="NCHW")
    bias = tf.constant([1.0, 2.0, 3.0])
    d_bias = tf.gradients(tf.nn.bias_add(image, bias, "NCHW") ** 2, bias)
    tf.gradients(d_bias, image)
    tf.nn.bias_add(image, np.ones(5, "f4"), data_format="NHWC")
with tf.name_scope("ranking"):
    best = tf.nn.top_k(logits, 2)
    tf.gradients(best.values, logits)
    tf.nn.top_k(known, k=3, sorted=False, name="named")
    tf.gradients(tf.nn.top_k(deep)[0], deep)
    tf.nn.in_top_k(logits, classes, 2)
    tf.nn.in_top_k(known, integers, 2, name="named")
    tf.gradients(tf.raw_ops.NthElement(input=logits, n=1, reverse=False), logits)
