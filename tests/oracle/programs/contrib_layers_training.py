"""tf.contrib.layers: optimize_loss, summaries, embeddings, separable convolutions, spatial softmax."""

import tensorflow as tf

layers = tf.contrib.layers
images = tf.placeholder(tf.float32, [None, 8, 8, 3], name="images")
first = tf.placeholder(tf.float32, [2, 3, 8, 8], name="first")
rows = tf.placeholder(tf.float32, [None, 6], name="rows")
ids = tf.placeholder(tf.int64, [None, 5], name="ids")
l2 = layers.l2_regularizer(0.1)

# First: TensorFlow's Keras asks its session for GPUs, which initializes the variables there are.
tf.layers.average_pooling1d(tf.ones([2, 4, 3]), 2, 1, padding="same", data_format="channels_first")

layers.separable_conv2d(images, 4, 3, weights_regularizer=l2, variables_collections=["all"])
layers.separable_conv2d(images, 4, [3, 2], 2, rate=2, activation_fn=None, scope="separable")
layers.separable_conv2d(first, 4, 3, data_format="NCHW", pointwise_initializer=tf.ones_initializer())
layers.separable_conv2d(images, None, 3, 2, stride=2, biases_regularizer=l2, variables_collections=["all"])
layers.separable_conv2d(images, None, 3, normalizer_fn=layers.batch_norm, scope="depthwise")
layers.separable_conv2d(images, None, 3, biases_initializer=None, rate=2, outputs_collections="ends")
layers.spatial_softmax(images)
layers.spatial_softmax(first, 0.5, "spatial", ["all"], data_format="NCHW")
layers.spatial_softmax(images, trainable=False)
layers.embed_sequence(ids, 9, 4, scope="table", regularizer=l2)
layers.embed_sequence(ids, scope="table", reuse=True)
layers.embed_sequence(ids, 9, 4, unique=True, initializer=tf.ones_initializer(), trainable=False)
tf.constant([x.name for x in tf.get_collection("all")], name="in_all")

with tf.Graph().as_default():
    layers.optimize_loss(tf.reduce_sum(layers.linear(tf.ones([2, 3]), 2)), None, 0.1, "SGD")

step = tf.train.create_global_step()
net = layers.fully_connected(rows, 4, outputs_collections=tf.GraphKeys.ACTIVATIONS, scope="one")
net = layers.relu6(net, 3, outputs_collections=tf.GraphKeys.ACTIVATIONS, scope="two")
tf.add_to_collection(tf.GraphKeys.WEIGHTS, tf.trainable_variables("one")[0])
layers.summarize_activations()
layers.summarize_activations("two")
layers.summarize_collection(tf.GraphKeys.WEIGHTS)
layers.summarize_tensors([rows, tf.reduce_sum(net), tf.constant("text"), tf.constant(True)])
layers.summarize_tensor(net, tag="mine")
layers.summarize_collection(tf.GraphKeys.TRAINABLE_VARIABLES, "tw", lambda x: layers.summarize_tensor(x, "x"))

loss = tf.reduce_sum(net) + tf.reduce_sum(tf.gather(tf.get_variable("table/embeddings2", [9, 4]), ids))
chosen = tf.trainable_variables("one|table/embeddings2")
moved = tf.get_variable("moved", [], initializer=tf.zeros_initializer(), trainable=False)
moving = tf.assign_add(moved, 1.0)
for optimizer in ("Adagrad", "Adam", "Ftrl", "Momentum", "RMSProp", "SGD"):
    layers.optimize_loss(loss, step, 0.1, optimizer, update_ops=[], variables=chosen)
layers.optimize_loss(
    loss,
    None,
    tf.constant(0.2),
    tf.train.GradientDescentOptimizer,
    clip_gradients=1.5,
    learning_rate_decay_fn=lambda rate, count: tf.train.exponential_decay(rate, count, 10, 0.9),
    update_ops=[moving],
    variables=chosen,
    name="trained",
    summaries=layers.OPTIMIZER_SUMMARIES,
    increment_global_step=False,
)
layers.optimize_loss(
    loss,
    step,
    None,
    tf.train.MomentumOptimizer(0.1, 0.5),
    gradient_noise_scale=0.1,
    gradient_multipliers={chosen[0]: 2.0, chosen[1].name: 3.0},
    update_ops=[],
    variables=chosen[:2],
    summaries=[],
)
layers.optimize_loss(
    loss,
    step,
    0.1,
    lambda rate: tf.train.AdamOptimizer(rate, 0.5),
    gradient_multipliers={"table/embeddings2:0": 0.5},
    clip_gradients=lambda pairs: pairs[::-1],
    update_ops=[],
    variables=chosen,
    colocate_gradients_with_ops=True,
)
