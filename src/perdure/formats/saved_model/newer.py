"""What TensorFlow 2 writes into graphs that 1.15 does not know, and that changes no result."""

from __future__ import annotations

from typing import Any

# Attributes for debugging, by op.
_ATTRIBUTES = {"VarHandleOp": ("debug_name",)}
# Operations that only concern how memory is shared.
_WITHOUT_EFFECT = frozenset({"DisableCopyOnRead"})


def in_older_words(meta_graph_def: Any) -> Any:
    """A MetaGraphDef as TensorFlow 1.15 would have written it, as far as that is possible.

    Args:
        meta_graph_def: the message, which stays as it is.

    Returns:
        The message itself if it is TensorFlow 1's, else a copy.
    """
    if not meta_graph_def.meta_info_def.tensorflow_version.startswith("2"):
        return meta_graph_def
    older = type(meta_graph_def)()
    older.CopyFrom(meta_graph_def)
    for node in older.graph_def.node:
        _rewrite(node)
    for function in older.graph_def.library.function:
        for node in function.node_def:
            _rewrite(node)
    return older


def _rewrite(node: Any) -> None:
    for name in _ATTRIBUTES.get(node.op, ()):
        node.attr.pop(name, None)
    if node.op in _WITHOUT_EFFECT:
        node.op = "NoOp"
        node.ClearField("attr")
        controls = [name for name in node.input if name.startswith("^")]
        del node.input[:]
        node.input.extend(controls)
