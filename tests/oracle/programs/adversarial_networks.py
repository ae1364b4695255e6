"""A generator and two critics: transposed convolutions, reuse, update ops, penalties on gradients."""

import tensorflow as tf

tf.set_random_seed(5)
BATCH = 4


def leaky(x, slope=0.2):
    return tf.maximum(x, slope * x)


def generator(z, training):
    with tf.variable_scope("generator", reuse=not training):
        w = tf.get_variable("project", [7, 4 * 4 * 6], initializer=tf.random_normal_initializer(stddev=0.02))
        h = tf.reshape(tf.matmul(z, w), [-1, 4, 4, 6])
        h = tf.nn.relu(tf.layers.batch_normalization(h, momentum=0.9, epsilon=1e-5, training=training))
        kernel = tf.get_variable("kernel", [5, 5, 4, 6])
        h = tf.nn.conv2d_transpose(h, kernel, [BATCH, 8, 8, 4], [1, 2, 2, 1])
        h = tf.reshape(tf.nn.bias_add(h, tf.get_variable("bias", [4])), h.get_shape())
        h = leaky(tf.layers.batch_normalization(h, training=training, name="norm"))
        return tf.nn.tanh(tf.layers.conv2d_transpose(h, 3, 4, 2, padding="same", use_bias=False))


def normalized(w):
    flat = tf.reshape(w, [-1, w.shape.as_list()[-1]])
    u = tf.get_variable(
        "u", [1, flat.shape[1].value], initializer=tf.random_normal_initializer(), trainable=False
    )
    v = tf.nn.l2_normalize(tf.matmul(u, flat, transpose_b=True))
    new_u = tf.nn.l2_normalize(tf.matmul(v, flat))
    sigma = tf.squeeze(tf.matmul(tf.matmul(v, flat), new_u, transpose_b=True))
    with tf.control_dependencies([u.assign(tf.stop_gradient(new_u))]):
        return w / sigma


def critic(x, reuse):
    with tf.variable_scope("critic", reuse=reuse):
        h = tf.nn.leaky_relu(tf.layers.conv2d(x, 5, 4, 2, "same"))
        w = tf.get_variable("w", [3, 3, 5, 2], initializer=tf.truncated_normal_initializer(stddev=0.02))
        h = leaky(tf.nn.conv2d(h, normalized(w), [1, 2, 2, 1], "SAME"))
        return tf.layers.dense(tf.reshape(h, [BATCH, -1]), 1, name="score")


z = tf.placeholder(tf.float32, [None, 7], name="z")
real = tf.placeholder(tf.float32, [BATCH, 16, 16, 3], name="real")
made = generator(z, True)
generator(z, False)
real_score, made_score = critic(real, False), critic(made, True)
share = tf.random_uniform([BATCH, 1, 1, 1])
between = share * real + (1.0 - share) * made
slope = tf.gradients(critic(between, True), [between])[0]
norms = tf.sqrt(tf.reduce_sum(tf.square(slope), [1, 2, 3]) + 1e-12)
penalty = 10.0 * tf.reduce_mean((norms - 1.0) ** 2)
critic_loss = tf.reduce_mean(made_score) - tf.reduce_mean(real_score) + penalty
cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits
critic_loss += tf.reduce_mean(cross_entropy(logits=real_score, labels=tf.ones_like(real_score) * 0.9))
generator_loss = tf.reduce_mean(cross_entropy(logits=made_score, labels=tf.ones_like(made_score)))
found = tf.trainable_variables()
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS, scope="generator")):
    tf.train.AdamOptimizer(2e-4, beta1=0.5).minimize(
        generator_loss, var_list=[v for v in found if v.name.startswith("generator")]
    )
critics = [v for v in found if "critic" in v.name]
tf.train.AdamOptimizer(2e-4, beta1=0.5, beta2=0.9).minimize(critic_loss, var_list=critics)
[v.assign(tf.clip_by_value(v, -0.01, 0.01)) for v in critics]
