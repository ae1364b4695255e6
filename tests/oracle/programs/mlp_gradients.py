"""A small multilayer perceptron, its loss and tf.gradients of it."""

import tensorflow as tf

tf.set_random_seed(3)

x = tf.placeholder(tf.float32, [None, 4], name="x")
labels = tf.placeholder(tf.float32, [None, 3], name="labels")

W1 = tf.Variable(tf.truncated_normal([4, 8], stddev=0.1), name="W1")
b1 = tf.Variable(tf.zeros([8]), name="b1")
W2 = tf.Variable(tf.random_normal([8, 3], seed=5), name="W2")
b2 = tf.Variable(tf.constant(0.1, shape=[3]), name="b2")

hidden = tf.nn.relu(tf.matmul(x, W1) + b1)
logits = tf.nn.bias_add(tf.matmul(hidden, W2), b2)
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits))
penalty = 0.01 * (tf.nn.l2_loss(W1) + tf.nn.l2_loss(W2))

grads = tf.gradients(loss + penalty, [W1, b1, W2, b2])
tf.gradients(tf.reduce_sum(tf.square(grads[1])), W1)
tf.gradients([loss, penalty], [W1, x], grad_ys=[tf.constant(2.0), tf.constant(0.5)], name="weighted")
tf.gradients(loss, W1, stop_gradients=[hidden], unconnected_gradients="zero")
tf.global_variables_initializer()
