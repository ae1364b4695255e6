"""`tensorflow.python.tools.strip_unused_lib`: what lies between some inputs and outputs of a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.filesystem import functions as files
from perdure.formats.graph.graph_def import GraphDef, NodeDef
from perdure.formats.text import from_text, to_text
from perdure.interchange.subgraphs import extract_sub_graph


def strip_unused(
    input_graph_def: Any,
    input_node_names: Sequence[str],
    output_node_names: Sequence[str],
    placeholder_type_enum: Any,
) -> Any:
    """The part of a graph that some nodes need, with placeholders instead of its inputs.

    Args:
        input_graph_def: the GraphDef.
        input_node_names: names of the nodes that become placeholders.
        output_node_names: names of the nodes that are wanted.
        placeholder_type_enum: the type of the placeholders as a number, or a list of one for each.

    Raises:
        ValueError: an input is the name of a tensor.
        KeyError: the graph has no such node.
    """
    for name in input_node_names:
        if ":" in name:
            raise ValueError(f"Name '{name}' appears to refer to a Tensor, not a Operation.")
    absent = set(input_node_names)
    replaced = GraphDef()
    for node in input_graph_def.node:
        if node.name not in input_node_names:
            replaced.node.append(node)
            continue
        absent.discard(node.name)
        enum = placeholder_type_enum
        if isinstance(enum, list):
            enum = enum[list(input_node_names).index(node.name)]
        placeholder = NodeDef(name=node.name, op="Placeholder")
        placeholder.attr["dtype"].type = enum
        for name in "_output_shapes", "shape":
            if name in node.attr:
                placeholder.attr[name].CopyFrom(node.attr[name])
        replaced.node.append(placeholder)
    if absent:
        raise KeyError(f"The following input nodes were not found: {absent}")
    return extract_sub_graph(replaced, output_node_names)


def strip_unused_from_files(
    input_graph: str,
    input_binary: bool,
    output_graph: str,
    output_binary: bool,
    input_node_names: str,
    output_node_names: str,
    placeholder_type_enum: Any,
) -> int | None:
    """As `strip_unused`, from file to file; names have commas between them, and files are bytes or text.

    Returns:
        -1 if there is no such file or no output is named.
    """
    if not files.file_exists(input_graph):
        print(f"Input graph file '{input_graph}' does not exist!")
        return -1
    if not output_node_names:
        print("You need to supply the name of a node to --output_node_names.")
        return -1
    content = files.read_file_to_string(input_graph, binary_mode=True)
    graph_def = GraphDef.FromString(content) if input_binary else from_text(content, GraphDef())
    made = strip_unused(
        graph_def, input_node_names.split(","), output_node_names.split(","), placeholder_type_enum
    )
    files.write_string_to_file(output_graph, made.SerializeToString() if output_binary else to_text(made))
    print(f"{len(made.node)} ops in the final graph.")
    return None
