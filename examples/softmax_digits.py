"""Softmax regression on the handwritten digits."""

import numpy as np
import tensorflow as tf

import digits

(train_images, train_labels), (test_images, test_labels) = digits.load()

tf.set_random_seed(42)
rng = np.random.RandomState(0)

x = tf.placeholder(tf.float32, [None, 64], name="x")
y_ = tf.placeholder(tf.float32, [None, 10], name="y_")

W = tf.Variable(tf.truncated_normal([64, 10], stddev=0.1), name="W")
b = tf.Variable(tf.zeros([10]), name="b")
y = tf.matmul(x, W) + b

cross_entropy = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=y))
train_step = tf.train.GradientDescentOptimizer(0.5).minimize(cross_entropy)

correct_prediction = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(1, 501):
        rows = rng.randint(0, len(train_images), 100)
        _, loss = sess.run(
            [train_step, cross_entropy],
            feed_dict={x: train_images[rows], y_: digits.one_hot(train_labels[rows])},
        )
        if step % 100 == 0:
            print("step %d: cross entropy %.4f" % (step, loss))
    print(
        "test accuracy %.4f" % sess.run(accuracy, feed_dict={x: test_images, y_: digits.one_hot(test_labels)})
    )
