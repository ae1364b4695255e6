"""tf.contrib.slim: training and evaluating in one call, and the tools around that."""

import contextlib
import io
import os

import numpy as np

from tests.oracle.client import attempt
from tests.oracle.client._folders import files, in_folder

PROGRAMS = []
program = in_folder(PROGRAMS)


def model(tf):
    x = tf.placeholder_with_default(np.float32([[1.0, 2.0]]), [None, 2], name="x")
    w = tf.get_variable("w", [2, 1], initializer=tf.ones_initializer())
    b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
    return tf.reduce_sum((tf.matmul(x, w) + b) ** 2)


@program
def training_and_evaluating(tf, folder):
    slim = tf.contrib.slim
    out = []
    with tf.Graph().as_default():
        loss = model(tf)
        tf.summary.scalar("loss", loss)
        train = slim.learning.create_train_op(
            loss,
            tf.train.GradientDescentOptimizer(0.1),
            clip_gradient_norm=1.0,
            gradient_multipliers={"b": 0.5},
        )
        value = slim.learning.train(
            train, folder, number_of_steps=3, log_every_n_steps=2, save_summaries_secs=0
        )
        out += [np.round(float(value), 4), train.name, len(tf.get_collection(tf.GraphKeys.SUMMARIES))]
        out += [name for name in files(folder) if "ckpt" in name]
    for extra in ({}, {"summary_op": None}):
        with tf.Graph().as_default():
            loss = model(tf)
            mean, update = tf.metrics.mean(loss)
            tf.summary.scalar("mean", mean)
            tf.train.get_or_create_global_step()
            found = slim.evaluation.evaluate_once(
                "", tf.train.latest_checkpoint(folder), os.path.join(folder, "eval"), 2, eval_op=update,
                final_op=mean, **extra
            )  # fmt: skip
            out.append(np.round(float(found), 4))
            found = slim.evaluation.evaluation_loop(
                "", folder, os.path.join(folder, "loop"), eval_op=update, final_op=[mean],
                max_number_of_evaluations=1, variables_to_restore=slim.get_variables_to_restore(), **extra
            )  # fmt: skip
            out.append(np.round(float(found[0]), 4))
    tf.summary.FileWriterCache.clear()
    return out


@program
def steps_of_a_programs_own(tf, folder):
    slim = tf.contrib.slim
    out = []

    def step(session, train_op, global_step, arguments):
        loss, stop = slim.learning.train_step(session, train_op, global_step, arguments)
        out.append([np.round(float(loss), 4), bool(stop), sorted(arguments)])
        return loss, stop or len(out) >= 8

    train = slim.learning.create_train_op(
        model(tf), tf.train.GradientDescentOptimizer(0.01), global_step=None
    )
    wrong = [
        dict(train_op=None, logdir=folder),
        dict(train_op=train, logdir=None, summary_op=None),
        dict(train_op=train, logdir=None, saver=tf.train.Saver()),
        dict(train_op=train, logdir=None, trace_every_n_steps=1),
        dict(train_op=train, logdir=folder, number_of_steps=0),
    ]
    out += [attempt(lambda: slim.learning.train(**each)) for each in wrong]  # noqa: B023
    out.append(attempt(lambda: slim.learning.train_step(tf.Session(), train, train, {"should_trace": train})))
    started = []
    slim.learning.train(
        train, None, step, number_of_steps=9, init_fn=lambda session: started.append(True),
        session_wrapper=lambda session: session,
    )  # fmt: skip
    return out + [started]


@program
def queues_run_in_a_block(tf, folder):
    slim = tf.contrib.slim
    item = tf.train.input_producer([1, 2, 3], shuffle=False).dequeue()

    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        with slim.queues.QueueRunners(session):
            out = [int(session.run(item)) for _ in range(4)]
            out.append(attempt(lambda: slim.queues.QueueRunners(session).__enter__()))
    return out


@program
def models_are_described(tf, folder):
    slim = tf.contrib.slim
    model(tf)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        counted = [
            slim.model_analyzer.analyze_vars(tf.global_variables(), print_info=True),
            slim.model_analyzer.analyze_ops(tf.get_default_graph()),
        ]
        slim.model_analyzer.analyze_ops(tf.get_default_graph(), print_info=True)
    return counted + said.getvalue().split("\n")


@program
def summaries_are_named_after_tensors(tf, folder):
    slim = tf.contrib.slim
    value = tf.constant(2.0, name="value")
    picture = tf.zeros([1, 2, 2, 3], name="picture")
    summaries = slim.summaries
    made = [
        summaries.add_scalar_summary(value),
        summaries.add_scalar_summary(value, "named", "before", print_summary=True),
        summaries.add_histogram_summary(value, prefix="p"),
        summaries.add_image_summary(picture),
        summaries.add_zero_fraction_summary(picture, prefix="z"),
    ]
    made += summaries.add_scalar_summaries([value], "s") + summaries.add_histogram_summaries([value], "h")
    made += summaries.add_image_summaries([picture], "i") + summaries.add_zero_fraction_summaries(
        [value], "f"
    )
    made += slim.learning.add_gradients_summaries([(value, tf.get_variable("v", [])), (None, value)])
    return [t.name for t in made] + [t.name for t in tf.get_collection(tf.GraphKeys.SUMMARIES)]
