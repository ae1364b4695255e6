"""tf.get_variable and tf.variable_scope: names, reuse, defaults, regularizers, getters."""

import tensorflow as tf


def l2(w):
    return tf.reduce_sum(w * w, name="l2")


a = tf.get_variable("a", [2, 3])
ints = tf.get_variable("ints", [2], tf.int64)
flags = tf.get_variable("flags", [2], tf.bool)
value = tf.get_variable("value", initializer=[1.0, 2.0])
typed = tf.get_variable("typed", dtype=tf.float32, initializer=tf.constant([1.0]))
by_class = tf.get_variable("by_class", [2], initializer=tf.zeros_initializer)
by_function = tf.get_variable("by_function", initializer=lambda: tf.ones([3]))
local = tf.get_local_variable("local", [2])
with tf.variable_scope("outer") as outer:
    b = tf.get_variable("b", [4], initializer=tf.constant_initializer(0.5))
    tf.identity(b)
    with tf.variable_scope("inner", initializer=tf.truncated_normal_initializer(stddev=0.1), regularizer=l2):
        c = tf.get_variable("c", [3, 3])
        d = tf.get_variable("d", [3], regularizer=tf.no_regularizer)
        tf.add(c, d)
    tf.Variable(1.0, name="plain")
with tf.variable_scope("outer", reuse=True):
    tf.identity(tf.get_variable("b", [4]))
    tf.identity(tf.get_variable("inner/c", [3, 3]))
with tf.variable_scope(outer, reuse=True):
    tf.identity(tf.get_variable("b"))
with tf.variable_scope(outer):
    tf.get_variable("e", [1])
    tf.Variable(1.0, name="plain")
with tf.variable_scope(outer, auxiliary_name_scope=False):
    tf.identity(tf.get_variable("f", [1]))
with tf.name_scope(outer.original_name_scope):
    tf.constant(1.0, name="back")
for _ in range(2):
    with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
        tf.identity(tf.get_variable("g", [2, 2]))
for _ in range(3):
    with tf.variable_scope(None, "default"):
        tf.get_variable("h", [2])
with tf.variable_scope("outer"):
    with tf.variable_scope(None, "default"):
        tf.get_variable("h", [2])
    with tf.variable_scope(None, "default"):
        tf.get_variable("h", [2])
with tf.variable_scope("one/two"):
    tf.get_variable("i", [2])
    with tf.variable_scope(tf.get_variable_scope(), reuse=False):
        tf.get_variable("j", [2])
with tf.name_scope("names"):
    k = tf.get_variable("k", [2])
    with tf.variable_scope("vars"):
        tf.identity(tf.get_variable("l", [2]))
with tf.variable_scope(""):
    tf.get_variable("m", [2])


def getter(getter, name, *args, **kwargs):
    return tf.identity(getter(name, *args, **kwargs), name="got")


def halve(getter, name, *args, **kwargs):
    return getter(name, *args, **kwargs) * 0.5


with tf.variable_scope("got", custom_getter=getter):
    tf.get_variable("n", [2])
    with tf.variable_scope("twice", custom_getter=halve):
        tf.get_variable("o", [2])
with tf.variable_scope("types", dtype=tf.float64, caching_device="/cpu:0"):
    p = tf.get_variable("p", [2])
tf.get_variable_scope().reuse_variables()
tf.identity(tf.get_variable("a"))
with tf.variable_scope("outer") as scope:
    assert scope.reuse
    tf.identity(tf.get_variable("b"))
tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
with tf.variable_scope("p_dense"):
    pass
tf.global_variables_initializer()
tf.local_variables_initializer()
