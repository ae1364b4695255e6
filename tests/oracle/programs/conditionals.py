"""Conditionals: what comes in, what is returned, nesting, control inputs, variables, devices, case."""

import collections

import tensorflow as tf

p = tf.placeholder(tf.bool, [], name="p")
q = tf.placeholder(tf.bool, [], name="q")
x = tf.placeholder(tf.float32, [3, 2], name="x")
s = tf.placeholder(tf.float32, [], name="s")
k = tf.placeholder(tf.int32, [], name="k")
v = tf.Variable(1.0, name="v")
r = tf.get_variable("r", [2], use_resource=True)

# Values.
tf.cond(p, lambda: x * x, lambda: x)
tf.cond(p, lambda: [x], lambda: [x + 1.0])
tf.cond(p, lambda: [x], lambda: [x + 1.0], strict=True, name="strict")
tf.cond(p, lambda: 1.0, lambda: 2.0)
tf.cond(p, lambda: (x, {"a": x + 1, "b": [v]}), lambda: (x * 2, {"a": x, "b": [0.0]}))
Pair = collections.namedtuple("Pair", "a b")
tf.cond(p, lambda: Pair(x, s), lambda: Pair(x * 2.0, s + 1.0))
tf.cond(p, lambda: tf.zeros([2, 3]), lambda: tf.zeros([4, 3]))
tf.cond(p, fn1=lambda: s, fn2=lambda: s * 2.0)


def rows(i):
    return tf.IndexedSlices(x[:2], tf.constant([0, i]), tf.constant([5, 2]))


def sparse(i):
    return tf.SparseTensor([[0, i]], [s], [2, 3])


tf.cond(p, lambda: rows(1), lambda: rows(2))
tf.cond(p, lambda: (rows(1), [x]), lambda: (rows(2), [x]))
tf.cond(p, lambda: sparse(1), lambda: sparse(2))

# Operations and variables.
tf.cond(p, lambda: tf.group(v.assign(2.0), r.assign_add([1.0, 2.0])), tf.no_op)
tf.cond(p, lambda: v, lambda: 1.0)
tf.cond(p, lambda: r, lambda: tf.zeros([2]), strict=True)
tf.cond(p, lambda: v.assign(2.0), lambda: v.assign(3.0))
tf.cond(p, lambda: r.read_value(), lambda: r + 1)
tf.cond(p, lambda: tf.get_variable("made", [2]) + r, lambda: tf.Variable(lambda: tf.zeros([2])) + r)
tf.cond(p, lambda: tf.placeholder(tf.float32, [], name="inside"), lambda: s)

# Control inputs, devices, scopes.
with tf.control_dependencies([x, tf.no_op("first")]):
    tf.cond(p, lambda: tf.group(v.assign_add(1.0)), tf.no_op)
    with tf.control_dependencies(None):
        tf.cond(p, lambda: tf.constant(1.0), lambda: s)
with tf.device("/cpu:0"), tf.name_scope("placed"):
    tf.cond(p, lambda: x * 2.0, lambda: tf.random_uniform([3, 2]))


def waiting():
    with tf.control_dependencies([v.assign_sub(1.0), tf.no_op()]):
        return tf.identity(s), tf.constant(3.0)


tf.cond(p, waiting, lambda: (s, s))

# One in another.
tf.cond(p, lambda: tf.cond(q, lambda: x * s, lambda: x), lambda: x)
tf.cond(p, lambda: s, lambda: tf.cond(q, lambda: tf.cond(p, lambda: s * v, lambda: r[0]), lambda: s * 3.0))
tf.cond(tf.reduce_sum(x) > 1.0, lambda: tf.cond(tf.size(x) > 3, lambda: x, lambda: -x), lambda: x)

# Case.
tf.case([(p, lambda: s), (q, lambda: s * 2.0)], default=lambda: s * 3.0)
tf.case([(p, lambda: s), (q, lambda: s * 2.0)], exclusive=True, name="exclusive")
tf.case({p: lambda: s, q: lambda: s * 2.0}, default=lambda: s * 3.0, strict=True)

# Assertions.
tf.Assert(p, [x, s])
tf.Assert(p, [k, "text"])
with tf.control_dependencies([tf.assert_equal(x, x + 1.0), tf.assert_positive(k)]):
    tf.identity(x)
tf.random_uniform([])
