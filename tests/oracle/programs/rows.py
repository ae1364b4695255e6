"""map_fn, foldl, foldr and scan, with nests, variables and gradients."""

import tensorflow as tf

tf.set_random_seed(7)
x = tf.placeholder(tf.float32, [3, 2], name="x")
u = tf.placeholder(tf.float32, [None], name="u")
m = tf.placeholder(tf.float32, [None, 2], name="m")
k = tf.placeholder(tf.int32, [None], name="k")

tf.gradients(tf.map_fn(lambda a: a * 2, x), x)
tf.map_fn(
    lambda a: (a[0] * 2, {"k": a[1]}),
    (m, k),
    dtype=(tf.float32, {"k": tf.int32}),
    parallel_iterations=2,
    swap_memory=True,
    infer_shape=False,
    name="named",
)
tf.map_fn(lambda a: tf.layers.dense(a[None], 3)[0] * tf.random_uniform([]), m)
tf.map_fn(lambda a: tf.map_fn(lambda b: b + 1.0, a), x, back_prop=False)
with tf.variable_scope("cached", caching_device="/cpu:0"):
    tf.map_fn(lambda a: a * tf.get_variable("w", []), u)

folds = [
    tf.foldl(lambda a, b: a * b, x),
    tf.foldl(lambda a, b: a + b, u, initializer=1.0),
    tf.foldr(lambda a, b: a * b, x),
    tf.foldr(lambda a, b: a * b, u, initializer=0.0, name="right"),
    tf.foldr(lambda a, b: a * b, u),
]
tf.gradients(folds, [x, u])
tf.foldl(lambda a, b: (a[0] + b[0], a[1] * b[1]), (x, tf.unstack(x, axis=1)[0]))
tf.foldl(lambda a, b: a + b[0] * b[1], [x, tf.ones([3, 2])], initializer=tf.zeros([2]))

scans = [
    tf.scan(lambda a, b: a * b, x),
    tf.scan(lambda a, b: a + b, u, initializer=1.0),
    tf.scan(lambda a, b: a * b, x, reverse=True),
    tf.scan(lambda a, b: a * b, u, initializer=0.0, name="backwards", reverse=True),
    tf.scan(lambda a, b: a * b, u, reverse=True),
    tf.scan(lambda a, b: (a[0] + b, a[1] * b), u, initializer=(1.0, 2.0), infer_shape=False)[0],
]
tf.gradients(scans, [x, u])
tf.random_uniform([])
