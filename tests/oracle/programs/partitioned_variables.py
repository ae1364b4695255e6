"""Variables in parts: partitioners, initial values of parts, sharing, assigning, using whole ones."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(3)
halves = tf.fixed_size_partitioner(2)

a = tf.get_variable("a", [5, 3], partitioner=halves)
columns = tf.get_variable("columns", [3, 5], partitioner=tf.fixed_size_partitioner(3, axis=1))
whole = tf.get_variable("whole", [4, 2], partitioner=tf.fixed_size_partitioner(1))
scalar = tf.get_variable("scalar", [], partitioner=halves)
resource = tf.get_variable("resource", [5, 3], partitioner=halves, use_resource=True)
tf.get_variable("by_size", [100, 4], partitioner=tf.variable_axis_size_partitioner(640))
tf.get_variable("by_size_limited", [100, 4], partitioner=tf.variable_axis_size_partitioner(640, max_shards=2))
tf.get_variable("by_minimum", [64, 64], partitioner=tf.min_max_variable_partitioner(3, 1, 4096))
tf.get_variable("integers", [4], tf.int64, partitioner=halves)
tf.get_variable("flags", [4], tf.bool, partitioner=halves)

# What makes the values of parts.
with tf.variable_scope("initialized", partitioner=halves):
    tf.get_variable("zeros", [4, 2], initializer=tf.zeros_initializer())
    tf.get_variable("by_class", [4, 2], initializer=tf.ones_initializer)
    tf.get_variable("normal", [4, 2], initializer=tf.truncated_normal_initializer(seed=5))
    tf.get_variable("scaled", [6, 2], initializer=tf.variance_scaling_initializer(mode="fan_avg"))
    tf.get_variable("glorot", [6, 2], initializer=tf.glorot_normal_initializer())
    tf.get_variable("unit", [6, 2], initializer=tf.uniform_unit_scaling_initializer(1.5))
    tf.get_variable("identity", [4, 6], initializer=tf.initializers.identity(2.0))
    tf.get_variable("tensor", initializer=tf.random_uniform([5, 2]))
    tf.get_variable("array", [4, 2], initializer=np.arange(8, dtype=np.float32).reshape(4, 2))
    tf.get_variable("function", [4, 2], initializer=lambda shape, dtype, partition_info: tf.fill(shape, 2.0))

# Regularizers, devices, collections, constraints.
with tf.variable_scope("more", regularizer=tf.nn.l2_loss, partitioner=halves) as more:
    with tf.device("/cpu:0"):
        tf.get_variable("regularized", [4, 2])
    tf.get_variable("cached", [4, 2], caching_device="/cpu:0")
    tf.get_variable("local", [4, 2], collections=["mine", tf.GraphKeys.LOCAL_VARIABLES], trainable=False)
    with tf.variable_scope("inner", partitioner=tf.fixed_size_partitioner(3)):
        tf.get_variable("thirds", [6])
with tf.variable_scope(more, reuse=True):
    again = tf.get_variable("regularized", [4, 2])
    tf.get_variable("cached", [4, 2], partitioner=halves)


def renaming(getter, name, *args, **kwargs):
    return getter(name + "_g", *args, **kwargs)


with tf.variable_scope("by_getter", custom_getter=renaming):
    tf.get_variable("v", [4, 2], partitioner=halves)

# Using them.
x = tf.placeholder(tf.float32, [None, 5], name="x")
product = tf.matmul(x, a)
with tf.name_scope("used"):
    tf.matmul(x, resource)
    tf.add(whole, 1.0)
    with tf.control_dependencies([product]):
        tf.identity(columns)
        a.as_tensor()
        a._concat()
    tf.identity(again, name="again")
    tf.concat(list(a), 0)
    tf.stack([scalar, scalar])
a.assign(tf.zeros([5, 3]))
a.assign_add(a, name="twice")
resource.assign_sub(tf.ones([5, 3]), read_value=True)
columns.assign([tf.ones([3, 2]), tf.ones([3, 2]), tf.ones([3, 1])], use_locking=True)

# By hand.
tf.create_partitioned_variables([4, 2], [2, 1], tf.zeros_initializer())
tf.create_partitioned_variables([4, 2], [2, 1], tf.ones([4, 2]), name="by_hand", trainable=False)
tf.create_partitioned_variables([4, 2], [2, 1], tf.ones([4, 2]), name="by_hand", reuse=True)
with tf.variable_scope("outer", use_resource=True):
    tf.create_partitioned_variables([4, 3], [1, 3], tf.truncated_normal_initializer(), dtype=tf.float64)

tf.global_variables_initializer()
tf.report_uninitialized_variables()
tf.trainable_variables()
