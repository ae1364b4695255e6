"""Static shapes of loop variables: what they must keep to in all iterations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape


def invariant_of(variable: Any, given: Any = None) -> Any:
    """The shape that a loop variable keeps, or those of the tensors of a composite.

    Args:
        variable: a tensor, IndexedSlices, SparseTensor or what else can be a loop variable.
        given: what the program says: of IndexedSlices the shape of the values, of a SparseTensor that of its
            `dense_shape`; what `variable` starts with when None.

    Raises:
        TypeError: `given` is no shape, of a composite.
        ValueError: `given` is not a vector's shape, of a SparseTensor.
    """
    if isinstance(variable, (IndexedSlices, SparseTensor)):
        if given is not None and not isinstance(given, TensorShape):
            raise TypeError(f"Expected shape to be a TypeSpec or TensorShape, got {given!r}")
        if isinstance(variable, SparseTensor):
            return _of_sparse_tensor(variable, given)
        return _of_indexed_slices(variable, given)
    return variable.shape if given is None else given


def _of_sparse_tensor(variable: SparseTensor, given: TensorShape | None) -> list[TensorShape]:
    if given is None:
        rank = variable.shape.ndims
    elif given.ndims not in (None, 1):
        raise ValueError("Expected a shape with 1 dimension")
    else:
        rank = given.as_list()[0] if given.ndims else None
    return [TensorShape([None, rank]), TensorShape([None]), TensorShape([rank])]


def _of_indexed_slices(variable: IndexedSlices, given: TensorShape | None) -> list[TensorShape]:
    if given is None:
        count, row = variable.indices.shape.with_rank(1), variable.shape[1:]
    else:
        count, row = given[:1], given[1:]
    shapes = [count.concatenate(row), count]
    if variable.dense_shape is not None:
        rank = None if row.ndims is None else 1 + row.ndims
        shapes.append(TensorShape([rank]))
    return shapes


def is_within(shape: TensorShape, invariant: TensorShape) -> bool:
    """Whether every tensor of `shape` has a shape that `invariant` allows."""
    allowed, sizes = invariant.as_tuple(), shape.as_tuple()
    if allowed is None:
        return True
    if sizes is None or len(sizes) != len(allowed):
        return False
    return all(wanted is None or size == wanted for size, wanted in zip(sizes, allowed, strict=True))


def set_shape_invariants(
    starts: Sequence[Tensor], entered: Sequence[Tensor], shapes: Sequence[TensorShape]
) -> None:
    """Give loop variables their static shapes.

    Args:
        starts: what they start from, outside of the loop.
        entered: the same inside.
        shapes: the shapes.

    Raises:
        ValueError: a shape is none, or does not allow that of the start.
    """
    if not all(isinstance(shape, TensorShape) for shape in shapes):
        raise ValueError("`shapes` must be a (possibly nested) list of shapes.")
    for start, variable, shape in zip(starts, entered, shapes, strict=False):
        if not is_within(start.shape, shape):
            raise ValueError(
                f"The shape invariant specified for {start.name} is not compatible with the initial shape "
                f"of the loop variable. It enters the loop with shape {start.shape}, but the specified "
                f"shape invariant is {shape}."
            )
        variable.set_shape(shape)


def check_next(merged: Tensor, value: Tensor) -> None:
    """Refuse a next value of a loop variable whose shape the variable's does not allow.

    Args:
        merged: the output of the variable's Merge.
        value: its value after one iteration.

    Raises:
        ValueError: the shape of `value` is not within that of the variable.
    """
    if not is_within(value.shape, merged.shape):
        start = merged.op.inputs[0].op.inputs[0]
        raise ValueError(
            f"Input tensor '{start.name}' enters the loop with shape {start.shape}, but has shape "
            f"{value.shape} after one iteration. To allow the shape to vary across iterations, use the "
            "`shape_invariants` argument of tf.while_loop to specify a less-specific shape."
        )
