"""The nodes of Savers: both kinds of variables, both formats, shards, other shapes, other builders."""

import uuid

import numpy as np
import tensorflow as tf
from tensorflow.python.training.saver import BaseSaverBuilder


class FixedName(object):
    """In the place of a random name of a temporary folder."""

    hex = "0123456789abcdef"


drawn, uuid.uuid4 = uuid.uuid4, FixedName


class Counter(BaseSaverBuilder.SaveableObject):
    """Two tensors that are saved under names of their own."""

    def __init__(self, name):
        self.parts = [tf.Variable(i, trainable=False, collections=[], name=name + "_part") for i in range(2)]
        specs = [
            BaseSaverBuilder.SaveSpec(part, "", "%s/%d" % (name, i), dtype=part.dtype)
            for i, part in enumerate(self.parts)
        ]
        super(Counter, self).__init__(self.parts[0], specs, name)

    def restore(self, restored_tensors, restored_shapes):
        return tf.group(*[tf.assign(p, t) for p, t in zip(self.parts, restored_tensors)])


class Listing(BaseSaverBuilder):
    """Saves without telling slices."""

    def save_op(self, filename_tensor, saveables):
        tf.constant(len(saveables), name="saved")
        return super(Listing, self).save_op(filename_tensor, saveables)

    def restore_op(self, filename_tensor, saveable, preferred_shard):
        tf.constant(preferred_shard, name="from_shard")
        return super(Listing, self).restore_op(filename_tensor, saveable, preferred_shard)


with tf.name_scope("layer"):
    v = tf.Variable([1.0, 2.0], name="v")
w = tf.get_variable("w", shape=[2, 2], initializer=tf.zeros_initializer(), use_resource=True)
saver = tf.train.Saver()
tf.constant(saver.as_saver_def().filename_tensor_name + saver.as_saver_def().save_tensor_name)
tf.train.Saver([w, v], name="both")
tf.train.Saver({"later": v, "a": w}, reshape=True)
tf.train.Saver([v.op.outputs[0], w.value()])
tf.train.Saver([w], filename="checkpoints/model", restore_sequentially=True)
with tf.name_scope("outer"), tf.device("/cpu:0"):
    tf.train.Saver([v, w])
tf.train.Saver(write_version=tf.train.SaverDef.V1)
tf.train.Saver([v], write_version=tf.train.SaverDef.V1, sharded=True)
tf.train.Saver(sharded=True)

with tf.device("/gpu:1"):
    on_gpu = tf.Variable(np.zeros([3], np.int64), name="on_gpu", trainable=False)
with tf.device("/job:ps/task:0"):
    ps = tf.get_variable("ps", shape=[1], dtype=tf.float64, use_resource=True)
with tf.device("/job:ps/task:1/gpu:0"):
    other = tf.get_variable("other", shape=[1], dtype=tf.float16)
    of_any_shape = tf.Variable(tf.zeros([2]), validate_shape=False, name="of_any_shape")
    names = tf.Variable(["a", "b"], name="names")
tf.train.Saver(sharded=True)
tf.train.Saver(sharded=True, reshape=True, name="reshaping")
tf.train.Saver(sharded=True, write_version=tf.train.SaverDef.V1)
tf.train.Saver()

counter = Counter("counter")
tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, counter)
tf.train.Saver()
tf.train.Saver([counter], sharded=True)
for builder in BaseSaverBuilder(), Listing(tf.train.SaverDef.V1):
    tf.train.Saver(builder=builder)
    tf.train.Saver([v, w, ps], builder=builder, sharded=True)
tf.train.Saver(defer_build=True, name="later").build()
BaseSaverBuilder().build([v, w], name="built")
with tf.Graph().as_default():
    tf.train.Saver(allow_empty=True)
uuid.uuid4 = drawn
