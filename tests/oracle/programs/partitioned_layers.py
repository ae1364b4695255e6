"""Layers in a scope with a partitioner: their kernels are joined where they are used."""

import tensorflow as tf

tf.set_random_seed(9)
images = tf.placeholder(tf.float32, [4, 8, 8, 4], name="images")
lines = tf.placeholder(tf.float32, [4, 8, 4], name="lines")
volumes = tf.placeholder(tf.float32, [2, 4, 4, 4, 2], name="volumes")
is_training = tf.placeholder(tf.bool, [])


def layers(prefix):
    x = tf.layers.conv2d(images, 4, 3, padding="same", name=prefix + "conv")
    x = tf.layers.separable_conv2d(x, 4, 3, depth_multiplier=2, name=prefix + "separable")
    x = tf.layers.conv2d_transpose(x, 4, 3, strides=2, name=prefix + "transposed")
    x = tf.layers.batch_normalization(x, training=True, name=prefix + "fused")
    x = tf.layers.batch_normalization(x, training=False, fused=False, name=prefix + "plain")
    x = tf.layers.dense(
        tf.layers.flatten(x), 6, tf.nn.relu, kernel_regularizer=tf.nn.l2_loss, name=prefix + "d"
    )
    y = tf.layers.conv1d(lines, 4, 3, name=prefix + "line")
    z = tf.layers.conv3d(volumes, 4, 2, name=prefix + "volume")
    return tf.nn.l2_loss(x) + tf.nn.l2_loss(y) + tf.nn.l2_loss(z)


with tf.variable_scope("halves", partitioner=tf.fixed_size_partitioner(2, axis=0)):
    first = layers("")
with tf.variable_scope("columns", partitioner=tf.min_max_variable_partitioner(3, 0, 64), use_resource=True):
    second = layers("")
loss = first + second + tf.losses.get_regularization_loss()
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
