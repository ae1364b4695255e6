"""Moving averages of tensors, and of values assigned to variables."""

import tensorflow as tf
from tensorflow.python.training import moving_averages

x = tf.placeholder(tf.float32, [3], name="x")
y = tf.identity(x, name="y")
w = tf.Variable(tf.zeros([3]), name="w")
with tf.device("/cpu:0"):
    r = tf.Variable(tf.zeros([3]), name="r", use_resource=True)
step = tf.train.create_global_step()
tf.train.ExponentialMovingAverage(0.9).apply([y])
tf.train.ExponentialMovingAverage(0.9, num_updates=step, name="early").apply([y])
tf.train.ExponentialMovingAverage(0.9, zero_debias=True, name="debiased").apply([y])
for variable in (w, r):
    moving_averages.assign_moving_average(variable, x, 0.9, zero_debias=False)
    moving_averages.assign_moving_average(variable, x, 0.9)
with tf.variable_scope("batch_norm"):
    mean = tf.get_variable("moving_mean", [3], initializer=tf.zeros_initializer(), trainable=False)
    moving_averages.assign_moving_average(mean, x, tf.constant(0.99), zero_debias=False, name="m")
    moving_averages.assign_moving_average(mean, x, 0.99)
    moving_averages.assign_moving_average(mean, x, 0.99)
moving_averages.weighted_moving_average(x, 0.9, tf.constant([1.0, 2.0, 3.0]))
