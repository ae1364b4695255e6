"""Constants of every kind, and what Python's operators make of tensors."""

import numpy as np
import tensorflow as tf

a = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="a")
b = tf.constant([1.0, -1.0])
n = tf.constant([3, 5], name="n")
m = tf.constant(2)
flag = tf.constant([True, False])
tf.constant("text")
tf.constant([b"x", b"yy"], name="strings")
tf.constant(7, dtype=tf.int64, shape=[2, 3])
tf.constant(0.5, shape=[40, 3], name="filled")
tf.constant(np.arange(6, dtype=np.int16).reshape(2, 3))
tf.constant(np.linspace(0, 1, 100), name="large")
tf.constant([], dtype=tf.float32)
tf.constant(1 + 2j)
tf.constant([1.5], tf.float16)
tf.constant([1, 2], tf.uint8)
tf.constant(np.float32("nan"))

a + b
a - 1.0
2.0 * a
a / b
1.0 / a
a // b
a % 2.0
a**2
2.0**a
-a
abs(a)
n / m
n // 2
n % m
7 - n
a < b
a <= 1.0
a > b
0.0 >= a
flag & [True, True]
flag | flag
flag ^ True
~flag
a @ a
a[0]
a[:, 1]
a[..., tf.newaxis, 0]
a[::-1, 0:1]
a[m - 1]
a[n[0] - 3 :]
tf.add(a, b, name="sum")
tf.add(a, b, name="sum")
tf.add_n([a, a, a])
tf.equal(a, b)
tf.not_equal(n, 3)
tf.square(a)
tf.squared_difference(a, b)
tf.maximum(a, 0.0)
tf.cast(n, tf.float32)
tf.to_float(n)
tf.identity(a)
tf.stop_gradient(a)
tf.zeros([2, 3])
tf.ones([2], tf.int32)
tf.zeros_like(a)
tf.ones_like(n)
tf.fill([2, 2], 9.0)
tf.range(5)
tf.range(1, 10, 2, name="odd")
tf.range(0.0, 1.0, 0.25)
tf.linspace(0.0, 1.0, 5)
tf.shape(a)
tf.size(a)
tf.rank(a)
tf.placeholder(tf.float32)
tf.placeholder(tf.float32, [None, 3], name="x")
tf.placeholder_with_default(a, [None, 2])
