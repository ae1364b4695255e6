"""Which ops a graph uses, and their definitions: the `stripped_op_list` of a MetaGraphDef."""

from __future__ import annotations

from typing import Any

from perdure.formats.graph.meta_graphs import OpList, without_defaults
from perdure.formats.graph.op_defs import signature_to_proto
from perdure.graph import signatures

# Ops of TensorFlow's own that no program can name.
_INNER_OPS = ("_Arg", "_Retval", "_ListToArray", "_ArrayToList")


def ops_used_by_graph_def(graph_def: Any) -> list[str]:
    """The types of the ops that a GraphDef uses, also in the functions that it calls, in no order.

    Args:
        graph_def: the GraphDef; ops need not be known.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    used: dict[str, None] = {}
    pending = [node.op for node in graph_def.node]
    while pending:
        op_type = pending.pop()
        if op_type not in used:
            used[op_type] = None
            if op_type in functions:
                pending += [node.op for node in functions[op_type].node_def]
    return [op_type for op_type in used if op_type not in functions]


def stripped_op_list_for_graph(graph_def: Any) -> Any:
    """The OpDefs of the ops that a GraphDef uses, by name, without descriptions, as an OpList.

    Args:
        graph_def: the GraphDef.

    Raises:
        ValueError: there is no such op.
    """
    used = sorted(ops_used_by_graph_def(graph_def))
    found = []
    for op_type in used:
        signature = signatures.find(op_type)
        if signature is not None:
            found.append(signature_to_proto(signature))
        elif op_type not in _INNER_OPS:
            raise ValueError(f"Op {op_type} is used by the graph, but is not registered")
    return OpList(op=found)


def strip_graph_default_valued_attrs(meta_graph_def: Any) -> None:
    """Take attributes with the default of their op out of the nodes of a MetaGraphDef, and note that "
    "it was done.

    Args:
        meta_graph_def: the MetaGraphDef, which is changed.
    """
    library = meta_graph_def.graph_def.library.function
    functions = {function.signature.name for function in library}
    for nodes in (meta_graph_def.graph_def.node, *(function.node_def for function in library)):
        for node in nodes:
            if node.op not in functions:
                without_defaults(node)
    meta_graph_def.meta_info_def.stripped_default_attrs = True
