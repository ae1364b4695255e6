"""A checkpoint that is being restored: which of its objects are which of the program's, and what waits."""

from __future__ import annotations

import itertools
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from perdure.graph.defaults import init_scope
from perdure.platform import logging
from perdure.training.checkpoint_reader import NewCheckpointReader
from perdure.training.checkpoints.device_saver import MultiDeviceSaver
from perdure.training.checkpoints.identity import WeakIdentityMap
from perdure.training.checkpoints.object_graph import ObjectGraphView
from perdure.training.checkpoints.python_state import PythonStateSaveable
from perdure.training.saving.saveables import (
    SaveableObject,
    op_list_to_dict,
    saveable_objects_for_op,
    validate_and_slice_inputs,
)

# Restorations are numbered, so that the last one that a program asked for decides an object's state.
_numbers = itertools.count(1)


def next_restore_uid() -> int:
    """The number of a new restoration."""
    return next(_numbers)


class _Slot(NamedTuple):
    """A slot of a variable that has not come yet."""

    optimizer_id: int
    slot_variable_id: int
    slot_name: str


class _DeferredSlot(NamedTuple):
    """A slot of a variable that is there, whose optimizer has not come yet."""

    original_variable: Any
    slot_variable_id: int
    slot_name: str


class CheckpointPosition:
    """An object of a checkpoint that is being restored.

    Args:
        checkpoint: the restoration.
        proto_id: the number of the object in its `TrackableObjectGraph`.
    """

    def __init__(self, checkpoint: CheckpointRestoration, proto_id: int) -> None:
        self._checkpoint = checkpoint
        self._proto_id = proto_id

    @property
    def checkpoint(self) -> CheckpointRestoration:
        """The restoration."""
        return self._checkpoint

    @property
    def trackable(self) -> Any:
        """The program's object, which must have been bound."""
        return self._checkpoint.object_by_proto_id[self._proto_id]

    @property
    def object_proto(self) -> Any:
        """What the checkpoint says of the object."""
        return self._checkpoint.object_graph_proto.nodes[self._proto_id]

    @property
    def restore_uid(self) -> int:
        """The number of the restoration."""
        return self._checkpoint.restore_uid

    def of_node(self, proto_id: int) -> CheckpointPosition:
        """Another object of the same restoration."""
        return CheckpointPosition(self._checkpoint, proto_id)

    def __repr__(self) -> str:
        return repr(self.object_proto)

    def restore(self, trackable: Any) -> None:
        """Restore an object of the program, and what it depends on, if it was not bound before."""
        with init_scope():
            if self.bind_object(trackable):
                restore_ops = trackable._restore_from_checkpoint_position(self)
                if restore_ops:
                    self._checkpoint.new_restore_ops(restore_ops)

    def bind_object(self, trackable: Any) -> bool:
        """Say that an object of the program is the one at this position, and restore its slots.

        Args:
            trackable: the object.

        Returns:
            Whether that is new.
        """
        checkpoint = self._checkpoint
        checkpoint.all_python_objects.setdefault(trackable, True)
        checkpoint.matched_proto_ids.add(self._proto_id)
        current = checkpoint.object_by_proto_id.get(self._proto_id)
        if current is not None:
            if current is not trackable:
                logging.warning(
                    "Inconsistent references when loading the checkpoint into this object graph. Either the "
                    "Trackable object references in the Python program have changed in an incompatible way, "
                    "or the checkpoint was generated in an incompatible program.\n\nTwo checkpoint "
                    "references resolved to different objects (%s and %s).",
                    current,
                    trackable,
                )
            return False
        checkpoint.object_by_proto_id[self._proto_id] = trackable
        for waiting in checkpoint.deferred_slot_restorations.pop(self._proto_id, ()):
            trackable._create_or_restore_slot_variable(
                slot_variable_position=self.of_node(waiting.slot_variable_id),
                variable=waiting.original_variable,
                slot_name=waiting.slot_name,
            )
        for slot in checkpoint.slot_restorations.pop(self._proto_id, ()):
            optimizer = checkpoint.object_by_proto_id.get(slot.optimizer_id)
            if optimizer is None:
                checkpoint.deferred_slot_restorations.setdefault(slot.optimizer_id, []).append(
                    _DeferredSlot(trackable, slot.slot_variable_id, slot.slot_name)
                )
            else:
                optimizer._create_or_restore_slot_variable(
                    slot_variable_position=self.of_node(slot.slot_variable_id),
                    variable=trackable,
                    slot_name=slot.slot_name,
                )
        return True

    def gather_ops_or_named_saveables(
        self,
    ) -> tuple[list[Any], dict[str, Any], list[PythonStateSaveable]]:
        """What restores the object's own state.

        Returns:
            Operations that are there from earlier restorations, saveables that need one (by key), and those
            that are Python state.  What the object does not have any more is noted.
        """
        checkpoint, trackable = self._checkpoint, self.trackable
        factories = trackable._gather_saveables_for_checkpoint()
        restore_ops: list[Any] = []
        named: dict[str, Any] = {}
        states: list[PythonStateSaveable] = []
        cache = checkpoint.graph_view.saveables_cache
        for attribute in self.object_proto.attributes:
            key = attribute.checkpoint_key
            if key in checkpoint.restore_ops_by_name:
                restore_ops.append(checkpoint.restore_ops_by_name[key])
                continue
            known: dict[str, Any] = {} if cache is None else cache.setdefault(trackable, {})
            known_key, cached = known.get(attribute.name, ("", ()))
            # What was saved by another way is made anew, and so are the parts of a partitioned variable.
            saveable: Any = cached[0] if known_key == key and len(cached) == 1 else None
            if saveable is None:
                factory = factories.get(attribute.name)
                if factory is None:
                    if not attribute.optional_restore:
                        checkpoint.unused_attributes.setdefault(self._proto_id, []).append(attribute.name)
                    continue
                saveable = factory(name=key) if callable(factory) else factory
                if isinstance(saveable, SaveableObject):
                    known[attribute.name] = key, (saveable,)
            if isinstance(saveable, PythonStateSaveable):
                states.append(saveable)
            else:
                named[key] = saveable
        return restore_ops, named, states


class CheckpointRestoration:
    """A restoration of an object-based checkpoint, which goes on as objects come.

    Args:
        object_graph_proto: the checkpoint's `TrackableObjectGraph`.
        save_path: the name of the checkpoint.
        save_path_tensor: a tensor with its name, which is fed.
        restore_op_cache: the operations that restore, by key; those of several restorations of the same
            objects.
        graph_view: the objects.
    """

    def __init__(
        self,
        object_graph_proto: Any,
        save_path: str,
        save_path_tensor: Any,
        restore_op_cache: dict[str, Any],
        graph_view: ObjectGraphView,
    ) -> None:
        self.object_graph_proto = object_graph_proto
        self.restore_uid = next_restore_uid()
        # What the checkpoint has of an object, and the object has not any more.
        self.unused_attributes: dict[int, list[str]] = {}
        # Objects that wait for others refer to this one: it must not keep them alive.
        self.object_by_proto_id: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self.matched_proto_ids: set[int] = set()
        self.all_python_objects: WeakIdentityMap[bool] = WeakIdentityMap()
        self.save_path_tensor = save_path_tensor
        self.save_path_string = save_path
        self.restore_ops: list[Any] = []
        self.restore_ops_by_name = restore_op_cache
        self.graph_view = graph_view
        self.new_restore_ops_callback: Callable[[list[Any]], Any] | None = None
        # By optimizers that have not come yet, and by variables that have not come yet.
        self.deferred_slot_restorations: dict[int, list[_DeferredSlot]] = {}
        self.slot_restorations: dict[int, list[_Slot]] = {}
        for number, node in enumerate(object_graph_proto.nodes):
            for slot in node.slot_variables:
                self.slot_restorations.setdefault(slot.original_variable_node_id, []).append(
                    _Slot(number, slot.slot_variable_node_id, slot.slot_name)
                )
        self._complaint = _Complaint(object_graph_proto, self.matched_proto_ids, self.unused_attributes)

    @property
    def expect_partial(self) -> bool:
        """Whether nothing is said about what was not restored."""
        return self._complaint.expect_partial

    @expect_partial.setter
    def expect_partial(self, value: bool) -> None:
        self._complaint.expect_partial = value

    def new_restore_ops(self, new_ops: list[Any]) -> None:
        """Note operations that restore; they are run at once if the restoration is a streaming one."""
        self.restore_ops += new_ops
        if self.new_restore_ops_callback is not None:
            self.new_restore_ops_callback(new_ops)

    def restore_saveables(
        self, tensor_saveables: dict[str, Any], python_saveables: list[PythonStateSaveable]
    ) -> list[Any]:
        """Give back Python's state, and make operations for the rest.

        Args:
            tensor_saveables: what tensors are restored to, by key.
            python_saveables: what takes Python's state.

        Returns:
            The operations.

        Raises:
            ValueError: something would be restored under two keys.
        """
        if python_saveables:
            reader = NewCheckpointReader(self.save_path_string)
            for saveable in python_saveables:
                saveable.python_restore([reader.get_tensor(spec.name) for spec in saveable.specs])
        if not tensor_saveables:
            return []
        validated = validate_and_slice_inputs(tensor_saveables)
        names = {saveable.name for saveable in validated}
        if names != tensor_saveables.keys():
            raise AssertionError(
                f"Saveable keys changed when validating. Got back {sorted(tensor_saveables)}, was expecting "
                f"{sorted(names)}"
            )
        made = MultiDeviceSaver(validated).restore(self.save_path_tensor)
        self.restore_ops_by_name.update(made)
        return [made[name] for name in sorted(made)]


class _Complaint:
    """Says what of a checkpoint was not used, when its restoration is over."""

    def __init__(
        self, object_graph_proto: Any, matched_proto_ids: set[int], unused_attributes: dict[int, list[str]]
    ) -> None:
        self.expect_partial = False
        self._object_graph_proto = object_graph_proto
        self._matched_proto_ids = matched_proto_ids
        self._unused_attributes = unused_attributes

    def __del__(self) -> None:
        count = len(self._object_graph_proto.nodes)
        unmatched = [number for number in range(count) if number not in self._matched_proto_ids]
        if self.expect_partial or not (unmatched or self._unused_attributes):
            return
        warning = logging.warning if logging is not None else print  # modules go first when Python ends
        names = node_names(self._object_graph_proto)
        for number in unmatched:
            warning(f"Unresolved object in checkpoint: {names[number]}")
        for number, attributes in self._unused_attributes.items():
            warning(f"Unused attribute in object {names[number]}: {attributes}")
        warning(
            "A checkpoint was restored (e.g. tf.train.Checkpoint.restore or tf.keras.Model.load_weights) but "
            "not all checkpointed values were used. See above for specific issues. Use expect_partial() on "
            "the load status object, e.g. tf.train.Checkpoint.restore(...).expect_partial(), to silence "
            "these warnings, or use assert_consumed() to make the check explicit. See "
            "https://www.tensorflow.org/alpha/guide/checkpoints#loading_mechanics for details."
        )


def node_names(object_graph_proto: Any) -> dict[int, str]:
    """The ways to the objects of a checkpoint, for people: `(root).layer.kernel`, by their numbers."""
    names = {0: "(root)"}
    pending = deque([0])
    while pending:
        number = pending.popleft()
        for child in object_graph_proto.nodes[number].children:
            if child.node_id not in names:
                names[child.node_id] = f"{names[number]}.{child.local_name}"
                pending.append(child.node_id)
    for number, node in enumerate(object_graph_proto.nodes):
        for slot in node.slot_variables:
            ids = number, slot.original_variable_node_id
            owner, original = (names.setdefault(each, f"object {each}") for each in ids)
            names[slot.slot_variable_node_id] = f"{owner}'s state '{slot.slot_name}' for {original}"
    for number in range(len(object_graph_proto.nodes)):
        names.setdefault(number, f"object {number}")  # no way leads to it
    return names


class NameBasedRestoration:
    """A restoration of a checkpoint that knows names of variables only.

    Args:
        save_path: the name of the checkpoint.
    """

    def __init__(self, save_path: str) -> None:
        self.save_path = save_path
        self.unused_attributes: WeakIdentityMap[list[str]] = WeakIdentityMap()
        self.restore_uid = next_restore_uid()

    def globally_named_object_attributes(self, trackable: Any) -> Iterator[SaveableObject]:
        """What saves an object under names of the whole program; attributes without one are noted.

        Args:
            trackable: the object.
        """
        for name, factory in trackable._gather_saveables_for_checkpoint().items():
            saveable = factory
            if callable(factory):
                try:
                    saveable = factory()
                except TypeError:  # it has no name but its key
                    if not factory("").optional_restore:
                        self.unused_attributes.setdefault(trackable, []).append(name)
                    continue
            for global_name, op in op_list_to_dict([saveable], convert_variable_to_tensor=False).items():
                yield from saveable_objects_for_op(op, global_name)
