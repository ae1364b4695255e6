"""A convolutional network on the handwritten digits: conv, pool, conv, pool, dense, dropout."""

from __future__ import print_function

import numpy as np
import tensorflow as tf

import digits

EPOCHS = 10
BATCH = 100

tf.set_random_seed(7)
rng = np.random.RandomState(7)


def weight_variable(shape, name):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1), name=name)


def bias_variable(shape, name):
    return tf.Variable(tf.constant(0.1, shape=shape), name=name)


def conv2d(x, W):
    return tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding="SAME")


def max_pool_2x2(x):
    return tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")


x = tf.placeholder(tf.float32, [None, 64], name="images")
labels = tf.placeholder(tf.int64, [None], name="labels")
keep_prob = tf.placeholder(tf.float32, name="keep_prob")

with tf.name_scope("conv1"):
    W_conv1 = weight_variable([5, 5, 1, 16], "W")
    b_conv1 = bias_variable([16], "b")
    h_conv1 = tf.nn.relu(conv2d(tf.reshape(x, [-1, 8, 8, 1]), W_conv1) + b_conv1)
    h_pool1 = max_pool_2x2(h_conv1)

with tf.name_scope("conv2"):
    W_conv2 = weight_variable([5, 5, 16, 32], "W")
    b_conv2 = bias_variable([32], "b")
    h_conv2 = tf.nn.relu(conv2d(h_pool1, W_conv2) + b_conv2)
    h_pool2 = max_pool_2x2(h_conv2)

with tf.name_scope("dense"):
    W_fc1 = weight_variable([2 * 2 * 32, 128], "W")
    b_fc1 = bias_variable([128], "b")
    h_fc1 = tf.nn.relu(tf.matmul(tf.reshape(h_pool2, [-1, 2 * 2 * 32]), W_fc1) + b_fc1)
    h_drop = tf.nn.dropout(h_fc1, keep_prob)

with tf.name_scope("output"):
    W_fc2 = weight_variable([128, 10], "W")
    b_fc2 = bias_variable([10], "b")
    logits = tf.matmul(h_drop, W_fc2) + b_fc2

with tf.name_scope("loss"):
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
train_step = tf.train.AdamOptimizer(2e-3).minimize(loss)

with tf.name_scope("accuracy"):
    correct = tf.equal(tf.argmax(logits, 1), labels)
    accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))

(train_images, train_labels), (test_images, test_labels) = digits.load()

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(1, EPOCHS + 1):
        order = rng.permutation(len(train_images))
        losses = []
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            _, value = sess.run(
                [train_step, loss],
                feed_dict={x: train_images[rows], labels: train_labels[rows], keep_prob: 0.5},
            )
            losses.append(value)
        print(
            "epoch %d: loss %.4f, accuracy on training images %.4f"
            % (epoch, np.mean(losses), accuracy.eval({x: train_images, labels: train_labels, keep_prob: 1.0}))
        )
    print("test accuracy %.4f" % accuracy.eval({x: test_images, labels: test_labels, keep_prob: 1.0}))
