"""The whole graph of a training program that a managed session saves, with what hooks add."""

import shutil
import tempfile
import uuid

import tensorflow as tf


class FixedName(object):
    """In the place of a random name of a temporary folder."""

    hex = "0123456789abcdef"


drawn, uuid.uuid4 = uuid.uuid4, FixedName
folder = tempfile.mkdtemp()
step = tf.train.get_or_create_global_step()
v = tf.Variable([1.0, 2.0], name="v")
w = tf.get_variable("w", shape=[2, 2], initializer=tf.ones_initializer(), use_resource=True)
loss = tf.reduce_sum(tf.square(v)) + tf.reduce_sum(tf.square(w))
tf.summary.scalar("loss", loss)
train = tf.train.AdamOptimizer(0.1).minimize(loss, global_step=step)
hooks = [tf.train.StopAtStepHook(last_step=2), tf.train.NanTensorHook(loss)]
with tf.train.MonitoredTrainingSession(
    checkpoint_dir=folder, hooks=hooks, save_checkpoint_steps=1, save_summaries_steps=1
) as session:
    while not session.should_stop():
        session.run(train)
tf.summary.FileWriterCache.clear()
shutil.rmtree(folder)
uuid.uuid4 = drawn
