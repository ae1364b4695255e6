"""`tensorflow.python.tools.freeze_graph`: a graph and the values of its variables as one GraphDef."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from perdure.filesystem import functions as files
from perdure.formats.graph.graph_def import GraphDef
from perdure.formats.graph.meta_graphs import MetaGraphDef
from perdure.formats.text import from_text
from perdure.graph.stacks import get_default_graph
from perdure.interchange.freezing import convert_variables_to_constants
from perdure.interchange.importer import import_graph_def
from perdure.saved_model import loader
from perdure.saved_model.parsing import parse_saved_model
from perdure.session.session import Session
from perdure.training.checkpoint_reader import NewCheckpointReader
from perdure.training.saving.management import checkpoint_exists
from perdure.training.saving.saver import Saver, import_meta_graph

_PART = re.compile(r"/part_\d+/")


def freeze_graph(
    input_graph: str,
    input_saver: str,
    input_binary: bool,
    input_checkpoint: str,
    output_node_names: str,
    restore_op_name: Any,
    filename_tensor_name: Any,
    output_graph: str,
    clear_devices: bool,
    initializer_nodes: str,
    variable_names_whitelist: str = "",
    variable_names_blacklist: str = "",
    input_meta_graph: str | None = None,
    input_saved_model_dir: str | None = None,
    saved_model_tags: str = "serve",
    checkpoint_version: int = 2,
) -> Any:
    """The part of a graph that some nodes need, with the values of a checkpoint as constants.

    Args:
        input_graph: a file with the GraphDef; "" if there is none.
        input_saver: a file with a SaverDef; "" if there is none.
        input_binary: whether these files are bytes, and no text.
        input_checkpoint: the prefix of the checkpoint.
        output_node_names: names of nodes, with commas between them.
        restore_op_name: has no effect, as in TensorFlow.
        filename_tensor_name: has no effect, as in TensorFlow.
        output_graph: a file to write the result to; "" for none.
        clear_devices: whether nodes are placed nowhere.
        initializer_nodes: names of operations to run first, with commas between them.
        variable_names_whitelist: names of the variables to convert, with commas; all when "".
        variable_names_blacklist: names of variables that stay, with commas.
        input_meta_graph: a file with a MetaGraphDef.
        input_saved_model_dir: the folder of a SavedModel.
        saved_model_tags: the tags of the graph in it, with commas.
        checkpoint_version: the version of checkpoints that a Saver is made for.

    Returns:
        The GraphDef.

    Raises:
        OSError: there is no such file.
        ValueError: there is no checkpoint, or nothing to freeze.
    """
    graph_def = meta_graph = saver_def = None
    if input_saved_model_dir:
        graph_def = _saved_graph(input_saved_model_dir, _names(saved_model_tags) or []).graph_def
    elif input_graph:
        graph_def = _parsed(input_graph, "graph", input_binary, GraphDef())
    if input_meta_graph:
        meta_graph = _parsed(input_meta_graph, "meta graph", input_binary, MetaGraphDef())
    if input_saver:
        from perdure.formats.messages import SaverDef

        saver_def = _parsed(input_saver, "saver", input_binary, SaverDef())
    return freeze_graph_with_def_protos(
        graph_def,
        saver_def,
        input_checkpoint,
        output_node_names,
        restore_op_name,
        filename_tensor_name,
        output_graph,
        clear_devices,
        initializer_nodes,
        variable_names_whitelist,
        variable_names_blacklist,
        meta_graph,
        input_saved_model_dir,
        _names(saved_model_tags),
        checkpoint_version,
    )


def freeze_graph_with_def_protos(
    input_graph_def: Any,
    input_saver_def: Any,
    input_checkpoint: str,
    output_node_names: str,
    restore_op_name: Any,
    filename_tensor_name: Any,
    output_graph: str,
    clear_devices: bool,
    initializer_nodes: str,
    variable_names_whitelist: str = "",
    variable_names_blacklist: str = "",
    input_meta_graph_def: Any = None,
    input_saved_model_dir: str | None = None,
    saved_model_tags: Sequence[str] | None = None,
    checkpoint_version: int = 2,
) -> Any:
    """As `freeze_graph`, of messages; the graph is added to the default graph.

    Args:
        input_graph_def: the GraphDef, or None.
        input_saver_def: the SaverDef, or None.
        input_meta_graph_def: the MetaGraphDef, or None.
        saved_model_tags: the tags of the graph in the SavedModel.

    Raises:
        ValueError: there is no checkpoint, or nothing to freeze.
    """
    if not input_saved_model_dir and not checkpoint_exists(input_checkpoint):
        raise ValueError(f"Input checkpoint '{input_checkpoint}' doesn't exist!")
    if not output_node_names:
        raise ValueError("You need to supply the name of a node to --output_node_names.")
    source = input_meta_graph_def.graph_def if input_meta_graph_def else input_graph_def
    if clear_devices and source:
        for node in source.node:
            node.device = ""
    if input_graph_def:
        import_graph_def(input_graph_def, name="")
    with Session() as session:
        if input_saver_def:
            saver = Saver(saver_def=input_saver_def, write_version=checkpoint_version)
            saver.restore(session, input_checkpoint)
        elif input_meta_graph_def:
            restorer: Any = import_meta_graph(input_meta_graph_def, clear_devices=True)
            restorer.restore(session, input_checkpoint)
            _run(session, initializer_nodes)
        elif input_saved_model_dir:
            loader.load(session, saved_model_tags or [], input_saved_model_dir)
        else:
            _saver_of(input_checkpoint, checkpoint_version).restore(session, input_checkpoint)
            _run(session, initializer_nodes)
        made = convert_variables_to_constants(
            session,
            source,
            _names(output_node_names) or [],
            variable_names_whitelist=_names(variable_names_whitelist),
            variable_names_blacklist=_names(variable_names_blacklist),
        )
    if output_graph:
        files.atomic_write_string_to_file(output_graph, made.SerializeToString())
    return made


def _names(text: str) -> list[str] | None:
    return text.replace(" ", "").split(",") if text else None


def _run(session: Session, initializer_nodes: str) -> None:
    if initializer_nodes:
        session.run(_names(initializer_nodes))


def _parsed(path: str, what: str, is_binary: bool, message: Any) -> Any:
    if not files.file_exists(path):
        raise OSError(f"Input {what} file '{path}' does not exist!")
    content = files.read_file_to_string(path, binary_mode=True)
    if not is_binary:
        return from_text(content, message)
    message.ParseFromString(content)
    return message


def _saved_graph(folder: str, tags: Sequence[str]) -> Any:
    """The MetaGraphDef of a SavedModel that has some tags."""
    for meta_graph in parse_saved_model(folder).meta_graphs:
        if set(meta_graph.meta_info_def.tags) == set(tags):
            return meta_graph
    raise RuntimeError(
        f"MetaGraphDef associated with tag-set {','.join(tags)} could not be found in SavedModel"
    )


def _saver_of(checkpoint: str, version: int) -> Saver:
    """A Saver of the nodes of the graph that a checkpoint has values for."""
    graph = get_default_graph()
    operations = graph.get_operations()
    names = NewCheckpointReader(checkpoint).get_variable_to_shape_map()
    parts = [op.name for op in operations if _PART.search(f"{op.name}:0")]
    nodes = graph.operations_by_name
    found = {name: nodes[name].outputs[0] for name in names if name in nodes and nodes[name].outputs}
    try:
        return Saver(var_list=found, write_version=version)
    except (TypeError, ValueError):
        if any(name in part for name in found for part in parts):
            raise ValueError(
                "Models containing partition variables cannot be converted from checkpoint files. "
                "Please pass in "
                "a SavedModel using the flag --input_saved_model_dir."
            ) from None
        if not any(op.type.startswith("Variable") or op.type.endswith("VariableOp") for op in operations):
            raise ValueError(
                "No variables were found in this model. It is likely the model was frozen previously. "
                "You cannot "
                "freeze a graph twice."
            ) from None
        raise
