"""Ref variables: initial values of every kind, reading, assigning, slices, initializers and checks."""

import numpy as np
import tensorflow as tf

v = tf.Variable(1.0)
w = tf.Variable([[1, 2], [3, 4]], dtype=tf.float64, name="w", trainable=False)
from_array = tf.Variable(np.arange(6, dtype=np.float32).reshape(2, 3), name="from_array")
from_function = tf.Variable(lambda: tf.ones([2, 2]), name="from_function")
from_tensor = tf.Variable(tf.zeros([3]), name="from_tensor", collections=["mine"])
no_shape = tf.Variable(tf.placeholder(tf.float32, name="fed"), validate_shape=False, name="no_shape")
text = tf.Variable("abc", name="text")
count = tf.Variable(0, name="count", trainable=False)
with tf.name_scope("scope"):
    inside = tf.Variable(tf.truncated_normal([4, 5], stddev=0.1, seed=3), name="inside")
    again = tf.Variable(2.0, name="inside")
with tf.device("/cpu:0"):
    placed = tf.Variable(1.0, name="placed")
    placed_by_function = tf.Variable(lambda: tf.ones([2]), name="placed_by_function")
    changed = placed.assign_add(1.0)
cached = tf.Variable(1.0, name="cached", caching_device="/cpu:0")
with tf.control_dependencies([v.initializer]):
    after = tf.Variable(3.0, name="after")
    read = v.read_value()

v + 1.0
2.0 * v
-v
w[0]
tf.matmul(w, w)
v.assign(2.0)
v.assign(tf.constant(3.0), use_locking=True, name="named")
v.assign_sub(1.0, read_value=False)
tf.assign(v, 4.0)
tf.assign(no_shape, [1.0, 2.0], validate_shape=False)
tf.assign_add(v, 1.0, name="plus")
tf.assign_sub(tf.assign_add(v, 1.0), 0.5)
count.count_up_to(5)
tf.count_up_to(count, 7, name="to_seven")
from_array[1:, :2].assign([[1.0, 2.0]])
rows = tf.IndexedSlices([[9.0, 9.0, 9.0]], [1])
from_array.scatter_update(rows)
from_array.scatter_add(rows, name="more")
from_array.scatter_sub(rows)
from_array.scatter_nd_add([[0, 1]], [5.0])
from_array.scatter_nd_update([[0, 1]], [5.0])
tf.scatter_update(from_array, [0], [[1.0, 1.0, 1.0]])
with tf.colocate_with(from_array):
    tf.identity(v, name="beside")
v.load
tf.is_variable_initialized(v)
tf.report_uninitialized_variables()
tf.report_uninitialized_variables([v], name="report_one")
tf.assert_variables_initialized([v, w])
tf.variables_initializer([v, w], name="some")
tf.global_variables_initializer()
tf.local_variables_initializer()
