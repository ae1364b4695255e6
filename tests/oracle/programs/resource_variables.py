"""Resource variables: making, reading, assigning."""

import tensorflow as tf

v = tf.Variable(1.0, use_resource=True)
m = tf.Variable([[1.0, 2.0], [3.0, 4.0]], use_resource=True, name="m")
from_function = tf.Variable(lambda: tf.ones([2]), use_resource=True, name="from_function")
cached = tf.Variable(1.0, use_resource=True, name="cached", caching_device="/cpu:0")
with tf.device("/cpu:0"):
    placed = tf.Variable(1.0, use_resource=True, name="placed")
with tf.variable_scope("scope", use_resource=True):
    x = tf.get_variable("x", [2, 3])
    y = tf.Variable(0, name="y")
count = tf.get_variable("count", [], tf.int32, use_resource=True)
v + 1.0
2.0 * v
tf.matmul(m, m)
placed * 2.0
v.read_value()
v.value()
m[0]
m[1:].assign([[5.0, 6.0]])
after = v.assign(2.0)
after + 1.0
after.assign_add(1.0)
v.assign_add(1.0, name="plus")
v.assign_sub(1.0, read_value=False)
cached.assign_add(1.0)
cached + 1.0
tf.assign(v, 3.0)
tf.assign_add(v, 3.0)
tf.assign_sub(v, 3.0)
rows = tf.IndexedSlices([[9.0, 9.0]], [1])
m.scatter_update(rows)
m.scatter_add(rows)
m.scatter_nd_add([[0, 1]], [5.0])
m.sparse_read([0])
tf.gather(m, [1])
tf.scatter_sub(m, [0], [[1.0, 1.0]])
with tf.colocate_with(m):
    tf.identity(after, name="beside")
tf.is_variable_initialized(v)
tf.report_uninitialized_variables()
tf.global_variables_initializer()
