"""tf.contrib.opt: the optimizers of several workers, and the one that drops stale gradients."""

import tensorflow as tf

opt = tf.contrib.opt
step = tf.train.get_or_create_global_step()


def model(scope, getter):
    with tf.variable_scope(scope, custom_getter=getter):
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
        tf.get_variable("moved", [], trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES])
        return tf.reduce_sum(tf.square(w - 3.0)), [w]


getter = opt.ElasticAverageCustomGetter("/job:worker/task:0")
loss, variables = model("elastic", getter)
elastic = opt.ElasticAverageOptimizer(
    tf.train.MomentumOptimizer(0.1, 0.9), 2, getter, communication_period=3, synchronous=True
)
elastic.apply_gradients(elastic.compute_gradients(loss, variables), step)
elastic.get_init_op(1)
elastic.swapping_saver()
with tf.variable_scope("second"):
    tf.get_collection_ref(tf.GraphKeys.TRAINABLE_VARIABLES)[:] = []
    getter = opt.AGNCustomGetter("/job:worker/task:1")
    loss, variables = model("agn", getter)
    agn = opt.AGNOptimizer(tf.train.AdamOptimizer(0.1), 2, getter, communication_period=3)
    agn.apply_gradients(agn.compute_gradients(loss, variables), step)
    agn.get_init_op(0)
for chief in (True, False):
    with tf.variable_scope("third%d" % chief):
        tf.get_collection_ref(tf.GraphKeys.TRAINABLE_VARIABLES)[:] = []
        getter = opt.ModelAverageCustomGetter("/job:worker/task:1")
        loss, variables = model("average", getter)
        average = opt.ModelAverageOptimizer(
            tf.train.GradientDescentOptimizer(0.1), 2, chief, getter, interval_steps=3
        )
        average.apply_gradients(average.compute_gradients(loss, variables), step)
        average.get_init_op()
loss, variables = model("stale", None)
stale = opt.DropStaleGradientOptimizer(tf.train.GradientDescentOptimizer(0.1), 2)
stale.apply_gradients(stale.compute_gradients(loss, variables), step)
tf.constant([v.op.name for v in tf.global_variables()], name="global")
tf.constant([v.op.name for v in tf.local_variables()], name="local")
