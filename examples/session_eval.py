"""Sessions, 3 of 5: the default session, and three ways to evaluate a tensor."""

import tensorflow as tf

a = tf.constant([1.0, 2.0], name="a")
b = tf.constant([2.0, 3.0], name="b")
result = a + b

sess = tf.Session()
with sess.as_default():
    print(result.eval())

print(sess.run(result))
print(result.eval(session=sess))

try:
    result.eval()
except ValueError as error:
    print(error)

sess.close()
