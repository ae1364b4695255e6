"""Sessions, 2 of 5: a `with` block closes the session, also after an error."""

import tensorflow as tf

a = tf.constant([1.0, 2.0], name="a")
b = tf.constant([2.0, 3.0], name="b")
result = a + b

with tf.Session() as sess:
    print(sess.run(result))
    print(sess.run([a, b, result * 2]))

try:
    sess.run(result)
except RuntimeError as error:
    print(error)
