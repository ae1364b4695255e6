"""Reading SavedModels: `tf.saved_model.load`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from perdure.filesystem.policy import only_in
from perdure.formats.saved_model.newer import in_older_words
from perdure.graph.defaults import get_collection
from perdure.graph.graph import Graph
from perdure.interchange.trust import held_to
from perdure.platform import logging
from perdure.platform.text import as_text
from perdure.saved_model import constants
from perdure.saved_model.assets import get_asset_tensors
from perdure.saved_model.folders import get_variables_path
from perdure.saved_model.parsing import parse_saved_model
from perdure.saved_model.signatures import load_op_from_signature_def
from perdure.training.saving.saver import Saver, _import_meta_graph_with_return_elements
from perdure.variables.collections import all_saveable_objects


def load(
    sess: Any, tags: Collection[str], export_dir: Any, import_scope: str | None = None, **saver_kwargs: Any
) -> Any:
    """Load a SavedModel into a session: its graph, its variables, and what initializes it.

    Args:
        sess: the session; the graph is added to its graph.
        tags: the tags of the graph to load, all of them.
        export_dir: the folder of the model.
        import_scope: a scope for the names of the graph.
        **saver_kwargs: more arguments of `tf.train.import_meta_graph`.

    Returns:
        The MetaGraphDef message, which has the signatures.

    Raises:
        OSError: there is no model, or it cannot be read.
        RuntimeError: no graph of it has these tags.
    """
    return SavedModelLoader(export_dir).load(sess, tags, import_scope, **saver_kwargs)


class SavedModelLoader:
    """Reads a SavedModel, step by step.

    Args:
        export_dir: the folder of the model.

    Raises:
        OSError: there is no model, or it cannot be read.
    """

    def __init__(self, export_dir: Any) -> None:
        self._export_dir = export_dir
        self._variables_path = get_variables_path(export_dir)
        self._saved_model = parse_saved_model(export_dir)

    @property
    def export_dir(self) -> Any:
        """The folder of the model."""
        return self._export_dir

    @property
    def variables_path(self) -> str:
        """The prefix of its checkpoint."""
        return self._variables_path

    @property
    def saved_model(self) -> Any:
        """The SavedModel message."""
        return self._saved_model

    def get_meta_graph_def_from_tags(self, tags: Collection[str]) -> Any:
        """The graph that has these tags and no others.

        Raises:
            RuntimeError: there is none.
        """
        available = [set(graph.meta_info_def.tags) for graph in self._saved_model.meta_graphs]
        for graph, its_tags in zip(self._saved_model.meta_graphs, available, strict=True):
            if its_tags == set(tags):
                return graph
        raise RuntimeError(
            f"MetaGraphDef associated with tags {str(tags).strip('[]')} could not be found in SavedModel. To "
            "inspect available tag-sets in the SavedModel, please use the SavedModel CLI: `saved_model_cli`\n"
            f"available_tags: {available}"
        )

    def load_graph(
        self, graph: Graph, tags: Collection[str], import_scope: str | None = None, **saver_kwargs: Any
    ) -> tuple[Any, Any]:
        """Add the graph of the model to another.

        Its operations may read files of the model's folder, and write none, unless a `perdure.policy` is in
        force, which then says what they may.

        Returns:
            What saves its variables, or None if it has none, and the imported elements that the keyword
            `return_elements` asked for.
        """
        meta_graph_def = in_older_words(self.get_meta_graph_def_from_tags(tags))
        with graph.as_default(), held_to(graph, only_in(as_text(self._export_dir))):
            return _import_meta_graph_with_return_elements(
                meta_graph_def, import_scope=import_scope, **saver_kwargs
            )

    def restore_variables(self, sess: Any, saver: Any, import_scope: str | None = None) -> None:
        """Give the variables their values.

        Args:
            sess: the session.
            saver: what `load_graph` returned.
            import_scope: the scope that the graph was imported under.

        Raises:
            ValueError: there are variables and no saver.
        """
        with sess.graph.as_default():
            if saver is None and not all_saveable_objects(scope=import_scope):
                logging.info("The specified SavedModel has no variables; no checkpoints were restored.")
            elif isinstance(saver, Saver):
                saver.restore(sess, self._variables_path)
            else:
                raise ValueError(
                    "No tf.train.Saver object was passed to the function SavedModelLoader.restore_variables. "
                    "Since there are variables in the graph, a saver is required."
                )

    def run_init_ops(self, sess: Any, tags: Collection[str], import_scope: str | None = None) -> None:
        """Run what initializes the model, with the paths of its assets as they are now."""
        meta_graph_def = self.get_meta_graph_def_from_tags(tags)
        with sess.graph.as_default():
            feeds = get_asset_tensors(self._export_dir, meta_graph_def, import_scope)
            init_op = get_init_op(meta_graph_def, import_scope)
            if init_op is not None:
                sess.run(fetches=[init_op], feed_dict=feeds)

    def load(
        self, sess: Any, tags: Collection[str], import_scope: str | None = None, **saver_kwargs: Any
    ) -> Any:
        """Load the model into a session; see `tf.saved_model.load`."""
        with sess.graph.as_default():
            saver, _ = self.load_graph(sess.graph, tags, import_scope, **saver_kwargs)
            self.restore_variables(sess, saver, import_scope)
            self.run_init_ops(sess, tags, import_scope)
        return self.get_meta_graph_def_from_tags(tags)


def get_init_op(meta_graph_def: Any, import_scope: str | None = None) -> Any:
    """The operation to run when a graph was loaded, or None.

    Args:
        meta_graph_def: the graph, which is part of the default graph now.
        import_scope: the scope that it was imported under.

    Raises:
        RuntimeError: there is more than one.
    """
    return (
        _named_in_signature(meta_graph_def, constants.INIT_OP_SIGNATURE_KEY, import_scope)
        or _collected(meta_graph_def, constants.MAIN_OP_KEY)
        or _collected(meta_graph_def, constants.LEGACY_INIT_OP_KEY)
    )


def get_train_op(meta_graph_def: Any, import_scope: str | None = None) -> Any:
    """The operation that trains, or None; see `get_init_op`."""
    found = _named_in_signature(meta_graph_def, constants.TRAIN_OP_SIGNATURE_KEY, import_scope)
    return _collected(meta_graph_def, constants.TRAIN_OP_KEY) if found is None else found


def _collected(meta_graph_def: Any, key: str) -> Any:
    if key not in meta_graph_def.collection_def:
        return None
    names = meta_graph_def.collection_def[key].node_list.value
    if len(names) != 1:
        raise RuntimeError(f"Expected exactly one SavedModel init op. Found: {names}")
    return get_collection(key)[0]


def _named_in_signature(meta_graph_def: Any, key: str, import_scope: str | None) -> Any:
    if key not in meta_graph_def.signature_def:
        return None
    return load_op_from_signature_def(meta_graph_def.signature_def[key], key, import_scope)
