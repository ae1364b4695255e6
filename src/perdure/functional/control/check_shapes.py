"""`tf.debugging.assert_shapes`: sizes of several tensors, named by symbols that must agree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from perdure.functional.array import array
from perdure.functional.control.assertions import Assert
from perdure.functional.control.check_ops import assert_rank, assert_rank_at_least, assert_rank_in
from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import group
from perdure.functional.math import binary
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


class _Constraint(NamedTuple):
    """A tensor, what is known of its sizes, and the symbols they must match."""

    tensor: Tensor
    sizes: Any  # numbers and scalar tensors, or a vector tensor if the rank is unknown
    symbols: tuple
    innermost_only: bool  # whether more axes may come before those that have symbols


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless the tensors have these shapes.

    Args:
        shapes: a dictionary, or a list of pairs, of tensors and shapes.  A shape is a sequence of sizes,
            symbols (such as "n": the same size wherever it occurs) and None or "." for any size; a first
            entry of `...` or "*" stands for any number of axes.  A pair whose shape is None is passed over.
        data: what to print on failure instead of the default message.
        summarize: how many elements of each tensor to print.
        message: what to print before the default message.
        name: the name of the scope.

    Raises:
        ValueError: a shape is no sequence or has `...` elsewhere, or the sizes are known already and differ.
    """
    message = message or ""
    pairs = shapes.items() if isinstance(shapes, dict) else shapes
    with name_scope(name, "assert_shapes", [shapes, data]):
        tensors = [(convert_to_tensor(tensor), shape) for tensor, shape in pairs if shape is not None]
        constraints = [_constraint(tensor, shape, message) for tensor, shape in tensors]
        ranks = [
            check
            for constraint in constraints
            for check in _rank_checks(constraint, data, summarize, message, name)
        ]
        sizes = list(_size_checks(constraints, data, summarize, message))
        with control_dependencies(ranks):
            return group(*sizes)


def _constraint(tensor: Tensor, shape: Any, message: str) -> _Constraint:
    if not hasattr(shape, "__iter__") and not hasattr(shape, "__getitem__"):
        raise ValueError(
            f"{message}.  Tensor {tensor.name}.  Specified shape must be an iterable.  "
            f"Received specified shape: {shape}"
        )
    symbols = tuple(shape)
    for position, symbol in enumerate(symbols):
        if symbol in (Ellipsis, "*") and position > 0:
            raise ValueError(
                f"{message}.  Tensor {tensor.name} specified shape index {position}.  Symbol "
                "`...` or `*` for a variable number of unspecified dimensions is only allowed "
                "as the first entry"
            )
    innermost_only = bool(symbols) and symbols[0] in (Ellipsis, "*")
    if innermost_only:
        symbols = symbols[1:]
    # A scalar counts as a vector of size 1.
    return _Constraint(tensor, _sizes(tensor), symbols or (1,), innermost_only)


def _sizes(tensor: Tensor) -> Any:
    dynamic = array.shape(tensor)
    static = tensor.shape.as_tuple()
    if static is None:
        is_scalar = binary.equal(array.rank(tensor), 0)
        return cond(is_scalar, lambda: constant([1]), lambda: dynamic)
    if not static:
        return (1,)
    return [dynamic[axis] if size is None else size for axis, size in enumerate(static)]


def _rank_checks(
    constraint: _Constraint, data: Any, summarize: int | None, message: str, name: str | None
) -> Iterable[Operation]:
    rank, options = len(constraint.symbols), {"data": data, "summarize": summarize, "message": message}
    if rank > 1:
        check = assert_rank_at_least if constraint.innermost_only else assert_rank
        yield check(constraint.tensor, rank, name=name, **options)
    elif not constraint.innermost_only:
        yield assert_rank_in(constraint.tensor, [0, 1], name=name, **options)


def _size_checks(
    constraints: list[_Constraint], data: Any, summarize: int | None, message: str
) -> Iterable[Operation]:
    seen: dict[Any, tuple[Any, Tensor, int]] = {}  # symbol -> its size, and where that was found
    for constraint in constraints:
        tensor = constraint.tensor
        for position, symbol in enumerate(constraint.symbols):
            if symbol in (None, "."):
                continue
            axis = position - len(constraint.symbols) if constraint.innermost_only else position
            actual = constraint.sizes[axis]
            if _is_number(symbol):
                wanted, origin = int(symbol), "Specified explicitly"
            elif symbol in seen:
                wanted, other, other_axis = seen[symbol]
                origin = f"Specified by tensor {other.name} dimension {other_axis}"
            else:
                seen[symbol] = actual, tensor, axis
                continue
            if _is_number(actual) and _is_number(wanted):
                if int(actual) != int(wanted):
                    raise ValueError(
                        f"{message}.  {origin}.  Tensor {tensor.name} dimension {axis} must "
                        f"have size {wanted}.  Received size {actual}, shape {tensor.shape}"
                    )
                continue
            condition = binary.equal(convert_to_tensor(actual), convert_to_tensor(wanted))
            shown = (
                data
                if data is not None
                else [
                    message,
                    origin,
                    f"Tensor {tensor.name} dimension",
                    axis,
                    "must have size",
                    wanted,
                    "Received shape: ",
                    array.shape(tensor),
                ]
            )
            yield Assert(condition, shown, summarize=summarize)


def _is_number(size: Any) -> bool:
    try:
        int(size)
    except (ValueError, TypeError):
        return False
    return True
