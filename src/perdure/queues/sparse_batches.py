"""Sparse tensors in batches: they wait in a map of the session, and their handles in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

from perdure.functional.array.array import expand_dims, identity, ones, reshape, squeeze
from perdure.functional.array.gathering import gather, where
from perdure.functional.control.conditionals import smart_cond
from perdure.functional.control.control import with_dependencies
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant
from perdure.graph.defaults import colocate_with, get_default_graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import Dimension


class Stored(NamedTuple):
    """How a sparse tensor of an example was stored.

    Attributes:
        operation: the operation that names the map; None for a dense tensor.
        rank: the rank of one example.
    """

    operation: Operation | None = None
    rank: int | None = None


def store(
    tensors: Sequence[Any], enqueue_many: bool, keep_input: Tensor, shared: Sequence[Stored] | None
) -> tuple[list[Tensor], list[Stored]]:
    """What to enqueue of an example: its dense tensors, and handles of its sparse ones.

    Args:
        tensors: tensors and SparseTensors.
        enqueue_many: whether their rows are examples.
        keep_input: whether they are kept; a vector says it of each row.
        shared: how the same tensors of another thread's example were stored.
    """
    handles: list[Tensor] = []
    stored: list[Stored] = []
    for tensor, other in zip(tensors, shared or [Stored()] * len(tensors), strict=False):
        if not isinstance(tensor, SparseTensor):
            handles.append(tensor)
            stored.append(Stored())
            continue
        map_name = None if other.operation is None else other.operation.name
        handle, operation = _store_if(keep_input, tensor, enqueue_many, map_name)
        handles.append(handle)
        stored.append(Stored(other.operation or operation, _rank_of_example(tensor, enqueue_many)))
    # One more dimension, so that a handle has the shape of an element of the queue.
    return [
        handle if how.operation is None else expand_dims(handle, [-1])
        for handle, how in zip(handles, stored, strict=True)
    ], stored


def _store_if(
    keep_input: Tensor, tensor: SparseTensor, enqueue_many: bool, map_name: str | None
) -> tuple[Tensor, Operation | None]:
    """The handles of a sparse tensor, -1 for what is not kept, and the operation that stores it."""
    made: list[Operation] = []

    def put() -> Tensor:
        add = g.add_many_sparse_to_tensors_map if enqueue_many else g.add_sparse_to_tensors_map
        handle = add(tensor.indices, tensor.values, tensor.dense_shape, shared_name=map_name)
        made.append(handle.op)
        return handle

    def leave() -> Any:
        if enqueue_many:
            return -1 * ones(tensor.dense_shape[0:1], dtypes.int64)
        return constant(-1, dtypes.int64)

    if keep_input.shape.ndims == 1:
        tensor = _rows_kept(tensor, keep_input)
        return put(), made[0]
    handle = smart_cond(keep_input, put, leave)
    if enqueue_many:
        handle.set_shape([None])
    return handle, made[0] if made else None


def _rows_kept(tensor: SparseTensor, keep_input: Tensor) -> SparseTensor:
    """The elements in the rows for which `keep_input` holds."""
    kept = reshape(where(gather(keep_input, tensor.indices[:, 0])), [-1])
    return SparseTensor(
        gather(tensor.indices, kept), gather(tensor.values, kept), identity(tensor.dense_shape)
    )


def _rank_of_example(tensor: SparseTensor, enqueue_many: bool) -> int | None:
    rank = tensor.dense_shape.shape.with_rank(1).as_list()[0]
    return rank - 1 if rank is not None and enqueue_many else rank


def alike(one: Sequence[Stored], other: Sequence[Stored]) -> bool:
    """Whether two examples were stored in the same way."""
    return all(
        a.operation is b.operation and Dimension(a.rank).is_compatible_with(b.rank)
        for a, b in zip(one, other, strict=False)
    )


def restore(taken: Any, stored: Sequence[Stored]) -> Any:
    """What a queue gave, with the sparse tensors in the place of their handles."""
    if all(how.operation is None for how in stored):
        return taken
    is_list = isinstance(taken, (list, tuple))
    tensors = [
        handle if how.operation is None else _taken(how, squeeze(handle, [1]))
        for handle, how in zip(taken if is_list else [taken], stored, strict=True)
    ]
    # All are there before any is used: a step must not take the handles and leave the tensors.
    values = [tensor.values if isinstance(tensor, SparseTensor) else tensor for tensor in tensors]
    tied = [
        SparseTensor(
            with_dependencies(values, tensor.indices),
            with_dependencies(values, tensor.values),
            with_dependencies(values, tensor.dense_shape),
        )
        if isinstance(tensor, SparseTensor)
        else with_dependencies(values, tensor)
        for tensor in tensors
    ]
    # TensorFlow ties a single tensor too, and then returns it untied.
    return tied if is_list else tensors[0]


def _taken(how: Stored, handles: Tensor) -> SparseTensor:
    operation = how.operation
    assert operation is not None
    # From outside, what a branch of a conditional stores in is known by name only.
    with colocate_with(operation) if operation.graph is get_default_graph() else nullcontext():
        indices, values, shape = g.take_many_sparse_from_tensors_map(
            handles,
            dtype=operation.attrs["T"],
            container=operation.attrs["container"],
            shared_name=operation.attrs["shared_name"] or operation.name,
        )
    rank = None if how.rank is None else how.rank + 1
    indices.set_shape([None, rank])
    shape.set_shape([rank])
    return SparseTensor(indices, values, shape)
