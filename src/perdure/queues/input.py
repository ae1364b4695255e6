"""Queues that hand out the rows of a tensor: string_input_producer and its like."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import identity, shape, size
from perdure.functional.array.gathering import gather
from perdure.functional.array.shape_arithmetic import range as range_tensor_of
from perdure.functional.control.assertions import Assert
from perdure.functional.files.files import matching_files
from perdure.functional.math.binary import greater
from perdure.functional.math.cast import cast
from perdure.functional.random.random import random_shuffle
from perdure.functional.state.state import count_up_to
from perdure.graph import dtypes
from perdure.graph.composite import convert_to_tensor_or_indexed_slices
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.queues.fullness import add_fullness_summary
from perdure.queues.queue_runner import QueueRunner, add_queue_runner
from perdure.queues.queues import FIFOQueue, QueueBase
from perdure.variables.creation import make_variable


def match_filenames_once(pattern: Any, name: str | None = None) -> Any:
    """A local variable that is initialized with the files that match `pattern`.

    Args:
        pattern: a shell pattern, or a vector of them.
        name: the name of the variable.
    """
    with name_scope(name, "matching_filenames", [pattern]) as scope:
        return make_variable(
            matching_files(pattern),
            name=scope,
            trainable=False,
            validate_shape=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
        )


def limit_epochs(tensor: Any, num_epochs: int | None = None, name: str | None = None) -> Tensor:
    """`tensor`, which can be computed `num_epochs` times and then raises OutOfRangeError.

    The count is a local variable: run `tf.local_variables_initializer()` first.

    Args:
        tensor: any tensor.
        num_epochs: how often; any number of times when None.
        name: the name scope.

    Raises:
        ValueError: `num_epochs` is not positive.
    """
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError(f"num_epochs must be > 0 not {num_epochs}.")
    with name_scope(name, "limit_epochs", [tensor]) as scope:
        epochs = make_variable(
            constant(0, dtype=dtypes.int64),
            name="epochs",
            trainable=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
        )
        with control_dependencies([count_up_to(epochs, num_epochs)]):
            return identity(tensor, name=scope)


def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    summary_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> QueueBase:
    """A queue of the rows of a tensor, and a QueueRunner that fills it.

    Args:
        input_tensor: at least a vector.
        element_shape: the shape of a row, if that of the tensor is not known.
        num_epochs: how often each row is handed out; for ever when None.
        shuffle: whether the order is random, anew in each epoch.
        seed: the seed of that order.
        capacity: how many rows the queue holds.
        shared_name: the name under which nodes share the queue.
        summary_name: the tag of a summary of how full the queue is; none when None.
        name: the name of the queue.
        cancel_op: what the QueueRunner runs to stop; closes the queue when None.

    Raises:
        ValueError: the shape of a row is not known.
    """
    with name_scope(name, "input_producer", [input_tensor]):
        input_tensor = convert_to_tensor(input_tensor, name="input_tensor")
        element_shape = input_tensor.shape[1:].merge_with(element_shape)
        if not element_shape.is_fully_defined():
            raise ValueError(
                "Either `input_tensor` must have a fully defined shape or `element_shape` must be specified"
            )
        if shuffle:
            input_tensor = random_shuffle(input_tensor, seed=seed)
        input_tensor = limit_epochs(input_tensor, num_epochs)
        queue = FIFOQueue(
            capacity=capacity,
            dtypes=[input_tensor.dtype.base_dtype],
            shapes=[element_shape],
            shared_name=shared_name,
            name=name,
        )
        enqueue = queue.enqueue_many([input_tensor])
        add_queue_runner(QueueRunner(queue, [enqueue], cancel_op=cancel_op))
        if summary_name is not None:
            add_fullness_summary(summary_name, cast(queue.size(), dtypes.float32) * (1.0 / capacity))
        return queue


def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> QueueBase:
    """A queue of strings, such as file names; arguments as of `input_producer`.

    Raises:
        ValueError: there are no strings.
    """
    complaint = "string_input_producer requires a non-null input tensor"
    if not isinstance(string_tensor, Tensor) and not string_tensor:
        raise ValueError(complaint)
    with name_scope(name, "input_producer", [string_tensor]) as scope:
        string_tensor = convert_to_tensor(string_tensor, dtype=dtypes.string)
        with control_dependencies([Assert(greater(size(string_tensor), 0), [complaint])]):
            string_tensor = identity(string_tensor)
        return input_producer(
            input_tensor=string_tensor,
            element_shape=[],
            num_epochs=num_epochs,
            shuffle=shuffle,
            seed=seed,
            capacity=capacity,
            shared_name=shared_name,
            name=scope,
            summary_name=f"fraction_of_{capacity}_full",
            cancel_op=cancel_op,
        )


def range_input_producer(
    limit: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> QueueBase:
    """A queue of the integers below `limit`; arguments as of `input_producer`."""
    with name_scope(name, "input_producer", [limit]) as scope:
        return input_producer(
            range_tensor_of(limit),
            [],
            num_epochs,
            shuffle,
            seed,
            capacity,
            shared_name,
            f"fraction_of_{capacity}_full",
            scope,
        )


def slice_input_producer(
    tensor_list: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> list[Tensor]:
    """One row of each tensor, the same row of all; another one in each step.

    Args:
        tensor_list: tensors with the same number of rows.
        num_epochs, shuffle, seed, capacity, shared_name: as of `input_producer`.
        name: the name scope.

    Raises:
        ValueError: there are no tensors.
        TypeError: `tensor_list` is no list.
    """
    with name_scope(name, "input_producer", tensor_list):
        if tensor_list is None:
            raise TypeError("values must be a sequence.")
        tensors = [convert_to_tensor_or_indexed_slices(tensor) for tensor in tensor_list]
        if not tensors:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        queue = range_input_producer(
            shape(tensors[0])[0],
            num_epochs=num_epochs,
            shuffle=shuffle,
            seed=seed,
            capacity=capacity,
            shared_name=shared_name,
        )
        index = queue.dequeue()
        return [gather(tensor, index) for tensor in tensors]
