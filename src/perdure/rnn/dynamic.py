"""Networks in a loop over time: tf.nn.dynamic_rnn and tf.nn.bidirectional_dynamic_rnn."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import identity, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import stack
from perdure.functional.array.rearranging import reverse, reverse_sequence
from perdure.functional.control.assertions import Assert
from perdure.functional.control.loops import while_loop
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.binary import equal, maximum, minimum
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_all, reduce_max, reduce_min
from perdure.graph import dtypes, nest
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.rnn.base import assert_like_rnncell, joined_shape
from perdure.rnn.steps import (
    cache_variables,
    call_with_state,
    first_state,
    infer_state_dtype,
    input_batch_size,
    rnn_step,
    shape_of_size,
    transpose_batch_time,
    warn_of_network,
)
from perdure.variables.variable_scope import variable_scope


def dynamic_rnn(
    cell: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> Any:
    """A cell applied in a loop to as many steps as the inputs have.

    Args:
        cell: the cell, as `tf.nn.rnn_cell.RNNCell`.
        inputs: (batch, time, ...), or a nest of such.
        sequence_length: int (batch,): behind this many steps an example's state stays as it is and its
            outputs are zeros.
        initial_state: the state before the first step; zeros if None.
        dtype: the type of the zeros and of the outputs; that of the state if None.
        parallel_iterations: how many steps may run at a time; 32 if None.
        swap_memory: whether what the gradient needs may be moved to the host.
        time_major: whether inputs and outputs are (time, batch, ...) instead.
        scope: the variable scope, "rnn" by default.

    Returns:
        What the cell puts out, (batch, time, ...), nested as `cell.output_size`, and the last state.

    Raises:
        TypeError: `cell` is no cell.
        ValueError: neither state nor dtype is given, a size is not known, or inputs differ in batch or time.
    """
    warn_of_network("dynamic_rnn", "RNN")
    assert_like_rnncell("cell", cell)
    with variable_scope(scope or "rnn") as variables:
        cache_variables(variables)
        flat_input = nest.flatten(inputs)
        if not time_major:
            flat_input = [convert_to_tensor(tensor) for tensor in flat_input]
            flat_input = [transpose_batch_time(tensor) for tensor in flat_input]
        if sequence_length is not None:
            sequence_length = cast(sequence_length, dtypes.int32)
            if sequence_length.get_shape().ndims not in (None, 1):
                raise ValueError(
                    "sequence_length must be a vector of length batch_size, but saw shape: "
                    f"{sequence_length.get_shape()}"
                )
            sequence_length = identity(sequence_length, name="sequence_length")
        batch_size = input_batch_size(flat_input)
        state = first_state(
            cell,
            initial_state,
            batch_size,
            dtype,
            "If there is no initial_state, you must give a dtype.",
        )
        if sequence_length is not None:
            with control_dependencies([_assert_has_shape(sequence_length, [batch_size])]):
                sequence_length = identity(sequence_length, name="CheckSeqLen")
        outputs, final_state = _loop(
            cell,
            nest.pack_sequence_as(inputs, flat_input),
            state,
            parallel_iterations or 32,
            swap_memory,
            sequence_length,
            dtype,
        )
        if not time_major:
            outputs = nest.map_structure(transpose_batch_time, outputs)
        return outputs, final_state


def _assert_has_shape(tensor: Tensor, shape: list[Any]) -> Any:
    found, wanted = shape_op(tensor), stack(shape)
    message = [f"Expected shape for Tensor {tensor.name} is ", wanted, " but saw shape: ", found]
    return Assert(reduce_all(equal(found, wanted)), message)


def _loop(
    cell: Any,
    inputs: Any,
    state: Any,
    parallel_iterations: int,
    swap_memory: bool,
    sequence_length: Tensor | None,
    dtype: Any,
) -> tuple[Any, Any]:
    """The loop over inputs of shape (time, batch, ...)."""
    assert isinstance(parallel_iterations, int), "parallel_iterations must be int"
    flat_input, output_sizes = nest.flatten(inputs), nest.flatten(cell.output_size)
    time_steps = shape_op(flat_input[0])[0]
    batch_size = input_batch_size(flat_input)
    shapes = [tensor.get_shape().with_rank_at_least(3) for tensor in flat_input]
    known_steps, known_batch = _same_steps_and_batch(shapes)
    output_type = infer_state_dtype(dtype, state)

    zero_outputs = [zeros(stack(joined_shape(batch_size, size)), output_type) for size in output_sizes]
    zero_output = nest.pack_sequence_as(cell.output_size, zero_outputs)
    shortest = longest = time_steps
    if sequence_length is not None:
        shortest, longest = reduce_min(sequence_length), reduce_max(sequence_length)

    first = constant(0, dtype=dtypes.int32, name="time")
    with name_scope("dynamic_rnn") as base_name:
        pass

    def array(name: str, element_shape: TensorShape, dtype: Any) -> TensorArray:
        return TensorArray(
            dtype, time_steps, element_shape=element_shape, tensor_array_name=f"{base_name}{name}"
        )

    output_arrays = tuple(
        array(f"output_{i}", TensorShape([known_batch]).concatenate(shape_of_size(size)), output_type)
        for i, size in enumerate(output_sizes)
    )
    input_arrays = [
        array(f"input_{i}", tensor.shape[1:], tensor.dtype) for i, tensor in enumerate(flat_input)
    ]
    input_arrays = [rows.unstack(tensor) for rows, tensor in zip(input_arrays, flat_input, strict=True)]

    def time_step(time: Tensor, outputs: Any, state: Any) -> Any:
        current = [rows.read(time) for rows in input_arrays]
        for tensor, shape in zip(current, shapes, strict=True):
            tensor.set_shape(shape[1:])
        input = nest.pack_sequence_as(inputs, current)

        def step(state: Any) -> Any:
            if sequence_length is None:
                return cell(input, state)
            return rnn_step(
                time,
                sequence_length,
                shortest,
                longest,
                zero_output,
                state,
                lambda: cell(input, state),
                cell.state_size,
                skip_conditionals=True,
            )

        output, state = call_with_state(cell, state, step)
        pairs = zip(outputs, nest.flatten(output), strict=True)
        written = tuple(rows.write(time, value) for rows, value in pairs)
        return time + 1, written, state

    # At least one step, so that the arrays learn the shapes of their elements.
    bound = minimum(time_steps, maximum(1, longest))
    _, output_arrays, final_state = while_loop(
        lambda time, *_: time < bound,
        time_step,
        (first, output_arrays, state),
        parallel_iterations=parallel_iterations,
        maximum_iterations=time_steps,
        swap_memory=swap_memory,
    )
    final_outputs = [rows.stack() for rows in output_arrays]
    for output, size in zip(final_outputs, output_sizes, strict=True):
        output.set_shape(joined_shape([known_steps, known_batch], size, static=True))
    return nest.pack_sequence_as(cell.output_size, final_outputs), final_state


def _same_steps_and_batch(shapes: list[TensorShape]) -> list[int | None]:
    """What is known of the number of steps and of the batch size."""
    steps, batch = shapes[0].as_list()[:2]
    for shape in shapes:
        if not shape[2:].is_fully_defined():
            raise ValueError(
                "Input size (depth of inputs) must be accessible via shape inference, but saw value None."
            )
        if shape.as_list()[0] != steps:
            raise ValueError("Time steps is not the same for all the elements in the input in a batch.")
        if shape.as_list()[1] != batch:
            raise ValueError("Batch_size is not the same for all the elements in the input.")
    return [steps, batch]


def bidirectional_dynamic_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> Any:
    """Two cells in loops over time, one of which reads the inputs backwards.

    Args:
        cell_fw, cell_bw: the cells that read forwards and backwards.
        inputs, sequence_length, dtype, parallel_iterations, swap_memory, time_major: as of `dynamic_rnn`.
        initial_state_fw, initial_state_bw: the states before the first steps; zeros if None.
        scope: the variable scope, "bidirectional_rnn" by default.

    Returns:
        The pair of what both put out, in the order of the inputs, and the pair of their last states.

    Raises:
        TypeError, ValueError: as of `dynamic_rnn`.
    """
    warn_of_network("bidirectional_dynamic_rnn", "Bidirectional")
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    options: dict[str, Any] = {
        "sequence_length": sequence_length,
        "dtype": dtype,
        "parallel_iterations": parallel_iterations,
        "swap_memory": swap_memory,
        "time_major": time_major,
    }
    time_axis, batch_axis = (0, 1) if time_major else (1, 0)

    def turned(tensor: Any) -> Tensor:
        if sequence_length is None:
            return reverse(tensor, axis=[time_axis])
        return reverse_sequence(tensor, sequence_length, seq_axis=time_axis, batch_axis=batch_axis)

    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as scope_fw:
            output_fw, state_fw = dynamic_rnn(
                cell_fw, inputs, initial_state=initial_state_fw, scope=scope_fw, **options
            )
        with variable_scope("bw") as scope_bw:
            backwards, state_bw = dynamic_rnn(
                cell_bw,
                nest.map_structure(turned, inputs),
                initial_state=initial_state_bw,
                scope=scope_bw,
                **options,
            )
    return (output_fw, turned(backwards)), (state_fw, state_bw)
