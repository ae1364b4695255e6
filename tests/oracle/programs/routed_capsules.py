"""Capsules with routing by agreement, margin loss, reconstruction with a mask of labels or guesses."""

import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 12, 12, 1], name="x")
labels = tf.placeholder(tf.int64, [None], name="labels")
use_labels = tf.placeholder_with_default(True, shape=(), name="use_labels")


def squash(vectors, axis=-1, name=None):
    with tf.name_scope(name, default_name="squash"):
        squared = tf.reduce_sum(tf.square(vectors), axis=axis, keep_dims=True)
        return squared / (1.0 + squared) * (vectors / tf.sqrt(squared + 1e-7))


def length(vectors, axis, keep_dims=False, name=None):
    with tf.name_scope(name, default_name="length"):
        return tf.sqrt(tf.reduce_sum(tf.square(vectors), axis=axis, keep_dims=keep_dims) + 1e-7)


h = tf.layers.conv2d(
    x, filters=6, kernel_size=5, strides=1, padding="valid", activation=tf.nn.relu, name="first"
)
h = tf.layers.conv2d(
    h, filters=8, kernel_size=3, strides=2, padding="valid", activation=tf.nn.relu, name="second"
)
lower = squash(tf.reshape(h, [-1, 3 * 3 * 2, 4], name="raw"), name="lower")
w = tf.Variable(tf.random_normal((1, 18, 3, 5, 4), stddev=0.1, name="initial"), name="w")
batch = tf.shape(x)[0]
tiled = tf.tile(w, [batch, 1, 1, 1, 1], name="tiled")
inputs = tf.tile(tf.expand_dims(tf.expand_dims(lower, -1), 2), [1, 1, 3, 1, 1])
predicted = tf.matmul(tiled, inputs, name="predicted")
fixed = tf.stop_gradient(predicted)
agreement = tf.zeros([batch, 18, 3, 1, 1], name="agreement")
for iteration in range(3):
    with tf.variable_scope("iteration_%d" % iteration):
        shares = tf.nn.softmax(agreement, axis=2)
        source = predicted if iteration == 2 else fixed
        upper = squash(tf.reduce_sum(shares * source, axis=1, keep_dims=True), axis=-2)
        if iteration < 2:
            agreement += tf.matmul(fixed, tf.tile(upper, [1, 18, 1, 1, 1]), transpose_a=True)
guess = tf.squeeze(tf.argmax(length(upper, axis=-2), axis=2), axis=[1, 2], name="guess")
wanted = tf.one_hot(labels, depth=3)
lengths = tf.reshape(length(upper, axis=-2, keep_dims=True), (-1, 3))
margin = wanted * tf.square(tf.maximum(0.0, 0.9 - lengths))
margin += 0.5 * (1.0 - wanted) * tf.square(tf.maximum(0.0, lengths - 0.1))
chosen = tf.where(tf.fill(tf.shape(labels), use_labels), labels, guess)
kept = tf.multiply(upper, tf.reshape(tf.one_hot(chosen, 3), [-1, 1, 3, 1, 1]))
with tf.name_scope("decoder"):
    inner = tf.layers.dense(tf.reshape(kept, [-1, 15]), 10, activation=tf.nn.relu)
    image = tf.layers.dense(inner, 144, activation=tf.nn.sigmoid)
rebuilt = tf.reduce_mean(tf.squared_difference(tf.reshape(x, [-1, 144]), image))
loss = tf.add(tf.reduce_mean(tf.reduce_sum(margin, axis=1)), 5e-4 * rebuilt, name="loss")
tf.train.AdamOptimizer().minimize(loss, name="train")
tf.reduce_mean(tf.cast(tf.equal(labels, guess), tf.float32))
