"""tf.layers: convolutions of every kind."""

import tensorflow as tf

images = tf.placeholder(tf.float32, [None, 8, 8, 3], name="images")
steps = tf.placeholder(tf.float32, [None, 8, 3], name="steps")
any_length = tf.placeholder(tf.float32, [None, None, 3], name="any_length")

tf.layers.conv2d(images, 4, 3)
tf.layers.conv2d(images, 4, [3, 5], strides=2, padding="same", activation=tf.nn.relu, name="named")
tf.layers.conv2d(images, 4, [3, 5], strides=2, padding="same", name="named", reuse=True)
tf.layers.conv2d(images, 4, 3, dilation_rate=2, padding="same")
tf.layers.conv2d(images, 4, 3, dilation_rate=(2, 2))
tf.layers.conv2d(images, 4, 3, data_format="channels_first", use_bias=True)
tf.layers.conv2d(
    images,
    4,
    1,
    use_bias=False,
    kernel_initializer=tf.variance_scaling_initializer(),
    kernel_regularizer=tf.reduce_sum,
)
shared = tf.layers.Conv2D(2, 3, activation="relu")
shared(images)
shared(images)
tf.layers.conv1d(steps, 4, 3)
tf.layers.conv1d(steps, 4, 3, strides=2, padding="same", activation=tf.nn.relu)
tf.layers.conv1d(steps, 4, 3, padding="causal")
# Of known length, TensorFlow takes the length before padding; see Conv1D in perdure.
tf.layers.conv1d(any_length, 4, 3, padding="causal", dilation_rate=2)
tf.layers.conv3d(tf.ones([2, 4, 5, 6, 3]), 2, 3)
tf.layers.separable_conv2d(images, 6, 3, depth_multiplier=2, padding="same")
tf.layers.separable_conv1d(steps, 6, 3)
tf.layers.conv2d_transpose(images, 4, 3, strides=2, padding="same")
tf.layers.conv2d_transpose(images, 4, 5, strides=(2, 2), activation=tf.nn.relu)
tf.global_variables_initializer()
