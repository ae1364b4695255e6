"""Columns of every kind through input_layer and linear_model."""

import tensorflow as tf

fc = tf.feature_column
tf.set_random_seed(11)

features = {
    "age": tf.constant([[18.0], [35.5], [64.0]]),
    "size": tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    "flat": tf.constant([1, 2, 3], tf.int64),
    "colour": tf.constant([["red", ""], ["green", "blue"], ["grey", "red"]]),
    "code": tf.constant([[3], [1], [-1]], tf.int64),
    "words": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["a", "b", "c"], [3, 2]),
    "weights": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [0.5, 2.0, 1.0], [3, 2]),
    "unknown": tf.placeholder(tf.float32, None, name="unknown"),
}
age = fc.numeric_column("age", normalizer_fn=lambda x: x / 10.0)
size = fc.numeric_column("size", shape=(2,))
flat = fc.numeric_column("flat", dtype=tf.int64)
unknown = fc.numeric_column("unknown")
ages = fc.bucketized_column(fc.numeric_column("age"), [20.0, 40.0])
sizes = fc.bucketized_column(size, [2.5, 4.5])
colour = fc.categorical_column_with_vocabulary_file("colour", "colours.txt", 3, num_oov_buckets=2)
code = fc.categorical_column_with_identity("code", 5)
lenient = fc.categorical_column_with_identity("flat", 3, default_value=0)
words = fc.categorical_column_with_hash_bucket("words", 10)
weighted = fc.weighted_categorical_column(words, "weights")
crossed = fc.crossed_column(["colour", ages, code], 20)
shared = fc.shared_embedding_columns(
    [fc.categorical_column_with_identity("code", 5), fc.categorical_column_with_identity("code2", 5)], 2
)

dense = [
    age,
    size,
    flat,
    unknown,
    ages,
    fc.indicator_column(colour),
    fc.indicator_column(weighted),
    fc.embedding_column(words, 3),
    fc.embedding_column(crossed, 4, combiner="sqrtn", max_norm=1.0, trainable=False),
]
parts, outputs = {}, {}
first = fc.input_layer(features, dense, cols_to_vars=parts, cols_to_output_tensors=outputs)
tf.identity(first, name="first")
second = fc.input_layer({**features, "code2": tf.constant([[0], [1], [2]], tf.int64)}, shared)
parts = {}
linear = fc.linear_model(
    features,
    [age, sizes, colour, lenient, weighted, crossed, code],
    units=2,
    sparse_combiner="mean",
    cols_to_vars=parts,
)
tf.identity(linear, name="linear")
with tf.variable_scope("other"):
    fc.linear_model(features, [size, words])
