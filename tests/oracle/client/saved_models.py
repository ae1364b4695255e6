"""SavedModels: builder, loader, signatures, assets, and what each refuses."""

import os
import shutil
import tempfile

from tests.oracle.client import internal

PROGRAMS = []


def program(function):
    """Run `function(tf, here)`, where `here` names files in an empty folder; what it returns names it F."""

    def run(tf):
        folder = os.path.realpath(tempfile.mkdtemp())
        try:
            with tf.Graph().as_default():
                return _placed(function(tf, lambda *parts: os.path.join(folder, *parts)), folder)
        finally:
            shutil.rmtree(folder)

    run.__name__ = function.__name__
    run.__wrapped__ = function
    PROGRAMS.append(run)
    return function


def _placed(value, folder):
    if isinstance(value, dict):
        return {key: _placed(item, folder) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_placed(item, folder) for item in value]
    if isinstance(value, bytes):
        return value.replace(folder.encode(), b"F")
    return value.replace(folder, "F") if isinstance(value, str) else value


def tried(*functions):
    """What each function returns, or its error as text."""
    results = []
    for function in functions:
        try:
            results.append(function())
        except Exception as error:
            message = getattr(error, "message", None) or str(error)
            results.append("%s: %s" % (type(error).__name__, message.split("\n")[0]))
    return results


def without_parsers(*functions):
    """As `tried`, without what a parser says, which depends on its version."""
    return [text.split(": Error parsing")[0] if isinstance(text, str) else text for text in tried(*functions)]


def files(folder):
    found = []
    for path, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(path, name), folder) for name in names]
    return sorted(found)


def info_of(info):
    shape = None if info.tensor_shape.unknown_rank else [d.size for d in info.tensor_shape.dim]
    return [info.WhichOneof("encoding"), info.name, info.dtype, shape]


def signature_of(signature):
    return [
        signature.method_name,
        {name: info_of(info) for name, info in signature.inputs.items()},
        {name: info_of(info) for name, info in signature.outputs.items()},
    ]


def model(tf, scale=2.0):
    """A small model with a ref and a resource variable."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.Variable([[scale], [3.0]], name="w")
    b = tf.get_variable("b", initializer=[0.5], use_resource=True)
    return x, tf.add(tf.matmul(x, w), b, name="y")


@program
def simple_save_and_load(tf, here):
    x, y = model(tf)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, here("m"), {"x": x}, {"y": y})
    with tf.Graph().as_default(), tf.Session() as session:
        graph = tf.saved_model.load(session, ["serve"], here("m"))
        signature = graph.signature_def["serving_default"]
        fetch = signature.outputs["y"].name
        value = session.run(fetch, {signature.inputs["x"].name: [[1.0, 1.0]]})
        return (
            files(here("m")), signature_of(signature), value.tolist(), list(graph.meta_info_def.tags),
            [v.name for v in tf.global_variables()], graph.saver_def.sharded,
            graph.saver_def.filename_tensor_name, sorted(graph.collection_def),
        )  # fmt: skip


@program
def under_a_scope(tf, here):
    x, y = model(tf)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, here("m"), {"x": x}, {"y": y})
    with tf.Graph().as_default(), tf.Session() as session:
        graph = tf.saved_model.loader.load(session, {"serve"}, here("m"), import_scope="inner")
        value = session.run("inner/y:0", {"inner/x:0": [[1.0, 0.0]]})
        return (
            value.tolist(),
            sorted(v.name for v in tf.global_variables()),
            signature_of(graph.signature_def["serving_default"]),
        )


@program
def two_graphs_and_tags(tf, here):
    builder = tf.saved_model.Builder(here("m"))
    _, y = model(tf)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        builder.add_meta_graph_and_variables(session, ["train"])
    with tf.Graph().as_default():
        model(tf)
        builder.add_meta_graph(["serve", "gpu"])
    path = builder.save()

    def load(tags):
        with tf.Graph().as_default(), tf.Session() as session:
            graph = tf.saved_model.load(session, tags, here("m"))
            return session.run("y:0", {"x:0": [[1.0, 1.0]]}).tolist(), list(graph.meta_info_def.tags)

    return path, tried(
        lambda: load(["train"]),
        lambda: load(["gpu", "serve"]),
        lambda: load(["serve"]),
        lambda: load(tf.saved_model.tag_constants.SERVING),
    )


@program
def as_text(tf, here):
    x, y = model(tf)
    builder = tf.saved_model.builder.SavedModelBuilder(here("m"))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        builder.add_meta_graph_and_variables(session, ["t"], strip_default_attrs=True)
    path = builder.save(as_text=True)
    with tf.Graph().as_default(), tf.Session() as session:
        graph = tf.saved_model.load(session, ["t"], here("m"))
        kept = [sorted(node.attr) for node in graph.graph_def.node if node.name == "y"]
        return path, files(here("m")), session.run("y:0", {"x:0": [[1.0, 1.0]]}).tolist(), kept


@program
def assets_and_main_op(tf, here):
    for folder, text in (("one", b"first"), ("two", b"second")):
        os.mkdir(here(folder))
        with open(here(folder, "words.txt"), "wb") as file:
            file.write(text)
    names = [tf.constant(here("one", "words.txt")), tf.constant(here("two", "words.txt"))]
    same = tf.constant(here("one", "words.txt"), name="same")
    content = tf.Variable("", name="content", validate_shape=False)
    read = tf.assign(content, tf.read_file(names[1]), validate_shape=False)
    main = tf.group(read, name="start")
    builder = tf.saved_model.Builder(here("m"))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        builder.add_meta_graph_and_variables(session, ["t"], assets_collection=names + [same], main_op=main)
    builder.save()
    shutil.rmtree(here("two"))
    os.rename(here("m"), here("moved"))
    with tf.Graph().as_default(), tf.Session() as session:
        graph = tf.saved_model.load(session, ["t"], here("moved"))
        return (
            files(here("moved")), session.run("content:0"), len(graph.asset_file_def),
            sorted(graph.collection_def), len(tf.get_collection("saved_model_assets")),
        )  # fmt: skip


@program
def wrong_assets(tf, here):
    with tf.Session() as session:
        model(tf)
        session.run(tf.global_variables_initializer())

        def add(number, assets):
            builder = tf.saved_model.Builder(here(str(number)))
            builder.add_meta_graph_and_variables(session, ["t"], assets_collection=assets)

        return tried(
            lambda: add(1, ["text"]),
            lambda: add(2, [tf.placeholder(tf.string)]),
            lambda: add(3, [tf.constant(1.0)]),
            lambda: add(4, [tf.constant(["a", "b"])]),
            lambda: add(5, [tf.constant("")]),
            lambda: add(6, [tf.constant(here("nothing"))]),
        )


@program
def wrong_use_of_the_builder(tf, here):
    os.mkdir(here("full"))
    open(here("full", "file"), "w").close()
    x, y = model(tf)
    builder = tf.saved_model.Builder(here("m"))
    utils = tf.saved_model.signature_def_utils
    info = tf.saved_model.utils.build_tensor_info
    nameless = tf.TensorInfo() if hasattr(tf, "TensorInfo") else type(info(x))()
    typeless = info(x)
    typeless.dtype = 0
    build = utils.build_signature_def
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        add = builder.add_meta_graph_and_variables
        return tried(
            lambda: tf.saved_model.Builder(here("full")),
            lambda: builder.add_meta_graph(["early"]),
            lambda: add(session, ["t"], {"s": build({"x": nameless})}),
            lambda: add(session, ["t"], {"s": build({}, {"x": typeless})}),
            lambda: add(session, ["t"], {"__saved_model_init_op": build({"x": info(x)})}),
            lambda: add(session, ["t"], {"__saved_model_train_op": build({"x": info(x)})}),
            lambda: add(session, ["t"], main_op="y"),
            lambda: add(session, ["t"], main_op=tf.no_op()),
            lambda: add(session, ["t"], legacy_init_op=tf.no_op()),
            lambda: builder.add_meta_graph(["u"], main_op=tf.no_op()),
        )


@program
def wrong_folders(tf, here):
    with open(here("saved_model.pb"), "wb") as file:
        file.write(b"\xff\xff\xff no message")
    os.mkdir(here("text"))
    with open(here("text", "saved_model.pbtxt"), "w") as file:
        file.write("meta_graphs { nonsense }")
    os.mkdir(here("empty"))

    def load(folder):
        with tf.Graph().as_default(), tf.Session() as session:
            return tf.saved_model.load(session, ["serve"], folder)

    looks = tf.saved_model.maybe_saved_model_directory
    return without_parsers(
        lambda: load(here("nowhere")),
        lambda: load(here("empty")),
        lambda: load(here()),
        lambda: load(here("text")),
        lambda: [looks(here()), looks(here("text")), looks(here("empty")), looks(here("nowhere"))],
        lambda: tf.saved_model.loader.maybe_saved_model_directory(here()),
        lambda: tf.saved_model.contains_saved_model(here("text")),
    )


@program
def without_variables(tf, here):
    x = tf.placeholder(tf.float32, name="x")
    y = tf.add(x, 1.0, name="y")
    with tf.Session() as session:
        tf.saved_model.simple_save(session, here("m"), {"x": x}, {"y": y})
    with tf.Graph().as_default(), tf.Session() as session:
        graph = tf.saved_model.load(session, ["serve"], here("m"))
        return files(here("m")), session.run("y:0", {"x:0": 1.0}).tolist(), graph.HasField("saver_def")


@program
def signatures(tf, here):
    s = tf.placeholder(tf.string, [None], name="s")
    f = tf.placeholder(tf.float32, [None, 3], name="f")
    n = tf.placeholder(tf.int64, name="n")
    utils = tf.saved_model.signature_def_utils
    made = [
        utils.predict_signature_def({"a": s, "b": n}, {"c": f}),
        utils.classification_signature_def(s, s, f),
        utils.classification_signature_def(s, None, f),
        utils.regression_signature_def(s, f),
        utils.build_signature_def(),
    ]
    return (
        [signature_of(m) for m in made],
        [utils.is_valid_signature(m) for m in made + [None]],
        tried(
            lambda: utils.predict_signature_def({}, {"c": f}),
            lambda: utils.predict_signature_def({"c": f}, None),
            lambda: utils.classification_signature_def(None, s, f),
            lambda: utils.classification_signature_def("s", s, f),
            lambda: utils.classification_signature_def(f, s, f),
            lambda: utils.classification_signature_def(s, f, None),
            lambda: utils.classification_signature_def(s, None, s),
            lambda: utils.classification_signature_def(s, None, None),
            lambda: utils.regression_signature_def(None, f),
            lambda: utils.regression_signature_def(f, f),
            lambda: utils.regression_signature_def(s, None),
            lambda: utils.regression_signature_def(s, s),
        ),
    )


@program
def validity(tf, here):
    s = tf.saved_model.utils.build_tensor_info(tf.placeholder(tf.string, name="s"))
    f = tf.saved_model.utils.build_tensor_info(tf.placeholder(tf.float32, name="f"))
    build, valid = tf.saved_model.build_signature_def, tf.saved_model.is_valid_signature
    k = tf.saved_model.signature_constants
    cases = [
        build({"a": f}, {"b": f}, k.PREDICT_METHOD_NAME),
        build({}, {"b": f}, k.PREDICT_METHOD_NAME),
        build({"a": f}, {}, k.PREDICT_METHOD_NAME),
        build({"inputs": s}, {"outputs": f}, k.REGRESS_METHOD_NAME),
        build({"inputs": f}, {"outputs": f}, k.REGRESS_METHOD_NAME),
        build({"inputs": s}, {"outputs": s}, k.REGRESS_METHOD_NAME),
        build({"inputs": s, "more": s}, {"outputs": f}, k.REGRESS_METHOD_NAME),
        build({"inputs": s}, {"classes": s, "scores": f}, k.CLASSIFY_METHOD_NAME),
        build({"inputs": s}, {"classes": s}, k.CLASSIFY_METHOD_NAME),
        build({"inputs": s}, {"classes": f}, k.CLASSIFY_METHOD_NAME),
        build({"inputs": s}, {"scores": f, "x": f}, k.CLASSIFY_METHOD_NAME),
        build({"inputs": s}, {}, k.CLASSIFY_METHOD_NAME),
        build({"inputs": s}, {"outputs": f}, "other"),
    ]
    return [valid(case) for case in cases]


@program
def tensors_by_info(tf, here):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    sparse = tf.sparse_placeholder(tf.int64, [4, 5], name="p")
    info = tf.saved_model.utils.build_tensor_info
    find = tf.saved_model.utils.get_tensor_from_tensor_info
    found = find(info(sparse))
    empty = type(info(x))()
    with tf.Graph().as_default() as other:
        tf.placeholder(tf.float32, name="scope/x")
    return (
        find(info(x)) is x, [found.indices.name, found.values.name, found.dense_shape.name],
        find(info(x), other, "scope").name, info_of(info(sparse))[2:],
        tried(lambda: find(empty), lambda: find(info(x), other)),
    )  # fmt: skip


@program
def step_by_step(tf, here):
    x, y = model(tf)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, here("m"), {"x": x}, {"y": y}, legacy_init_op=tf.no_op("begin"))
    loader_impl = internal("saved_model.loader_impl")
    loader = loader_impl.SavedModelLoader(here("m"))
    with tf.Graph().as_default() as graph:
        saver, elements = loader.load_graph(graph, ["serve"], return_elements=["y:0"])
        with tf.Session(graph=graph) as session:
            before = [
                error.split(":")[0] for error in tried(lambda: session.run("y:0", {"x:0": [[1.0, 1.0]]}))
            ]
            loader.restore_variables(session, saver)
            loader.run_init_ops(session, ["serve"])
            return (
                before, session.run(elements[0], {"x:0": [[1.0, 1.0]]}).tolist(), loader.export_dir,
                loader.variables_path, len(loader.saved_model.meta_graphs),
                loader_impl.get_init_op(loader.get_meta_graph_def_from_tags(["serve"])).name,
                tried(lambda: loader.restore_variables(session, None)),
            )  # fmt: skip


@program
def main_ops(tf, here):
    model(tf)
    with tf.Session() as session:
        restored = tf.no_op("restored")
        op = tf.saved_model.main_op_with_restore(restored)
        session.run(op)
        plain = tf.saved_model.main_op.main_op()
        return (
            session.run("y:0", {"x:0": [[1.0, 1.0]]}).tolist(),
            op.name,
            plain.name,
            [op.name for op in op.control_inputs],
        )
