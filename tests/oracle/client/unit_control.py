"""Control flow, checks, printing, Python functions, traces and test cases, as in unit tests."""

import collections
import json
import sys

import numpy as np

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def groups(tf):
    control = internal("ops.control_flow_ops")
    a = tf.constant(0, name="a")
    b, c = tf.constant(0, name="b"), tf.constant(0, name="c")
    with tf.device("/task:0"):
        d = tf.constant(0, name="d")
    with tf.device("/task:1"):
        e = tf.constant(0, name="e")
    root = control.group(a.op, b.op, c.op, d.op, e.op, name="root")
    nodes = {n.name: [n.op, n.device, list(n.input)] for n in tf.get_default_graph().as_graph_def().node}
    return [
        nodes,
        root.type,
        attempt(lambda: control.group(1, 2)),
        control.group([a, (b,)]).type,
        control.group().type,
        attempt(lambda: control.group(a, nothing=3)),
    ]


@program
def tuples(tf):
    control = internal("ops.control_flow_ops")
    v1, v2 = tf.Variable(3.0, name="v1"), tf.Variable([1.0], name="v2")
    t1, t2 = control.tuple([v1, v2])
    t3, t4, none = control.tuple([v1 + 1, v2, None], control_inputs=[tf.assign(v1, 10.0)])
    with tf.Session() as sess:
        sess.run([v1.initializer, v2.initializer])
        return [
            sess.run([t1, t2]),
            none,
            t1.op.type,
            attempt(lambda: control.tuple([])),
            attempt(lambda: control.tuple([None])),
            attempt(lambda: control.tuple([v1], control_inputs=[3])),
            sess.run(t4),
            str(t2.get_shape()),
            t3 is not None,
        ]


@program
def with_dependencies(tf):
    control = internal("ops.control_flow_ops")
    v = tf.Variable(0.0)
    counted = control.with_dependencies([v.assign_add(1.0)], tf.constant(7.0))
    slices = control.with_dependencies(
        [v.initializer], tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([0]))
    )
    with tf.Session() as sess:
        sess.run(v.initializer)
        return [
            sess.run(counted),
            sess.run(v),
            type(slices).__name__,
            sess.run(slices).values,
            sess.run(v),
        ]


@program
def conds(tf):
    x = tf.constant(10)
    p = tf.placeholder(tf.bool)
    r = tf.cond(p, lambda: x + 1, lambda: x - 1)
    two = tf.cond(p, lambda: [x, x * 2], lambda: [x * 3, x])
    dic = tf.cond(p, lambda: {"a": x, "b": (x, [x])}, lambda: {"a": x + 5, "b": (x, [x + 6])})
    sparse = tf.cond(
        p, lambda: tf.SparseTensor([[0]], [1.0], [1]), lambda: tf.SparseTensor([[1]], [2.0], [3])
    )
    op = tf.cond(p, lambda: tf.no_op(), lambda: tf.no_op())
    single = tf.cond(p, lambda: [x], lambda: [x + 1], strict=True)
    loose = tf.cond(p, lambda: [x], lambda: [x + 1])
    with tf.Session() as sess:
        return [
            sess.run([r, two, dic], {p: True}),
            sess.run([r, two, dic], {p: False}),
            sess.run(sparse, {p: False}).values,
            type(op).__name__,
            type(single).__name__,
            type(loose).__name__,
            r.op.name,
        ]


@program
def conds_refused(tf):
    p, x = tf.placeholder(tf.bool), tf.constant(1)
    return [
        attempt(lambda: tf.cond(p, lambda: x, lambda: [x, x])),
        attempt(lambda: tf.cond(p, lambda: x, lambda: tf.constant(1.0))),
        attempt(lambda: tf.cond(p, 1, lambda: x)),
        attempt(lambda: tf.cond(p, lambda: x, 1)),
        attempt(lambda: tf.cond(p, lambda: x)),
        attempt(lambda: tf.cond(True, lambda: x, lambda: x)),
        attempt(lambda: tf.cond(x, lambda: x, lambda: x)),
        attempt(lambda: tf.cond(tf.placeholder(tf.bool, [2]), lambda: x, lambda: x)),
        attempt(lambda: tf.cond(p, lambda: None, lambda: x)),
        attempt(lambda: tf.cond(p, lambda: object(), lambda: x)),
        attempt(lambda: tf.cond(p, fn1=lambda: x, fn2=lambda: x, false_fn=lambda: x)),
    ]


@program
def conds_update_and_nest(tf):
    v = tf.Variable(1.0)
    p, q = tf.placeholder(tf.bool), tf.placeholder(tf.bool)
    up = tf.cond(
        p,
        lambda: tf.cond(q, lambda: v.assign_add(10.0), lambda: v.assign_add(1.0)),
        lambda: tf.identity(v),
    )
    outside = tf.assign(v, 100.0)

    def with_control():
        with tf.control_dependencies([outside]):
            return tf.identity(v)

    waits = tf.cond(p, with_control, lambda: tf.constant(-1.0))
    with tf.Session() as sess:
        sess.run(v.initializer)
        return [
            sess.run(up, {p: True, q: True}),
            sess.run(up, {p: True, q: False}),
            sess.run(up, {p: False, q: True}),
            sess.run(v),
            sess.run(waits, {p: False}),
            sess.run(v),
            sess.run(waits, {p: True}),
        ]


@program
def gradients_of_conds(tf):
    x, p = tf.constant(3.0), tf.placeholder(tf.bool)
    y = tf.cond(p, lambda: x * x, lambda: x * 5.0)
    (g,) = tf.gradients(y, x)
    w = tf.Variable([1.0, 2.0])
    z = tf.cond(p, lambda: tf.reduce_sum(w * x), lambda: x)
    gw, gx = tf.gradients(z, [w, x])
    with tf.Session() as sess:
        sess.run(w.initializer)
        return [sess.run([g, gw, gx], {p: True}), sess.run([g, gw, gx], {p: False})]


@program
def whiles(tf):
    i = tf.constant(0)
    simple = tf.while_loop(lambda i: tf.less(i, 10), lambda i: i + 1, [i])
    many = tf.while_loop(lambda i, x: i < 4, lambda i, x: (i + 1, x * 2.0), [i, tf.constant([1.0, 2.0])])
    Pair = collections.namedtuple("Pair", "j k")
    nested = tf.while_loop(
        lambda i, p: i < 3,
        lambda i, p: (i + 1, Pair(p.j + p.k, p.j - p.k)),
        [i, Pair(tf.constant(1), tf.constant(2))],
    )
    growing = tf.while_loop(
        lambda i, m: i < 3,
        lambda i, m: [i + 1, tf.concat([m, m], 0)],
        [i, tf.ones([1, 2])],
        shape_invariants=[i.get_shape(), tf.TensorShape([None, 2])],
    )
    limited = tf.while_loop(lambda i: True, lambda i: i + 1, [i], maximum_iterations=5)
    single = tf.while_loop(lambda i: i < 2, lambda i: [i + 1], [i], return_same_structure=True)
    with tf.Session() as sess:
        return [
            sess.run([simple, many, nested, growing, limited, single]),
            str(growing[1].get_shape()),
            type(simple).__name__,
            type(single).__name__,
            type(nested[1]).__name__,
        ]


@program
def whiles_refused(tf):
    i = tf.constant(0)
    return [
        attempt(lambda: tf.while_loop(lambda i: True, lambda i: i + 1, [])),
        attempt(lambda: tf.while_loop(1, lambda i: i, [i])),
        attempt(lambda: tf.while_loop(lambda i: True, 1, [i])),
        attempt(lambda: tf.while_loop(lambda i: True, lambda i: i, [i], parallel_iterations=0)),
        attempt(lambda: tf.while_loop(lambda i: i < 3, lambda i: (i, i), [i])),
        attempt(lambda: tf.while_loop(lambda m: True, lambda m: tf.concat([m, m], 0), [tf.ones([1, 2])])),
        attempt(lambda: tf.while_loop(lambda i: i, lambda i: i, [i])),
        attempt(lambda: tf.while_loop(lambda i: True, lambda i: i, [i], maximum_iterations=[1, 2])),
        attempt(
            lambda: tf.while_loop(
                lambda i: i < 1,
                lambda i: i + 1,
                [i],
                shape_invariants=[tf.TensorShape([]), tf.TensorShape([])],
            )
        ),
        attempt(lambda: tf.while_loop(lambda i: i < 1, lambda i: None, [i])),
    ]


@program
def whiles_with_variables_and_queues(tf):
    v = tf.Variable(0)
    loop = tf.while_loop(
        lambda i: i < 5, lambda i: tf.group(tf.assign_add(v, i)) and (i + 1), [tf.constant(0)]
    )

    def body(i):
        with tf.control_dependencies([tf.assign_add(v, 2)]):
            return i + 1

    counting = tf.while_loop(lambda i: i < 5, body, [0])
    q = tf.FIFOQueue(10, tf.int32, [()])

    def put(i):
        with tf.control_dependencies([q.enqueue(i * i)]):
            return i + 1

    filling = tf.while_loop(lambda i: i < 4, put, [0])
    with tf.Session() as sess:
        sess.run(v.initializer)
        return [
            sess.run(counting),
            sess.run(v),
            sess.run(filling),
            sess.run(q.dequeue_many(4)),
            loop is not None,
        ]


@program
def gradients_of_nothing_in_loops(tf):
    x = tf.constant(2.0)
    y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y + 1.0), [tf.constant(0), x * 1.0])[1]
    z = tf.stop_gradient(y) * x
    with tf.Session() as sess:
        return [sess.run(tf.gradients(z, x))]


@program
def cases(tf):
    x, y, z = [tf.placeholder(tf.int32) for _ in range(3)]
    f1, f2, f3 = (lambda: tf.constant(17)), (lambda: tf.constant(23)), (lambda: tf.constant(-1))
    r = tf.case([(x < y, f1), (x > z, f2)], default=f3, exclusive=True)
    d = tf.case({x < y: f1, x > z: f2}, default=f3, exclusive=True)
    first = tf.case([(x < y, f1), (x > z, f2)], default=f3)
    nodefault = tf.case([(x < y, f1)], exclusive=False)
    with tf.Session() as sess:
        run = lambda t, *v: sess.run(t, dict(zip((x, y, z), v)))
        return [
            run(r, 1, 2, 3),
            run(r, 2, 1, 3),
            run(r, 5, 1, 3),
            run(d, 1, 2, 3),
            attempt(lambda: run(r, 2, 3, 1)),
            run(first, 2, 3, 1),
            run(nodefault, 1, 2, 3),
            attempt(lambda: run(nodefault, 2, 1, 1)),
            attempt(lambda: tf.case([f1])),
            attempt(lambda: tf.case([(1, f1)])),
            attempt(lambda: tf.case([(x < y, 3)])),
            attempt(lambda: tf.case([(x < y, f1)], default=3)),
            attempt(lambda: tf.case(3)),
        ]


@program
def switch_cases(tf):
    i = tf.placeholder(tf.int32, [])
    b = tf.switch_case(
        i, {0: lambda: tf.constant(10), 1: lambda: tf.constant(20)}, default=lambda: tf.constant(-1)
    )
    n = tf.switch_case(i, [lambda: tf.constant("a"), lambda: tf.constant("b")])
    with tf.Session() as sess:
        return [
            [sess.run([b, n], {i: k}) for k in (0, 1, 5, -3)],
            attempt(lambda: tf.switch_case(3.0, [lambda: 1])),
            attempt(lambda: tf.switch_case(i, [])),
            attempt(lambda: tf.switch_case(i, {"a": lambda: 1})),
            attempt(lambda: tf.switch_case(i, {5: lambda: 1})),
        ]


@program
def asserts(tf):
    control = internal("ops.control_flow_ops")
    c, p = tf.constant([1, 2]), tf.placeholder(tf.bool)
    ok, no = tf.Assert(True, [c]), tf.Assert(False, [c, "text", 3.5], name="named")
    late = tf.Assert(p, ["data", c], summarize=1)
    all_of = control.Assert(tf.constant([True, False]), ["vector"])
    with tf.Session() as sess:
        return [
            sess.run(ok),
            attempt(lambda: sess.run(no)),
            sess.run(late, {p: True}),
            attempt(lambda: sess.run(late, {p: False})),
            attempt(lambda: sess.run(all_of)),
            attempt(lambda: tf.Assert(False, c)),
            attempt(lambda: tf.Assert(False, "text")),
            type(late).__name__,
        ]


@program
def static_checks(tf):
    one, two = tf.constant([1], name="one"), tf.constant([2], name="two")
    p = tf.placeholder(tf.float32, name="p")
    checks = [
        lambda: tf.assert_equal(one, two, message="m"),
        lambda: tf.assert_less(two, one),
        lambda: tf.assert_positive(-one),
        lambda: tf.assert_rank(one, 0),
        lambda: tf.assert_rank(one, 1),
        lambda: tf.assert_rank_in(one, (0, 2)),
        lambda: tf.assert_rank_at_least(one, 3),
        lambda: tf.assert_type(one, tf.float32),
        lambda: tf.assert_integer(p),
        lambda: tf.assert_proper_iterable(one),
        lambda: tf.assert_proper_iterable([one]),
        lambda: tf.assert_scalar(one),
        lambda: tf.assert_near(1.0, 1.1),
        lambda: tf.assert_none_equal(one, one),
        lambda: tf.assert_non_negative(one),
        lambda: tf.assert_same_float_dtype([p, one]),
        lambda: tf.assert_same_float_dtype([p]),
        lambda: tf.assert_rank(one, [1, 2]),
        lambda: tf.assert_rank(one, tf.constant([1])),
        lambda: tf.assert_greater_equal(one, two, data=["given"], summarize=2, name="check"),
        lambda: tf.assert_type(p, tf.float32),
    ]
    return [found if isinstance(found, Exception) else type(found).__name__ for found in map(attempt, checks)]


@program
def checks_at_run_time(tf):
    p, q = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    checks = [
        tf.assert_equal(p, q),
        tf.assert_less(p, q, message="less"),
        tf.assert_positive(p),
        tf.assert_rank(p, 1),
        tf.assert_rank_in(p, [1, 2]),
        tf.assert_rank_at_least(p, 1),
        tf.assert_near(p, q),
        tf.assert_none_equal(p, q, data=["d"]),
        tf.assert_less_equal(p, q),
        tf.assert_non_positive(p),
    ]
    inc = [tf.is_strictly_increasing(p), tf.is_non_decreasing(p)]
    with tf.Session() as sess:
        return [
            [attempt(lambda: sess.run(c, {p: [3.0, 5.0], q: [3.0, 4.0]})) for c in checks],
            [attempt(lambda: sess.run(c, {p: 3.0, q: 3.0})) for c in checks],
            sess.run(inc, {p: [1.0, 1.0]}),
            sess.run(inc, {p: []}),
        ]


@program
def ensured_shapes(tf):
    p = tf.placeholder(tf.int32, [None, 3])
    e = tf.ensure_shape(p, [2, None])
    with tf.Session() as sess:
        return [
            str(e.get_shape()),
            sess.run(e, {p: np.zeros((2, 3))}).shape,
            attempt(lambda: sess.run(e, {p: np.zeros((4, 3))})),
            attempt(lambda: tf.ensure_shape(tf.zeros([2]), [3])),
        ]


@program
def printing(tf):
    x = tf.constant([1.5, 2.5], name="x")
    with tf.Session() as sess:
        util = internal("framework.test_util")
        case = internal("platform.test").TestCase()
        del util
        out = []
        for make in (
            lambda: tf.print(x),
            lambda: tf.print("a", x, {"k": x, "j": [1, x]}, sep="|", end="!\n"),
            lambda: tf.print(x, summarize=1),
            lambda: tf.print("only text"),
            lambda: tf.Print(x, [x, "t"], message="msg: ", summarize=1).op,
            lambda: tf.print(tf.constant(["s", "t"])),
        ):
            op = make()
            with case.captureWritesToStream(sys.stderr) as printed:
                sess.run(op)
            out.append(printed.contents())
        return out + [
            attempt(lambda: tf.print(x, output_stream="nowhere")),
            attempt(lambda: tf.print(x, nothing=1)),
        ]


@program
def printing_elsewhere(tf):
    import os
    import tempfile

    path = os.path.join(tempfile.mkdtemp(), "log")
    x = tf.constant([1, 2])
    logging = internal("platform.tf_logging")
    with tf.Session() as sess:
        sess.run(tf.print(x, output_stream="file://" + path))
        sess.run(tf.print("more", x, output_stream="file://" + path))
        quiet = sess.run(tf.print(x, output_stream=logging.info))
        return [open(path).read(), quiet]


@program
def python_functions(tf):
    script = internal("ops.script_ops")
    x, y = tf.constant(1.0), tf.constant(2.0)
    with tf.Session() as sess:
        run = lambda f, inp, t, **k: sess.run(script.py_func(f, inp, t, **k))
        return [
            run(lambda a, b: np.sinh(a) + np.cosh(b), [x, y], tf.float32),
            run(lambda: (1, 2.0, b"s"), [], [tf.int64, tf.float64, tf.string]),
            run(lambda a: [a, np.float32(a + 1)], [x], [tf.float32, tf.float32]),
            run(lambda s: [s + b"!", "\u00fc"], [tf.constant("hi")], [tf.string, tf.string]),
            run(lambda: None, [], []),
            attempt(lambda: run(lambda a: a, [x], tf.int32)),
            attempt(lambda: run(lambda a: (a, a), [x], tf.float32)),
            attempt(lambda: run(lambda: {1: 2}, [], tf.int64)),
            attempt(lambda: script.py_func(3, [], tf.int32)),
            attempt(lambda: script.py_func(lambda: 1, [], "nothing")),
            run(lambda s: np.array(["a", "e"]), [x], tf.string),
            run(lambda: np.array([b"a\0"], object), [], tf.string),
            attempt(lambda: run(lambda: [b"this", b"is"], [], tf.string)),
            attempt(lambda: run(lambda: np.array([], [("foo", np.float32)]), [], tf.float32)),
            attempt(lambda: run(lambda: [[1, 2], [3]], [], tf.int64)),
            run(lambda: np.arange(6.0).reshape(2, 3).T, [], tf.float64),
            attempt(lambda: run(lambda: 3, [], [])),
        ]


@program
def python_functions_that_fail(tf):
    def raising(error):
        def f():
            raise error

        return tf.py_func(f, [], tf.int32, name="raises")

    with tf.Session() as sess:
        errors = [
            ValueError("value"),
            TypeError("type"),
            StopIteration("stop"),
            MemoryError("memory"),
            NotImplementedError("no"),
            KeyError("key"),
            RuntimeError("run"),
            tf.errors.InvalidArgumentError(None, None, "arg"),
            tf.errors.OutOfRangeError(None, None, "end"),
        ]
        return [
            [type(e).__name__ for e in [attempt(lambda: sess.run(raising(error)))]]
            + [str(error.args[0]) if error.args else "" in ""]
            for error in errors
        ]


@program
def state_of_python_functions(tf):
    calls = []
    stateful = tf.py_func(lambda: calls.append(1) or np.float32(len(calls)), [], tf.float32)
    twice = tf.py_func(lambda a: calls.append(2) or a, [tf.constant(1.0)], tf.float32, stateful=False)
    numpy = tf.numpy_function(lambda a: a * 2, [tf.constant([1.0])], tf.float32)
    with tf.Session() as sess:
        out = [sess.run(stateful), sess.run(stateful), sess.run([twice, numpy])]
        return out + [
            stateful.op.type,
            twice.op.type,
            str(stateful.get_shape()),
            attempt(lambda: tf.gradients(twice, tf.constant(1.0))),
        ]


@program
def arrays_of_python_functions_are_their_own(tf):
    kept = np.zeros(3, np.float32)
    given = []

    def f(a):
        given.append(a)
        return kept

    y = tf.py_func(f, [tf.constant([5.0])], tf.float32)
    with tf.Session() as sess:
        first = sess.run(y)
        first[0] = 7
        kept[1] = 3
        return [first, sess.run(y), given[0], kept]


@program
def finite_numbers(tf):
    p = tf.placeholder(tf.float32)
    checked = tf.verify_tensor_all_finite(p, "my message")
    numerics = tf.check_numerics(p / 0.0, "div")
    checks = tf.add_check_numerics_ops()
    with tf.Session() as sess:
        return [
            sess.run(checked, {p: [1.0]}),
            attempt(lambda: sess.run(checked, {p: [np.nan]})),
            attempt(lambda: sess.run(checked, {p: [np.inf]})),
            attempt(lambda: sess.run(numerics, {p: 0.0})),
            attempt(lambda: sess.run(numerics, {p: 1.0})),
            attempt(lambda: sess.run(checks, {p: 1.0})),
        ]


# -- traces ----------------------------------------------------------------------------------


@program
def timelines(tf):
    timeline = internal("client.timeline")
    meta = tf.RunMetadata()
    with tf.device("/cpu:0"), tf.Session() as sess:
        w = tf.Variable(tf.ones([4, 4]), name="w")
        sess.run(w.initializer)
        step = tf.assign_sub(w, tf.matmul(w, w) * 0.1)
        sess.run(step, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=meta)
    tl = timeline.Timeline(meta.step_stats)
    trace = json.loads(tl.generate_chrome_trace_format(show_memory=True))
    analysis = timeline.Timeline(meta.step_stats).analyze_step_stats()
    plain = json.loads(timeline.Timeline(meta.step_stats).generate_chrome_trace_format(show_dataflow=False))
    return [
        sorted(trace),
        sorted({e["ph"] for e in trace["traceEvents"]} - {"s", "t"}),
        any(
            e.get("args", {}).get("op") in ("MatMul", "Cluster") or "MatMul" in str(e)
            for e in trace["traceEvents"]
        ),
        sorted(type(analysis)._fields),
        any("cpu" in k.lower() for k in analysis.allocator_maximums),
        sorted({e["ph"] for e in plain["traceEvents"]}),
    ]


@program
def maximums_of_allocators(tf):
    timeline = internal("client.timeline")
    meta = tf.RunMetadata()
    with tf.device("/cpu:0"):
        const1 = tf.Variable(1.0, name="const1")
    with tf.device("/cpu:1"):
        const2 = tf.Variable(2.0, name="const2")
    with tf.device("/cpu:2"):
        result = const1 + const1 * const2
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 3})) as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(result, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=meta)
    devices = {d.device.split("/")[-1] for d in meta.step_stats.dev_stats}
    analysis = timeline.Timeline(meta.step_stats).analyze_step_stats()
    maximum = (
        analysis.allocator_maximums["cpu"]
        if "cpu" in analysis.allocator_maximums
        else list(analysis.allocator_maximums.values())[0]
    )
    return [
        {"device:CPU:0", "device:CPU:1", "device:CPU:2"} <= devices,
        maximum.num_bytes >= 8,
        maximum.timestamp > 0,
        len(maximum.tensors) >= 1,
        analysis.chrome_trace.format_to_string()[:15],
    ]


# -- test cases ------------------------------------------------------------------------------


@program
def sessions_of_test_cases(tf):
    test = internal("platform.test")

    class Case(test.TestCase):
        def runTest(self):
            pass

    case = Case()
    case.setUp()
    with case.session() as sess:
        one = [
            sess.run(tf.constant(1)),
            tf.get_default_session() is sess,
            sess.graph is tf.get_default_graph(),
        ]
    with case.cached_session() as first:
        with case.cached_session() as second:
            two = [first is second]
    with case.test_session(use_gpu=False) as sess:
        two.append(sess.run(tf.constant(2)))
    other = tf.Graph()
    mixed = attempt(lambda: case.cached_session(graph=other).__enter__())
    return [one, two, mixed]


@program
def assertions(tf):
    case = internal("platform.test").TestCase("__init__")
    c = tf.constant([1.0, 2.0])
    tries = [
        lambda: case.assertAllClose([1.0], [1.0 + 1e-7]),
        lambda: case.assertAllClose([1.0], [1.1]),
        lambda: case.assertAllEqual([1, 2], np.array([1, 2])),
        lambda: case.assertAllEqual([1], [2]),
        lambda: case.assertShapeEqual(np.zeros(2), c),
        lambda: case.assertShapeEqual(np.zeros(3), c),
        lambda: case.assertStartsWith("abc", "ab"),
        lambda: case.assertStartsWith("abc", "x"),
        lambda: case.assertNear(1.0, 1.5, 0.1),
        lambda: case.assertArrayNear([1.0], [1.0], 0.1),
        lambda: case.assertProtoEquals("node { name: 'a' }", tf.GraphDef(node=[tf.NodeDef(name="a")])),
        lambda: case.assertProtoEquals("node { name: 'b' }", tf.GraphDef()),
        lambda: case.assertNDArrayNear(np.ones(2), np.ones(2), 0.1),
        lambda: case.assertAllCloseAccordingToType(np.float16([1.0]), np.float16([1.001])),
        lambda: case.assertDeviceEqual("/cpu:0", "/device:CPU:0"),
        lambda: case.assertDeviceEqual("/cpu:0", "/cpu:1"),
        lambda: case.assertAllInRange([1], 0, 2),
        lambda: case.assertAllGreater([1], 2),
        lambda: case.assertNotAllClose([1.0], [1.0]),
        lambda: case.assertEmpty([]),
        lambda: case.assertItemsEqual([1, 2], [2, 1]),
    ]
    return [type(found).__name__ if isinstance(found, Exception) else found for found in map(attempt, tries)]


@program
def errors_that_are_expected(tf):
    case = internal("platform.test").TestCase("__init__")
    out = []

    def inside(manager, error):
        with manager:
            raise error

    op = tf.placeholder(tf.float32, name="op1").op
    error = tf.errors.InvalidArgumentError(None, op, "the words")
    for predicate, raised in (
        ("words", error),
        ("op1", error),
        ("nothing", error),
        (lambda e: e.op is op, error),
        (lambda e: False, error),
        ("x", ValueError("x")),
    ):
        out.append(type(attempt(lambda: inside(case.assertRaisesOpError(predicate), raised))).__name__)
    for kind, pattern, raised in (
        (ValueError, "a+", ValueError("caat")),
        (ValueError, "b", ValueError("caat")),
        (KeyError, "a", ValueError("a")),
    ):
        out.append(
            type(attempt(lambda: inside(case.assertRaisesWithPredicateMatch(kind, pattern), raised))).__name__
        )
        out.append(type(attempt(lambda: inside(case.assertRaisesRegexp(kind, pattern), raised))).__name__)
    return out


@program
def threads_of_test_cases(tf):
    case = internal("platform.test").TestCase("__init__")
    found = []
    thread = case.checkedThread(target=lambda a, b: found.append(a + b), args=(1,), kwargs={"b": 2})
    thread.start()
    thread.join()
    failing = case.checkedThread(target=lambda: 1 / 0)
    failing.start()
    return [found, attempt(failing.join), attempt(thread.check_termination)]
