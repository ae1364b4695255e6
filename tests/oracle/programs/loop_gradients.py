"""Gradients of loops: saved values, invariants, nested loops and conditionals, shapes that are not known."""

import tensorflow as tf

tf.set_random_seed(3)
x = tf.placeholder(tf.float32, [], name="x")
f = tf.placeholder(tf.float32, [2], name="f")
g = tf.placeholder(tf.float32, [None], name="g")
u = tf.placeholder(tf.float32, name="u")
m = tf.placeholder(tf.float32, [None, 2], name="m")
p = tf.placeholder(tf.bool, [], name="p")
unknown, scalar = tf.TensorShape(None), tf.TensorShape([])


def last(cond, body, start, **options):
    return tf.while_loop(cond, body, start, **options)[-1]


def three(i, *_):
    return i < 3


tf.gradients(last(three, lambda i, a: (i + 1, a * x), [0, x]), [x])
tf.gradients(last(three, lambda i, a: (i + 1, tf.sin(a) * f), [0, f], swap_memory=True), [f])
tf.gradients(last(three, lambda i, a: (i + 1, a * x), [0, x], back_prop=False), [x])
tf.gradients(last(three, lambda i, a: (i + 1, a * x), [0, x], parallel_iterations=1), [x])
tf.gradients(last(three, lambda i, a: (i + 1, a * 2), (0, x), maximum_iterations=2), [x])
tf.gradients(last(three, lambda i, a: (i + 1, tf.stop_gradient(a) * x), [0, x]), [x])
tf.gradients(last(three, lambda i, a: (i + 1, tf.nn.dropout(a, 0.5)), [0, f]), f)
tf.gradients(last(three, lambda i, a: (i + 1, tf.sin(a) * f), [0, f]), f, colocate_gradients_with_ops=True)

# Results that are not used, and variables that do not depend on their own values.
used = tf.while_loop(three, lambda i, a, b: (i + 1, tf.sin(b) * a, b * a + f), [0, f, f])
tf.gradients(used[1], [f])
used = tf.while_loop(three, lambda i, a, b: (i + 1, tf.sin(b) * a, b * a + g), [0, g, g])
tf.gradients(used[2], [g], colocate_gradients_with_ops=True)
used = tf.while_loop(three, lambda i, a, k: (i + 1, a * tf.cast(k, tf.float32), k + i), [0, f, 3])
tf.gradients(used[1], f)
used = tf.while_loop(
    three, lambda i, a, b: (i + 1, x * 2, u * 1.0), [0, x, u], shape_invariants=[scalar, scalar, unknown]
)
tf.gradients(used[1:], [x, u])

# Shapes that only the step knows.


def growing(i, a, b, c):
    half = tf.cond(i < 1, lambda: tf.reduce_sum(m * b, keepdims=True) * b, lambda: b + tf.reduce_sum(a))
    return i + 1, a * u, half, b


grown = tf.while_loop(three, growing, [0, u, m, m], shape_invariants=[scalar, unknown, unknown, unknown])
tf.gradients(grown[2], [u, m])

# Conditionals and loops in loops.
tf.gradients(last(three, lambda i, a: (i + 1, tf.cond(i < 1, lambda: tf.sin(a), lambda: a)), [0, x]), [x])


def twice(i, a):
    return i + 1, last(lambda j, b: j < 2, lambda j, b: (j + 1, tf.sin(b) * x), [0, a])


tf.gradients(last(three, twice, [0, x]), [x])


def with_invariant(i, a):
    y = a * 2
    return i + 1, last(
        lambda j, b: j < 2,
        lambda j, b: (j + 1, tf.sin(b) * y * u),
        [0, a],
        shape_invariants=[scalar, unknown],
    )


tf.gradients(last(three, with_invariant, [0, u], shape_invariants=[scalar, unknown]), [u])


def unused_inside(i, a, c):
    _, b, d = tf.while_loop(lambda j, b, d: j < 2, lambda j, b, d: (j + 1, tf.sin(b) * d, b + d), [0, a, c])
    return i + 1, b, c * 2


tf.gradients(tf.while_loop(three, unused_inside, [0, g, g])[1], [g])


def deep(i, a):
    def body(j, b):
        return j + 1, tf.cond(
            j > 0,
            lambda: tf.while_loop(lambda c: tf.reduce_sum(c) < 9.0, lambda c: c * x + g, [b]),
            lambda: b * tf.random_uniform([]),
        )

    return i + 1, last(lambda j, b: j < 3, body, [0, a])


tf.gradients(last(three, deep, (0, g), maximum_iterations=4), [g, x])
tf.gradients(tf.cond(p, lambda: last(three, lambda i, a: (i + 1, a * x), [0, x]), lambda: x), [x])

# Gradients in branches and in other loops.
tf.cond(p, lambda: tf.gradients(last(three, lambda i, a: (i + 1, a * x), [0, x]), x)[0], lambda: x)
tf.while_loop(
    three,
    lambda i, a: (i + 1, tf.gradients(last(three, lambda j, b: (j + 1, b * x), [0, a]), a)[0]),
    [0, x],
)
tf.while_loop(three, lambda i, a: (i + 1, tf.gradients(tf.sin(a) * x, a)[0]), [0, x])
tf.random_uniform([])
