"""The operations that Scaffold and Supervisor make, with variables of all kinds and without any."""

import tensorflow as tf


class Saver(object):
    """In the place of tf.train.Saver, so that there are no nodes of its own."""

    def build(self):
        pass


def program():
    tf.train.get_or_create_global_step()
    tf.Variable([1.0, 2.0], name="v")
    tf.get_variable("w", shape=[2, 2], initializer=tf.zeros_initializer(), use_resource=True)
    tf.get_local_variable("local", shape=[], initializer=tf.ones_initializer())


program()
tf.tables_initializer()
tf.tables_initializer(name="tables")
scaffold = tf.train.Scaffold(saver=Saver())
# Finalizing would end the program here.
graph = tf.get_default_graph()
scaffold.finalize()
graph._unsafe_unfinalize()
tf.train.Scaffold.default_local_init_op()
for key in tf.GraphKeys.READY_OP, tf.GraphKeys.INIT_OP, tf.GraphKeys.LOCAL_INIT_OP:
    graph.clear_collection(key)
tf.train.Supervisor(saver=None, summary_op=None)
graph._unsafe_unfinalize()
