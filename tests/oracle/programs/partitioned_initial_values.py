"""Variables in parts that start from others, are averaged, and are made in branches and loops."""

import tensorflow as tf

halves = tf.fixed_size_partitioner(2)
whole = tf.get_variable("whole", [4, 2])
parts = tf.get_variable("parts", [4, 2], partitioner=halves)
tf.get_variable("of_initialized", initializer=whole.initialized_value() * 2.0, partitioner=halves)
tf.get_variable("of_whole", initializer=whole * 3.0, partitioner=halves)
tf.get_variable("of_parts", initializer=parts.as_tensor(), partitioner=halves)
tf.get_variable("of_joined", initializer=tf.concat(list(parts), 0))
tf.train.ExponentialMovingAverage(0.9).apply(list(parts))

# What a loop makes stays as it is, whatever variables it depends on.
count = tf.while_loop(lambda i: i < 10, lambda i: i + 1, [tf.constant(0)])
number = tf.get_variable("number", initializer=3)
tf.get_variable("of_loop", initializer=count + 1)
tf.get_variable("of_loop_and_variable", initializer=tf.stack([count, number]), partitioner=halves)


def body(i, _):
    inside = tf.get_variable("in_loop", [4], initializer=tf.zeros_initializer(), partitioner=halves)
    return i + 1, tf.reduce_sum(inside)


tf.while_loop(lambda i, _: i < 3, body, [tf.constant(0), tf.constant(0.0)])
tf.cond(
    tf.placeholder(tf.bool, []),
    lambda: tf.reduce_sum(tf.get_variable("in_branch", [4], partitioner=halves, use_resource=True)),
    lambda: tf.reduce_sum(parts),
)
tf.global_variables_initializer()
