"""Batches of examples that are alike: a queue for each bucket, and one of the batches."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from perdure.functional.array.gathering import where_v2
from perdure.functional.control.conditionals import cond, smart_cond
from perdure.functional.control.control import group, no_op
from perdure.functional.math.binary import equal, less, less_equal, logical_and
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_min
from perdure.graph import dtypes
from perdure.graph.composite import convert_to_tensor_or_indexed_slices
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.errors import CancelledError, OutOfRangeError
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.queues.batching import checked_keep_input, common_shapes, in_order, like_given
from perdure.queues.fullness import add_fullness_summary
from perdure.queues.queue_runner import QueueRunner, add_queue_runner
from perdure.queues.queues import FIFOQueue, PaddingFIFOQueue
from perdure.queues.sparse_batches import restore, store


def bucket(
    tensors: Any,
    which_bucket: Any,
    batch_size: Any,
    num_buckets: int,
    num_threads: int = 1,
    capacity: int = 32,
    bucket_capacities: Any = None,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    keep_input: Any = True,
    shared_name: str | None = None,
    name: str | None = None,
) -> tuple[Tensor, Any]:
    """Batches, each of examples of one bucket.

    Args:
        tensors: an example, a list or dictionary of tensors.
        which_bucket: the number of its bucket, an int32 scalar.
        batch_size: the size of batches, or one for each bucket.
        num_buckets: how many buckets there are.
        num_threads: how many threads put examples into buckets.
        capacity: how many batches, and examples of each bucket, are kept.
        bucket_capacities: how many examples of each bucket are kept, if not `capacity`.
        shapes: the shapes of an example; inferred if None.
        dynamic_pad: whether examples of different sizes are padded with zeros.
        allow_smaller_final_batch: whether the last batches may be smaller.
        keep_input: whether the example is used, a bool scalar.
        shared_name: the name under which sessions share the queues.
        name: the name scope.

    Returns:
        The number of the bucket, and a batch, structured as `tensors`.

    Raises:
        ValueError: there are no tensors, or not as many sizes or capacities as buckets.
    """
    per_bucket = isinstance(batch_size, (list, tuple))
    if per_bucket and len(batch_size) != num_buckets:
        raise ValueError("If batch_size is a list it must have num_buckets elements")
    sizes = list(batch_size) if per_bucket else [batch_size] * num_buckets
    capacities = [capacity] * num_buckets if bucket_capacities is None else bucket_capacities
    if len(capacities) != num_buckets:
        raise ValueError(
            f"The list bucket_capacities ({capacities}) must have exactly num_buckets ({num_buckets}) "
            "elements."
        )
    example = in_order(tensors)
    with name_scope(name, "bucket", example):
        parts = [convert_to_tensor_or_indexed_slices(part) for part in example]
        if not parts:
            raise ValueError("Expected at least one tensor in bucket().")
        keep = checked_keep_input(keep_input, False)
        parts, stored = store(parts, False, keep, None)
        for i, size in enumerate(sizes):
            size = convert_to_tensor(size, dtype=dtypes.int32, name="batch_size")
            known = constant_value(size)
            sizes[i] = size if known is None else known
        types = [part.dtype for part in parts]
        shapes = common_shapes([parts], False) if shapes is None else shapes
        which_bucket = convert_to_tensor(which_bucket, dtype=dtypes.int32, name="which_bucket")
        kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
        queues = [
            kind(
                capacity=capacities[i],
                dtypes=types,
                shapes=shapes,
                shared_name=None if shared_name is None else f"{shared_name}_{i}",
                name=f"bucket_queue_{i}",
            )
            for i in range(num_buckets)
        ]
        fixed = None if allow_smaller_final_batch or per_bucket else constant_value(sizes[-1])
        batch_shapes = [TensorShape([fixed]).concatenate(shape) for shape in queues[0].shapes]
        batches = PaddingFIFOQueue(
            capacity=capacity,
            dtypes=[dtypes.int32, *types],
            shapes=[TensorShape([]), *batch_shapes],
            shared_name=shared_name,
            name="top_queue",
        )
        enqueue = smart_cond(keep, _into_bucket(queues, which_bucket, parts), no_op)
        moves = [
            batches.enqueue(
                [constant(i), *_taken(queue, size, allow_smaller_final_batch, f"read_bucket_{i}")],
                name=f"enqueue_from_bucket_{i}",
            )
            for i, (queue, size) in enumerate(zip(queues, sizes, strict=True))
        ]
        _add_runners(queues, batches, moves, [enqueue] * num_threads)
        for queue in queues:
            add_fullness_summary(f"bucket/{queue.name}/size", cast(batches.size(), dtypes.float32))
        add_fullness_summary(
            f"bucket/{batches.name}/fraction_of_{capacity}_full",
            cast(batches.size(), dtypes.float32) * (1.0 / capacity),
        )
        which, *batch = batches.dequeue(name="dequeue_top")
        taken = restore(batch[0] if len(batch) == 1 else batch, stored)
        return which, like_given(tensors, taken)


def _into_bucket(queues: list[Any], which_bucket: Tensor, parts: list[Any]) -> Callable[[], Any]:
    """What puts an example into its queue."""

    def enqueue() -> Any:
        return group(
            *[
                cond(equal(which_bucket, i), partial(queue.enqueue, parts), no_op)
                for i, queue in enumerate(queues)
            ],
            name="group_enqueues",
        )

    return enqueue


def _taken(queue: Any, size: Any, allow_smaller: bool, name: str) -> list[Any]:
    take = queue.dequeue_up_to if allow_smaller else queue.dequeue_many
    batch = take(size, name=name)
    return list(batch) if isinstance(batch, (list, tuple)) else [batch]


def _add_runners(queues: list[Any], batches: Any, moves: list[Any], enqueues: list[Any]) -> None:
    ends = (OutOfRangeError, CancelledError)
    add_queue_runner(
        QueueRunner(
            queues[0],
            moves,
            close_op=batches.close(),
            cancel_op=batches.close(cancel_pending_enqueues=True),
            queue_closed_exception_types=ends,
        )
    )
    add_queue_runner(
        QueueRunner(
            batches,
            enqueues,
            close_op=group(*[queue.close() for queue in queues]),
            cancel_op=group(*[queue.close(cancel_pending_enqueues=True) for queue in queues]),
            queue_closed_exception_types=ends,
        )
    )


def bucket_by_sequence_length(
    input_length: Any,
    tensors: Any,
    batch_size: Any,
    bucket_boundaries: Any,
    num_threads: int = 1,
    capacity: int = 32,
    bucket_capacities: Any = None,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    keep_input: Any = True,
    shared_name: str | None = None,
    name: str | None = None,
) -> tuple[Tensor, Any]:
    """`bucket` by the length of examples.

    Args:
        input_length: the length of the example, an int32 scalar.
        tensors, batch_size, num_threads, capacity, bucket_capacities, shapes, dynamic_pad,
            allow_smaller_final_batch, keep_input, shared_name, name: as of `bucket`.
        bucket_boundaries: increasing lengths; there is one bucket more, and a boundary is in the upper one.

    Returns:
        The lengths of the examples of a batch, and the batch.

    Raises:
        TypeError: the boundaries are no list of integers.
        ValueError: there are none, or they do not increase.
    """
    example = in_order(tensors)
    if not isinstance(bucket_boundaries, (list, tuple)):
        raise TypeError(f"bucket_boundaries must be a list or tuple, but received: {bucket_boundaries}")
    if not bucket_boundaries:
        raise ValueError("bucket_boundaries must not be empty")
    for one, other in zip(bucket_boundaries[:-1], bucket_boundaries[1:], strict=True):
        if not isinstance(one, int) or not isinstance(other, int):
            raise TypeError(f"bucket boundaries must be integers, but saw: {one} and {other}")
        if one >= other:
            raise ValueError(
                f"Buckets must contain sequential increasing lengths, but saw: {one} before {other}"
            )
    with name_scope(name, "bucket_by_sequence_length", [input_length, *example]):
        input_length = convert_to_tensor(input_length, dtype=dtypes.int32, name="input_length")
        limits = np.iinfo(np.int32)
        least, greatest = [limits.min, *bucket_boundaries], [*bucket_boundaries, limits.max]
        within = logical_and(less_equal(least, input_length), less(input_length, greatest))
        which_bucket = cast(reduce_min(where_v2(within)), dtypes.int32)
        if shapes is not None:
            shapes = [TensorShape([]), *shapes]
        _, taken = bucket(
            tensors=[input_length, *example],
            which_bucket=which_bucket,
            batch_size=batch_size,
            num_buckets=len(bucket_boundaries) + 1,
            num_threads=num_threads,
            capacity=capacity,
            bucket_capacities=bucket_capacities,
            shapes=shapes,
            dynamic_pad=dynamic_pad,
            allow_smaller_final_batch=allow_smaller_final_batch,
            keep_input=keep_input,
            shared_name=shared_name,
        )
        # As in TensorFlow, the only entry of a dictionary comes out as a list of one.
        return taken[0], like_given(tensors, taken[1:])
