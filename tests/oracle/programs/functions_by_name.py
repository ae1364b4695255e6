"""Functions that are called by their names: what `Defun` makes, gradients of all kinds, names."""

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import function

c = tf.constant([1.0, 2.0])
x = tf.placeholder(tf.float32, [2], name="x")
w = tf.get_variable("w", initializer=3.0, use_resource=False)
rv = tf.get_variable("rv", initializer=4.0, use_resource=True)


@function.Defun(tf.float32)
def foo(x):
    tf.random_normal([2])
    return x + c, tf.identity(x * w, name="My/out"), x


a = foo(x)
g1 = tf.gradients(a[0] * a[1], [x, c])


@function.Defun(tf.float32, func_name="bar", noinline=True)
def bar(x):
    "doc of it"
    q = tf.get_variable("inner", [2], initializer=tf.ones_initializer())
    q2 = tf.get_variable("inner2", [2], initializer=tf.ones_initializer(), use_resource=True)
    return x * q * q2 + tf.constant(np.arange(3.0, dtype=np.float32))[0]


b = bar(x, name="zz")


@function.Defun()
def none():
    return tf.constant(3)


n = none()


@function.Defun(tf.float32, python_grad_func=lambda op, dy: dy * 100.0)
def pg(x):
    return tf.square(x) + 3.0


d = pg(x)
g2 = tf.gradients(d, x)


@function.Defun(tf.float32, tf.float32, func_name="my_grad")
def mg(x, dy):
    return dy * 7.0


@function.Defun(tf.float32, func_name="with_grad", grad_func=mg)
def wg(x):
    return x * x


e = wg(x)
g3 = tf.gradients(e, x)


@function.Defun(func_name="over")
def over(a, b):
    return a + b


o1 = over(x, c)
o2 = over(tf.constant(1), tf.constant(2))


@function.Defun(tf.float32)
def cf(x):
    y = tf.cond(x[0] > 0, lambda: x * 2.0, lambda: x * 3.0)
    return tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v + x), [0, y])[1]


h = cf(x)


@function.Defun(tf.float32, out_names=["first", "second"])
def named(x):
    return x, x * 2.0


nm = named(x)


@function.Defun(tf.float32, capture_by_value=True)
def byval(x):
    return x * (c + 1.0)


bv = byval(x)
