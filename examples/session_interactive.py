"""Sessions, 4 of 5: an interactive session is the default one as soon as it exists."""

import tensorflow as tf

sess = tf.InteractiveSession()

x = tf.Variable([1.0, 2.0], name="x")
y = tf.constant([3.0, 3.0], name="y")

x.initializer.run()
difference = tf.subtract(x, y)
print(difference.eval())

x.assign_add(y).op.run()
print(x.eval())

sess.close()
