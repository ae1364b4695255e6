"""TensorArrays, alone and in loops and conditionals, and their gradients."""

import tensorflow as tf

x = tf.placeholder(tf.float32, [3, 2], name="x")
y = tf.placeholder(tf.float32, [2], name="y")
m = tf.placeholder(tf.float32, [None, 2], name="m")
p = tf.placeholder(tf.bool, [], name="p")

array = tf.TensorArray(tf.float32, 3, dynamic_size=True, clear_after_read=False, element_shape=[2])
array = array.write(0, y).write(1, [1.0, 2.0]).identity()
array.read(0), array.stack(), array.gather([0, 1]), array.size(), array.close()
other = tf.TensorArray(tf.float32, tf.shape(m)[0], name="other", tensor_array_name="abc").unstack(m)
other.stack(), other.read(1)
pieces = tf.TensorArray(tf.float32, 2, infer_shape=False).split(x, [1, 2])
pieces.concat(), pieces.stack()
tf.TensorArray(tf.float32, 2).split(x, [1, 1]).concat()
tf.TensorArray(tf.float32, 2).scatter([2, 1, 0], x).gather(tf.range(2))
with tf.device("/cpu:0"):
    tf.TensorArray(tf.float32, 2).scatter([2, 1, 0], x).stack()
    tf.TensorArray(tf.float32, 2, colocate_with_first_write_call=False).scatter([2, 1, 0], x).stack()

rows = tf.TensorArray(tf.float32, 3).unstack(x)
z = rows.read(0) * 2 + rows.read(1) + tf.reduce_sum(rows.stack())
written = tf.TensorArray(tf.float32, 3).write(0, z).write(1, y)
tf.gradients([written.stack(), pieces.concat()], [x, y])
tf.gradients(rows.read(2), x)
with tf.name_scope("inside"):
    tf.gradients(rows.read(2), x)

steps = tf.TensorArray(tf.float32, tf.shape(m)[0]).unstack(m)
_, results, _ = tf.while_loop(
    lambda i, r, a: i < tf.shape(m)[0],
    lambda i, r, a: (i + 1, r.write(i, steps.read(i) * a), tf.sin(a)),
    [0, tf.TensorArray(tf.float32, tf.shape(m)[0]), tf.ones([2])],
)
tf.gradients(results.stack(), [m])

kept = tf.TensorArray(tf.float32, 3, clear_after_read=False)
kept = tf.cond(p, lambda: kept.write(0, y), lambda: kept.write(0, y + 1))
tf.gradients(kept.read(0), y)
