"""Which operations a step needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of


def needed_operations(
    targets: Iterable[Operation], fetches: Iterable[Tensor], fed: Collection[Tensor]
) -> set[Operation]:
    """The operations that must run, walking backwards from what is fetched and stopping at what is fed.

    Args:
        targets: operations that are run for their effects.
        fetches: tensors whose values are wanted.
        fed: tensors whose values are given.
    """
    needed: set[Operation] = set()
    waiting = [*targets, *(tensor.op for tensor in fetches if tensor not in fed)]
    while waiting:
        op = waiting.pop()
        if op in needed:
            continue
        needed.add(op)
        for tensor in op.inputs:
            if tensor.op not in needed and tensor not in fed:
                waiting.append(tensor.op)
        for control in op._control_inputs:
            if control not in needed and not _is_fed_placeholder(control, fed):
                waiting.append(control)
    return needed


def _is_fed_placeholder(op: Operation, fed: Collection[Tensor]) -> bool:
    """Whether waiting for `op` means waiting for a value that is given already."""
    return traits_of(op.type).placeholder and op.outputs[0] in fed
