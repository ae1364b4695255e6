"""Barrier: elements whose components arrive one by one, under a key."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, unknown_shape
from perdure.queues.queues import as_list, shape_list


class Barrier:
    """Collects the components of elements by key, and hands out the elements that are complete.

    Args:
        types: the types of an element's components.
        shapes: their shapes, fully defined and not empty, or None.
        shared_name: the name under which nodes of one session share the barrier.
        name: the name of the node.

    Raises:
        ValueError: a shape is not fully defined, or has no elements.
    """

    def __init__(
        self, types: Any, shapes: Any = None, shared_name: str | None = None, name: str = "barrier"
    ) -> None:
        self._types = as_list(types)
        if shapes is None:
            self._shapes = [unknown_shape() for _ in self._types]
        else:
            self._shapes = [TensorShape(shape) for shape in shape_list(shapes)]
            for i, shape in enumerate(self._shapes):
                if shape.num_elements() == 0:
                    raise ValueError(
                        f"Empty tensors are not supported, but received shape '{shape}' at index {i}"
                    )
        self._barrier_ref = g.barrier(
            component_types=self._types,
            shapes=[] if shapes is None else self._shapes,
            shared_name=shared_name,
            name=name,
        )
        self._name = self._barrier_ref.op.name.split("/")[-1]

    @property
    def barrier_ref(self) -> Tensor:
        """The tensor that holds the barrier's handle."""
        return self._barrier_ref

    @property
    def name(self) -> str:
        """The name of the node that makes the barrier."""
        return self._barrier_ref.op.name

    def insert_many(self, component_index: int, keys: Any, values: Any, name: str | None = None) -> Operation:
        """An operation that gives one component to each of several keys.

        Running it raises InvalidArgumentError if a key has the component already, CancelledError if the
        barrier is closed and a key is new.

        Args:
            component_index: which component.
            keys: a vector of strings.
            values: a tensor with a row for each key.
            name: the name of the operation.
        """
        return g.barrier_insert_many(
            self._barrier_ref,
            keys,
            values,
            component_index=component_index,
            name=name or f"{self._name}_BarrierInsertMany",
        )

    def take_many(
        self,
        num_elements: Any,
        allow_small_batch: bool = False,
        timeout: Any = None,
        name: str | None = None,
    ) -> Any:
        """Take complete elements, those whose keys were inserted first, and wait while there are too few.

        Running it raises OutOfRangeError if the barrier is closed and too few are left.

        Args:
            num_elements: how many, an int32 scalar.
            allow_small_batch: whether what is left will do when the barrier is closed.
            timeout: must be None or False; TensorFlow takes it for another option of the op.
            name: the name of the operation.

        Returns:
            A named tuple: indices that say which keys were inserted first, keys, a list of components.
        """
        taken = g.barrier_take_many(
            self._barrier_ref,
            num_elements,
            component_types=self._types,
            allow_small_batch=allow_small_batch,
            wait_for_incomplete=timeout,
            name=name or f"{self._name}_BarrierTakeMany",
        )
        op = taken[0].op
        count = None if allow_small_batch else constant_value(op.inputs[1])
        rows = TensorShape([None if np.ndim(count) else count])  # type: ignore[arg-type]
        shapes = [TensorShape([])] * 2 + self._shapes
        for output, shape in zip(op.outputs, shapes, strict=True):
            output.set_shape(rows.concatenate(shape))
        return taken

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """An operation after which the barrier takes no new keys.

        Args:
            cancel_pending_enqueues: whether elements that are not complete are dropped.
            name: the name of the operation.
        """
        return g.barrier_close(
            self._barrier_ref,
            cancel_pending_enqueues=cancel_pending_enqueues,
            name=name or f"{self._name}_BarrierClose",
        )

    def ready_size(self, name: str | None = None) -> Tensor:
        """How many elements are complete, an int32 scalar."""
        return g.barrier_ready_size(self._barrier_ref, name=name or f"{self._name}_BarrierReadySize")

    def incomplete_size(self, name: str | None = None) -> Tensor:
        """How many elements are not complete, an int32 scalar."""
        return g.barrier_incomplete_size(
            self._barrier_ref, name=name or f"{self._name}_BarrierIncompleteSize"
        )
