"""Sessions, 1 of 5: open a session, run, close it."""

import tensorflow as tf

a = tf.constant([1.0, 2.0], name="a")
b = tf.constant([2.0, 3.0], name="b")
result = tf.add(a, b, name="add")

print(result)

sess = tf.Session()
print(sess.run(result))
sess.close()
