"""Nodes of a part of a graph: without the scope they lie in, without devices, without other Savers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from perdure.formats.graph.graph_def import AttrValue, GraphDef, NodeDef, graph_versions, operation_to_proto
from perdure.formats.graph.graph_def import library as put_library
from perdure.formats.graph.tensors import shape_to_proto
from perdure.graph.graph import Graph
from perdure.graph.scopes import strip_name_scope
from perdure.platform.text import as_str

UNBOUND_INPUT_PREFIX = "$unbound_inputs_"
SAVE_AND_RESTORE_OPS = [
    "SaveV2",
    "Save",
    "SaveSlice",
    "LegacySave",
    "LegacySaveSlice",
    "RestoreV2",
    "Restore",
    "RestoreSlice",
    "LegacyRestore",
    "LegacyRestoreSlice",
]
_MOST_BYTES = 1 << 31  # what a message can hold


def is_included(item: Any, export_scope: str | None, excluded: Collection[str] | None) -> bool:
    """Whether a node, a variable or a name belongs to what is exported."""
    name = item if isinstance(item, str) else getattr(item, "name", None)
    if name is None:
        return True
    if excluded and name in excluded:
        return False
    return name.startswith(UNBOUND_INPUT_PREFIX) or not export_scope or name.startswith(export_scope)


def part_of_graph_def(
    graph_def: Any,
    export_scope: str | None,
    excluded: Collection[str] | None,
    unbound: list[str],
    clear_devices: bool,
) -> Any:
    """The part of a GraphDef in a scope.

    Args:
        graph_def: the GraphDef.
        export_scope: the scope, which is taken away from the names.
        excluded: names of nodes to leave out.
        unbound: gets the names of inputs that come from outside of the scope.
        clear_devices: whether nodes are placed nowhere.
    """
    part = GraphDef(versions=graph_def.versions)
    part.library.CopyFrom(graph_def.library)
    for node in graph_def.node:
        if is_included(node.name, export_scope, excluded):
            part.node.append(_scoped(node, export_scope, unbound, clear_devices))
    return part


def part_of_graph(
    graph: Graph,
    export_scope: str | None,
    excluded: Collection[str] | None,
    unbound: list[str],
    clear_devices: bool,
) -> Any:
    """The part of a graph in a scope, with shapes; see `part_of_graph_def`.

    Raises:
        ValueError: it has 2 GiB or more.
    """
    part = GraphDef(versions=graph_versions(graph))
    size = 0
    for op in graph.get_operations():
        if not is_included(op.name, export_scope, excluded):
            continue
        node = operation_to_proto(op)
        size += node.ByteSize()  # type: ignore[attr-defined]
        if size >= _MOST_BYTES:
            raise ValueError("GraphDef cannot be larger than 2GB.")
        scoped = _scoped(node, export_scope, unbound, clear_devices)
        if op.outputs:
            scoped.attr["_output_shapes"].list.shape.extend(shape_to_proto(t._shape) for t in op.outputs)
        part.node.append(scoped)
    put_library(graph, part)
    return part


def _scoped(node: Any, export_scope: str | None, unbound: list[str], clear_devices: bool) -> Any:
    """A node without the scope in its names."""
    made = NodeDef()
    made.CopyFrom(node)
    if clear_devices:
        made.device = ""
    if not export_scope:
        return made
    for i, name in enumerate(node.input):
        if name.lstrip("^").startswith(export_scope):
            made.input[i] = strip_name_scope(name, export_scope)
        else:
            mark = "^" if name.startswith("^") else ""
            made.input[i] = f"{mark}{UNBOUND_INPUT_PREFIX}{name[len(mark) :]}"
            unbound.append(made.input[i])
    made.name = strip_name_scope(node.name, export_scope)
    if "_class" in node.attr:
        groups = [as_str(group) for group in node.attr["_class"].list.s]
        kept = [group for group in groups if group.partition("@")[2].startswith(export_scope)]
        stripped = [strip_name_scope(group, export_scope).encode() for group in kept]
        made.attr["_class"].CopyFrom(AttrValue(list=AttrValue.ListValue(s=stripped)))
    if node.op in ("Enter", "RefEnter") and "frame_name" in node.attr:
        frame = as_str(node.attr["frame_name"].s)
        if frame.startswith(export_scope):
            made.attr["frame_name"].s = strip_name_scope(frame, export_scope).encode()
    return made


# -- Savers --------------------------------------------------------------------------------


def extraneous_saver_nodes(graph_def: Any, saver_def: Any) -> set[str]:
    """The nodes of Savers other than that of a SaverDef: those in the scopes of nodes that save or "
    "restore."""
    saving = {node.name for node in graph_def.node if node.op in SAVE_AND_RESTORE_OPS}
    scopes = {f"{scope}/" for scope in {_scope_of(name) for name in saving} - saving}
    if saver_def is not None:
        scopes -= {
            f"{_scope_of(_op_name(name))}/"
            for name in (saver_def.save_tensor_name, saver_def.restore_op_name)
        }
    return {node.name for node in graph_def.node if any(node.name.startswith(scope) for scope in scopes)}


def _op_name(tensor_name: str) -> str:
    if not tensor_name:
        raise ValueError("Tensor name cannot be empty or None.")
    return tensor_name.removeprefix("^").partition(":")[0]


def _scope_of(node_name: str) -> str:
    if not node_name:
        raise ValueError("Node name cannot be empty or None.")
    return node_name.removeprefix("^").rpartition("/")[0]
