"""The nodes of `tf.train.Checkpoint`: saving, restoring, restoring what comes later, names of a Saver."""

import os
import shutil
import tempfile
import uuid

import tensorflow as tf


class FixedName(object):
    """In the place of a random name of a temporary folder."""

    hex = "0123456789abcdef"


folder = tempfile.mkdtemp()
prefix = os.path.join(folder, "model")


def group(later=False):
    """A few objects that are saved together."""
    checkpoint = tf.train.Checkpoint(parts=tf.contrib.checkpoint.List())
    optimizer = tf.train.AdamOptimizer(0.1)
    if later:
        checkpoint.restore(prefix + "-1")
    with tf.variable_scope("model"):
        checkpoint.v = tf.get_variable("v", shape=[2], initializer=tf.zeros_initializer())
        checkpoint.w = tf.get_variable(
            "w", shape=[2, 3], initializer=tf.zeros_initializer(), use_resource=True
        )
        checkpoint.dense = tf.layers.Dense(3, kernel_initializer=tf.zeros_initializer())
        norm = tf.layers.BatchNormalization()
        checkpoint.parts.append(norm)
        x = norm(checkpoint.dense(checkpoint.w + 1.0), training=True)
    checkpoint.optimizer = optimizer
    loss = tf.reduce_sum(x) + tf.reduce_sum(checkpoint.v)
    optimizer.minimize(loss, global_step=tf.train.get_or_create_global_step())
    return checkpoint


drawn, uuid.uuid4 = uuid.uuid4, FixedName
with tf.Graph().as_default(), tf.Session() as session:
    saved = group()
    session.run(tf.global_variables_initializer())
    saved.save(prefix)
    tf.train.Saver().save(session, prefix + "-names", write_meta_graph=False)

checkpoint = group()
with tf.name_scope("restoring"):
    checkpoint.restore(prefix + "-1").expect_partial()
checkpoint.restore(prefix + "-1").expect_partial()
with tf.variable_scope("second"):
    deferred = group(later=True)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    with tf.name_scope("saving"):
        checkpoint.save(prefix + "_again", session=session)
    checkpoint.save(prefix + "_again", session=session)
    checkpoint.more = tf.Variable([1], name="more", use_resource=True)
    session.run(checkpoint.more.initializer)
    checkpoint.write(prefix + "_more", session=session)
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(v=checkpoint.v), folder, max_to_keep=1)
    with session.as_default():
        manager.save(checkpoint_number=5)
    checkpoint.restore(None).initialize_or_restore(session)
uuid.uuid4 = drawn
shutil.rmtree(folder)
