"""tf.contrib.layers: numbers of seeded networks, wrong arguments, aliases, as in the tests of TensorFlow."""

import importlib

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def inside(name):
    return importlib.import_module("tensorflow.contrib.layers.python.layers." + name)


@program
def initial_values(tf):
    tf.set_random_seed(5)
    layers = tf.contrib.layers
    made = [
        initializer(shape)
        for initializer in (
            layers.xavier_initializer(),
            layers.xavier_initializer(uniform=False, seed=3),
            layers.xavier_initializer_conv2d(seed=7),
            layers.variance_scaling_initializer(),
            layers.variance_scaling_initializer(1.0, "FAN_OUT", True, 2),
        )
        for shape in ([], [3], [2, 3], [2, 1, 2, 2])
    ]
    with tf.Session() as session:
        return session.run(made)


@program
def wrong_initializers(tf):
    layers = tf.contrib.layers
    return [
        attempt(lambda: layers.xavier_initializer(dtype=tf.int32)),
        attempt(lambda: layers.variance_scaling_initializer(mode="FAN")),
        attempt(lambda: layers.variance_scaling_initializer()([2], dtype=tf.int32)),
    ]


@program
def wrong_regularizers(tf):
    layers = tf.contrib.layers
    rows = tf.ones([2, 3])
    return [
        attempt(lambda: layers.l1_regularizer(-1.0)),
        attempt(lambda: layers.l1_regularizer(0)),
        attempt(lambda: layers.l2_regularizer(-1.0)),
        attempt(lambda: layers.l2_regularizer(0)),
        attempt(lambda: layers.l1_l2_regularizer(1, 0.5)),
        attempt(lambda: layers.l1_l2_regularizer(0.5, 1)),
        attempt(lambda: layers.l1_l2_regularizer(-0.5, 1.0)),
        layers.l1_regularizer(0.0)(rows),
        layers.l2_regularizer(0.0)(rows),
        layers.l1_l2_regularizer(0.0, 0.0)(rows),
        layers.sum_regularizer([]),
        layers.sum_regularizer([None]),
        layers.sum_regularizer([layers.l1_regularizer(0.0)])(rows),
        attempt(lambda: layers.apply_regularization(layers.l2_regularizer(0.1))),
        attempt(lambda: layers.apply_regularization(lambda x: x, [rows])),
        layers.l1_regularizer(1.0, scope="mine")(rows).op.name,
    ]


@program
def seeded_network(tf):
    tf.set_random_seed(11)
    layers = tf.contrib.layers
    images = tf.constant(np.linspace(-1, 1, 2 * 6 * 6 * 2).reshape(2, 6, 6, 2), tf.float32)
    with tf.contrib.framework.arg_scope(
        [layers.conv2d, layers.fully_connected], weights_regularizer=layers.l2_regularizer(0.01)
    ):
        net = layers.conv2d(images, 3, 3, normalizer_fn=layers.batch_norm)
        net = layers.max_pool2d(net, 2)
        net = layers.layer_norm(layers.flatten(net))
        net = layers.dropout(net, 0.5, is_training=tf.constant(False))
        logits = layers.linear(net, 2)
    labels = layers.one_hot_encoding([0, 1], 2)
    tf.losses.softmax_cross_entropy(labels, logits)
    loss = tf.losses.get_total_loss()
    step = tf.train.create_global_step()
    train = layers.optimize_loss(loss, step, 0.1, "Momentum", clip_gradients=1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [float(np.float32(round(float(session.run(train)), 4))) for _ in range(3)]
        names = [v.name for v in tf.contrib.framework.get_model_variables()]
        mean = session.run("Conv/BatchNorm/moving_mean:0")
        return [losses, names, np.round(mean, 4) + np.float32(0), session.run(step)]


@program
def batch_norm_moves(tf):
    layers = tf.contrib.layers
    x = tf.placeholder(tf.float32, [None, 2])
    training = tf.placeholder(tf.bool, [])
    y = layers.batch_norm(x, 0.5, is_training=training, updates_collections=None)
    z = layers.batch_norm(x, 0.5, is_training=training, updates_collections="moves", fused=False)
    rows = np.float32([[1.0, 2.0], [3.0, 6.0], [5.0, 4.0]])
    results = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for mode in (True, False, True):
            values = session.run([y, z], {x: rows, training: mode})
            session.run(tf.get_collection("moves"), {x: rows, training: mode})
            results.append([np.round(v, 3) + np.float32(0) for v in values])
        results.append([np.round(v, 3) for v in session.run(tf.global_variables())])
    return results


@program
def wrong_layers(tf):
    layers = tf.contrib.layers
    images = tf.ones([2, 4, 4, 3])
    rows = tf.ones([2, 3])
    unknown = tf.placeholder(tf.float32)
    loose = tf.placeholder(tf.float32, [2, None])
    return [
        attempt(lambda: layers.fully_connected(rows, 2.5)),
        attempt(lambda: layers.fully_connected(rows, None)),
        attempt(lambda: layers.fully_connected(loose, 2)),
        attempt(lambda: layers.fully_connected(rows, 2, reuse=True)),
        attempt(lambda: layers.conv2d(rows, 2, 3)),
        attempt(lambda: layers.conv2d(images, 2, 3, data_format="CHWN")),
        attempt(lambda: layers.convolution(rows, 2, 3)),
        attempt(lambda: layers.conv2d(images, 2, 3, stride=2, rate=2)),
        attempt(lambda: layers.conv2d(images, 2, [1, 2, 3])),
        attempt(lambda: layers.conv2d_transpose(images, 2, 3, data_format="CHWN")),
        attempt(lambda: layers.separable_conv2d(images, 2, 3, data_format="CHWN")),
        attempt(lambda: layers.separable_conv2d(images, None, [1, 2, 3])),
        attempt(lambda: layers.separable_conv2d(rows, None, 3)),
        attempt(lambda: layers.max_pool2d(images, 2, data_format="CHWN")),
        attempt(lambda: layers.avg_pool2d(images, 2, data_format="CHWN")),
        attempt(lambda: layers.max_pool3d(images, 2, data_format="NHWC")),
        attempt(lambda: layers.max_pool2d(images, 2, padding="WIDE")),
        attempt(lambda: layers.batch_norm(images, data_format="CHWN")),
        attempt(lambda: layers.batch_norm(unknown)),
        attempt(lambda: layers.batch_norm(unknown, updates_collections=None)),
        attempt(lambda: layers.batch_norm(loose)),
        attempt(lambda: layers.batch_norm(loose, updates_collections=None, fused=False)),
        attempt(lambda: layers.batch_norm(rows, is_training=None, updates_collections=None)),
        attempt(lambda: layers.batch_norm(rows, renorm=True, updates_collections=None)),
        attempt(lambda: layers.batch_norm(rows, batch_weights=tf.ones([3]))),
        attempt(lambda: layers.layer_norm(unknown)),
        attempt(lambda: layers.layer_norm(loose)),
        attempt(lambda: layers.layer_norm(rows, begin_norm_axis=2)),
        attempt(lambda: layers.layer_norm(rows, begin_params_axis=2)),
        attempt(lambda: layers.bias_add(unknown)),
        attempt(lambda: layers.bias_add(loose)),
        attempt(lambda: layers.bias_add(rows, data_format="NCHW")),
        attempt(lambda: layers.bias_add(rows, data_format="CHWN")),
        attempt(lambda: layers.unit_norm(unknown, 0)),
        attempt(lambda: layers.unit_norm(rows, -1)),
        attempt(lambda: layers.unit_norm(rows, 2)),
        attempt(lambda: layers.softmax(unknown)),
        attempt(lambda: layers.softmax(tf.ones([3]))),
        attempt(lambda: layers.softmax(loose)),
        attempt(lambda: layers.maxout(rows, 2)),
        attempt(lambda: layers.stack(rows, layers.linear, 3)),
        attempt(lambda: layers.repeat(rows, 2, layers.linear)),
        attempt(lambda: layers.spatial_softmax(images, data_format="CHWN")),
        attempt(lambda: layers.spatial_softmax(tf.placeholder(tf.float32, [1, 2, 2, None]))),
        attempt(lambda: layers.embed_sequence([[1]])),
        attempt(lambda: layers.embed_sequence([[1]], vocab_size=3)),
        attempt(lambda: layers.flatten(unknown)),
        attempt(lambda: layers.flatten(tf.constant(1.0))),
    ]


@program
def wrong_training(tf):
    layers = tf.contrib.layers
    loss = tf.reduce_sum(layers.linear(tf.ones([2, 3]), 2))
    step = tf.train.create_global_step()

    def of(**arguments):
        chosen = {"loss": loss, "global_step": step, "learning_rate": 0.1, "optimizer": "SGD"}
        chosen.update(arguments)
        return attempt(lambda: layers.optimize_loss(**chosen))

    return [
        of(loss=tf.ones([2])),
        of(global_step=tf.constant(1.0)),
        of(learning_rate=-0.1),
        of(learning_rate=1),
        of(learning_rate=tf.ones([2])),
        of(learning_rate=None),
        of(learning_rate=None, optimizer=tf.train.AdamOptimizer),
        of(optimizer="sgd"),
        of(optimizer=3),
        of(optimizer=lambda rate: rate),
        of(summaries=["weights"]),
        of(clip_gradients=1),
        of(variables=[]),
    ]


@program
def collected(tf):
    layers, utils = tf.contrib.layers, inside("utils")
    x = tf.constant(1.0, name="x")
    results = [
        utils.get_tensor_aliases(x),
        utils.collect_named_outputs(None, "a", x) is x,
        hasattr(x, "aliases"),
    ]
    utils.collect_named_outputs(["ends", "more"], "scope/a/", x)
    utils.collect_named_outputs("ends", "b", x)
    y = layers.flatten(tf.ones([2, 2, 2]), outputs_collections="ends", scope="flat")
    results += [x.aliases, y.aliases, utils.gather_tensors_aliases([x, y, tf.constant(2, name="z")])]
    found = utils.convert_collection_to_dict("ends", clear_collection=True)
    results += [[[key, value.name] for key, value in found.items()], len(tf.get_collection("ends"))]
    shape = tf.TensorShape([None, 3, 4])
    return results + [
        attempt(lambda: utils.constant_value(None)),
        attempt(lambda: utils.constant_value(x, tf.int32)),
        utils.constant_value(x, tf.float32),
        utils.constant_value(tf.Variable(1.0)),
        utils.constant_value(3),
        attempt(lambda: utils.static_cond(True, 1, lambda: 2)),
        attempt(lambda: utils.smart_cond(False, lambda: 1, 2)),
        utils.smart_cond(tf.constant(False), lambda: 1, lambda: 2),
        utils.get_variable_collections({"a": ["b"]}, "a"),
        utils.get_variable_collections({"a": ["b"]}, "c"),
        utils.get_variable_collections(["d"], "c"),
        utils.last_dimension(shape),
        utils.channel_dimension(shape, "channels_first"),
        attempt(lambda: utils.last_dimension(shape, 4)),
        attempt(lambda: utils.last_dimension(tf.TensorShape(None))),
        attempt(lambda: utils.last_dimension(tf.TensorShape([2, None]))),
        utils.two_element_tuple(3),
        utils.two_element_tuple([3, 4]),
        attempt(lambda: utils.two_element_tuple([3])),
        attempt(lambda: utils.two_element_tuple("a")),
        utils.n_positive_integers(2, 3),
        utils.n_positive_integers(2, (3, 4)),
        attempt(lambda: utils.n_positive_integers(0, 3)),
        attempt(lambda: utils.n_positive_integers(2, 0)),
        attempt(lambda: utils.n_positive_integers(2, [3])),
        attempt(lambda: utils.n_positive_integers(2, [3, "a"])),
        attempt(lambda: utils.n_positive_integers(2, [3, -1])),
        inside("initializers").xavier_initializer is layers.xavier_initializer,
        inside("regularizers").l2_regularizer is layers.l2_regularizer,
        inside("layers").conv2d is layers.conv2d,
    ]
