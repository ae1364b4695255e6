"""Fit a line through noisy points by gradient descent."""

import numpy as np
import tensorflow as tf

learning_rate = 0.01
training_epochs = 200
display_step = 20

rng = np.random.RandomState(0)
train_X = np.linspace(0.0, 10.0, 17).astype(np.float32)
train_Y = (0.25 * train_X + 0.8 + 0.1 * rng.randn(17)).astype(np.float32)
n_samples = train_X.shape[0]

tf.set_random_seed(1)

X = tf.placeholder("float")
Y = tf.placeholder("float")

W = tf.Variable(tf.random_normal([]), name="weight")
b = tf.Variable(tf.zeros([]), name="bias")

pred = tf.add(tf.multiply(X, W), b)
cost = tf.reduce_sum(tf.pow(pred - Y, 2)) / (2 * n_samples)
optimizer = tf.train.GradientDescentOptimizer(learning_rate).minimize(cost)

init = tf.global_variables_initializer()

with tf.Session() as sess:
    sess.run(init)

    for epoch in range(training_epochs):
        for x, y in zip(train_X, train_Y):
            sess.run(optimizer, feed_dict={X: x, Y: y})

        if (epoch + 1) % display_step == 0:
            c = sess.run(cost, feed_dict={X: train_X, Y: train_Y})
            print(
                "Epoch:",
                "%04d" % (epoch + 1),
                "cost=",
                "{:.6f}".format(c),
                "W=",
                "%.5f" % sess.run(W),
                "b=",
                "%.5f" % sess.run(b),
            )

    print("Optimization Finished!")
    training_cost = sess.run(cost, feed_dict={X: train_X, Y: train_Y})
    print("Training cost= %.6f W= %.5f b= %.5f" % (training_cost, sess.run(W), sess.run(b)))
