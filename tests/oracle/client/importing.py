"""Graphs taken in: `tf.import_graph_def` with all that it is given, and all that it refuses."""

from google.protobuf import text_format

from tests.oracle.client import attempt

PROGRAMS = []
OF_FLOATS = "attr { key: '%s' value { type: DT_FLOAT } }"
T = OF_FLOATS % "T"
DTYPE = OF_FLOATS % "dtype"
X = "node { name: 'x' op: 'Placeholder' %s %%s }" % DTYPE
LIST_OF_FLOATS = "attr { key: '%s' value { list { type: DT_FLOAT } } }"


def program(function):
    PROGRAMS.append(function)
    return function


def parsed(tf, text, producer=134, min_consumer=0):
    graph_def = tf.GraphDef()
    text_format.Merge(text, graph_def)
    graph_def.versions.producer = producer
    graph_def.versions.min_consumer = min_consumer
    return graph_def


def const(name, value=1.0, extra=""):
    return (
        "node { name: '%s' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } } "
        "attr { key: 'value' value { tensor { dtype: DT_FLOAT tensor_shape { } float_val: %s } } } %s}"
        % (name, value, extra)
    )


def unary(name, source, op="Neg", extra=""):
    inputs = " ".join("input: '%s'" % i for i in source.split())
    return "node { name: '%s' op: '%s' %s attr { key: 'T' value { type: DT_FLOAT } } %s }" % (
        name,
        op,
        inputs,
        extra,
    )


def added(tf, since=0):
    return [
        (op.type, op.name, [t.name for t in op.inputs], [c.name for c in op.control_inputs], op.device)
        for op in tf.get_default_graph().get_operations()[since:]
    ]


def tried(tf, text, producer=134, min_consumer=0, **kwargs):
    """The error of an import, and that nothing is left of it."""
    with tf.Graph().as_default():
        error = attempt(lambda: tf.import_graph_def(parsed(tf, text, producer, min_consumer), **kwargs))
        return [error, added(tf)]


# -- names -------------------------------------------------------------------------------------


@program
def prefixes(tf):
    graph_def = parsed(tf, const("a") + unary("scope/b", "a"))
    for name in (None, None, "", "x", "x", "x/", "x/y", ""):
        tf.import_graph_def(graph_def, name=name)
    with tf.name_scope("outer"):
        tf.import_graph_def(graph_def)
        tf.import_graph_def(graph_def, name="")
    tf.constant(1.0, name="a")
    tf.constant(1.0, name="scope")
    tf.constant(1.0, name="import")
    return added(tf)


@program
def names_that_are_taken(tf):
    tf.constant(1.0, name="a")
    tf.constant(1.0, name="b/c")
    tf.constant(1.0, name="D")
    graph_def = parsed(
        tf, const("a") + const("b") + const("b/c") + const("b_1") + unary("d", "a ^b") + unary("a_1", "b/c:0")
    )
    tf.import_graph_def(graph_def, name="")
    tf.import_graph_def(graph_def, name="")
    return added(tf)


@program
def unusual_prefixes(tf):
    graph_def = parsed(tf, const("a"))
    return [
        attempt(lambda name=name: tf.import_graph_def(graph_def, name=name))
        for name in ("a b", "_x", "a:b", 3)
    ]


@program
def node_names(tf):
    return [tried(tf, const(name)) for name in ("a b", "_a", "a:0", "", "a//b", "a/", "^a", "A.b-c_d/e")]


@program
def names_of_scopes_afterwards(tf):
    tf.import_graph_def(parsed(tf, const("Upper/Case")), name="")
    tf.constant(1.0, name="upper/case")
    with tf.name_scope("upper"):
        tf.constant(1.0, name="z")
    return added(tf)


# -- order and edges -----------------------------------------------------------------------------


@program
def order(tf):
    tf.import_graph_def(
        parsed(tf, unary("c", "b") + unary("b", "a") + const("z") + const("a") + unary("d", "z ^c")), name=""
    )
    return added(tf)


@program
def edges_that_are_refused(tf):
    return [
        tried(tf, unary("b", "a")),
        tried(tf, unary("b", "a:0")),
        tried(tf, const("a") + unary("b", "a:1")),
        tried(tf, const("a") + unary("b", "a:3 ^a")),
        tried(tf, const("a") + unary("b", "^a a")),
        tried(tf, const("a") + unary("b", "a ^c")),
        tried(tf, const("a") + unary("b", "")),
        tried(tf, const("a") + unary("b", "a a")),
        tried(tf, const("a") + "node { name: 'b' op: 'NoOp' input: 'a' }"),
        tried(tf, const("a") + const("a")),
        tried(tf, unary("a", "b") + unary("b", "a")),
        tried(tf, unary("a", "a")),
        tried(tf, const("c") + unary("a", "c ^b") + unary("b", "a")),
        tried(tf, const("a") + "node { name: 'b' op: 'NoOp' input: '^a:0' }"),
        tried(tf, const("a") + "node { name: 'b' op: 'NoOp' input: '^a' input: '^a' }"),
    ]


@program
def types_that_do_not_fit(tf):
    number = (
        "node { name: 'i' op: 'Const' attr { key: 'dtype' value { type: DT_INT32 } } "
        "attr { key: 'value' value { tensor { dtype: DT_INT32 tensor_shape { } int_val: 1 } } } }"
    )
    variable = (
        "node { name: 'v' op: 'VariableV2' attr { key: 'dtype' value { type: DT_FLOAT } } "
        "attr { key: 'shape' value { shape { dim { size: 2 } } } } }"
    )
    assign = (
        "node { name: 's' op: 'Assign' input: 'v' input: 'x' attr { key: 'T' value { type: DT_FLOAT } } }"
    )
    return [
        tried(tf, number + unary("b", "i")),
        tried(tf, variable + unary("b", "v")),
        tried(tf, const("v") + const("x") + assign),
        tried(tf, variable + const("x") + assign),
    ]


@program
def shapes_that_do_not_fit(tf):
    def matrix(name, rows, columns):
        return (
            "node { name: '%s' op: 'Placeholder' attr { key: 'dtype' value { type: DT_FLOAT } } "
            "attr { key: 'shape' value { shape { dim { size: %d } dim { size: %d } } } } }"
            % (name, rows, columns)
        )

    product = (
        "node { name: 'm' op: 'MatMul' input: 'a' input: 'b' attr { key: 'T' value { type: DT_FLOAT } } }"
    )
    return [
        tried(tf, matrix("a", 2, 3) + matrix("b", 2, 3) + product),
        tried(tf, matrix("a", 2, -1) + matrix("b", 2, 3) + product),
        tried(tf, matrix("a", 2, -5)),
    ]


# -- attributes ----------------------------------------------------------------------------------


@program
def attributes_that_are_refused(tf):
    def neg(attrs):
        return tried(tf, const("a") + "node { name: 'b' op: 'Neg' input: 'a' %s }" % attrs)

    def attr(key, value):
        return "attr { key: '%s' value { %s } }" % (key, value)

    return [
        neg(""),
        neg(attr("T", "")),
        neg(attr("T", "i: 1")),
        neg(attr("T", "type: DT_STRING")),
        neg(attr("T", "type: DT_INVALID")),
        neg(attr("T", "type: DT_FLOAT_REF")),
        neg(attr("T", "list { type: DT_FLOAT }")),
        neg(attr("T", "type: DT_FLOAT") + attr("wrong", "i: 1")),
        neg(attr("T", "type: DT_FLOAT") + attr("_kept", "i: 1")),
        tried(tf, "node { name: 'c' op: 'Const' }"),
        tried(tf, "node { name: 'c' op: 'Const' " + attr("dtype", "type: DT_FLOAT") + " }"),
        tried(
            tf,
            const("a")
            + "node { name: 'p' op: 'Pack' input: 'a' "
            + attr("T", "type: DT_FLOAT")
            + attr("N", "i: 0")
            + "}",
        ),
        tried(
            tf,
            const("a")
            + "node { name: 'p' op: 'Pack' input: 'a' "
            + attr("T", "type: DT_FLOAT")
            + attr("N", "i: 2")
            + "}",
        ),
        tried(
            tf,
            "node { name: 'q' op: 'FIFOQueueV2' " + attr("component_types", "list { }") + "}",
        ),
        tried(
            tf,
            "node { name: 'q' op: 'FIFOQueueV2' " + attr("component_types", "list { i: 1 }") + "}",
        ),
        tried(tf, "node { name: 'b' op: '' }"),
        tried(tf, "node { name: 'b' op: 'ThereIsNone' }"),
    ]


@program
def defaults_are_filled_in(tf):
    x = X % ""
    tf.import_graph_def(parsed(tf, x), name="")
    x = tf.get_default_graph().get_operation_by_name("x")
    return [str(x.get_attr("shape")), x.outputs[0].shape.ndims, sorted(x.node_def.attr)]


@program
def attributes_nobody_knows(tf):
    extra = "".join(
        "attr { key: '_%s' value { %s } }" % pair
        for pair in (
            ("i", "i: 3"),
            ("s", "s: 'text'"),
            ("b", "s: '\\377'"),
            ("f", "f: 0.1"),
            ("l", "list { i: 1 i: 2 }"),
            ("e", "list { }"),
            ("t", "type: DT_INT32"),
            ("shape", "shape { dim { size: 2 name: 'rows' } }"),
        )
    )
    tf.import_graph_def(parsed(tf, const("a", extra=extra)), name="")
    op = tf.get_default_graph().get_operation_by_name("a")
    return [
        (name, attempt(lambda name=name: str(op.get_attr("_" + name))))
        for name in "i s b f l e t shape".split()
    ]


@program
def defaults_of_the_writer(tf):
    producer = tf.MetaGraphDef().meta_info_def.stripped_op_list
    op = producer.op.add(name="Neg")
    attr = op.attr.add(name="new", type="int")
    attr.default_value.i = 7
    op.attr.add(name="newer", type="int")
    new = "attr { key: 'new' value { i: %d } }"
    newer = "attr { key: 'newer' value { i: 7 } }"
    tf.import_graph_def(
        parsed(tf, const("a") + unary("b", "a", extra=new % 7)), producer_op_list=producer, name=""
    )
    return [
        added(tf),
        tried(tf, const("a") + unary("b", "a", extra=new % 8), producer_op_list=producer),
        tried(tf, const("a") + unary("b", "a", extra=newer), producer_op_list=producer),
    ]


# -- input maps ----------------------------------------------------------------------------------


@program
def mapped_inputs(tf):
    a, b = tf.constant(5.0, name="mine"), tf.constant(6.0, name="other")
    text = const("x") + const("y") + unary("n", "x") + unary("m", "y:0 ^x") + unary("w", "z:1 ^q")
    tf.import_graph_def(
        parsed(tf, text), input_map={"x": a, b"y:0": b, "z:1": a, "^q": b, "^x": b}, name="in"
    )
    return added(tf)


@program
def mapped_values(tf):
    result = tf.import_graph_def(
        parsed(tf, const("x") + unary("n", "x")),
        input_map={"x": 3.0},
        return_elements=["n:0", "n", "x:0", "x"],
    )
    return [added(tf), [r.name for r in result]]


@program
def maps_that_are_refused(tf):
    text = const("x") + unary("n", "x")
    with tf.Graph().as_default():
        foreign = tf.constant(1.0, name="foreign")
    number = tf.constant(1, name="number")

    def mapping(input_map, **kwargs):
        before = len(tf.get_default_graph().get_operations())
        return [
            attempt(lambda: tf.import_graph_def(parsed(tf, text), input_map=input_map, **kwargs)),
            added(tf, before),
        ]

    return [
        mapping({"x": number}),
        mapping({"nothing:0": number}),
        mapping({"nothing": number, "none:2": number}),
        mapping({"n:0": number}),
        mapping({"n:3": number}),
        mapping({"^nothing": number}),
        mapping({"x": "text"}, name=""),
        mapping([("x", number)]),
        mapping({3: number}),
        mapping({"x:y": number}),
        mapping({"x:0:0": number}),
        mapping({"x": None}),
        mapping({"x": object()}),
        attempt(lambda: mapping({"x": foreign})),
    ]


# -- return elements -------------------------------------------------------------------------------


@program
def returned(tf):
    text = (
        const("x")
        + "node { name: 's' op: 'Split' input: 'd' input: 'v' "
        + T
        + "attr { key: 'num_split' value { i: 2 } } }"
    )
    text += (
        "node { name: 'd' op: 'Const' attr { key: 'dtype' value { type: DT_INT32 } } "
        "attr { key: 'value' value { tensor { dtype: DT_INT32 tensor_shape { } int_val: 0 } } } }"
        "node { name: 'v' op: 'Placeholder' attr { key: 'dtype' value { type: DT_FLOAT } } }"
    )

    def ask(elements):
        with tf.Graph().as_default():
            found = attempt(lambda: tf.import_graph_def(parsed(tf, text), return_elements=elements))
            if isinstance(found, list):
                return [(type(element).__name__, element.name) for element in found]
            return found

    return [
        ask(elements)
        for elements in (
            ["x", "x:0", "s:1", "s", b"s:0"],
            [],
            (),
            ["nothing"],
            ["nothing:0"],
            ["x:1"],
            ["s:2"],
            ["x:-1"],
            ["x:0:0"],
            ["x:y"],
            [3],
            [None],
            "x",
        )
    ]


@program
def what_is_no_graph_def(tf):
    return [
        attempt(lambda value=value: tf.import_graph_def(value))
        for value in ("", "text", None, 3, tf.GraphDef, tf.Graph(), tf.NodeDef(), b"")
    ] + [tf.import_graph_def(tf.GraphDef()), tf.import_graph_def(tf.GraphDef(), return_elements=[])]


# -- versions ----------------------------------------------------------------------------------------


@program
def versions(tf):
    tf.import_graph_def(parsed(tf, const("a"), 21, 8), name="")
    graph = tf.get_default_graph()
    first = str(graph.graph_def_versions), str(graph.as_graph_def().versions)
    other = parsed(tf, const("a"), 27, 3)
    other.versions.bad_consumers.extend([200, 150, 200])
    tf.import_graph_def(other, name="")
    bad = parsed(tf, const("a"))
    bad.versions.bad_consumers.append(134)
    return [
        first,
        str(graph.graph_def_versions),
        tried(tf, const("a"), -1),
        tried(tf, const("a"), 134, 135),
        tried(tf, const("a"), 100000, 100000),
        tried(tf, const("a"), 100000, 0)[0],
        attempt(lambda: tf.import_graph_def(bad)),
    ]


@program
def placeholders_of_old_graphs(tf):
    scalar = "attr { key: 'shape' value { shape { } } }"
    vector = "attr { key: 'shape' value { shape { dim { size: 2 } } } }"
    found = []
    for producer in (20, 21, 22, 134):
        for shape in ("", scalar, vector):
            with tf.Graph().as_default() as graph:
                (x,) = tf.import_graph_def(parsed(tf, X % shape, producer), return_elements=["x:0"])
                found.append([str(x.shape), str(graph.as_graph_def().node[0].attr["shape"].shape)])
    return found


# -- devices and colocation ----------------------------------------------------------------------------


@program
def devices(tf):
    text = (
        const("a", extra="device: '/cpu:0'") + const("b") + unary("c", "a", extra="device: '/job:ps/task:3'")
    )
    graph_def = parsed(tf, text)
    tf.import_graph_def(graph_def, name="none")
    with tf.device("/job:worker"):
        tf.import_graph_def(graph_def, name="job")
    with tf.device("/device:GPU:0"):
        tf.import_graph_def(graph_def, name="gpu")
    with tf.device(lambda op: "/task:5" if op.type == "Neg" else op.device):
        tf.import_graph_def(graph_def, name="function")
    with tf.device("/job:worker"), tf.device(None):
        tf.import_graph_def(graph_def, name="nothing")
    return added(tf)


def grouped(*names):
    return "attr { key: '_class' value { list { %s } } }" % " ".join("s: 'loc:@%s'" % name for name in names)


@program
def colocation(tf):
    text = (
        const("a", extra="device: '/cpu:0'")
        + unary("b", "a", extra=grouped("a") + " device: '/cpu:1'")
        + unary("c", "a", extra=grouped("a", "b"))
        + unary("d", "a", extra=grouped("d") + " device: '/cpu:2'")
        + unary("e", "a", extra=grouped("d", "a"))
    )
    graph_def = parsed(tf, text)
    tf.import_graph_def(graph_def)
    tf.import_graph_def(graph_def, name="")
    tf.import_graph_def(graph_def, name="")
    with tf.device("/job:w"):
        tf.import_graph_def(graph_def, name="placed")
    graph = tf.get_default_graph()
    return [
        added(tf),
        [(op.name, op.colocation_groups()) for op in graph.get_operations()],
        tried(tf, const("a") + unary("b", "a", extra=grouped("nothing"))),
        tried(tf, const("a") + unary("b", "a", extra=grouped("import/a"))),
    ]


@program
def open_scopes(tf):
    first = tf.constant(1.0, name="first")
    graph_def = parsed(
        tf,
        const("a")
        + unary("b", "a")
        + "node { name: 'q' op: 'FIFOQueueV2' %s }" % (LIST_OF_FLOATS % "component_types"),
    )
    graph = tf.get_default_graph()
    with tf.control_dependencies([first]):
        tf.import_graph_def(graph_def, name="waits")
        tf.constant(2.0, name="afterwards")
    with tf.container("box"):
        tf.import_graph_def(graph_def, name="box")
    with graph.colocate_with(first):
        tf.import_graph_def(graph_def, name="with")
    with graph._attr_scope({"_mark": tf.AttrValue(i=3)}):
        tf.import_graph_def(graph_def, name="marked")
    with graph.gradient_override_map({"Neg": "Other"}):
        tf.import_graph_def(graph_def, name="other")
    return [
        added(tf),
        graph.get_operation_by_name("box/q").get_attr("container"),
        graph.get_operation_by_name("with/a").colocation_groups(),
        graph.get_operation_by_name("marked/a").get_attr("_mark"),
        graph.get_operation_by_name("other/b").get_attr("_gradient_op_type"),
    ]


# -- shapes ----------------------------------------------------------------------------------------------


def shaped(*shapes):
    return "attr { key: '_output_shapes' value { list { %s } } }" % " ".join(
        "shape { unknown_rank: true }"
        if shape is None
        else "shape { %s }" % " ".join("dim { size: %d }" % size for size in shape)
        for shape in shapes
    )


@program
def output_shapes(tf):
    x = X
    py_func = (
        "node { name: 'f' op: 'PyFunc' attr { key: 'Tin' value { list { } } } attr { key: 'token' value "
        "{ s: 'none' } } %s %%s }" % (LIST_OF_FLOATS % "Tout")
    )
    tf.import_graph_def(parsed(tf, x % shaped((2, -1)) + unary("n", "x")), name="")
    graph = tf.get_default_graph()
    names = [op.name for op in graph.get_operations()]
    tf.import_graph_def(parsed(tf, py_func % shaped((4,))), name="")
    return [
        [str(graph.get_tensor_by_name(name + ":0").shape) for name in [*names, "f"]],
        sorted(graph.get_operation_by_name("x").node_def.attr),
        tried(tf, const("a", extra=shaped((2,)))),
        tried(tf, const("a", extra=shaped())),
        tried(tf, const("a", extra=shaped((), (3,)))),
        tried(tf, const("a", extra=shaped(None))),
        tried(tf, x % shaped((2,)) + unary("n", "x", extra=shaped((3,)))),
        tried(tf, x % shaped((2, -3))),
    ]


# -- loops -------------------------------------------------------------------------------------------------

LOOP = """
node { name: 'start' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } }
  attr { key: 'value' value { tensor { dtype: DT_FLOAT tensor_shape { } float_val: 0 } } } }
node { name: 'enter' op: 'Enter' input: 'start' attr { key: 'T' value { type: DT_FLOAT } }
  attr { key: 'frame_name' value { s: 'frame' } } }
node { name: 'merge' op: '%s' input: 'enter' input: 'next' attr { key: 'T' value { type: DT_FLOAT } }
  attr { key: 'N' value { i: 2 } } }
node { name: 'less' op: 'Less' input: 'merge' input: 'merge' attr { key: 'T' value { type: DT_FLOAT } } }
node { name: 'loop' op: 'LoopCond' input: 'less' }
node { name: 'switch' op: 'Switch' input: 'merge' input: 'loop' attr { key: 'T' value { type: DT_FLOAT } } }
node { name: 'exit' op: 'Exit' input: 'switch' attr { key: 'T' value { type: DT_FLOAT } } }
node { name: 'add' op: 'AddV2' input: 'switch:1' input: 'switch:1'
  attr { key: 'T' value { type: DT_FLOAT } } }
node { name: 'next' op: '%s' input: '%s' attr { key: 'T' value { type: DT_FLOAT } } }
"""


@program
def loops(tf):
    tf.import_graph_def(parsed(tf, LOOP % ("Merge", "NextIteration", "add")), name="in")
    return [
        added(tf),
        [str(t.shape) for op in tf.get_default_graph().get_operations()[:4] for t in op.outputs],
        tried(tf, LOOP % ("AddN", "NextIteration", "add")),
        tried(tf, LOOP % ("Merge", "Identity", "add")),
        tried(tf, LOOP % ("Merge", "NextIteration", "add:1")),
        tried(tf, LOOP.replace("input: 'next'", "input: 'next:1'") % ("Merge", "NextIteration", "add")),
    ]


# -- functions -----------------------------------------------------------------------------------------------

FUNCTION = """
library { function {
  signature { name: 'Twice' input_arg { name: 'x' type: DT_FLOAT } output_arg { name: 'y' type: DT_FLOAT } }
  node_def { name: 'add' op: 'Add' input: 'x' input: 'x' attr { key: 'T' value { type: DT_FLOAT } } }
  ret { key: 'y' value: 'add:z:0' } } }
"""
CALL = "node { name: 'call' op: 'Twice' input: '%s' }"


@program
def functions(tf):
    graph = tf.get_default_graph()
    tf.import_graph_def(parsed(tf, FUNCTION + const("a") + CALL % "a"), name="")
    written = graph.as_graph_def()
    tf.import_graph_def(parsed(tf, FUNCTION + const("a") + CALL % "a"), name="again")
    other = FUNCTION.replace("op: 'Add'", "op: 'Mul'")
    return [
        added(tf),
        [function.signature.name for function in written.library.function],
        written.versions.min_consumer,
        [function.signature.name for function in graph.as_graph_def().library.function],
        attempt(lambda: tf.import_graph_def(parsed(tf, other))),
        tried(tf, const("a") + CALL % "a"),
        tried(tf, FUNCTION + const("a") + CALL % "a" + unary("n", "call:1")),
        tried(tf, FUNCTION + CALL % "nothing"),
        tried(tf, FUNCTION.replace("Twice", "Neg") + const("a") + unary("n", "a")),
    ]
