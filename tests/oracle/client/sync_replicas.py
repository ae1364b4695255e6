"""tf.train.SyncReplicasOptimizer: one worker alone, stale gradients, and wrong use."""

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def model(tf):
    step = tf.train.get_or_create_global_step()
    weights = tf.get_variable("w", [3], initializer=tf.ones_initializer())
    rows = tf.get_variable("r", [4, 2], initializer=tf.ones_initializer())
    x = tf.placeholder(tf.float32, [])
    return step, weights, rows, x, tf.reduce_sum(weights * x) + tf.reduce_sum(tf.gather(rows, [1, 1, 2])) * x


@program
def one_worker(tf):
    step, weights, rows, x, loss = model(tf)
    optimizer = tf.train.SyncReplicasOptimizer(tf.train.MomentumOptimizer(0.1, 0.9), 1)
    train = optimizer.minimize(loss, global_step=step)
    # Without tokens at first the worker waits until its gradients are applied, and none of them is stale.
    hook = optimizer.make_session_run_hook(True, num_tokens=0)
    found = []
    # The runner waits for gradients when the session is closed.
    with tf.train.MonitoredTrainingSession(hooks=[hook], stop_grace_period_secs=0.1) as session:
        for value in (1.0, 2.0, 3.0):
            found.append(session.run(train, {x: value}))
        found.append(session.run([step, weights, rows]))
    names = [optimizer.get_slot(weights, "momentum").name, optimizer.get_slot_names()]
    return [found, names, [v.name for v in optimizer.variables()]]


@program
def wrong_use(tf):
    optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.1), 3, 1)
    one = tf.constant(1.0)
    weight = tf.Variable(1.0)
    found = [
        attempt(lambda: optimizer.get_chief_queue_runner()),
        attempt(lambda: optimizer.get_init_tokens_op()),
        attempt(lambda: optimizer.apply_gradients([])),
        attempt(lambda: optimizer.apply_gradients([(one, weight)])),
        attempt(lambda: optimizer.make_session_run_hook(True).begin()),
    ]
    optimizer.apply_gradients([(one, weight)], tf.train.get_or_create_global_step())
    return [
        *found,
        attempt(lambda: optimizer.get_init_tokens_op(1)),
        optimizer.get_init_tokens_op(2).type,
        optimizer.get_chief_queue_runner().name,
    ]
