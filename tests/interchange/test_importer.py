"""import_graph_def; what it refuses, and in which words, stands in tests/oracle/client/importing.py."""

import numpy as np
import pytest

from perdure import tf
from perdure.formats.graph.tensors import array_to_proto
from perdure.graph import signatures
from perdure.ops.registry import lookup


@pytest.fixture(autouse=True)
def own_graph():
    """Each test has a graph of its own."""
    with tf.Graph().as_default() as graph:
        yield graph


def graph_def(*nodes):
    """A GraphDef of nodes: (name, op, inputs, attributes)."""
    made = tf.GraphDef()
    made.versions.producer = 134
    for name, op, inputs, attrs in nodes:
        node = made.node.add(name=name, op=op, input=inputs)
        for key, value in attrs.items():
            node.attr[key].CopyFrom(value)
    return made


FLOAT = tf.AttrValue(type=1)


def const(name, proto):
    """A Const node with a message as its value."""
    return name, "Const", [], {"dtype": tf.AttrValue(type=proto.dtype), "value": tf.AttrValue(tensor=proto)}


def scalar(name, value=1.0):
    """A Const of one float."""
    return const(name, array_to_proto(np.float32(value)))


def test_an_imported_graph_runs():
    """Values come from constants, from feeds and from what stands for inputs."""
    nodes = scalar("a", 2), ("x", "Placeholder", [], {"dtype": FLOAT}), ("y", "Mul", ["a", "x"], {"T": FLOAT})
    (y,) = tf.import_graph_def(graph_def(*nodes), return_elements=["y:0"])
    (mapped,) = tf.import_graph_def(graph_def(*nodes), input_map={"x": y}, return_elements=["y:0"])
    with tf.Session() as session:
        assert session.run([y, mapped], {"import/x:0": 3}) == [6, 12]


def test_ops_without_kernels_are_named_at_once(own_graph):
    """They import, and a step that needs them names all of them; others run."""
    sources = [
        op_type
        for op_type in signatures.all_types()
        if lookup(op_type) is None and not (signatures.find(op_type).inputs or signatures.find(op_type).attrs)
    ]
    nodes = [(op_type, op_type, [], {}) for op_type in sources[:3]]
    (a,) = tf.import_graph_def(graph_def(scalar("a", 2), *nodes), name="", return_elements=["a:0"])
    with tf.Session() as session:
        assert session.run(a) == 2
        with pytest.raises(tf.errors.UnimplementedError, match=", ".join(f"{s} .{s}." for s in sources[:3])):
            session.run([own_graph.get_operation_by_name(op_type) for op_type in sources[:3]])


@pytest.mark.parametrize(
    "proto",
    [
        tf.make_tensor_proto([1.0, 2.0]),
        tf.make_tensor_proto(1, shape=[3, 2]),
        tf.make_tensor_proto(["a", b"\xff"]),
        tf.make_tensor_proto(np.zeros([0, 3], np.int64)),
    ],
)
def test_tensors_keep_their_messages(proto, own_graph):
    """In whatever way their elements are written."""
    forms = [proto]
    if proto.dtype == 1:
        forms += [
            type(proto)(dtype=1, tensor_shape=proto.tensor_shape, float_val=v) for v in ([], [3], [3, 4])
        ]
        forms.append(type(proto)(dtype=1, tensor_content=np.float32(1).tobytes()))
    made = graph_def(*(const(f"c{i}", form) for i, form in enumerate(forms)))
    tf.import_graph_def(made, name="")
    assert own_graph.as_graph_def() == made


def test_a_changed_attribute_is_written_as_it_is(own_graph):
    """Not as it came."""
    content = tf.make_tensor_proto(1.0)
    content.ClearField("float_val")
    content.tensor_content = np.float32(1).tobytes()
    tf.import_graph_def(graph_def(const("c", content)), name="")
    op = own_graph.get_operation_by_name("c")
    op._set_attr("value", tf.AttrValue(tensor=tf.make_tensor_proto(2.0)))
    assert op.node_def.attr["value"].tensor.float_val[:] == [2.0]


def test_a_splat_takes_no_memory(own_graph):
    """A shape of a file costs nothing before somebody computes with it."""
    huge = tf.make_tensor_proto(1.0, shape=[1])
    huge.tensor_shape.dim[0].size = 1 << 40
    tf.import_graph_def(graph_def(const("c", huge)), name="")
    assert own_graph.get_tensor_by_name("c:0").shape == [1 << 40]
    assert own_graph.as_graph_def().node[0].attr["value"].tensor == huge
    huge.float_val.append(2.0)
    with pytest.raises(ValueError, match="2 values stand for"):
        tf.import_graph_def(graph_def(const("c", huge)), name="")


def test_a_tensor_of_another_type_than_its_node(own_graph):
    """Is written as it came."""
    made = graph_def(const("c", tf.make_tensor_proto(["text"])))
    made.node[0].attr["dtype"].type = 3
    tf.import_graph_def(made, name="")
    assert own_graph.as_graph_def() == made


def test_a_finalized_graph_takes_nothing(own_graph):
    """As it takes no other operation."""
    own_graph.finalize()
    with pytest.raises(RuntimeError, match="finalized"):
        tf.import_graph_def(graph_def(scalar("a")), name="")
