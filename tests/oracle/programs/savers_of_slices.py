"""The nodes of Savers of partitioned variables, of both kinds, with others and in shards."""

import uuid

import tensorflow as tf


class FixedName(object):
    """In the place of a random name of a temporary folder."""

    hex = "0123456789abcdef"


drawn, uuid.uuid4 = uuid.uuid4, FixedName
rows = tf.fixed_size_partitioner(3)
columns = tf.fixed_size_partitioner(2, axis=1)
for use_resource, scope in ((False, "ref"), (True, "resource")):
    with tf.variable_scope(scope, use_resource=use_resource):
        a = tf.get_variable("a", [5, 2], partitioner=rows)
        b = tf.get_variable("b", [2, 4], partitioner=columns, initializer=tf.zeros_initializer())
        c = tf.get_variable("c", [3])
    tf.train.Saver(name=scope + "_saver")
    tf.train.Saver([a], name=scope + "_one")
    tf.train.Saver({"x": a, "y": list(b), "z": c}, name=scope + "_named")
    tf.train.Saver(list(a) + [c], name=scope + "_listed", sharded=True)
    tf.train.Saver([a, b], name=scope + "_reshaping", reshape=True)
    tf.train.Saver([a], name=scope + "_v1", write_version=tf.train.SaverDef.V1)
    tf.train.Saver([b], name=scope + "_v1", write_version=tf.train.SaverDef.V1, sharded=True)


def on_ps(op):
    return "/job:ps/task:%d" % (int(op.name.split("part_")[-1][0]) % 2 if "part_" in op.name else 0)


with tf.device(on_ps):
    tf.get_variable("spread", [4, 2], partitioner=rows, use_resource=True)
    tf.get_variable("spread_ref", [4, 2], partitioner=rows)
parts = tf.create_partitioned_variables([4, 2], [2, 1], tf.zeros([4, 2]), name="created")
tf.train.Saver(parts)
tf.train.Saver(sharded=True)
tf.add_to_collection("wholes", a)
tf.train.Saver()
uuid.uuid4 = drawn
