"""Compiled programs on disk, so that the next process need not compile them again.

A program is found by everything it was made from: the operations of its cluster with their attributes and
connections, shapes, static values and constants; the sources of perdure's kernels; JAX, jaxlib and the
features of the processor.  A file that cannot be read is as good as none.
"""

from __future__ import annotations

import copyreg
import hashlib
import os
import pickle
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import perdure
from perdure.graph.dtypes import DType
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import KERNEL_EXTRAS, lookup
from perdure.runtime.planning.prune import needed_operations

# Above this size (bytes) the programs that were not used for longest are deleted.
_LIMIT = 1 << 30


def folder() -> Path:
    """Where programs are kept: `perdure/programs` in the user's cache folder."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "perdure" / "programs"


def load(key: str) -> tuple[Any, Any] | None:
    """The compiled program and its outcome, or None if there is none that works here."""
    from jax.experimental import serialize_executable

    path = folder() / key
    try:
        packed, outcome = pickle.loads(path.read_bytes())
        program = serialize_executable.deserialize_and_load(*packed)
        os.utime(path)
    except Exception:  # whatever is wrong with the file, compiling is the answer
        return None
    return program, outcome


def store(key: str, compiled: Any, outcome: Any) -> None:
    """Keep a program; a full disk or a read-only home is no reason to fail."""
    from jax.experimental import serialize_executable

    _keep_singletons()
    try:
        content = pickle.dumps((serialize_executable.serialize(compiled), outcome))
        target = folder() / key
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(name, target)  # another process sees the whole file or none
        _keep_within_limit()
    except (OSError, ValueError, TypeError, NotImplementedError):
        return


@cache
def _keep_singletons() -> None:
    """Let JAX's mark for "any layout" be the same object when it is read again.

    It is pickled like any instance.  With marks of their own, the types of each loaded program would be new
    to JAX's caches, which kept 3 kB of each.
    """
    try:
        from jax._src.layout import AutoLayout
    except ImportError:  # another version of JAX
        return
    copyreg.pickle(type(AutoLayout), lambda mark: "AutoLayout")  # type: ignore[arg-type]


def contents() -> list[tuple[Path, int]]:
    """The kept programs with their sizes in bytes, those used last first."""
    try:
        files = [(path, path.stat()) for path in folder().iterdir()]
    except OSError:
        return []
    files.sort(key=lambda entry: entry[1].st_mtime, reverse=True)
    return [(path, status.st_size) for path, status in files]


def clear() -> int:
    """Delete all kept programs; returns how many there were."""
    found = contents()
    for path, _ in found:
        path.unlink(missing_ok=True)
    return len(found)


def _keep_within_limit() -> None:
    total = 0
    for path, size in contents():
        total += size
        if total > _LIMIT:
            path.unlink(missing_ok=True)


# -- keys ------------------------------------------------------------------------------------


def key_of(cluster: Any, layout: Any, shapes: list[Any]) -> str:
    """The name of a program's file.

    Args:
        cluster: the cluster.
        layout: its `compile.Layout`.
        shapes: shape and dtype of each argument.
    """
    digest = hashlib.sha256(_environment().encode())
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
    for n, op in enumerate(cluster.nodes):
        inputs = [
            variables[cluster.variables[t]]
            if t in cluster.variables and cluster.variables[t] in variables
            else labels.get(t, "?")
            for t in op.inputs
        ]
        parts.append(_call(op, inputs))
        for i, tensor in enumerate(op.outputs):
            # A tensor that is fed keeps its label as an input.
            labels.setdefault(tensor, f"n{n}.{i}:{tensor.dtype.name}")
    parts += [labels.get(tensor, "?") for tensor in cluster.outputs]
    digest.update("\n".join(parts).encode())
    return digest.hexdigest()


def _call(op: Operation, inputs: list[str]) -> str:
    definition = lookup(op.type)
    rule = definition.kernel_rule if definition is not None else None
    wanted = set(rule.attrs) - KERNEL_EXTRAS if rule is not None else ()
    attrs = [f"{name}={_described(op.attrs[name])}" for name in sorted(wanted)]
    return f"{op.type}({','.join(inputs)};{','.join(attrs)})"


def _function(function: Function) -> str:
    labels = {tensor: f"a{i}" for i, tensor in enumerate(function.inputs)}
    parts = [f"{tensor.dtype.name}" for tensor in function.inputs]
    needed = needed_operations((), function.outputs, labels.keys())
    for n, op in enumerate(sorted(needed, key=lambda op: op.node_id)):
        inputs = [labels.get(tensor, "?") for tensor in op.inputs]
        constant = _described(op.attrs["value"]) if op.type == "Const" else ""
        parts.append(f"{_call(op, inputs)}{constant}")
        for i, tensor in enumerate(op.outputs):
            labels.setdefault(tensor, f"b{n}.{i}:{tensor.dtype.name}")
    parts += [labels[tensor] for tensor in function.outputs]
    return "{" + "\n".join(parts) + "}"


def _described(value: Any) -> str:
    if isinstance(value, Function):
        return _function(value)
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        content = repr(array.tolist()).encode() if array.dtype == object else array.tobytes()
        return f"{array.dtype}{array.shape}{hashlib.sha256(content).hexdigest()}"
    if isinstance(value, DType):
        return value.name
    if isinstance(value, (list, tuple)):
        return f"[{','.join(_described(item) for item in value)}]"
    return repr(value)


@cache
def _environment() -> str:
    """What a program depends on besides its cluster."""
    import jax
    import jaxlib
    from numpy._core._multiarray_umath import __cpu_features__

    digest = hashlib.sha256()
    house = Path(perdure.__file__).parent
    for room in ("arrays", "ops", "inference", "resources", "runtime"):
        for path in sorted((house / room).rglob("*.py")):
            digest.update(path.read_bytes())
    backend = jax.devices()[0]
    features = sorted(name for name, present in __cpu_features__.items() if present)
    return " ".join(
        [
            digest.hexdigest(), jax.__version__, jaxlib.__version__, backend.platform,
            backend.device_kind, os.environ.get("XLA_FLAGS", ""), *features,
        ]
    )  # fmt: skip
