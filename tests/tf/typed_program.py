"""A program as a type checker sees it: `mypy` finds the mistakes that are marked, and nothing else."""

from perdure import tf

x = tf.placeholder(tf.float32, [None, 3], name="x")
w = tf.get_variable("w", [3, 2], initializer=tf.zeros_initializer())
logits = tf.nn.softmax(tf.matmul(tf.exp(x), w))
loss = tf.reduce_mean(tf.square(logits), axis=0, name="loss")
hidden = tf.layers.dense(x, 4, activation=tf.nn.relu)
train = tf.compat.v1.train.AdamOptimizer(learning_rate=0.1).minimize(loss)
product = tf.raw_ops.MatMul(a=x, b=w, transpose_b=False)

half = -(1.0 - x[:, 0] ** 2 / 2) @ logits
is_small = (abs(half) < 1) & ~tf.is_nan(half)
count = tf.Variable(0, trainable=False, name="count")
next_count = count + 1

missing = tf.no_such_name  # type: ignore[attr-defined]
half.no_such_method()  # type: ignore[attr-defined]
half << 1  # type: ignore[operator]
tf.Variable(0, bogus=1)  # type: ignore[call-arg]
tf.exp()  # type: ignore[call-arg]
tf.exp(x, x, x)  # type: ignore[call-arg]
tf.nn.softmax(logits, bogus=1)  # type: ignore[call-arg]
tf.raw_ops.MatMul(x, w)  # type: ignore[call-arg]
