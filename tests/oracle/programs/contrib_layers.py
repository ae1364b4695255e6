"""tf.contrib.layers: layers as functions; names, collections, scopes of arguments, regularization."""

import tensorflow as tf

layers = tf.contrib.layers
arg_scope = tf.contrib.framework.arg_scope

images = tf.placeholder(tf.float32, [None, 8, 8, 3], name="images")
first = tf.placeholder(tf.float32, [2, 3, 8, 8], name="first")
volumes = tf.placeholder(tf.float32, [None, 4, 4, 4, 2], name="volumes")
steps = tf.placeholder(tf.float32, [None, 8, 3], name="steps")
rows = tf.placeholder(tf.float32, [None, 6], name="rows")
labels = tf.placeholder(tf.int32, [None], name="labels")
l2 = layers.l2_regularizer(0.1)

# First: TensorFlow's Keras asks its session for GPUs, which initializes the variables there are.
tf.layers.average_pooling1d(steps, 2, 1, padding="same", data_format="channels_first")

# Networks.
with arg_scope([layers.conv2d, layers.fully_connected], weights_regularizer=l2, outputs_collections="ends"):
    net = layers.conv2d(images, 4, 3, scope="conv1", variables_collections=["mine"])
    net = layers.max_pool2d(net, 2, outputs_collections=["ends"])
    net = layers.conv2d(net, 4, [3, 2], stride=2, padding="VALID", biases_initializer=None)
    net = layers.flatten(net, outputs_collections="ends")
    net = layers.dropout(net, 0.75, seed=3)
    net = layers.fully_connected(net, 5, variables_collections={"weights": ["w"], "biases": ["b"]})
    logits = layers.linear(net, 2, scope="logits", biases_regularizer=layers.l1_regularizer(0.2))
tf.gradients(tf.add_n(tf.losses.get_regularization_losses()), tf.trainable_variables())
for name in ("ends", "mine", "w", "b", tf.GraphKeys.MODEL_VARIABLES):
    found = tf.get_collection(name)
    tf.constant([x.name for x in found], name="in_" + name)
tf.constant([alias for x in tf.get_collection("ends") for alias in x.aliases], name="aliases")

# Fully connected.
layers.fully_connected(rows, 3, activation_fn=None, trainable=False)
layers.fully_connected(steps, 3)
layers.relu(rows, 2)
layers.relu6(rows, 2)
layers.elu(rows, 2)
with tf.variable_scope("scope", initializer=tf.ones_initializer(), regularizer=l2):
    layers.fully_connected(rows, 3, weights_initializer=None, scope="shared")
    layers.fully_connected(rows, 3, weights_initializer=None, scope="shared", reuse=True)
with tf.variable_scope("divided", partitioner=tf.fixed_size_partitioner(2)):
    layers.fully_connected(rows, 3, variables_collections=["parts"], weights_regularizer=l2)
with tf.name_scope("names"):
    layers.fully_connected(rows, 3, normalizer_fn=lambda x, by: x * by, normalizer_params={"by": 2.0})
layers.bias_add(rows, activation_fn=tf.tanh, regularizer=l2)
layers.bias_add(first, data_format="NCHW", variables_collections={"biases": ["b"]})

# Convolutions.
layers.conv1d(steps, 2, 3)
layers.convolution2d(first, 2, 3, data_format="NCHW", rate=2)
layers.conv3d(volumes, 2, 2, stride=2)
layers.convolution(images, 2, 3, activation_fn=None, scope="named")
layers.conv2d_transpose(images, 2, 3, stride=2)
layers.conv2d_transpose(first, 2, 3, data_format="NCHW", weights_regularizer=l2)
layers.conv3d_transpose(volumes, 2, 2)

# Without weights.
layers.max_pool2d(first, [2, 3], [1, 2], padding="SAME", data_format="NCHW", scope="pool")
layers.avg_pool2d(images, 2, outputs_collections="ends")
layers.max_pool3d(volumes, 2)
layers.avg_pool3d(volumes, 2, stride=1)
layers.dropout(rows, is_training=False)
layers.dropout(rows, tf.constant(0.3), noise_shape=[None, 1], scope="drop")
layers.dropout(rows, is_training=tf.placeholder(tf.bool, []))
layers.flatten(images, scope="flat")
layers.flatten(tf.ones([2, 3, 4]))
layers.one_hot_encoding(labels, 4)
layers.one_hot_encoding([1, 2], 3, on_value=0.9, off_value=0.1, scope="hot")
layers.softmax(steps)
layers.maxout(rows, 3)
layers.maxout(images, 4, axis=1)

# Layers of layers.
layers.repeat(images, 2, layers.conv2d, 3, 3)
layers.repeat(images, 2, layers.conv2d, 3, [3, 3], scope="again")
layers.stack(rows, layers.fully_connected, [3, 4])
layers.stack(rows, layers.linear, [3, 4], scope="stacked", weights_regularizer=l2)
layers.stack(images, layers.conv2d, [(3, 1), (2, [3, 3])])

# Initializers and regularizers.
for initializer in (
    layers.xavier_initializer(),
    layers.xavier_initializer_conv2d(uniform=False, seed=4),
    layers.variance_scaling_initializer(),
    layers.variance_scaling_initializer(1.0, "FAN_OUT", uniform=True, dtype=tf.float64),
):
    for shape in ([], [4], [4, 6], [3, 3, 4, 6]):
        initializer(shape)
weights = tf.get_variable("weights", [2, 3], collections=[tf.GraphKeys.WEIGHTS, "variables"])
for regularizer in (
    layers.l1_regularizer(0.3, scope="one"),
    layers.l1_l2_regularizer(),
    layers.l1_l2_regularizer(0.0, 0.5),
    layers.l1_l2_regularizer(0.5, 0.0, scope="only_one"),
    layers.sum_regularizer([l2, None, layers.l1_regularizer(tf.constant(0.5))]),
    layers.sum_regularizer([layers.l1_regularizer(0.0), l2], scope="sum"),
):
    layers.apply_regularization(regularizer, [weights, tf.ones([3], tf.float64)][:1])
layers.apply_regularization(l2)
layers.apply_regularization(layers.l1_regularizer(0.0), [weights])
tf.global_variables_initializer()
