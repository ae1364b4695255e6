"""What restoring returns: checks of what was matched, and running the operations that restore."""

from __future__ import annotations

from typing import Any

from perdure.graph.defaults import device
from perdure.graph.stacks import get_default_session
from perdure.platform.deprecation import warn_once
from perdure.tracking.structures import TrackableDataStructure
from perdure.training.checkpoints.object_graph import ObjectGraphView
from perdure.training.checkpoints.restoring import CheckpointRestoration, NameBasedRestoration, node_names

_NOTHING = "No checkpoint specified (save_path=None); nothing is being restored."


def session_or_default(session: Any) -> Any:
    """A session, or the default one if it is None.

    Raises:
        ValueError: there is none.
    """
    session = get_default_session() if session is None else session
    if session is None:
        raise ValueError(
            "Saving and restoring objects needs a session: pass `session`, or use `with sess.as_default()`."
        )
    return session


class LoadStatus:
    """What all kinds of restorations return; every check returns the status itself."""

    def __init__(self, graph_view: ObjectGraphView) -> None:
        self._graph_view = graph_view
        self._root = graph_view.root  # which the view may not keep alive

    def assert_consumed(self) -> LoadStatus:
        """Check that everything in the checkpoint, and every object of the program, was matched.

        Raises:
            AssertionError: something was not.
        """
        raise NotImplementedError

    def assert_existing_objects_matched(self) -> LoadStatus:
        """Check that every object that the program has by now was matched.

        Raises:
            AssertionError: one was not.
        """
        raise NotImplementedError

    def assert_nontrivial_match(self) -> LoadStatus:
        """Check that something beside the root was matched.

        Raises:
            AssertionError: nothing was.
        """
        raise NotImplementedError

    def run_restore_ops(self, session: Any = None) -> None:
        """Restore what was matched.

        Args:
            session: the session; the default one if None.

        Raises:
            ValueError: there is none.
        """
        raise NotImplementedError

    def initialize_or_restore(self, session: Any = None) -> None:
        """Restore what was matched, and initialize the other variables; see `run_restore_ops`."""
        raise NotImplementedError

    def expect_partial(self) -> LoadStatus:
        """Say nothing about what is in the checkpoint and was not used."""
        return self


def _by_identity(objects: Any) -> dict[int, Any]:
    return {id(obj): obj for obj in objects}


class CheckpointLoadStatus(LoadStatus):
    """The status of a restoration of an object-based checkpoint.

    Args:
        checkpoint: the restoration.
        feed_dict: what is fed when operations run.
        graph_view: the objects.
    """

    def __init__(
        self, checkpoint: CheckpointRestoration, feed_dict: dict[Any, Any], graph_view: ObjectGraphView
    ) -> None:
        super().__init__(graph_view)
        self._checkpoint = checkpoint
        self._feed_dict = feed_dict

    def assert_consumed(self) -> CheckpointLoadStatus:
        self.assert_existing_objects_matched()
        checkpoint = self._checkpoint
        for number, node in enumerate(checkpoint.object_graph_proto.nodes):
            if checkpoint.object_by_proto_id.get(number) is None:
                name = node_names(checkpoint.object_graph_proto)[number]
                raise AssertionError(f"Unresolved object in checkpoint {name}: {node}")
        if checkpoint.slot_restorations:
            raise AssertionError(f"Unresolved slot restorations: {checkpoint.slot_restorations}")
        if checkpoint.unused_attributes:
            names = node_names(checkpoint.object_graph_proto)
            unused = "\n".join(
                f"{names[number]} ({checkpoint.object_by_proto_id[number]}): {attributes}"
                for number, attributes in checkpoint.unused_attributes.items()
            )
            raise AssertionError(
                "Unused attributes in these objects (the attributes exist in the checkpoint but were not "
                f"restored):\n{unused}"
            )
        return self

    def assert_existing_objects_matched(self) -> CheckpointLoadStatus:
        checkpoint = self._checkpoint
        for number, node in enumerate(checkpoint.object_graph_proto.nodes):
            trackable = checkpoint.object_by_proto_id.get(number)
            if trackable is not None and trackable._update_uid < checkpoint.restore_uid:
                raise AssertionError(f"Object not assigned a value from checkpoint: {node}")
        for obj in self._graph_view.list_objects():
            # Structures that hold nothing need nothing.
            if not isinstance(obj, TrackableDataStructure) or obj._checkpoint_dependencies:
                checkpoint.all_python_objects.setdefault(obj, True)
        unused = self._unmatched()
        if unused:
            raise AssertionError(
                "Some Python objects were not bound to checkpointed values, likely due to changes in the "
                f"Python program: {unused}"
            )
        return self

    def assert_nontrivial_match(self) -> CheckpointLoadStatus:
        for obj in self._graph_view.list_objects():
            self._checkpoint.all_python_objects.setdefault(obj, True)
        if len(self._checkpoint.object_by_proto_id) > 1:
            return self
        unused = self._unmatched()
        if unused:
            raise AssertionError(
                "Nothing except the root object matched a checkpointed value. Typically this means that the "
                "checkpoint does not match the Python program. The following objects have no matching "
                f"checkpointed value: {unused}"
            )
        raise AssertionError(
            f"Nothing to load. No dependencies have been added to {self._graph_view.root} yet."
        )

    def _unmatched(self) -> list[Any]:
        """The objects of the program that are none of the checkpoint."""
        matched = _by_identity(self._checkpoint.object_by_proto_id.values())
        return [obj for obj in self._checkpoint.all_python_objects if id(obj) not in matched]

    def run_restore_ops(self, session: Any = None) -> None:
        session_or_default(session).run(self._checkpoint.restore_ops, feed_dict=self._feed_dict)

    def initialize_or_restore(self, session: Any = None) -> None:
        session = session_or_default(session)
        uid = self._checkpoint.restore_uid
        matched = _by_identity(self._checkpoint.object_by_proto_id.values())
        initializers = [
            obj.initializer
            for obj in self._graph_view.list_objects()
            if hasattr(obj, "initializer")
            and id(obj) not in matched
            and getattr(obj, "_update_uid", uid - 1) < uid
        ]
        self.run_restore_ops(session=session)
        session.run(initializers)

    def expect_partial(self) -> CheckpointLoadStatus:
        self._checkpoint.expect_partial = True
        return self


class InitializationOnlyStatus(LoadStatus):
    """The status where there is no checkpoint: variables can be initialized, every check fails.

    Args:
        graph_view: the objects.
        restore_uid: the number of the restoration.
    """

    def __init__(self, graph_view: ObjectGraphView, restore_uid: int) -> None:
        super().__init__(graph_view)
        self._restore_uid = restore_uid

    def assert_consumed(self) -> LoadStatus:
        raise AssertionError(_NOTHING)

    def assert_existing_objects_matched(self) -> LoadStatus:
        raise AssertionError(_NOTHING)

    def assert_nontrivial_match(self) -> LoadStatus:
        raise AssertionError(_NOTHING)

    def run_restore_ops(self, session: Any = None) -> None:
        raise AssertionError(
            "No checkpoint specified, so no restore ops are available (save_path=None to Saver.restore)."
        )

    def initialize_or_restore(self, session: Any = None) -> None:
        session_or_default(session).run(
            [
                obj.initializer
                for obj in self._graph_view.list_objects()
                if getattr(obj, "initializer", None) is not None
                and getattr(obj, "_update_uid", self._restore_uid - 1) < self._restore_uid
            ]
        )


class NameBasedSaverStatus(LoadStatus):
    """The status of a restoration of a checkpoint of `tf.train.Saver`: variables are found by their names.

    Args:
        checkpoint: the restoration.
        graph_view: the objects.
    """

    def __init__(self, checkpoint: NameBasedRestoration, graph_view: ObjectGraphView) -> None:
        warn_once(
            "NameBasedSaverStatus.__init__",
            "tensorflow.python.training.tracking.util",
            "Restoring a name-based tf.train.Saver checkpoint using the object-based restore API. This mode "
            "uses global names to match variables, and so is somewhat fragile. It also adds new restore ops "
            "to the graph each time it is called when graph building. Prefer re-encoding training "
            "checkpoints in the object-based format: run save() on the object-based saver (the same one this "
            "message is coming from) and use that checkpoint in the future.",
        )
        super().__init__(graph_view)
        self._checkpoint = checkpoint

    def assert_consumed(self) -> LoadStatus:
        unused = list(self._checkpoint.unused_attributes.items())
        if unused:
            lines = "".join(f"\n    {obj}: {attributes}" for obj, attributes in unused)
            raise AssertionError(f"Some objects had attributes which were not restored:{lines}")
        for obj in self._graph_view.list_objects():
            if obj._update_uid < self._checkpoint.restore_uid:
                raise AssertionError(f"Object not restored: {obj}")
        return self

    def assert_existing_objects_matched(self) -> LoadStatus:
        return self.assert_consumed()

    def assert_nontrivial_match(self) -> LoadStatus:
        return self.assert_consumed()

    def _gather_saveable_objects(self) -> list[Any]:
        saveables: list[Any] = []
        for obj in self._graph_view.list_objects():
            if obj._update_uid < self._checkpoint.restore_uid:
                obj._update_uid = self._checkpoint.restore_uid
                saveables += self._checkpoint.globally_named_object_attributes(obj)
        return saveables

    def run_restore_ops(self, session: Any = None) -> None:
        from perdure.training.saving.saver import Saver

        session = session_or_default(session)
        with device("/cpu:0"):
            Saver(self._gather_saveable_objects()).restore(session, self._checkpoint.save_path)

    def initialize_or_restore(self, session: Any = None) -> None:
        self.run_restore_ops(session=session)


def streaming_restore(status: LoadStatus, session: Any = None) -> None:
    """Run the operations of a restoration, and those that come with new objects as soon as they come.

    Args:
        status: what `restore` returned.
        session: the session; the default one if None.

    Raises:
        NotImplementedError: the checkpoint knows names of variables only.
    """
    session = session_or_default(session)
    if isinstance(status, NameBasedSaverStatus):
        raise NotImplementedError(
            "Streaming restore not supported from name-based checkpoints when graph building. File a feature "
            "request if this limitation bothers you. As a workaround, consider either using "
            "tf.train.Checkpoint to load name-based checkpoints or enabling eager execution."
        )
    status.run_restore_ops(session=session)
    if isinstance(status, CheckpointLoadStatus):
        feeds = status._feed_dict
        status._checkpoint.new_restore_ops_callback = lambda ops: session.run(ops, feed_dict=feeds)
