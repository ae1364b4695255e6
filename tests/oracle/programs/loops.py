"""Loops: variables of all kinds, invariants, bounds, control inputs, nesting, variables that are changed."""

import collections

import tensorflow as tf

x = tf.placeholder(tf.float32, [], name="x")
m = tf.placeholder(tf.float32, [None, 2], name="m")
p = tf.placeholder(tf.bool, [], name="p")
n = tf.placeholder(tf.int32, [], name="n")
v = tf.Variable(1.0, name="v")
r = tf.get_variable("r", [2], use_resource=True)

tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, x])
tf.while_loop(lambda i: i < n, lambda i: [i + 3], [0], parallel_iterations=1, back_prop=False, name="named")
tf.while_loop(lambda i: i < 2, lambda i: [i + 1], [0], return_same_structure=True)
tf.while_loop(lambda i: i < 2, lambda i: i + 1, [0], maximum_iterations=3)
tf.while_loop(lambda i: i < 2, lambda i: i + 1, [0], maximum_iterations=n)
tf.while_loop(
    lambda i: i < 2,
    lambda i: [i + 1],
    [0],
    maximum_iterations=3,
    return_same_structure=True,
    swap_memory=True,
)
tf.while_loop(lambda i, j: i < 2, lambda i, j: (i + 1, j + n), (0, n), maximum_iterations=tf.constant(4))
Pair = collections.namedtuple("Pair", "a b")
tf.while_loop(
    lambda t, d: t.a < 2,
    lambda t, d: (Pair(t.a + 1, t.b), {"x": d["x"] + 1, "y": d["y"]}),
    (Pair(0, 1.0), {"x": 1, "y": (2.0, 3.0)}),
)
unknown = tf.TensorShape(None)
tf.while_loop(
    lambda i, a, b: i < 3,
    lambda i, a, b: (i + 1, tf.concat([a, a], 0), b),
    [0, m, x],
    shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 2]), unknown],
)
rows = tf.IndexedSlices(tf.ones([2, 2]) * x, tf.constant([0, 1]), tf.constant([5, 2]))
sparse = tf.SparseTensor([[0, 1]], [1.0], [2, 3])
tf.while_loop(lambda i, a, b: i < 3, lambda i, a, b: (i + 1, a, b), [0, rows, sparse])
tf.while_loop(
    lambda i, a, b: i < 3,
    lambda i, a, b: (i + 1, a, b),
    [0, rows, sparse],
    shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 2]), tf.TensorShape([None])],
)

# Variables that are read, changed and made.


def counting(i):
    with tf.control_dependencies([v.assign_add(1.0), r.assign_add([1.0, 2.0])]):
        return i + 1


tf.while_loop(lambda i: i < 3, counting, [0])
tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + v), [0, v])
tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + r), [0, r])
tf.while_loop(lambda a: a < tf.get_variable("limit", []), lambda a: a + tf.reduce_sum(r), [x])

# Control inputs, scopes and what waits for nothing.
with tf.control_dependencies([m]):
    tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, x])
    tf.while_loop(lambda i: i < 3, lambda i: i + tf.random_uniform([], maxval=2, dtype=tf.int32), [0])


def waiting(i, a):
    with tf.control_dependencies([tf.identity(a) + tf.constant(3.0)]):
        return i + 1, tf.identity(a) + tf.random_uniform([])


with tf.device("/cpu:0"), tf.name_scope("scope"):
    tf.while_loop(lambda i, a: i < 3, waiting, [0, x])

# One in another, in both orders, with conditionals.


def inner(i, a):
    return i + 1, tf.while_loop(lambda b: tf.reduce_sum(b) < 3.0, lambda b: b * x + v, [a])


with tf.control_dependencies([tf.no_op("before")]):
    tf.while_loop(lambda i, a: i < 3, inner, (0, x), maximum_iterations=5)
tf.while_loop(
    lambda i, a: i < 3,
    lambda i, a: (i + 1, tf.cond(i < 1, lambda: tf.sin(a) * x, lambda: tf.cond(p, lambda: a, lambda: x))),
    [0, x],
)
tf.cond(p, lambda: tf.while_loop(lambda i, a: i < 3, inner, (0, x))[1], lambda: x)
tf.while_loop(lambda i: True, lambda i: tf.placeholder(tf.int32, []), [0])
tf.random_uniform([])
