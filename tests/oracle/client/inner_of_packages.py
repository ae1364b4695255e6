"""What packages of the time use inside of TensorFlow: utilities of layers and metrics, images, constants."""

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def utilities_of_layers(tf):
    utils = internal("layers.utils")
    x = tf.placeholder(tf.float32, [None, 3])
    y = x * 2.0
    chosen = utils.smart_cond(
        tf.placeholder_with_default(True, []), lambda: tf.constant(1), lambda: tf.constant(2), "chosen"
    )
    return [
        utils.static_shape(x),
        utils.static_shape(tf.placeholder(tf.float32)),
        utils.static_shape(None),
        bool(utils.constant_value(tf.constant(True))),
        utils.constant_value(0),
        utils.constant_value(tf.placeholder(tf.bool)),
        utils.smart_cond(False, lambda: 1, lambda: 2),
        chosen.name,
        tf.Session().run(chosen),
        utils.normalize_tuple(3, 2, "kernel_size"),
        attempt(lambda: utils.normalize_tuple((1, 2, 3), 2, "kernel_size")),
        utils.convert_data_format("channels_first", 5),
        utils.conv_output_length(10, 3, "valid", 2),
        utils.deconv_output_length(5, 3, "same", 2),
        sorted(t.name for t in utils.get_reachable_from_inputs([x], targets=[y])),
        attempt(lambda: utils.smart_cond(True, 1, 2)),
    ]


@program
def layers_of_keras(tf):
    layers = internal("keras.layers")
    spec = internal("keras.engine.input_spec").InputSpec(min_ndim=3, max_ndim=5)

    class Picky(tf.layers.Layer):
        def build(self, shape):
            self.input_spec = spec
            self.built = True

        def call(self, x):
            return x

    class Pickier(tf.layers.Layer):
        def __init__(self):
            super(Pickier, self).__init__()
            self.input_spec = spec

    return [
        layers.Dense is layers.core.Dense,
        layers.Dense is tf.keras.layers.Dense,
        repr(spec),
        spec.get_config(),
        Picky().apply(tf.zeros([1, 2, 3])).shape.as_list(),
        attempt(lambda: Pickier().apply(tf.zeros([1, 2]))),
        attempt(lambda: Pickier().apply(tf.zeros([1] * 6))),
    ]


@program
def parts_of_metrics(tf):
    impl = internal("ops.metrics_impl")
    labels, predictions = tf.constant([1, 0, 1, 1]), tf.constant([0.9, 0.4, 0.3, 0.6])
    values, updates = impl._confusion_matrix_at_thresholds(labels, predictions, [0.5, 0.8])
    some, _ = impl._confusion_matrix_at_thresholds(labels, predictions, [0.5], includes=("tp",))
    variable = impl.metric_variable([2], tf.float32, name="count")
    total = impl._aggregate_variable(variable, ["totals"])
    squeezed = impl._remove_squeezable_dimensions(tf.zeros([3, 1]), tf.zeros([3]), tf.ones([3, 1]))
    matrix, update = impl._streaming_confusion_matrix(labels, tf.constant([1, 1, 0, 1]), 2)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        session.run([updates, update])
        return [
            {name: session.run(value) for name, value in values.items()},
            sorted(some),
            attempt(lambda: impl._confusion_matrix_at_thresholds(labels, predictions, [0.5], includes=["x"])),
            sorted(c for c in variable.graph.get_all_collection_keys() if variable in tf.get_collection(c)),
            tf.get_collection("totals")[0] is total,
            [t.shape.as_list() for t in squeezed],
            session.run(matrix),
            session.run(
                internal("ops.weights_broadcast_ops").broadcast_weights(tf.ones([2, 1]), tf.zeros([2, 2]))
            ),
            session.run(impl._safe_scalar_div(tf.constant([1.0, 2.0]), tf.constant([0.0, 4.0]), "d")),
            [
                t.shape.as_list()
                for t in internal("ops.confusion_matrix").remove_squeezable_dimensions(
                    tf.zeros([2, 1]), tf.zeros([2])
                )
            ],
        ]


@program
def names_of_images_and_shapes(tf):
    images, arrays = internal("ops.image_ops"), internal("ops.array_ops")
    from tensorflow.python.ops.rnn import dynamic_rnn, rnn_cell_impl

    x = tf.zeros([2, 3])
    return [
        images.is_jpeg is tf.image.is_jpeg,
        images.resize_bilinear is tf.image.resize_bilinear,
        images.decode_image is tf.image.decode_image,
        rnn_cell_impl is internal("ops.rnn_cell_impl"),
        dynamic_rnn is tf.nn.dynamic_rnn,
        [arrays.shape_internal(x, optimize=o).op.type for o in (True, False)],
        [arrays.size_internal(x, optimize=o).op.type for o in (True, False)],
        [arrays.rank_internal(x, optimize=o).op.type for o in (True, False)],
    ]


@program
def shapes_from_constant_examples(tf):
    example = tf.train.Example()
    example.features.feature["x"].float_list.value.extend([1.0, 2.0, 3.0, 4.0])
    example.features.feature["shape"].int64_list.value.extend([2, 2])
    parsed = tf.parse_single_example(
        tf.constant(example.SerializeToString()),
        {"x": tf.VarLenFeature(tf.float32), "shape": tf.FixedLenFeature([2], tf.int64)},
    )
    dense = tf.sparse_tensor_to_dense(parsed["x"])
    shaped = tf.reshape(dense, parsed["shape"])
    batch = tf.io.parse_example(
        tf.constant([example.SerializeToString()] * 2), {"x": tf.VarLenFeature(tf.float32)}
    )
    sequence = tf.train.SequenceExample()
    for values in ([1.0], [2.0, 3.0]):
        sequence.feature_lists.feature_list["s"].feature.add().float_list.value.extend(values)
    _, lists = tf.io.parse_single_sequence_example(
        tf.constant(sequence.SerializeToString()), sequence_features={"s": tf.VarLenFeature(tf.float32)}
    )
    wide = tf.sparse_tensor_to_dense(lists["s"], default_value=-1)
    with tf.Session() as session:
        return [
            [t.shape.as_list() if t.shape.ndims is not None else None for t in (dense, shaped, wide)],
            session.run([dense, shaped, wide, tf.sparse_tensor_to_dense(batch["x"])]),
        ]
