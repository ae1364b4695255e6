"""Gradients of conditionals: first and second, nested, of rows, of parts that are not used."""

import tensorflow as tf

p = tf.placeholder(tf.bool, [], name="p")
q = tf.placeholder(tf.bool, [], name="q")
x = tf.placeholder(tf.float32, [3], name="x")
y = tf.placeholder(tf.float32, name="y")
v = tf.get_variable("v", [4, 2])
r = tf.get_variable("r", [4, 2], use_resource=True)

tf.gradients(tf.cond(p, lambda: tf.sin(x) * y, lambda: x), [x, y])
tf.gradients(tf.cond(p, lambda: tf.cond(q, lambda: x * 2, lambda: tf.sin(x)), lambda: x), x)
tf.gradients(tf.cond(p, lambda: (x * y, x), lambda: (y, y * x))[1], [x, y])
tf.gradients(tf.cond(p, lambda: 1.0, lambda: tf.reduce_sum(tf.gather(v, [1, 1, 2]))), [v])
tf.gradients(tf.cond(p, lambda: tf.gather(r, [0]), lambda: tf.gather(v, [0])), [r, v])
tf.gradients(tf.cond(p, lambda: r * 2.0, lambda: v), [r, v], colocate_gradients_with_ops=True)
tf.gradients(tf.cond(p, lambda: tf.nn.dropout(x, 0.5), lambda: x * x), x, gate_gradients=True)
tf.gradients(tf.cond(p, lambda: tf.stop_gradient(x) * x, lambda: tf.cond(q, lambda: x, lambda: x)), x)

# Second ones.
z = tf.cond(p, lambda: tf.sin(x) * x, lambda: x * x * x)
first = tf.gradients(z, [x])[0]
second = tf.gradients(first, [x])[0]
tf.gradients(second, [x])
nested = tf.cond(p, lambda: tf.cond(q, lambda: x * x, lambda: tf.sin(x)), lambda: x)
tf.gradients(tf.gradients(nested, x)[0], x)

# In branches, of what is made inside and outside.
outside = x * x
tf.cond(p, lambda: tf.gradients(outside, x)[0], lambda: x)
tf.cond(p, lambda: tf.gradients(tf.sin(x) * outside, x)[0], lambda: x)
tf.gradients(tf.cond(p, lambda: x, lambda: x) + x, x, aggregation_method=1)
tf.random_uniform([])
