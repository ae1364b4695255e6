"""Sparse tensors in batches: they wait in a map of the session, and their handles in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from perdure.functional.array.array import expand_dims, squeeze
from perdure.functional.control.control import with_dependencies
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant_value
from perdure.graph.defaults import colocate_with
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
        keep_input: whether they are kept.
        shared: how the same tensors of another thread's example were stored.

    Raises:
        NotImplementedError: it is not known that sparse tensors are kept.
    """
    shared = shared or [Stored()] * len(tensors)
    handles: list[Any] = []
    for tensor, other in zip(tensors, shared, strict=False):
        if not isinstance(tensor, SparseTensor):
            handles.append(tensor)
            continue
        if keep_input.shape.ndims == 1 or not constant_value(keep_input):
            raise NotImplementedError(
                "tf.train.maybe_batch and its like take a SparseTensor only where `keep_input` is a scalar "
                "that is known to be true while the graph is built"
            )
        map_name = None if other.operation is None else other.operation.name
        parts = tensor.indices, tensor.values, tensor.dense_shape
        if enqueue_many:
            handles.append(g.add_many_sparse_to_tensors_map(*parts, shared_name=map_name))
        else:
            handles.append(g.add_sparse_to_tensors_map(*parts, shared_name=map_name))
    stored = [
        _stored(tensor, handle, other, enqueue_many)
        for tensor, handle, other in zip(tensors, handles, shared, strict=False)
    ]
    # One more dimension, so that a handle has the shape of an element of the queue.
    return [
        handle if how.operation is None else expand_dims(handle, [-1])
        for handle, how in zip(handles, stored, strict=True)
    ], stored


def _stored(tensor: Any, handle: Tensor, other: Stored, enqueue_many: bool) -> Stored:
    if not isinstance(tensor, SparseTensor):
        return Stored()
    rank = tensor.dense_shape.shape.with_rank(1).as_list()[0]
    if rank is not None and enqueue_many:
        rank -= 1
    return Stored(handle.op if other.operation is None else other.operation, rank)


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
    with colocate_with(operation):
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
