"""Sums that a loop does nothing with but add to: their terms leave it, and are added up outside.

The gradient for the weights of a recurrent network is one: a₁ᵀb₁ + a₂ᵀb₂ + ... over the steps, which
is [a₁; a₂; ...]ᵀ [b₁; b₂; ...].  In the loop each step multiplies and adds matrices as large as the weights;
outside one product does it.  The body so returns a and b, and the loop leaves the sum alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.ops.traits import Algebra
from perdure.runtime.planning.prune import needed_operations

# A product that sums over more rows than this fills the caches by itself.
MANY_ROWS = 512
_TYPES = ("float32", "float64")


@dataclass(frozen=True)
class LoopSum:
    """A sum over the iterations of a loop.

    Attributes:
        place: which of the loop's variables it is.
        op: what makes a term: a MatMul aᵀb, or a BiasAddGrad, the sum of rows.
        terms: the positions, among the results of the body, of what it makes them from.
    """

    place: int
    op: Operation
    terms: tuple[int, ...]

    @property
    def is_product(self) -> bool:
        """Whether terms are aᵀb; else each is the sum of the rows of a matrix."""
        return len(self.terms) == 2


def with_sums_apart(body: Function) -> Function:
    """The body of a loop, with the terms of its sums as results behind those it has.

    Args:
        body: a body the results of which are the arguments of the next iteration.

    Returns:
        The same body if there are no such sums.
    """
    uses = _uses(body)
    outputs = list(body.outputs)
    sums: list[LoopSum] = []
    for place, argument in enumerate(body.inputs):
        op = _term_of(body, place, uses)
        if op is None:
            continue
        outputs[place] = argument
        sums.append(LoopSum(place, op, tuple(range(len(outputs), len(outputs) + len(op.inputs)))))
        outputs += op.inputs
    return replace(body, outputs=outputs, sums=tuple(sums)) if sums else body


def _term_of(body: Function, place: int, uses: dict[Tensor, int]) -> Operation | None:
    """What is added to an argument of the body to make its next value, and used for nothing else."""
    argument, following = body.inputs[place], body.outputs[place]
    op = following.op
    if traits_of(op.type).algebra is not Algebra.ADDITION or uses[following] > 1:
        return None
    behind = [_behind(tensor, uses) for tensor in op.inputs]
    if argument not in behind or uses[argument] > 1 or op._control_inputs:
        return None
    term = op.inputs[1] if behind[0] is argument else op.inputs[0]
    if uses[term] > 1 or term.dtype.name not in _TYPES or term.op._control_inputs:
        return None
    return term.op if _is_sum_over_rows(term.op) else None


def _behind(tensor: Tensor, uses: dict[Tensor, int]) -> Tensor:
    """What identities hand on that nobody else takes."""
    while traits_of(tensor.op.type).identity and uses[tensor] == 1 and not tensor.op._control_inputs:
        tensor = tensor.op.inputs[0]
    return tensor


def _is_sum_over_rows(op: Operation) -> bool:
    """Whether `op` sums over the rows of matrices, which are not many."""
    shapes = [tensor._shape for tensor in op.inputs]
    if any(tensor.dtype.is_ref_dtype for tensor in op.inputs) or any(
        shape is None or len(shape) != 2 or (shape[0] or 0) >= MANY_ROWS for shape in shapes
    ):
        return False
    algebra = traits_of(op.type).algebra
    if algebra is Algebra.SUM_OF_ROWS:
        return op.attrs["data_format"] == "NHWC"
    is_product = algebra is Algebra.MATRIX_PRODUCT
    return is_product and bool(op.attrs["transpose_a"]) and not op.attrs["transpose_b"]


def _uses(body: Function) -> dict[Tensor, int]:
    """How often each tensor of a body is taken, there or as its result."""
    found: dict[Tensor, int] = {}
    for op in needed_operations(body.targets, body.outputs, set(body.inputs)):
        for tensor in (*op.inputs, *(t for waited in op._control_inputs for t in waited.outputs)):
            found[tensor] = found.get(tensor, 0) + 1
    for tensor in body.outputs:
        found[tensor] = found.get(tensor, 0) + 1
    return found
