"""Dependencies that are saved and restored together, though they look like several variables."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.control.control import no_op
from perdure.tracking.trackable import VARIABLE_VALUE_KEY, Trackable
from perdure.training.saving.saveables import SaveableObject, SaveSpec

Buffer = dict[str, Any]


class _CallbackSaveable(SaveableObject):
    """What is saved is what a function returns, and another one restores it."""

    def __init__(
        self,
        name: str,
        dtype: Any,
        device: str,
        save_callback: Callable[[], Any],
        restore_callback: Callable[[Any], Any],
    ) -> None:
        self._restore_callback = restore_callback
        super().__init__(save_callback, [SaveSpec(save_callback, "", name, dtype, device)], name)

    def restore(self, restored_tensors: list[Any], restored_shapes: Any) -> Any:
        (tensor,) = restored_tensors
        return self._restore_callback(tensor)


class _SplitDependency(Trackable):
    """One of several dependencies, which share what was made for all of them."""

    def __init__(
        self,
        save_buffer: Buffer,
        restore_buffer: Buffer,
        name: str,
        dtype: Any,
        device: str,
        num_components: int,
        fill_save_buffer_fn: Callable[[Buffer], Any],
        consume_restore_buffer_fn: Callable[[Buffer], Any],
    ) -> None:
        self._save_buffer = save_buffer
        self._restore_buffer = restore_buffer
        self._name = name
        self._dtype = dtype
        self._device = device
        self._num_components = num_components
        self._fill_save_buffer_fn = fill_save_buffer_fn
        self._consume_restore_buffer_fn = consume_restore_buffer_fn

    def _save(self) -> Any:
        if self._name not in self._save_buffer:
            if self._save_buffer:
                raise AssertionError(
                    f"Split dependency {self._name} ({self}) unsynchronized. Split dependencies must be "
                    "saved together."
                )
            self._fill_save_buffer_fn(self._save_buffer)
        return self._save_buffer.pop(self._name)

    def _restore(self, tensor: Any) -> Any:
        if self._name in self._restore_buffer:
            raise AssertionError(
                f"Split dependency {self._name} ({self}) unsynchronized. Split dependencies must be "
                "restored together."
            )
        self._restore_buffer[self._name] = tensor
        if len(self._restore_buffer) < self._num_components:
            return no_op()
        restored = self._consume_restore_buffer_fn(self._restore_buffer)
        self._restore_buffer.clear()
        return restored

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        return {
            VARIABLE_VALUE_KEY: functools.partial(
                _CallbackSaveable,
                dtype=self._dtype,
                device=self._device,
                save_callback=self._save,
                restore_callback=self._restore,
            )
        }


def split_dependency(
    component_names: Sequence[str],
    component_dtypes: Sequence[Any],
    fill_save_buffer_fn: Callable[[Buffer], Any],
    consume_restore_buffer_fn: Callable[[Buffer], Any],
    device: str,
) -> dict[str, Trackable]:
    """Several dependencies whose tensors one operation makes, or one operation takes back.

    Args:
        component_names: their names.
        component_dtypes: the types of their tensors.
        fill_save_buffer_fn: puts the tensors to save into a dictionary, by these names.
        consume_restore_buffer_fn: given a dictionary of restored tensors, returns the operation that takes
            them.
        device: where saving and restoring take place.

    Returns:
        Trackable objects by name; whoever depends on one must depend on all of them.
    """
    save_buffer: Buffer = {}
    restore_buffer: Buffer = {}
    return {
        name: _SplitDependency(
            save_buffer=save_buffer,
            restore_buffer=restore_buffer,
            name=name,
            dtype=dtype,
            device=device,
            num_components=len(component_names),
            fill_save_buffer_fn=fill_save_buffer_fn,
            consume_restore_buffer_fn=consume_restore_buffer_fn,
        )
        for name, dtype in zip(component_names, component_dtypes, strict=False)
    }
