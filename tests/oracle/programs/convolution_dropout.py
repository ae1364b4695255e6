"""Convolutions, pooling, dropout and what goes with them, with gradients."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(7)
images = tf.placeholder(tf.float32, [None, 9, 8, 3], "images")
known = tf.placeholder(tf.float32, [2, 9, 8, 3], "known")
filters = tf.constant(np.ones((3, 3, 3, 4), "f4"), name="filters")
sequences = tf.placeholder(tf.float32, [None, 10, 3], "sequences")
volumes = tf.placeholder(tf.float32, [2, 5, 6, 7, 2], "volumes")
keep = tf.placeholder(tf.float32, [], "keep")

with tf.name_scope("conv2d"):
    plain = tf.nn.conv2d(images, filters, [1, 2, 2, 1], "SAME")
    tf.nn.conv2d(images, filters=filters, strides=2, padding="VALID", name="named")
    tf.nn.conv2d(images, filters, [1, 2], [[0, 0], [1, 2], [0, 1], [0, 0]], dilations=[1, 1])
    tf.nn.conv2d(
        tf.transpose(images, [0, 3, 1, 2]),
        filters,
        [1, 1, 2, 2],
        "SAME",
        data_format="NCHW",
        use_cudnn_on_gpu=False,
    )
    first = tf.gradients(plain, [images, filters])
    tf.gradients(first, [images, filters])
    tf.nn.conv2d_backprop_input([2, 9, 8, 3], filters, tf.zeros([2, 5, 4, 4]), [1, 2, 2, 1], "SAME")
    tf.nn.conv2d_backprop_filter(known, [3, 3, 3, 4], tf.zeros([2, 5, 4, 4]), [1, 2, 2, 1], "SAME")
with tf.name_scope("transposed"):
    up = tf.nn.conv2d_transpose(plain, filters, [tf.shape(images)[0], 9, 8, 3], [1, 2, 2, 1])
    tf.gradients(up, [plain, filters])
    tf.nn.conv2d_transpose(input=plain, filters=filters, output_shape=[2, 9, 8, 3], strides=2, name="named")
    tf.nn.conv1d_transpose(sequences, np.ones((2, 4, 3), "f4"), [2, 20, 4], 2)
    tf.nn.conv3d_transpose(volumes, np.ones((2, 2, 2, 3, 2), "f4"), [2, 10, 12, 14, 3], 2)
    tf.nn.conv_transpose(plain, filters, [2, 9, 8, 3], 2)
    tf.nn.atrous_conv2d_transpose(known, np.ones((3, 3, 5, 3), "f4"), [2, 9, 8, 5], 2, "SAME")
    tf.nn.atrous_conv2d_transpose(known, np.ones((3, 3, 5, 3), "f4"), [2, 9, 8, 5], 1, "SAME")
with tf.name_scope("conv1d"):
    one = tf.nn.conv1d(sequences, np.ones((3, 3, 2), "f4"), 2, "SAME")
    tf.nn.conv1d(sequences, np.ones((3, 3, 2), "f4"), stride=1, padding="VALID", name="named")
    tf.gradients(one, sequences)
with tf.name_scope("conv3d"):
    three = tf.nn.conv3d(volumes, np.ones((2, 2, 2, 2, 3), "f4"), [1, 1, 2, 1, 1], "SAME")
    tf.gradients(tf.gradients(three, volumes), volumes)
with tf.name_scope("dilated"):
    atrous = tf.nn.atrous_conv2d(images, filters, 2, "SAME")
    tf.gradients(atrous, [images, filters])
    tf.nn.atrous_conv2d(known, filters, 2, "VALID", name="named")
    tf.nn.convolution(known, filters, "SAME", dilation_rate=[2, 3])
    tf.nn.convolution(images, filters, "VALID", strides=[2, 2])
    tf.nn.convolution(sequences, np.ones((3, 3, 2), "f4"), "SAME", dilation_rate=[2])
    tf.nn.convolution(volumes, np.ones((2, 2, 2, 2, 3), "f4"), "SAME")
with tf.name_scope("depthwise"):
    depthwise_filter = tf.constant(np.ones((3, 3, 3, 2), "f4"))
    pointwise_filter = tf.constant(np.ones((1, 1, 6, 4), "f4"))
    depthwise = tf.nn.depthwise_conv2d(images, depthwise_filter, [1, 1, 1, 1], "SAME")
    tf.gradients(tf.gradients(depthwise, [images, depthwise_filter]), [images, depthwise_filter])
    tf.nn.depthwise_conv2d(images, depthwise_filter, [1, 1, 1, 1], "SAME", rate=[2, 2])
    tf.nn.depthwise_conv2d_native(known, depthwise_filter, [1, 2, 2, 1], "VALID")
    separable = tf.nn.separable_conv2d(images, depthwise_filter, pointwise_filter, [1, 2, 2, 1], "SAME")
    tf.gradients(separable, [images, depthwise_filter, pointwise_filter])
    tf.nn.separable_conv2d(
        known, depthwise_filter, pointwise_filter, [1, 1, 1, 1], "VALID", rate=[2, 1], name="named"
    )
with tf.name_scope("pooling"):
    largest = tf.nn.max_pool(images, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    tf.gradients(tf.gradients(largest, images), images)
    mean = tf.nn.avg_pool(images, 2, 2, "VALID", name="named")
    tf.gradients(tf.gradients(mean, images), images)
    tf.nn.max_pool_v2(images, 2, 2, "SAME")
    tf.nn.avg_pool_v2(sequences, 2, 2, "SAME")
    tf.nn.max_pool1d(sequences, 2, 2, "SAME")
    tf.nn.max_pool2d(images, 2, 2, "SAME")
    tf.gradients(tf.gradients(tf.nn.max_pool3d(volumes, 2, 2, "SAME"), volumes), volumes)
    tf.gradients(
        tf.gradients(tf.nn.avg_pool3d(volumes, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], "VALID"), volumes), volumes
    )
    placed = tf.nn.max_pool_with_argmax(images, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    tf.gradients(placed[0], images)
    tf.nn.pool(images, [2, 2], "MAX", "SAME", strides=[2, 2])
    tf.nn.pool(known, [2, 2], "AVG", "VALID", dilation_rate=[2, 2])
    tf.nn.pool(sequences, [3], "AVG", "VALID")
    tf.nn.pool(volumes, [2, 2, 2], "MAX", "SAME")
with tf.name_scope("dropout"):
    dropped = tf.nn.dropout(plain, keep)
    tf.gradients(dropped, plain)
    tf.nn.dropout(plain, keep_prob=0.8, seed=3, name="named")
    tf.nn.dropout(known, rate=0.3, noise_shape=[None, 1, 1, 3])
    tf.nn.dropout(known, rate=tf.constant(0.25), noise_shape=tf.constant([2, 1, 1, 3]))
    tf.nn.dropout(known, rate=0)
    tf.nn.dropout(known, keep_prob=1.0)
    tf.nn.dropout(tf.cast(known, tf.float16), rate=0.5)
