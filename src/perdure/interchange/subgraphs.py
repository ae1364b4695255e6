"""Parts of GraphDefs: what some nodes need, and what inference does not need (`tf.graph_util`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from perdure.formats.graph.graph_def import GraphDef, NodeDef
from perdure.graph import dtypes
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.tensor_shape import TensorShape

_COLOCATION = b"loc:@"
_VARIABLE_OPS = frozenset(
    "Assign AssignAdd AssignSub Queue ScatterAdd ScatterSub ScatterUpdate TruncatedNormal Variable "
    "VariableV2".split()
)
# Ops whose int32 inputs stay on the host, with the attribute that says the type.
_HOST_IF_INT32 = {"DynamicStitch": "T", "ParallelDynamicStitch": "T", "Cast": "SrcT"}


def node_name(text: str) -> str:
    """The node that an input names."""
    return text[1:] if text.startswith("^") else text.partition(":")[0]


def extract_sub_graph(graph_def: Any, dest_nodes: Sequence[str]) -> Any:
    """The nodes that some nodes need, and the nodes of the groups that these are placed with.

    Args:
        graph_def: the GraphDef.
        dest_nodes: names of nodes.

    Returns:
        A GraphDef with the nodes in their order, the library and the versions.

    Raises:
        TypeError: `graph_def` is no GraphDef, or `dest_nodes` no list.
        AssertionError: there is no node of some name.
    """
    if not isinstance(graph_def, GraphDef):
        raise TypeError("graph_def must be a graph_pb2.GraphDef proto.")
    if isinstance(dest_nodes, str):
        raise TypeError("dest_nodes must be a list.")
    nodes = {node_name(node.name): node for node in graph_def.node}
    for name in dest_nodes:
        assert name in nodes, f"{name} is not in graph"
    needed: set[str] = set()
    pending = deque(dest_nodes)
    while pending:
        name = pending.popleft()
        if name in needed:
            continue
        needed.add(name)
        node = nodes.get(name)
        if node is None:
            continue
        pending.extend(node_name(text) for text in node.input)
        if "_class" in node.attr:
            groups = node.attr["_class"].list.s
            pending.extend(g[len(_COLOCATION) :].decode() for g in groups if g.startswith(_COLOCATION))
    lacking = sorted(needed - nodes.keys())
    if lacking:
        raise KeyError(lacking[0])
    part = GraphDef(versions=graph_def.versions)
    part.node.extend(node for node in graph_def.node if node_name(node.name) in needed)
    part.library.CopyFrom(graph_def.library)
    return part


def remove_training_nodes(input_graph: Any, protected_nodes: Sequence[str] | None = None) -> Any:
    """A GraphDef without checks of numbers, and without identities that no control input names or is one of.

    Args:
        input_graph: the GraphDef; it is not changed.
        protected_nodes: names of nodes that stay.

    Returns:
        A GraphDef of nodes alone.
    """
    protected = set(protected_nodes or ())
    checks = {n.name for n in input_graph.node if n.op == "CheckNumerics" and n.name not in protected}
    nodes = []
    for node in input_graph.node:
        if node.name not in checks:
            kept = [text for text in node.input if text.removeprefix("^") not in checks]
            nodes.append(_with_inputs(node, kept))
    awaited = {text.replace("^", "") for node in nodes for text in node.input if "^" in text}
    spliced = {
        node.name: node.input[0]
        for node in nodes
        if node.op == "Identity"
        and node.name not in protected | awaited
        and not any("^" in text for text in node.input)
    }
    made = GraphDef()
    for node in nodes:
        if node.name not in spliced:
            made.node.append(_with_inputs(node, [_source(text, spliced) for text in node.input]))
    return made


def _source(text: str, spliced: dict[str, str]) -> str:
    """What an input is when identities are gone."""
    while (name := text.removeprefix("^")) in spliced:
        text = spliced[name]
    return text


def _with_inputs(node: Any, inputs: Sequence[str]) -> Any:
    made = NodeDef()
    made.CopyFrom(node)
    del made.input[:]  # type: ignore[attr-defined]
    made.input.extend(inputs)
    return made


def must_run_on_cpu(node: Any, pin_variables_on_cpu: bool = False) -> bool:
    """Whether a node can only be placed on a CPU: int32 and string constants, and what computes with int32.

    Args:
        node: an Operation or a NodeDef.
        pin_variables_on_cpu: whether variables and updates of them are such nodes, too.
    """
    if isinstance(node, Operation):
        node = node.node_def
    assert isinstance(node, NodeDef)
    if pin_variables_on_cpu and node.op in _VARIABLE_OPS:
        return True
    if node.op == "Const":
        return node.attr["dtype"].type in (dtypes.string.as_datatype_enum, dtypes.int32.as_datatype_enum)
    attr = _HOST_IF_INT32.get(node.op)
    return attr is not None and node.attr[attr].type == dtypes.int32.as_datatype_enum


def tensor_shape_from_node_def_name(graph: Graph, input_name: str) -> TensorShape:
    """The shape of a tensor of a graph by its name, where ":0" may be left out.

    Args:
        graph: the graph.
        input_name: the name.

    Raises:
        KeyError: the graph has no such tensor.
    """
    return graph.get_tensor_by_name(input_name if ":" in input_name else f"{input_name}:0").get_shape()
