"""Batches of examples, put together by queues: tf.train.batch, shuffle_batch and their like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.array.gathering import dynamic_partition
from perdure.functional.control.conditionals import smart_cond
from perdure.functional.control.control import no_op
from perdure.functional.math.binary import maximum
from perdure.functional.math.cast import cast
from perdure.graph import dtypes
from perdure.graph.composite import convert_to_tensor_or_indexed_slices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.queues.fullness import add_fullness_summary
from perdure.queues.queue_runner import QueueRunner, add_queue_runner
from perdure.queues.queues import FIFOQueue, PaddingFIFOQueue, QueueBase, RandomShuffleQueue
from perdure.queues.sparse_batches import alike, restore, store

_MakeQueue = Callable[[list[dtypes.DType], Any], QueueBase]


def batch(
    tensors: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Batches of what `tensors` are in one step after another; a QueueRunner computes them.

    Args:
        tensors: a list or dictionary of tensors, one example.
        batch_size: examples in a batch.
        num_threads: how many threads compute examples; with more than one their order may change.
        capacity: how many examples wait at most.
        enqueue_many: whether each row of `tensors` is an example.
        shapes: the shapes of an example, if those of `tensors` are not known.
        dynamic_pad: whether examples may differ in size; they are padded with zeros.
        allow_smaller_final_batch: whether the last batch may be smaller.
        shared_name: the name under which nodes share the queue.
        name: the name scope.

    Returns:
        Tensors as `tensors` are, with a leading dimension.

    Raises:
        ValueError: there are no tensors, or their rank is not known.
    """
    return _batch(
        tensors, batch_size, True, num_threads, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_batch(
    tensors: Any,
    keep_input: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, of the examples for which `keep_input` (a boolean; a vector with `enqueue_many`) holds."""
    return _batch(
        tensors, batch_size, keep_input, num_threads, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, with a thread for each entry of `tensors_list`; other arguments as there."""
    return _batch_join(
        tensors_list, batch_size, True, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_batch_join(
    tensors_list: Any,
    keep_input: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch_join`, of the examples for which `keep_input` holds; see `maybe_batch`."""
    return _batch_join(
        tensors_list, batch_size, keep_input, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, with the examples in random order.

    Args:
        tensors, batch_size, capacity, num_threads, enqueue_many, shapes, allow_smaller_final_batch,
            shared_name, name: as of `batch`.
        min_after_dequeue: how many examples stay in the queue, for a good mix.
        seed: the seed of the order.

    Raises:
        ValueError: `capacity` is not above `min_after_dequeue`; or as `batch`.
    """
    return _shuffle_batch(
        tensors, batch_size, capacity, min_after_dequeue, True, num_threads, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch`, of the examples for which `keep_input` holds; see `maybe_batch`."""
    return _shuffle_batch(
        tensors, batch_size, capacity, min_after_dequeue, keep_input, num_threads, seed, enqueue_many,
        shapes, allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch`, with a thread for each entry of `tensors_list`; other arguments as there."""
    return _shuffle_batch_join(
        tensors_list, batch_size, capacity, min_after_dequeue, True, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch_join`, of the examples for which `keep_input` holds; see `maybe_batch`."""
    return _shuffle_batch_join(
        tensors_list, batch_size, capacity, min_after_dequeue, keep_input, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


# -- the four kinds -----------------------------------------------------------------------------


def _batch(
    tensors: Any, batch_size: Any, keep_input: Any, num_threads: int, capacity: int, enqueue_many: bool,
    shapes: Any, dynamic_pad: bool, allow_smaller: bool, shared_name: str | None, name: str | None,
) -> Any:  # fmt: skip
    examples = [in_order(tensors)]
    with name_scope(name, "batch", [*examples[0], keep_input]) as scope:
        kept = _Examples(examples, keep_input, enqueue_many, shapes, "batch")
        queue = kept.queue(_fifo(capacity, dynamic_pad, shared_name))
        kept.enqueue(queue, num_threads)
        _summarize(queue, capacity)
        return like_given(tensors, kept.taken(queue, batch_size, allow_smaller, scope))


def _batch_join(
    tensors_list: Any, batch_size: Any, keep_input: Any, capacity: int, enqueue_many: bool, shapes: Any,
    dynamic_pad: bool, allow_smaller: bool, shared_name: str | None, name: str | None,
) -> Any:  # fmt: skip
    examples = _all_in_order(tensors_list)
    with name_scope(name, "batch_join", [*_flat(examples), keep_input]) as scope:
        kept = _Examples(examples, keep_input, enqueue_many, shapes, "batch_join")
        queue = kept.queue(_fifo(capacity, dynamic_pad, shared_name))
        kept.enqueue(queue)
        _summarize(queue, capacity)
        return like_given(tensors_list[0], kept.taken(queue, batch_size, allow_smaller, scope))


def _shuffle_batch(
    tensors: Any, batch_size: Any, capacity: int, min_after_dequeue: int, keep_input: Any,
    num_threads: int, seed: int | None, enqueue_many: bool, shapes: Any, allow_smaller: bool,
    shared_name: str | None, name: str | None,
) -> Any:  # fmt: skip
    examples = [in_order(tensors)]
    with name_scope(name, "shuffle_batch", [*examples[0], keep_input]) as scope:
        if capacity <= min_after_dequeue:
            raise ValueError(
                f"capacity {capacity} must be bigger than min_after_dequeue {min_after_dequeue}."
            )
        kept = _Examples(examples, keep_input, enqueue_many, shapes, "batch")
        queue = kept.queue(_shuffling(capacity, min_after_dequeue, seed, shared_name))
        kept.enqueue(queue, num_threads)
        _summarize_over(queue, capacity, min_after_dequeue)
        return like_given(tensors, kept.taken(queue, batch_size, allow_smaller, scope))


def _shuffle_batch_join(
    tensors_list: Any, batch_size: Any, capacity: int, min_after_dequeue: int, keep_input: Any,
    seed: int | None, enqueue_many: bool, shapes: Any, allow_smaller: bool, shared_name: str | None,
    name: str | None,
) -> Any:  # fmt: skip
    examples = _all_in_order(tensors_list)
    with name_scope(name, "shuffle_batch_join", [*_flat(examples), keep_input]) as scope:
        kept = _Examples(examples, keep_input, enqueue_many, shapes, "batch_join")
        queue = kept.queue(_shuffling(capacity, min_after_dequeue, seed, shared_name))
        kept.enqueue(queue)
        _summarize_over(queue, capacity, min_after_dequeue)
        return like_given(tensors_list[0], kept.taken(queue, batch_size, allow_smaller, scope))


# -- their parts ----------------------------------------------------------------------------------


class _Examples:
    """The tensors of the examples, one list for each thread, and which of them are kept.

    Raises:
        ValueError: there are none, or something about their shapes or `keep_input` is not known.
        TypeError: the types of the lists differ.
        NotImplementedError: a kind of input that is not supported yet.
    """

    def __init__(
        self, examples: list[Any], keep_input: Any, enqueue_many: bool, shapes: Any, what: str
    ) -> None:
        self._examples = [
            [convert_to_tensor_or_indexed_slices(tensor) for tensor in example] for example in examples
        ]
        if not self._examples[0]:
            raise ValueError(f"Expected at least one tensor in {what}().")
        self._keep = checked_keep_input(keep_input, enqueue_many)
        first, self._stored = store(self._examples[0], enqueue_many, self._keep, None)
        rest = []
        for example in self._examples[1:]:
            tensors, stored = store(example, enqueue_many, self._keep, self._stored)
            if len(example) != len(self._examples[0]) or not alike(self._stored, stored):
                raise ValueError(f"Inconsistent SparseTensors list: {self._examples[0]} vs. {example}")
            rest.append(tensors)
        self._examples = [first, *rest]
        self._enqueue_many = enqueue_many
        self._types = _common_types(self._examples)
        self._shapes = common_shapes(self._examples, enqueue_many) if shapes is None else shapes

    def queue(self, make: _MakeQueue) -> QueueBase:
        """The queue for them."""
        return make(self._types, self._shapes)

    def enqueue(self, queue: QueueBase, threads: int = 1) -> None:
        """Add the operations that fill the queue, and their QueueRunner."""
        operations = [self._operation(queue, example) for example in self._examples]
        add_queue_runner(QueueRunner(queue, operations * threads))

    def taken(self, queue: QueueBase, batch_size: Any, allow_smaller: bool, name: str) -> Any:
        """A batch from the queue."""
        take = queue.dequeue_up_to if allow_smaller else queue.dequeue_many
        return restore(take(batch_size, name=name), self._stored)

    def _operation(self, queue: QueueBase, example: list[Tensor]) -> Any:
        enqueue = queue.enqueue_many if self._enqueue_many else queue.enqueue
        if self._keep.shape.ndims == 1:
            which = cast(self._keep, dtypes.int32)
            return enqueue([dynamic_partition(tensor, which, num_partitions=2)[1] for tensor in example])
        return smart_cond(self._keep, lambda: enqueue(example), no_op)


def checked_keep_input(keep_input: Any, enqueue_many: bool) -> Tensor:
    """Whether examples are kept, as a tensor.

    Raises:
        ValueError: its rank is not known, or does not fit.
    """
    keep_input = convert_to_tensor(keep_input)
    rank = keep_input.shape.ndims
    if rank is None:
        raise ValueError("`keep_input` dimensions must be known at graph construction.")
    if not enqueue_many and rank == 1:
        raise ValueError("`keep_input` cannot be a vector when `enqueue_many=False`.")
    if rank > 1:
        raise ValueError("`keep_input` must be 0 or 1 dimensions.")
    return keep_input


def _common_types(examples: list[list[Tensor]]) -> list[dtypes.DType]:
    first, *rest = [[tensor.dtype for tensor in example] for example in examples]
    for other in rest:
        if other != first:
            one, two = (", ".join(dtype.name for dtype in types) for types in (first, other))
            raise TypeError(f"Expected types to be consistent: {one} vs. {two}.")
    return first


def common_shapes(examples: list[list[Tensor]], enqueue_many: bool) -> list[TensorShape]:
    """For each component the shape of an example."""
    for example in examples:
        for tensor in example:
            if tensor.shape.ndims is None:
                raise ValueError(f"Cannot infer Tensor's rank: {tensor}")
    return [_common_shape(tensors, enqueue_many) for tensors in zip(*examples, strict=False)]


def _common_shape(tensors: Sequence[Tensor], enqueue_many: bool) -> TensorShape:
    shapes = [as_shape(tensor.shape) for tensor in tensors]
    if enqueue_many:
        shapes = [shape.with_rank_at_least(1)[1:] for shape in shapes]
    for shape in shapes[1:]:
        # TensorFlow checks that they fit together, and goes on with the first.
        shapes[0].merge_with(shape)
    return shapes[0]


def _fifo(capacity: int, dynamic_pad: bool, shared_name: str | None) -> _MakeQueue:
    kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
    return lambda types, shapes: kind(capacity=capacity, dtypes=types, shapes=shapes, shared_name=shared_name)


def _shuffling(
    capacity: int, min_after_dequeue: int, seed: int | None, shared_name: str | None
) -> _MakeQueue:
    return lambda types, shapes: RandomShuffleQueue(
        capacity=capacity,
        min_after_dequeue=min_after_dequeue,
        seed=seed,
        dtypes=types,
        shapes=shapes,
        shared_name=shared_name,
    )


def _summarize(queue: QueueBase, capacity: int) -> None:
    add_fullness_summary(
        f"fraction_of_{capacity}_full", cast(queue.size(), dtypes.float32) * (1.0 / capacity)
    )


def _summarize_over(queue: QueueBase, capacity: int, least: int) -> None:
    over = maximum(0, queue.size() - least)
    add_fullness_summary(
        f"fraction_over_{least}_of_{capacity - least}_full",
        cast(over, dtypes.float32) * (1.0 / (capacity - least)),
    )


def in_order(tensors: Any) -> Any:
    """The tensors of an example, those of a dictionary by their names."""
    return [tensors[key] for key in sorted(tensors, key=str)] if isinstance(tensors, dict) else tensors


def _all_in_order(tensors_list: Any) -> list[Any]:
    if not tensors_list:
        raise ValueError("Expected at least one set of tensors")
    if isinstance(tensors_list[0], dict):
        keys = set(tensors_list[0])
        if any(set(tensors) != keys for tensors in tensors_list[1:]):
            raise ValueError("All dictionaries in tensors_list must have the same keys")
    return [in_order(tensors) for tensors in tensors_list]


def like_given(tensors: Any, taken: Any) -> Any:
    """What was taken, as a dictionary if the examples are."""
    if not isinstance(tensors, dict):
        return taken
    if len(tensors) == 1:
        taken = [taken]
    return dict(zip(sorted(tensors, key=str), taken, strict=True))


def _flat(examples: list[Any]) -> list[Any]:
    return [tensor for example in examples for tensor in example]
