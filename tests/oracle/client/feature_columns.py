"""Feature columns: what each makes of features, how they train, what they say of themselves and refuse."""

import copy

import numpy as np

from tests.oracle.client import attempt, internal
from tests.oracle.client._folders import in_folder

PROGRAMS = []
program = in_folder(PROGRAMS)


def rounded(value):
    """Numbers to five digits: sums of floats depend on the order."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    return np.asarray([float("%.5g" % item) for item in np.ravel(value)]).reshape(np.shape(value))


def run(tf, fetches):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.tables_initializer()])
        return rounded(session.run(fetches))


def words(tf):
    return tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["a", "b", "zz"], [3, 2])


@program
def crossing(tf, folder):
    ints = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], tf.constant([3, -1, 7], tf.int32), [3, 3])
    dense = tf.constant([["x", "y"], ["z", ""], ["x", "x"]])
    made = [
        lambda: tf.sparse.cross([words(tf), dense]),
        lambda: tf.sparse.cross([dense, ints, words(tf)]),
        lambda: tf.sparse.cross_hashed([words(tf), dense]),
        lambda: tf.sparse.cross_hashed([ints, dense, words(tf)], num_buckets=1000),
        lambda: tf.sparse.cross_hashed([ints, tf.constant([[1], [2], [3]])], num_buckets=50, hash_key=-7),
        lambda: tf.sparse.cross([tf.zeros([0, 2], tf.int64)]),
        lambda: tf.sparse.cross_hashed([ints, tf.constant([[1], [2]])]),
        lambda: tf.sparse.cross((dense,)),
        lambda: tf.sparse.cross([["a"]]),
    ]
    with tf.Session() as session:
        return [attempt(lambda make=make: session.run(make())) for make in made]


@program
def bucketizing(tf, folder):
    bucketize = internal("ops.math_ops")._bucketize
    made = [
        lambda: bucketize(tf.constant([1.0, 2.0, 2.5, 9.0, np.nan]), boundaries=[2.0, 3.0]),
        lambda: bucketize(tf.constant([[1, 2], [2**24 + 1, -4]]), boundaries=[2.0, 2.0**24]),
        lambda: bucketize(tf.constant([0.1, 0.2], tf.float64), boundaries=[0.1, 0.2]),
        lambda: bucketize(tf.constant([3], tf.int64), boundaries=[]),
        lambda: bucketize(tf.constant([3.0]), boundaries=[4.0, 1.0]),
        lambda: bucketize(tf.placeholder_with_default([3.0], None), boundaries=[1.0]),
    ]
    with tf.Session() as session:
        return [attempt(lambda make=make: session.run(make())) for make in made]


@program
def of_every_kind(tf, folder):
    fc = tf.feature_column
    with open(folder + "/words.txt", "w") as file:
        file.write("a\nb\nc\n")
    features = {
        "x": tf.constant([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]),
        "flat": tf.constant([7, 8, 9]),
        "w": words(tf),
        "weight": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [0.5, 2.0, -1.0], [3, 2]),
        "id": tf.constant([[1, -1], [0, 3], [2, 2]], tf.int64),
    }
    x = fc.numeric_column("x", (2,), normalizer_fn=lambda t: t * 2.0)
    ranges = fc.bucketized_column(x, [3.0, 8.0])
    listed = fc.categorical_column_with_vocabulary_list("w", ["b", "a"], num_oov_buckets=1)
    from_file = fc.categorical_column_with_vocabulary_file("w", folder + "/words.txt", default_value=2)
    hashed = fc.categorical_column_with_hash_bucket("w", 5)
    numbers = fc.categorical_column_with_hash_bucket("id", 5, tf.int64)
    identity = fc.categorical_column_with_identity("id", 4)
    weighted = fc.weighted_categorical_column(listed, "weight")
    crossed = fc.crossed_column([identity, "w", ranges], 7)
    columns = [
        x,
        fc.numeric_column("flat", dtype=tf.int32),
        ranges,
        fc.indicator_column(listed),
        fc.indicator_column(numbers),
        fc.indicator_column(weighted),
        fc.indicator_column(crossed),
        fc.indicator_column(identity),
    ]
    each = {column.name: fc.input_layer(features, [column]) for column in columns}
    each["file"] = fc.input_layer(features, fc.indicator_column(from_file))
    counting = lambda shape, dtype=None, partition_info=None: tf.reshape(  # noqa: E731
        tf.range(np.prod(shape).item(), dtype=tf.float32), shape
    )
    for combiner in ("mean", "sum", "sqrtn"):
        for column in (weighted, crossed, identity):
            made = fc.embedding_column(column, 2, combiner, initializer=counting)
            each[column.name + combiner] = fc.input_layer(features, [made])
    made = fc.embedding_column(hashed, 2, initializer=counting, max_norm=1.5)
    each["clipped"] = fc.input_layer(features, [made])
    names = [[column.name, sorted(column._parse_example_spec)] for column in columns]
    return run(tf, each), names, [v.name for v in tf.global_variables()]


@program
def a_trained_linear_model(tf, folder):
    fc = tf.feature_column
    features = {"x": tf.constant([[1.0], [2.0], [3.0]]), "w": words(tf)}
    columns = [fc.numeric_column("x"), fc.categorical_column_with_hash_bucket("w", 3)]
    found = {}
    outputs = fc.linear_model(features, columns, units=2, cols_to_vars=found)
    loss = tf.reduce_mean(tf.square(outputs - tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])))
    step = tf.train.GradientDescentOptimizer(0.05).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [session.run([loss, step])[0] for _ in range(4)]
        named = {getattr(key, "name", key): [v.name for v in found[key]] for key in found}
        return (
            rounded([losses, session.run(tf.trainable_variables())]),
            named,
            len(tf.get_collection("model_variables")),
        )


@program
def a_trained_embedding(tf, folder):
    fc = tf.feature_column
    tf.set_random_seed(4)
    features = {"w": words(tf), "id": tf.constant([[1], [0], [2]], tf.int64)}
    shared = fc.shared_embedding_columns(
        [fc.categorical_column_with_hash_bucket("w", 3), fc.categorical_column_with_hash_bucket("v", 3)], 2
    )
    columns = [fc.embedding_column(fc.categorical_column_with_identity("id", 3), 2), *shared]
    outputs = fc.input_layer({**features, "v": tf.constant([["a"], ["q"], [""]])}, columns)
    loss = tf.reduce_sum(tf.square(outputs - 1.0))
    step = tf.train.AdagradOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [session.run([loss, step])[0] for _ in range(3)]
        return rounded([losses, session.run(tf.trainable_variables())])


@program
def layers_and_their_state(tf, folder):
    fc = tf.feature_column
    v2 = internal("feature_column.feature_column_v2")
    features = {"x": tf.constant([[1.0], [2.0], [3.0]]), "w": words(tf)}
    hashed = fc.categorical_column_with_hash_bucket("w", 3)
    layer = tf.keras.layers.DenseFeatures([fc.numeric_column("x"), fc.embedding_column(hashed, 2)])
    output = layer(features)
    model = v2.LinearModel([fc.numeric_column("x"), hashed], units=2)
    predictions = model(features)
    sequence = tf.keras.experimental.SequenceFeatures(
        [fc.indicator_column(fc.sequence_categorical_column_with_hash_bucket("w", 4))]
    )
    dense, lengths = sequence(features)
    shapes = [output.shape.as_list(), predictions.shape.as_list(), dense.shape.as_list()]
    names = [v.name for v in layer.weights + model.weights]
    config = layer.get_config()
    again = tf.keras.layers.DenseFeatures.from_config(config)
    column_config = config["feature_columns"]
    return (
        run(tf, [predictions, dense, lengths]),
        shapes,
        names,
        [item["class_name"] for item in column_config],
        sorted(column_config[0]["config"]),
        [column.name for column in again._feature_columns],
        attempt(lambda: layer([1.0])),
        attempt(lambda: tf.keras.layers.DenseFeatures([hashed])),
    )


@program
def sequences(tf, folder):
    fc = tf.feature_column
    features = {
        "n": tf.SparseTensor([[0, 0], [0, 1], [2, 0], [2, 3]], [1.0, 2.0, 3.0, 4.0], [3, 4]),
        "deep": tf.SparseTensor(
            [[0, 0, 0], [0, 1, 0], [0, 1, 1], [2, 0, 0]], ["a", "b", "c", "a"], [3, 2, 2]
        ),
    }
    lib = tf.keras.experimental.SequenceFeatures
    columns = [
        fc.sequence_numeric_column("n"),
        fc.sequence_numeric_column("n", shape=2, default_value=-1.0),
        fc.indicator_column(fc.sequence_categorical_column_with_vocabulary_list("deep", ["a", "b", "c"])),
    ]
    return run(tf, [lib([column])(features) for column in columns])


@program
def specifications(tf, folder):
    fc = tf.feature_column
    columns = [
        fc.numeric_column("x", shape=[2, 1], default_value=[[1], [2]], dtype=tf.int32),
        fc.bucketized_column(fc.numeric_column("y"), [0.0]),
        fc.categorical_column_with_hash_bucket("w", 5),
        fc.weighted_categorical_column(fc.categorical_column_with_hash_bucket("w", 5), "weight"),
        fc.crossed_column(["p", "q"], 5),
        fc.embedding_column(fc.categorical_column_with_identity("id", 3), 2),
    ]
    made = fc.make_parse_example_spec(columns)
    return (
        {key: [type(made[key]).__name__, made[key].dtype.name] for key in made},
        [made["x"].shape, made["x"].default_value],
        attempt(lambda: fc.make_parse_example_spec([columns[0], fc.numeric_column("x")])),
        attempt(lambda: fc.make_parse_example_spec(["x"])),
        [column == copy.deepcopy(column) for column in columns[:3]],
        sorted(columns)[0].name,
        str(columns[1]),
    )


@program
def parsed_examples(tf, folder):
    fc = tf.feature_column
    columns = [fc.numeric_column("x"), fc.indicator_column(fc.categorical_column_with_hash_bucket("w", 3))]
    example = tf.train.Example()
    example.features.feature["x"].float_list.value.append(2.5)
    example.features.feature["w"].bytes_list.value.extend([b"a", b"b"])
    features = tf.parse_example([example.SerializeToString()], fc.make_parse_example_spec(columns))
    return run(tf, fc.input_layer(features, columns))


@program
def refused_arguments(tf, folder):
    fc = tf.feature_column
    x, w = fc.numeric_column("x"), fc.categorical_column_with_hash_bucket("w", 5)
    sequence = fc.sequence_categorical_column_with_identity("s", 3)
    made = [
        lambda: fc.numeric_column(3),
        lambda: fc.numeric_column("x", shape=[1.5]),
        lambda: fc.numeric_column("x", shape=0),
        lambda: fc.numeric_column("x", dtype=tf.string),
        lambda: fc.numeric_column("x", default_value=[1.0, 2.0]),
        lambda: fc.numeric_column("x", default_value="a"),
        lambda: fc.numeric_column("x", default_value=1.5, dtype=tf.int32),
        lambda: fc.numeric_column("x", normalizer_fn=3),
        lambda: fc.bucketized_column(w, [1.0]),
        lambda: fc.bucketized_column(fc.numeric_column("x", (2, 2)), [1.0]),
        lambda: fc.bucketized_column(x, []),
        lambda: fc.bucketized_column(x, [2.0, 1.0]),
        lambda: fc.bucketized_column(x, 3),
        lambda: fc.categorical_column_with_hash_bucket("w", None),
        lambda: fc.categorical_column_with_hash_bucket("w", 0),
        lambda: fc.categorical_column_with_hash_bucket("w", 3, tf.float32),
        lambda: fc.categorical_column_with_vocabulary_file("w", ""),
        lambda: fc.categorical_column_with_vocabulary_file("w", "nowhere.txt"),
        lambda: fc.categorical_column_with_vocabulary_file("w", "f", 0),
        lambda: fc.categorical_column_with_vocabulary_file("w", "f", 3, 2, 1),
        lambda: fc.categorical_column_with_vocabulary_file("w", "f", 3, -2),
        lambda: fc.categorical_column_with_vocabulary_list("w", []),
        lambda: fc.categorical_column_with_vocabulary_list("w", ["a", "a"]),
        lambda: fc.categorical_column_with_vocabulary_list("w", [1.0]),
        lambda: fc.categorical_column_with_vocabulary_list("w", ["a"], tf.int32),
        lambda: fc.categorical_column_with_vocabulary_list("w", ["a"], None, 1, 2),
        lambda: fc.categorical_column_with_identity("w", 0),
        lambda: fc.categorical_column_with_identity("w", 3, 4),
        lambda: fc.weighted_categorical_column(w, "z", tf.string),
        lambda: fc.crossed_column(["a"], 3),
        lambda: fc.crossed_column(["a", "b"], 0),
        lambda: fc.crossed_column(["a", x], 3),
        lambda: fc.crossed_column(["a", w], 3),
        lambda: fc.embedding_column(w, 0),
        lambda: fc.embedding_column(w, 2, initializer=3),
        lambda: fc.embedding_column(w, 2, ckpt_to_load_from="c"),
        lambda: fc.shared_embedding_columns([w, fc.categorical_column_with_identity("i", 5)], 2),
        lambda: fc.shared_embedding_columns([w, fc.categorical_column_with_hash_bucket("v", 6)], 2),
        lambda: fc.input_layer({"x": [[1.0]]}, []),
        lambda: fc.input_layer({"x": [[1.0]]}, {"x": x}),
        lambda: fc.input_layer({"x": [[1.0]]}, ["x"]),
        lambda: fc.input_layer({"x": [[1.0]]}, [x, fc.numeric_column("x", dtype=tf.int32)]),
        lambda: fc.input_layer({"x": [[1.0]]}, [w]),
        lambda: fc.input_layer({"y": [[1.0]]}, [x]),
        lambda: fc.input_layer({"x": 1.0}, [x]),
        lambda: fc.input_layer({"x": words(tf)}, [x]),
        lambda: fc.input_layer({"s": words(tf)}, [fc.indicator_column(sequence)]),
        lambda: fc.input_layer({"s": words(tf)}, [fc.embedding_column(sequence, 2)]),
        lambda: fc.input_layer({"w": [[1.0]]}, [fc.indicator_column(w)]),
        lambda: fc.input_layer({"w": [[1]]}, [fc.indicator_column(w)]),
        lambda: fc.input_layer({"x": [[1.0], [2.0]], "y": [[1.0]]}, [x, fc.numeric_column("y")]),
        lambda: fc.linear_model({"x": [[1.0]]}, [fc.sequence_numeric_column("x")]),
        lambda: fc.linear_model({"w": words(tf), "z": [[1]]}, [fc.weighted_categorical_column(w, "z")]),
        lambda: run(
            tf,
            fc.input_layer(
                {"i": tf.constant([[7]])}, [fc.indicator_column(fc.categorical_column_with_identity("i", 3))]
            ),
        ),
    ]
    return [attempt(make) for make in made]


@program
def columns_of_programs(tf, folder):
    """A column of a program's own in the older interface, and the builder that it asks."""
    old = internal("feature_column.feature_column")

    class Doubled(old._DenseColumn):
        @property
        def name(self):
            return "doubled"

        @property
        def _parse_example_spec(self):
            return {}

        @property
        def _variable_shape(self):
            return tf.TensorShape([1])

        def _transform_feature(self, inputs):
            return inputs.get("x") * 2.0

        def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
            return inputs.get(self)

    column = Doubled()
    output = tf.feature_column.input_layer({"x": tf.constant([[3.0]])}, [column])
    builder = old._LazyBuilder({"x": tf.constant([3.0])})
    return (
        run(tf, [output, builder.get("x"), builder.get(column)]),
        builder.get("x") is builder.get("x"),
        attempt(lambda: builder.get("y")),
        attempt(lambda: builder.get(3)),
    )


@program
def shared_layers(tf, folder):
    """InputLayer: calls share their variables."""
    fc = tf.feature_column
    layer = internal("feature_column.feature_column").InputLayer(
        [fc.embedding_column(fc.categorical_column_with_identity("i", 3), 2)]
    )
    outputs = [layer({"i": tf.constant([[i]])}) for i in range(2)]
    names = [v.name for v in layer.trainable_variables]
    return names, layer.name, [output.shape.as_list() for output in outputs], len(tf.global_variables())
