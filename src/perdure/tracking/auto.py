"""AutoTrackable: objects that depend on what is assigned to their attributes."""

from __future__ import annotations

from typing import Any

# Lists and dictionaries that are assigned are wrapped by them.
from perdure.tracking import lists, mappings  # noqa: F401
from perdure.tracking.structures import NoDependency, sticky_attribute_assignment
from perdure.tracking.trackable import Trackable


class NotTrackable:
    """Marks objects that must not be saved by way of the objects that hold them.

    They can be assigned to attributes, but saving fails.
    """


class AutoTrackable(Trackable):
    """An object that depends on each trackable object that is assigned to an attribute, under its name.

    Lists and dictionaries are replaced by ones that depend on what they hold; `NoDependency` prevents both.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            if getattr(self, name) is value:
                return
        except AttributeError:
            pass
        if self._self_setattr_tracking:
            value = sticky_attribute_assignment(self, name, value)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self._untrack(name)
        super().__delattr__(name)

    def _no_dependency(self, value: Any) -> Any:
        return NoDependency(value)


def delete_tracking(obj: Any, name: str) -> None:
    """Let an object no longer depend on what it tracks under a name, if there is such."""
    obj._untrack(name)
