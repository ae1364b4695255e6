"""tf.contrib.layers: batch_norm in its three forms, layer_norm, unit_norm."""

import tensorflow as tf

layers = tf.contrib.layers
images = tf.placeholder(tf.float32, [None, 8, 8, 3], name="images")
first = tf.placeholder(tf.float32, [2, 3, 8, 8], name="first")
rows = tf.placeholder(tf.float32, [None, 6], name="rows")
steps = tf.placeholder(tf.float32, [4, 8, 3], name="steps")
training = tf.placeholder(tf.bool, [], name="training")
weights = tf.placeholder(tf.float32, [None], name="weights")
l2 = layers.l2_regularizer(0.1)

# First: TensorFlow's Keras asks its session for GPUs, which initializes the variables there are.
tf.layers.average_pooling1d(steps, 2, 1, padding="same", data_format="channels_first")

mode = tf.Variable(True, trainable=False, name="mode")
for number, is_training in enumerate((True, False, training, mode, tf.constant(True))):
    with tf.variable_scope("mode%d" % number):
        for x in (images, rows, steps):
            layers.batch_norm(x, is_training=is_training, updates_collections=None)
            layers.batch_norm(x, is_training=is_training, updates_collections="moves", scale=True)
            layers.batch_norm(x, is_training=is_training, fused=False, updates_collections=None)
            if is_training is not mode:
                layers.batch_norm(x, is_training=is_training)
layers.batch_norm(first, data_format="NCHW")
layers.batch_norm(first, data_format="NCHW", updates_collections=None, center=False)
layers.batch_norm(first, data_format="NCHW", updates_collections=None, fused=False, scale=True)
layers.batch_norm(first, data_format="NCHW", updates_collections="moves", fused=False, is_training=training)
layers.batch_norm(rows, data_format="NCHW", zero_debias_moving_mean=True)
layers.batch_norm(images, zero_debias_moving_mean=True, updates_collections=None, fused=False)
layers.batch_norm(rows, batch_weights=weights, updates_collections=None)
layers.batch_norm(images, batch_weights=weights)
layers.batch_norm(rows, renorm=True)
layers.batch_norm(rows, center=False, scale=False, activation_fn=tf.nn.relu, outputs_collections="ends")
layers.batch_norm(
    images,
    decay=0.9,
    epsilon=1e-5,
    scale=True,
    param_initializers={"gamma": tf.zeros_initializer(), "moving_mean": tf.ones_initializer()},
    param_regularizers={"gamma": l2, "beta": l2},
    variables_collections={"beta": ["beta"], "moving_mean": ["moving"]},
    trainable=False,
)
layers.batch_norm(
    rows,
    param_regularizers={"beta": l2},
    variables_collections=["all"],
    scope="shared",
    updates_collections=None,
)
layers.batch_norm(rows, scope="shared", reuse=True, updates_collections=None, is_training=False)
with tf.variable_scope("divided", partitioner=tf.fixed_size_partitioner(2)):
    layers.batch_norm(tf.ones([3, 4]), updates_collections=None, fused=False)
with tf.contrib.framework.arg_scope(
    [layers.conv2d, layers.fully_connected],
    normalizer_fn=layers.batch_norm,
    normalizer_params={"is_training": training, "scale": True},
):
    net = layers.conv2d(images, 4, 3)
    net = layers.conv2d_transpose(net, 4, 3, normalizer_fn=layers.batch_norm)
    net = layers.fully_connected(layers.flatten(net), 4)
loss = tf.reduce_sum(net)
tf.gradients(loss, tf.trainable_variables("Conv|fully"))

layers.layer_norm(rows)
layers.layer_norm(images, begin_norm_axis=-1, scale=False, activation_fn=tf.nn.relu)
layers.layer_norm(steps, begin_norm_axis=2, begin_params_axis=1, center=False, outputs_collections="ends")
layers.layer_norm(tf.cast(rows, tf.float16), variables_collections=["all"], trainable=False, scope="norm")
layers.layer_norm(rows, scope="LayerNorm", reuse=True)
layers.unit_norm(rows, 1)
layers.unit_norm(steps, 1, epsilon=1e-3, scope="unit")
layers.unit_norm(steps, 0)
for name in ("ends", "all", "moves", "beta", "moving", tf.GraphKeys.UPDATE_OPS, tf.GraphKeys.MODEL_VARIABLES):
    tf.constant([x.name for x in tf.get_collection(name)], name="in_" + name)
tf.constant([x.name for x in tf.losses.get_regularization_losses()], name="losses")
layers.instance_norm(images)
layers.instance_norm(first, data_format="NCHW", center=False, epsilon=1e-3, activation_fn=tf.nn.relu)
layers.instance_norm(first, data_format="NCHW", param_initializers={"gamma": tf.zeros_initializer()})
layers.instance_norm(steps, scale=False, variables_collections=["more"], outputs_collections="last")
layers.instance_norm(rows, trainable=False, scope="instance")
tf.constant([x.name for x in tf.get_collection("more") + tf.get_collection("last")], name="in_more")
