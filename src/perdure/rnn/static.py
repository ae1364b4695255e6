"""Networks unrolled over a list of inputs: tf.nn.static_rnn and its like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import identity, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import where
from perdure.functional.array.joining import concat, stack, unstack
from perdure.functional.array.rearranging import reverse_sequence
from perdure.functional.control.conditionals import cond
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_max, reduce_min
from perdure.graph import dtypes, nest
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, control_dependencies
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_at_index, dimension_value, unknown_shape
from perdure.platform.deprecation import warn_once
from perdure.rnn.base import assert_like_rnncell, joined_shape
from perdure.variables.variable_scope import variable_scope


def _warn(function: str) -> None:
    warn_once(
        function,
        "tensorflow.python.ops.rnn",
        "In TensorFlow 2, tf.keras.layers.RNN with unroll=True takes its place.",
    )


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
    _warn("static_rnn")
    assert_like_rnncell("cell", cell)
    _check_inputs(inputs)
    with variable_scope(scope or "rnn") as variables:
        if variables.caching_device is None:
            variables.set_caching_device(lambda op: op.device)
        first = _first(inputs)
        known_batch = _batch_of(first, inputs)
        batch_size = known_batch or shape_op(first)[0]
        state = _initial(cell, initial_state, batch_size, dtype)
        ends = None
        if sequence_length is not None:
            ends = _Ends(cell, sequence_length, batch_size, known_batch, _type_of(dtype, state))
        outputs = []
        for time, input in enumerate(inputs):
            if time > 0:
                variables.reuse_variables()

            def step(input: Any = input, state: Any = state) -> Any:
                return cell(input, state)

            output, state = step() if ends is None else ends.step(time, state, step)
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


def _initial(cell: Any, state: Any, batch_size: Any, dtype: Any) -> Any:
    if state is not None:
        return state
    if not dtype:
        raise ValueError("If no initial_state is provided, dtype must be specified")
    if getattr(cell, "get_initial_state", None) is not None:
        return cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype)
    return cell.zero_state(batch_size, dtype)


def _type_of(dtype: Any, state: Any) -> Any:
    """The type of outputs: the one asked for, or that of the state."""
    if dtype is not None:
        return dtype
    types = [part.dtype for part in nest.flatten(state)]
    if not types:
        raise ValueError("Unable to infer dtype from empty state.")
    if any(found != types[0] for found in types):
        raise ValueError(
            "State has tensors of different inferred_dtypes. Unable to infer a single representative dtype."
        )
    return types[0]


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

        self._zeros = nest.map_structure(zero_output, cell.output_size)
        self._lengths = cast(lengths, dtypes.int32)
        self._shortest = reduce_min(self._lengths)
        self._longest = reduce_max(self._lengths)

    def step(self, time: int, state: Any, step: Callable[[], Any]) -> Any:
        """A step of the cell for the examples that have not ended; zeros and the old state for others."""
        flat_zeros, flat_state = nest.flatten(self._zeros), nest.flatten(state)
        ended = self._lengths <= time

        def unless_ended(old: Tensor, new: Tensor) -> Tensor:
            if old.shape.ndims == 0:
                return new
            with colocate_with(new):
                return where(ended, old, new)

        def some() -> list[Tensor]:
            new_output, new_state = step()
            nest.assert_same_structure(self._zeros, new_output)
            nest.assert_same_structure(state, new_state)
            new = nest.flatten(new_output) + nest.flatten(new_state)
            return cond(
                self._shortest > time,
                lambda: new,
                lambda: [
                    unless_ended(old, value) for old, value in zip(flat_zeros + flat_state, new, strict=True)
                ],
            )

        found = cond(self._longest <= time, lambda: flat_zeros + flat_state, some)
        for value, old in zip(found, flat_zeros + flat_state, strict=True):
            value.set_shape(old.get_shape())
        count = len(flat_zeros)
        return (
            nest.pack_sequence_as(self._zeros, found[:count]),
            nest.pack_sequence_as(state, found[count:]),
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
    _warn("static_state_saving_rnn")
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
    _warn("static_bidirectional_rnn")
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    _check_inputs(inputs)
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as scope_fw:
            forwards, state_fw = static_rnn(
                cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=scope_fw
            )
        with variable_scope("bw") as scope_bw:
            reversed_inputs = _reversed(inputs, sequence_length)
            backwards, state_bw = static_rnn(
                cell_bw, reversed_inputs, initial_state_bw, dtype, sequence_length, scope=scope_bw
            )
    backwards = _reversed(backwards, sequence_length)
    joined = [
        concat([one, other], 1)
        for one, other in zip(nest.flatten(forwards), nest.flatten(backwards), strict=True)
    ]
    return nest.pack_sequence_as(forwards, joined), state_fw, state_bw


def _reversed(inputs: Any, lengths: Any) -> list[Any]:
    """The inputs in reverse order, each example's up to its length."""
    if lengths is None:
        return list(reversed(inputs))
    results: list[list[Tensor]] = [[] for _ in inputs]
    for sequence in zip(*[nest.flatten(input) for input in inputs], strict=True):
        shape = unknown_shape(rank=sequence[0].get_shape().ndims)
        for tensor in sequence:
            # As in TensorFlow 1.15, what the merged shape would say is not used.
            shape.merge_with(tensor.get_shape())
            tensor.set_shape(shape)
        turned = unstack(reverse_sequence(stack(sequence), lengths, 0, 1))
        for tensor, result in zip(turned, results, strict=True):
            tensor.set_shape(shape)
            result.append(tensor)
    return [nest.pack_sequence_as(input, result) for input, result in zip(inputs, results, strict=True)]
