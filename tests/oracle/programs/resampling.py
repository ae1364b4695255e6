"""tf.contrib.training: batches that are drawn again by rates, and by weights."""

import tensorflow as tf

tf.set_random_seed(2)
training = tf.contrib.training
x = tf.placeholder(tf.float32, [None, 3], name="x")
rates = tf.placeholder(tf.float32, [None], name="rates")
training.resample_at_rate([x, rates], rates, seed=4)
training.resample_at_rate([x], rates, scope="named", back_prop=True)
training.weighted_resample([x], rates, 0.5)
training.weighted_resample([x, rates], rates, tf.constant(2.0), scope="weighted", mean_decay=0.9, seed=1)
