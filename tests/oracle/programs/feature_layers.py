"""Columns of every kind through the layers of Keras: DenseFeatures, SequenceFeatures, LinearModel."""

import tensorflow as tf
from tensorflow.python.feature_column import dense_features_v2, sequence_feature_column
from tensorflow.python.feature_column import feature_column_v2 as fc2

fc = tf.feature_column
tf.set_random_seed(12)

features = {
    "age": tf.constant([[18.0], [35.5], [64.0]]),
    "code": tf.constant([[3], [1], [2]], tf.int64),
    "code2": tf.constant([[0], [1], [2]], tf.int64),
    "words": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["a", "b", "c"], [3, 2]),
    "levels": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [0.5, 2.0, 1.0], [3, 4]),
}
age = fc.numeric_column("age")
ages = fc.bucketized_column(age, [20.0, 40.0])
code = fc.categorical_column_with_identity("code", 5)
words = fc.categorical_column_with_hash_bucket("words", 10)
crossed = fc.crossed_column(["words", ages], 20)
shared = fc2.shared_embedding_columns_v2([code, fc.categorical_column_with_identity("code2", 5)], 2)

dense = [age, ages, fc.indicator_column(code), fc.embedding_column(words, 3), *shared]
layer = tf.keras.layers.DenseFeatures(dense)
layer(features)
layer(features)
newer = dense_features_v2.DenseFeatures([age, fc.embedding_column(words, 2)], name="newer")
newer(features)

linear = fc2.LinearModel([age, ages, code, words, crossed], units=2, name="line")
linear(features)

steps = fc.sequence_categorical_column_with_hash_bucket("words", 10)
levels = fc.sequence_numeric_column("levels", shape=(2,))
scores = fc.sequence_categorical_column_with_identity("scores", 4, default_value=0)
features["scores"] = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([1, 5, 2], tf.int64), [3, 2])
sequences = tf.keras.experimental.SequenceFeatures(
    [fc.embedding_column(steps, 2), fc.indicator_column(scores)]
)
outputs, lengths = sequences(features)
tf.keras.experimental.SequenceFeatures([levels], name="pairs")({"levels": features["levels"]})
context = tf.keras.layers.DenseFeatures([age], name="context")(features)
sequence_feature_column.concatenate_context_input(context, outputs)
