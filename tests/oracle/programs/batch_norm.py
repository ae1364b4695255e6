"""Moments and normalization, with gradients."""

import numpy as np
import tensorflow as tf

images = tf.placeholder(tf.float32, [None, 5, 6, 4], "images")
known = tf.placeholder(tf.float32, [2, 5, 6, 4], "known")
half = tf.placeholder(tf.float16, [2, 5, 6, 4], "half")
scale = tf.constant(np.ones(4, "f4"), name="scale")
offset = tf.constant(np.zeros(4, "f4"), name="offset")
mean = tf.constant(np.zeros(4, "f4"), name="mean")
variance = tf.constant(np.ones(4, "f4"), name="variance")

with tf.name_scope("moments"):
    for label, x in (("images", images), ("known", known), ("half", half)):
        m, v = tf.nn.moments(x, [0, 1, 2], name=label)
        tf.gradients([m, v], x)
    tf.nn.moments(images, [1, 2], keep_dims=True)
    tf.nn.moments(images, [1, 2], keepdims=True)
    weighted = tf.nn.weighted_moments(images, [0], tf.constant(2.0))
    tf.gradients(weighted, images)
    tf.nn.weighted_moments(half, [1, 2], tf.constant(2.0), keep_dims=True)
    statistics = tf.nn.sufficient_statistics(known, [0, 1])
    tf.nn.normalize_moments(*statistics)
    shifted = tf.nn.sufficient_statistics(images, [0, 1], shift=mean, keepdims=True)
    tf.nn.normalize_moments(*shifted)
with tf.name_scope("plain"):
    normal = tf.nn.batch_normalization(images, mean, variance, offset, scale, 1e-3)
    tf.gradients(normal, [images, mean, variance, offset, scale])
    tf.nn.batch_normalization(images, mean, variance, None, None, 1e-3, name="named")
    tf.nn.batch_normalization(half, mean, variance, offset, None, 1e-3)
    tf.nn.batch_norm_with_global_normalization(images, mean, variance, offset, scale, 1e-3, True)
with tf.name_scope("fused"):
    fused = tf.nn.fused_batch_norm(images, scale, offset)
    tf.gradients(fused[0], [images, scale, offset])
    tf.nn.fused_batch_norm(half, scale, offset, epsilon=1e-6, name="named")
    frozen = tf.nn.fused_batch_norm(images, scale, offset, mean, variance, is_training=False)
    tf.gradients(frozen[0], [images, scale, offset, mean])
    first = tf.nn.fused_batch_norm(
        known,
        np.ones(5, "f4"),
        np.zeros(5, "f4"),
        np.ones(5, "f4"),
        np.ones(5, "f4"),
        data_format="NCHW",
        is_training=False,
    )
    tf.gradients(first[0], known)
with tf.name_scope("others"):
    response = tf.nn.lrn(images, 2, bias=2.0, alpha=1e-4, beta=0.75)
    tf.gradients(response, images)
    tf.nn.local_response_normalization(images, name="named")
    unit = tf.nn.l2_normalize(images, [1, 2])
    tf.gradients(unit, images)
    tf.nn.l2_normalize(images, dim=0, name="named")
    tf.gradients(tf.nn.l2_loss(images), images)
