"""Networks whose inputs, states and ends a function decides: tf.nn.raw_rnn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.array import zeros
from perdure.functional.control.loops import while_loop
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.binary import logical_or
from perdure.functional.math.reductions import reduce_all
from perdure.functional.math.unary import logical_not
from perdure.graph import dtypes, nest
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_at_index, dimension_value
from perdure.rnn.base import assert_like_rnncell, joined_shape
from perdure.rnn.steps import cache_variables, copy_through, shape_of_size
from perdure.variables.variable_scope import variable_scope


def raw_rnn(
    cell: Any,
    loop_fn: Callable[..., Any],
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    scope: Any = None,
) -> Any:
    """A cell in a loop, until a function says of all examples that they have ended.

    Args:
        cell: the cell, as `tf.nn.rnn_cell.RNNCell`.
        loop_fn: from (time, cell output, cell state, loop state) to (finished, next input, next cell state,
            emitted output, next loop state). The first call has time 0 and None for the others; its emitted
            output, structured as those of later calls but without the batch, tells their shapes and types
            (None: as the cell's outputs). `finished` is bool (batch,). A loop state of None stays as it is.
        parallel_iterations: how many steps may run at a time; 32 if None.
        swap_memory: whether what the gradient needs may be moved to the host.
        scope: the variable scope, "rnn" by default.

    Returns:
        TensorArrays of the emitted outputs, the last state of the cell, and the last loop state.

    Raises:
        TypeError: `cell` is no cell, or `loop_fn` cannot be called.
        ValueError: something is nested in another way than before.
    """
    assert_like_rnncell("cell", cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with variable_scope(scope or "rnn") as variables:
        cache_variables(variables)
        first = constant(0, dtype=dtypes.int32)
        finished, input, state, emitted, own_state = loop_fn(first, None, None, None)
        flat_input = nest.flatten(input)
        # A loop has to carry something also where `loop_fn` has no state.
        loop_state = constant(0, dtype=dtypes.int32) if own_state is None else own_state
        known_batch = _batch_of(flat_input)
        batch_size = shape_op(flat_input[0])[0] if known_batch is None else known_batch
        nest.assert_same_structure(state, cell.state_size)
        flat_state = [convert_to_tensor(part) for part in nest.flatten(state)]
        state = nest.pack_sequence_as(state, flat_state)
        structure, sizes, types = _emitted(emitted, cell, flat_state)
        arrays = [
            TensorArray(
                dtype,
                size=0,
                dynamic_size=True,
                element_shape=TensorShape([known_batch]).concatenate(shape_of_size(size)),
                name=f"rnn_output_{i}",
            )
            for i, (dtype, size) in enumerate(zip(types, sizes, strict=True))
        ]
        zero_emits = [
            zeros(joined_shape(batch_size, size), dtype) for size, dtype in zip(sizes, types, strict=True)
        ]
        returned = while_loop(
            lambda time, finished, *_: logical_not(reduce_all(finished)),
            _body(cell, loop_fn, nest.pack_sequence_as(structure, zero_emits)),
            [first, finished, input, nest.pack_sequence_as(structure, arrays), state, loop_state],
            parallel_iterations=parallel_iterations or 32,
            swap_memory=swap_memory,
        )
        emitted, state, loop_state = returned[-3:]
        return emitted, state, None if own_state is None else loop_state


def _batch_of(flat_input: list[Tensor]) -> int | None:
    """The batch size, as far as it is known; ValueError where batches differ."""
    shapes = [tensor.get_shape() for tensor in flat_input]
    batch = dimension_at_index(shapes[0], 0)
    for shape in shapes:
        batch.merge_with(dimension_at_index(shape, 0))
    return dimension_value(batch)


def _emitted(emitted: Any, cell: Any, flat_state: list[Tensor]) -> tuple[Any, list[Any], list[Any]]:
    """How the emitted outputs are nested, their sizes without the batch, and their types."""
    if emitted is None:
        sizes = nest.flatten(cell.output_size)
        return cell.output_size, sizes, [flat_state[0].dtype] * len(sizes)
    flat = nest.flatten(emitted)
    sizes = [part.shape if part.shape.is_fully_defined() else shape_op(part) for part in flat]
    return emitted, sizes, [part.dtype for part in flat]


def _body(cell: Any, loop_fn: Callable[..., Any], zero_emit: Any) -> Callable[..., Any]:
    def body(
        time: Tensor, finished: Tensor, input: Any, arrays: Any, state: Any, loop_state: Any
    ) -> tuple[Any, ...]:
        output, cell_state = cell(input, state)
        nest.assert_same_structure(state, cell_state)
        nest.assert_same_structure(cell.output_size, output)
        next_time = time + 1
        next_finished, next_input, next_state, emitted, next_loop_state = loop_fn(
            next_time, output, cell_state, loop_state
        )
        nest.assert_same_structure(state, next_state)
        nest.assert_same_structure(input, next_input)
        nest.assert_same_structure(arrays, emitted)

        def unless_finished(old: Any, new: Any) -> Any:
            return copy_through(finished, old, new)

        emitted = nest.map_structure(unless_finished, zero_emit, emitted)
        next_state = nest.map_structure(unless_finished, state, next_state)
        arrays = nest.map_structure(lambda array, value: array.write(time, value), arrays, emitted)
        return (
            next_time,
            logical_or(finished, next_finished),
            next_input,
            arrays,
            next_state,
            loop_state if next_loop_state is None else next_loop_state,
        )

    return body
