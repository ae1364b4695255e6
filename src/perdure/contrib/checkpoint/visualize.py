"""The objects of a checkpoint as a graph for Graphviz."""

from __future__ import annotations

from typing import Any

from perdure.tracking.trackable import VARIABLE_VALUE_KEY
from perdure.training.checkpoint_reader import NewCheckpointReader
from perdure.training.checkpoints.trackable_saver import object_metadata


def dot_graph_from_checkpoint(save_path: str) -> str:
    """The objects of an object-based checkpoint, and what they depend on, in the language DOT.

    Args:
        save_path: the name of the checkpoint.

    Returns:
        A `digraph`: variables are blue points, slots orange and optimizers red ones.

    Raises:
        NotFoundError: there is no such checkpoint.
        ValueError: it is not object-based.
    """
    reader = NewCheckpointReader(save_path)
    nodes = object_metadata(save_path).nodes
    shapes, dtypes = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    slots = {slot.slot_variable_node_id for node in nodes for slot in node.slot_variables}
    lines = ["digraph {"]
    for number, node in enumerate(nodes):
        lines.append(f"N_{number} [{_look(number, node, slots, shapes, dtypes)}]")
        for child in node.children:
            lines.append(f'N_{number} -> N_{child.node_id} [label="{_escaped(child.local_name)}"]')
        for slot in node.slot_variables:
            name = _escaped(slot.slot_name)
            lines.append(f'N_{number} -> N_{slot.slot_variable_node_id} [label="{name}" style=dotted]')
            original = slot.original_variable_node_id
            lines.append(f"N_{original} -> N_{slot.slot_variable_node_id} [style=dotted]")
    return "\n".join([*lines, "}\n"])


def _look(number: int, node: Any, slots: set[int], shapes: Any, dtypes: Any) -> str:
    """The attributes of a node."""
    if [attribute.name for attribute in node.attributes] == [VARIABLE_VALUE_KEY]:
        (attribute,) = node.attributes
        color, kind = ("orange", "Slot variable") if number in slots else ("blue", "Variable")
        key = attribute.checkpoint_key
        tooltip = f"{kind} {_escaped(attribute.full_name)} shape={shapes[key]} {dtypes[key].name}"
        return f'shape=point label="" color={color} width=.25 tooltip="{tooltip}"'
    if node.slot_variables:
        return 'shape=point label="" width=.25 color=red,tooltip="Optimizer"'
    return 'shape=point label="" width=.25'


def _escaped(name: str) -> str:
    return name.replace('"', '\\"')
