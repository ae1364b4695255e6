"""A container that gives its objects names of their own."""

from __future__ import annotations

from typing import Any

from perdure.tracking.structures import TrackableDataStructure
from perdure.tracking.trackable import Trackable


class UniqueNameTracker(TrackableDataStructure):
    """Holds objects under names that are made unique: `x`, `x_1`, `x_2`."""

    def __init__(self) -> None:
        super().__init__()
        self._maybe_initialize_trackable()
        self._name_counts: dict[str, int] = {}

    @property
    def _values(self) -> list[Any]:
        return [dependency.ref for dependency in self._checkpoint_dependencies]

    def track(self, trackable: Any, base_name: str) -> Any:
        """Depend on an object.

        Args:
            trackable: the object.
            base_name: its name, to which a number is added if it is taken.

        Returns:
            The object.

        Raises:
            ValueError: it is not trackable.
        """
        if not isinstance(trackable, Trackable):
            raise ValueError(
                f"Expected a trackable value, got {trackable} which does not inherit from tf.track.Trackable."
            )
        count = self._name_counts.get(base_name, 0)
        while self._lookup_dependency(_numbered(base_name, count)) is not None:
            count += 1
        self._name_counts[base_name] = count + 1
        self._track_value(trackable, name=_numbered(base_name, count))
        return trackable


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name
