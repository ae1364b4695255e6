"""Networks unrolled over a list of inputs: tf.nn.static_rnn and its like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import identity, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat, stack
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_max, reduce_min
from perdure.graph import dtypes, nest
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_at_index, dimension_value
from perdure.rnn.base import assert_like_rnncell, joined_shape
from perdure.rnn.steps import (
    cache_variables,
    call_with_state,
    first_state,
    infer_state_dtype,
    reverse_seq,
    rnn_step,
    warn_of_network,
)
from perdure.variables.variable_scope import variable_scope


def static_rnn(
    cell: Any,
    inputs: Any,
    initial_state: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> Any:
    """A cell applied to one input after the other.

    Args:
        cell: the cell, as `tf.nn.rnn_cell.RNNCell`.
        inputs: a list with an input for each step, (batch, size), or with structures of them.
        initial_state: the state before the first step; zeros if None.
        dtype: the type of the zeros.
        sequence_length: int (batch,): behind this many steps an example's state stays as it is and its
            outputs are zeros.
        scope: the variable scope, "rnn" by default.

    Returns:
        The list of what the cell put out in each step, and the last state.

    Raises:
        TypeError: `cell` is no cell, or `inputs` no list.
        ValueError: there are no inputs, or neither state nor dtype; a size is not known.
    """
    warn_of_network("static_rnn", "RNN with unroll=True")
    assert_like_rnncell("cell", cell)
    _check_inputs(inputs)
    with variable_scope(scope or "rnn") as variables:
        cache_variables(variables)
        first = _first(inputs)
        known_batch = _batch_of(first, inputs)
        batch_size = known_batch or shape_op(first)[0]
        state = first_state(
            cell,
            initial_state,
            batch_size,
            dtype,
            "If no initial_state is provided, dtype must be specified",
        )
        ends = None
        if sequence_length is not None:
            ends = _Ends(cell, sequence_length, batch_size, known_batch, infer_state_dtype(dtype, state))
        outputs = []
        for time, input in enumerate(inputs):
            if time > 0:
                variables.reuse_variables()

            def step(state: Any, time: int = time, input: Any = input) -> Any:
                if ends is None:
                    return cell(input, state)
                return ends.step(time, state, lambda: cell(input, state))

            output, state = call_with_state(cell, state, step)
            outputs.append(output)
        return outputs, state


def _check_inputs(inputs: Any) -> None:
    if not nest.is_nested(inputs):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")


def _first(inputs: Any) -> Tensor:
    while nest.is_nested(inputs):
        inputs = inputs[0]
    return inputs


def _batch_of(first: Tensor, inputs: Any) -> int | None:
    """The batch size, as far as it is known; ValueError where another size is not, or batches differ."""
    if first.get_shape().ndims == 1:
        return dimension_value(first.get_shape()[0])
    batch = first.get_shape().with_rank_at_least(2)[0]
    for tensor in nest.flatten(inputs):
        shape = tensor.get_shape().with_rank_at_least(2)
        batch.merge_with(dimension_at_index(shape, 0))
        for i, size in enumerate(shape[1:]):
            if dimension_value(size) is None:
                raise ValueError(
                    f"Input size (dimension {i} of inputs) must be accessible via shape inference, but saw "
                    "value None."
                )
    return dimension_value(batch)


class _Ends:
    """Where the examples of a batch end, and steps that respect it."""

    def __init__(self, cell: Any, lengths: Any, batch_size: Any, known_batch: int | None, dtype: Any) -> None:
        lengths = convert_to_tensor(lengths, name="sequence_length")
        if lengths.get_shape().ndims not in (None, 1):
            raise ValueError("sequence_length must be a vector of length batch_size")

        def zero_output(size: Any) -> Tensor:
            output = zeros(stack(joined_shape(batch_size, size)), dtype)
            output.set_shape(TensorShape(joined_shape(known_batch, size, static=True)))
            return output

        self._state_size = cell.state_size
        self._zeros = nest.map_structure(zero_output, cell.output_size)
        self._lengths = cast(lengths, dtypes.int32)
        self._shortest = reduce_min(self._lengths)
        self._longest = reduce_max(self._lengths)

    def step(self, time: int, state: Any, step: Callable[[], Any]) -> Any:
        """A step of the cell for the examples that have not ended; zeros and the old state for others."""
        return rnn_step(
            time, self._lengths, self._shortest, self._longest, self._zeros, state, step, self._state_size
        )


def static_state_saving_rnn(
    cell: Any, inputs: Any, state_saver: Any, state_name: Any, sequence_length: Any = None, scope: Any = None
) -> Any:
    """`static_rnn` that takes its first state from an object and gives it the last one.

    Args:
        cell, inputs, sequence_length, scope: as of `static_rnn`.
        state_saver: an object with the methods `state(name)` and `save_state(name, tensor)`.
        state_name: the name of the state, or names nested as `cell.state_size`.

    Returns:
        What `static_rnn` returns; the last output and the state come after the state is saved.

    Raises:
        ValueError: `state_name` is not nested as the state is.
    """
    warn_of_network("static_state_saving_rnn", "RNN with unroll=True")
    size = cell.state_size
    nested = nest.is_nested(size)
    if nested != nest.is_nested(state_name):
        raise ValueError(
            "state_name should be the same type as cell.state_size.  state_name: "
            f"{state_name}, cell.state_size: {size}"
        )
    names = nest.flatten(state_name)
    if len(names) != len(nest.flatten(size)):
        raise ValueError(
            f"#elems(state_name) != #elems(state_size): {len(names)} vs. {len(nest.flatten(size))}"
        )
    saved = [state_saver.state(name) for name in names]
    initial_state = nest.pack_sequence_as(size, saved)
    outputs, state = static_rnn(
        cell, inputs, initial_state=initial_state, sequence_length=sequence_length, scope=scope
    )
    saves = [
        state_saver.save_state(name, part)
        for name, part in zip(names, nest.flatten(state) if nested else [state], strict=True)
    ]
    with control_dependencies(saves):
        outputs[-1] = nest.map_structure(identity, outputs[-1])
        state = nest.map_structure(identity, state) if nested else identity(state)
    return outputs, state


def static_bidirectional_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> Any:
    """Two cells, one of which reads the inputs backwards.

    Args:
        cell_fw, cell_bw: the cells that read forwards and backwards.
        inputs, dtype, sequence_length: as of `static_rnn`.
        initial_state_fw, initial_state_bw: the states before the first steps; zeros if None.
        scope: the variable scope, "bidirectional_rnn" by default.

    Returns:
        The list of what both put out, side by side, and the last states of both.

    Raises:
        TypeError, ValueError: as of `static_rnn`.
    """
    warn_of_network("static_bidirectional_rnn", "RNN with unroll=True")
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    _check_inputs(inputs)
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as scope_fw:
            forwards, state_fw = static_rnn(
                cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=scope_fw
            )
        with variable_scope("bw") as scope_bw:
            reversed_inputs = reverse_seq(inputs, sequence_length)
            backwards, state_bw = static_rnn(
                cell_bw, reversed_inputs, initial_state_bw, dtype, sequence_length, scope=scope_bw
            )
    backwards = reverse_seq(backwards, sequence_length)
    joined = [
        concat([one, other], 1)
        for one, other in zip(nest.flatten(forwards), nest.flatten(backwards), strict=True)
    ]
    return nest.pack_sequence_as(forwards, joined), state_fw, state_bw
