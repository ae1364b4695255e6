"""tf.add_check_numerics_ops: a check of everything that a program computes."""

from __future__ import annotations

from perdure.functional.array.array import check_numerics
from perdure.functional.control.control import group
from perdure.graph import dtypes
from perdure.graph.defaults import control_dependencies, get_default_graph
from perdure.graph.operation import Operation


def add_check_numerics_ops() -> Operation:
    """An operation that fails if any half, float or double tensor of the graph has an infinity or a NaN.

    The tensors are checked in the order in which they were made, so that the first bad one is named.

    Raises:
        ValueError: the graph has conditionals or loops.
    """
    checks: list[Operation] = []
    for op in get_default_graph().get_operations():
        for tensor in op.outputs:
            if tensor.dtype not in (dtypes.float16, dtypes.float32, dtypes.float64):
                continue
            if op._get_control_flow_context() is not None:
                raise ValueError(
                    "`tf.add_check_numerics_ops() is not compatible with TensorFlow control flow operations "
                    "such as `tf.cond()` or `tf.while_loop()`."
                )
            with control_dependencies(checks):
                checks = [check_numerics(tensor, message=tensor.name).op]
    return group(*checks)
