"""Python's own state in a checkpoint: strings that are asked for when it is written."""

from __future__ import annotations

import abc
import functools
from collections.abc import Callable
from typing import Any

from perdure.functional.control.control import no_op
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.defaults import device, init_scope
from perdure.tracking.trackable import Trackable
from perdure.training.saving.saveables import SaveableObject, SaveSpec


class NoRestoreSaveable(SaveableObject):
    """A tensor that is saved, and whose restoration does nothing.

    Args:
        tensor: the tensor, or a function that makes it.
        name: its key.
        dtype, device: needed for a function.
    """

    def __init__(self, tensor: Any, name: str, dtype: Any = None, device: str | None = None) -> None:
        super().__init__(tensor, [SaveSpec(tensor, "", name, dtype=dtype, device=device)], name)

    def restore(self, restored_tensors: Any, restored_shapes: Any) -> Any:
        return no_op()


class PythonStateSaveable(SaveableObject, abc.ABC):
    """State that is not in a session: it is fed when a checkpoint is written, and given back by Python."""

    @abc.abstractmethod
    def feed_dict_additions(self) -> dict[Any, Any]:
        """The tensors to feed, with what the state is now."""

    @abc.abstractmethod
    def freeze(self) -> SaveableObject:
        """What saves the state as it is now, as a constant."""

    @abc.abstractmethod
    def python_restore(self, restored_strings: list[bytes]) -> None:
        """Take back the state.

        Args:
            restored_strings: what the checkpoint has for the specs.
        """


class PythonStringStateSaveable(PythonStateSaveable):
    """State that is a string.

    Args:
        name: its key.
        state_callback: returns the string, each time that a checkpoint is written.
        restore_callback: is given the string back; None if it is only written.
    """

    def __init__(
        self,
        name: str,
        state_callback: Callable[[], Any],
        restore_callback: Callable[[bytes], Any] | None = None,
    ) -> None:
        self._state_callback = state_callback
        self._restore_callback = restore_callback
        with device("/cpu:0"):
            self._save_string = constant("", dtype=dtypes.string)
        spec = SaveSpec(self._save_string, "", name, dtype=dtypes.string)
        super().__init__(self._save_string, [spec], name)

    @property
    def optional_restore(self) -> bool:
        """Whether nothing is wanted back."""
        return self._restore_callback is None

    def _state(self) -> Any:
        with init_scope():
            return self._state_callback()

    def feed_dict_additions(self) -> dict[Any, Any]:
        return {self._save_string: self._state()}

    def freeze(self) -> SaveableObject:
        return NoRestoreSaveable(
            lambda: constant(self._state(), dtype=dtypes.string),
            self.name,
            dtype=dtypes.string,
            device="cpu:0",
        )

    def python_restore(self, restored_strings: list[bytes]) -> None:
        if self._restore_callback is not None:
            (restored,) = restored_strings
            self._restore_callback(restored)

    def restore(self, restored_tensors: Any, restored_shapes: Any) -> Any:
        return no_op()


class PythonState(Trackable, abc.ABC):
    """An object whose state is a string that a checkpoint holds; derive from it.

    Restoring gives the string back at once, without a session.
    """

    @abc.abstractmethod
    def serialize(self) -> Any:
        """The state as a string."""

    @abc.abstractmethod
    def deserialize(self, string_value: Any) -> None:
        """Take the state from a string.

        Args:
            string_value: what `serialize` returned, as bytes.
        """

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        return {
            "py_state": functools.partial(
                PythonStringStateSaveable, state_callback=self.serialize, restore_callback=self.deserialize
            )
        }
