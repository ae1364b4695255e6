"""Conditionals and loops of functions that are there, and remote calls: what `functional_ops` makes."""

import tensorflow as tf
from tensorflow.python.framework import function
from tensorflow.python.ops import functional_ops

x = tf.placeholder(tf.float32, [], name="x")
c = tf.constant(5.0, name="c")


@function.Defun(tf.float32)
def twice(x):
    return x * 2.0


@function.Defun(tf.float32)
def thrice(x):
    return x * 3.0 + 1.0


r1 = functional_ops.If(tf.greater(x, 0.0), [x], twice, thrice)
r2 = functional_ops.If(tf.greater(x, 0.0), [x], twice, thrice, name="named")
g1 = tf.gradients(r1[0], x)


@function.Defun(tf.int32, tf.float32)
def test(n, x):
    return n > 0


@function.Defun(tf.int32, tf.float32)
def body(n, x):
    return n - 1, x + tf.cast(n, tf.float32)


w1 = functional_ops.While([tf.constant(10), x], test, body)
w2 = functional_ops.While([tf.constant(10), x], test, body, hostmem=[0], name="wh")


@function.Defun(tf.int32, tf.float32)
def fb(i, v):
    return tf.cast(i, tf.float32) + v


f1 = functional_ops.For(0, 10, 2, [x], fb)


@function.Defun(tf.float32, tf.float32)
def xg(a, b):
    return a * b + tf.sin(a)


gr = functional_ops.Gradient([x, c, 1.0], xg)
pc = functional_ops.partitioned_call([x], twice)
g2 = tf.gradients(pc, x, grad_ys=[2.0])
bool_if = functional_ops.If(tf.constant("yes"), [x, 2.0], xg, xg)
rc = functional_ops.remote_call(
    args=[x], Tout=[tf.float32], f=twice, target="/job:localhost/replica:0/task:0/device:CPU:0"
)
