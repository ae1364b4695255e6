"""Summaries of all kinds: names, families, collections, merged ones, old names with tags."""

import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4], name="x")
with tf.name_scope("layer"):
    w = tf.get_variable("w", [4, 3], initializer=tf.ones_initializer())
    y = tf.matmul(x, w)
    tf.summary.histogram("weights", w)
    tf.summary.histogram("activations of it", y, family="layers")
    tf.summary.scalar("mean", tf.reduce_mean(y))
    tf.summary.scalar("mean", tf.reduce_mean(y))
with tf.variable_scope("other"):
    tf.summary.scalar("largest", tf.reduce_max(y), collections=["mine"])
    tf.summary.scalar("family member", 1, family="a/b")
tf.summary.scalar("step", tf.train.get_or_create_global_step())
tf.summary.image("pictures", tf.reshape(x, [-1, 2, 2, 1]), max_outputs=5)
tf.summary.image("bytes", np.zeros([1, 2, 2, 3], "u1"))
tf.summary.audio("sound", tf.expand_dims(x, -1), 44100)
tf.summary.audio("sound", x, tf.constant(8000.0), max_outputs=1, family="f")
tf.summary.text("text", tf.constant(["a", "b"]))
tf.summary.tensor_summary("tensor", y, summary_description="it", display_name="T")
tf.summary.merge_all()
tf.summary.merge_all(key="mine", name="named")
tf.summary.merge(tf.get_collection(tf.GraphKeys.SUMMARIES, scope="layer"), name="some of them")
tf.contrib.deprecated.scalar_summary(["a", "b"], tf.stack([1.0, 2.0]))
tf.contrib.deprecated.histogram_summary("h", y, name="hist")
tf.contrib.deprecated.image_summary("i", np.zeros([1, 2, 2, 3], "f"))
tf.contrib.deprecated.audio_summary("s", x, 22050)
tf.contrib.deprecated.merge_summary(["", ""])
tf.contrib.deprecated.merge_all_summaries()
with tf.control_dependencies([w.initializer]), tf.device("/cpu:0"):
    tf.summary.scalar("placed", y[0, 0])
