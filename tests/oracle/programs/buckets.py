"""tf.contrib.training.bucket: examples in queues by bucket, and by their length."""

import tensorflow as tf

training = tf.contrib.training
words = tf.placeholder(tf.int32, [None], name="words")
label = tf.placeholder(tf.float32, [2], name="label")
training.bucket([words, label], tf.size(words) % 3, 4, 3, dynamic_pad=True)
training.bucket(
    {"label": label},
    tf.placeholder(tf.int32, []),
    [2, 3],
    2,
    num_threads=2,
    capacity=7,
    bucket_capacities=[5, 6],
    allow_smaller_final_batch=True,
    keep_input=tf.placeholder(tf.bool, []),
    shared_name="shared",
    name="named",
)
training.bucket_by_sequence_length(tf.size(words), [words, label], 4, [3, 5, 8], dynamic_pad=True)
training.bucket_by_sequence_length(
    tf.size(words), {"words": words, "label": label}, 4, [3], shapes=[[2], [None]], dynamic_pad=True
)
