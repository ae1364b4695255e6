"""Sessions in the manner of TensorFlow's unit tests: one small claim after the other."""

import collections
import threading

import numpy as np

from tests.oracle.client import attempt, internal
from tests.threads import settle

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def devices_of_a_session(tf):
    device = internal("framework.device")
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2, "GPU": 0})) as sess:
        found = [device.DeviceSpec.from_string(each.name) for each in sess.list_devices()]
        cpus = [spec for spec in found if spec.device_type == "CPU"]
        first = sess.list_devices()[0]
        return [
            len(cpus),
            first.device_type,
            first.name,
            str(first).startswith("_DeviceAttributes("),
            first.memory_limit_bytes,
            type(first.incarnation).__name__,
            sess.run(tf.matmul([[1.0]], [[2.0]])),
        ]


@program
def thread_pools(tf):
    config = tf.ConfigProto()
    first = config.session_inter_op_thread_pool.add()
    first.num_threads = 1
    second = config.session_inter_op_thread_pool.add()
    second.num_threads = 2
    second.global_name = "pool of perdure's test"
    with tf.Session(config=config) as sess:
        c = tf.constant(3)
        return [sess.run(c, options=tf.RunOptions(inter_op_thread_pool=i)) for i in (0, 1)] + [
            attempt(lambda: sess.run(c, options=tf.RunOptions(inter_op_thread_pool=-2)))
        ]


@program
def pools_of_one_name_and_two_sizes(tf):
    def make(threads):
        config = tf.ConfigProto()
        pool = config.session_inter_op_thread_pool.add()
        pool.num_threads, pool.global_name = threads, "another pool of perdure's test"
        with tf.Session(config=config) as sess:
            return sess.run(tf.constant(1))

    return [make(2), attempt(lambda: make(3))]


@program
def errors_are_reported(tf):
    with tf.Session() as sess:
        tf.constant(10.0, name="W1")
        return [
            attempt(lambda: sess.run("foo:0")),
            attempt(lambda: sess.run("foo")),
            attempt(lambda: sess.run("W1:1")),
            attempt(lambda: sess.run(["W1", "W2"])),
        ]


@program
def payload_of_an_error(tf):
    with tf.Session() as sess:
        a = tf.placeholder(tf.float32, name="a")
        error = attempt(a.eval)
        inner = attempt(
            lambda: sess.run(tf.reshape(tf.constant([1.0]), [tf.size(a) + 2], name="r"), {a: 1.0})
        )
        return [
            error.op is a.op,
            error.error_code,
            error.node_def.name,
            error,
            inner.op.name,
            inner.error_code,
        ]


@program
def error_based_on_another_op(tf):
    with tf.Session() as sess:
        original = tf.placeholder(tf.float32, name="myop")

        graph = tf.get_default_graph()
        with graph._original_op(original.op):
            failing = tf.placeholder(tf.float32, name="copy")
        error = attempt(lambda: sess.run(failing))
        text = str(error)
        return [
            error.op is failing.op,
            error.op._original_op is original.op,
            "which was originally created as op 'myop'" in text.replace("u'", "'"),
        ]


@program
def fetched_tensor_objects_and_names(tf):
    with tf.Session() as sess:
        a = tf.constant([[1.0, 2.0]], name="a")
        by = sess.run([a, "a:0", a.op, "a"])
        return [by, sess.run("a:0"), sess.run(["a:0", ["a:0"]])]


@program
def fetch_scalars_and_lists(tf):
    with tf.Session() as sess:
        res = [
            sess.run(tf.constant(3.0)),
            sess.run(tf.constant(np.float64(3))),
            sess.run(tf.constant("x")),
            sess.run(tf.constant([])),
            sess.run(tf.zeros([0, 2])),
        ]
        return [type(each).__name__ for each in res] + [res[3].shape, res[4].shape]


@program
def nested_structures(tf):
    Pair = collections.namedtuple("Pair", "a b")
    with tf.Session() as sess:
        a, b = tf.constant(42.0), tf.constant([1.0])
        structure = [
            a,
            (b,),
            {"x": [a, Pair(a, {"y": b})]},
            collections.OrderedDict([("z", a.op), ("k", ())]),
        ]
        found = sess.run(structure)
        return [
            found,
            type(found[3]).__name__,
            list(found[3]),
            type(found[2]["x"][1]).__name__,
            sess.run(()),
            sess.run([]),
            sess.run({}),
            sess.run(Pair([], ())),
        ]


@program
def things_that_are_no_fetches(tf):
    class Foo(object):
        pass

    with tf.Session() as sess:
        tf.constant(1)
        return [
            attempt(lambda: sess.run(None)),
            attempt(lambda: sess.run([None])),
            attempt(lambda: sess.run(42)),
            attempt(lambda: sess.run(Foo())),
            attempt(lambda: sess.run([3.0])),
            attempt(lambda: sess.run({"a": None})),
        ]


@program
def fetches_of_another_graph(tf):
    c = tf.constant(1.0, name="c")
    with tf.Graph().as_default() as other:
        d = tf.constant(2.0, name="d")
        with tf.Session(graph=other) as sess:
            return [
                attempt(lambda: sess.run(c)),
                attempt(lambda: sess.run([d, c])),
                attempt(lambda: sess.run(d, {c: 1.0})),
                sess.run(d),
            ]


@program
def sparse_fetches(tf):
    indices = np.array([[3, 2, 0], [4, 5, 1]]).astype(np.int64)
    values, shape = np.array([1.0, 2.0]).astype(np.float32), np.array([7, 9, 2]).astype(np.int64)
    with tf.Session() as sess:
        sp = tf.SparseTensor(tf.constant(indices), tf.constant(values), tf.constant(shape))
        s = sess.run(sp)
        one = sess.run([sp])
        pair = sess.run((sp, sp.values))
        i, v, d = sess.run(sp)
        return [
            type(s).__name__,
            s.indices,
            s.values,
            s.dense_shape,
            type(one[0]).__name__,
            type(pair).__name__,
            i,
            v,
            d,
        ]


@program
def sparse_feeds(tf):
    indices = np.array([[3, 2, 0], [4, 5, 1]]).astype(np.int64)
    values, shape = np.array([1.0, 2.0]).astype(np.float32), np.array([7, 9, 2]).astype(np.int64)
    with tf.Session() as sess:
        sp = tf.SparseTensor(
            tf.placeholder(tf.int64, [2, 3]),
            tf.placeholder(tf.float32, [2]),
            tf.placeholder(tf.int64, [3]),
        )
        p = tf.sparse_placeholder(tf.float32)
        with_shape = tf.sparse_placeholder(tf.float32, shape=shape, name="placeholder1")
        value = tf.SparseTensorValue(indices, values, shape)
        copy = tf.identity(sp.values)
        return [
            sess.run(copy, {sp: (indices, values, shape)}),
            sess.run(copy, {sp: value}),
            sess.run(p, {p: value}).values,
            sess.run(with_shape, {with_shape: value}).dense_shape,
            sess.run(with_shape.indices, {with_shape: (indices, values, shape)}),
            attempt(lambda: sess.run(copy, {sp: (indices, values)})),
            p.get_shape().ndims,
            with_shape.get_shape().as_list(),
        ]


@program
def indexed_slices(tf):
    with tf.Session() as sess:
        values, indices = np.array([1.0, 2.0], np.float32), np.array([3, 2], np.int64)
        dense_shape = np.array([7, 9], np.int64)
        with_shape = tf.IndexedSlices(tf.constant(values), tf.constant(indices), tf.constant(dense_shape))
        without = tf.IndexedSlices(tf.placeholder(tf.float32, [2]), tf.placeholder(tf.int64, [2]), None)
        got = sess.run(with_shape)
        fed = sess.run([tf.identity(without.values), without], {without: (values, indices)})
        v, i, d = got
        return [type(got).__name__, v, i, d, fed[0], type(fed[1]).__name__, fed[1].dense_shape]


@program
def extends_with_statements_and_groups(tf):
    with tf.Session() as sess:
        v = tf.Variable(1.0, name="v")
        sess.run(v.initializer)
        first = sess.run(v)
        with tf.control_dependencies([tf.assign(v, 5.0)]):
            group = tf.group(tf.no_op(), name="grp")
        result = sess.run(group)
        return [first, result, sess.run(v), v.eval(), group.run()]


@program
def feeds_and_fetches_of_the_same(tf):
    with tf.Session() as sess:
        a = tf.placeholder(tf.float32)
        b = a + 1
        return [
            sess.run([a, a], {a: 3.0}),
            sess.run([b, a, b], {a: 3.0, b: 7.0}),
            sess.run(b, {b: [1, 2]}),
            sess.run(a, {a: np.int32(3)}),
            sess.run(a, {a: True}),
        ]


@program
def feeds_by_name_and_of_shapes(tf):
    with tf.Session() as sess:
        p = tf.placeholder(tf.float32, [None, 2], name="p")
        u = tf.placeholder(tf.int32, name="u")
        out = p * 2
        return [
            sess.run(out, {"p:0": [[1, 2]]}),
            attempt(lambda: sess.run(out, {"p": [[1, 2]]})),
            attempt(lambda: sess.run(out, {"q:0": 1})),
            attempt(lambda: sess.run(out, {p: [1, 2, 3]})),
            attempt(lambda: sess.run(out, {p: [[1, 2, 3]]})),
            sess.run(out, {p: np.zeros((0, 2))}),
            attempt(lambda: sess.run(u, {u: 2**40})),
            attempt(lambda: sess.run(u, {u: "a"})),
            attempt(lambda: sess.run(u, {u: tf.constant(1)})),
            attempt(lambda: sess.run(u, {u: None})),
            sess.run(u, {u: 3.7}),
            attempt(lambda: sess.run(u, {3: 1})),
            attempt(lambda: sess.run(u, [3])),
        ]


@program
def strings(tf):
    with tf.Session() as sess:
        s = tf.placeholder(tf.string)
        for_all = [
            "\n\x01\x00",
            b"\n\x01\x00",
            "unic\u00f6de",
            [b"a", "b"],
            np.array(["abc", "d"]),
            np.array([b"q\0"], dtype=object),
            ["a" * 100, ""],
            np.array([["x"]], dtype=object),
        ]
        copy = tf.identity(s)
        return [sess.run(copy, {s: each}) for each in for_all] + [
            attempt(lambda: sess.run(s, {s: 3})),
            sess.run(tf.constant("\u2603")),
            sess.run(tf.constant([b"\x00a", b"b\x00"])),
        ]


@program
def interactive_sessions(tf):
    warnings = __import__("warnings")
    sess = tf.InteractiveSession()
    try:
        a = tf.constant(1.0, shape=[1, 2])
        b = tf.constant(2.0, shape=[2, 3])
        c = tf.matmul(a, b)
        first = c.eval()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            second = tf.InteractiveSession()
            second.close()
        words = [str(each.message) for each in caught if "interactive session" in str(each.message)]
        return [first, tf.get_default_session() is sess, len(words), words[0][:50]]
    finally:
        sess.close()


@program
def interactive_placement_failure(tf):
    sess = tf.InteractiveSession()
    try:
        with tf.device("/device:GPU:7"):
            c = tf.constant(1.0)
        d = tf.constant(2.0)
        return [d.eval(), type(attempt(c.eval)).__name__]
    finally:
        sess.close()


@program
def default_graph_inside_a_session(tf):
    outer = tf.get_default_graph()
    with tf.Session() as sess:
        same = tf.get_default_graph() is outer and sess.graph is outer
    with tf.Graph().as_default() as g:
        with tf.Session() as sess:
            inner = tf.get_default_graph() is g and sess.graph is g
        with tf.Session(graph=outer) as sess:
            switched = tf.get_default_graph() is outer
        back = tf.get_default_graph() is g
    return [same, inner, switched, back, tf.get_default_graph() is outer]


@program
def sharing_a_graph(tf):
    graph = tf.get_default_graph()
    a = tf.constant(6.0, shape=[1, 1])
    b = tf.constant(7.0, shape=[1, 1])
    c = tf.matmul(a, b)
    with tf.Session() as one, tf.Session(graph=graph) as other:
        return [c.eval(session=one), c.eval(session=other), c.op.run(session=one)]


@program
def parallel_runs_and_closing(tf):
    c = tf.constant(5.0)
    ev, results = threading.Event(), []
    with tf.Session() as sess:

        def run():
            ev.wait()
            results.append(c.eval(session=sess))

        threads = [threading.Thread(target=run) for _ in range(20)]
        for each in threads:
            each.start()
        ev.set()
        for each in threads:
            each.join()
    return [len(results), set(float(each) for each in results) == {5.0}]


@program
def run_is_stopped_by_closing_the_queue(tf):
    q = tf.FIFOQueue(1, [tf.float32])
    dequeue, close = q.dequeue(), q.close(cancel_pending_enqueues=True)
    found = []
    with tf.Session() as sess:
        thread = threading.Thread(target=lambda: found.append(attempt(lambda: sess.run(dequeue))))
        thread.start()
        settle(thread)
        sess.run(close)
        thread.join()
    return found


@program
def callables_run_like_steps(tf):
    with tf.Session() as sess:
        a, b = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
        c = a + b
        v = tf.Variable(1.0)
        sess.run(v.initializer)
        up = tf.assign_add(v, 1.0)
        f = sess.make_callable(c, feed_list=[a, b])
        g = sess.make_callable([up, up.op], feed_list=[])
        h = sess.make_callable({"x": c, "y": (v,)}, feed_list=[a.name, b.name])
        op = sess.make_callable(up.op)
        with_options = sess.make_callable(up, accept_options=True)
        meta = tf.RunMetadata()
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        return [
            f(1, 2),
            g(),
            h(1, 2),
            op(),
            with_options(options=options, run_metadata=meta),
            len(meta.step_stats.dev_stats) > 0,
            attempt(lambda: f(1)),
            attempt(lambda: f(1, 2, 3)),
            attempt(lambda: f([1, 2], [1, 2, 3])),
            attempt(lambda: sess.make_callable(None)),
            attempt(lambda: sess.make_callable(c, feed_list=a)),
        ]


@program
def callables_from_messages(tf):
    config_pb2 = __import__("tensorflow.core.protobuf.config_pb2", fromlist=["x"])
    with tf.Session() as sess:
        ph = tf.placeholder(tf.float32)
        a = tf.add(ph, 1.0)
        tensor = tf.constant(2.0)
        options = config_pb2.CallableOptions()
        options.feed.append(ph.name)
        options.fetch.append(a.name)
        run = sess._make_callable_from_options(options)
        bare = config_pb2.CallableOptions()
        bare.fetch.append(tensor.name)
        named = sess._make_callable_from_options(bare)
        target = config_pb2.CallableOptions()
        target.target.append(a.op.name)
        target.feed.append(ph.name)
        connected = config_pb2.CallableOptions()
        connected.fetch.append(a.name)
        link = connected.tensor_connection.add()
        link.from_tensor, link.to_tensor = tensor.name, ph.name
        linked = attempt(lambda: sess._make_callable_from_options(connected)())
        meta = tf.RunMetadata()
        traced = config_pb2.CallableOptions()
        traced.fetch.append(tensor.name)
        traced.run_options.trace_level = tf.RunOptions.FULL_TRACE
        sess._make_callable_from_options(traced)(run_metadata=meta)
        return [
            run(2),
            run(3.0),
            named(),
            sess._make_callable_from_options(target)(1.0),
            linked,
            len(meta.step_stats.dev_stats) > 0,
        ]


@program
def infer_shapes_and_cost_models(tf):
    a = tf.placeholder(tf.float32, [None, 2])
    b = a * 2.0
    config = tf.ConfigProto(graph_options=tf.GraphOptions(build_cost_model=1))
    meta = tf.RunMetadata()
    with tf.Session(config=config) as sess:
        out = sess.run(b, {a: [[1, 2]]}, options=tf.RunOptions(), run_metadata=meta)
        return [out, meta.HasField("cost_graph"), len(meta.cost_graph.node) > 0]


@program
def tracing_leaves_no_trace_without_being_asked(tf):
    meta = tf.RunMetadata()
    with tf.Session() as sess:
        c = tf.constant(42.0)
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        first = sess.run(c, options=None, run_metadata=None)
        sess.run(c, options=tf.RunOptions(trace_level=tf.RunOptions.NO_TRACE), run_metadata=meta)
        none = meta.HasField("step_stats")
        sess.run(c, options=options, run_metadata=meta)
        return [
            first,
            none,
            meta.HasField("step_stats"),
            len(meta.step_stats.dev_stats) >= 1,
            attempt(lambda: sess.run(c, options=None, run_metadata=7)),
            attempt(lambda: sess.run(c, options=7)),
        ]


@program
def conversion_functions_that_are_registered(tf):
    session = internal("client.session")

    class Wrapped(object):
        def __init__(self, tensor):
            self.tensor = tensor

    class Fed(Wrapped):
        pass

    session.register_session_run_conversion_functions(
        Fed,
        lambda w: ([w.tensor], lambda v: ("fetched", v[0])),
        lambda w, v: [(w.tensor, v * 10)],
        lambda w: [w.tensor],
    )
    with tf.Session() as sess:
        a = Fed(tf.placeholder(tf.float32))
        out = a.tensor + 1
        handle = sess.partial_run_setup([out], [a])
        again = attempt(
            lambda: session.register_session_run_conversion_functions(
                Fed, lambda w: ([w.tensor], lambda v: v[0])
            )
        )
        return [
            sess.run([a, out], {a: 2.0}),
            sess.partial_run(handle, out, {a: 2.0}),
            type(again).__name__,
            attempt(lambda: sess.run(Wrapped(a.tensor))),
        ]


@program
def timeouts(tf):
    q = tf.FIFOQueue(1, [tf.float32])
    dequeue = q.dequeue(name="dq")
    config = tf.ConfigProto(operation_timeout_in_ms=60)
    with tf.Session(config=config) as sess:
        first = attempt(lambda: sess.run(dequeue))
    with tf.Session() as sess:
        second = attempt(lambda: sess.run(dequeue, options=tf.RunOptions(timeout_in_ms=60)))
        sess.run(q.enqueue(1.0))
        return [first, second, sess.run(dequeue)]


@program
def short_operations_within_a_timeout(tf):
    q = tf.FIFOQueue(50, [tf.int32], shapes=[()])
    enqueue = q.enqueue_many((list(range(50)),))
    with tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=10000)) as sess:
        for _ in range(3):
            sess.run(enqueue)
            sess.run(q.dequeue_many(50))
        return sess.run(q.size())


@program
def sessions_and_graph_def_versions(tf):
    tf.constant(5.0, name="c")
    with tf.Session() as sess:
        before = len(sess.graph_def.node)
        tf.constant(6.0, name="d")
        return [
            before,
            len(sess.graph_def.node),
            sess.graph_def.versions.producer,
            sess.graph_def.versions.min_consumer,
            [n.op for n in sess.graph_def.node],
        ]


@program
def use_after_close(tf):
    sess = tf.Session()
    c = tf.constant(5.0)
    value = sess.run(c)
    sess.close()
    return [
        value,
        attempt(lambda: sess.run(c)),
        attempt(lambda: sess.run([c, c])),
        attempt(lambda: c.eval(session=sess)),
        attempt(lambda: sess.partial_run_setup([c], [])),
    ]


@program
def empty_graphs(tf):
    with tf.Session() as sess:
        return [
            attempt(lambda: sess.run([])),
            attempt(lambda: sess.run(())),
            attempt(lambda: sess.run("a:0")),
            attempt(lambda: sess.run({})),
        ]


@program
def not_entered(tf):
    return [
        attempt(lambda: tf.constant(5.0).eval()),
        attempt(lambda: tf.no_op().run()),
        tf.get_default_session(),
    ]


@program
def feed_shape_compatibility(tf):
    with tf.Session() as sess:
        some = tf.constant([2.0, 2.0, 2.0, 2.0])
        new_shape = tf.constant([2, 2])
        reshaped = tf.reshape(some, new_shape)
        return [
            attempt(lambda: sess.run(reshaped, {some: [1.0, 2.0, 3.0]})),
            attempt(lambda: sess.run(reshaped, {new_shape: [3, 7]})),
            sess.run(reshaped, {new_shape: [4, 1]}),
        ]


@program
def autoconversion_of_feeds(tf):
    with tf.Session() as sess:
        v = tf.placeholder(tf.float32, [2, 3])
        a = tf.Variable(np.zeros([2, 3], np.float32))
        sess.run(a.initializer)
        return [
            sess.run(v, {v: [[1, 2, 3], [4, 5, 6]]}),
            sess.run(a, {a: np.ones([2, 3])}),
            sess.run(a),
            sess.run(a + 1, {a: np.ones([2, 3])}),
            attempt(lambda: sess.run(v, {v: [[1, 2]]})),
            attempt(lambda: sess.run(v, {v: [[1, 2, 3], [1, 2]]})),
        ]


@program
def partial_runs_in_order(tf):
    with tf.Session() as sess:
        a, b, c = [tf.placeholder(tf.float32, shape=[]) for _ in range(3)]
        r1 = tf.add(a, b)
        r2 = tf.multiply(r1, c)
        h = sess.partial_run_setup([r1, r2], [a, b, c])
        res = [sess.partial_run(h, r1, {a: 1, b: 2})]
        res.append(sess.partial_run(h, r2, {c: res[0] * 17}))
        h = sess.partial_run_setup([r1, r2], [a, b, c])
        missing = attempt(lambda: sess.partial_run(h, r1, {a: 1}))
        h = sess.partial_run_setup([r1], [a, b, c])
        unspecified = attempt(lambda: sess.partial_run(h, r2, {a: 1, b: 2}))
        h = sess.partial_run_setup([r1], [a, b])
        feed = attempt(lambda: sess.partial_run(h, r1, {a: 1, b: 2, c: 3}))
        h = sess.partial_run_setup([r1, r2], [a, b, c])
        sess.partial_run(h, r1, {a: 1, b: 2})
        twice = attempt(lambda: sess.partial_run(h, r1, {a: 1}))
        return res + [
            missing,
            unspecified,
            feed,
            twice,
            attempt(lambda: sess.partial_run_setup(None, [a])),
            attempt(lambda: sess.partial_run_setup([r1], None)),
            attempt(lambda: sess.partial_run("nothing", r1, {a: 1})),
        ]


@program
def many_partial_runs_at_once(tf):
    steps = 20
    with tf.Session() as sess:
        inputs = [tf.placeholder(tf.float32, []) for _ in range(steps)]
        total, outs = tf.constant(0.0), []
        for each in inputs:
            total = total + each
            outs.append(total)
        handles = [sess.partial_run_setup(outs, inputs) for _ in range(3)]
        for i in range(steps):
            got = [sess.partial_run(h, outs[i], {inputs[i]: float(k)}) for k, h in enumerate(handles)]
        return got


@program
def handles_of_sessions(tf):
    ops = internal("ops.session_ops")
    with tf.Session() as sess:
        a, b = tf.constant(10), tf.constant(5)
        h = sess.run(ops.get_session_handle(tf.multiply(a, b)))
        f, x = ops.get_session_tensor(h.handle, tf.int32)
        y = tf.multiply(x, 10)
        first = sess.run(y, {f: h.handle})
        holder, deleter = ops.delete_session_tensor(h.handle)
        sess.run(deleter, {holder: h.handle})
        return [
            first,
            h.handle[:11],
            attempt(lambda: sess.run(y, {f: h.handle})),
            type(h).__name__,
            type(h.get_raw_handle()).__name__,
            str(f.dtype),
            x.dtype.name,
        ]


@program
def handles_evaluate_and_chain(tf):
    ops = internal("ops.session_ops")
    with tf.Session() as sess:
        p = tf.placeholder(tf.float32)
        h = sess.run(ops.get_session_handle(tf.constant([1.0, 2.0])))
        doubled = ops.get_session_handle(p * 2.0)
        for _ in range(3):
            h = sess.run(doubled, {p: h})
        kept = sess.run(ops.get_session_handle(tf.constant("text")))
        return [h.eval(), kept.eval(), h.delete(), attempt(h.eval)]


@program
def resets(tf):
    v = tf.Variable(1.0, name="v")
    w = tf.Variable(2.0, name="w")
    sess = tf.Session()
    sess.run([v.initializer, w.initializer])
    tf.Session.reset("")
    gone = attempt(lambda: sess.run(v))
    with tf.Session() as again:
        unset = attempt(lambda: again.run(v))
    return [
        type(gone).__name__,
        type(unset).__name__,
        attempt(lambda: tf.Session.reset("", "container")),
        attempt(lambda: tf.Session.reset("", ["a", "b"])),
    ]


@program
def wrong_configs(tf):
    tf.constant(1)
    return [
        attempt(lambda: tf.Session(target=37)),
        attempt(lambda: tf.Session(config=37)),
        attempt(lambda: tf.Session(graph=37)),
    ]


@program
def with_statement_after_an_error(tf):
    c = tf.constant(1)

    def body():
        with tf.Session() as sess:
            raise ValueError("%s" % (tf.get_default_session() is sess))

    error = attempt(body)
    with tf.Session() as sess:
        return [error, c.eval(), tf.get_default_session() is sess]


@program
def extended_graphs(tf):
    with tf.Session() as sess:
        c = tf.constant(5.0, name="c")
        first = c.eval()
        d = tf.constant(6.0, name="d")
        e = d.eval()
        f = tf.multiply(c, d)
        sess._extend_graph()
        return [first, e, f.eval()]


@program
def partition_graphs(tf):
    meta = tf.RunMetadata()
    with tf.device("/cpu:0"):
        a = tf.constant(1.0)
    with tf.device("/cpu:1"):
        b = a + 2.0
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as sess:
        sess.run(b, options=tf.RunOptions(output_partition_graphs=True), run_metadata=meta)
        return [
            len(meta.partition_graphs),
            sorted({n.device[-5:] for g in meta.partition_graphs for n in g.node}),
        ]


@program
def variables_of_two_sessions(tf):
    v = tf.Variable(1.0)
    with tf.Session() as a, tf.Session() as b:
        a.run(v.initializer)
        b.run(v.initializer)
        a.run(v.assign_add(5.0))
        return [a.run(v), b.run(v)]
