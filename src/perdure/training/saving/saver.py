"""`tf.train.Saver`: saves the variables of a session and restores them."""

from __future__ import annotations

import numbers
import os.path
import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.filesystem.files import text_of
from perdure.graph.defaults import add_to_collection, get_collection
from perdure.graph.errors import InvalidArgumentError, NotFoundError
from perdure.graph.forking import free_in_children
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.scopes import prepend_name_scope, strip_name_scope
from perdure.graph.stacks import get_default_graph
from perdure.interchange.meta_graph import (
    import_scoped_meta_graph_with_return_elements,
    read_meta_graph_file,
)
from perdure.platform import logging
from perdure.session.session import SessionInterface
from perdure.training.saving import management
from perdure.training.saving.builders import V2, BaseSaverBuilder, BulkSaverBuilder
from perdure.training.saving.failures import explained, parent_required

# The functions of checkpoints, which programs look for here as well.
from perdure.training.saving.management import (
    checkpoint_exists,
    generate_checkpoint_state_proto,
    get_checkpoint_mtimes,
    get_checkpoint_state,
    latest_checkpoint,
    remove_checkpoint,
    update_checkpoint_state,
)
from perdure.training.saving.meta_graphs import GraphFiles, export_meta_graph
from perdure.training.saving.object_based import object_graph_key_mapping, renamed_saveables
from perdure.training.saving.turns import in_turn
from perdure.training.training_util import global_step as global_step_value
from perdure.variables.collections import all_saveable_objects

__all__ = [
    "BaseSaverBuilder", "BulkSaverBuilder", "Saver", "checkpoint_exists", "export_meta_graph",
    "generate_checkpoint_state_proto", "get_checkpoint_mtimes", "get_checkpoint_state",
    "import_meta_graph", "latest_checkpoint", "object_graph_key_mapping", "remove_checkpoint",
    "saver_from_object_based_checkpoint", "update_checkpoint_state",
]  # fmt: skip

# The nodes a SaverDef names, which move with the scope a graph is imported into.
_NODE_FIELDS = "filename_tensor_name", "save_tensor_name", "restore_op_name"
# A checkpoint that is kept: its name, and when it was made in seconds since 1970.
_Kept = tuple[str, float]


class Saver:
    """Saves variables to checkpoints, which it counts, and restores them.

    The nodes for it are added to the default graph when it is made, or by `build`.  `save` leaves, beside the
    checkpoint, the graph in a file that ends with `.meta`, and a file `checkpoint` that names the newest
    checkpoint.  After a crash at any time both the file and the checkpoint it names are whole.

    Args:
        var_list: the variables, tensors of variables or `SaveableObject`s, in a list or by their names in
            the checkpoint; all global variables and saveable objects if None.
        reshape: whether a variable may be restored from a tensor of another shape with as many elements.
        sharded: whether each device writes a file of its own.
        max_to_keep: how many checkpoints are kept; older ones are removed.  None or 0 keeps all.
        keep_checkpoint_every_n_hours: a checkpoint is kept for ever after each so many hours.
        name: the scope of the nodes; with a `saver_def` the scope its graph was imported into.
        restore_sequentially: handed to the builder.
        saver_def: a `SaverDef` that names nodes which are in the graph already.
        builder: makes the nodes; a `BulkSaverBuilder` if None.
        defer_build: whether the nodes are left to `build`.
        allow_empty: whether there may be nothing to save.
        write_version: the format, `SaverDef.V2` or `SaverDef.V1`; both can be restored.
        pad_step_number: whether the step in the names is written with eight digits.
        save_relative_paths: whether the file `checkpoint` names them relative to its folder.
        filename: the name of the file when none is fed to the nodes.

    Raises:
        TypeError: something in `var_list` cannot be saved.
        ValueError: nothing to save, two things of one name, one thing twice, a `var_list` with
            `defer_build`, or a `saver_def` that is none.
    """

    def __init__(
        self,
        var_list: Any = None,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        saver_def: Any = None,
        builder: BaseSaverBuilder | None = None,
        defer_build: bool = False,
        allow_empty: bool = False,
        write_version: int = V2,
        pad_step_number: bool = False,
        save_relative_paths: bool = False,
        filename: str | None = None,
    ) -> None:
        if defer_build and var_list:
            raise ValueError(
                "If `var_list` is provided then build cannot be deferred. Either set defer_build=False or "
                "var_list=None."
            )
        self._var_list = var_list
        self._reshape = reshape
        self._sharded = sharded
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._name = name
        self._restore_sequentially = restore_sequentially
        self.saver_def = saver_def
        self._builder = builder
        self._is_built = False
        self._allow_empty = allow_empty
        self._is_empty: bool | None = None
        self._write_version = write_version
        self._pad_step_number = pad_step_number
        self._save_relative_paths = save_relative_paths
        self._filename = filename
        # Threads that save take turns to say so.
        self._lock = free_in_children(threading.RLock())
        self._graph_files = GraphFiles()
        self._last_checkpoints: list[_Kept] = []
        self._checkpoints_to_be_deleted: list[_Kept] = []
        # Restores checkpoints of `tf.train.Checkpoint`, which name variables in another way.
        self._object_restore_saver: Saver | None = None
        if not defer_build:
            self.build()
        if self.saver_def:
            self._check_saver_def()
            self._write_version = self.saver_def.version

    # -- its nodes ---------------------------------------------------------------------------

    def build(self) -> None:
        """Make the nodes, if that was deferred."""
        self._build(self._filename, build_save=True, build_restore=True)

    def _build(self, checkpoint_path: str | None, build_save: bool, build_restore: bool) -> None:
        if self._is_built:
            return
        self._is_built = True
        if not self.saver_def:
            if self._builder is None:
                self._builder = BulkSaverBuilder(self._write_version)
            if self._var_list is None:
                self._var_list = all_saveable_objects()
            if not self._var_list:
                if not self._allow_empty:
                    raise ValueError("No variables to save")
                self._is_empty = True
                return
            self._is_empty = False
            self.saver_def = self._builder._build_internal(
                self._var_list,
                reshape=self._reshape,
                sharded=self._sharded,
                max_to_keep=self._max_to_keep,
                keep_checkpoint_every_n_hours=self._keep_checkpoint_every_n_hours,
                name=self._name,
                restore_sequentially=self._restore_sequentially,
                filename=checkpoint_path,
                build_save=build_save,
                build_restore=build_restore,
            )
        elif self._name:
            for field in _NODE_FIELDS:
                setattr(self.saver_def, field, prepend_name_scope(getattr(self.saver_def, field), self._name))
        self._check_saver_def()
        self._next_checkpoint_time = time.time() + self.saver_def.keep_checkpoint_every_n_hours * 3600

    def _check_saver_def(self) -> None:
        from perdure.formats.messages import SaverDef

        if not isinstance(self.saver_def, SaverDef):
            raise ValueError(f"saver_def must be a saver_pb2.SaverDef: {self.saver_def}")
        for field in "save_tensor_name", "restore_op_name":
            if not getattr(self.saver_def, field):
                raise ValueError(f"saver_def must specify the {field}: {self.saver_def}")

    def as_saver_def(self) -> Any:
        """The `SaverDef` that names its nodes; None before they are made."""
        return self.saver_def

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The `SaverDef` that names its nodes.

        Args:
            export_scope: a name scope to take away from the names.

        Returns:
            The message, or None if a node is outside the scope.
        """
        if export_scope is None:
            return self.saver_def
        if not all(getattr(self.saver_def, field).startswith(export_scope) for field in _NODE_FIELDS):
            return None
        stripped = type(self.saver_def)()
        stripped.CopyFrom(self.saver_def)
        for field in _NODE_FIELDS:
            setattr(stripped, field, strip_name_scope(getattr(stripped, field), export_scope))
        return stripped

    @staticmethod
    def from_proto(saver_def: Any, import_scope: str | None = None) -> Saver:
        """A Saver for nodes that are in the graph.

        Args:
            saver_def: the `SaverDef` that names them.
            import_scope: the scope the graph was imported into.
        """
        return Saver(saver_def=saver_def, name=import_scope)

    # -- the checkpoints it keeps ------------------------------------------------------------

    @property
    def last_checkpoints(self) -> list[str]:
        """The checkpoints that are kept, oldest first."""
        return [self._CheckpointFilename(kept) for kept in self._last_checkpoints]

    def set_last_checkpoints(self, last_checkpoints: list[str]) -> None:
        """Say which checkpoints are there; none of them will be removed.

        Args:
            last_checkpoints: their names, oldest first.

        Raises:
            AssertionError: it is no list.
        """
        assert isinstance(last_checkpoints, list)
        self._last_checkpoints = [(name, np.inf) for name in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time: list[_Kept]) -> None:
        """Say which checkpoints are there.

        Args:
            last_checkpoints_with_time: their names, oldest first, each with when it was made.

        Raises:
            AssertionError: it is no list.
        """
        assert isinstance(last_checkpoints_with_time, list)
        self._last_checkpoints = last_checkpoints_with_time

    def recover_last_checkpoints(self, checkpoint_paths: list[str]) -> None:
        """Take over the checkpoints of an earlier process, as far as they are there.

        Args:
            checkpoint_paths: their names, oldest first.
        """
        found = []
        for path in checkpoint_paths:
            found += [(path, changed) for changed in management.get_checkpoint_mtimes([path])]
        self.set_last_checkpoints_with_time(found)

    def _CheckpointFilename(self, p: _Kept) -> str:  # noqa: N802
        return p[0]

    def _RecordLastCheckpoint(self, latest_save_path: str) -> None:  # noqa: N802
        """Add a checkpoint to those that are kept."""
        if not self.saver_def.max_to_keep:
            return
        self._last_checkpoints = [
            kept for kept in self._last_checkpoints if self._CheckpointFilename(kept) != latest_save_path
        ]
        self._last_checkpoints.append((latest_save_path, time.time()))
        if len(self._last_checkpoints) > self.saver_def.max_to_keep:
            self._checkpoints_to_be_deleted.append(self._last_checkpoints.pop(0))

    def _MaybeDeleteOldCheckpoints(self, meta_graph_suffix: str = "meta") -> None:  # noqa: N802
        """Remove a checkpoint that is no longer kept, unless it is time to keep one for ever."""
        if not self._checkpoints_to_be_deleted:
            return
        kept = self._checkpoints_to_be_deleted.pop(0)
        if kept[1] > self._next_checkpoint_time:
            self._next_checkpoint_time += self.saver_def.keep_checkpoint_every_n_hours * 3600
            return
        try:
            management.remove_checkpoint(
                self._CheckpointFilename(kept), self.saver_def.version, meta_graph_suffix
            )
        except Exception as error:
            logging.warning("Ignoring: %s", str(error))

    # -- saving and restoring ----------------------------------------------------------------

    @in_turn
    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> str | None:
        """Save the variables.

        Args:
            sess: the session that has them.
            save_path: what the names of the files begin with.
            global_step: the step to put behind it: a number, or a tensor or variable or its name.
            latest_filename: another name for the file `checkpoint`.
            meta_graph_suffix: how the file with the graph ends.
            write_meta_graph: whether the graph is written.
            write_state: whether the file `checkpoint` is written, and an old checkpoint removed.
            strip_default_attrs: whether attributes that have their default are left out of the graph.
            save_debug_info: whether where the graph's nodes were made is written, too.

        Returns:
            The name of the checkpoint, to be restored; None if there is nothing to save.

        Raises:
            RuntimeError: the nodes were not made.
            TypeError: `sess` is no session.
            ValueError: the folder is not there, or `latest_filename` is a path or the name of the
                checkpoint.
        """
        if not self._is_built:
            raise RuntimeError("`build()` should be called before save if defer_build==True")
        save_path = _path(save_path)
        if latest_filename is None:
            latest_filename = "checkpoint"
        if self._write_version != V2:
            for line in _V1_WARNING:
                logging.warning(line)
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        checkpoint = self._checkpoint_name(sess, save_path, global_step, latest_filename)
        if not isinstance(sess, SessionInterface):
            raise TypeError(f"'sess' must be a Session; {sess}")
        saved = None
        if not self._is_empty:
            with parent_required(save_path):
                saved = self._save_variables(sess, checkpoint)
        try:
            # The graph comes before what names the checkpoint, so that what is named is whole.
            if write_meta_graph:
                filename = management.meta_graph_filename(checkpoint, meta_graph_suffix)
                self._write_meta_graph(sess.graph, filename, strip_default_attrs, save_debug_info)
        finally:
            # The variables are saved also if the graph could not be written.
            if saved is not None and write_state:
                with parent_required(save_path):
                    self._record(saved, os.path.dirname(save_path), latest_filename, meta_graph_suffix)
        return saved

    def _checkpoint_name(self, sess: Any, save_path: str, global_step: Any, latest_filename: str) -> str:
        if global_step is not None:
            if not isinstance(global_step, numbers.Integral):
                global_step = global_step_value(sess, global_step)
            return (
                f"{save_path}-{global_step:08d}" if self._pad_step_number else f"{save_path}-{global_step:d}"
            )
        if os.path.basename(save_path) == latest_filename and not self._sharded:
            raise ValueError(
                f"'latest_filename' collides with 'save_path': '{latest_filename}' and '{save_path}'"
            )
        return save_path

    def _save_variables(self, sess: Any, checkpoint: str) -> str:
        saved: bytes = sess.run(
            self.saver_def.save_tensor_name, {self.saver_def.filename_tensor_name: checkpoint}
        )
        return os.fsdecode(saved)

    def _write_meta_graph(
        self, graph: Graph, filename: str, strip_default_attrs: bool, save_debug_info: bool
    ) -> None:
        def export(filename: str) -> None:
            with graph.as_default():
                self.export_meta_graph(
                    filename, strip_default_attrs=strip_default_attrs, save_debug_info=save_debug_info
                )

        # A method that is not this class's may do more than write the file, and so does debug information.
        is_plain = getattr(self.export_meta_graph, "__func__", None) is Saver.export_meta_graph
        if not is_plain or save_debug_info:
            export(filename)
            return
        saver_def = None if self.saver_def is None else self.saver_def.SerializeToString()
        self._graph_files.write(graph, filename, (saver_def, strip_default_attrs), export)

    def _record(self, saved: str, folder: str, latest_filename: str, meta_graph_suffix: str) -> None:
        with self._lock:
            self._RecordLastCheckpoint(saved)
            management.update_checkpoint_state_internal(
                save_dir=folder,
                model_checkpoint_path=saved,
                all_model_checkpoint_paths=self.last_checkpoints,
                latest_filename=latest_filename,
                save_relative_paths=self._save_relative_paths,
            )
            self._MaybeDeleteOldCheckpoints(meta_graph_suffix=meta_graph_suffix)

    def restore(self, sess: Any, save_path: str) -> None:
        """Give the variables the values of a checkpoint; they need not be initialized before.

        A checkpoint of `tf.train.Checkpoint` is restored as well, by the names its variables had.

        Args:
            sess: the session.
            save_path: the name of the checkpoint, as `save` returned it.

        Raises:
            ValueError: there is no such checkpoint.
            NotFoundError: it lacks a variable.
            InvalidArgumentError: a variable has another type or shape.
        """
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        checkpoint = _path(save_path)
        if not management.checkpoint_exists_internal(checkpoint):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {checkpoint}")
        logging.info("Restoring parameters from %s", checkpoint)
        try:
            sess.run(self.saver_def.restore_op_name, {self.saver_def.filename_tensor_name: checkpoint})
        except NotFoundError as error:
            self._restore_by_objects(sess, checkpoint, error)
        except InvalidArgumentError as error:
            raise explained(error, "a mismatch between the current graph and the graph") from error

    def _restore_by_objects(self, sess: Any, checkpoint: str, error: NotFoundError) -> None:
        """Restore a checkpoint of `tf.train.Checkpoint`; if it is none, say why that failed."""
        try:
            names_to_keys = object_graph_key_mapping(checkpoint)
        except NotFoundError:
            raise explained(error, "a Variable name or other graph key that is missing") from error
        logging.warning(
            "Restoring an object-based checkpoint using a name-based saver. This may be somewhat fragile, "
            "and will re-build the Saver. Instead, consider loading object-based checkpoints using "
            "tf.train.Checkpoint()."
        )
        self._object_restore_saver = saver_from_object_based_checkpoint(
            checkpoint_path=checkpoint,
            var_list=self._var_list,
            builder=self._builder,
            names_to_keys=names_to_keys,
            cached_saver=self._object_restore_saver,
        )
        self._object_restore_saver.restore(sess=sess, save_path=checkpoint)

    # -- the graph ---------------------------------------------------------------------------

    def export_meta_graph(
        self,
        filename: str | None = None,
        collection_list: list[str] | None = None,
        as_text: bool = False,
        export_scope: str | None = None,
        clear_devices: bool = False,
        clear_extraneous_savers: bool = False,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> Any:
        """The default graph with its collections and this Saver, as a `MetaGraphDef`.

        Args: as for the function `export_meta_graph`.
        """
        return export_meta_graph(
            filename=filename,
            graph_def=get_default_graph().as_graph_def(add_shapes=True),
            saver_def=self.saver_def,
            collection_list=collection_list,
            as_text=as_text,
            export_scope=export_scope,
            clear_devices=clear_devices,
            clear_extraneous_savers=clear_extraneous_savers,
            strip_default_attrs=strip_default_attrs,
            save_debug_info=save_debug_info,
        )


def _get_saver_or_default() -> Saver:
    """The Saver of the collection SAVERS; if it is empty, one of all that can be saved is made and put there.

    Raises:
        RuntimeError: there are several.
    """
    savers = get_collection(GraphKeys.SAVERS)
    if len(savers) > 1:
        raise RuntimeError(
            f"More than one item in collection {GraphKeys.SAVERS}. Please indicate which one to use by "
            "passing it to the constructor."
        )
    if savers:
        return savers[0]  # type: ignore[no-any-return]
    saver = Saver(sharded=True, allow_empty=True)
    add_to_collection(GraphKeys.SAVERS, saver)
    return saver


_V1_WARNING = (
    "*******************************************************",
    "TensorFlow's V1 checkpoint format has been deprecated.",
    "Consider switching to the more efficient V2 format:",
    "   `tf.train.Saver(write_version=tf.train.SaverDef.V2)`",
    "now on by default.",
    "*******************************************************",
)


def _path(name: Any) -> str:
    """The name of a checkpoint as text; it may be a `pathlib.Path`."""
    return text_of(os.fspath(name) if isinstance(name, os.PathLike) else name)


def import_meta_graph(
    meta_graph_or_file: Any, clear_devices: bool = False, import_scope: str | None = None, **kwargs: Any
) -> Saver | None:
    """Make the graph and the collections of a `MetaGraphDef` in the default graph.

    Args:
        meta_graph_or_file: the message, or the name of its file.
        clear_devices: whether nodes are placed nowhere.
        import_scope: a name scope to put before the names.
        **kwargs: handed to `import_scoped_meta_graph_with_return_elements`: `input_map`, ...

    Returns:
        Its Saver; one of all that can be saved if it has none; None if nothing can be saved.

    Raises:
        OSError: there is no such file, or it has no such message.
    """
    return _import_meta_graph_with_return_elements(meta_graph_or_file, clear_devices, import_scope, **kwargs)[
        0
    ]


def _import_meta_graph_with_return_elements(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    return_elements: Sequence[str] | None = None,
    **kwargs: Any,
) -> tuple[Saver | None, list[Any] | None]:
    """The same, with the operations and tensors that `return_elements` names."""
    from perdure.formats.messages import MetaGraphDef

    if isinstance(meta_graph_or_file, MetaGraphDef):
        meta_graph_def = meta_graph_or_file
    else:
        meta_graph_def = read_meta_graph_file(meta_graph_or_file)
    variables, elements = import_scoped_meta_graph_with_return_elements(
        meta_graph_def,
        clear_devices=clear_devices,
        import_scope=import_scope,
        return_elements=return_elements,
        **kwargs,
    )
    return _saver_of_imported(meta_graph_def, import_scope, variables), elements


def _saver_of_imported(
    meta_graph_def: Any, import_scope: str | None, variables: dict[str, Any]
) -> Saver | None:
    if meta_graph_def.HasField("saver_def"):
        scope = import_scope
        # The scope that was used may have got a number; the variables know it.
        for name, variable in variables.items():
            scope = variable.name[: -len(name)]
            break
        return Saver(saver_def=meta_graph_def.saver_def, name=scope)
    if all_saveable_objects(scope=import_scope):
        return Saver()
    logging.info("Saver not created because there are no variables in the graph to restore")
    return None


def saver_from_object_based_checkpoint(
    checkpoint_path: str,
    var_list: Any = None,
    builder: BaseSaverBuilder | None = None,
    names_to_keys: dict[str, str] | None = None,
    cached_saver: Saver | None = None,
) -> Saver:
    """A Saver that restores variables from a checkpoint of `tf.train.Checkpoint`, by the names they had.

    Args:
        checkpoint_path: the name of the checkpoint.
        var_list: the variables; all global ones and saveable objects if None.
        builder: makes the nodes.
        names_to_keys: the keys in the checkpoint, by the variables' names; read from it if None.
        cached_saver: a Saver from an earlier call, which is returned if it will do.

    Raises:
        ValueError: the checkpoint is not of that kind.
        NotFoundError: it lacks a variable.
    """
    if names_to_keys is None:
        try:
            names_to_keys = object_graph_key_mapping(checkpoint_path)
        except NotFoundError:
            raise ValueError(f"Checkpoint in {checkpoint_path} not an object-based checkpoint.") from None
    saveables = renamed_saveables(all_saveable_objects() if var_list is None else var_list, names_to_keys)
    return Saver(saveables, builder=builder) if cached_saver is None else cached_saver
