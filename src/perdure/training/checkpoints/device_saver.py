"""Nodes that save from several devices into one checkpoint, and restore to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.defaults import control_dependencies, device
from perdure.graph.operation import Operation
from perdure.training.saving.saveables import SaveableObject, set_cpu0


def _checked(saveable: Any, expected: str) -> SaveableObject:
    if not isinstance(saveable, SaveableObject):
        raise ValueError(f"Expected a {expected} of SaveableObjects, got {saveable}.")
    return saveable


class _SingleDeviceSaver:
    """Saves and restores what is on one device.

    Args:
        saveable_objects: what is there.

    Raises:
        ValueError: one of them is no SaveableObject.
    """

    def __init__(self, saveable_objects: Iterable[SaveableObject]) -> None:
        self._saveable_objects = [_checked(saveable, "list") for saveable in saveable_objects]

    def save(self, file_prefix: Any) -> Operation:
        """Make the operation that saves.

        Args:
            file_prefix: how the names of the files begin, a string or a tensor.
        """
        specs = [spec for saveable in self._saveable_objects for spec in saveable.specs]
        tensors = [spec.tensor for spec in specs]
        with device("cpu:0"):
            return g.save_v2(
                file_prefix, [spec.name for spec in specs], [spec.slice_spec for spec in specs], tensors
            )

    def restore(self, file_prefix: Any) -> dict[str, Any]:
        """Make the operations that restore.

        Args:
            file_prefix: how the names of the files begin.

        Returns:
            The operations, by the names of what they restore.
        """
        specs = [spec for saveable in self._saveable_objects for spec in saveable.specs]
        with device("cpu:0"):
            restored = iter(
                g.restore_v2(
                    file_prefix,
                    [spec.name for spec in specs],
                    [spec.slice_spec for spec in specs],
                    [spec.dtype for spec in specs],
                )
            )
        return {
            saveable.name: saveable.restore([next(restored) for _ in saveable.specs], restored_shapes=None)
            for saveable in self._saveable_objects
        }


class MultiDeviceSaver:
    """Saves from each device into a file of its own, and makes them one checkpoint.

    Args:
        saveable_objects: what is saved.

    Raises:
        ValueError: one of them is no SaveableObject.
    """

    def __init__(self, saveable_objects: Iterable[SaveableObject]) -> None:
        by_device: dict[str, list[SaveableObject]] = {}
        for saveable in saveable_objects:
            _checked(saveable, "dictionary")
            by_device.setdefault(saveable.device or "", []).append(saveable)
        self._savers = [(place, _SingleDeviceSaver(by_device[place])) for place in sorted(by_device)]

    def to_proto(self) -> Any:
        """Not supported yet.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            "MultiDeviceSaver.to_proto: a SaverDef of functions of the graph is not supported yet"
        )

    def save(self, file_prefix: Any) -> Operation:
        """Make the operation that saves; files get their names when all are written.

        Args:
            file_prefix: how the names of the files begin, a string or a tensor.
        """
        with device("cpu:0"):
            temporary = g.string_join([file_prefix, f"_temp_{uuid.uuid4().hex}/part"])
        num_shards = constant(len(self._savers), name="num_shards")
        prefixes, saves = [], []
        last_device = ""
        for shard, (place, saver) in enumerate(self._savers):
            last_device = place
            with device(set_cpu0(place)):
                prefixes.append(g.sharded_filename(temporary, shard, num_shards))
            with device(place):
                saves.append(saver.save(prefixes[-1]))
        with control_dependencies(saves), device(set_cpu0(last_device)):
            return g.merge_v2_checkpoints(prefixes, file_prefix, delete_old_dirs=True)

    def restore(self, file_prefix: Any) -> dict[str, Any]:
        """Make the operations that restore; see `_SingleDeviceSaver.restore`."""
        restore_ops: dict[str, Any] = {}
        for place, saver in self._savers:
            with device(place):
                restore_ops.update(saver.restore(file_prefix))
        return restore_ops
