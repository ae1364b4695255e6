"""What is in a checkpoint."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from perdure.cli.inspect.report import Report, Table, shape_text
from perdure.filesystem.files import FILES
from perdure.graph.dtypes import as_dtype
from perdure.training.saving.management import checkpoint_exists_internal

_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


def read(path: str, values: bool) -> Report:
    """The tensors of a checkpoint; of a folder, those of its newest one.

    Args:
        path: the prefix, one of its files, or a folder.
        values: whether to read the tensors for statistics.

    Raises:
        ValueError: a folder has none that is complete.
        tf.errors.OpError: it cannot be read.
    """
    from perdure import tf

    report = Report("checkpoint", path)
    prefix = _prefix(path)
    if prefix is None:
        prefix = tf.train.latest_checkpoint(path)
        if prefix is None:
            raise ValueError(f"no checkpoint that {path} names is complete")
        state = tf.train.get_checkpoint_state(path)
        report.facts["newest"] = prefix
        kept = [(each, checkpoint_exists_internal(each)) for each in state.all_model_checkpoint_paths]
        report.tables.append(Table("checkpoints", ("path", "is there"), kept))
    reader = tf.train.NewCheckpointReader(prefix)
    shapes, types = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    rows: list[list[Any]] = []
    for name in sorted(shapes):
        dtype = as_dtype(types[name])
        elements = int(np.prod(shapes[name], dtype=np.int64))
        row = [name, dtype.name, shape_text(shapes[name]), elements, _bytes(dtype, elements)]
        rows.append(row + _statistics(reader, name, dtype) if values else row)
    columns = ["name", "type", "shape", "elements", "bytes", *(_STATISTICS if values else ())]
    report.facts["format"] = "V2" if FILES.exists(prefix + ".index") else "V1"
    report.facts["object-based"] = _OBJECT_GRAPH in shapes
    report.facts["elements"] = sum(row[3] for row in rows)
    report.facts["bytes"] = sum(row[4] or 0 for row in rows)
    report.tables.append(Table("tensors", columns, rows))
    return report


_STATISTICS = ("minimum", "mean", "maximum", "deviation", "zeros", "not finite")


def _statistics(reader: Any, name: str, dtype: Any) -> list[Any]:
    if not (dtype.is_floating or dtype.is_integer or dtype.is_bool):
        return [None] * len(_STATISTICS)
    value = reader.get_tensor(name)
    if not value.size:
        return [None] * len(_STATISTICS)
    wide = np.asarray(value, np.float64)
    finite = wide[np.isfinite(wide)]
    if not finite.size:
        return [None, None, None, None, 0, value.size]
    return [
        float(finite.min()), float(finite.mean()), float(finite.max()), float(finite.std()),
        int(np.count_nonzero(wide == 0)), value.size - finite.size,
    ]  # fmt: skip


def _bytes(dtype: Any, elements: int) -> int | None:
    return None if dtype.name in ("string", "resource", "variant") else elements * dtype.size


def _prefix(path: str) -> str | None:
    """The prefix of a checkpoint, or None if `path` is a folder; of a state file it is the folder's."""
    if FILES.exists(path) and FILES.is_directory(path):
        return None
    return re.sub(r"\.(index|data-\d+-of-\d+)$", "", path)
