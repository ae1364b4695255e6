"""tf.Assert, whose check stands behind a conditional."""

from __future__ import annotations

from typing import Any

from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import no_op
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_n_to_tensor, convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.operation import Operation


def Assert(  # noqa: N802 - TensorFlow's name
    condition: Any, data: Any, summarize: int | None = None, name: str | None = None
) -> Operation:
    """An operation that fails with InvalidArgumentError, showing `data`, unless `condition` holds.

    Args:
        condition: a boolean scalar.
        data: tensors to show when it fails.
        summarize: how many elements of each are shown; 3 when None.
        name: the name of the node.
    """
    with name_scope(name, "Assert", [condition, data]):
        values = convert_n_to_tensor(data)
        if all(value.dtype in (dtypes.string, dtypes.int32) for value in values):
            # What is on the host already needs no conditional to keep it from being copied there.
            return g.Assert(condition, data, summarize=summarize, name="Assert")
        condition = convert_to_tensor(condition, name="Condition")
        guarded = cond(
            condition,
            no_op,
            lambda: g.Assert(condition, data, summarize=summarize, name="Assert"),
            name="AssertGuard",
        )
        return guarded.op
