"""Devices of variables and computations in a cluster: tf.train.replica_device_setter."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from perdure.distributed.server_lib import ClusterSpec
from perdure.graph.devices import format_components, parse
from perdure.platform import logging

# What TensorFlow keeps on parameter servers.
STANDARD_PS_OPS = (
    "Variable", "VariableV2", "AutoReloadVariable", "MutableHashTable", "MutableHashTableV2",
    "MutableHashTableOfTensors", "MutableHashTableOfTensorsV2", "MutableDenseHashTable",
    "MutableDenseHashTableV2", "VarHandleOp", "BoostedTreesEnsembleResourceHandleOp",
)  # fmt: skip


def replica_device_setter(
    ps_tasks: int = 0,
    ps_device: str | None = "/job:ps",
    worker_device: str | None = "/job:worker",
    merge_devices: bool = True,
    cluster: Any = None,
    ps_ops: Sequence[str] | None = None,
    ps_strategy: Callable[[Any], int] | None = None,
) -> Callable[[Any], str] | None:
    """A function for `tf.device` that spreads variables over parameter servers.

    Args:
        ps_tasks: how many parameter servers there are; ignored if `cluster` is given.
        ps_device: the device of variables, without a task.
        worker_device: the device of everything else.
        merge_devices: whether what an operation asks for itself fills in the rest; otherwise an operation
            that asks for anything is left alone.
        cluster: a ClusterDef or ClusterSpec, or what a ClusterSpec is made of.
        ps_ops: the op types that go to parameter servers; variables and tables by default.
        ps_strategy: from an operation to the number of its parameter server; in turns by default.

    Returns:
        The function, or None if there are no parameter servers.

    Raises:
        TypeError: the cluster is none, or `ps_strategy` is not callable.
    """
    if cluster is not None:
        jobs = ClusterSpec(cluster).as_dict()
        ps_job = parse(ps_device).job or "ps"
        if not jobs.get(ps_job):
            return None
        ps_tasks = len(jobs[ps_job])
    if ps_tasks == 0:
        return None
    if ps_strategy is not None and not callable(ps_strategy):
        raise TypeError("ps_strategy must be callable")
    turns = itertools.cycle(range(ps_tasks))
    if not merge_devices:
        logging.warning("DEPRECATION: It is recommended to set merge_devices=true in replica_device_setter")
    kept = frozenset(STANDARD_PS_OPS if ps_ops is None else ps_ops)

    def device_of(op: Any) -> str:
        if not merge_devices and op.device:
            return op.device
        own = parse(op.device or "")
        is_kept = bool(ps_device) and (op.type if hasattr(op, "type") else op.op) in kept
        wanted = parse(ps_device if is_kept else worker_device)
        if is_kept and wanted.job and own.job in (None, wanted.job):
            wanted = wanted._replace(task=ps_strategy(op) if ps_strategy else next(turns))
        return format_components(wanted.merged_with(own))

    return device_of
