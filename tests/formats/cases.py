"""What is written by TensorFlow for the goldens, and by perdure for the tests.

Runs on Python 3.7 too, where TensorFlow 1.15 lives. `m` offers the messages by their names and
`make_tensor_proto`, from whichever of the two packages is asked.
"""

import numpy as np


def config(m):
    made = m.ConfigProto(allow_soft_placement=True, device_count={"CPU": 2, "GPU": 0})
    made.gpu_options.allow_growth = True
    made.gpu_options.per_process_gpu_memory_fraction = 0.333
    made.gpu_options.experimental.virtual_devices.add(memory_limit_mb=[1024, 2048.5])
    made.graph_options.optimizer_options.opt_level = m.OptimizerOptions.L0
    made.graph_options.optimizer_options.global_jit_level = m.OptimizerOptions.ON_1
    made.graph_options.rewrite_options.memory_optimization = m.RewriterConfig.MANUAL
    made.graph_options.rewrite_options.optimizers.extend(["pruning", "layout"])
    made.device_filters.append("/job:ps")
    made.session_inter_op_thread_pool.add(num_threads=3)
    made.rpc_options.compression_algorithm = "gzip"
    made.cluster_def.job.add(name="worker").tasks[1] = "host:2222"
    made.experimental.session_metadata.name = "s"
    made.operation_timeout_in_ms = 10000
    return made


def attr(m):
    made = m.NameAttrList(name="f\N{LATIN SMALL LETTER U WITH DIAERESIS}")
    made.attr["T"].type = 1
    return m.AttrValue(func=made)


def attr_list(m):
    return m.AttrValue(
        list=m.AttrValue.ListValue(s=[b"a\x00\xff", b""], i=[-1, 2**40], b=[True, False], f=[0.1])
    )


def node(m):
    made = m.NodeDef(name="a/b", op="Const", input=["x:1", "^y"], device="/device:GPU:0")
    made.attr["value"].tensor.CopyFrom(m.make_tensor_proto([[1.5, -2.0]]))
    return made


def summary(m):
    made = m.Summary()
    made.value.add(tag="loss", simple_value=0.25)
    value = made.value.add(tag="weights")
    value.histo.min, value.histo.bucket_limit[:], value.histo.bucket[:] = (
        -1.0,
        [0.0, 1e308],
        [3.0, 4.0],
    )
    value.metadata.plugin_data.plugin_name = "histograms"
    return made


def event(m):
    return m.Event(wall_time=1.5e9, step=7, session_log=m.SessionLog(status=m.SessionLog.START))


def meta_graph(m):
    made = m.MetaGraphDef()
    made.meta_info_def.tags.append("serve")
    made.meta_info_def.stripped_op_list.op.add(name="Add").is_commutative = True
    made.graph_def.versions.producer = 134
    made.saver_def.version = m.SaverDef.V2
    made.saver_def.keep_checkpoint_every_n_hours = 10000.0
    made.collection_def["variables"].bytes_list.value.append(
        m.VariableDef(variable_name="v:0", trainable=True).SerializeToString()
    )
    made.collection_def["steps"].int64_list.value.extend([1, 2])
    signature = made.signature_def["serving_default"]
    signature.method_name = "tensorflow/serving/predict"
    signature.inputs["x"].name, signature.inputs["x"].dtype = "x:0", 1
    signature.inputs["x"].tensor_shape.dim.add(size=-1)
    return made


def example(m):
    made = m.Example()
    made.features.feature["ids"].int64_list.value.extend([1, -2])
    return made


def step_stats(m):
    made = m.RunMetadata()
    device = made.step_stats.dev_stats.add(device="/device:CPU:0")
    device.node_stats.add(node_name="a", all_start_micros=5, thread_id=3).memory.add(total_bytes=8)
    made.cost_graph.node.add(id=1, compute_cost=2)
    return made


def bundle_entry(m):
    made = m.BundleEntryProto(dtype=9, offset=16, size=8, crc32c=0xDEADBEEF)
    made.slices.add().extent.add(start=2, length=3)
    return made


MESSAGES = {
    made.__name__: made
    for made in (
        config,
        attr,
        attr_list,
        node,
        summary,
        event,
        meta_graph,
        example,
        step_stats,
        bundle_entry,
    )
}

# name -> (values, dtype, shape), as make_tensor_proto takes them
TENSORS = {
    "float": (1.5, None, None),
    "int": (7, None, None),
    "long": (2**40, None, None),
    "bool": (True, None, None),
    "text": ("abc", None, None),
    "bytes": (b"a\x00b", None, None),
    "unicode": ("\N{LATIN SMALL LETTER A WITH DIAERESIS}", None, None),
    "complex": (3 + 4j, None, None),
    "floats": ([1.0, 2.5, -3.0], None, None),
    "matrix": ([[1, 2], [3, 4]], None, None),
    "bools": ([True, False], None, None),
    "texts": ([["a", "bc"], ["", "d"]], None, None),
    "complexes": (np.array([1 + 2j, 3 - 1j], "complex64"), None, None),
    "complexes128": (np.array([1 + 2j, 3 - 1j]), None, None),
    "half": (np.array(1.5, "float16"), None, None),
    "halves": (np.array([1.5, -2.0], "float16"), None, None),
    "doubles": (np.array([1.0, 2.0]), None, None),
    "double": (2.5, "float64", None),
    "empty": ([], None, None),
    "empty int": (np.zeros([0, 3], "int64"), None, None),
    "one in a vector": ([5], None, None),
    "splat": (0, None, [2, 3]),
    "splat float": (1.0, "float32", [4]),
    "last repeats": ([1, 2, 3], None, [2, 3]),
    "reshaped": ([1, 2, 3, 4], None, [2, 2]),
    "splat text": ("x", None, [2]),
    "splat half": (1.0, "float16", [3]),
    "fortran": (np.asfortranarray(np.arange(6, dtype="int32").reshape(2, 3)), None, None),
    "big endian": (np.arange(3, dtype=">i4"), "int32", None),
    "qint8": ((5,), "qint8", None),
    "qint8s": ([(5,), (-6,)], "qint8", None),
    "bfloat16": (1.5, "bfloat16", None),
    "bfloat16s": ([1.5, 2.0], "bfloat16", None),
}
for _name in "int8 int16 uint8 uint16 uint32 uint64 int64".split():
    TENSORS[_name] = (np.array(3, _name), None, None)
    TENSORS[_name + "s"] = (np.array([3, 100], _name), None, None)


def _shape(m, *sizes):
    return m.TensorShapeProto(dim=[m.TensorShapeProto.Dim(size=size) for size in sizes])


def node_text_attrs(m):
    """Attributes of a node whose one-line text TensorFlow prints in an error message."""
    list_of, tensor = m.AttrValue.ListValue, m.make_tensor_proto
    values = {
        "_string": {"s": b'ab"\n\x00\xc3\xa9c'},
        "_long_string": {"s": b"0123456789" * 12},
        "_int": {"i": 5},
        "_float": {"f": 0.1},
        "_whole_float": {"f": 3},
        "_large_float": {"f": 1e20},
        "_digits": {"f": 123456789.0},
        "_small_float": {"f": 1e-7},
        "_bool": {"b": True},
        "_shape": {"shape": _shape(m, -1, 3)},
        "_scalar": {"shape": _shape(m)},
        "_any_shape": {"shape": m.TensorShapeProto(unknown_rank=True)},
        "_floats": {"tensor": tensor([1.0, 2.0, 0.1])},
        "_range": {"tensor": tensor(np.arange(20))},
        "_rows": {"tensor": tensor(np.arange(8).reshape(2, 4))},
        "_bools": {"tensor": tensor([[True], [False]])},
        "_texts": {"tensor": tensor(["a", "b"])},
        "_complex": {"tensor": tensor(3 + 4j)},
        "_half": {"tensor": tensor(np.float16(1.5))},
        "_nothing": {"tensor": tensor(np.zeros([0, 2], "f4"))},
        "_function": {"func": m.NameAttrList(name="foo", attr={"T": m.AttrValue(type=1)})},
        "_list_int": {"list": list_of(i=[1, 2])},
        "_list_empty": {"list": list_of()},
        "_list_long": {"list": list_of(i=range(70))},
        "_list_string": {"list": list_of(s=[b"x"])},
        "_list_shape": {"list": list_of(shape=[_shape(m, 1)])},
        "_list_type": {"list": list_of(type=[1, 3])},
        "_list_float": {"list": list_of(f=[1.5])},
        "_list_bool": {"list": list_of(b=[True, False])},
        "_list_tensor": {"list": list_of(tensor=[tensor(1)])},
    }
    return {name: m.AttrValue(**value) for name, value in values.items()}


def build_graph(m, graph):
    """A graph made of raw operations; the same calls work on both sides."""
    attr = m.AttrValue

    def const(value, name):
        proto = m.make_tensor_proto(value)
        attrs = {"value": attr(tensor=proto), "dtype": attr(type=proto.dtype)}
        return graph.create_op("Const", [], [m.as_dtype(proto.dtype)], name=name, attrs=attrs).outputs[0]

    number = m.as_dtype("float32")
    of_float = attr(type=1)
    a = const(np.arange(6, dtype="float32").reshape(2, 3), "a")
    shape = attr(shape=_shape(m, -1, 2))
    p = graph.create_op("Placeholder", [], [number], name="p", attrs={"dtype": of_float, "shape": shape})
    waiting = [const(1, "z").op, const(b"x", "y").op]
    with graph.control_dependencies(waiting), graph.device("/gpu:1"):
        attrs = {"T": of_float, "transpose_a": attr(b=False), "transpose_b": attr(b=False)}
        product = graph.create_op("MatMul", [p.outputs[0], a], [number], name="m", attrs=attrs)
    attrs = {"T": of_float, "num": attr(i=3), "axis": attr(i=1)}
    parts = graph.create_op("Unpack", product.outputs, [number] * 3, name="s", attrs=attrs).outputs
    attrs = {"T": of_float, "N": attr(i=2), "axis": attr(i=0)}
    packed = graph.create_op("Pack", [parts[2], parts[0]], [number], name="t", attrs=attrs)
    packed._set_attr("_class", attr(list=attr.ListValue(s=[b"loc:@m"])))
    queue = {
        "component_types": attr(list=attr.ListValue(type=[1, 3])),
        "shapes": attr(list=attr.ListValue(shape=[_shape(m), _shape(m, 2)])),
        "capacity": attr(i=3),
        "container": attr(s=b""),
        "shared_name": attr(s=b""),
    }
    graph.create_op("FIFOQueue", [], [m.as_dtype("string_ref")], name="q", attrs=queue)
    return graph
