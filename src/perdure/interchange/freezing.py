"""Graphs whose variables are constants: `tf.graph_util.convert_variables_to_constants`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from perdure.formats.graph.graph_def import GraphDef, NodeDef
from perdure.formats.graph.tensors import make_tensor_proto
from perdure.interchange.subgraphs import extract_sub_graph, node_name
from perdure.platform import logging

_VARIABLES = ("Variable", "VariableV2", "VarHandleOp")
# What may stand between the handle of a variable and what reads it.
_PASSES_ON = ("Switch", "Enter", "Exit", "Identity", "Merge", "NextIteration")


def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: Sequence[str],
    variable_names_whitelist: Collection[str] | None = None,
    variable_names_blacklist: Collection[str] | None = None,
) -> Any:
    """The part of a graph that some nodes need, with the values of its variables in it as constants.

    Args:
        sess: the session that has the values.
        input_graph_def: the GraphDef.
        output_node_names: names of the nodes.
        variable_names_whitelist: the variables to convert; all when None.
        variable_names_blacklist: variables that stay.

    Returns:
        The GraphDef.

    Raises:
        ValueError: what reads a variable takes it from where it cannot be found.
        AssertionError: there is no node of some name.
    """
    part = extract_sub_graph(input_graph_def, output_node_names)
    nodes = {node.name: node for node in part.node}
    converted = [
        node
        for node in part.node
        if node.op in _VARIABLES
        and (variable_names_whitelist is None or node.name in variable_names_whitelist)
        and (variable_names_blacklist is None or node.name not in variable_names_blacklist)
    ]
    handed_on: dict[str, Any] = {}  # what passes a handle on -> the AttrValue of the variable's type
    for node in part.node:
        if node.op in ("ReadVariableOp", "ResourceGather"):
            _follow(node, nodes, handed_on)
    reads = [
        f"{node.name}/Read/ReadVariableOp:0" if node.op == "VarHandleOp" else f"{node.name}:0"
        for node in converted
    ]
    values = dict(zip((node.name for node in converted), sess.run(reads) if reads else (), strict=True))
    logging.info("Froze %d variables.", len(values))
    made = GraphDef()
    for node in part.node:
        if node.name in values:
            made.node.append(_const(node.name, node.attr["dtype"], values[node.name]))
        elif node.name in handed_on:
            made.node.append(_of_value(node, handed_on[node.name]))
        elif node.op == "ReadVariableOp":
            made.node.append(_identity(node))
        elif node.op == "ResourceGather":
            made.node.extend(_gather(node))
        else:
            made.node.append(node)
    made.library.CopyFrom(part.library)
    logging.info("Converted %d variables to const ops.", len(values))
    return made


def _follow(read: Any, nodes: dict[str, Any], handed_on: dict[str, Any]) -> None:
    """Note what passes the handle on to a node that reads it, up to the variable."""
    pending = [node_name(read.input[0])]
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        node = nodes[name]
        if node.op not in _PASSES_ON:
            if node.op != "VarHandleOp":
                raise ValueError("Cannot find the variable that is an input to the ReadVariableOp.")
            continue
        if name not in seen:
            seen.add(name)
            handed_on.setdefault(name, read.attr["dtype"])
            # Both inputs of a Merge are handles; the second of a Switch is its predicate.
            inputs = node.input if node.op == "Merge" else node.input[:1]
            pending += [node_name(text) for text in inputs if not text.startswith("^")]


def _const(name: str, dtype: Any, value: Any) -> Any:
    node = NodeDef(name=name, op="Const")
    node.attr["dtype"].CopyFrom(dtype)
    proto = make_tensor_proto(value, dtype=dtype.type, shape=np.shape(value))
    node.attr["value"].tensor.CopyFrom(proto)
    return node


def _of_value(node: Any, dtype: Any) -> Any:
    """What passed a handle on and passes the value on now."""
    made = NodeDef(name=node.name, op=node.op, input=node.input)
    for name, value in node.attr.items():
        if name != "_output_shapes":
            made.attr[name].CopyFrom(value)
    made.attr["T"].CopyFrom(dtype)
    return made


def _identity(node: Any) -> Any:
    made = NodeDef(name=node.name, op="Identity", input=node.input[:1])
    made.attr["T"].CopyFrom(node.attr["dtype"])
    _keep_group(node, made)
    return made


def _gather(node: Any) -> list[Any]:
    if node.attr["batch_dims"].i != 0:
        raise ValueError("batch_dims != 0 is not supported by freeze_graph.")
    indices = node.attr["Tindices"]
    axis = _const(f"{node.name}/axis", indices, 0)
    made = NodeDef(name=node.name, op="GatherV2", input=[node.input[0], node.input[1], axis.name])
    made.attr["Tparams"].CopyFrom(node.attr["dtype"])
    made.attr["Tindices"].CopyFrom(indices)
    made.attr["Taxis"].CopyFrom(indices)
    _keep_group(node, made)
    return [axis, made]


def _keep_group(node: Any, made: Any) -> None:
    if "_class" in node.attr:
        made.attr["_class"].CopyFrom(node.attr["_class"])
