"""Conditionals and loops inside of functions, and everywhere if they are enabled: nodes and gradients."""

import tensorflow as tf
from tensorflow.python.eager import function

c = tf.constant([1.0, 2.0], name="c")
x = tf.placeholder(tf.float32, [2], name="x")
v = tf.get_variable("v", initializer=3.0, use_resource=True)


@function.defun
def chosen(x):
    y = tf.cond(x[0] > 0, lambda: x * x * c, lambda: tf.exp(x))
    _, z = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x * 2.0), [0, y])
    return tf.switch_case(tf.cast(x[0], tf.int32), [lambda: z, lambda: z * z * 2.0])


tf.gradients(chosen(x), [x, c])
tf.gradients(tf.switch_case(tf.cast(x[0], tf.int32), {0: lambda: tf.sin(x), 1: lambda: x * x}), x)


@function.defun
def with_effects(x):
    def changed():
        v.assign_add(1.0)
        return v * x

    result = tf.cond(x[0] > 0, changed, lambda: {"y": x}["y"])
    tf.cond(x[1] > 0, lambda: v.assign(2.0).op, lambda: tf.no_op())
    _, z = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, v * a), [0, x])
    return (
        result,
        z,
        tf.cond(
            x[0] > 1,
            lambda: tf.IndexedSlices(x, tf.constant([0, 1])),
            lambda: tf.IndexedSlices(c, tf.constant([1, 0])),
        ),
    )


tf.gradients(with_effects(x)[0], [x, v])

tf.enable_control_flow_v2()
y = tf.cond(tf.less(x[0], 1.0), lambda: [x * 2.0, {"b": c}], lambda: [c, {"b": x * v}], name="outside")
tf.gradients(y[0], x)
total = tf.while_loop(
    lambda i, a: tf.less(i, 10),
    lambda i, a: [i + 1, tf.concat([a, tf.sin(x)], 0)],
    [tf.constant(0), c],
    shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])],
    maximum_iterations=4,
    parallel_iterations=2,
    name="grows",
)
first = tf.gradients(total[1], x)[0]
nested = tf.while_loop(
    lambda a: tf.reduce_sum(a) < 100.0,
    lambda a: tf.cond(
        a[0] > 1.0, lambda: a * x, lambda: tf.while_loop(lambda b: b[0] < 3.0, lambda b: b * x + c, [a])
    ),
    [c],
    return_same_structure=True,
)
tf.gradients(nested[0], [x, c])
with tf.control_dependencies([v.initializer]):
    tf.cond(x[0] > 0, lambda: v + 1.0, lambda: v)
tf.disable_control_flow_v2()
tf.cond(x[0] > 0, lambda: x, lambda: c)
