"""TrackableSaver: saves an object and what belongs to it, and restores them."""

from __future__ import annotations

import os.path
import weakref
from typing import Any

from perdure.filesystem.files import FILES
from perdure.functional.array.array import identity
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.defaults import control_dependencies, device
from perdure.graph.errors import DataLossError, NotFoundError
from perdure.tracking.trackable import OBJECT_GRAPH_PROTO_KEY
from perdure.training.checkpoint_reader import NewCheckpointReader
from perdure.training.checkpoints.device_saver import MultiDeviceSaver
from perdure.training.checkpoints.identity import WeakIdentityMap
from perdure.training.checkpoints.object_graph import ObjectGraphView
from perdure.training.checkpoints.python_state import NoRestoreSaveable
from perdure.training.checkpoints.restoring import (
    CheckpointPosition,
    CheckpointRestoration,
    NameBasedRestoration,
    next_restore_uid,
)
from perdure.training.checkpoints.statuses import (
    CheckpointLoadStatus,
    InitializationOnlyStatus,
    LoadStatus,
    NameBasedSaverStatus,
    session_or_default,
)


class TrackableSaver:
    """Saves an object and what belongs to it.  The nodes are made when needed, and again if objects came.

    Args:
        graph_view: the objects.
    """

    def __init__(self, graph_view: ObjectGraphView) -> None:
        self._graph_view = graph_view
        self._restore_prefix: Any = None
        self._object_graph_tensor: Any = None
        self._save_prefix: Any = None
        self._last_object_graph: Any = None
        self._save_operation: Any = None
        self._restore_op_cache: dict[str, Any] = {}

    def save(self, file_prefix: str, checkpoint_number: Any = None, session: Any = None) -> bytes:
        """Write a checkpoint.

        Args:
            file_prefix: how the names of its files begin; the folder is made if it is not there.
            checkpoint_number: a number to put behind that.
            session: the session; the default one if None.

        Returns:
            The name of the checkpoint.

        Raises:
            ValueError: there is no session.
        """
        if checkpoint_number:
            file_prefix = f"{file_prefix}-{int(checkpoint_number)}"
        if self._object_graph_tensor is None:
            with device("/cpu:0"):
                self._object_graph_tensor = constant("", dtype=dtypes.string)
                self._save_prefix = constant("", dtype=dtypes.string)
        FILES.make_directories(os.path.dirname(file_prefix))
        saved, feeds = self._cached_save()
        return session_or_default(session).run(saved, feed_dict={self._save_prefix: file_prefix, **feeds})  # type: ignore[no-any-return]

    def _cached_save(self) -> tuple[Any, dict[Any, Any]]:
        """The operation that saves, and what it is fed beside the name of the file."""
        saveables, object_graph, additions = self._graph_view.serialize_object_graph()
        feeds = {**(additions or {}), self._object_graph_tensor: object_graph.SerializeToString()}
        saveables.append(NoRestoreSaveable(self._object_graph_tensor, OBJECT_GRAPH_PROTO_KEY))
        if self._last_object_graph != object_graph:
            save_op = MultiDeviceSaver(saveables).save(self._save_prefix)
            with device("/cpu:0"), control_dependencies([save_op]):
                self._save_operation = identity(self._save_prefix)
            self._last_object_graph = object_graph
        return self._save_operation, feeds

    def restore(self, save_path: str | None) -> LoadStatus:
        """Match the objects of a checkpoint with those of the program, those to come included.

        The operations that restore are made, but not run: the status does that.

        Args:
            save_path: the name of a checkpoint; None if there is none.  One that `tf.train.Saver` wrote is
                restored by the names of variables.

        Returns:
            The status of the restoration.

        Raises:
            NotFoundError: there is no such checkpoint.
            DataLossError: it is damaged.
        """
        if save_path is None:
            return InitializationOnlyStatus(self._graph_view, next_restore_uid())
        reader = NewCheckpointReader(save_path)
        try:
            object_graph = _object_graph_of(reader, save_path)
        except NotFoundError:
            return NameBasedSaverStatus(NameBasedRestoration(save_path), self._graph_view)
        if self._restore_prefix is None:
            with device("/cpu:0"):
                self._restore_prefix = constant("model")
        restoration = CheckpointRestoration(
            object_graph_proto=object_graph,
            save_path=save_path,
            save_path_tensor=self._restore_prefix,
            restore_op_cache=self._restore_op_cache,
            graph_view=self._graph_view,
        )
        CheckpointPosition(restoration, 0).restore(self._graph_view.root)
        return CheckpointLoadStatus(restoration, {self._restore_prefix: save_path}, self._graph_view)


def _object_graph_of(reader: Any, save_path: str) -> Any:
    """The `TrackableObjectGraph` of a checkpoint.

    Raises:
        NotFoundError: it is not object-based.
        DataLossError: what it says of its objects makes no sense.
    """
    from perdure.formats.messages import TrackableObjectGraph, fill_from

    described = reader.get_tensor(OBJECT_GRAPH_PROTO_KEY)
    object_graph = TrackableObjectGraph()
    if not isinstance(described, bytes) or not fill_from(object_graph, described):
        raise _damaged(save_path, "is no TrackableObjectGraph")
    count = len(object_graph.nodes)
    if not count:
        raise _damaged(save_path, "has no objects")
    for node in object_graph.nodes:
        numbers = [child.node_id for child in node.children]
        for slot in node.slot_variables:
            numbers += [slot.original_variable_node_id, slot.slot_variable_node_id]
        for number in numbers:
            if not 0 <= number < count:
                raise _damaged(save_path, f"refers to object {number} of {count}")
    return object_graph


def _damaged(save_path: str, what: str) -> DataLossError:
    return DataLossError(None, None, f"{save_path}: the tensor {OBJECT_GRAPH_PROTO_KEY} {what}")


def object_metadata(save_path: str) -> Any:
    """What a checkpoint says of the objects in it.

    Args:
        save_path: its name.

    Returns:
        A `TrackableObjectGraph`.

    Raises:
        NotFoundError: there is no such checkpoint.
        ValueError: it is not object-based.
    """
    reader = NewCheckpointReader(save_path)
    try:
        return _object_graph_of(reader, save_path)
    except NotFoundError:
        raise ValueError(
            f'The specified checkpoint "{save_path}" does not appear to be object-based (it is missing the '
            f'key "{OBJECT_GRAPH_PROTO_KEY}"). Likely it was created with a name-based saver and does not '
            "contain an object dependency graph."
        ) from None


def list_objects(root_trackable: Any) -> list[Any]:
    """An object and all that is saved with it.

    Args:
        root_trackable: the object.
    """
    return ObjectGraphView(root_trackable).list_objects()


def gather_initializers(root_trackable: Any) -> list[Any]:
    """The operations that initialize what is saved with an object.

    Args:
        root_trackable: the object.
    """
    found = [getattr(obj, "initializer", None) for obj in list_objects(root_trackable)]
    return [initializer for initializer in found if initializer is not None]


def frozen_saver(root_trackable: Any) -> MultiDeviceSaver:
    """What saves an object and all that belongs to it now; what comes later is left out.

    Args:
        root_trackable: the object.
    """
    return MultiDeviceSaver(ObjectGraphView(root_trackable).frozen_saveable_objects())


def saver_with_op_caching(obj: Any) -> TrackableSaver:
    """What saves an object, and keeps the nodes for that without keeping the object.

    Args:
        obj: the object.
    """
    return TrackableSaver(ObjectGraphView(weakref.ref(obj), saveables_cache=WeakIdentityMap()))
