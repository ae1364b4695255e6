"""Factors for losses in half precision: how they grow and shrink, and wrong arguments."""

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def a_dynamic_factor(tf):
    scale = tf.train.experimental.DynamicLossScale(8.0, 2, 2.0)
    x = tf.placeholder(tf.float32, [])
    v = tf.get_variable("v", initializer=2.0)
    rows = tf.get_variable("rows", initializer=[[1.0], [2.0]])
    loss = v * x + tf.reduce_sum(tf.gather(rows, [1]))
    optimizer = tf.train.experimental.MixedPrecisionLossScaleOptimizer(
        tf.train.MomentumOptimizer(0.1, 0.9), scale
    )
    step = tf.train.get_or_create_global_step()
    train = optimizer.minimize(loss, global_step=step)
    found = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for value in (1.0, 2.0, float("inf"), 1.0, float("nan"), 1.0, 1.0):
            session.run(train, {x: value})
            found.append(session.run([v, rows, scale(), step, scale._num_good_steps]))
    return found, repr(scale), scale.get_config(), (train.name, optimizer.get_name())


@program
def a_fixed_factor(tf):
    v = tf.get_variable("v", initializer=2.0)
    optimizer = tf.train.experimental.enable_mixed_precision_graph_rewrite(
        tf.train.GradientDescentOptimizer(0.1), loss_scale=128
    )
    pairs = optimizer.compute_gradients(v * 3.0)
    train = optimizer.apply_gradients(pairs)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        gradient, _ = session.run([pairs[0][0], train])
        return gradient, session.run(v), repr(optimizer._loss_scale)


@program
def wrong_arguments(tf):
    experimental = tf.train.experimental
    descent = tf.train.GradientDescentOptimizer(0.1)
    wrapped = experimental.MixedPrecisionLossScaleOptimizer(descent, 2.0)
    return (
        attempt(lambda: experimental.FixedLossScale("x")),
        attempt(lambda: experimental.FixedLossScale(0.5)),
        attempt(lambda: experimental.MixedPrecisionLossScaleOptimizer(3, 2.0)),
        attempt(lambda: experimental.MixedPrecisionLossScaleOptimizer(descent, "other")),
        attempt(lambda: experimental.enable_mixed_precision_graph_rewrite(wrapped)),
        attempt(lambda: experimental.enable_mixed_precision_graph_rewrite(3)),
    )
