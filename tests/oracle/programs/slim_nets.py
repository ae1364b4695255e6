"""tf.contrib.slim.nets: each family once, with thin or short ones where the full networks are large."""

import tensorflow as tf
from tensorflow.contrib import slim
from tensorflow.contrib.slim.nets import alexnet, inception, overfeat, resnet_utils, resnet_v1, resnet_v2, vgg


def images(size):
    return tf.placeholder(tf.float32, [2, size, size, 3])


def keep(ends, name):
    tf.constant(list(ends), name=name)


with slim.arg_scope(alexnet.alexnet_v2_arg_scope()):
    keep(alexnet.alexnet_v2(images(224), 5)[1], "alexnet_ends")
with slim.arg_scope(overfeat.overfeat_arg_scope()):
    keep(overfeat.overfeat(images(231), is_training=False, spatial_squeeze=False)[1], "overfeat_ends")
with slim.arg_scope(vgg.vgg_arg_scope()):
    keep(vgg.vgg_a(images(224), 7)[1], "vgg_a_ends")
    keep(vgg.vgg_19(images(224), 7, dropout_keep_prob=0.8)[1], "vgg_19_ends")
with slim.arg_scope(resnet_utils.resnet_arg_scope(weight_decay=0.01, batch_norm_scale=False)):
    for _, build, block in (
        (resnet_v1, resnet_v1.resnet_v1, resnet_v1.resnet_v1_block),
        (resnet_v2, resnet_v2.resnet_v2, resnet_v2.resnet_v2_block),
    ):
        blocks = [block("block1", 2, 2, 2), block("block2", 4, 2, 2), block("block3", 4, 1, 1)]
        net, ends = build(images(65), blocks, 3, output_stride=8, scope=block.__name__)
        keep(ends, "ends")
        build(images(65), blocks, 3, False, output_stride=8, reuse=True, scope=block.__name__)
        build(images(33), blocks, None, global_pool=False, include_root_block=False)
with slim.arg_scope(inception.inception_v1_arg_scope(batch_norm_var_collection="moving")):
    keep(inception.inception_v1(images(224), 4)[1], "inception_v1_ends")
with slim.arg_scope(inception.inception_v2_arg_scope()):
    keep(inception.inception_v2(images(150), 4, depth_multiplier=0.5)[1], "inception_v2_ends")
with slim.arg_scope(inception.inception_v3_arg_scope(use_fused_batchnorm=False)):
    keep(inception.inception_v3(images(150), 4, min_depth=8, depth_multiplier=0.1)[1], "inception_v3_ends")
tf.constant(sorted(v.name for v in slim.get_model_variables()), name="model")
tf.constant([v.name for v in tf.get_collection("moving")], name="moving_variables")
