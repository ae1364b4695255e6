"""Queues as a program uses them: classes whose methods make nodes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import reduce
from typing import Any

from perdure.functional.array.gathering import gather
from perdure.functional.array.joining import stack
from perdure.functional.random.random import get_seed
from perdure.graph import dtypes as types
from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import (
    Dimension,
    TensorShape,
    as_shape,
    dimension_value,
    unknown_shape,
)


class QueueBase:
    """A queue of the session: elements are tuples of tensors that wait between steps.

    Args:
        dtypes: the types of an element's components.
        shapes: their shapes, or None if they may differ from element to element.
        names: names of the components, or None; with names, elements are dictionaries.
        queue_ref: the tensor that holds the queue's handle.

    Raises:
        ValueError: `shapes` or `names` are not as many as `dtypes`.
    """

    def __init__(self, dtypes: Any, shapes: Any, names: Any, queue_ref: Tensor) -> None:
        self._dtypes = dtypes
        if shapes is None:
            self._shapes = [unknown_shape() for _ in dtypes]
        elif len(shapes) != len(dtypes):
            raise ValueError("Queue shapes must have the same length as dtypes")
        else:
            self._shapes = [TensorShape(shape) for shape in shapes]
        if names is not None and len(names) != len(dtypes):
            raise ValueError("Queue names must have the same length as dtypes")
        self._names = names
        self._queue_ref = queue_ref
        self._name = queue_ref.op.name.split("/")[-1]

    @staticmethod
    def from_list(index: Any, queues: list[QueueBase]) -> QueueBase:
        """The queue at `index`, an integer tensor, of several that have the same types.

        Raises:
            TypeError: `queues` is no list of queues, or their types or names differ.
        """
        if (
            not queues
            or not isinstance(queues, list)
            or not all(isinstance(queue, QueueBase) for queue in queues)
        ):
            raise TypeError("A list of queues expected")
        first = queues[0]
        if any(queue.dtypes != first.dtypes for queue in queues):
            raise TypeError("Queues do not have matching component dtypes.")
        if any(queue.names != first.names for queue in queues):
            raise TypeError("Queues do not have matching component names.")
        columns = zip(*(queue.shapes for queue in queues), strict=True)
        shapes = [reduce(_common_shape, column) for column in columns]
        references = stack([queue.queue_ref for queue in queues])
        return QueueBase(first.dtypes, shapes, first.names, gather(references, index))

    @property
    def queue_ref(self) -> Tensor:
        """The tensor that holds the queue's handle."""
        return self._queue_ref

    @property
    def name(self) -> str:
        """The name of the node that makes the queue."""
        return self._queue_ref.op.name

    @property
    def dtypes(self) -> list[types.DType]:
        """The types of an element's components."""
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        """The shapes of an element's components."""
        return self._shapes

    @property
    def names(self) -> list[str] | None:
        """The names of an element's components, or None."""
        return self._names

    # -- adding ------------------------------------------------------------------------------

    def enqueue(self, vals: Any, name: str | None = None) -> Operation:
        """An operation that adds one element, and waits while the queue is full.

        Running it raises CancelledError if the queue or the session is closed.

        Args:
            vals: a tensor, a list of them, or a dictionary if the queue has names.
            name: the name of the operation.

        Raises:
            ValueError, TypeError: `vals` does not fit the queue.
        """
        with name_scope(name, f"{self._name}_enqueue", self._scope_vals(vals)) as scope:
            tensors = self._checked(vals)
            for tensor, shape in zip(tensors, self._shapes, strict=False):
                tensor.get_shape().assert_is_compatible_with(shape)
            return self._make("queue_enqueue", tensors, name=scope)

    def enqueue_many(self, vals: Any, name: str | None = None) -> Operation:
        """An operation that adds an element for each row of the tensors; otherwise as `enqueue`."""
        with name_scope(name, f"{self._name}_EnqueueMany", self._scope_vals(vals)) as scope:
            tensors = self._checked(vals)
            rows = Dimension(None)
            for tensor, shape in zip(tensors, self._shapes, strict=False):
                whole = tensor.get_shape().with_rank_at_least(1)
                rows = rows.merge_with(Dimension(dimension_value(whole[0])))
                tensor.get_shape()[1:].assert_is_compatible_with(shape)
            return g.queue_enqueue_many_v2(self._queue_ref, tensors, name=scope)

    def _scope_vals(self, vals: Any) -> Any:
        """What a name scope is told of the values that are added."""
        if isinstance(vals, (list, tuple)):
            return vals
        return list(vals.values()) if isinstance(vals, dict) else [vals]

    def _checked(self, vals: Any) -> list[Tensor]:
        """The components to add, as tensors, in order."""
        if isinstance(vals, dict):
            if not self._names:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names, key=str) != sorted(vals, key=str):
                raise ValueError(
                    "Keys in dictionary to enqueue do not match names of Queue.  Dictionary: "
                    f"({sorted(vals)}), Queue: ({sorted(self._names)})"
                )
            vals = [vals[name] for name in self._names]
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        elif not isinstance(vals, (list, tuple)):
            vals = [vals]
        return [
            convert_to_tensor(value, dtype=dtype, name=f"component_{i}")
            for i, (value, dtype) in enumerate(zip(vals, self._dtypes, strict=False))
        ]

    # -- taking ------------------------------------------------------------------------------

    def dequeue(self, name: str | None = None) -> Any:
        """Take one element, and wait while there is none.

        Running it raises OutOfRangeError if the queue is closed and empty, CancelledError if the session
        is closed.

        Returns:
            A tensor, a list of them, or a dictionary if the queue has names.
        """
        taken = self._make("queue_dequeue", self._dtypes, name=name or f"{self._name}_Dequeue")
        return self._returned(taken, self._shapes)

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """Take `n` elements and put them together along a new first dimension; see `dequeue`.

        Running it raises OutOfRangeError if the queue is closed and has fewer than `n`.
        """
        taken = g.queue_dequeue_many_v2(
            self._queue_ref, n=n, component_types=self._dtypes, name=name or f"{self._name}_DequeueMany"
        )
        rows = TensorShape([Dimension(constant_value(taken[0].op.inputs[1]))])
        return self._returned(taken, [rows.concatenate(shape) for shape in self._shapes])

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """As `dequeue_many`, but what is left of a closed queue will do if it is at least one element."""
        taken = g.queue_dequeue_up_to_v2(
            self._queue_ref, n=n, component_types=self._dtypes, name=name or f"{self._name}_DequeueUpTo"
        )
        rows = TensorShape([None])
        return self._returned(taken, [rows.concatenate(shape) for shape in self._shapes])

    def _returned(self, tensors: list[Tensor], shapes: Sequence[TensorShape]) -> Any:
        for tensor, shape in zip(tensors, shapes, strict=False):
            tensor.set_shape(shape)
        if self._names:
            return dict(zip(self._names, tensors, strict=False))
        return tensors[0] if len(tensors) == 1 else tensors

    # -- state -------------------------------------------------------------------------------

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """An operation after which the queue takes no more elements.

        Args:
            cancel_pending_enqueues: whether steps that wait to add elements fail with CancelledError.
            name: the name of the operation.
        """
        return self._make(
            "queue_close",
            cancel_pending_enqueues=cancel_pending_enqueues,
            name=name or f"{self._name}_Close",
        )

    def is_closed(self, name: str | None = None) -> Tensor:
        """Whether the queue is closed, a boolean scalar."""
        return self._make("queue_is_closed", name=name or f"{self._name}_Is_Closed")

    def size(self, name: str | None = None) -> Tensor:
        """How many elements the queue holds, an int32 scalar."""
        return self._make("queue_size", name=name or f"{self._name}_Size")

    def _make(self, op: str, *arguments: Any, name: str, **attrs: Any) -> Any:
        version = "_v2" if self._queue_ref.dtype == types.resource else ""
        if op == "queue_dequeue":
            attrs["component_types"], *arguments = arguments  # type: ignore[assignment]
        return getattr(g, op + version)(self._queue_ref, *arguments, name=name, **attrs)


class FIFOQueue(QueueBase):
    """A queue whose elements are taken in the order they were added.

    Args:
        capacity: how many elements it holds at most.
        dtypes: the types of an element's components.
        shapes: their shapes, all of them fully defined; None if they may differ from element to element,
            which rules out `dequeue_many`.
        names: names of the components.
        shared_name: the name under which nodes of one session share the queue.
        name: the name of the node.

    Raises:
        ValueError: shapes are not fully defined; shapes or names are not as many as types.
        TypeError: `shapes` is no list of shapes.
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str | None = "fifo_queue",
    ) -> None:
        dtypes = as_list(dtypes)
        shapes = shape_list(shapes)
        names = _name_list(names, dtypes)
        reference = g.fifo_queue_v2(
            component_types=dtypes, shapes=shapes, capacity=capacity, shared_name=shared_name, name=name
        )
        super().__init__(dtypes, shapes, names, reference)


class PaddingFIFOQueue(QueueBase):
    """A FIFOQueue that pads elements of different sizes with zeros when they are taken together.

    Args:
        capacity: how many elements it holds at most.
        dtypes: the types of an element's components.
        shapes: their shapes; sizes may be None.
        names: names of the components.
        shared_name: the name under which nodes of one session share the queue.
        name: the name of the node.

    Raises:
        ValueError: a rank is unknown; shapes or names are not as many as types.
        TypeError: `shapes` is no list of shapes.
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any,
        names: Any = None,
        shared_name: str | None = None,
        name: str | None = "padding_fifo_queue",
    ) -> None:
        dtypes = as_list(dtypes)
        shapes = shape_list(shapes, partial=True)
        names = _name_list(names, dtypes)
        if len(dtypes) != len(shapes):
            raise ValueError(
                f"Shapes must be provided for all components, but received {len(dtypes)} dtypes and "
                f"{len(shapes)} shapes."
            )
        reference = g.padding_fifo_queue_v2(
            component_types=dtypes, shapes=shapes, capacity=capacity, shared_name=shared_name, name=name
        )
        super().__init__(dtypes, shapes, names, reference)


class PriorityQueue(QueueBase):
    """A queue whose elements are taken by priority, the smallest number first.

    The priority is an int64 component that comes before the others, both when adding and when taking.

    Args:
        capacity: how many elements it holds at most.
        types: the types of the components behind the priority.
        shapes: their shapes, all of them fully defined, or None.
        names: names of the components, that of the priority included.
        shared_name: the name under which nodes of one session share the queue.
        name: the name of the node.

    Raises:
        ValueError: shapes are not fully defined; shapes or names are not as many as types.
        TypeError: `shapes` is no list of shapes.
    """

    def __init__(
        self,
        capacity: int,
        types: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str | None = "priority_queue",
    ) -> None:
        types = as_list(types)
        shapes = shape_list(shapes)
        reference = g.priority_queue_v2(
            component_types=types, shapes=shapes, capacity=capacity, shared_name=shared_name, name=name
        )
        dtypes = [_PRIORITY, *types]
        super().__init__(dtypes, [()] + shapes if shapes else shapes, names, reference)


class RandomShuffleQueue(QueueBase):
    """A queue whose elements are taken in random order.

    Args:
        capacity: how many elements it holds at most.
        min_after_dequeue: how many stay in it, for a good mix, until it is closed.
        dtypes: the types of an element's components.
        shapes: their shapes, all of them fully defined, or None.
        names: names of the components.
        seed: as of `tf.set_random_seed`.
        shared_name: the name under which nodes of one session share the queue.
        name: the name of the node.

    Raises:
        ValueError: shapes are not fully defined; shapes or names are not as many as types.
        TypeError: `shapes` is no list of shapes.
    """

    def __init__(
        self,
        capacity: int,
        min_after_dequeue: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        seed: int | None = None,
        shared_name: str | None = None,
        name: str | None = "random_shuffle_queue",
    ) -> None:
        dtypes = as_list(dtypes)
        shapes = shape_list(shapes)
        names = _name_list(names, dtypes)
        seed1, seed2 = get_seed(seed)
        if seed1 is None and seed2 is None:
            seed1, seed2 = 0, 0
        elif seed is None and shared_name is not None:
            # All nodes that share the queue must ask for the same seed.
            digest = hashlib.md5(f"{seed1}{shared_name}".encode(), usedforsecurity=False).hexdigest()
            seed2 = int(digest[:8], 16) & 0x7FFFFFFF
        reference = g.random_shuffle_queue_v2(
            component_types=dtypes,
            shapes=shapes,
            capacity=capacity,
            min_after_dequeue=min_after_dequeue,
            seed=seed1,
            seed2=seed2,
            shared_name=shared_name,
            name=name,
        )
        super().__init__(dtypes, shapes, names, reference)


_PRIORITY = types.int64


def as_list(dtypes: Any) -> list[types.DType]:
    """Types as a list; a single type becomes a list of one."""
    if not isinstance(dtypes, (list, tuple)):
        dtypes = [dtypes]
    try:
        return [types.as_dtype(dtype) for dtype in dtypes]
    except TypeError as error:
        raise TypeError(
            f"Expected DataType for argument 'component_types' not {dtypes[0]!r}."
            if len(dtypes) == 1
            else f"Expected DataTypes for argument 'component_types' not {dtypes!r}."
        ) from error


def shape_list(shapes: Any, partial: bool = False) -> Any:
    """`shapes` as a list of TensorShapes; a single shape becomes a list of one."""
    if partial and (
        not isinstance(shapes, Sequence)
        or not shapes
        or any(shape is None or isinstance(shape, int) for shape in shapes)
    ):
        raise ValueError("When providing partial shapes, a list of shapes must be provided.")
    if shapes is None:
        return None
    if isinstance(shapes, TensorShape):
        shapes = [shapes]
    if not isinstance(shapes, (tuple, list)):
        raise TypeError("shapes must be a TensorShape or a list or tuple of TensorShapes.")
    if all(shape is None or isinstance(shape, int) for shape in shapes):
        shapes = [shapes]
    shapes = [as_shape(shape) for shape in shapes]
    if not partial and any(not shape.is_fully_defined() for shape in shapes):
        raise ValueError(f"All shapes must be fully defined: {shapes}")
    if any(shape.ndims is None for shape in shapes):
        raise ValueError(f"All shapes must have a defined rank: {shapes}")
    return shapes


def _name_list(names: Any, dtypes: Sequence[Any]) -> list[str] | None:
    if names is None:
        return None
    if not isinstance(names, (list, tuple)):
        names = [names]
    if len(names) != len(dtypes):
        raise ValueError("List of names must have the same length as the list of dtypes")
    return list(names)


def _common_shape(a: TensorShape, b: TensorShape) -> TensorShape:
    """What is known of a shape that may be either."""
    if a.ndims is None or b.ndims is None or a.ndims != b.ndims:
        return unknown_shape()
    sizes = zip(a.as_list(), b.as_list(), strict=True)
    return TensorShape([size if size == other else None for size, other in sizes])
