"""tf.contrib.slim: a network as its programs build them, with scopes of arguments and end points."""

import tensorflow as tf
import tensorflow.contrib.slim as slim


def network_arg_scope(decay=0.0005):
    with slim.arg_scope(
        [slim.conv2d, slim.fully_connected],
        activation_fn=tf.nn.relu,
        weights_regularizer=slim.l2_regularizer(decay),
        weights_initializer=slim.variance_scaling_initializer(),
        normalizer_fn=slim.batch_norm,
        normalizer_params={"decay": 0.9, "scale": True, "updates_collections": tf.GraphKeys.UPDATE_OPS},
    ):
        with slim.arg_scope([slim.conv2d, slim.max_pool2d], padding="SAME") as scope:
            return scope


def network(images, is_training):
    with tf.variable_scope("net", "net", [images]) as sc:
        ends = sc.original_name_scope + "_end_points"
        with slim.arg_scope([slim.conv2d, slim.fully_connected, slim.max_pool2d], outputs_collections=[ends]):
            with slim.arg_scope([slim.batch_norm, slim.dropout], is_training=is_training):
                net = slim.repeat(images, 2, slim.conv2d, 4, [3, 3], scope="conv1")
                net = slim.max_pool2d(net, [2, 2], scope="pool1")
                net = slim.conv2d(net, 4, 1, biases_initializer=None, scope="conv2")
                net = slim.flatten(net, scope="flat")
                net = slim.dropout(net, 0.5, scope="drop")
                net = slim.stack(net, slim.fully_connected, [8, 6], scope="fc")
                net = slim.layers.fully_connected(
                    net, 3, activation_fn=None, normalizer_fn=None, scope="logits"
                )
        return net, slim.utils.convert_collection_to_dict(ends)


x = tf.placeholder(tf.float32, [None, 8, 8, 3])
# First: TensorFlow's Keras asks its session for GPUs, which initializes the variables there are.
tf.layers.average_pooling1d(tf.ones([2, 4, 3]), 2, 1, padding="same", data_format="channels_first")
with slim.arg_scope(network_arg_scope()):
    logits, end_points = network(x, True)
    tf.get_variable_scope().reuse_variables()
    network(x, False)
tf.constant(list(end_points), name="ends")
tf.constant([v.name for v in slim.get_model_variables()], name="model")
tf.constant([v.name for v in slim.get_variables_to_restore(exclude=["net/logits"])], name="restored")
loss = tf.losses.softmax_cross_entropy(slim.one_hot_encoding([0, 1], 3), logits)
tf.train.GradientDescentOptimizer(0.1).minimize(tf.losses.get_total_loss())
