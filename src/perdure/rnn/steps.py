"""One step of a network over time, and what the networks over time have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.array.array import rank
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import where
from perdure.functional.array.joining import concat, stack, unstack
from perdure.functional.array.rearranging import reverse_sequence, transpose
from perdure.functional.array.shape_arithmetic import range as range_op
from perdure.functional.control.conditionals import cond
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.graph import nest
from perdure.graph.constants import constant_value
from perdure.graph.control_flow import containing_while_context
from perdure.graph.defaults import colocate_with, get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape, unknown_shape
from perdure.layers.base import Layer
from perdure.platform.deprecation import warn_once
from perdure.rnn.base import RNNCell
from perdure.variables.scope import VariableScope


def warn_of_network(function: str, successor: str) -> None:
    """Log that TensorFlow 2 has another way to unroll a network."""
    warn_once(
        function,
        "tensorflow.python.ops.rnn",
        f"In TensorFlow 2, tf.keras.layers.{successor} takes its place.",
    )


def cache_variables(scope: VariableScope) -> None:
    """Let the variables of a network be read once instead of in each step.

    Not inside of a loop, whose iterations may train them: they would go on with the first values.

    Args:
        scope: the network's variable scope; a caching device that it has stays.
    """
    if should_cache() and scope.caching_device is None:
        scope.set_caching_device(lambda op: op.device)


def should_cache() -> bool:
    """Whether networks that are built now read their variables once: not inside of a loop."""
    return containing_while_context(get_default_graph()._get_control_flow_context()) is None


def first_state(cell: Any, state: Any, batch_size: Any, dtype: Any, complaint: str) -> Any:
    """The state before the first step: the one that is given, or the cell's own.

    Args:
        cell: the cell.
        state: the state, or None.
        batch_size: an integer or a tensor.
        dtype: the type of the cell's own.
        complaint: the error, where there is neither.

    Raises:
        ValueError: there is neither a state nor a dtype.
    """
    if state is not None:
        return state
    if not dtype:
        raise ValueError(complaint)
    if getattr(cell, "get_initial_state", None) is not None:
        return cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype)
    return cell.zero_state(batch_size, dtype)


def infer_state_dtype(explicit_dtype: Any, state: Any) -> Any:
    """The type of outputs: the one asked for, or that of the state.

    Args:
        explicit_dtype: the one asked for, or None.
        state: a tensor, or a structure of tensors.

    Raises:
        ValueError: the state has several types, or no tensors.
    """
    if explicit_dtype is not None:
        return explicit_dtype
    types = [part.dtype for part in nest.flatten(state)]
    if not types:
        raise ValueError("Unable to infer dtype from empty state.")
    if any(found != types[0] for found in types):
        raise ValueError(
            "State has tensors of different inferred_dtypes. Unable to infer a single representative dtype."
        )
    return types[0]


def input_batch_size(flat_input: Sequence[Tensor]) -> Any:
    """The batch size of inputs of shape (time, batch, ...): an integer if it is known, else a tensor.

    Raises:
        ValueError: an input is known to have no batch.
    """
    for tensor in flat_input:
        shape = tensor.shape
        if shape.rank is None:
            continue
        if shape.rank < 2:
            raise ValueError(f"Expected input tensor {tensor} to have rank at least 2")
        size = shape.as_list()[1]
        if size is not None:
            return size
    return shape_op(flat_input[0])[1]


def shape_of_size(size: Any) -> Any:
    """What is known of a size that may be a tensor."""
    return as_shape(constant_value(size)) if isinstance(size, Tensor) else size


def transpose_batch_time(x: Tensor) -> Tensor:
    """A tensor with its first two dimensions exchanged; itself if it has fewer.

    Raises:
        TypeError: nothing is known of its shape.
    """
    known = x.get_shape()
    if known.ndims is None:
        raise TypeError(f"The rank of an input must be known to exchange batch and time: {x}")
    if known.ndims < 2:
        return x
    turned = transpose(x, concat(([1, 0], range_op(2, rank(x))), axis=0))
    batch, time, *others = known.as_list()
    turned.set_shape(TensorShape([time, batch, *others]))
    return turned


def reverse_seq(input_seq: Any, lengths: Any) -> list[Any]:
    """A list of inputs in reverse order.

    Args:
        input_seq: an input for each step, (batch, ...), or structures of them.
        lengths: int (batch,): each example is reversed up to its length; None: all of it.
    """
    if lengths is None:
        return list(reversed(input_seq))
    results: list[list[Tensor]] = [[] for _ in input_seq]
    for sequence in zip(*[nest.flatten(input) for input in input_seq], strict=True):
        shape = unknown_shape(rank=sequence[0].get_shape().ndims)
        for tensor in sequence:
            # As in TensorFlow 1.15, what the merged shape would say is not used.
            shape.merge_with(tensor.get_shape())
            tensor.set_shape(shape)
        turned = unstack(reverse_sequence(stack(sequence), lengths, 0, 1))
        for tensor, result in zip(turned, results, strict=True):
            tensor.set_shape(shape)
            result.append(tensor)
    return [nest.pack_sequence_as(input, result) for input, result in zip(input_seq, results, strict=True)]


def copy_through(ended: Tensor, old: Any, new: Any) -> Any:
    """The old value for the examples that have ended; scalars and TensorArrays are always the new ones.

    Args:
        ended: bool (batch,).
        old, new: values of shape (batch, ...).
    """
    if isinstance(old, TensorArray) or old.shape.ndims == 0:
        return new
    with colocate_with(new):
        return where(ended, old, new)


def keeps_state_in_list(cell: Any) -> bool:
    """Whether a cell takes its state in a list: a layer that is no `RNNCell` and has no `zero_state`."""
    is_layer = isinstance(cell, Layer) and not isinstance(cell, RNNCell)
    return is_layer and getattr(cell, "zero_state", None) is None


def call_with_state(cell: Any, state: Any, step: Callable[[Any], Any]) -> Any:
    """An output and the next state, from a step that is given the state as the cell takes it.

    Args:
        cell: the cell.
        state: the state as the network has it.
        step: from a state to an output and the next state.
    """
    in_list = keeps_state_in_list(cell)
    output, new = step([state] if in_list and not nest.is_nested(state) else state)
    return output, new[0] if in_list and len(new) == 1 else new


def rnn_step(
    time: Any,
    sequence_length: Tensor,
    min_sequence_length: Tensor,
    max_sequence_length: Tensor,
    zero_output: Any,
    state: Any,
    call_cell: Callable[[], Any],
    state_size: Any,
    skip_conditionals: bool = False,
) -> Any:
    """A step for the examples that have not ended; zeros and the old state for the others.

    Args:
        time: the number of the step, an integer or an int32 scalar.
        sequence_length: int32 (batch,), how many steps each example has.
        min_sequence_length, max_sequence_length: the least and the greatest of them.
        zero_output: what an example puts out that has ended, nested as the cell's outputs.
        state: the state before the step.
        call_cell: the step: a function that returns an output and a state.
        state_size: what TensorFlow's function is told of the state, and needs no more than this one.
        skip_conditionals: whether the cell is called even if all examples have ended.

    Returns:
        The output, and the next state.

    Raises:
        ValueError, TypeError: an output or a state is nested in another way.
    """
    old = nest.flatten(zero_output) + nest.flatten(state)
    count = len(nest.flatten(zero_output))
    ended = time >= sequence_length

    def called() -> list[Any]:
        new_output, new_state = call_cell()
        nest.assert_same_structure(zero_output, new_output)
        nest.assert_same_structure(state, new_state)
        return nest.flatten(new_output) + nest.flatten(new_state)

    def copied(new: list[Any]) -> list[Any]:
        return [copy_through(ended, *pair) for pair in zip(old, new, strict=True)]

    def some() -> Any:
        new = called()
        return cond(time < min_sequence_length, lambda: new, lambda: copied(new))

    found = copied(called()) if skip_conditionals else cond(time >= max_sequence_length, lambda: old, some)
    for value, before in zip(found, old, strict=True):
        if not isinstance(value, TensorArray):
            value.set_shape(before.get_shape())
    return nest.pack_sequence_as(zero_output, found[:count]), nest.pack_sequence_as(state, found[count:])
