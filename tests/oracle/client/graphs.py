"""Graphs: looking things up, names, scopes, devices, collections, versions, changing operations."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def names(tf):
    return [op.name for op in tf.get_default_graph().get_operations()]


# -- looking things up -------------------------------------------------------------------------


@program
def elements(tf):
    g = tf.get_default_graph()
    a = tf.constant(1, name="a")
    s = tf.split([1, 2], 2, name="s")
    return [
        g.as_graph_element(a) is a,
        g.as_graph_element(a.op) is a.op,
        g.as_graph_element("a") is a.op,
        g.as_graph_element("a:0") is a,
        g.as_graph_element("s:1") is s[1],
        g.get_operation_by_name("s").type,
        g.get_tensor_by_name("s:1") is s[1],
        g.as_graph_element(tf.Variable(1, name="v")).name,
    ]


@program
def elements_that_are_refused(tf):
    g = tf.get_default_graph()
    a = tf.constant(1, name="a")
    tf.group(a, name="none")
    with tf.Graph().as_default():
        other = tf.constant(1, name="other")
    tries = [
        lambda: g.as_graph_element(a, allow_tensor=False),
        lambda: g.as_graph_element(a.op, allow_operation=False),
        lambda: g.as_graph_element(a, allow_tensor=False, allow_operation=False),
        lambda: g.as_graph_element("a:1"),
        lambda: g.as_graph_element("none:0"),
        lambda: g.as_graph_element("b"),
        lambda: g.as_graph_element("b:0"),
        lambda: g.as_graph_element("a:b"),
        lambda: g.as_graph_element("a:0:0"),
        lambda: g.as_graph_element(":0"),
        lambda: g.as_graph_element(""),
        lambda: g.as_graph_element(":"),
        lambda: g.as_graph_element("a:-1"),
        lambda: g.as_graph_element("a", allow_operation=False),
        lambda: g.as_graph_element("zz", allow_operation=False),
        lambda: g.as_graph_element("a:0", allow_tensor=False),
        lambda: g.as_graph_element(1),
        lambda: g.as_graph_element(None),
        lambda: g.as_graph_element([a]),
        lambda: g.as_graph_element(1, allow_tensor=False),
        lambda: g.as_graph_element(other),
        lambda: g.as_graph_element(other.op),
        lambda: g.get_operation_by_name("a:0"),
        lambda: g.get_operation_by_name(1),
        lambda: g.get_operation_by_name("zz"),
        lambda: g.get_operation_by_name(a),
        lambda: g.get_tensor_by_name("a"),
        lambda: g.get_tensor_by_name("zz:0"),
        lambda: g.get_tensor_by_name(1),
        lambda: g.get_tensor_by_name(a),
        lambda: g.get_tensor_by_name("a:9"),
    ]
    return [attempt(t) for t in tries]


@program
def bytes_as_names(tf):
    g = tf.get_default_graph()
    tf.constant(1, name="a")
    return [
        attempt(lambda: g.as_graph_element(b"a").name),
        attempt(lambda: g.as_graph_element(b"a:0").name),
        attempt(lambda: g.get_operation_by_name(b"a").name),
        attempt(lambda: g.get_tensor_by_name(b"a:0").name),
    ]


@program
def things_that_stand_for_elements(tf):
    g = tf.get_default_graph()
    a = tf.constant(1, name="a")

    class Stands(object):
        def _as_graph_element(self):
            return a

    class StandsBadly(object):
        def _as_graph_element(self):
            return 3

    with tf.Session() as session:
        return [
            g.as_graph_element(Stands()) is a,
            attempt(lambda: g.as_graph_element(StandsBadly())),
            session.run(Stands()),
            session.run(tf.constant(1) + 1, {Stands(): 4}),
        ]


@program
def is_fetchable_and_feedable(tf):
    g = tf.get_default_graph()
    a, b = tf.constant(1), tf.constant(2)
    g.prevent_fetching(a.op)
    g.prevent_feeding(b)
    c = a + b
    with tf.Session() as session:
        return [
            g.is_fetchable(a),
            g.is_fetchable(a.op),
            g.is_fetchable(b),
            g.is_feedable(a),
            g.is_feedable(b),
            session.run(c),
            attempt(lambda: session.run(a)),
            attempt(lambda: session.run(a.op)),
            attempt(lambda: session.run(c, {b: 1})),
            session.run(c, {a: 5}),
            session.run(b),
            attempt(lambda: session.partial_run_setup(c, [b])),
        ]


# -- names -------------------------------------------------------------------------------------


@program
def unique_names(tf):
    g = tf.get_default_graph()
    result = [
        g.unique_name("foo"),
        g.unique_name("foo"),
        g.unique_name("foo_1"),
        g.unique_name("foo"),
        g.unique_name("bar", mark_as_used=False),
        g.unique_name("bar"),
        g.unique_name("bar", mark_as_used=False),
        g.unique_name("bar"),
    ]
    with g.name_scope("baz"):
        result += [g.unique_name("foo"), g.unique_name("foo"), g.unique_name("baz")]
    with g.name_scope("baz"):
        result += [g.unique_name("foo")]
    return result


@program
def unique_names_in_any_case(tf):
    g = tf.get_default_graph()
    result = [g.unique_name(n) for n in ("foo", "Foo", "FOO", "foo", "foo_1", "Foo_1", "fOO")]
    with g.name_scope("bar"):
        result += [g.unique_name("foo"), g.unique_name("Foo")]
    with g.name_scope("Bar"):
        result += [g.unique_name("foo")]
    return result


@program
def name_scopes(tf):
    g = tf.get_default_graph()
    seen = []
    with g.name_scope("one") as s1:
        seen.append(s1)
        with g.name_scope("two") as s2:
            seen += [s2, g.get_name_scope()]
            with g.name_scope("") as root:
                seen.append(root)
                with g.name_scope("three") as s3:
                    seen.append(s3)
            with g.name_scope(None) as none:
                seen += [none, g.get_name_scope() or ""]
            with g.name_scope(s1) as again:
                seen.append(again)
                with g.name_scope("two") as s4:
                    seen.append(s4)
        with g.name_scope("_under") as s5:
            seen.append(s5)
    with g.name_scope("one") as s6:
        seen.append(s6)
    with g.name_scope("one/") as s7:
        seen += [s7, tf.constant(1, name="c").name, tf.constant(1, name="c").name]
    with g.name_scope("one/two/") as s8:
        seen += [s8, g.unique_name("x")]
    with g.name_scope("a/b"):
        seen.append(tf.constant(1).name)
    seen.append(g.get_name_scope())
    return seen


@program
def name_scopes_that_are_refused(tf):
    g = tf.get_default_graph()

    def enter(name):
        with g.name_scope(name) as scope:
            return scope

    def nested(name):
        with g.name_scope("outer"):
            return enter(name)

    return [
        attempt(lambda n=n, f=f: f(n))
        for n in ("_bad", "-bad", "a b", "a?", "a:0", "a/b", ".a", "9", "a//b", "ä")
        for f in (enter, nested)
    ] + [attempt(lambda: enter(1)), attempt(lambda: enter(tf.constant(1)))]


@program
def name_scope_function(tf):
    a = tf.constant(1, name="a")
    with tf.Graph().as_default():
        b = tf.constant(1, name="b")
    seen = []
    with tf.name_scope("x") as s:
        seen.append(s)
    with tf.name_scope(None, "default", [a]) as s:
        seen += [s, tf.get_default_graph() is a.graph]
    with tf.name_scope("named", "default", [b]) as s:
        seen += [s, tf.get_default_graph() is b.graph]
    with tf.name_scope(None) as s:
        seen.append(s)
    with tf.name_scope("") as s:
        seen.append(s)

    def mixed():
        with tf.name_scope("n", values=[a, b]):
            pass

    def nothing():
        with tf.name_scope(None, None, [a]):
            pass

    def number():
        with tf.name_scope(3):
            pass

    return seen + [
        attempt(mixed),
        attempt(nothing),
        attempt(number),
        tf.name_scope("x").name,
        attempt(lambda: tf.constant(1, name="in") + 1),
        names(tf),
    ]


@program
def names_of_operations(tf):
    def named(name):
        return tf.constant(1, name=name).op.name

    def scoped(name):
        with tf.name_scope("s"):
            return named(name)

    tries = [
        "a",
        "a",
        "A",
        ".a",
        "a.b",
        "a-b",
        "a/b",
        "9a",
        "_a",
        "-a",
        "a b",
        "a:b",
        "a?",
        "",
        "a\\b",
        "a>b",
        "x/",
    ]
    return [attempt(lambda n=n, f=f: f(n)) for n in tries for f in (named, scoped)]


@program
def names_are_not_reused_in_scope(tf):
    with tf.name_scope("a"):
        tf.constant(1, name="b")
    tf.constant(1, name="a")
    tf.constant(1, name="a/b")
    with tf.name_scope("a"):
        tf.constant(1, name="b")
    tf.constant(1, name="a_1")
    tf.constant(1, name="A_2")
    return names(tf)


# -- operations --------------------------------------------------------------------------------


@program
def attributes_of_operations(tf):
    a = tf.placeholder(tf.float32, [2, None], name="a")
    m = tf.matmul(a, tf.constant([[1.0], [2.0]]), transpose_a=True, name="m")
    s = tf.concat([[1], [2]], 0, name="s")
    q = tf.squeeze(tf.zeros([1, 2, 1]), [0, 2], name="q")
    return [
        m.op.get_attr("transpose_a"),
        m.op.get_attr("T") == tf.float32,
        type(m.op.get_attr("T")).__name__,
        str(a.op.get_attr("shape")),
        s.op.get_attr("N"),
        q.op.get_attr("squeeze_dims"),
        attempt(lambda: m.op.get_attr("zz")),
        type(attempt(lambda: m.op.get_attr(1))).__name__,
        m.op.node_def.name,
        m.op.node_def.op,
        list(m.op.node_def.input),
        sorted(m.op.node_def.attr),
        m.op.op_def.name,
        [arg.name for arg in m.op.op_def.input_arg],
        m.op.type,
        m.op.name,
        m.op.device,
        len(m.op.inputs),
        [t.name for t in m.op.inputs],
        [t.name for t in m.op.outputs],
        [t.name for t in m.op.values()],
        m.op.control_inputs,
        repr(m.op),
        str(m.op).split("\n")[0],
        a.op.graph is tf.get_default_graph(),
        m.op.colocation_groups(),
        m.value_index,
        m.device,
    ]


@program
def set_attributes(tf):
    a = tf.constant(1, name="a")
    protos = type(a.op.node_def.attr["dtype"])
    a.op._set_attr("_note", protos(s=b"text"))
    a.op._set_attr("_count", protos(i=7))
    a.op._set_attr("_flag", protos(b=True))
    a.op._set_attr("_ratio", protos(f=0.5))
    a.op._set_attr("_type", protos(type=1))
    a.op._set_attr("_list", protos(list=protos.ListValue(i=[1, 2])))
    a.op._set_attr("_strings", protos(list=protos.ListValue(s=[b"x", b"y"])))
    names = sorted(a.op.node_def.attr)
    values = [a.op.get_attr(n) for n in ("_note", "_count", "_flag", "_ratio", "_type", "_list", "_strings")]
    with tf.Session() as session:
        return [names, values[:4], values[4] == tf.float32, values[5:], session.run(a)]


@program
def consumers(tf):
    a = tf.constant(1, name="a")
    b = tf.add(a, a, name="b")
    c = tf.add(a, b, name="c")
    with tf.control_dependencies([a]):
        tf.no_op(name="d")
    return [
        [op.name for op in a.consumers()],
        [op.name for op in b.consumers()],
        c.consumers(),
        sorted(op.name for op in a.op._control_outputs),
    ]


@program
def changed_operations(tf):
    a, b = tf.constant(1, name="a"), tf.constant(2, name="b")
    c = tf.identity(a, name="c")
    with tf.Session() as session:
        first = session.run(c)
    c.op._update_input(0, b)
    with tf.Session() as session:
        second = session.run(c)
    d = tf.no_op(name="d")
    c.op._add_control_input(d)
    c.op._add_control_inputs([d, a.op])
    result = [
        first,
        second,
        [op.name for op in c.op.control_inputs],
        [name.split(":")[0] for name in c.op.node_def.input],
    ]
    c.op._remove_all_control_inputs()
    return result + [
        c.op.control_inputs,
        attempt(lambda: c.op._update_input(3, a)),
        attempt(lambda: c.op._update_input(0, tf.constant(1.0))),
        attempt(lambda: c.op._add_control_input(a)),
    ]


@program
def printed(tf):
    a = tf.placeholder(tf.float32, [None, 3], name="a")
    b = tf.placeholder(tf.int32, name="b")
    v = tf.Variable([1.0], name="v")
    with tf.device("/cpu:0"):
        c = tf.constant("x", name="c")
    return [
        str(a),
        repr(a),
        str(b),
        repr(b),
        str(c),
        repr(c),
        str(v),
        repr(v),
        repr(a.op),
        repr(tf.float32),
        str(tf.float32),
        repr(v.dtype),
        str(tf.no_op(name="n").node_def).strip(),
        str(a.shape),
        repr(a.shape),
        repr(b.shape),
        str(v.read_value()),
    ]


@program
def tensors_as_python_values(tf):
    x = tf.placeholder(tf.float32, [3], name="x")
    i = tf.constant(1, name="i")
    with tf.Session():
        return [
            attempt(lambda: bool(x)),
            attempt(lambda: 1 if x > 1 else 2),
            attempt(lambda: x and x),
            attempt(lambda: not x),
            attempt(lambda: [y for y in x]),
            attempt(lambda: list(x)),
            attempt(lambda: len(x)),
            attempt(lambda: x in [1, x]),
            attempt(lambda: 1 in x),
            attempt(lambda: float(x)),
            attempt(lambda: int(i)),
            attempt(lambda: [1, 2][i]),
            attempt(lambda: range(i)),
            attempt(lambda: x == x),
            attempt(lambda: x != 1),
            attempt(lambda: hash(x) == hash(x)),
            attempt(lambda: np.array(x).dtype.name),
            attempt(lambda: x.foo),
            attempt(lambda: x()),
            attempt(lambda: tf.Variable(1.0) and 1),
        ]


@program
def sets_of_tensors(tf):
    a, b = tf.constant(1), tf.constant(1)
    return [len({a, b, a}), {a: 1}[a], a in [b], a in [b, a], a == b, [a, b].index(b), a != a]


# -- scopes ------------------------------------------------------------------------------------


@program
def control_dependencies(tf):
    g = tf.get_default_graph()
    a, b = tf.constant(1, name="a"), tf.constant(2, name="b")
    v = tf.Variable(1, name="v")
    r = tf.get_variable("r", [], use_resource=True)
    with g.control_dependencies([a]):
        c = tf.constant(1, name="c")
        with g.control_dependencies([b, c]):
            d = tf.constant(1, name="d")
            e = tf.identity(c, name="e")
            with g.control_dependencies(None):
                f = tf.constant(1, name="f")
                with g.control_dependencies([d]):
                    h = tf.constant(1, name="h")
            i = tf.identity(a, name="i")
    with tf.control_dependencies([v]):
        j = tf.no_op()
    with tf.control_dependencies([r]):
        k = tf.no_op()
    with tf.control_dependencies(["a", "b:0", a, a.op]):
        m = tf.no_op()
    with tf.control_dependencies(None):
        n = tf.no_op()
    with tf.control_dependencies([]):
        o = tf.no_op()
    return [[op.name for op in t.op.control_inputs] for t in (c, d, e, f, h, i)] + [
        [op.name for op in t.control_inputs] for t in (j, k, m, n, o)
    ]


@program
def control_dependencies_that_are_refused(tf):
    g = tf.get_default_graph()
    with tf.Graph().as_default():
        other = tf.constant(1, name="other")

    def enter(x):
        with g.control_dependencies(x):
            return "entered"

    return [
        attempt(lambda x=x: enter(x))
        for x in (
            [1],
            1,
            [None],
            [other],
            [other.op],
            ["zz"],
            [[tf.constant(1)]],
            tf.constant(1),
            "abc",
            [object()],
        )
    ]


@program
def control_dependencies_of_sparse(tf):
    slices = tf.IndexedSlices(tf.constant([1.0], name="values"), tf.constant([0], name="indices"))
    with tf.control_dependencies([slices]):
        a = tf.no_op()
    sparse = tf.SparseTensor([[0]], [1.0], [1])

    def enter():
        with tf.control_dependencies([sparse]):
            return [op.name for op in tf.no_op().control_inputs]

    return [[op.name for op in a.control_inputs], attempt(enter)]


@program
def control_dependencies_and_cycles(tf):
    # An operation that depends on another through a data input does not get the control input again.
    a = tf.constant(1, name="a")
    with tf.control_dependencies([a]):
        b = tf.identity(a, name="b")
        c = tf.identity(b, name="c")
        d = tf.no_op(name="d")
        e = tf.constant(1, name="e")
        f = tf.add(e, c, name="f")
    return [[op.name for op in t.control_inputs] for t in (b.op, c.op, d, e.op, f.op)]


@program
def devices(tf):
    def on(*devices):
        from contextlib import ExitStack

        with ExitStack() as stack:
            for device in devices:
                stack.enter_context(tf.device(device))
            return tf.constant(1).op.device

    def function(op):
        return "/job:fn/device:CPU:1" if op.type == "Const" else None

    spec = tf.DeviceSpec(job="w", task=1)
    tries = [
        ("/cpu:0",),
        ("/CPU:0",),
        ("/gpu:0",),
        ("/device:CPU:0",),
        ("/job:a", "/cpu:0"),
        ("/cpu:0", "/job:a"),
        ("/job:a/task:1", "/job:b"),
        ("/job:a", None),
        ("/job:a", None, "/cpu:1"),
        ("/job:a", ""),
        (function,),
        ("/job:a/replica:2", function),
        (function, "/task:3"),
        (spec,),
        (spec, "/gpu:1"),
        (lambda op: "",),
        (lambda op: None,),
        (lambda op: spec,),
        ("/job:a", lambda op: op.device + "/task:7"),
        ("/cpu:*",),
        ("cpu:0",),
        ("/foo:0",),
        ("/job:a/cpu:0/gpu:1",),
        (3,),
        ("gpu",),
        ("/device:XLA_CPU:0",),
        ("/job:a//task:1",),
        ("/cpu",),
        ("/task:x",),
        ("CPU:0",),
        ([1],),
        ("",),
    ]
    return [attempt(lambda t=t: on(*t)) for t in tries]


@program
def device_functions_see_the_operation(tf):
    seen = []

    def function(op):
        seen.append([op.type, op.name, op.device, [i.name for i in op.inputs]])
        return "/cpu:0"

    with tf.device(function):
        a = tf.constant(1, name="a")
        with tf.device("/job:x"):
            tf.identity(a, name="b")
    return seen


@program
def colocation(tf):
    with tf.device("/cpu:0"):
        a = tf.constant(1, name="a")
    with tf.device("/cpu:1"):
        b = tf.constant(1, name="b")
    with tf.colocate_with(a):
        c = tf.constant(1, name="c")
        with tf.colocate_with(b.op):
            d = tf.constant(1, name="d")
        with tf.colocate_with(b.op, ignore_existing=True):
            e = tf.constant(1, name="e")
        with tf.device("/gpu:0"):
            f = tf.constant(1, name="f")
        with tf.colocate_with(None, ignore_existing=True):
            g = tf.constant(1, name="g")
    with tf.device("/gpu:0"), tf.colocate_with(c):
        h = tf.constant(1, name="h")

    def reset():
        with tf.colocate_with(None):
            pass

    def wrong(x):
        with tf.colocate_with(x):
            pass

    return [[t.op.name, t.op.device, t.op.colocation_groups()] for t in (a, b, c, d, e, f, g, h)] + [
        attempt(reset),
        attempt(lambda: wrong(3)),
        attempt(lambda: wrong("a")),
        attempt(lambda: wrong("zz")),
    ]


@program
def containers(tf):
    with tf.container("box"):
        v = tf.Variable(1, name="v")
        q = tf.FIFOQueue(1, tf.int32)
        with tf.container("inner"):
            w = tf.Variable(1, name="w", use_resource=True)
        with tf.container(""):
            x = tf.Variable(1, name="x")
        c = tf.constant(1)
    return [
        v.op.get_attr("container"),
        q.queue_ref.op.get_attr("container"),
        w.op.get_attr("container"),
        x.op.get_attr("container"),
        "container" in c.op.node_def.attr,
    ]


@program
def gradient_override_maps(tf):
    g = tf.get_default_graph()
    x = tf.constant(3.0)
    with g.gradient_override_map({"Square": "Identity"}):
        y = tf.square(x)
        with g.gradient_override_map({"Square": "Neg", "Exp": "Neg"}):
            z = tf.square(x)

    def enter(mapping):
        with g.gradient_override_map(mapping):
            pass

    with tf.Session() as session:
        return [
            session.run(tf.gradients(y, x)),
            session.run(tf.gradients(z, x)),
            y.op.get_attr("_gradient_op_type"),
            z.op.get_attr("_gradient_op_type"),
            attempt(lambda: enter({1: "a"})),
            attempt(lambda: enter({"a": 1})),
            attempt(lambda: enter([])),
            attempt(lambda: enter({"Square": "not_registered_at_all"})),
        ]


@program
def gradient_override_without_registration(tf):
    g = tf.get_default_graph()
    x = tf.constant(3.0, name="x")
    with g.gradient_override_map({"Square": "nobody_registered_this"}):
        y = tf.square(x, name="y")
    return attempt(lambda: tf.gradients(y, x))


@program
def kernel_labels(tf):
    g = tf.get_default_graph()
    with g._kernel_label_map({"Const": "overloaded"}):
        b = tf.constant(1, name="b")
    return [b.op.get_attr("_kernel")]


# -- collections -------------------------------------------------------------------------------


@program
def collections(tf):
    g = tf.get_default_graph()

    class Named(object):
        def __init__(self, name):
            self.name = name

        def __repr__(self):
            return self.name

    key = object()
    g.add_to_collection("a", 1)
    g.add_to_collection("a", 2)
    g.add_to_collection(key, 3)
    g.add_to_collections(["a", "b", "a"], 4)
    g.add_to_collections("c", 5)
    for name in ("x/one", "x/two", "y/one"):
        g.add_to_collection("named", Named(name))
    copy = g.get_collection("a")
    copy.append(9)
    g.get_collection_ref("ref").append(1)
    return [
        g.get_collection("a"),
        g.get_collection(key),
        g.get_collection("b"),
        g.get_collection("c"),
        g.get_collection("zz"),
        [n.name for n in g.get_collection("named", "x")],
        [n.name for n in g.get_collection("named", ".*one")],
        g.get_collection("a", "x"),
        sorted(g.get_all_collection_keys()),
        len(g.collections),
        g.get_collection("ref"),
        g.get_collection_ref("a") is g.get_collection_ref("a"),
        g.clear_collection("a"),
        g.get_collection("a"),
        tf.get_collection("c"),
        tf.add_to_collection("c", 6),
        tf.get_collection_ref("c"),
        tf.add_to_collections(("d", "e"), 1),
        tf.get_collection("e"),
    ]


@program
def collections_of_a_finalized_graph(tf):
    g = tf.get_default_graph()
    g.add_to_collection("a", 1)
    g.finalize()
    return [
        attempt(lambda: g.add_to_collection("a", 1)),
        attempt(lambda: g.clear_collection("a")),
        attempt(lambda: g.get_collection_ref("b").append(1)),
        g.get_collection("b"),
        attempt(lambda: g.add_to_collections(["x"], 1)),
        attempt(lambda: g.seed),
    ]


# -- the graph as a whole ----------------------------------------------------------------------


@program
def versions(tf):
    g = tf.get_default_graph()
    result = [g.version, g.finalized, g.seed, g.building_function]
    tf.constant(1, name="a")
    result.append(g.version)
    tf.constant(1) + 1
    result.append(g.version)
    versions = g.graph_def_versions
    return result + [
        versions.producer,
        versions.min_consumer,
        list(versions.bad_consumers),
        str(g.as_graph_def().versions),
        [n.name for n in g.as_graph_def(from_version=2).node],
        [n.name for n in g.as_graph_def(from_version=g.version).node],
        "_output_shapes" in g.as_graph_def(add_shapes=True).node[0].attr,
        tf.GRAPH_DEF_VERSION,
        tf.GRAPH_DEF_VERSION_MIN_CONSUMER,
        tf.GRAPH_DEF_VERSION_MIN_PRODUCER,
    ]


@program
def finalized(tf):
    g = tf.get_default_graph()
    a = tf.constant(1, name="a")
    g.finalize()
    result = [
        g.finalized,
        attempt(lambda: tf.constant(1, name="b")),
        attempt(lambda: tf.constant(1, name="b")),
        attempt(lambda: a + 1),
        attempt(lambda: g.create_op("NoOp", [], [])),
        attempt(lambda: tf.Variable(1)),
        attempt(lambda: a.op._set_attr),
        attempt(lambda: tf.gradients(a, a)),
        attempt(lambda: g.finalize()),
    ]
    result[6] = None
    g._unsafe_unfinalize()
    result.append([g.finalized, tf.constant(1, name="b").name, (a + 1).name, g.version, names(tf)])
    return result


@program
def seeds(tf):
    g = tf.get_default_graph()
    result = [g.seed, tf.get_seed(None), tf.get_seed(3)]
    tf.set_random_seed(7)
    return result + [
        g.seed,
        tf.get_seed(None),
        tf.get_seed(3),
        tf.get_seed(0),
        tf.constant(1).op.name,
        tf.get_seed(None),
        attempt(lambda: tf.set_random_seed("x")),
        attempt(lambda: tf.get_seed(None)),
    ]


@program
def seed_of_zero(tf):
    tf.set_random_seed(0)
    return [tf.get_seed(0), tf.get_seed(None), tf.get_seed(2**40)]


@program
def default_graphs(tf):
    outer = tf.get_default_graph()
    g = tf.Graph()
    seen = []
    with g.as_default() as entered:
        seen += [entered is g, tf.get_default_graph() is g]
        with outer.as_default():
            seen.append(tf.get_default_graph() is outer)
        try:
            with tf.Graph().as_default():
                raise KeyError()
        except KeyError:
            pass
        seen.append(tf.get_default_graph() is g)
        seen.append(attempt(tf.reset_default_graph))
    return seen + [tf.get_default_graph() is outer]


@program
def create_op(tf):
    g = tf.get_default_graph()
    a = tf.constant(1.0, name="a")
    b = g.create_op("AddV2", [a, a], [tf.float32], name="b")
    c = g.create_op("NoOp", [], [])
    d = g.create_op("AddV2", [a, a], [tf.float32], [tf.float32, tf.float32], name="b")
    with tf.Session() as session:
        return [
            b.type,
            b.name,
            c.name,
            d.name,
            session.run(b.outputs[0]),
            attempt(lambda: g.create_op("Nonsense", [], [])).message.split(" on ")[0],
            type(attempt(lambda: g.create_op("AddV2", [a], [tf.float32]))).__name__ != "Operation",
            attempt(lambda: g.create_op("AddV2", [1.0, a], [tf.float32])),
            attempt(lambda: g.create_op("AddV2", [a, tf.constant(1)], [tf.float32]))
            .args[0]
            .split(" while")[0],
        ]


@program
def different_graphs_in_one_operation(tf):
    a = tf.constant(1, name="a")
    with tf.Graph().as_default():
        b = tf.constant(2, name="b")
    return [
        attempt(lambda: a + b),
        attempt(lambda: tf.add(a, b)),
        attempt(lambda: tf.stack([a, b])),
        attempt(lambda: tf.group(a, b)),
        (b + 1).graph is b.graph,
        attempt(lambda: tf.gradients(a, b)),
        attempt(lambda: tf.tuple([a, b])),
    ]
