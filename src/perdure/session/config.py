"""What the fields of a ConfigProto do, and what is said of those that do nothing here."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass
from typing import Any

from perdure.graph.errors import NotFoundError, UnimplementedError
from perdure.resources.state import LOCALHOST
from perdure.runtime.planning.place import Placer
from perdure.runtime.planning.simplify import NONE, Simplifications

# Fields with which a program would run differently in TensorFlow; the table of docs/session.md has all.
_WITHOUT_EFFECT = {
    "device_filters": "there are no other machines whose devices could be hidden",
    "rpc_options": "there are no other machines to talk to",
}
_WITHOUT_EFFECT_ON_GPUS = {
    "allocator_type": "JAX chooses the allocator",
    "force_gpu_compatible": "host memory is never pinned",
}
_warned: set[str] = set()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a ConfigProto says, as a session uses it.

    Attributes:
        timeout_seconds: how long a step may take that does not say so itself; None for any time.
        add_shapes: whether `session.graph_def` has the static shapes.
        pools: how many pools of threads a step can choose from with `inter_op_thread_pool`.
        cost_model: whether steps report what their operations cost.
        simplifications: what may be left out of steps; all that can be when None.
    """

    timeout_seconds: float | None = None
    add_shapes: bool = False
    pools: int = 0
    cost_model: bool = False
    simplifications: Simplifications | None = None


DEFAULT = Settings()


def settings_of(config: Any) -> Settings:
    """Read a ConfigProto, and apply what it asks of the process.

    Args:
        config: a ConfigProto, or None.

    Raises:
        UnimplementedError: it asks for a cluster of machines.
    """
    if config is None:
        return DEFAULT
    if config.cluster_def.job:
        raise UnimplementedError(
            None, None, "ConfigProto.cluster_def: sessions on several machines are not supported yet"
        )
    for name, reason in _WITHOUT_EFFECT.items():
        value = getattr(config, name)
        if value.ByteSize() if hasattr(value, "ByteSize") else value:
            _warn_once(name, reason)
    _apply_gpu_options(config.gpu_options)
    return Settings(
        config.operation_timeout_in_ms / 1000 if config.operation_timeout_in_ms > 0 else None,
        config.graph_options.infer_shapes,
        len(config.session_inter_op_thread_pool),
        config.graph_options.build_cost_model > 0,
        _simplifications(config.graph_options),
    )


def placer_of(config: Any, pruned: bool = False) -> Placer:
    """The placer of a session.

    Args:
        config: a ConfigProto, or None.
        pruned: whether only what a step needs is placed, whatever `config` says.

    Raises:
        NotFoundError: `device_count` leaves no CPU.
    """
    if config is None:
        return Placer(pruned=pruned)
    pruned = pruned or config.graph_options.place_pruned_graph
    return _placer(config, cpu_count(config), LOCALHOST, pruned)


def placer_on_server(config: Any, count: int, host: str) -> Placer:
    """The placer of a session on a server, which places whole graphs on devices of its own.

    Args:
        config: a ConfigProto, or None.
        count: how many CPU devices the server has.
        host: with what the names of its devices begin.
    """
    if config is None:
        return Placer(count, host=host)
    return _placer(config, count, host, False)


def _placer(config: Any, count: int, host: str, pruned: bool) -> Placer:
    log = _log_placement if config.log_device_placement else None
    return Placer(count, config.allow_soft_placement, log, pruned, host=host)


def cpu_count(config: Any) -> int:
    """How many CPU devices a ConfigProto asks for.

    Raises:
        NotFoundError: none.
    """
    count: int = config.device_count.get("CPU", 1)
    if count < 1:
        raise NotFoundError(None, None, "No CPU devices are available in this process")
    return count


def _simplifications(options: Any) -> Simplifications | None:
    """What `graph_options` leave of the simplifications: the switches of TensorFlow's own optimizers."""
    rewrite = options.rewrite_options
    if options.optimizer_options.opt_level < 0 or rewrite.disable_meta_optimizer:
        return NONE
    off = rewrite.OFF
    return Simplifications(
        identities=rewrite.dependency_optimization != off,
        folding=rewrite.constant_folding != off,
        merging=rewrite.arithmetic_optimization != off,
    )


def _apply_gpu_options(options: Any) -> None:
    """Tell JAX how to use the memory of a GPU; it reads this when it first uses one."""
    wanted: dict[str, str] = {}
    if options.allow_growth:
        wanted["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
    if options.per_process_gpu_memory_fraction > 0:
        wanted["XLA_CLIENT_MEM_FRACTION"] = f"{options.per_process_gpu_memory_fraction:g}"
    if options.visible_device_list:
        wanted["CUDA_VISIBLE_DEVICES"] = options.visible_device_list
    # What the user set in the environment of the process wins.
    missing = {name: value for name, value in wanted.items() if name not in os.environ}
    if "XLA_PYTHON_CLIENT_MEM_FRACTION" in os.environ:  # the older name; JAX refuses both at once
        missing.pop("XLA_CLIENT_MEM_FRACTION", None)
    if missing and _jax_uses_a_gpu():
        _warn_once("gpu_options", "the GPU is in use already; they must be given to the first session")
        return
    os.environ.update(missing)
    for name, reason in _WITHOUT_EFFECT_ON_GPUS.items():
        if getattr(options, name):
            _warn_once(f"gpu_options.{name}", reason)


def _jax_uses_a_gpu() -> bool:
    bridge = sys.modules.get("jax._src.xla_bridge")
    return bool(bridge) and any(name != "cpu" for name in getattr(bridge, "_backends", ()))


def _warn_once(name: str, reason: str) -> None:
    if name not in _warned:
        _warned.add(name)
        warnings.warn(f"ConfigProto.{name} has no effect in perdure: {reason}", stacklevel=5)


def _log_placement(line: str) -> None:
    print(line, file=sys.stdout, flush=True)
