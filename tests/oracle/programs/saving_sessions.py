"""The nodes that Scaffold and Supervisor make to save: Savers of their own, and all summaries in one."""

import shutil
import tempfile
import uuid

import tensorflow as tf


class FixedName(object):
    """In the place of a random name of a temporary folder."""

    hex = "0123456789abcdef"


drawn, uuid.uuid4 = uuid.uuid4, FixedName
folder = tempfile.mkdtemp()
graph = tf.get_default_graph()
step = tf.train.get_or_create_global_step()
v = tf.Variable([1.0, 2.0], name="v")
with tf.variable_scope("parts", partitioner=tf.fixed_size_partitioner(2)):
    w = tf.get_variable("w", shape=[2, 2], initializer=tf.zeros_initializer(), use_resource=True)
loss = tf.reduce_sum(tf.square(v))
tf.summary.scalar("loss", loss)
tf.summary.histogram("v", v)
tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)

tf.train.Scaffold().finalize()
graph._unsafe_unfinalize()
keys = tf.GraphKeys
for key in keys.SAVERS, keys.SUMMARY_OP, keys.READY_OP, keys.INIT_OP, keys.LOCAL_INIT_OP:
    graph.clear_collection(key)
supervisor = tf.train.Supervisor(logdir=folder)
supervisor.summary_writer.close()
graph._unsafe_unfinalize()
# It takes what is there.
tf.train.Scaffold(copy_from_scaffold=tf.train.Scaffold()).finalize()
graph._unsafe_unfinalize()
tf.train.Scaffold(saver=tf.train.Saver(defer_build=True)).finalize()
graph._unsafe_unfinalize()
shutil.rmtree(folder)
uuid.uuid4 = drawn
