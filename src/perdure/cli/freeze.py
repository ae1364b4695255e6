"""`perdure freeze`: a model as one file, its variables constants, with what some nodes need."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def freeze(model: str, nodes: Sequence[str], output: str, graph: str | None, tags: str) -> int:
    """Write a frozen graph; return the exit status.

    Args:
        model: the folder of a SavedModel, the prefix of a checkpoint or its `.meta` file, or a folder of
            checkpoints.
        nodes: names of the nodes that are wanted.
        output: the file to write.
        graph: a file with the GraphDef, for a checkpoint without a meta graph.
        tags: the tags of the graph in a SavedModel, with commas between them.
    """
    from perdure import tf
    from perdure.graph.errors import OpError

    tf.logging.set_verbosity(tf.logging.ERROR)
    try:
        with tf.Graph().as_default():
            made = _frozen(model, nodes, output, graph, tags)
    except (OSError, ValueError, AssertionError, KeyError, RuntimeError, OpError) as error:
        print(f"perdure: {model} cannot be frozen: {getattr(error, 'message', error)}", file=sys.stderr)
        return 1
    size = made.ByteSize()
    print(f"{output}: {len(made.node)} nodes, {size:,} bytes")
    return 0


def _frozen(model: str, nodes: Sequence[str], output: str, graph: str | None, tags: str) -> Any:
    from perdure.compat.inner_freeze_graph import freeze_graph_with_def_protos
    from perdure.formats.graph.graph_def import GraphDef
    from perdure.formats.graph.meta_graphs import parsed
    from perdure.interchange.meta_graph import read_meta_graph_file
    from perdure.saved_model.parsing import parse_saved_model
    from perdure.training.saving.management import latest_checkpoint

    graph_def = meta_graph = saved = None
    wanted = set(tags.split(","))
    if any((Path(model) / name).exists() for name in ("saved_model.pb", "saved_model.pbtxt")):
        saved = model
        graphs = parse_saved_model(model).meta_graphs
        graph_def = next((g.graph_def for g in graphs if set(g.meta_info_def.tags) == wanted), None)
        if graph_def is None:
            there = "; ".join(",".join(g.meta_info_def.tags) for g in graphs)
            raise ValueError(f"it has no graph with the tags {tags}, but with: {there}")
    else:
        model = (latest_checkpoint(model) or model) if Path(model).is_dir() else model.removesuffix(".meta")
        if graph is None:
            meta_graph = read_meta_graph_file(f"{model}.meta")
        else:
            graph_def = parsed(Path(graph).read_bytes(), GraphDef())
    source = meta_graph.graph_def if meta_graph is not None else graph_def
    if not nodes:
        raise ValueError(f"name the nodes that are wanted. Nodes that no other takes: {_ends(source)}")
    return freeze_graph_with_def_protos(
        graph_def, None, model, ",".join(nodes), None, None, output, True, "",
        input_meta_graph_def=meta_graph, input_saved_model_dir=saved, saved_model_tags=sorted(wanted),
    )  # fmt: skip


_MOST_ENDS = 20  # as many as a person reads


def _ends(graph_def: Any) -> str:
    """The nodes of a graph whose tensors nobody takes, those of savers and initializers aside."""
    taken = {text.removeprefix("^").partition(":")[0] for node in graph_def.node for text in node.input}
    skipped = {"NoOp", "Assign", "AssignVariableOp", "Const", "SaveV2", "RestoreV2", "VarIsInitializedOp"}
    names = [node.name for node in graph_def.node if node.name not in taken and node.op not in skipped]
    names = [name for name in names if not name.startswith(("save", "gradients/", "report_uninit"))]
    return ", ".join(names[:_MOST_ENDS]) + (", ..." if len(names) > _MOST_ENDS else "")
