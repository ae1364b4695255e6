"""tf.contrib.opt: what its optimizers make of variables in some steps, and SciPy's optimizer."""

import numpy as np

from tests.oracle.client import attempt, internal
from tests.oracle.client._folders import in_folder

PROGRAMS = []
program = in_folder(PROGRAMS)


def rounded(values):
    return [np.round(np.float64(value), 4).tolist() for value in values]


def trained(tf, make, sparse=False, resource=False, steps=3):
    """The variables after some steps."""
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.train.get_or_create_global_step()
        with tf.variable_scope("", use_resource=resource):
            w = tf.get_variable("w", initializer=np.float32([[1, -2], [3, 0.5], [0.25, 4]]))
            b = tf.get_variable("b", initializer=np.float32([0.5, 1]))
        used = tf.gather(w, [0, 2, 0]) if sparse else w
        loss = tf.reduce_sum(tf.square(used) * [1.0, 0.5]) + tf.reduce_sum(b * [1.0, -2.0])
        train = make(step).minimize(loss, global_step=step)
        session.run(tf.global_variables_initializer())
        for _ in range(steps):
            session.run(train)
        return rounded(session.run([w, b]))


@program
def steps_of_optimizers(tf, folder):
    opt = tf.contrib.opt
    kinds = [
        lambda step: opt.AdamWOptimizer(0.01, 0.1),
        lambda step: opt.MomentumWOptimizer(0.01, 0.1, 0.9),
        lambda step: opt.extend_with_decoupled_weight_decay(tf.train.RMSPropOptimizer)(
            0.1, learning_rate=0.1
        ),
        lambda step: opt.LazyAdamOptimizer(0.1),
        lambda step: opt.NadamOptimizer(0.1),
        lambda step: opt.AdaMaxOptimizer(0.1),
        lambda step: opt.AdamGSOptimizer(step, 0.1),
        lambda step: opt.LazyAdamGSOptimizer(step, 0.1),
        lambda step: opt.RegAdagradOptimizer(0.1),
        lambda step: opt.LARSOptimizer(0.1, eeta=0.1),
        lambda step: opt.ShampooOptimizer(step, learning_rate=0.1),
        lambda step: opt.ShampooOptimizer(step, max_matrix_size=2, learning_rate=0.1),
        lambda step: opt.MultitaskOptimizerWrapper(tf.train.AdagradOptimizer(0.1)),
    ]
    out = []
    for i, make in enumerate(kinds):
        for sparse in (False, True):
            for resource in (False, True):
                if i < 3 and sparse and not resource:
                    continue  # decays before or after the gradient reads the rows, by chance
                out.append(attempt(lambda: trained(tf, make, sparse, resource)))  # noqa: B023
    return out


@program
def steps_by_signs(tf, folder):
    opt = tf.contrib.opt
    sign_decay = internal(tf, "contrib.opt.python.training.sign_decay")
    out = []
    for kind in (opt.AddSignOptimizer, opt.PowerSignOptimizer):
        for decay in (
            None,
            sign_decay.get_linear_decay_fn(4),
            sign_decay.get_cosine_decay_fn(4, zero_after=0.4),
            sign_decay.get_restart_decay_fn(4, 2),
        ):
            for sparse, resource in ((False, False), (True, False), (False, True)):
                make = lambda step: kind(0.1, sign_decay_fn=decay)  # noqa: B023, E731
                out.append(trained(tf, make, sparse, resource))
        out.append(attempt(lambda: trained(tf, lambda step: kind(0.1), True, True)) is not None)  # noqa: B023
    return out


@program
def averages_are_saved_in_place_of_variables(tf, folder):
    opt = tf.contrib.opt
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    moving = opt.MovingAverageOptimizer(tf.train.MomentumOptimizer(0.1, 0.9), 0.5)
    out = [attempt(moving.swapping_saver)]
    train = moving.minimize(tf.reduce_sum(w * w))
    saver = moving.swapping_saver()
    plain = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(train)
        names = [v.op.name for v in tf.global_variables()]
        out += [train.name, names, rounded(session.run(tf.global_variables()))]
        path = saver.save(session, folder + "/swapped")
        for each in (plain, saver):
            each.restore(session, path)
            out.append(rounded(session.run(tf.global_variables())))
    out.append(attempt(lambda: moving.swapping_saver([w])))
    return out


@program
def tasks_and_norms(tf, folder):
    opt = tf.contrib.opt
    v = tf.get_variable("v", initializer=[1.0, 2.0])
    u = tf.get_variable("u", initializer=[3.0, 4.0])
    on = tf.placeholder(tf.float32, [])
    wrapped = opt.MultitaskOptimizerWrapper(tf.train.MomentumOptimizer(0.1, 0.9))
    pairs = wrapped.compute_gradients(tf.reduce_sum(v * v) * on + tf.reduce_sum(u * u))
    clipped, norm = opt.clip_gradients_by_global_norm(pairs, 4.0)
    train = wrapped.apply_gradients(clipped)
    out = [attempt(lambda: opt.MultitaskOptimizerWrapper(3)), wrapped.get_slot_names()]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for value in (1.0, 0.0, 0.0, 1.0):
            _, size = session.run([train, norm], {on: value})
            out += rounded([size, *session.run([v, u])])
    clipping = opt.VariableClippingOptimizer(tf.train.GradientDescentOptimizer(0.1), {v: [0]}, 0.5)
    step = clipping.minimize(tf.reduce_sum(v * v))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        out += rounded(session.run([v, u])) + [step.name, clipping.get_slot_names()]
    return out


@program
def optimizers_of_workers(tf, folder):
    opt = tf.contrib.opt
    out = []
    for getter, make in (
        (opt.ElasticAverageCustomGetter, opt.ElasticAverageOptimizer),
        (opt.AGNCustomGetter, opt.AGNOptimizer),
    ):
        with tf.Graph().as_default():
            step = tf.train.get_or_create_global_step()
            kept = getter("/cpu:0")
            with tf.variable_scope("", custom_getter=kept):
                w = tf.get_variable("w", initializer=[1.0, 2.0])
            loss = tf.reduce_sum(tf.square(w - 3.0))
            inner = tf.train.GradientDescentOptimizer(0.1)
            used = make(inner, 1, kept, communication_period=2)
            hook = used.make_session_run_hook(True, 0)
            train = used.apply_gradients(used.compute_gradients(loss, [w]), step)
            out.append([v.op.name for v in tf.global_variables()])
            out.append([v.op.name for v in tf.local_variables()])
            everything = tf.global_variables() + tf.local_variables()
            with tf.train.MonitoredSession(hooks=[hook]) as session:
                raw = session._tf_sess()
                for _ in range(4):
                    session.run(train)
                    out.append(rounded(raw.run(everything)))
    return out


@program
def stale_gradients(tf, folder):
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    stale = tf.contrib.opt.DropStaleGradientOptimizer(tf.train.GradientDescentOptimizer(0.1), 0)
    train = stale.minimize(tf.reduce_sum(w * w), global_step=step)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = [session.run(train).tolist() for _ in range(2)]
        return values + rounded(session.run([w, step]))


@program
def arguments_that_are_wrong(tf, folder):
    opt = tf.contrib.opt
    decay = internal(tf, "contrib.opt.python.training.sign_decay")
    v = tf.get_variable("v", initializer=[1.0, 2.0])
    average = opt.ModelAverageOptimizer(
        tf.train.GradientDescentOptimizer(0.1), 1, True, opt.ModelAverageCustomGetter("/cpu:0")
    )
    return [
        attempt(lambda: opt.LARSOptimizer(0.1, momentum=-1.0)),
        attempt(lambda: opt.LARSOptimizer(0.1, weight_decay=-1.0)),
        attempt(lambda: opt.RegAdagradOptimizer(0.1, 0.0)),
        attempt(lambda: decay.get_linear_decay_fn(3)(None)),
        attempt(lambda: decay.get_cosine_decay_fn(3)(None)),
        attempt(lambda: decay.get_restart_decay_fn(3)(None)),
        attempt(lambda: average.apply_gradients([])),
        attempt(lambda: average.apply_gradients([(v, v)])),
        attempt(lambda: average._local_vars_update([])),
        attempt(lambda: opt.AdamWOptimizer(lambda: 0.1).minimize(tf.reduce_sum(v))),
    ]
