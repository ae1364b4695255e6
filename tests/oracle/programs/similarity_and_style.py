"""Shared networks compared in pairs and triplets; losses of style by slices and Gram matrices."""

import functools
import operator

import numpy as np
import tensorflow as tf

left = tf.placeholder(tf.float32, [None, 10], name="left")
right = tf.placeholder(tf.float32, [None, 10], name="right")
same = tf.placeholder(tf.float32, [None], name="same")
classes = tf.placeholder(tf.int64, [None], name="classes")


def embed(x):
    for layer, size in enumerate((6, 3)):
        w = tf.get_variable(
            "w%d" % layer, [x.get_shape()[1], size], initializer=tf.truncated_normal_initializer(stddev=0.1)
        )
        b = tf.get_variable("b%d" % layer, initializer=tf.constant(0.01, shape=[size], dtype=tf.float32))
        x = tf.nn.bias_add(tf.matmul(x, w), b)
        x = tf.nn.relu(x) if layer == 0 else x
    return x


with tf.variable_scope("siamese") as scope:
    one = embed(left)
    scope.reuse_variables()
    other = embed(right)
squared = tf.reduce_sum(tf.pow(tf.subtract(one, other), 2), 1)
distance = tf.sqrt(squared + 1e-6, name="distance")
apart = tf.pow(tf.maximum(tf.subtract(tf.constant(5.0), distance), 0), 2)
pairs = tf.reduce_mean(tf.add(same * squared, tf.subtract(1.0, same) * apart))

with tf.name_scope("triplets"):
    unit = tf.nn.l2_normalize(one, 1)
    products = tf.matmul(unit, tf.transpose(unit))
    norms = tf.diag_part(products)
    all_pairs = tf.maximum(tf.expand_dims(norms, 1) - 2.0 * products + tf.expand_dims(norms, 0), 0.0)
    zero = tf.to_float(tf.equal(all_pairs, 0.0))
    all_pairs = tf.sqrt(all_pairs + zero * 1e-16) * (1.0 - zero)
    different = tf.logical_not(tf.cast(tf.eye(tf.shape(classes)[0]), tf.bool))
    alike = tf.equal(tf.expand_dims(classes, 0), tf.expand_dims(classes, 1))
    positive = tf.logical_and(different, alike)
    valid = tf.logical_and(tf.expand_dims(positive, 2), tf.logical_not(tf.expand_dims(alike, 1)))
    losses = tf.to_float(valid) * (tf.expand_dims(all_pairs, 2) - tf.expand_dims(all_pairs, 1) + 0.2)
    losses = tf.maximum(losses, 0.0)
    triplets = tf.reduce_sum(losses) / (tf.reduce_sum(tf.to_float(losses > 1e-16)) + 1e-16)
    farthest = tf.reduce_max(tf.to_float(positive) * all_pairs, axis=1, keepdims=True)
    nearest = tf.reduce_min(all_pairs + 1e3 * tf.to_float(alike), axis=1, keepdims=True)
    hardest = tf.reduce_mean(tf.nn.softplus(farthest - nearest))
tf.train.GradientDescentOptimizer(0.01).minimize(pairs)
tf.train.MomentumOptimizer(0.01, 0.9, use_nesterov=True).minimize(triplets + hardest)

with tf.name_scope("style"), tf.device("/cpu:0"):
    numbers = np.random.RandomState(0)
    image = tf.Variable(tf.random_normal((1, 8, 8, 3)) * 0.256, name="image")
    features, channels = image, 3
    style_losses = []
    for size in (4, 5):
        kernel = tf.constant(numbers.randn(3, 3, channels, size).astype("float32"))
        features = tf.nn.relu(tf.nn.conv2d(features, kernel, (1, 1, 1, 1), "SAME") + numbers.rand(size))
        _, height, width, channels = map(lambda dim: dim.value, features.get_shape())
        rows = tf.reshape(features, (-1, channels))
        gram = tf.matmul(tf.transpose(rows), rows) / (height * width * channels)
        style_losses.append(2 * tf.nn.l2_loss(gram - numbers.rand(channels, channels)) / channels**2)
        features = tf.nn.avg_pool(features, (1, 2, 2, 1), (1, 2, 2, 1), "SAME")
    total = functools.reduce(tf.add, style_losses)
    count = functools.reduce(operator.mul, (dim.value for dim in image[:, 1:, :, :].get_shape()), 1)
    total += tf.nn.l2_loss(image[:, 1:, :, :] - image[:, :7, :, :]) / count
    total += tf.nn.l2_loss(image[:, :, 1:, :] - image[:, :, :7, :]) / count
    tf.train.AdamOptimizer(10.0).minimize(total, var_list=[image])
