"""A Transformer's blocks: shared embeddings, masks, heads by split and concat, warm-up of the rate."""

import numpy as np
import tensorflow as tf

WORDS, WIDTH, HEADS = 11, 8, 2
tokens = tf.placeholder(tf.int32, [None, None], name="tokens")
lengths = tf.placeholder(tf.int32, [None], name="lengths")


def layer_norm(x, scope="norm"):
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE):
        size = x.get_shape()[-1:]
        mean, variance = tf.nn.moments(x, [-1], keep_dims=True)
        offset = tf.get_variable("offset", size, initializer=tf.zeros_initializer())
        scale = tf.get_variable("scale", size, initializer=tf.ones_initializer())
        return scale * (x - mean) / ((variance + 1e-8) ** 0.5) + offset


def attention(queries, keys, padding, causal, scope):
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE):
        heads = [
            tf.concat(tf.split(tf.layers.dense(t, WIDTH, use_bias=False), HEADS, axis=2), axis=0)
            for t in (queries, keys, keys)
        ]
        scores = tf.matmul(heads[0], tf.transpose(heads[1], [0, 2, 1]))
        scores /= (WIDTH // HEADS) ** 0.5
        masked = tf.tile(tf.to_float(padding), [HEADS, 1])
        scores += tf.expand_dims(masked, 1) * (-(2.0**32) + 1)
        if causal:
            allowed = tf.matrix_band_part(tf.ones_like(scores[0]), -1, 0)
            allowed = tf.tile(allowed[tf.newaxis], [tf.shape(scores)[0], 1, 1])
            scores = tf.where(tf.equal(allowed, 0), tf.ones_like(scores) * -1e9, scores)
        weights = tf.layers.dropout(tf.nn.softmax(scores), 0.1, training=True)
        mixed = tf.concat(tf.split(tf.matmul(weights, heads[2]), HEADS, axis=0), axis=2)
        return layer_norm(mixed + queries)


with tf.variable_scope("embedding"):
    table = tf.get_variable("table", [WORDS, WIDTH], initializer=tf.glorot_uniform_initializer())
    table = tf.concat((tf.zeros([1, WIDTH]), table[1:, :]), 0)
batch, steps = tf.shape(tokens)[0], tf.shape(tokens)[1]
angles = np.arange(20)[:, None] / np.power(10000, np.arange(WIDTH) / WIDTH)
positions = tf.convert_to_tensor(np.sin(angles), tf.float32)
x = tf.nn.embedding_lookup(table, tokens) * WIDTH**0.5
x += tf.nn.embedding_lookup(positions, tf.tile(tf.expand_dims(tf.range(steps), 0), [batch, 1]))
padding = tf.math.equal(tokens, 0)
for block in range(2):
    with tf.variable_scope("block_{}".format(block), reuse=tf.AUTO_REUSE):
        x = attention(x, x, padding, block == 1, "attention")
        inner = tf.layers.dense(x, 2 * WIDTH, activation=tf.nn.relu)
        x = layer_norm(x + tf.layers.dense(inner, WIDTH), "inner_norm")
logits = tf.einsum("ntd,dk->ntk", x, tf.transpose(table))
smooth = 0.9 * tf.one_hot(tokens, WORDS) + 0.1 / WORDS
entropy = tf.nn.softmax_cross_entropy_with_logits_v2(logits=logits, labels=smooth)
counted = tf.sequence_mask(lengths, steps, dtype=tf.float32)
loss = tf.reduce_sum(entropy * counted) / (tf.reduce_sum(counted) + 1e-7)
step = tf.train.get_or_create_global_step()
count = tf.cast(step + 1, tf.float32)
rate = 0.01 * 10.0**0.5 * tf.minimum(count * 10.0**-1.5, count**-0.5)
tf.train.AdamOptimizer(rate, 0.9, 0.98, 1e-9).minimize(loss, global_step=step)
tf.to_int32(tf.argmax(logits, axis=-1))
