"""NumPy arrays in object-based checkpoints."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from perdure.tracking.trackable import Trackable, TrackableReference
from perdure.training.checkpoints.python_state import PythonState


class NumpyState(Trackable):
    """An object whose attributes are NumPy arrays that a checkpoint holds.

    Restoring sets them at once, also those that the object does not have yet.  They are not in a session.
    """

    def _lookup_dependency(self, name: str) -> Any:
        value = super()._lookup_dependency(name)
        if value is None:
            # Asked for what it does not have, it is being restored: the array comes in a moment.
            value = _Array(np.array([]))
            self._unconditional_checkpoint_dependencies.append(TrackableReference(name, value))
            self._unconditional_dependency_names[name] = value
            super().__setattr__(name, value)
        return value

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        return value.array if isinstance(value, _Array) else value

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, (np.ndarray, np.generic)):
            known = self.__dict__.get(name)
            if isinstance(known, _Array):
                known.array = value
                return
            value = self._track_trackable(_Array(value), name, overwrite=True)
        elif name not in ("_self_setattr_tracking", "_self_update_uid") and self._self_setattr_tracking:
            # A restoration could not tell an array that is to come from another object that is.
            raise NotImplementedError(
                f"Assigned {value} to the {name} property of {self}, which is not a NumPy array. Currently "
                "mixing NumPy arrays and other trackable objects is not supported. File a feature request if "
                "this limitation bothers you."
            )
        super().__setattr__(name, value)


class _Array(PythonState):
    """One array, as the string that NumPy's own format makes of it."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def serialize(self) -> bytes:
        file = io.BytesIO()
        np.save(file, self.array, allow_pickle=False)
        return file.getvalue()

    def deserialize(self, string_value: bytes) -> None:
        self.array = np.load(io.BytesIO(string_value), allow_pickle=False)
