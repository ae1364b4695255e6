"""Learning rates that fall with the global step."""

import tensorflow as tf

step = tf.train.create_global_step()
tf.train.exponential_decay(0.1, step, 100, 0.96)
tf.train.exponential_decay(0.1, step, 100, 0.96, staircase=True, name="stairs")
tf.train.exponential_decay(tf.constant(0.1, tf.float64), step, 100.0, 0.96)
tf.train.natural_exp_decay(0.1, step, 100, 0.5)
tf.train.natural_exp_decay(0.1, step, 100, 0.5, staircase=True, name="natural")
tf.train.inverse_time_decay(0.1, step, 100, 0.5, staircase=True)
tf.train.polynomial_decay(0.1, step, 100, power=0.5)
tf.train.cosine_decay(0.1, step, 100, alpha=0.1)
tf.train.linear_cosine_decay(0.1, step, 100)
tf.train.noisy_linear_cosine_decay(0.1, step, 100)
rate = tf.train.exponential_decay(0.1, tf.Variable(0, trainable=False, name="count"), 100, 0.9)
w = tf.Variable(1.0, name="w")
tf.train.GradientDescentOptimizer(rate).minimize(tf.square(w), global_step=step)
