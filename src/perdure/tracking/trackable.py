"""Trackable: the base of objects whose state can be saved by the way that leads to them."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from perdure.graph import dtypes

Method = TypeVar("Method", bound=Callable[..., Any])

# What a checkpoint keeps the objects and their names under.
OBJECT_GRAPH_PROTO_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
# The attribute of an object that is a variable's value.
VARIABLE_VALUE_KEY = "VARIABLE_VALUE"
OBJECT_CONFIG_JSON_KEY = "OBJECT_CONFIG_JSON"


class TrackableReference(NamedTuple):
    """A dependency: the name that an object has for another one."""

    name: str
    ref: Any


class Trackable:
    """An object that others can depend on, and that depends on others, by names.

    It has no constructor that must be called: the first dependency makes the tables that hold them.  A
    subclass that has state of its own says so in `_gather_saveables_for_checkpoint`.
    """

    # Attributes are called _self_... as in TensorFlow: the object's own, and not those of what it wraps.
    _self_setattr_tracking = True
    # The number of the last restoration that gave the object its state.
    _self_update_uid = -1
    _self_unconditional_checkpoint_dependencies: list[TrackableReference]
    _self_unconditional_dependency_names: dict[str, Any]
    _self_unconditional_deferred_dependencies: dict[str, list[Any]]

    def _maybe_initialize_trackable(self) -> None:
        """Make the tables, if they are not there; every other method does so by itself."""
        attributes = self.__dict__
        if "_self_unconditional_checkpoint_dependencies" not in attributes:
            attributes["_self_unconditional_checkpoint_dependencies"] = []
            attributes["_self_unconditional_dependency_names"] = {}
            attributes["_self_unconditional_deferred_dependencies"] = {}

    # -- what subclasses override -----------------------------------------------------

    @property
    def _object_identifier(self) -> str:
        """What kind of object it is, in a SavedModel."""
        return "_generic_user_object"

    @property
    def _tracking_metadata(self) -> str:
        """What else a SavedModel keeps of it."""
        return ""

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        """Its own state: names of attributes, and what is saved under each.

        Returns:
            For each attribute a variable, or a function of `name` that returns a SaveableObject of that name.
        """
        return {}

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        """The objects it depends on."""
        return self._unconditional_checkpoint_dependencies

    @property
    def _deferred_dependencies(self) -> dict[str, list[Any]]:
        """Positions in checkpoints that wait for a dependency of a name."""
        self._maybe_initialize_trackable()
        return self._self_unconditional_deferred_dependencies

    def _lookup_dependency(self, name: str) -> Any:
        """The object it depends on by that name, or None."""
        return self._unconditional_dependency_names.get(name)

    def _no_dependency(self, value: Any) -> Any:
        """`value`, so wrapped that assigning it to an attribute makes no dependency."""
        return value

    # -- its tables -------------------------------------------------------------------

    @property
    def _setattr_tracking(self) -> bool:
        return self._self_setattr_tracking

    @_setattr_tracking.setter
    def _setattr_tracking(self, value: bool) -> None:
        self.__dict__["_self_setattr_tracking"] = value

    @property
    def _update_uid(self) -> int:
        return self._self_update_uid

    @_update_uid.setter
    def _update_uid(self, value: int) -> None:
        self.__dict__["_self_update_uid"] = value

    @property
    def _unconditional_checkpoint_dependencies(self) -> list[TrackableReference]:
        self._maybe_initialize_trackable()
        return self._self_unconditional_checkpoint_dependencies

    @property
    def _unconditional_dependency_names(self) -> dict[str, Any]:
        self._maybe_initialize_trackable()
        return self._self_unconditional_dependency_names

    # -- dependencies -----------------------------------------------------------------

    def _track_trackable(self, trackable: Any, name: str, overwrite: bool = False) -> Any:
        """Depend on an object, and restore it if a checkpoint waits for one of that name.

        Args:
            trackable: the object.
            name: its name, unique among the dependencies of this object.
            overwrite: whether it may take the place of another one.

        Returns:
            `trackable`.

        Raises:
            TypeError: it is not trackable.
            ValueError: the name is taken.
        """
        if not isinstance(trackable, Trackable):
            raise TypeError(f"Trackable._track_trackable() passed type {type(trackable)}, not a Trackable.")
        self._maybe_initialize_trackable()
        reference = TrackableReference(name, trackable)
        current = self._lookup_dependency(name)
        if current is None:
            self._self_unconditional_checkpoint_dependencies.append(reference)
            self._handle_deferred_dependencies(name=name, trackable=trackable)
        elif current is not trackable:
            if not overwrite:
                raise ValueError(
                    f"Called Trackable._track_trackable() with name='{name}', but a Trackable with this name "
                    "is already declared as a dependency. Names must be unique (or overwrite=True)."
                )
            known = self._self_unconditional_checkpoint_dependencies
            known[:] = [reference if old.name == name else old for old in known]
        self._self_unconditional_dependency_names[name] = trackable
        return trackable

    def _untrack(self, name: str) -> None:
        """Depend no longer on the object of a name, if there is one."""
        if self._unconditional_dependency_names.pop(name, None) is not None:
            known = self._self_unconditional_checkpoint_dependencies
            known[:] = [reference for reference in known if reference.name != name]

    def _add_variable_with_custom_getter(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        getter: Callable[..., Any] | None = None,
        overwrite: bool = False,
        **kwargs_for_getter: Any,
    ) -> Any:
        """Make a variable, and depend on it.

        Args:
            name: its name among the dependencies, which the getter is given, too.
            shape, dtype, initializer, kwargs_for_getter: for the getter.
            getter: what makes the variable.
            overwrite: whether it may take the place of another dependency; then it need not be trackable.

        Returns:
            The variable.
        """
        assert getter is not None
        variable = getter(name=name, shape=shape, dtype=dtype, initializer=initializer, **kwargs_for_getter)
        if overwrite and not isinstance(variable, Trackable):
            return variable
        return self._track_trackable(variable, name=name, overwrite=overwrite)

    def _handle_deferred_dependencies(self, name: str, trackable: Any) -> None:
        """Restore an object that checkpoints wait for under a name, the newest restoration first."""
        waiting = self._deferred_dependencies.pop(name, ())
        for position in sorted(waiting, key=lambda position: position.restore_uid, reverse=True):
            position.restore(trackable)

    # -- restoring ----------------------------------------------------------------------

    def _restore_from_checkpoint_position(self, checkpoint_position: Any) -> list[Any]:
        """Restore the object and what it depends on, breadth first; what is not there yet is waited for.

        Args:
            checkpoint_position: where the object is in a checkpoint.

        Returns:
            The operations that restore them.
        """
        visit_queue = deque([checkpoint_position])
        restore_ops: list[Any] = []
        tensor_saveables: dict[str, Any] = {}
        python_saveables: list[Any] = []
        while visit_queue:
            position = visit_queue.popleft()
            ops, tensors, states = position.trackable._single_restoration_from_checkpoint_position(
                checkpoint_position=position, visit_queue=visit_queue
            )
            restore_ops += ops
            tensor_saveables.update(tensors)
            python_saveables += states
        return restore_ops + checkpoint_position.checkpoint.restore_saveables(
            tensor_saveables, python_saveables
        )

    def _single_restoration_from_checkpoint_position(
        self, checkpoint_position: Any, visit_queue: deque[Any]
    ) -> tuple[list[Any], dict[str, Any], list[Any]]:
        """What restores this object alone; its dependencies are put into the queue, or waited for.

        Returns:
            Operations that are there, saveables that need one (by key), and those that are Python state.
        """
        restoration: tuple[list[Any], dict[str, Any], list[Any]] = [], {}, []
        # What a later restoration has set stays, but what it depends on may not have been part of that.
        if checkpoint_position.restore_uid > self._update_uid:
            restoration = checkpoint_position.gather_ops_or_named_saveables()
            self._self_update_uid = checkpoint_position.restore_uid
        for child in checkpoint_position.object_proto.children:
            position = checkpoint_position.of_node(child.node_id)
            there = self._lookup_dependency(child.local_name)
            if there is None:
                self._deferred_dependencies.setdefault(child.local_name, []).append(position)
            elif position.bind_object(there):
                visit_queue.append(position)
        return restoration

    # -- for SavedModels ------------------------------------------------------------------

    def _list_extra_dependencies_for_serialization(self, serialization_cache: Any) -> dict[str, Any]:
        """Dependencies that only a SavedModel has."""
        return {}

    def _list_functions_for_serialization(self, serialization_cache: Any) -> dict[str, Any]:
        """Functions that a SavedModel has."""
        return {}


def no_automatic_dependency_tracking(method: Method) -> Method:
    """A method in which assigning to attributes makes no dependencies.

    Args:
        method: the method of a class that may track what is assigned.
    """

    @functools.wraps(method)
    def without_tracking(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = getattr(self, "_self_setattr_tracking", True)
        self._self_setattr_tracking = False
        try:
            return method(self, *args, **kwargs)
        finally:
            self._self_setattr_tracking = before

    return without_tracking  # type: ignore[return-value]


@contextmanager
def no_automatic_dependency_tracking_scope(obj: Any) -> Iterator[None]:
    """A block in which assigning to attributes of an object makes no dependencies.

    Args:
        obj: the object.
    """
    before = getattr(obj, "_setattr_tracking", True)
    obj._setattr_tracking = False
    try:
        yield
    finally:
        obj._setattr_tracking = before
