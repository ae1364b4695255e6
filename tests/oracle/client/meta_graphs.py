"""Meta graphs: what is written of graphs and collections, and graphs and collections made of it."""

import os
import shutil
import tempfile

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def described(meta_graph):
    """A MetaGraphDef as plain values, nodes by name and op."""
    info = meta_graph.meta_info_def
    return [
        [
            (node.op, node.name, list(node.input), node.device, sorted(node.attr))
            for node in meta_graph.graph_def.node
        ],
        info.tensorflow_version,
        info.stripped_default_attrs,
        list(info.tags),
        [str(op) for op in info.stripped_op_list.op],
        sorted((key, str(value)) for key, value in meta_graph.collection_def.items()),
        str(meta_graph.saver_def),
        str(meta_graph.graph_def.versions),
    ]


def collections(graph):
    return [
        (key, [getattr(item, "name", item) for item in graph.get_collection(key)])
        for key in sorted(graph.get_all_collection_keys())
    ]


def added(graph):
    return [
        (op.type, op.name, [t.name for t in op.inputs], [c.name for c in op.control_inputs], op.device)
        for op in graph.get_operations()
    ]


def network(tf):
    """Variables of both kinds, a queue and collections of all kinds."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with tf.device("/cpu:0"), tf.variable_scope("layer"):
        w = tf.get_variable("w", [3, 2], initializer=tf.constant_initializer(0.5))
        b = tf.get_variable("b", [2], initializer=tf.zeros_initializer(), use_resource=True)
        y = tf.add(tf.matmul(x, w), b, name="y")
    tf.get_variable("other", [], trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES])
    queue = tf.FIFOQueue(3, [tf.float32], name="queue")
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue([1.0])]))
    for key, items in {
        "tensors": [x, y],
        "operations": [y.op],
        "texts": ["one", b"two"],
        "numbers": [1, 2],
        "floats": [0.5],
        "mixed": [1, "two"],
        "objects": [object()],
        "nothing": [],
    }.items():
        for item in items:
            tf.add_to_collection(key, item)
    tf.add_to_collection(3, x)
    return y


# -- writing -----------------------------------------------------------------------------------


@program
def whole_graph(tf):
    network(tf)
    made, variables = internal("framework.meta_graph").export_scoped_meta_graph()
    return [described(made), sorted(variables)]


@program
def part_of_a_graph(tf):
    network(tf)
    export = internal("framework.meta_graph").export_scoped_meta_graph
    found = []
    for arguments in (
        {"export_scope": "layer"},
        {"export_scope": "layer", "unbound_inputs_col_name": None},
        {"export_scope": "layer", "clear_devices": True, "collection_list": ["tensors", "variables"]},
        {"export_scope": "nothing"},
        {"clear_devices": True, "unbound_inputs_col_name": "outside"},
        {"graph_def": tf.get_default_graph().as_graph_def(), "export_scope": "layer"},
        {"strip_default_attrs": True},
        {"collection_list": []},
    ):
        made, variables = export(**arguments)
        found.append([described(made)[:4] + described(made)[5:], sorted(variables)])
    return found


@program
def information(tf):
    network(tf)
    info = tf.MetaGraphDef().meta_info_def
    info.tags.extend(["one", "two"])
    info.tensorflow_version = "0"
    made, _ = internal("framework.meta_graph").export_scoped_meta_graph(meta_info_def=info)
    return described(made)[1:4]


@program
def wrong_parts(tf):
    create = internal("framework.meta_graph").create_meta_graph_def
    add = internal("framework.meta_graph").add_collection_def
    unknown = tf.GraphDef()
    unknown.node.add(name="a", op="ThereIsNone")
    return [
        attempt(lambda: create(graph=3)),
        attempt(lambda: create(graph_def=3)),
        attempt(lambda: create(saver_def="text")),
        attempt(lambda: create(meta_info_def=tf.MetaGraphDef())),
        attempt(lambda: create(graph_def=unknown)),
        attempt(lambda: add(tf.MetaGraphDef(), "key", graph="text")),
    ]


@program
def ops_of_functions(tf):
    meta_graph = internal("framework.meta_graph")
    graph_def = tf.GraphDef()
    for name, op in ("a", "f"), ("b", "Const"):
        graph_def.node.add(name=name, op=op)
    for name, ops in ("f", ["g", "Add"]), ("g", ["f", "Mul", "Unknown"]), ("h", ["Sub"]):
        function = graph_def.library.function.add()
        function.signature.name = name
        for op in ops:
            function.node_def.add(name=op, op=op)
    found = sorted(meta_graph.ops_used_by_graph_def(graph_def))
    error = attempt(lambda: meta_graph.stripped_op_list_for_graph(graph_def))
    del graph_def.library.function[1].node_def[2]
    return [found, error, [op.name for op in meta_graph.stripped_op_list_for_graph(graph_def).op]]


# -- reading -----------------------------------------------------------------------------------


@program
def made_again(tf):
    network(tf)
    meta_graph = internal("framework.meta_graph")
    made, _ = meta_graph.export_scoped_meta_graph()
    found = []
    for arguments in (
        {},
        {"import_scope": "scope"},
        {"clear_devices": True},
        {"restore_collections_predicate": lambda key: key == "tensors"},
    ):
        with tf.Graph().as_default() as graph:
            error = attempt(
                lambda arguments=arguments: sorted(meta_graph.import_scoped_meta_graph(made, **arguments))
            )
            found.append([error, added(graph), collections(graph)])
    return found


@program
def again_and_again(tf):
    network(tf)
    meta_graph = internal("framework.meta_graph")
    made, _ = meta_graph.export_scoped_meta_graph(collection_list=["variables", "trainable_variables"])
    with tf.Graph().as_default() as graph:
        names = [
            sorted(meta_graph.import_scoped_meta_graph(made, import_scope=scope))
            for scope in (None, "scope", "scope", "")
        ]
        return [names, collections(graph), [op.name for op in graph.get_operations() if "w" in op.name]]


@program
def parts_made_again(tf):
    network(tf)
    meta_graph = internal("framework.meta_graph")
    made, _ = meta_graph.export_scoped_meta_graph(export_scope="layer")
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="mine")
        found = [
            attempt(lambda: meta_graph.import_scoped_meta_graph(made)),
            attempt(lambda: meta_graph.import_scoped_meta_graph(made, input_map={"x": x})),
            attempt(lambda: sorted(meta_graph.import_scoped_meta_graph(made, unbound_inputs_col_name=None))),
            attempt(
                lambda: sorted(
                    meta_graph.import_scoped_meta_graph(
                        made, input_map={"$unbound_inputs_x": x}, import_scope="again"
                    )
                )
            ),
        ]
        return [found, added(graph), collections(graph)]


@program
def return_elements(tf):
    network(tf)
    meta_graph = internal("framework.meta_graph")
    made, _ = meta_graph.export_scoped_meta_graph()
    with tf.Graph().as_default():
        variables, returned = meta_graph.import_scoped_meta_graph_with_return_elements(
            made, import_scope="s", return_elements=["layer/y:0", "x"]
        )
        return [sorted(variables), [item.name for item in returned]]


@program
def copied(tf):
    network(tf)
    meta_graph = internal("framework.meta_graph")
    with tf.Graph().as_default() as other:
        w = tf.get_variable("from/w", [2])
        tf.add(w, 1.0, name="from/y")
        tf.constant(1.0, name="outside")
        variables = meta_graph.copy_scoped_meta_graph("from", "to")
        return [
            sorted(variables),
            added(other),
            collections(other),
            attempt(lambda: meta_graph.copy_scoped_meta_graph("from", "from")),
        ]


@program
def variables_of_old_releases(tf):
    network(tf)
    meta_graph = internal("framework.meta_graph")
    made, _ = meta_graph.export_scoped_meta_graph()
    found = []
    for version in ("1.8.0", "1.9", "1.10.1", "0.12", "", "2.3.0-rc1"):
        made.meta_info_def.tensorflow_version = version
        with tf.Graph().as_default():
            meta_graph.import_scoped_meta_graph(made)
            found.append([(v.name, v.trainable) for v in tf.global_variables() + tf.local_variables()])
    return found


@program
def files(tf):
    network(tf)
    meta_graph = internal("framework.meta_graph")
    folder = tempfile.mkdtemp()
    try:
        found = []
        for as_text in False, True:
            path = os.path.join(folder, "new", "graph.meta")
            made, _ = meta_graph.export_scoped_meta_graph(path, as_text=as_text, save_debug_info=True)
            read = meta_graph.read_meta_graph_file(path)
            found.append(
                [
                    len(read.graph_def.node) == len(made.graph_def.node),
                    sorted(os.listdir(os.path.join(folder, "new"))),
                ]
            )
        for name, content in ("text", b"graph_def { node"), ("empty", b""):
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(content)
            error = attempt(lambda path=path: str(meta_graph.read_meta_graph_file(path)))
            found.append(type(error).__name__ if isinstance(error, Exception) else error)
        found.append(attempt(lambda: meta_graph.read_meta_graph_file("/there/is/none")))
        return found
    finally:
        shutil.rmtree(folder)


@program
def registered_functions(tf):
    ops = internal("framework.ops")
    summary = tf.Summary

    class Kept:
        def __init__(self, name):
            self.name = name

    ops.register_proto_function(
        "kept",
        proto_type=summary,
        to_proto=lambda kept, export_scope=None: (
            summary(value=[summary.Value(tag=kept.name)]) if kept.name else None
        ),
        from_proto=lambda message, import_scope=None: Kept("%s of %s" % (message.value[0].tag, import_scope)),
    )
    tf.constant(1.0)
    for name in "a", "", "b":
        tf.add_to_collection("kept", Kept(name))
    meta_graph = internal("framework.meta_graph")
    made, _ = meta_graph.export_scoped_meta_graph()
    with tf.Graph().as_default() as graph:
        meta_graph.import_scoped_meta_graph(made, import_scope="scope")
        return [
            len(made.collection_def["kept"].bytes_list.value),
            [kept.name for kept in graph.get_collection("kept")],
            type(attempt(lambda: ops.register_proto_function("kept"))).__name__,
            type(attempt(lambda: ops.register_proto_function("variables"))).__name__,
            attempt(lambda: ops.register_proto_function("new", to_proto=3)),
            ops.get_collection_proto_type("savers").__name__,
            ops.get_collection_proto_type("queue_runners").__name__,
            ops.get_to_proto_function("nothing"),
        ]
