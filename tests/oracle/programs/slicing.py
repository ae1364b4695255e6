"""tensor[...], tf.slice, tf.strided_slice, assignments to slices, and their gradients."""

import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4, 5], name="x")
y = tf.placeholder(tf.float32, None, name="y")
i = tf.constant(2, name="i")
j = tf.constant(1, tf.int64, name="j")
parts = [
    x[0],
    x[-1],
    x[1:3],
    x[:, 1],
    x[..., 1:],
    x[:, tf.newaxis],
    x[::2, ::-1],
    x[:, None, ..., 0],
    x[i],
    x[:, i],
    x[i:, 0],
    x[:, :i],
    x[j],
    x[j:, 1],
    x[..., ::i],
    y[1],
    y[..., None],
    y[i:],
    x[tf.Dimension(1)],
    x[np.int32(1)],
    x[:, np.int64(2) :],
    x[()],
    x[1][2],
]
total = tf.add_n([tf.reduce_sum(part) for part in parts])
mask = tf.constant([True, False, True, True])
kept = x[0][mask]
tf.placeholder(tf.float32, [2, 3])[np.array([[True, False, True], [False, True, True]])]

tf.slice(x, [0, 1, 0], [-1, 2, 3])
sliced = tf.slice(x, [0, i, 0], tf.stack([-1, 2, i]), name="sliced")
strided = tf.strided_slice(x, [0, 0], [1, 2], name="strided")
tf.strided_slice(x, [0, 1], [2, 3], [1, 2], begin_mask=1, end_mask=2, shrink_axis_mask=2)
dynamic = tf.strided_slice(x, tf.stack([0, i]), tf.stack([2, i + 1]), tf.stack([1, 1]))

v = tf.Variable(tf.zeros([4, 5]), name="v")
r = tf.get_variable("r", [4, 5], use_resource=True)
v[1:, 0].assign(tf.ones([3]))
v[2].assign(tf.ones([5]), name="second")
r[:, 1:3].assign(tf.ones([4, 2]))
v[0] + r[0]

everything = (
    total
    + tf.reduce_sum(kept)
    + tf.reduce_sum(sliced)
    + tf.reduce_sum(strided)
    + tf.reduce_sum(dynamic)
    + tf.reduce_sum(v[1])
    + tf.reduce_sum(r[:, 2])
)
gradient = tf.gradients(everything, [x, y, v, r], name="first")
tf.gradients(tf.reduce_sum(gradient[0] ** 2), x, name="second_order")
