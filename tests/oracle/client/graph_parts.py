"""Parts of graphs, frozen graphs, and graphs in files: `tf.graph_util`."""

import importlib
import os
import shutil
import tempfile

import numpy as np

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def described(graph_def):
    return [
        (
            node.op,
            node.name,
            list(node.input),
            [
                (key, node.attr[key].SerializeToString())
                for key in sorted(node.attr)
                if key != "_output_shapes"
            ],
        )
        for node in graph_def.node
    ] + [graph_def.versions.producer, [f.signature.name for f in graph_def.library.function]]


def nodes(tf, *rows):
    graph_def = tf.GraphDef()
    for name, op, inputs in rows:
        graph_def.node.add(name=name, op=op, input=inputs)
    return graph_def


@program
def extracted(tf):
    graph_def = nodes(
        tf,
        ("n1", "A", []),
        ("n2", "A", []),
        ("n3", "A", ["^n1:0", "n6:2"]),
        ("n4", "B", ["n2:1", "n3"]),
        ("n5", "C", ["^n4"]),
        ("n6", "D", []),
    )
    graph_def.node[1].attr["_class"].list.s.extend([b"loc:@n6", b"other"])
    graph_def.versions.producer = 21
    graph_def.library.function.add().signature.name = "f"
    extract = tf.graph_util.extract_sub_graph
    return [
        attempt(lambda: described(extract(graph_def, names)))
        for names in (["n1"], ["n2"], ["n4"], ["n5", "n1"], [], ["nothing"], "n1")
    ] + [
        attempt(lambda: extract("text", ["n1"])),
        attempt(lambda: extract(nodes(tf, ("a", "A", ["b"])), ["a"])),
    ]


@program
def without_training(tf):
    graph_def = nodes(
        tf,
        ("a", "Const", []),
        ("i", "Identity", ["a"]),
        ("c", "CheckNumerics", ["i"]),
        ("b", "Mul", ["i", "c"]),
        ("j", "Identity", ["b", "^a"]),
        ("k", "Identity", ["j"]),
        ("l", "Identity", ["k"]),
        ("m", "Add", ["l", "k:0", "^i"]),
        ("o", "NoOp", ["^l", "^c"]),
    )
    remove = tf.graph_util.remove_training_nodes
    return [described(remove(graph_def)), described(remove(graph_def, ["k", "c"])), described(graph_def)]


@program
def on_cpu(tf):
    made = [
        tf.constant(1).op,
        tf.constant(1.0).op,
        tf.constant("text").op,
        tf.cast(tf.constant(1), tf.float32).op,
        tf.cast(tf.constant(1.0), tf.int32).op,
        tf.dynamic_stitch([[0]], [[1]]).op,
        tf.dynamic_stitch([[0]], [[1.0]]).op,
        tf.Variable(1.0).op,
        tf.assign(tf.Variable(1.0), 2.0).op,
    ]
    must = tf.graph_util.must_run_on_cpu
    return [(must(op), must(op.node_def), must(op, pin_variables_on_cpu=True)) for op in made] + [
        attempt(lambda: must("text"))
    ]


@program
def shapes_by_name(tf):
    tf.placeholder(tf.float32, [None, 3], name="x")
    shape = tf.graph_util.tensor_shape_from_node_def_name
    graph = tf.get_default_graph()
    return [attempt(lambda name=name: shape(graph, name).as_list()) for name in ("x", "x:0", "x:1", "y", "")]


def frozen(tf, build, **arguments):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        output = build()
        session.run(tf.global_variables_initializer())
        made = attempt(
            lambda: tf.graph_util.convert_variables_to_constants(
                session, graph.as_graph_def(), [output.op.name], **arguments
            )
        )
        if isinstance(made, Exception):
            return made
        expected, shown = session.run(output), described(made)
    with tf.Graph().as_default(), tf.Session() as session:
        (again,) = tf.import_graph_def(made, return_elements=[output.name])
        found = attempt(lambda: session.run(again))
    return [shown, expected, type(found).__name__ if isinstance(found, Exception) else found]


@program
def variables_of_both_kinds(tf):
    def build(use_resource):
        def made():
            with tf.variable_scope("scope", use_resource=use_resource):
                w = tf.get_variable("w", [2], initializer=tf.constant_initializer([1.5, 2.0]))
                b = tf.get_variable("b", [], tf.int32, initializer=tf.constant_initializer(3))
                return tf.add(w * 2.0, tf.cast(b, tf.float32), name="out")

        return made

    return [
        frozen(tf, build(use_resource), **arguments)
        for use_resource in (False, True)
        for arguments in (
            {},
            {"variable_names_whitelist": ["scope/w"]},
            {"variable_names_blacklist": ["scope/w"]},
        )
        if not (use_resource and arguments)
    ]


@program
def gathered_variables(tf):
    def build():
        w = tf.get_variable("w", initializer=np.arange(6, dtype=np.float32).reshape(3, 2), use_resource=True)
        return tf.identity(tf.gather(w, [2, 0]), name="out")

    return frozen(tf, build)


@program
def texts_and_several_readers(tf):
    def build():
        w = tf.get_variable("w", initializer=tf.constant([b"a\xff", b"b"]), use_resource=True)
        v = tf.get_variable("v", initializer=tf.constant([True, False]))
        return tf.identity_n([w.read_value(), w + "x", v], name="out")[1]

    return frozen(tf, build)


@program
def nothing_to_freeze(tf):
    x = tf.constant(1.0, name="x")
    with tf.Session() as session:
        convert = tf.graph_util.convert_variables_to_constants
        graph_def = tf.get_default_graph().as_graph_def()
        return [
            described(convert(session, graph_def, [x.op.name])),
            attempt(lambda: convert(session, graph_def, ["y"])),
            attempt(lambda: convert(session, graph_def, "x")),
        ]


def saved(tf, folder):
    """A small network with its checkpoint: its graph and the prefix of the checkpoint."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        w = tf.get_variable("w", initializer=[[1.5], [2.0]])
        tf.get_variable("unused", initializer=1.0)
        tf.add(tf.matmul(x, w), tf.get_variable("b", initializer=[0.5], use_resource=True), name="out")
        saver = tf.train.Saver()
        session.run(tf.global_variables_initializer())
        prefix = saver.save(session, os.path.join(folder, "model"))
        tf.train.write_graph(graph.as_graph_def(), folder, "graph.pbtxt")
        tf.train.write_graph(graph.as_graph_def(), folder, "graph.pb", as_text=False)
        tf.train.write_graph(saver.as_saver_def(), folder, "saver.pb", as_text=False)
    return prefix


@program
def frozen_files(tf):
    freeze = importlib.import_module("tensorflow.python.tools.freeze_graph").freeze_graph
    folder = tempfile.mkdtemp()
    try:
        prefix = saved(tf, folder)
        out = os.path.join(folder, "out.pb")

        def run(graph="graph.pb", saver="", binary=True, prefix=prefix, nodes="out", initializer="", **more):
            paths = [os.path.join(folder, name) if name else "" for name in (graph, saver)]
            with tf.Graph().as_default():
                made = attempt(
                    lambda: freeze(
                        paths[0], paths[1], binary, prefix, nodes, None, None, out, True, initializer, **more
                    )
                )
            if isinstance(made, Exception):
                return type(made).__name__
            with open(out, "rb") as file:
                assert tf.GraphDef.FromString(file.read()) == made
            return described(made)

        return [
            run(),
            run(graph="graph.pbtxt", binary=False),
            run(saver="saver.pb"),
            run(graph="", input_meta_graph=prefix + ".meta"),
            run(nodes="out, w/read"),
            run(variable_names_blacklist="w"),
            run(variable_names_whitelist="w,b"),
            run(prefix=prefix + "_nothing"),
            run(nodes=""),
            run(nodes="nothing"),
            run(graph="nothing.pb"),
        ]
    finally:
        shutil.rmtree(folder)


@program
def stripped(tf):
    strip = importlib.import_module("tensorflow.python.tools.strip_unused_lib").strip_unused
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = tf.multiply(x, 2.0, name="y")
    tf.add(y, 1.0, name="z")
    graph_def = tf.get_default_graph().as_graph_def(add_shapes=True)
    return [
        described(strip(graph_def, ["y"], ["z"], 1)),
        described(strip(graph_def, ["x", "y"], ["z", "x"], [3, 1])),
        attempt(lambda: strip(graph_def, ["y:0"], ["z"], 1)),
        attempt(lambda: strip(graph_def, ["nothing"], ["z"], 1)),
    ]


# -- tensors as messages --------------------------------------------------------------------------


@program
def arrays_of_messages(tf):
    make = tf.make_tensor_proto
    proto = make([1.0, 2.0])
    proto.ClearField("tensor_content")
    forms = [proto]
    for values in ([3.0], [3.0, 4.0]):
        form = type(proto)()
        form.CopyFrom(proto)
        form.float_val.extend(values)
        forms.append(form)
    tensor_util = internal("framework.tensor_util")
    return [attempt(lambda form=form: tensor_util.MakeNdarray(form)) for form in forms] + [
        attempt(lambda value=value: tf.make_ndarray(make(value)))
        for value in (
            np.float16([1, 2]),
            np.arange(4, dtype=np.int8),
            [1j, 2],
            "text",
            [b"a\xff", b""],
            True,
            np.uint16([3, 4]),
            np.zeros([0, 2]),
            [[1, 2], [3, 4]],
        )
    ]


@program
def messages_of_values(tf):
    make = tf.make_tensor_proto
    return [
        attempt(lambda arguments=arguments: make(**arguments).SerializeToString())
        for arguments in (
            {"values": 3.0},
            {"values": [1, 2], "dtype": tf.int64},
            {"values": 7, "shape": [2, 2]},
            {"values": [1, 2, 3], "shape": [2, 2]},
            {"values": [1, 2, 3], "shape": [2]},
            {"values": [1, 2], "shape": [3], "verify_shape": True},
            {"values": [[1, 2]], "shape": [2], "verify_shape": True},
            {"values": [1, 2], "dtype": tf.float32, "shape": [2, 1]},
            {"values": "text", "dtype": tf.float32},
            {"values": 1.5, "dtype": tf.int32},
            {"values": None},
            {"values": [[1], [2, 3]]},
            {"values": [1, "a"]},
            {"values": np.float32(1), "shape": [3], "allow_broadcast": True},
            {"values": [1, 2], "shape": [3], "allow_broadcast": True},
            {"values": 1, "verify_shape": True, "allow_broadcast": True},
            {"values": 300, "dtype": tf.uint8},
            {"values": -1, "dtype": tf.uint8},
            {"values": 1, "dtype": tf.float16},
            {"values": [True, False]},
            {"values": 1 << 40},
            {"values": []},
            {"values": [], "dtype": tf.string},
        )
    ]
