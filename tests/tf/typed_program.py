"""A program as a type checker sees it: `mypy` finds the mistakes that are marked, and nothing else."""

from perdure import tf

x = tf.placeholder(tf.float32, [None, 3], name="x")
w = tf.get_variable("w", [3, 2], initializer=tf.zeros_initializer())
logits = tf.nn.softmax(tf.matmul(tf.exp(x), w))
loss = tf.reduce_mean(tf.square(logits), axis=0, name="loss")
hidden = tf.layers.dense(x, 4, activation=tf.nn.relu)
train = tf.compat.v1.train.AdamOptimizer(learning_rate=0.1).minimize(loss)
product = tf.raw_ops.MatMul(a=x, b=w, transpose_b=False)

missing = tf.no_such_name  # type: ignore[attr-defined]
tf.exp()  # type: ignore[call-arg]
tf.exp(x, x, x)  # type: ignore[call-arg]
tf.nn.softmax(logits, bogus=1)  # type: ignore[call-arg]
tf.raw_ops.MatMul(x, w)  # type: ignore[call-arg]
