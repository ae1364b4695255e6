"""The nodes of a Saver: what saves to a file whose name is fed, and what restores from it."""

from __future__ import annotations

import uuid
from typing import Any

from perdure.functional.array.array import identity, placeholder_with_default
from perdure.functional.array.array import shape as shape_of
from perdure.functional.control.control import group, with_dependencies
from perdure.functional.strings.joining import string_join
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.defaults import control_dependencies, device, name_scope
from perdure.graph.devices import canonical
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.training.saving.saveables import (
    ReferenceVariableSaveable,
    ResourceVariableSaveable,
    SaveableObject,
    SaveSpec,
    set_cpu0,
    validate_and_slice_inputs,
)
from perdure.variables.partitioned_variable import PartitionedVariable

# `SaverDef.CheckpointFormatVersion`; the message is not imported before a Saver is described by one.
V1, V2 = 1, 2
# Under these names they can be told from what the builders have as attributes.
Saveable = SaveableObject
Saveables = list[Saveable]
# What is to be saved on each device.
PerDevice = list[tuple[str, Saveables]]


class BaseSaverBuilder:
    """Makes the nodes of a Saver, with a restoring node for each tensor.

    Derive from it, and override `save_op`, `restore_op`, `bulk_restore` or `sharded_filename`, to save in
    another way.

    Args:
        write_version: the format, a `SaverDef.CheckpointFormatVersion`.
    """

    SaveSpec = SaveSpec
    SaveableObject = SaveableObject
    VariableSaveable = ReferenceVariableSaveable
    ResourceVariableSaveable = ResourceVariableSaveable

    def __init__(self, write_version: int = V2) -> None:
        self._write_version = write_version

    # -- what derived classes may override ------------------------------------------------

    def save_op(self, filename_tensor: Any, saveables: Saveables) -> Any:
        """Make the operation that saves.

        Args:
            filename_tensor: the name of the file; in the format V2 what the names of its files begin with.
            saveables: what is saved.

        Raises:
            RuntimeError: the format is neither V1 nor V2.
        """
        specs = [spec for saveable in saveables for spec in saveable.specs]
        names, slices = _names_and_slices(specs)
        tensors = [spec.tensor for spec in specs]
        if self._write_version == V1:
            return g.save_slices(filename_tensor, names, slices, tensors, name="save")
        if self._write_version == V2:
            return g.save_v2(filename_tensor, names, slices, tensors)
        raise RuntimeError(f"Unexpected write_version: {self._write_version}")

    def bulk_restore(
        self,
        filename_tensor: Any,
        saveables: Saveables,
        preferred_shard: int,
        restore_sequentially: bool,
    ) -> list[Any]:
        """Make the operations that read all tensors; here by `restore_op`, each object on its device's CPU.

        Args:
            filename_tensor: as for `save_op`.
            saveables: what is restored.
            preferred_shard: the file of a sharded checkpoint to look into first.
            restore_sequentially: ignored, as by TensorFlow.

        Returns:
            The tensors, one for each spec.
        """
        tensors: list[Any] = []
        for saveable in saveables:
            with device(set_cpu0(saveable.device) if saveable.device else None):
                tensors.extend(self.restore_op(filename_tensor, saveable, preferred_shard))
        return tensors

    def restore_op(self, filename_tensor: Any, saveable: Saveable, preferred_shard: int) -> list[Any]:
        """Make the operations that read one object's tensors; see `bulk_restore`."""
        return [
            g.restore_v2(filename_tensor, [spec.name], [spec.slice_spec], [spec.dtype])[0]
            for spec in saveable.specs
        ]

    def sharded_filename(self, filename_tensor: Any, shard: int, num_shards: Any) -> Tensor:
        """The name of one file of a sharded checkpoint.

        Args:
            filename_tensor: the name of the checkpoint.
            shard: which file.
            num_shards: how many there are, a tensor.
        """
        return g.sharded_filename(filename_tensor, shard, num_shards)  # type: ignore[no-any-return]

    def build(
        self,
        names_to_saveables: Any,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        filename: str | None = "model",
    ) -> Any:
        """Make the nodes.

        Args:
            names_to_saveables: what is saved, by its name in the checkpoint or in a list.
            reshape: whether tensors of another shape are restored to the variable's.
            sharded: whether each device has a file of its own.
            max_to_keep: kept in the result; see `tf.train.Saver`.
            keep_checkpoint_every_n_hours: kept in the result.
            name: the scope of the nodes; `save` if None.
            restore_sequentially: handed to `bulk_restore`.
            filename: the name of the file if none is fed.

        Returns:
            A `SaverDef`, which names the nodes.

        Raises:
            TypeError: something cannot be saved.
            ValueError: an object occurs under two names.
        """
        return self._build_internal(
            names_to_saveables=names_to_saveables,
            reshape=reshape,
            sharded=sharded,
            max_to_keep=max_to_keep,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            name=name,
            restore_sequentially=restore_sequentially,
            filename=filename,
        )

    # -- the nodes --------------------------------------------------------------------------

    def _build_internal(
        self,
        names_to_saveables: Any,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        filename: str | None = "model",
        build_save: bool = True,
        build_restore: bool = True,
    ) -> Any:
        from perdure.formats.messages import SaverDef

        if not (build_save and build_restore):
            raise ValueError(
                "save and restore operations need to be built together  when eager execution is not enabled."
            )
        saveables = validate_and_slice_inputs(names_to_saveables)
        with name_scope(name, "save", [saveable.op for saveable in saveables]):
            filename_tensor = placeholder_with_default(filename or "model", shape=(), name="filename")
            # Programs and MetaGraphs feed the name through this node.
            filename_tensor = placeholder_with_default(filename_tensor, shape=(), name="Const")
            if sharded:
                per_device = self._GroupByDevices(saveables)
                save_tensor = self._AddShardedSaveOps(filename_tensor, per_device)
                restore_op = self._AddShardedRestoreOps(
                    filename_tensor, per_device, restore_sequentially, reshape
                )
            else:
                save_tensor = self._AddSaveOps(filename_tensor, saveables)
                restore_op = self._AddRestoreOps(filename_tensor, saveables, restore_sequentially, reshape)
        _join_partitioned_variables()
        return SaverDef(
            filename_tensor_name=filename_tensor.name,
            save_tensor_name=save_tensor.name,
            restore_op_name=restore_op.name,
            max_to_keep=max_to_keep or 0,
            sharded=sharded,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            version=self._write_version,
        )

    # Programs that derive from this class call these by TensorFlow's names.

    def _AddSaveOps(self, filename_tensor: Any, saveables: Saveables) -> Any:  # noqa: N802
        """The name of the file, once it is saved."""
        return with_dependencies([self.save_op(filename_tensor, saveables)], filename_tensor)

    def _AddShardedSaveOps(self, filename_tensor: Any, per_device: PerDevice) -> Any:  # noqa: N802
        """The name of the checkpoint, once all devices have saved."""
        if self._write_version == V2:
            return self._AddShardedSaveOpsForV2(filename_tensor, per_device)
        num_shards = constant(len(per_device), name="num_shards")
        saved = []
        for shard, (where, saveables) in enumerate(per_device):
            with device(where):
                shard_name = self.sharded_filename(filename_tensor, shard, num_shards)
                saved.append(self._AddSaveOps(shard_name, saveables))
        with control_dependencies([each.op for each in saved]):
            return g.sharded_filespec(filename_tensor, num_shards)

    def _AddShardedSaveOpsForV2(self, checkpoint_prefix: Any, per_device: PerDevice) -> Any:  # noqa: N802
        """The same in the format V2: devices save into a folder, whose files get their names together."""
        folder = f"_temp_{uuid.uuid4().hex}/part"
        temporary_prefix = string_join([checkpoint_prefix, folder])
        num_shards = constant(len(per_device), name="num_shards")
        shard_names, saved = [], []
        last_device = ""
        for shard, (where, saveables) in enumerate(per_device):
            last_device = where
            with device(set_cpu0(where)):
                shard_name = self.sharded_filename(temporary_prefix, shard, num_shards)
                shard_names.append(shard_name)
                saved.append(self._AddSaveOps(shard_name, saveables))
        with control_dependencies([each.op for each in saved]), device(set_cpu0(last_device)):
            merged = g.merge_v2_checkpoints(shard_names, checkpoint_prefix, delete_old_dirs=True)
            with control_dependencies([merged]):
                return identity(checkpoint_prefix)

    def _AddRestoreOps(  # noqa: N802
        self,
        filename_tensor: Any,
        saveables: Saveables,
        restore_sequentially: bool,
        reshape: bool,
        preferred_shard: int = -1,
        name: str = "restore_all",
    ) -> Operation:
        """The operation that restores all objects."""
        tensors = iter(self.bulk_restore(filename_tensor, saveables, preferred_shard, restore_sequentially))
        restored = []
        for saveable in saveables:
            shapes = [_shape_of(spec.tensor) for spec in saveable.specs] if reshape else None
            restored.append(saveable.restore([next(tensors) for _ in saveable.specs], shapes))
        return group(*restored, name=name)

    def _AddShardedRestoreOps(  # noqa: N802
        self, filename_tensor: Any, per_device: PerDevice, restore_sequentially: bool, reshape: bool
    ) -> Operation:
        """The operation that restores the objects of all devices."""
        restored = []
        for shard, (where, saveables) in enumerate(per_device):
            with device(where):
                restored.append(
                    self._AddRestoreOps(
                        filename_tensor,
                        saveables,
                        restore_sequentially,
                        reshape,
                        preferred_shard=shard,
                        name="restore_shard",
                    )
                )
        return group(*restored, name="restore_all")

    def _GroupByDevices(self, saveables: Saveables) -> PerDevice:  # noqa: N802
        """The objects of each device, by the name of the device.

        Raises:
            ValueError: the tensors of an object are on several devices.
        """
        per_device: dict[str, Saveables] = {}
        for saveable in saveables:
            devices = {canonical(spec.tensor.device) for spec in saveable.specs}
            if len(devices) != 1:
                raise ValueError(
                    f"All tensors of a saveable object must be on the same device: {saveable.name}"
                )
            per_device.setdefault(devices.pop(), []).append(saveable)
        return sorted(per_device.items(), key=lambda item: item[0])


class BulkSaverBuilder(BaseSaverBuilder):
    """Makes the nodes of a Saver; one of them reads all tensors of a device.  See `BaseSaverBuilder`."""

    def bulk_restore(
        self,
        filename_tensor: Any,
        saveables: Saveables,
        preferred_shard: int,
        restore_sequentially: bool,
    ) -> list[Any]:
        """Make the operation that reads all tensors; see the base class."""
        specs = [spec for saveable in saveables for spec in saveable.specs]
        names, slices = _names_and_slices(specs)
        dtypes = [spec.dtype for spec in specs]
        with device("cpu:0"):
            return g.restore_v2(filename_tensor, names, slices, dtypes)  # type: ignore[no-any-return]


def _names_and_slices(specs: list[Any]) -> tuple[list[str], list[str]]:
    return [spec.name for spec in specs], [spec.slice_spec for spec in specs]


def _shape_of(tensor: Any) -> Any:
    known = tensor.get_shape()
    return known if known.is_fully_defined() else shape_of(tensor)


def _join_partitioned_variables() -> None:
    """Make the whole value of each partitioned variable in a collection: a MetaGraph looks for it by name."""
    graph = get_default_graph()
    for key in graph.get_all_collection_keys():
        for element in graph.get_collection(key):
            if isinstance(element, PartitionedVariable):
                try:
                    graph.get_operation_by_name(element.name)
                except KeyError:
                    element.as_tensor()
