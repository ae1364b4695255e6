"""Hooks and managed sessions in the manner of TensorFlow's unit tests: one small claim after the other."""

import threading
import time

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def mocked():
    return __import__("unittest.mock", fromlist=["mock"])


def stepping(tf):
    step = tf.train.get_or_create_global_step()
    return step, tf.assign_add(step, 1)


@program
def timers(tf):
    hooks = internal("training.basic_session_run_hooks")
    out = [
        attempt(lambda: hooks.SecondOrStepTimer(every_secs=2.0, every_steps=10)),
        attempt(lambda: hooks.SecondOrStepTimer()),
    ]
    with mocked().patch("time.time") as clock:
        clock.return_value = 1484695987.209386
        t = hooks.SecondOrStepTimer(every_secs=1.0)
        out += [
            t.should_trigger_for_step(1),
            t.update_last_triggered_step(1),
            t.should_trigger_for_step(1),
            t.should_trigger_for_step(2),
        ]
        clock.return_value += 1.0
        out += [
            t.should_trigger_for_step(1),
            t.should_trigger_for_step(2),
            t.update_last_triggered_step(3),
            t.last_triggered_step(),
        ]
        t.reset()
        out += [t.last_triggered_step(), t.should_trigger_for_step(3)]
        s = hooks.SecondOrStepTimer(every_steps=3)
        out += [
            s.should_trigger_for_step(1),
            s.update_last_triggered_step(1),
            s.should_trigger_for_step(2),
            s.should_trigger_for_step(4),
        ]
        clock.return_value += 5.0
        out += [s.update_last_triggered_step(4)]
        n = hooks.NeverTriggerTimer()
        out += [
            n.should_trigger_for_step(1),
            n.update_last_triggered_step(5),
            n.last_triggered_step(),
        ]
    return out


@program
def stop_at_steps(tf):
    hooks, monitored = (
        internal("training.basic_session_run_hooks"),
        internal("training.monitored_session"),
    )
    step, up = stepping(tf)
    out = [
        attempt(lambda: hooks.StopAtStepHook(num_steps=10, last_step=20)),
        attempt(lambda: hooks.StopAtStepHook()),
    ]
    for options in ({"last_step": 10}, {"num_steps": 3}):
        h = hooks.StopAtStepHook(**options)
        h.begin()
        with tf.Session() as sess:
            sess.run(tf.assign(step, 5))
            h.after_create_session(sess, None)
            mon = monitored._HookedSession(sess, [h])
            for value in (6, 9, 10, 11):
                sess.run(tf.assign(step, value))
                mon.run(tf.no_op())
                out.append(mon.should_stop())
                mon._should_stop = False
    return out + [up is not None]


@program
def logging_hooks(tf):
    hooks, monitored = (
        internal("training.basic_session_run_hooks"),
        internal("training.monitored_session"),
    )
    tf_logging = internal("platform.tf_logging")
    lines, out = [], []
    t = tf.constant(42.0, name="foo")
    train = tf.constant(3)
    with mocked().patch.object(
        tf_logging, "info", lambda *a: lines.append((a[0] % a[1:]) if len(a) > 1 else a[0])
    ):
        h = hooks.LoggingTensorHook(tensors=[t.name], every_n_iter=10, at_end=True)
        h.begin()
        with tf.Session() as sess:
            mon = monitored._HookedSession(sess, [h])
            for _ in range(12):
                mon.run(train)
                out.append(len(lines))
            h.end(sess)
    f = hooks.LoggingTensorHook(tensors={"x": t}, every_n_iter=1, formatter=lambda v: "value %s" % sorted(v))
    with mocked().patch.object(tf_logging, "info", lambda *a: lines.append(a[0])):
        f.begin()
        with tf.Session() as sess:
            monitored._HookedSession(sess, [f]).run(train)
    return [
        out,
        [line.split(" (")[0] for line in lines],
        attempt(lambda: hooks.LoggingTensorHook(tensors=["t"])),
        attempt(lambda: hooks.LoggingTensorHook(tensors=["t"], every_n_iter=5, every_n_secs=5)),
        attempt(lambda: hooks.LoggingTensorHook(tensors=["t"], every_n_iter=0)),
        attempt(lambda: hooks.LoggingTensorHook(tensors=["t"], every_n_iter=-10)),
        attempt(lambda: hooks.LoggingTensorHook(["nothing:0"], every_n_iter=1).begin()),
    ]


@program
def nan_hooks(tf):
    hooks, monitored = (
        internal("training.basic_session_run_hooks"),
        internal("training.monitored_session"),
    )
    loss = tf.placeholder_with_default(1.0, [])
    soft, hard = hooks.NanTensorHook(loss, fail_on_nan_loss=False), hooks.NanTensorHook(loss)
    with tf.Session() as sess:
        mon = monitored._HookedSession(sess, [soft])
        mon.run(loss)
        before = mon.should_stop()
        mon.run(loss, feed_dict={})
        nan = monitored._HookedSession(
            sess, [hooks.NanTensorHook(tf.constant(float("nan")), fail_on_nan_loss=False)]
        )
        nan.run(loss)
        failing = monitored._HookedSession(sess, [hooks.NanTensorHook(tf.constant([1.0, float("nan")]))])
        return [
            before,
            nan.should_stop(),
            attempt(lambda: failing.run(loss)),
            attempt(lambda: monitored._HookedSession(sess, [hard]).run(loss)),
        ]


@program
def step_counters(tf):
    hooks, monitored = (
        internal("training.basic_session_run_hooks"),
        internal("training.monitored_session"),
    )
    fake = __import__("tensorflow.contrib.testing.python.framework.fake_summary_writer", fromlist=["x"])
    step, up = stepping(tf)
    out = []
    for options, per_run in (
        ({"every_n_steps": 10}, 1),
        ({"every_n_steps": 5}, 4),
        ({"every_n_steps": None, "every_n_secs": 0.01}, 1),
    ):
        writer = fake.FakeSummaryWriter("dir", tf.get_default_graph())
        h = hooks.StepCounterHook(summary_writer=writer, **options)
        h._set_steps_per_run(per_run)
        h.begin()
        add = tf.assign_add(step, per_run)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            mon = monitored._HookedSession(sess, [h])
            for _ in range(30):
                mon.run(add)
            time.sleep(0.02)
            mon.run(add)
            h.end(sess)
        summaries = writer.summaries
        out.append(
            [sorted(summaries)[:3] if per_run != 1 or "every_n_secs" not in options else len(summaries) >= 1]
        )
    return out + [
        [v.tag for v in list(summaries.values())[0][0].value],
        up is not None,
        attempt(lambda: hooks.StepCounterHook(every_n_steps=None)),
    ]


@program
def warnings_of_steps_that_stand_still(tf):
    hooks, monitored = (
        internal("training.basic_session_run_hooks"),
        internal("training.monitored_session"),
    )
    tf_logging = internal("platform.tf_logging")
    step, up = stepping(tf)
    with mocked().patch.object(tf_logging, "log_first_n") as log:
        h = hooks.StepCounterHook(every_n_steps=1)
        h.begin()
        with tf.Session() as sess:
            sess.run(step.initializer)
            mon = monitored._HookedSession(sess, [h])
            mon.run(tf.constant(1))
            first = log.call_count
            mon.run(tf.constant(1))
            second = log.call_count
            mon.run(up)
            return [first, second, str(log.call_args[0][1])[:40]]


@program
def global_step_waiters(tf):
    hooks = internal("training.basic_session_run_hooks")
    step, _ = stepping(tf)
    h = hooks.GlobalStepWaiterHook(wait_until_step=1000)
    h.begin()
    with tf.Session() as sess:
        sess.run(step.initializer)
        run_context = internal("training.session_run_hook").SessionRunContext(None, sess)
        with mocked().patch.object(time, "sleep") as sleep:

            def advance(seconds):
                sess.run(tf.assign(step, 500 if sleep.call_count < 2 else 1001))

            sleep.side_effect = advance
            h.before_run(run_context)
            first = sleep.call_count
            h.before_run(run_context)
        none = hooks.GlobalStepWaiterHook(wait_until_step=0)
        none.begin()
        return [first, sleep.call_count, none.before_run(run_context)]


@program
def final_ops(tf):
    hooks = internal("training.basic_session_run_hooks")
    expected, x = [4, 5], tf.placeholder(tf.int32)
    h = hooks.FinalOpsHook(tf.constant(expected))
    f = hooks.FinalOpsHook({"y": x * 2}, {x: 3})
    with tf.Session() as sess:
        before = h.final_ops_values
        for each in (h, f):
            each.begin()
            each.end(sess)
        broken = hooks.FinalOpsHook(tf.Print(x, [x]))
        return [before, h.final_ops_values, f.final_ops_values, attempt(lambda: broken.end(sess))]


@program
def feed_functions(tf):
    hooks = internal("training.basic_session_run_hooks")
    x = tf.placeholder(tf.float32)
    y = x + 1
    with tf.train.MonitoredSession(hooks=[hooks.FeedFnHook(lambda: {x: 5.0})]) as sess:
        return [sess.run(y), sess.run([y, x])]


@program
def scaffold_defaults(tf):
    monitored = internal("training.monitored_session")
    tf.Variable(1, name="my_var")
    tf.Variable(2, name="my_local", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    s = monitored.Scaffold(saver=None)
    before = [
        getattr(s, n)
        for n in (
            "init_op",
            "init_feed_dict",
            "ready_op",
            "ready_for_local_init_op",
            "local_init_op",
            "saver",
        )
    ]
    attempt(s.finalize)
    out = [
        before,
        type(s.init_op).__name__,
        s.init_feed_dict,
        s.init_fn,
        type(s.ready_op).__name__,
        type(s.local_init_op).__name__,
    ]
    with tf.Session() as sess:
        out.append(sess.run([s.ready_op, s.ready_for_local_init_op]))
        sess.run([s.init_op, s.local_init_op])
        out.append(sess.run([s.ready_op, s.ready_for_local_init_op]))
    return out


@program
def scaffolds_given_and_from_collections(tf):
    monitored = internal("training.monitored_session")
    tf.Variable([1])
    init, ready = tf.no_op(name="my_init"), tf.constant([], tf.string, name="my_ready")
    local = tf.no_op(name="my_local")
    more = tf.constant([], tf.string)
    fn = lambda scaffold, sess: None
    given = monitored.Scaffold(
        init_op=init, ready_op=ready, local_init_op=local, init_feed_dict={"a": 1}, init_fn=fn
    )
    graph = tf.get_default_graph()
    attempt(given.finalize)
    graph._unsafe_unfinalize()
    tf.add_to_collection(tf.GraphKeys.READY_OP, ready)
    tf.add_to_collection(tf.GraphKeys.LOCAL_INIT_OP, local)
    found = monitored.Scaffold(init_op=init)
    attempt(found.finalize)
    graph._unsafe_unfinalize()
    tf.add_to_collection(tf.GraphKeys.READY_OP, more)
    two = attempt(lambda: monitored.Scaffold(init_op=init).finalize())
    return [
        given.init_op is init,
        given.ready_op is ready,
        given.local_init_op is local,
        given.init_feed_dict,
        callable(given.init_fn),
        found.ready_op is ready,
        found.local_init_op is local,
        two,
    ]


@program
def scaffold_functions_with_sessions(tf):
    v = tf.Variable(0)
    calls = []
    scaffold = tf.train.Scaffold(
        init_op=v.initializer, init_fn=lambda scaffold, sess: calls.append(sess.run(v))
    )
    with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(scaffold)) as sess:
        pass
    return [calls, sess.should_stop()]


class Recorder(object):
    pass


def recording_hook(tf, request=None, stop_after=None, fail=None):
    class Hook(tf.train.SessionRunHook):
        def __init__(self):
            self.calls, self.values = [], []

        def begin(self):
            self.calls.append("begin")

        def after_create_session(self, session, coord):
            self.calls.append("create")

        def before_run(self, run_context):
            self.calls.append("before")
            self.context = run_context
            return request

        def after_run(self, run_context, run_values):
            self.calls.append("after")
            self.values.append(run_values)
            if stop_after and self.calls.count("after") >= stop_after:
                run_context.request_stop()
            if fail and self.calls.count("after") == fail[0]:
                raise fail[1]

        def end(self, session):
            self.calls.append("end")

    return Hook()


@program
def hooked_sessions(tf):
    monitored, lib = internal("training.monitored_session"), internal("training.session_run_hook")
    with tf.Session() as sess:
        a, b, c = tf.constant([1]), tf.constant([5]), tf.placeholder(tf.int32)
        hook = recording_hook(tf, lib.SessionRunArgs({"a": a}))
        feeding = recording_hook(
            tf, lib.SessionRunArgs(b, feed_dict={c: [7]}, options=tf.RunOptions(timeout_in_ms=4000))
        )
        mon = monitored._HookedSession(sess, [hook, feeding])
        out = [
            mon.run([a, c]),
            hook.values[0].results,
            feeding.values[0].results,
            hook.values[0].options.timeout_in_ms,
            type(hook.values[0].run_metadata).__name__,
            hook.context.original_args.fetches == [a, c],
            hook.context.original_args.feed_dict,
            hook.context.stop_requested,
            hook.context.session is sess,
        ]
        clash = attempt(lambda: mon.run(a, {c: [1]}))
        other = monitored._HookedSession(
            sess, [feeding, recording_hook(tf, lib.SessionRunArgs(None, {c: [8]}))]
        )
        both = attempt(lambda: other.run(a))
        empty = monitored._HookedSession(sess, [])
        return out + [
            clash,
            both,
            empty.run(a),
            empty.run(c, {c: [2]}),
            attempt(lambda: monitored._HookedSession(sess, None)),
        ]


@program
def wrapped_and_coordinated_sessions(tf):
    monitored, coordinator = (
        internal("training.monitored_session"),
        internal("training.coordinator"),
    )
    out = []
    with tf.Session() as sess:
        wrapped = monitored._WrappedSession(sess)
        c = tf.constant(42)
        out += [
            wrapped.graph is sess.graph,
            wrapped.sess_str,
            wrapped.should_stop(),
            wrapped.run(c),
        ]
        wrapped.close()
        out.append(wrapped.should_stop())
        wrapped.close()
        coord = coordinator.Coordinator()
        coordinated = monitored._CoordinatedSession(sess, coord)
        out += [coordinated.should_stop(), coordinated.run(c)]
        thread = threading.Thread(target=lambda: coord.request_stop())
        thread.start()
        thread.join()
        out += [coordinated.should_stop()]
    with tf.Session() as sess:
        coord = coordinator.Coordinator()
        coordinated = monitored._CoordinatedSession(sess, coord)

        def fails():
            with coord.stop_on_exception():
                raise ValueError("in a thread")

        thread = threading.Thread(target=fails)
        coord.register_thread(thread)
        thread.start()
        thread.join()
        out.append(attempt(lambda: coordinated.run(tf.constant(1))))
        out.append(attempt(coordinated.should_stop))
        attempt(coord.join)
    return out


@program
def recoverable_sessions(tf):
    monitored = internal("training.monitored_session")
    made = []
    c = tf.constant(23)

    class Aborts(object):
        def __init__(self, sess):
            self.sess, self.graph, self.sess_str = sess, sess.graph, sess.sess_str

        def run(self, *args, **kwargs):
            if len(made) < 3:
                raise tf.errors.AbortedError(None, None, "Aborted at N")
            return self.sess.run(*args, **kwargs)

        def close(self):
            self.sess.close()

    class Creator(object):
        def create_session(self):
            made.append(1)
            return monitored._WrappedSession(Aborts(tf.Session()))

    recoverable = monitored._RecoverableSession(Creator())
    out = [recoverable.run(c), len(made), recoverable.should_stop()]
    recoverable.close()
    return out + [recoverable.should_stop(), attempt(lambda: recoverable.run(c))]


@program
def monitored_sessions_and_their_hooks(tf):
    step, up = stepping(tf)
    hook = recording_hook(tf, stop_after=2)
    with tf.train.MonitoredSession(hooks=[hook]) as sess:
        out = [sess.should_stop()]
        sess.run(up)
        out.append(sess.should_stop())
        sess.run(up)
        out.append(sess.should_stop())
        out.append(attempt(lambda: sess.run(up)))
    return out + [hook.calls, step is not None]


@program
def errors_leave_monitored_sessions(tf):
    step, up = stepping(tf)
    out = []
    for error in (
        tf.errors.OutOfRangeError(None, None, "EOI"),
        StopIteration("s"),
        RuntimeError("a problem"),
        tf.errors.InvalidArgumentError(None, None, "bad"),
    ):
        hook = recording_hook(tf, fail=(2, error))

        def body():
            with tf.train.MonitoredSession(hooks=[hook]) as sess:
                while not sess.should_stop():
                    sess.run(up)
            return "left"

        out += [attempt(body), hook.calls]
    return out + [step is not None]


@program
def regular_exceptions_reported_to_the_coordinator(tf):
    step, up = stepping(tf)
    hook = recording_hook(tf)
    session = tf.train.MonitoredSession(hooks=[hook])
    coord = session._coordinated_creator.coord
    error = None
    try:
        with session:
            session.run(up)
            with coord.stop_on_exception():
                raise RuntimeError("coordinator problem")
            while not session.should_stop():
                session.run(up)
    except RuntimeError as raised:
        error = raised
    return [error, hook.calls, coord.should_stop(), step is not None]


@program
def step_functions(tf):
    c = tf.constant(1)
    p = tf.placeholder(tf.int32)
    tripled = p * 3

    def fn(step_context):
        return step_context.run_with_hooks(fetches=c)

    def feeding(step_context):
        value = step_context.session.run(tripled, {p: 2})
        return value + step_context.run_with_hooks(p, {p: 4})

    def stopping(step_context):
        step_context.request_stop()

    hook = recording_hook(tf)
    with tf.train.MonitoredSession(hooks=[hook]) as sess:
        out = [
            sess.run_step_fn(fn),
            sess.run_step_fn(feeding),
            attempt(lambda: sess.run_step_fn(lambda: 1)),
            attempt(lambda: sess.run_step_fn(lambda a, b: 1)),
            attempt(lambda: sess.run_step_fn(3)),
            attempt(lambda: sess.run_step_fn(stopping)),
        ]
    raw = tf.train.SingularMonitoredSession()
    out.append(raw.run_step_fn(fn))
    out.append(type(raw.raw_session()).__name__)
    raw.close()
    return out + [hook.calls]


@program
def singular_sessions(tf):
    c = tf.constant(0)
    session = tf.train.SingularMonitoredSession()
    out = [
        session.run(c),
        session.raw_session().run(c),
        session.should_stop(),
        session.graph is tf.get_default_graph(),
    ]
    session.close()
    return out + [session.should_stop()]


@program
def graphs_are_finalized(tf):
    c = tf.constant(1)
    with tf.train.MonitoredSession() as sess:
        frozen = tf.get_default_graph().finalized
        return [
            frozen,
            sess.run(c),
            attempt(lambda: tf.constant(2)),
            sess.graph.finalized,
            attempt(lambda: tf.get_default_graph()._unsafe_unfinalize()),
            tf.get_default_graph().finalized,
        ]


@program
def training_sessions_without_files(tf):
    step, up = stepping(tf)
    hook, chief = recording_hook(tf), recording_hook(tf)
    with tf.train.MonitoredTrainingSession(
        hooks=[hook], chief_only_hooks=[chief], log_step_count_steps=None
    ) as sess:
        out = [sess.run(up), sess.run(step)]
    worker, none = recording_hook(tf), recording_hook(tf)
    with tf.Graph().as_default():
        tf.train.get_or_create_global_step()
        worker_error = attempt(
            lambda: tf.train.MonitoredTrainingSession(
                is_chief=False, hooks=[worker], chief_only_hooks=[none], max_wait_secs=1
            ).__enter__()
        )
    return out + [hook.calls, chief.calls, type(worker_error).__name__, none.calls]


@program
def session_managers(tf):
    manager_lib = internal("training.session_manager")
    v = tf.Variable(1, name="v")
    out = []
    sm = manager_lib.SessionManager(ready_op=tf.report_uninitialized_variables())
    out.append(attempt(lambda: sm.prepare_session("", init_op=None)))
    sess = sm.prepare_session("", init_op=tf.global_variables_initializer())
    out.append(sess.run(v))
    sess.close()
    sess = sm.prepare_session("", init_op=v.initializer, init_fn=lambda s: s.run(v.assign_add(5)))
    out.append(sess.run(v))
    sess.close()
    sess, initialized = sm.recover_session("")
    out += [initialized, attempt(lambda: sess.run(v))]
    p = tf.placeholder(tf.int32)
    w = tf.Variable(p, validate_shape=False, name="w")
    both = manager_lib.SessionManager(ready_op=tf.report_uninitialized_variables([w]))
    sess = both.prepare_session("", init_op=w.initializer, init_feed_dict={p: 7})
    out.append(sess.run(w))
    none = manager_lib.SessionManager(ready_op=None)
    sess = none.prepare_session("", init_op=v.initializer)
    out.append(sess.run(v))
    return out + [
        attempt(
            lambda: manager_lib.SessionManager(ready_for_local_init_op=tf.constant(1)).prepare_session("")
        )
    ]


@program
def waiting_for_sessions(tf):
    manager_lib = internal("training.session_manager")
    v = tf.Variable(1, name="v")
    sm = manager_lib.SessionManager(ready_op=tf.report_uninitialized_variables(), recovery_wait_secs=0.05)
    with mocked().patch("time.sleep") as sleep:
        out = [attempt(lambda: sm.wait_for_session("", max_wait_secs=0.2))]
    local = tf.Variable(2, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="w")
    ready = manager_lib.SessionManager(
        ready_op=tf.report_uninitialized_variables(),
        ready_for_local_init_op=tf.report_uninitialized_variables(tf.global_variables()),
        local_init_op=local.initializer,
    )
    sess = ready.prepare_session("", init_op=v.initializer)
    out += [sess.run([v, local]), sleep.called]
    short = manager_lib.SessionManager(
        ready_op=tf.report_uninitialized_variables(),
        ready_for_local_init_op=tf.constant(["w: not yet"]),
        local_init_op=local.initializer,
    )
    out.append(attempt(lambda: short.prepare_session("", init_op=v.initializer)))
    bad_ready = manager_lib.SessionManager(
        ready_op=tf.assert_variables_initialized(), ready_for_local_init_op=None
    )
    out.append(attempt(lambda: bad_ready.prepare_session("", init_op=tf.no_op())))
    return out


@program
def supervisors(tf):
    v = tf.Variable([1.0, 2.0, 3.0])
    step, up = stepping(tf)
    sv = tf.train.Supervisor(logdir=None, saver=None, summary_op=None)
    out = [
        sv.is_chief,
        sv.init_op is not None,
        type(sv.coord).__name__,
        sv.saver,
        sv.summary_op,
        sv.summary_writer,
        sv.save_path,
        sv.global_step is not None,
        sv.save_model_secs,
        sv.save_summaries_secs,
        type(sv.session_manager).__name__,
    ]
    sess = sv.prepare_or_wait_for_session("")
    out += [sess.run(v), sess.run(up), sess.graph.finalized]
    sv.stop()
    out += [sv.should_stop(), attempt(lambda: tf.constant(1))]
    sess.close()
    return out + [step is not None]


@program
def supervisors_that_manage(tf):
    v = tf.Variable(0)
    up = v.assign_add(1)
    sv = tf.train.Supervisor(saver=None, summary_op=None, global_step=None, init_fn=lambda s: s.run(up))
    out = []

    def body(error):
        with sv.managed_session("") as sess:
            out.append(sess.run(v))
            if error:
                raise error

    for error in (None,):
        body(error)
    out.append(sv.should_stop())
    with tf.Graph().as_default():
        tf.Variable(0)
        other = tf.train.Supervisor(saver=None, summary_op=None)

        def fails():
            with other.managed_session(""):
                raise RuntimeError("failing")

        def ends():
            with other.managed_session(""):
                raise tf.errors.OutOfRangeError(None, None, "EOI")
            return "ended"

        out += [attempt(fails), attempt(ends)]
    with tf.Graph().as_default():
        out.append(
            attempt(
                lambda: (
                    tf.train.Supervisor(saver=None, summary_op=None, ready_op=None)
                    .prepare_or_wait_for_session("")
                    .run([])
                )
            )
        )
    return out


@program
def supervised_loops(tf):
    tf.Variable(0)
    sv = tf.train.Supervisor(saver=None, summary_op=None)
    calls = []
    with sv.managed_session("") as sess:
        looper = sv.loop(
            None,
            lambda x: (calls.append(x), sv.request_stop() if len(calls) > 2 else None),
            args=(7,),
        )
        looper.join()
        timed = sv.loop(0.01, lambda: calls.append("never"))
        timed.join()
        out = [calls[:3], "never" in calls, sv.should_stop(), type(looper).__name__]
    return out + [attempt(lambda: sv.Loop(None, 3)) is not None, sess is not None]


@program
def basic_loops(tf):
    loops = internal("training.basic_loops")
    tf.Variable(0)
    calls = []
    sv = tf.train.Supervisor(saver=None, summary_op=None)

    def train(sess, *args, **kwargs):
        calls.append((len(args), sorted(kwargs.items())))
        if len(calls) == 3:
            sv.request_stop()

    loops.basic_train_loop(sv, train, args=(1,), kwargs={"a": 2})
    with tf.Graph().as_default():
        tf.Variable(0)
        again = tf.train.Supervisor(saver=None, summary_op=None)

        def aborts(sess):
            calls.append("aborted")
            if calls.count("aborted") < 3:
                raise tf.errors.AbortedError(None, None, "again")
            raise RuntimeError("failed after retries")

        error = attempt(lambda: loops.basic_train_loop(again, aborts))
    return [calls, error]


@program
def run_contexts(tf):
    lib = internal("training.session_run_hook")
    args = lib.SessionRunArgs("fetches")
    context = lib.SessionRunContext(args, "session")
    before = context.stop_requested
    context.request_stop()
    return [
        before,
        context.stop_requested,
        context.original_args.fetches,
        args.feed_dict,
        args.options,
        context.session,
        list(lib.SessionRunValues._fields),
        list(lib.SessionRunArgs._fields),
        lib.SessionRunHook().before_run(None),
    ]


@program
def global_steps(tf):
    util = internal("training.training_util")
    none = util.get_global_step()
    made = util.create_global_step()
    out = [
        none,
        made.op.name,
        made.dtype.name,
        str(made.get_shape()),
        util.get_global_step() is made,
        attempt(util.create_global_step),
        util.get_or_create_global_step() is made,
        made.trainable if hasattr(made, "trainable") else None,
    ]
    read = util._get_or_create_global_step_read()
    out += [
        read.op.name,
        util._get_or_create_global_step_read() is read,
        util._get_global_step_read() is read,
    ]
    up = util._increment_global_step(2)
    with tf.Session() as sess:
        sess.run(made.initializer)
        out += [sess.run([up, read]), tf.train.global_step(sess, made)]
    with tf.Graph().as_default() as g:
        tf.add_to_collection(tf.GraphKeys.GLOBAL_STEP, tf.Variable(1.0))
        out += [
            attempt(util.get_global_step),
            attempt(lambda: util.assert_global_step(tf.Variable([1]))),
            g is not None,
        ]
    return out


# -- coordinators ----------------------------------------------------------------------------


@program
def coordinators(tf):
    coordinator = internal("training.coordinator")
    coord = coordinator.Coordinator()
    out = [coord.should_stop(), coord.wait_for_stop(0.01), coord.joined]
    coord.request_stop()
    out += [coord.should_stop(), coord.wait_for_stop(0.01), attempt(lambda: coord.join([]))]
    coord.clear_stop()
    out += [coord.should_stop(), coord.joined, attempt(coord.raise_requested_exception)]
    info = None
    try:
        raise RuntimeError("with a traceback")
    except RuntimeError:
        info = __import__("sys").exc_info()
    coord.request_stop(info)
    out.append(attempt(coord.join))
    coord = coordinator.Coordinator()
    coord.request_stop(tf.errors.OutOfRangeError(None, None, "clean"))
    out += [attempt(coord.join), coord.joined]
    return out


@program
def coordinators_join_with_grace(tf):
    coordinator = internal("training.coordinator")
    coord, wait = coordinator.Coordinator(), threading.Event()
    threads = [threading.Thread(target=wait.wait) for _ in range(3)]
    for t in threads:
        t.daemon = True
        coord.register_thread(t)
        t.start()
    coord.request_stop()
    stuck = attempt(lambda: coord.join(stop_grace_period_secs=0.2))
    wait.set()
    for t in threads:
        t.join()
    again = coordinator.Coordinator()
    running = threading.Thread(target=lambda: time.sleep(0.3))
    running.daemon = True
    running.start()
    again.request_stop()
    ignored = attempt(lambda: again.join([running], stop_grace_period_secs=0.02, ignore_live_threads=True))
    return [stuck, ignored]


@program
def loopers(tf):
    coordinator = internal("training.coordinator")
    coord, n = coordinator.Coordinator(), [0]

    def fn(stop=3):
        n[0] += 1
        if n[0] == stop:
            coord.request_stop()

    a = coordinator.LooperThread.loop(coord, None, fn, kwargs={"stop": 4})
    coord.join([a])
    out = [n[0], a.is_alive(), a.daemon]
    coord, n[0] = coordinator.Coordinator(), 0
    b = coordinator.LooperThread(coord, 0.01, target=fn, args=(2,))
    b.start()
    coord.join([b])
    coord2 = coordinator.Coordinator()

    def fails():
        raise ZeroDivisionError("in a loop")

    c = coordinator.LooperThread.loop(coord2, None, fails)
    out += [n[0], attempt(lambda: coord2.join([c]))]
    return out + [
        attempt(lambda: coordinator.LooperThread(3, None)),
        attempt(lambda: coordinator.LooperThread(coord, "x")),
    ]
