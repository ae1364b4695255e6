"""Wrapped and managed sessions around sessions that are no sessions, and graphs, as in unit tests."""

import threading
import time
import traceback

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def arguments_are_passed_on(tf):
    monitored = internal("training.monitored_session")

    class Fake(monitored._WrappedSession):
        def run(self, fetches, **kwargs):
            self.called = dict(kwargs)
            return monitored._WrappedSession.run(self, fetches)

    with tf.Session() as sess:
        fake = Fake(sess)
        hooked = monitored._HookedSession(sess=fake, hooks=[])
        zero = tf.constant(0)
        out = hooked.run(fetches=zero, feed_dict="a_feed", options="an_option", run_metadata="a_metadata")
        return [out, sorted(fake.called.items())]


@program
def sessions_have_properties(tf):
    monitored, coordinator = (
        internal("training.monitored_session"),
        internal("training.coordinator"),
    )
    with tf.Session() as sess:
        kinds = [
            monitored._WrappedSession(sess),
            monitored._CoordinatedSession(sess, coordinator.Coordinator()),
            monitored._HookedSession(sess, []),
        ]
        return [[k.graph is sess.graph, k.sess_str == sess.sess_str, k.should_stop()] for k in kinds]


@program
def closing_within_with(tf):
    def body():
        with tf.train.MonitoredSession() as session:
            session.close()

    return [attempt(body)]


@program
def stops_that_are_overridden(tf):
    monitored = internal("training.monitored_session")
    with tf.Session() as sess:
        session = monitored._WrappedSession(sess)
        session._check_stop = lambda: True
        return [session.should_stop()]


@program
def threads_are_stopped_on_close(tf):
    monitored, coordinator = (
        internal("training.monitored_session"),
        internal("training.coordinator"),
    )
    out = []
    for failing in (False, True):
        with tf.Graph().as_default(), tf.Session() as sess:
            coord = coordinator.Coordinator()

            def wait(coord=coord):
                with coord.stop_on_exception():
                    while not coord.should_stop():
                        time.sleep(0.001)

            threads = [threading.Thread(target=wait) for _ in range(3)]
            for t in threads:
                coord.register_thread(t)
                t.start()
            coordinated = monitored._CoordinatedSession(sess, coord)
            if failing:
                x = tf.placeholder(tf.float32)
                out.append(attempt(lambda: coordinated.run(x)))
            out += [coordinated.should_stop(), [t.is_alive() for t in threads]]
            coordinated.close()
            out += [coordinated.should_stop(), [t.is_alive() for t in threads], coord.should_stop()]
    return out


@program
def tracebacks_of_threads(tf):
    monitored, coordinator = (
        internal("training.monitored_session"),
        internal("training.coordinator"),
    )

    def a_function_that_fails():
        raise RuntimeError("a thread wants to stop")

    with tf.Session() as sess:
        coord = coordinator.Coordinator()
        coordinated = monitored._CoordinatedSession(sess, coord)
        ran = threading.Event()

        def target():
            with coord.stop_on_exception():
                try:
                    a_function_that_fails()
                finally:
                    ran.set()

        thread = threading.Thread(target=target)
        coord.register_thread(thread)
        thread.start()
        ran.wait()
        thread.join()
        try:
            while not coordinated.should_stop():
                coordinated.run(tf.constant(1))
                time.sleep(0.01)
            coordinated.run(tf.constant(1))
        except RuntimeError:
            return ["a_function_that_fails" in traceback.format_exc()]


@program
def graphs_are_finalized_only_meanwhile(tf):
    graph = tf.get_default_graph()
    a = tf.constant(0)
    with tf.train.MonitoredSession() as session:
        session.run(a)
        inside = graph.finalized
    after = graph.finalized
    graph.finalize()
    with tf.Session() as session:
        session.run(a)
    return [inside, after, graph.finalized]


@program
def merged_run_options(tf):
    class Wish(tf.train.SessionRunHook):
        def __init__(self, options):
            self.options = options

        def before_run(self, run_context):
            return tf.train.SessionRunArgs(None, None, options=self.options)

        def after_run(self, run_context, run_values):
            self.seen = run_values.options
            self.metadata = run_values.run_metadata

    trace = Wish(tf.RunOptions(trace_level=tf.RunOptions.SOFTWARE_TRACE, timeout_in_ms=60000))
    quick = Wish(tf.RunOptions(output_partition_graphs=True, timeout_in_ms=30000))
    c = tf.constant([0.0])
    with tf.train.MonitoredSession(hooks=[trace, quick]) as session:
        out = session.run(c, options=tf.RunOptions(timeout_in_ms=20000))
    seen = trace.seen
    return [
        out,
        seen.trace_level,
        seen.timeout_in_ms,
        seen.output_partition_graphs,
        trace.metadata is quick.metadata,
        trace.metadata.HasField("step_stats"),
        len(trace.metadata.partition_graphs),
    ]


@program
def step_functions_that_stop(tf):
    c = tf.constant(1)

    def stopping(step_context):
        step_context.request_stop()

    with tf.train.MonitoredSession() as session:
        first = [attempt(lambda: session.run_step_fn(stopping)), session.should_stop()]
    session = tf.train.MonitoredSession()
    try:
        session.run_step_fn(stopping)
        second = "went on"
    except Exception as error:
        second = error
    session.close()

    def loop():
        with tf.train.MonitoredSession() as session:
            steps = 0
            while not session.should_stop():
                steps += 1
                session.run_step_fn(stopping)
            return steps

    class Model(object):
        def step(self, step_context, *args):
            return step_context.session.run(c)

        def plain(self, step_context):
            return step_context.run_with_hooks(c)

    with tf.train.MonitoredSession() as session:
        return [
            first,
            second,
            attempt(loop),
            session.run_step_fn(Model().plain),
            attempt(lambda: session.run_step_fn(Model().step)),
            attempt(lambda: session.run_step_fn(lambda step_context, foo: 1)),
            attempt(lambda: session.run_step_fn(lambda foo: 1)),
            attempt(lambda: session.run_step_fn(None)),
        ]


@program
def recovery_counts(tf):
    monitored = internal("training.monitored_session")
    c = tf.constant(51)

    class Fails(object):
        def __init__(self, failures):
            self.failures, self.made = failures, 0

        def create_session(self):
            self.made += 1
            if self.made <= self.failures:
                raise tf.errors.UnavailableError(None, None, "not yet")
            return tf.Session()

    creator = Fails(2)
    with internal("platform.test").mock.patch.object(time, "sleep"):
        session = monitored._RecoverableSession(creator)
    out = [creator.made, session.run(c)]
    session.close()

    class Breaks(object):
        def create_session(self):
            raise ValueError("not a preemption")

    return out + [attempt(lambda: monitored._RecoverableSession(Breaks()))]


@program
def runners_of_managed_sessions(tf):
    q = tf.FIFOQueue(3, tf.int32, [()])
    v = tf.Variable(0)
    tf.train.add_queue_runner(tf.train.QueueRunner(q, [q.enqueue(v.assign_add(1))]))
    get = q.dequeue()
    with tf.train.MonitoredSession() as session:
        got = [session.run(get) >= 1 for _ in range(3)]
        ignored = attempt(lambda: tf.train.start_queue_runners(session))
    return [got, ignored]


@program
def init_functions_of_chiefs(tf):
    v = tf.Variable(1.0)
    w = tf.Variable(2.0, collections=[tf.GraphKeys.LOCAL_VARIABLES])
    p = tf.placeholder(tf.float32, [])
    init = tf.assign(v, p)
    scaffold = tf.train.Scaffold(init_op=init, init_feed_dict={p: 7.0})
    with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(scaffold)) as session:
        return session.run([v, w])


@program
def operations_made_by_hand(tf):
    graph = tf.get_default_graph()
    attr = __import__("tensorflow.core.framework.attr_value_pb2", fromlist=["x"])
    a = graph.create_op("Placeholder", [], [tf.float32], name="p", attrs={"dtype": attr.AttrValue(type=1)})
    b = graph.create_op("Add", [a.outputs[0], a.outputs[0]], [tf.float32], name="sum")
    return [
        a.name,
        b.name,
        [t.name for t in b.inputs],
        b.outputs[0].dtype.name,
        b.type,
        b.graph is graph,
        str(b.node_def).replace("\n", " ")[:60],
        b.control_inputs,
        b.device,
        len(b.outputs),
        a.outputs[0].consumers() == [b],
        b.outputs[0].value_index,
        str(b.get_attr("T")),
    ]


@program
def names_of_tensors(tf):
    graph = tf.get_default_graph()
    a = tf.constant(1, name="a")
    s1, s2 = tf.split(tf.constant([1, 2]), 2, name="s")
    tries = ["a:0", "a", "s:1", "s:2", "b:0", "a:0:1", "", ":0", "a:x", "^a"]
    return [
        [attempt(lambda: graph.get_tensor_by_name(n)) for n in tries if n not in ("a:0", "s:1")],
        graph.get_tensor_by_name("s:1") is s2,
        graph.as_graph_element("a") is a.op,
        attempt(lambda: graph.get_operation_by_name("s:1")),
        attempt(lambda: graph.get_operation_by_name(a)),
        attempt(lambda: graph.as_graph_element(3)),
        attempt(lambda: graph.as_graph_element(a, allow_tensor=False)),
        attempt(lambda: graph.as_graph_element("a", allow_operation=False)),
        attempt(lambda: graph.as_graph_element(a, False, False)),
        s1.op is s2.op,
    ]


@program
def stacks_that_are_reset(tf):
    ops = internal("framework.ops")
    graph = tf.Graph()
    with graph.as_default():
        inside = attempt(tf.reset_default_graph)
        nested = tf.get_default_graph() is graph
    return [
        inside,
        nested,
        ops._default_graph_stack.enforce_nesting,
        ops.has_default_graph(),
        ops._default_session_stack.is_cleared(),
    ]


@program
def control_inputs_change_and_leave(tf):
    a, b, c = [tf.constant(i, name=n) for i, n in enumerate("abc")]
    with tf.control_dependencies([a]):
        with tf.control_dependencies([b.op, a]):
            d = tf.identity(c, name="d")
            with tf.control_dependencies(None):
                e = tf.identity(c, name="e")
        f = tf.identity(a, name="f")
    g = tf.no_op(name="g")
    g._add_control_input(d.op)
    g._add_control_inputs([e.op, f.op])
    before = [x.name for x in g.control_inputs]
    g._remove_all_control_inputs()
    c2 = tf.add(a, b, name="sum")
    c2.op._update_input(1, c)
    return [
        [x.name for x in d.op.control_inputs],
        e.op.control_inputs,
        f.op.control_inputs,
        before,
        g.control_inputs,
        [t.name for t in c2.op.inputs],
        attempt(lambda: c2.op._update_input(5, c)),
        attempt(lambda: c2.op._update_input(0, 3)),
    ]


@program
def attributes_by_message(tf):
    attr = __import__("tensorflow.core.framework.attr_value_pb2", fromlist=["x"])
    op = tf.constant([1, 2], name="k").op
    op._set_attr("_mark", attr.AttrValue(s=b"x"))
    op._set_device("/cpu:1")
    with tf.get_default_graph()._attr_scope({"_scope": attr.AttrValue(i=7)}):
        inner = tf.no_op()
    return [
        op.get_attr("_mark"),
        op.device,
        inner.get_attr("_scope"),
        attempt(lambda: op.get_attr("nothing")),
        str(op.get_attr("dtype")),
        type(op.get_attr("value")).__name__,
        op.op_def.name,
        op._id,
        op.values()[0].name,
    ]


@program
def consumers_of_composites(tf):
    sparse = tf.SparseTensor([[0]], [1], [1])
    total, copy = sparse.values + 1, tf.identity(sparse.indices)
    slices = tf.IndexedSlices(total, tf.constant([0]))
    twice = total * 2
    return [
        sorted(op.name for op in sparse.consumers()),
        [op.name for op in slices.consumers()],
        sorted(tf.Tensor.OVERLOADABLE_OPERATORS),
        tf.get_default_graph().building_function,
        [str(tf.TensorShape(sizes).as_proto()) for sizes in ([1, None], None, [])],
        copy is not None and twice is not None,
    ]


@program
def references(tf):
    a, v = tf.constant(1), tf.Variable(1)
    b = tf.constant(2)
    seen = {a.experimental_ref(): "a", v.experimental_ref(): "v"}
    return [
        seen[a.experimental_ref()],
        seen[v.experimental_ref()],
        b.experimental_ref() in seen,
        a.experimental_ref().deref() is a,
        repr(b.experimental_ref()),
        a._rank(),
        a._shape_tuple(),
        a._value_index,
        a._op is a.op,
        a._id == a._id,
        a.op._get_control_flow_context(),
        a.op._graph is a.graph,
    ]


@program
def words_that_tests_look_for(tf):
    """Whether messages have the very phrases."""

    def says(function, *phrases):
        text = str(attempt(function))
        return [phrase in text for phrase in phrases]

    c = tf.constant(1, name="c")
    q = tf.FIFOQueue(1, [tf.float32], shapes=[[2]], name="q")
    v = tf.Variable([1.0, 2.0], name="v")
    p = tf.placeholder(tf.float32, [2], name="p")
    with tf.Graph().as_default() as other, tf.Session(graph=other):
        outside = says(
            lambda: c.op.run(),
            "Cannot use the default session to execute operation",
            "Pass an explicit session to run(session=sess)",
        )
        outside += says(lambda: c.eval(), "Pass an explicit session to `eval(session=sess)`")
    with tf.Session() as sess:
        return [
            outside,
            says(lambda: sess.run(v), "Attempting to use uninitialized value v"),
            says(
                lambda: sess.run(p),
                "You must feed a value for placeholder tensor 'p' with dtype float and shape [2]",
            ),
            says(
                lambda: q.enqueue(([1.0],)),
                "must be equal",
                "Shapes (1,) and (2,) are incompatible",
            ),
            says(lambda: sess.run(tf.gather([1, 2], [5])), "indices[0] = 5 is not in [0, 2)"),
            says(
                lambda: sess.run(tf.reshape(p, [3]), {p: [1, 2]}),
                "Input to reshape is a tensor with 2 values",
            ),
            says(
                lambda: tf.reshape(tf.zeros([2]), [3]),
                "Cannot reshape a tensor with 2 elements to shape [3]",
            ),
            says(
                lambda: tf.matmul(tf.zeros([1, 2]), tf.zeros([3, 4])),
                "Dimensions must be equal, but are 2 and 3",
            ),
            says(lambda: sess.run(c, {c: "a"}), "invalid literal"),
            says(lambda: sess.run(tf.constant(1) // 0), "Integer division by zero"),
            says(lambda: tf.get_variable("w"), "Shape of a new variable (w) must be fully defined"),
            says(
                lambda: tf.assign(v, [1.0]),
                "Dimension 0 in both shapes must be equal, but are 2 and 1",
            ),
            says(lambda: sess.run(tf.check_numerics(tf.log(-1.0), "bad")), "bad : Tensor had NaN"),
            says(lambda: tf.zeros([2]).set_shape([3]), "not compatible"),
            says(lambda: tf.convert_to_tensor(p, tf.int32), "Tensor conversion requested dtype int32"),
            says(lambda: tf.Session(graph=3), "graph must be a tf.Graph"),
            says(
                lambda: tf.get_default_graph().as_graph_element("zz:0"),
                "The name 'zz:0' refers to a Tensor which does not exist",
            ),
        ]
