"""What lists and mappings of trackable objects have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from perdure.tracking.trackable import Trackable
from perdure.tracking.weights import (
    filter_empty_layer_containers,
    gather_non_trainable_weights,
    gather_trainable_weights,
    has_weights,
    is_layer,
)

# What takes the place of plain structures of exactly these types; `lists.py` and `mappings.py` put it here.
WRAPPERS: dict[type, Callable[[Any], Any]] = {}


class NoDependency:
    """Wraps a value so that assigning it to an attribute makes no dependency; the attribute is the value.

    Args:
        value: the value.
    """

    def __init__(self, value: Any) -> None:
        self.value = value


def wrap_or_unwrap(value: Any) -> Any:
    """What is kept for a value: lists and dictionaries are wrapped, `NoDependency` is unwrapped."""
    if isinstance(value, NoDependency):
        return value.value
    if isinstance(value, Trackable):
        return value
    # Only the types themselves: subclasses may do something else.
    wrap = WRAPPERS.get(type(value))
    return value if wrap is None else wrap(value)


def sticky_attribute_assignment(trackable: Any, name: Any, value: Any) -> Any:
    """Let an object depend on a value that it is given under a name, if the value is trackable.

    Args:
        trackable: the object.
        name: the name of the attribute or element.
        value: any value.

    Returns:
        What is kept for the value.
    """
    kept = wrap_or_unwrap(value)
    if isinstance(kept, Trackable) and not isinstance(value, NoDependency):
        trackable._track_trackable(kept, name=name, overwrite=True)
    return kept


class UntrackableError(ValueError):
    """Something that is not trackable was put into a structure of trackable objects.

    Args:
        value: the value.
    """

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self._value = value

    def __str__(self) -> str:
        return (
            "Only trackable objects (such as Layers or Optimizers) may be stored in a List object. Got "
            f"{self._value}, which does not inherit from Trackable."
        )


class TrackableDataStructure(Trackable):
    """The base of structures that hold trackable objects, and pass on what layers in them know."""

    def __init__(self) -> None:
        self._self_trainable = True
        self._self_extra_variables: list[Any] = []

    @property
    def trainable(self) -> bool:
        """Whether its variables count as trainable."""
        return self._self_trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._self_trainable = value

    def _track_value(self, value: Any, name: Any) -> Any:
        """Depend on an element.

        Args:
            value: the element.
            name: its name among the dependencies.

        Returns:
            What is kept for it.

        Raises:
            UntrackableError: it cannot be tracked.
        """
        value = sticky_attribute_assignment(self, name, value)
        if not isinstance(value, Trackable):
            raise UntrackableError(value)
        if getattr(value, "is_tensor_like", False):  # a variable
            self._self_extra_variables.append(value)
        if hasattr(value, "_use_resource_variables"):
            value._use_resource_variables = True
        return value

    @property
    def _values(self) -> Iterable[Any]:
        raise NotImplementedError(f"{type(self).__name__} does not say what it holds")

    @property
    def _layers(self) -> list[Any]:
        return [
            value
            for value in self._values
            if isinstance(value, TrackableDataStructure) or is_layer(value) or has_weights(value)
        ]

    @property
    def layers(self) -> list[Any]:
        """The layers in it, and in structures inside of it."""
        return filter_empty_layer_containers(self._layers)

    @property
    def trainable_weights(self) -> list[Any]:
        """The trainable variables of its layers, and its own."""
        return gather_trainable_weights(self.trainable, self._layers, self._self_extra_variables)

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The other variables."""
        return gather_non_trainable_weights(self.trainable, self._layers, self._self_extra_variables)

    @property
    def weights(self) -> list[Any]:
        """All variables, the trainable ones first."""
        return self.trainable_weights + self.non_trainable_weights

    @property
    def trainable_variables(self) -> list[Any]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The same as `non_trainable_weights`."""
        return self.non_trainable_weights

    @property
    def variables(self) -> list[Any]:
        """The same as `weights`."""
        return self.weights

    @property
    def updates(self) -> list[Any]:
        """The updates of its layers."""
        return [update for layer in self.layers for update in getattr(layer, "updates", ())]

    @property
    def losses(self) -> list[Any]:
        """The losses of its layers."""
        return [loss for layer in self.layers for loss in getattr(layer, "losses", ())]

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other
