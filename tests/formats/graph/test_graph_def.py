"""Graphs, nodes and signatures as TensorFlow writes them."""

import pytest
from google.protobuf import text_format

from perdure.formats.graph.graph_def import from_attr_value, operation_attr
from perdure.formats.graph.node_text import attr_text, node_def_text
from perdure.formats.graph.op_defs import signature_to_proto
from perdure.formats.messages import AttrValue, GraphDef, NodeDef, OpDef
from perdure.graph import signatures
from perdure.graph.graph import Graph
from tests.formats import cases


@pytest.fixture
def graph(m, no_shape_inference):
    return cases.build_graph(m, Graph())


def test_graph_def(graph, goldens):
    """Nodes, inputs, control inputs, devices, attributes and versions are TensorFlow's."""
    assert graph.as_graph_def() == text_format.Parse(goldens["graph"], GraphDef())


def test_output_shapes(graph, goldens):
    """add_shapes adds `_output_shapes` to every node that has outputs."""
    expected = text_format.Parse(goldens["graph with shapes"], GraphDef())
    for node in expected.node:
        if node.name in ("a", "z", "y"):
            graph.get_tensor_by_name(node.name + ":0").set_shape(
                [dim.size for dim in node.attr["_output_shapes"].list.shape[0].dim]
            )
    made = {node.name: node.attr["_output_shapes"] for node in graph.as_graph_def(add_shapes=True).node}
    for node in expected.node:
        if node.name in ("a", "z", "y"):
            assert made[node.name] == node.attr["_output_shapes"]
    assert len(made["s"].list.shape) == 3 and made["s"].list.shape[2].unknown_rank


def test_from_version(graph):
    """Has no effect, as in TensorFlow 1.15: the whole graph."""
    assert graph.as_graph_def(from_version=graph.version) == graph.as_graph_def()


def test_node_def(graph, goldens):
    """A node by itself keeps its control inputs in the order they were given."""
    op = graph.get_operation_by_name("m")
    assert op.node_def == text_format.Parse(goldens["node"], NodeDef())
    assert list(op.node_def.input) == ["p", "a", "^z", "^y"]


def test_printed_operation(graph):
    """Attributes are printed by name, as TensorFlow prints them."""
    for op in graph.get_operations():
        keys = [line.split('"')[1] for line in str(op).splitlines() if line.startswith("  key:")]
        assert keys == sorted(keys)
        assert text_format.Parse(str(op), NodeDef()) == op.node_def


def test_op_defs(graph, goldens):
    """Arguments, attributes, defaults, allowed values and flags."""
    for op in graph.get_operations():
        expected = text_format.Parse(goldens["op_defs"][op.type], OpDef())
        expected.ClearField("allows_uninitialized_input")
        assert op.op_def == expected


def test_every_signature_can_be_written():
    """No default or allowed value of the table is refused."""
    for op_type in signatures.all_types():
        assert signature_to_proto(signatures.find(op_type)).name == op_type


def test_get_attr(graph, goldens):
    """Strings come as bytes, shapes and tensors as messages, types as DType."""
    for op in graph.get_operations():
        for name, expected in goldens["attrs"][op.name].items():
            assert repr(op.get_attr(name)) == expected
    with pytest.raises(ValueError, match="Operation 'm' has no attr named 'nothing'."):
        graph.get_operation_by_name("m").get_attr("nothing")


def test_wrong_attribute_names_the_node(graph):
    """An attribute of the wrong type says whose it is."""
    op = graph.get_operation_by_name("m")
    op.attrs["transpose_a"] = "yes"
    with pytest.raises(TypeError, match="MatMul 'm': attribute 'transpose_a': .*type bool, got 'yes'"):
        operation_attr(op, "transpose_a")


def test_attributes_from_messages():
    """What create_op does with the messages it is given."""
    attr = signatures.find("MatMul").attr("transpose_a")
    assert from_attr_value(AttrValue(b=True), attr) is True
    with pytest.raises(ValueError, match="Attribute 'transpose_a': AttrValue: it has no value"):
        from_attr_value(AttrValue(), attr)
    with pytest.raises(ValueError, match="^AttrValue: it has no value"):
        from_attr_value(AttrValue(), None)


def test_attribute_text(m, goldens):
    """Every kind of attribute in one line, cut where TensorFlow cuts."""
    texts = {name: attr_text(value) for name, value in cases.node_text_attrs(m).items()}
    assert texts == goldens["node text"]
    assert attr_text(m.AttrValue(placeholder="T")) == "$T"
    assert attr_text(m.AttrValue()) == "<Unknown AttrValue type>"


def test_node_text(graph):
    """A node in one line: attributes sorted, device last, control inputs after data inputs."""
    assert node_def_text(graph.get_operation_by_name("m")) == (
        "{{node m}} = MatMul[T=DT_FLOAT, transpose_a=false, transpose_b=false, "
        '_device="/device:GPU:1"](p, a, ^z, ^y)'
    )
    assert node_def_text(graph.get_operation_by_name("t")).endswith("(s:2, s)")


def test_private_attributes_given_as_messages(graph, m):
    """They are kept as Python values, which colocation and placement read."""
    group = m.AttrValue(list=m.AttrValue.ListValue(s=[b"loc:@a"]))
    a = graph.get_tensor_by_name("a:0")
    op = graph.create_op("Identity", [a], name="i", attrs={"_class": group})
    assert op.attrs["_class"] == ["loc:@a"] and op.colocation_groups() == [b"loc:@a"]
    op._set_attr("_count", m.AttrValue(i=3))
    assert op.attrs["_count"] == 3 and op.get_attr("_count") == 3
    assert op.node_def.attr["_class"] == group
