"""Sessions, 5 of 5: soft placement, and a log of where each operation is placed."""

import tensorflow as tf

config = tf.ConfigProto(allow_soft_placement=True, log_device_placement=True)

a = tf.constant([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], shape=[2, 3], name="a")
b = tf.constant([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], shape=[3, 2], name="b")
with tf.device("/gpu:3"):
    # There is no such device: soft placement moves the product to the CPU.
    c = tf.matmul(a, b, name="c")

with tf.device("/cpu:0"):
    total = tf.reduce_sum(c, name="total")

sess = tf.Session(config=config)
print(sess.run(c))
print(sess.run(total))
sess.close()

interactive = tf.InteractiveSession(config=config)
print((c + 1.0).eval())
interactive.close()
