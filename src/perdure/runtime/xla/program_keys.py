"""By what a compiled program is found again: a digest of everything that it was made from.

That is the operations of its cluster with their attributes and connections, shapes, static values and
constants; the sources of perdure that programs come from; Python, NumPy, JAX and its settings; the machine.

What an op of the user's own computes cannot be told from its kernel's code, which may call anything and
depend on anything.  A program with such an op is found by what it was traced to.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jaxlib
import ml_dtypes
import numpy as np

import perdure
from perdure.graph.dtypes import DType
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.capabilities import CAPABILITIES
from perdure.ops.custom import CustomOp
from perdure.ops.registry import lookup
from perdure.runtime.planning.effects import handles_of_body
from perdure.runtime.planning.prune import needed_operations
from perdure.runtime.xla.device import device

# The rooms that programs come from.
ROOMS = ("arrays", "graph", "inference", "ops", "resources", "runtime")
# The values of attributes that are described by what they print as.
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
# Calls of what is no part of a program: functions of Python's, or of a library.
_CALLS = ("custom_call", "callback")


class _Indescribable(Exception):
    """Something decides over a program that a key cannot tell."""


def key_of(cluster: Any, layout: Any, shapes: list[Any]) -> str | None:
    """The key of a cluster's program.

    Args:
        cluster: the cluster.
        layout: its `compile.Layout`.
        shapes: shape and dtype of each argument.

    Returns:
        The key in hexadecimal digits; None if the program must be traced first (`key_of_traced`).
    """
    try:
        return _digest(_environment(), _settings(), *_described_cluster(cluster, layout, shapes))
    except _Indescribable:
        return None


def key_of_traced(lowered: Any, donated: tuple[int, ...]) -> str | None:
    """The key of a program that has been traced; None if it may not be kept.

    Args:
        lowered: the program, a `jax.stages.Lowered`.
        donated: the positions of the arguments that it takes over.
    """
    text = lowered.as_text()
    if any(call in text for call in _CALLS):
        return None
    try:
        return _digest(_environment(), _settings(), "traced", str(donated), text)
    except _Indescribable:
        return None


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:".encode())
        digest.update(part.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


# -- the cluster -------------------------------------------------------------------------------


def _described_cluster(cluster: Any, layout: Any, shapes: list[Any]) -> list[str]:
    labels: dict[Tensor, str] = {}
    for i, tensor in enumerate((*layout.inputs, *layout.large)):
        labels[tensor] = f"i{i}"
    for tensor, value in layout.known.items():
        labels[tensor] = f"k{_described(value)}"
    variables: dict[Any, str] = {}
    packed = [variable for pack in layout.packs for variable in pack.variables]
    for variable in (*layout.variables, *packed, *layout.written):
        variables.setdefault(
            variable, f"v{len(variables)}:{variable.dtype.name}{variable.shape}{variable.initialized}"
        )
    parts = [f"{shape.shape}{shape.dtype}" for shape in shapes]
    parts += [variables[v] for v in (*layout.variables, *packed, *layout.written)]
    parts += [str(len(pack.variables)) for pack in layout.packs]
    parts.append(f"{len(layout.read_written)} {len(layout.written)} {cluster.is_last}")
    for tensor, variable in cluster.variables.items():
        if variable in variables:
            labels[tensor] = variables[variable]
    for n, op in enumerate(cluster.nodes):
        parts.append(_call(op, labels))
        for i, tensor in enumerate(op.outputs):
            # A tensor that is fed keeps its label as an input.
            labels.setdefault(tensor, f"n{n}.{i}:{tensor.dtype.name}")
    parts += [labels[tensor] for tensor in cluster.outputs]
    return parts


def _call(op: Operation, labels: dict[Tensor, str]) -> str:
    definition = lookup(op.type)
    if isinstance(definition, CustomOp):
        raise _Indescribable(op.type)
    rule = definition.kernel_rule if definition is not None else None
    wanted = set(rule.attrs) - set(CAPABILITIES) if rule is not None else ()
    attrs = [
        f"{name}={_function(op.attrs[name], labels)}"
        if isinstance(op.attrs[name], Function)
        else f"{name}={_described(op.attrs[name])}"
        for name in sorted(wanted)
    ]
    # What makes an input matters where it is traced: see `trace`.  No kernel asks for one without a label.
    inputs = [f"{labels.get(tensor, '-')}/{tensor.op.type}" for tensor in op.inputs]
    return f"{op.type}({','.join(inputs)};{','.join(attrs)})"


def _function(function: Function, around: dict[Tensor, str]) -> str:
    labels = {tensor: f"a{i}" for i, tensor in enumerate(function.inputs)}
    inside = set(handles_of_body(function))
    labels.update((tensor, around[tensor]) for tensor in inside if tensor in around)
    parts = [f"{tensor.dtype.name}" for tensor in function.inputs]
    needed = needed_operations(function.targets, function.outputs, labels.keys())
    for n, op in enumerate(sorted(needed, key=lambda op: op.node_id)):
        if op.outputs and op.outputs[0] in inside:
            continue
        constant = _described(op.attrs["value"]) if op.type == "Const" else ""
        parts.append(f"{_call(op, labels)}{constant}")
        for i, tensor in enumerate(op.outputs):
            labels.setdefault(tensor, f"b{n}.{i}:{tensor.dtype.name}")
    parts += [labels[tensor] for tensor in function.outputs]
    parts += [f"{each.place}{each.terms}" for each in function.sums]
    return "{" + "\n".join(parts) + "}"


def _described(value: Any) -> str:
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype == object:
            return f"object{array.shape}{_described(array.ravel().tolist())}"
        return f"{array.dtype}{array.shape}{hashlib.sha256(array.tobytes()).hexdigest()}"
    if isinstance(value, DType):
        return value.name
    if isinstance(value, (list, tuple)):
        return f"[{','.join(_described(item) for item in value)}]"
    if isinstance(value, _PLAIN):
        return repr(value)
    raise _Indescribable(type(value).__name__)


# -- what is the same for all programs of a process ---------------------------------------------


# Settings of JAX's that decide over no program.
_NEVER_MATTERS = re.compile("log|cache|dump|traceback|timeout|explain|pprint|report")


def _settings() -> str:
    """JAX's settings here: of the process, and of the thread."""
    names = [name for name in sorted(jax.config.values) if not _NEVER_MATTERS.search(name)]
    return "\n".join(f"{name}={getattr(jax.config, name, None)!r}" for name in names)


@cache
def _environment() -> str:
    """What a program depends on besides its cluster.

    Raises:
        _Indescribable: perdure's sources are not there.
    """
    return "\n".join(
        [
            _sources(), perdure.__version__, sys.version, np.__version__, ml_dtypes.__version__,
            jax.__version__, jaxlib.__version__, device().platform, device().device_kind,
            device().client.platform_version, os.environ.get("XLA_FLAGS", ""), *_machine(),
        ]
    )  # fmt: skip


def _sources() -> str:
    digest = hashlib.sha256()
    house = Path(perdure.__file__).parent
    for room in ROOMS:
        files = sorted((house / room).rglob("*.py"))
        if not files:
            raise _Indescribable(room)
        for path in files:
            digest.update(f"{path.relative_to(house)} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _machine() -> list[str]:
    """The processor, for which XLA makes machine code, and how many of them share the work."""
    found = [platform.system(), platform.machine(), platform.processor(), str(os.cpu_count())]
    try:
        first, _, _ = Path("/proc/cpuinfo").read_text().partition("\n\n")
    except OSError:
        first = ""
    said = (line.partition(":") for line in first.splitlines())
    found += [f"{name.strip()}:{value}" for name, _, value in said if name.strip() in _OF_THE_MODEL]
    try:
        from numpy._core._multiarray_umath import __cpu_features__
    except ImportError:  # another version of NumPy
        return found
    return [*found, *sorted(name for name, present in __cpu_features__.items() if present)]


# What Linux tells of a processor that is the same until the machine is another one.
_OF_THE_MODEL = frozenset(
    {
        "vendor_id", "cpu family", "model", "model name", "stepping", "flags",
        "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "Features",
    }
)  # fmt: skip
