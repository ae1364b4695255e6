"""The nodes of tf.contrib.training: operations that train, and evaluations."""

import shutil
import tempfile

import numpy as np
import tensorflow as tf

training = tf.contrib.training
folder = tempfile.mkdtemp()


def loss():
    x = tf.constant(np.float32([[1.0, 2.0]]))
    zeros = tf.zeros_initializer()
    w = tf.get_variable("w", [2, 1], initializer=zeros)
    rows = tf.get_variable("rows", [3, 1], initializer=zeros, use_resource=True)
    return tf.reduce_sum((tf.matmul(x, w) + tf.gather(rows, [0, 0])) ** 2)


with tf.Graph().as_default():
    op = training.create_train_op(loss(), tf.train.GradientDescentOptimizer(0.1))
    stop = tf.train.StopAtStepHook(1)
    training.train(op, folder, hooks=[stop], save_checkpoint_secs=60, save_summaries_steps=None)

total = loss()
moved = tf.get_variable("moved", [], initializer=tf.zeros_initializer(), trainable=False)
tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign_add(moved, 1.0))
clipped = training.create_train_op(
    total,
    tf.train.AdamOptimizer(0.1),
    transform_grads_fn=training.clip_gradient_norms_fn(2.0),
    summarize_gradients=True,
)
training.create_train_op(
    total,
    tf.train.GradientDescentOptimizer(0.1),
    global_step=None,
    transform_grads_fn=lambda pairs: training.multiply_gradients(pairs, {"w": 0.5, "rows": 2.0}),
    check_numerics=False,
)
mean, update = tf.metrics.mean(total)
training.evaluate_once(
    tf.train.latest_checkpoint(folder),
    scaffold=tf.train.Scaffold(
        saver=tf.train.Saver([v for v in tf.global_variables() if v.op.name in ("w", "rows", "global_step")]),
        ready_op=tf.constant([], tf.string),
        ready_for_local_init_op=tf.constant([], tf.string),
    ),
    eval_ops={"update": update},
    final_ops=mean,
    hooks=[training.StopAfterNEvalsHook(2, log_progress=False)],
)
tf.summary.FileWriterCache.clear()
shutil.rmtree(folder)
