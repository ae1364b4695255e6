"""The objects that are saved with an object, and the keys of what they hold: a `TrackableObjectGraph`.

The key of a value is the way to its object, `layer/kernel/.ATTRIBUTES/VARIABLE_VALUE`, and that of an
optimizer's slot is `layer/kernel/.OPTIMIZER_SLOT/optimizer/momentum/.ATTRIBUTES/VARIABLE_VALUE`.  In names on
the way a dot is doubled and a slash is `.S`.
"""

from __future__ import annotations

import weakref
from collections import deque
from contextlib import nullcontext
from typing import Any, NamedTuple

from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.defaults import device
from perdure.tracking.auto import NotTrackable
from perdure.tracking.trackable import OBJECT_GRAPH_PROTO_KEY
from perdure.training.checkpoints.identity import WeakIdentityMap
from perdure.training.checkpoints.python_state import NoRestoreSaveable, PythonStateSaveable
from perdure.training.saving.saveables import SaveableObject, op_list_to_dict, saveable_objects_for_op

_SLOT = ".OPTIMIZER_SLOT"
_ATTRIBUTES = ".ATTRIBUTES"
# Object -> attribute -> the key that it was saved under, and what saved it.
SaveablesCache = WeakIdentityMap[dict[str, tuple[str, tuple[SaveableObject, ...]]]]


def escape_local_name(name: str) -> str:
    """A name as it stands in keys."""
    return name.replace(".", "..").replace("/", ".S")


class _Slot(NamedTuple):
    name: str
    original_id: int
    slot_id: int


class _Objects:
    """All objects that belong to a root, in the order of their numbers, with the ways that lead to them."""

    def __init__(self, view: ObjectGraphView) -> None:
        self.all: list[Any] = []
        self.names: list[str] = []
        self.ids: dict[int, int] = {}
        self.slots: dict[int, list[_Slot]] = {}
        pending = deque([(view.root, "")])
        seen = {id(view.root)}
        while pending:
            obj, name = pending.popleft()
            if isinstance(obj, NotTrackable):
                raise NotImplementedError(
                    f"The object {obj} does not support object-based saving. File a feature request if this "
                    "limitation bothers you. In the meantime, you can remove the dependency on this object "
                    "and save everything else."
                )
            self._add(obj, name)
            for local_name, dependency in view.list_dependencies(obj):
                if id(dependency) not in seen:
                    seen.add(id(dependency))
                    escaped = escape_local_name(local_name)
                    pending.append((dependency, f"{name}/{escaped}" if name else escaped))
        self._add_slots()

    def _add(self, obj: Any, name: str) -> int:
        number = self.ids[id(obj)] = len(self.all)
        self.all.append(obj)
        self.names.append(name)
        return number

    def _add_slots(self) -> None:
        """The slots of those variables whose optimizer is among the objects, too."""
        others = list(self.all)
        for optimizer_id, optimizer in enumerate(others):
            if not hasattr(optimizer, "_create_or_restore_slot_variable"):
                continue
            for slot_name in optimizer.get_slot_names():
                for original_id, original in enumerate(others):
                    try:
                        slot = optimizer.get_slot(original, slot_name)
                    except (AttributeError, KeyError):  # not a variable
                        continue
                    if slot is None:
                        continue
                    if slot._checkpoint_dependencies:
                        raise NotImplementedError(
                            "Currently only variables with no dependencies can be saved as slot variables. "
                            "File a feature request if this limitation bothers you."
                        )
                    if id(slot) in self.ids:
                        raise NotImplementedError(
                            "A slot variable was re-used as a dependency of a Trackable object. This is not "
                            "currently allowed. File a feature request if this limitation bothers you."
                        )
                    name = "/".join(
                        (
                            self.names[original_id],
                            _SLOT,
                            self.names[optimizer_id],
                            escape_local_name(slot_name),
                        )
                    )
                    made = _Slot(slot_name, original_id, self._add(slot, name))
                    self.slots.setdefault(optimizer_id, []).append(made)


class ObjectGraphView:
    """An object, and what is saved with it.

    Args:
        root: the object, or a weak reference to it.
        saveables_cache: keeps what saves each object, so that its nodes are made once; None to make them
            anew.
    """

    def __init__(self, root: Any, saveables_cache: SaveablesCache | None = None) -> None:
        self._root = root
        self._saveables_cache = saveables_cache

    @property
    def root(self) -> Any:
        """The object."""
        if not isinstance(self._root, weakref.ref):
            return self._root
        root = self._root()
        assert root is not None, "the object is gone"
        return root

    @property
    def saveables_cache(self) -> SaveablesCache | None:
        """What saves each object, or None."""
        return self._saveables_cache

    def list_dependencies(self, obj: Any) -> list[Any]:
        """What an object depends on, as pairs of a name and an object."""
        obj._maybe_initialize_trackable()
        return obj._checkpoint_dependencies  # type: ignore[no-any-return]

    def list_objects(self) -> list[Any]:
        """The object and all that is saved with it, slots last."""
        return _Objects(self).all

    def serialize_object_graph(self) -> tuple[list[SaveableObject], Any, dict[Any, Any] | None]:
        """What saves the objects.

        Returns:
            The saveables, a `TrackableObjectGraph`, and what must be fed when they are saved (None without a
            cache: then Python's state becomes constants).

        Raises:
            NotImplementedError: an object cannot be saved.
        """
        return self._serialize(_Objects(self), None)

    def frozen_saveable_objects(self, object_map: Any = None, to_graph: Any = None) -> list[SaveableObject]:
        """What saves the objects as they are now, themselves included.

        Args:
            object_map: objects to save in the place of others.
            to_graph: where to make the nodes; the default graph if None.
        """
        objects = _Objects(self)
        with nullcontext() if to_graph is None else to_graph.as_default():
            saveables, proto, _ = self._serialize(objects, object_map)
            with device("/cpu:0"):
                described = constant(proto.SerializeToString(), dtype=dtypes.string)
            return [*saveables, NoRestoreSaveable(described, OBJECT_GRAPH_PROTO_KEY)]

    def _serialize(
        self, objects: _Objects, object_map: Any
    ) -> tuple[list[SaveableObject], Any, dict[Any, Any] | None]:
        from perdure.formats.messages import TrackableObjectGraph

        proto = TrackableObjectGraph()
        for number, obj in enumerate(objects.all):
            node = proto.nodes.add()
            for slot in objects.slots.get(number, ()):
                node.slot_variables.add(
                    slot_name=slot.name,
                    original_variable_node_id=slot.original_id,
                    slot_variable_node_id=slot.slot_id,
                )
            for local_name, dependency in self.list_dependencies(obj):
                node.children.add(node_id=objects.ids[id(dependency)], local_name=local_name)
        feeds: dict[Any, Any] | None = None if self._saveables_cache is None else {}
        saveables: list[SaveableObject] = []
        for obj, name, node in zip(objects.all, objects.names, proto.nodes, strict=True):
            saved = obj if object_map is None else object_map.get(obj, obj)
            saveables += self._add_attributes(saved, name, node, feeds)
        return saveables, proto, feeds

    def _add_attributes(
        self, obj: Any, object_name: str, node: Any, feeds: dict[Any, Any] | None
    ) -> list[SaveableObject]:
        """Note in an object's node what it holds; returns what saves that."""
        result: list[SaveableObject] = []
        for name, factory in obj._gather_saveables_for_checkpoint().items():
            attribute = node.attributes.add(name=name)
            attribute.checkpoint_key = f"{object_name}/{_ATTRIBUTES}/{escape_local_name(name)}"
            saveables = self._saveables(obj, name, factory, attribute.checkpoint_key)
            for saveable in saveables:
                attribute.full_name = getattr(saveable, "full_name", attribute.full_name)
                if isinstance(saveable, PythonStateSaveable):
                    if feeds is None:
                        saveable = saveable.freeze()
                    else:
                        _add_feeds(feeds, saveable.feed_dict_additions(), obj)
                result.append(saveable)
            attribute.optional_restore = bool(saveables) and all(
                saveable.optional_restore for saveable in saveables
            )
        return result

    def _saveables(self, obj: Any, name: str, factory: Any, key: str) -> tuple[SaveableObject, ...]:
        """What saves an attribute under a key, as it was made before or anew."""
        cached = None if self._saveables_cache is None else self._saveables_cache.setdefault(obj, {})
        if cached is not None and name in cached:
            known_key, known = cached[name]
            if known_key == key:
                return known
        made = factory(name=key) if callable(factory) else factory
        if isinstance(made, SaveableObject):
            saveables: tuple[SaveableObject, ...] = (made,)
        else:
            (full_name,) = op_list_to_dict([made], convert_variable_to_tensor=False)
            saveables = tuple(saveable_objects_for_op(made, key))
            for saveable in saveables:
                saveable.full_name = full_name  # type: ignore[attr-defined]  # Savers find it by that
        for saveable in saveables:
            if key not in saveable.name:
                raise AssertionError(
                    f"The object {obj} produced a SaveableObject with name '{saveable.name}' for attribute "
                    f"'{name}'. Expected a name containing '{key}'."
                )
        if cached is not None:
            cached[name] = key, saveables
        return saveables


def _add_feeds(feeds: dict[Any, Any], additions: dict[Any, Any], obj: Any) -> None:
    for tensor in additions:
        if tensor in feeds:
            raise AssertionError(
                f"The object {obj} tried to feed a value for the Tensor {tensor} when saving, but another "
                "object is already feeding a value."
            )
    feeds.update(additions)
