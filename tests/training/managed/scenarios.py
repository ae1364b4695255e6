"""What managed sessions and hooks do, as TensorFlow 1.15.5 and perdure both do it; see tests/scenarios.py.

Each scenario returns the trace of what happened, as an array of texts.
"""

import functools
import logging
import re
import threading

import numpy as np

SCENARIOS = {}


def scenario(function):
    """Register a function of (tf, trace) that appends texts to `trace`."""

    def run(tf):
        trace = []
        function(tf, trace)
        return {"trace": np.array([plain(line).encode() for line in trace], object)}

    SCENARIOS[function.__name__] = run
    return function


def plain(line):
    """As text, without what later versions of NumPy and other packages write differently."""
    text = re.sub(r"np\.(?:int|float)\d+\(([^)]*)\)", r"\1", str(line))
    return re.sub(r"<class '[\w.]*?(\w+)'>", r"\1", text)


def error_of(function):
    """The class and message of the error that a function raises."""
    try:
        function()
    except Exception as error:  # noqa: BLE001
        return "%s: %s" % (type(error).__name__, getattr(error, "message", None) or error)
    return "no error"


def class_of_error(function):
    return error_of(function).split(":")[0]


def logged(tf, function):
    """The lines that a function logs through tf.logging at INFO and above."""
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            if not record.getMessage().startswith("From "):  # warnings about old names
                lines.append("%s %s" % (record.levelname, record.getMessage()))

    logger, keep = tf.get_logger(), Keep()
    level, propagate = logger.level, logger.propagate
    others, logger.handlers = logger.handlers, [keep]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        function()
    finally:
        logger.handlers, logger.propagate = others, propagate
        logger.setLevel(level)
    return lines


def recorder(tf, trace, name, **wishes):
    """A hook that records its calls; `wishes` are functions to call in its methods."""

    class Recorder(tf.train.SessionRunHook):
        def begin(self):
            trace.append("%s begin, finalized: %s" % (name, tf.get_default_graph().finalized))

        def after_create_session(self, session, coord):
            trace.append(
                "%s after_create_session %s %s, finalized: %s"
                % (name, type(session).__name__, type(coord).__name__, tf.get_default_graph().finalized)
            )

        def before_run(self, run_context):
            trace.append(
                "%s before_run %s %s"
                % (
                    name,
                    type(run_context.original_args.fetches).__name__,
                    sorted(t.name for t in run_context.original_args.feed_dict or {}),
                )
            )
            return wishes["before"](run_context) if "before" in wishes else None

        def after_run(self, run_context, run_values):
            trace.append("%s after_run %s, stop: %s" % (name, run_values.results, run_context.stop_requested))
            if "after" in wishes:
                wishes["after"](run_context, run_values)

        def end(self, session):
            trace.append("%s end" % name)
            if "end" in wishes:
                wishes["end"](session)

    return Recorder()


def counter(tf):
    step = tf.train.get_or_create_global_step()
    return step, tf.assign_add(step, 1, use_locking=True)


@scenario
def order_of_calls(tf, trace):
    step, up = counter(tf)
    hooks = [recorder(tf, trace, "a"), recorder(tf, trace, "b")]
    with tf.train.MonitoredSession(hooks=hooks) as session:
        trace.append(session.run(up))
        trace.append(session.run([up]))
        trace.append("should_stop %s" % session.should_stop())
    trace.append("should_stop %s" % session.should_stop())
    trace.append("finalized %s" % tf.get_default_graph().finalized)


@scenario
def order_of_calls_in_a_training_session(tf, trace):
    _, up = counter(tf)
    hooks = [recorder(tf, trace, "a")]
    chief = [recorder(tf, trace, "chief")]
    with tf.train.MonitoredTrainingSession(hooks=hooks, chief_only_hooks=chief) as session:
        trace.append(session.run({"up": up})["up"])


@scenario
def singular_session_is_raw_below(tf, trace):
    step, up = counter(tf)
    with tf.train.SingularMonitoredSession(hooks=[recorder(tf, trace, "a")]) as session:
        session.run(up)
        trace.append(session.raw_session().run(up))
        trace.append(session.graph is tf.get_default_graph())
    trace.append("closed: %s %s" % (session.raw_session(), session.graph))


@scenario
def finalized_graphs_stay_finalized(tf, trace):
    _, up = counter(tf)
    scaffold = tf.train.Scaffold()
    scaffold.finalize()
    with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(scaffold)) as session:
        session.run(up)
    trace.append(tf.get_default_graph().finalized)


@scenario
def what_hooks_fetch_and_feed(tf, trace):
    x = tf.placeholder_with_default(1.0, [], name="x")
    y = tf.placeholder_with_default(2.0, [], name="y")
    hooks = [
        recorder(tf, trace, "fetch", before=lambda _: tf.train.SessionRunArgs({"sum": x + 0})),
        recorder(tf, trace, "feed", before=lambda _: tf.train.SessionRunArgs(None, {x: 10.0})),
        recorder(tf, trace, "both", before=lambda _: tf.train.SessionRunArgs([y, x], {})),
        tf.train.FeedFnHook(lambda: {}),
    ]
    total = x + y
    with tf.Graph().as_default():
        pass
    fetched = x * 1
    hooks[0] = recorder(tf, trace, "fetch", before=lambda _: tf.train.SessionRunArgs({"x": fetched}))
    with tf.train.MonitoredSession(hooks=hooks) as session:
        trace.append(session.run(total))
        trace.append(session.run(total, feed_dict={y: 5.0}))


@scenario
def feed_conflicts(tf, trace):
    x = tf.placeholder(tf.float32, [], name="x")
    feed = tf.train.FeedFnHook(lambda: {x: 1.0})
    with tf.train.SingularMonitoredSession(hooks=[feed]) as session:
        trace.append(session.run(x))
        trace.append(class_of_error(lambda: session.run(x, {x: 2.0})))
    with tf.train.SingularMonitoredSession(hooks=[feed, tf.train.FeedFnHook(lambda: {x: 2.0})]) as session:
        trace.append(class_of_error(lambda: session.run(x)))


@scenario
def stop_requested_by_a_hook(tf, trace):
    _, up = counter(tf)
    stop = recorder(tf, trace, "a", after=lambda context, values: context.request_stop())
    with tf.train.MonitoredSession(hooks=[stop, recorder(tf, trace, "b")]) as session:
        trace.append(session.should_stop())
        session.run(up)
        trace.append(session.should_stop())
        trace.append(error_of(lambda: session.run(up)))


def after_exception(tf, trace, make_error, kind="MonitoredSession"):
    _, up = counter(tf)

    def body():
        with getattr(tf.train, kind)(hooks=[recorder(tf, trace, "a")]) as session:
            session.run(up)
            raise make_error()

    trace.append(class_of_error(body))
    trace.append(tf.get_default_session() is None)
    trace.append(tf.get_default_graph().finalized)


@scenario
def end_of_input(tf, trace):
    after_exception(tf, trace, lambda: tf.errors.OutOfRangeError(None, None, "end"))


@scenario
def stop_iteration(tf, trace):
    after_exception(tf, trace, StopIteration)


@scenario
def other_exceptions(tf, trace):
    after_exception(tf, trace, lambda: ValueError("mine"))


@scenario
def aborted_outside_of_run(tf, trace):
    after_exception(tf, trace, lambda: tf.errors.AbortedError(None, None, "gone"))


@scenario
def other_exceptions_in_a_singular_session(tf, trace):
    after_exception(tf, trace, lambda: ValueError("mine"), "SingularMonitoredSession")


@scenario
def exceptions_in_steps(tf, trace):
    _, up = counter(tf)
    bad = tf.check_numerics(tf.constant(np.inf), "bad")
    hook = recorder(tf, trace, "a")

    def body():
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            trace.append(class_of_error(lambda: session.run(bad)))
            trace.append("stop %s" % session.should_stop())
            trace.append(session.run(up))
            session.run(bad)

    trace.append(class_of_error(body))


@scenario
def exceptions_in_hooks(tf, trace):
    _, up = counter(tf)

    def fail(*_):
        raise ValueError("hook")

    for wish in ("before", "after", "end"):

        def body(wish=wish):
            hooks = [recorder(tf, trace, "a", **{wish: fail}), recorder(tf, trace, "b")]
            with tf.train.MonitoredSession(hooks=hooks) as session:
                session.run(up)

        trace.append(error_of(body))
        trace.append(tf.get_default_graph().finalized)


def failing_times(tf, times, error):
    """A function of anything that raises an error the first times it is called."""
    left = [times]

    def fail(*_):
        if left[0]:
            left[0] -= 1
            raise error(None, None, "gone")

    return fail


@scenario
def recovery(tf, trace):
    _, up = counter(tf)
    for error in tf.errors.AbortedError, tf.errors.UnavailableError:
        for wish in "before", "after":
            hook = recorder(tf, trace, "a", **{wish: failing_times(tf, 2, error)})
            with tf.train.MonitoredSession(hooks=[hook]) as session:
                trace.append(session.run(up))
                trace.append(session.run(up))


@scenario
def no_recovery_in_a_singular_session(tf, trace):
    _, up = counter(tf)
    hook = recorder(tf, trace, "a", before=failing_times(tf, 1, tf.errors.AbortedError))

    def body():
        with tf.train.SingularMonitoredSession(hooks=[hook]) as session:
            session.run(up)

    trace.append(error_of(body))


@scenario
def recovery_while_a_session_is_made(tf, trace):
    _, up = counter(tf)
    fail = failing_times(tf, 2, tf.errors.UnavailableError)

    class Creator(tf.train.SessionCreator):
        def create_session(self):
            trace.append("create_session")
            fail()
            return tf.train.ChiefSessionCreator().create_session()

    with tf.train.MonitoredSession(Creator(), hooks=[recorder(tf, trace, "a")]) as session:
        trace.append(session.run(up))


@scenario
def step_functions(tf, trace):
    step, up = counter(tf)
    with tf.train.MonitoredSession(hooks=[recorder(tf, trace, "a")]) as session:
        trace.append(session.run_step_fn(lambda step_context: step_context.session.run(up)))
        trace.append(
            session.run_step_fn(
                lambda step_context: step_context.run_with_hooks(up) + step_context.session.run(up)
            )
        )

        class Model(object):
            def step(self, step_context):
                return step_context.run_with_hooks(fetches=up)

        trace.append(session.run_step_fn(Model().step))
        trace.append(class_of_error(lambda: session.run_step_fn(lambda: None)))
        trace.append(class_of_error(lambda: session.run_step_fn(lambda context: None)))
        trace.append(class_of_error(lambda: session.run_step_fn(lambda step_context, more: None)))
        trace.append(error_of(lambda: session.run_step_fn(lambda step_context: step_context.request_stop())))
        trace.append("stop %s" % session.should_stop())
        while True:
            session.run_step_fn(lambda step_context: step_context.request_stop())


@scenario
def recovery_in_step_functions(tf, trace):
    _, up = counter(tf)
    fail = failing_times(tf, 1, tf.errors.AbortedError)

    def step_fn(step_context):
        value = step_context.run_with_hooks(up)
        fail()
        return value

    with tf.train.MonitoredSession(hooks=[recorder(tf, trace, "a")]) as session:
        trace.append(session.run_step_fn(step_fn))


@scenario
def closing(tf, trace):
    _, up = counter(tf)
    session = tf.train.MonitoredSession(hooks=[recorder(tf, trace, "a")])
    session.run(up)
    session.close()
    trace.append("stop %s, graph %s" % (session.should_stop(), session.graph))
    trace.append(class_of_error(session.close))


@scenario
def threads_stop_the_session(tf, trace):
    _, up = counter(tf)
    coords = []

    class Keep(tf.train.SessionRunHook):
        def after_create_session(self, session, coord):
            coords.append(coord)

    with tf.train.MonitoredSession(hooks=[Keep()]) as session:
        session.run(up)
        coords[0].request_stop()
        trace.append(session.should_stop())
        trace.append(session.run(up))

    def fail():
        try:
            raise ValueError("in a thread")
        except ValueError as error:
            coords[-1].request_stop(error)

    def body():
        with tf.train.MonitoredSession(hooks=[Keep()]) as session:
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
            trace.append(session.should_stop())
            trace.append(session.run(up))

    logged(tf, lambda: trace.append(error_of(body)))


@scenario
def queue_runners_are_started_and_end_the_session(tf, trace):
    _, up = counter(tf)
    (value,) = tf.train.slice_input_producer([tf.constant([1, 2, 3])], num_epochs=2, shuffle=False)
    with tf.train.MonitoredSession(hooks=[recorder(tf, trace, "a")]) as session:
        while not session.should_stop():
            trace.append(session.run([value, up]))
    trace.append(session.should_stop())


@scenario
def stop_at_step(tf, trace):
    step, up = counter(tf)
    for options in {"last_step": 3}, {"num_steps": 2}:
        with tf.train.MonitoredSession(hooks=[tf.train.StopAtStepHook(**options)]) as session:
            while not session.should_stop():
                trace.append(session.run(up))
    with tf.train.MonitoredSession(hooks=[tf.train.StopAtStepHook(num_steps=1)]) as session:
        session.run(step.initializer)
        trace.append(session.should_stop())
    trace.append(error_of(lambda: tf.train.StopAtStepHook()))
    trace.append(error_of(lambda: tf.train.StopAtStepHook(1, 2)))


@scenario
def hooks_need_a_global_step(tf, trace):
    for hook in (tf.train.StopAtStepHook(1), tf.train.StepCounterHook(), tf.train.GlobalStepWaiterHook(1)):
        trace.append(error_of(hook.begin))


@scenario
def nan_loss(tf, trace):
    loss = tf.placeholder(tf.float32, [], name="loss")

    def fails():
        with tf.train.MonitoredSession(hooks=[tf.train.NanTensorHook(loss)]) as session:
            session.run(loss, {loss: 1.0})
            session.run(loss, {loss: np.nan})

    trace.extend(logged(tf, lambda: trace.append(error_of(fails)))[3:])
    with tf.train.MonitoredSession(hooks=[tf.train.NanTensorHook(loss, fail_on_nan_loss=False)]) as session:
        trace.extend(logged(tf, lambda: session.run(loss, {loss: np.nan})))
        trace.append(session.should_stop())


@scenario
def logging_of_tensors(tf, trace):
    step, up = counter(tf)
    t = tf.constant([1.5, 2e-9], name="t")
    tf.identity(42, name="answer")

    def run(steps, **options):
        def body():
            with tf.train.MonitoredSession(hooks=[tf.train.LoggingTensorHook(**options)]) as session:
                for _ in range(steps):
                    session.run(up)

        trace.extend(line.split(" (")[0] for line in logged(tf, body))

    run(5, tensors=[t.name, "answer"], every_n_iter=2)
    run(3, tensors={"b": t, "a": "answer:0"}, every_n_iter=10, at_end=True)
    run(3, tensors=[t], at_end=True)
    run(2, tensors=["answer"], every_n_secs=1000.0)
    run(1, tensors=["answer"], every_n_iter=1, formatter=lambda values: "values %s" % sorted(values.items()))
    for options in ({}, {"every_n_iter": 1, "every_n_secs": 1}, {"every_n_iter": 0}):
        trace.append(error_of(lambda options=options: tf.train.LoggingTensorHook(["t"], **options)))
    tf.split(t, 2, name="parts")
    trace.append(error_of(tf.train.LoggingTensorHook(["parts"], at_end=True).begin))
    with tf.Graph().as_default():
        trace.append(class_of_error(tf.train.LoggingTensorHook([t], at_end=True).begin))
        trace.append(class_of_error(tf.train.LoggingTensorHook(["t"], at_end=True).begin))


@scenario
def step_counter(tf, trace):
    step, up = counter(tf)

    class Writer(object):
        def add_summary(self, summary, step):
            (value,) = summary.value
            trace.append("%s %s %s" % (value.tag, value.simple_value > 0, step))

    def body():
        hook = tf.train.StepCounterHook(every_n_steps=3, summary_writer=Writer())
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            for _ in range(10):
                session.run(up)

    # TensorFlow reads the step before or after it is increased, and may warn that it stands still.
    trace.extend(line.split(":")[0] for line in logged(tf, body) if not line.startswith("WARNING"))

    def still():
        with tf.train.MonitoredSession(hooks=[tf.train.StepCounterHook()]) as session:
            for _ in range(3):
                session.run(step)

    trace.extend(logged(tf, still))
    trace.append(error_of(lambda: tf.train.StepCounterHook(every_n_steps=1, every_n_secs=1)))
    trace.append(error_of(lambda: tf.train.StepCounterHook(every_n_steps=None)))


@scenario
def waiting_for_the_global_step(tf, trace):
    step, up = counter(tf)

    def body():
        with tf.train.MonitoredSession(hooks=[tf.train.GlobalStepWaiterHook(0)]) as session:
            session.run(up)
        with tf.train.SingularMonitoredSession(hooks=[tf.train.GlobalStepWaiterHook(3)]) as session:
            thread = threading.Thread(target=lambda: [session.raw_session().run(up) for _ in range(3)])
            thread.start()
            trace.append(session.run(up))
            thread.join()

    trace.extend(logged(tf, body))


@scenario
def final_ops(tf, trace):
    step, up = counter(tf)
    x = tf.placeholder(tf.int64, [], name="x")
    total = x + step
    hook = tf.train.FinalOpsHook([step, total], {x: 100})
    trace.append(hook.final_ops_values)
    with tf.train.MonitoredSession(hooks=[hook]) as session:
        session.run(up)
    trace.append(hook.final_ops_values)
    with tf.train.MonitoredSession(hooks=[tf.train.FinalOpsHook(None)]):
        pass


@scenario
def timers(tf, trace):
    timer = tf.train.SecondOrStepTimer(every_steps=3)
    for step in 1, 2, 3, 4, 7, 7, 8:
        fires = timer.should_trigger_for_step(step)
        trace.append("%s %s %s" % (step, fires, timer.last_triggered_step()))
        if fires:
            trace.append(timer.update_last_triggered_step(step)[1])
    timer.reset()
    trace.append(timer.should_trigger_for_step(8))
    slow = tf.train.SecondOrStepTimer(every_secs=1000.0)
    trace.append(slow.should_trigger_for_step(1))
    trace.append(slow.update_last_triggered_step(1))
    trace.append(slow.should_trigger_for_step(2))
    trace.append(error_of(lambda: tf.train.SecondOrStepTimer()))
    trace.append(error_of(lambda: tf.train.SecondOrStepTimer(1.0, 1)))


@scenario
def initialization(tf, trace):
    start = tf.placeholder(tf.float32, [], name="start")
    v = tf.Variable(start, name="v")
    w = tf.Variable(v.initial_value * 2, name="w", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    local = tf.group(w.initializer)
    scaffold = tf.train.Scaffold(
        init_op=v.initializer,
        init_feed_dict={start: 4.0},
        init_fn=lambda scaffold, session: trace.append("init_fn %s" % session.run(v)),
        local_init_op=tf.assign(w, v + 1, validate_shape=False).op,
    )
    copy = tf.train.Scaffold(copy_from_scaffold=scaffold, local_init_op=local)
    trace.append(copy.init_op is scaffold.init_op)
    trace.append(copy.local_init_op is local)
    trace.append(error_of(lambda: tf.train.Scaffold(copy_from_scaffold=1)))
    with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(scaffold)) as session:
        trace.append(session.run([v, w]))


@scenario
def scaffold_collections(tf, trace):
    tf.Variable(1.0, name="v")
    scaffold = tf.train.Scaffold()
    trace.append([scaffold.init_op, scaffold.ready_op, scaffold.init_fn, scaffold.init_feed_dict])
    trace.extend(logged(tf, scaffold.finalize))
    keys = tf.GraphKeys
    for name, key in (
        ("init_op", keys.INIT_OP),
        ("ready_op", keys.READY_OP),
        ("ready_for_local_init_op", keys.READY_FOR_LOCAL_INIT_OP),
        ("local_init_op", keys.LOCAL_INIT_OP),
    ):
        trace.append("%s %s" % (name, tf.get_collection(key) == [getattr(scaffold, name)]))
    again = tf.train.Scaffold().finalize()
    trace.append(again.init_op is scaffold.init_op)
    with tf.Graph().as_default():
        tf.add_to_collection(keys.READY_OP, tf.no_op())
        tf.add_to_collection(keys.READY_OP, tf.no_op())
        trace.append(class_of_error(tf.train.Scaffold().finalize))


@scenario
def logs_of_a_session(tf, trace):
    _, up = counter(tf)

    def body():
        with tf.train.MonitoredTrainingSession() as session:
            session.run(up)

    trace.extend(logged(tf, body))


@scenario
def not_initialized(tf, trace):
    v = tf.Variable(1.0, name="v")
    tf.Variable(1.0, name="w")
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
    trace.append(error_of(lambda: manager.prepare_session("")))
    trace.append(error_of(lambda: manager.prepare_session("", init_op=v.initializer)))
    manager = tf.train.SessionManager(
        ready_for_local_init_op=tf.report_uninitialized_variables(), local_init_op=tf.no_op("l")
    )
    trace.append(error_of(lambda: manager.prepare_session("", init_op=v.initializer)))
    trace.append(error_of(lambda: manager.prepare_session("")))
    trace.append(class_of_error(lambda: tf.train.SessionManager(ready_for_local_init_op=v)))
    trace.append(
        error_of(lambda: manager.prepare_session("", checkpoint_dir="a", checkpoint_filename_with_path="b"))
    )


@scenario
def preparing_sessions(tf, trace):
    v = tf.Variable(1.0, name="v")
    manager = tf.train.SessionManager(
        ready_op=tf.report_uninitialized_variables(),
        ready_for_local_init_op=tf.report_uninitialized_variables([v]),
        local_init_op=tf.no_op("l"),
    )

    def body():
        with manager.prepare_session("", init_op=v.initializer) as session:
            trace.append(session.run(v))
        with manager.prepare_session("", init_fn=lambda s: s.run(v.initializer)) as session:
            trace.append(session.run(v))
        session, is_ready = manager.recover_session("")
        trace.append("%s %s" % (is_ready, class_of_error(lambda: session.run(v))))
        session.close()

    trace.extend(logged(tf, body))


@scenario
def waiting_for_sessions(tf, trace):
    tf.Variable(1.0, name="v")
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables(), recovery_wait_secs=0.05)
    lines = logged(
        tf, lambda: trace.append(error_of(lambda: manager.wait_for_session("", max_wait_secs=0.12)))
    )
    trace.append(lines[0])
    worker = tf.train.WorkerSessionCreator(max_wait_secs=0.0)
    trace.append(class_of_error(lambda: tf.train.MonitoredSession(worker)))
    with tf.Graph().as_default():
        x = tf.constant(3)
        with tf.train.MonitoredSession(tf.train.WorkerSessionCreator()) as session:
            trace.append(session.run(x))


def supervisor(tf, **options):
    options = dict({"saver": None, "summary_op": None}, **options)
    return tf.train.Supervisor(**options)


@scenario
def supervised_training(tf, trace):
    _, up = counter(tf)

    def body():
        sv = supervisor(tf)
        trace.append(
            [
                sv.is_chief,
                sv.save_path,
                sv.summary_writer,
                sv.summary_op,
                sv.saver,
                sv.save_model_secs,
                sv.save_summaries_secs,
                sv.global_step.name,
                sv.init_op.name,
                sv.ready_op.name,
                sv.ready_for_local_init_op,
            ]
        )
        with sv.managed_session("") as session:
            trace.append([tf.get_default_session() is session, tf.get_default_graph().finalized])
            while not sv.should_stop():
                if session.run(up) >= 3:
                    sv.request_stop()
        trace.append(class_of_error(lambda: session.run(up)))
        trace.append(sv.should_stop())
        with sv.managed_session("", start_standard_services=False) as session:
            trace.append(session.run(up))
        trace.append(error_of(lambda: sv.summary_computed(session, b"")))

    trace.extend(logged(tf, body))


@scenario
def supervised_failures(tf, trace):
    _, up = counter(tf)
    sv = supervisor(tf)

    def run(error):
        with sv.managed_session("") as session:
            session.run(up)
            raise error

    def body():
        trace.append(error_of(lambda: run(ValueError("mine"))))
        trace.append(error_of(lambda: run(tf.errors.OutOfRangeError(None, None, "end"))))
        trace.append(error_of(lambda: run(tf.errors.AbortedError(None, None, "gone"))))

        def bad_thread():
            raise ValueError("looper")

        def threads():
            with sv.managed_session(""):
                sv.loop(None, bad_thread)
                sv.wait_for_stop()

        trace.append(error_of(threads))

    trace.extend(line.split("\n")[0] for line in logged(tf, body))


@scenario
def supervised_workers(tf, trace):
    tf.Variable(1.0, name="v")
    trace.append(class_of_error(lambda: supervisor(tf, is_chief=False)))
    with tf.Graph().as_default(), tf.device("/cpu:0"):
        tf.Variable(1.0, name="v")
        sv = supervisor(tf, is_chief=False, recovery_wait_secs=0.01, logdir="/nowhere")
    trace.append([sv.save_path, sv.save_model_secs, sv.save_summaries_secs])
    trace.append(error_of(lambda: sv.start_standard_services(None)))
    trace.append(class_of_error(lambda: sv.prepare_or_wait_for_session("", max_wait_secs=0.02)))


@scenario
def supervised_loops(tf, trace):
    _, up = counter(tf)
    sv = supervisor(tf)
    calls = []

    def step(session, limit, say="at"):
        if session.run(up) >= limit:
            trace.append("%s %s" % (say, limit))
            sv.request_stop()

    def looped(word):
        calls.append(word)
        if len(calls) == 3:
            sv.request_stop()

    def body():
        tf.train.basic_train_loop(sv, step, args=[4], kwargs={"say": "stopped at"})
        with sv.managed_session():
            sv.Loop(0.001, looped, args=["x"])
            sv.WaitForStop()

    logged(tf, body)
    trace.append(calls[:3])


@scenario
def recovery_from_failures_of_threads(tf, trace):
    _, up = counter(tf)
    coords = []

    class Keep(tf.train.SessionRunHook):
        def after_create_session(self, session, coord):
            coords.append(coord)

    def fail():
        try:
            raise tf.errors.AbortedError(None, None, "gone")
        except tf.errors.AbortedError as error:
            coords[-1].request_stop(error)

    def body():
        bad = tf.check_numerics(tf.constant(np.nan), "bad")
        with tf.train.MonitoredSession(hooks=[Keep()]) as session:
            trace.append(session.run(up))
            fail()
            trace.append(session.should_stop())
            trace.append(session.run(up))
            fail()
            trace.append(class_of_error(lambda: session.run(bad)))
            trace.append(len(coords))

    logged(tf, body)


@scenario
def supervised_loops_begin_again(tf, trace):
    _, up = counter(tf)
    sv = supervisor(tf)
    fail = failing_times(tf, 1, tf.errors.AbortedError)

    def step(session):
        trace.append(session.run(up))
        fail()
        sv.request_stop()

    logged(tf, lambda: tf.train.basic_train_loop(sv, step))


@scenario
def step_functions_of_all_kinds(tf, trace):
    _, up = counter(tf)

    class Callable(object):
        def __call__(self, step_context):
            return step_context.session.run(up)

    def two(more, step_context):
        return [more, step_context.session.run(up)]

    with tf.train.MonitoredSession() as session:
        trace.append(session.run_step_fn(functools.partial(two, "more")))
        trace.append(class_of_error(lambda: session.run_step_fn(two)))
        trace.append(class_of_error(lambda: session.run_step_fn(Callable())))


@scenario
def default_stacks(tf, trace):
    graph = tf.Graph()
    with graph.as_default():
        up = counter(tf)[1]
        with tf.train.MonitoredSession() as session:
            trace.append(tf.get_default_session() is None)
            trace.append(tf.get_default_graph() is graph)
            trace.append(session.run(up))
            trace.append(error_of(lambda: tf.constant(1)))
        tf.constant(1)
