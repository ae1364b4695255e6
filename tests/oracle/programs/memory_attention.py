"""Memory addressed by content, unrolled in time, with a hand-written LSTM that keeps its state."""

import tensorflow as tf

BATCH, STEPS, WIDTH, SLOTS, CELLS = 2, 3, 4, 5, 6


def linear(x, size, name):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        w = tf.get_variable("w", [int(x.get_shape()[1]), size], initializer=tf.orthogonal_initializer())
        return tf.matmul(x, w) + tf.get_variable("b", size, initializer=tf.zeros_initializer)


def address(key, strength, gate, shift, sharpness, memory, previous):
    key = tf.expand_dims(key, axis=2)
    norms = tf.norm(memory, axis=2, keepdims=True) * tf.norm(key, axis=1, keepdims=True)
    similarity = tf.squeeze(tf.matmul(memory, key) / (norms + 1e-8), axis=2)
    weights = tf.nn.softmax(strength * similarity)
    weights = gate * weights + (1 - gate) * previous
    shifts = tf.concat([shift[:, :2], tf.zeros([BATCH, SLOTS - 3]), shift[:, -1:]], axis=1)
    twice = tf.tile(tf.reverse(shifts, axis=[1]), [1, 2])
    circulant = tf.stack([twice[:, SLOTS - i - 1 : SLOTS * 2 - i - 1] for i in range(SLOTS)], axis=1)
    weights = tf.einsum("bj,bij->bi", weights, circulant)
    weights = tf.pow(weights + 1e-6, sharpness)
    return weights / tf.reduce_sum(weights, axis=1, keep_dims=True)


x = tf.placeholder(tf.float32, [BATCH, STEPS, WIDTH], name="x")
saved = [tf.Variable(tf.zeros([BATCH, CELLS]), trainable=False, name=name) for name in ("h", "c")]
memory, weights = tf.fill([BATCH, SLOTS, WIDTH], 1e-3), tf.one_hot(tf.zeros([BATCH], tf.int32), SLOTS)
h, c = saved
outputs = []
with tf.variable_scope("machine"):
    for step, frame in enumerate(tf.unstack(x, axis=1)):
        with tf.name_scope("step_%d" % step):
            read = tf.reduce_sum(tf.expand_dims(weights, 2) * memory, axis=1)
            i, f, u, o = tf.split(linear(tf.concat([frame, read, h], 1), 4 * CELLS, "gates"), 4, 1)
            c = tf.sigmoid(f + 1.0) * c + tf.sigmoid(i) * tf.tanh(u)
            h = tf.sigmoid(o) * tf.tanh(c)
            heads = linear(h, WIDTH + 6, "head")
            key, strength, gate, shift, sharpness = tf.split(heads, [WIDTH, 1, 1, 3, 1], 1)
            weights = address(
                tf.tanh(key),
                tf.nn.softplus(strength),
                tf.sigmoid(gate),
                tf.nn.softmax(shift),
                1 + tf.nn.softplus(sharpness),
                memory,
                weights,
            )
            erase, add = tf.sigmoid(linear(h, WIDTH, "erase")), tf.tanh(linear(h, WIDTH, "add"))
            column = tf.expand_dims(weights, 2)
            memory = memory * (1 - tf.matmul(column, tf.expand_dims(erase, 1)))
            memory += tf.matmul(column, tf.expand_dims(add, 1))
            outputs.append(linear(tf.concat([h, read], 1), WIDTH, "out"))
with tf.control_dependencies([saved[0].assign(h), saved[1].assign(c)]):
    logits = tf.transpose(tf.stack(outputs), [1, 0, 2])
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits))
step = tf.Variable(0, name="global_step", trainable=False)
rate = tf.train.exponential_decay(1e-2, step, 50, 0.5, staircase=True)
optimizer = tf.train.RMSPropOptimizer(rate, decay=0.95, momentum=0.9)
pairs = [(tf.clip_by_value(g, -10.0, 10.0), v) for g, v in optimizer.compute_gradients(loss)]
optimizer.apply_gradients(pairs, global_step=step)
