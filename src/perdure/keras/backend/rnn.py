"""K.rnn: a step applied along the time axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import expand_dims, zeros_like
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import where
from perdure.functional.array.joining import stack, unstack
from perdure.functional.array.rearranging import reverse, tile, transpose
from perdure.functional.control.loops import while_loop
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.cast import cast
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.nest import flatten, is_nested, map_structure, pack_sequence_as
from perdure.graph.tensor import Tensor

Step = Callable[[Any, Any], tuple[Any, Any]]


def _swapped(x: Any) -> Tensor:
    """A tensor with its first two axes exchanged."""
    return transpose(x, [1, 0, *range(2, len(x.shape))])


def _tiled(mask: Tensor, like: Any, fixed: int = 1) -> Tensor:
    """A mask in the shape of a tensor.

    Args:
        mask: a mask with an axis of size 1 at the end.
        like: the tensor.
        fixed: how many of the first axes they have in common.
    """
    assert not is_nested(mask) and not is_nested(like)
    for _ in range(len(like.shape) - len(mask.shape)):
        mask = expand_dims(mask, -1)
    return tile(mask, [1] * fixed + like.shape.as_list()[fixed:])


def rnn(
    step_function: Step,
    inputs: Any,
    initial_states: Any,
    go_backwards: bool = False,
    mask: Any = None,
    constants: Any = None,
    unroll: bool = False,
    input_length: Any = None,
    time_major: bool = False,
    zero_output_for_mask: bool = False,
) -> tuple[Any, Any, Any]:
    """A step applied along the time axis.

    Args:
        step_function: from the input of a time step and the states, with the constants behind them, to an
            output and the new states.
        inputs: a structure of tensors (batch, time, ...), at least of rank 3.
        initial_states: the states before the first step.
        go_backwards: whether time runs backwards.
        mask: (batch, time): where it is False, the state stays and the output is repeated.
        constants: what every step is given beside the states.
        unroll: whether the steps are nodes one behind the other instead of a loop.
        input_length: how many steps there are at most.
        time_major: whether inputs, mask and outputs are (time, batch, ...).
        zero_output_for_mask: whether masked outputs are zeros instead of repeated.

    Returns:
        (last output, outputs, last states).

    Raises:
        ValueError: to unroll a number of steps that is not known, or a mask without states.
    """
    if not time_major:
        inputs = map_structure(_swapped, inputs)
    tensors = flatten(inputs)
    steps, batch = tensors[0].shape.as_list()[:2]
    number = shape_op(tensors[0])[0]
    for tensor in tensors:
        tensor.shape.with_rank_at_least(3)
    if mask is not None:
        if mask.dtype != dtypes.bool:
            mask = cast(mask, dtypes.bool)
        if len(mask.shape) == 2:
            mask = expand_dims(mask, -1)
        if not time_major:
            mask = _swapped(mask)
    constants = tuple(constants or ())

    def step(x: Any, states: Any) -> tuple[Any, Any]:
        return step_function(x, tuple(states) + constants)

    if unroll:
        if not steps:
            raise ValueError("Unrolling requires a fixed number of timesteps.")
        last, outputs, states = _unrolled(
            step, inputs, initial_states, steps, go_backwards, mask, zero_output_for_mask
        )
    else:
        last, outputs, states = _looped(
            step,
            inputs,
            initial_states,
            number,
            go_backwards,
            mask,
            input_length,
            zero_output_for_mask,
        )

    def with_shape(output: Any) -> Any:
        if isinstance(output, Tensor):
            output.set_shape([steps, batch, *output.shape.as_list()[2:]])
        return output

    outputs = map_structure(with_shape, outputs)
    if not time_major:
        outputs = map_structure(_swapped, outputs)
    return last, outputs, states


def _unrolled(
    step: Step, inputs: Any, initial_states: Any, steps: int, go_backwards: bool, mask: Any, zeroes: bool
) -> tuple[Any, Any, Any]:
    def by_step(x: Any) -> list[Any]:
        parts = list(unstack(x))
        return parts[::-1] if go_backwards else parts

    parts = [by_step(x) for x in flatten(inputs)]
    masks = None if mask is None else by_step(mask)
    states: Any = tuple(initial_states)
    outputs: list[Any] = []
    for i in range(steps):
        x = pack_sequence_as(inputs, [part[i] for part in parts])
        output, new_states = step(x, states)
        if masks is not None:
            tiled = _tiled(masks[i], output)
            before = outputs[-1] if outputs else zeros_like(output)
            output = where(tiled, output, before)
            kept = []
            for state, new_state in zip(states, new_states, strict=False):
                tiled = _tiled(masks[i], new_state)
                kept.append(where(tiled, new_state, state))
            new_states = kept
        states = new_states
        outputs.append(output)
    last = outputs[-1]
    joined = stack(outputs)
    if masks is not None and zeroes:
        last = where(_tiled(masks[-1], last), last, zeros_like(last))
        joined = where(_tiled(mask, joined, fixed=2), joined, zeros_like(joined))
    return last, joined, states


def _looped(
    step: Step,
    inputs: Any,
    initial_states: Any,
    number: Tensor,
    go_backwards: bool,
    mask: Any,
    input_length: Any,
    zeroes: bool,
) -> tuple[Any, Any, Any]:
    tensors = flatten(inputs)
    states = tuple(initial_states)
    arrays = tuple(
        TensorArray(dtype=x.dtype, size=number, tensor_array_name=f"input_ta_{i}")
        for i, x in enumerate(tensors)
    )
    arrays = tuple(
        array.unstack(reverse(x, [0]) if go_backwards else x)
        for array, x in zip(arrays, tensors, strict=True)
    )
    # The first step tells the shapes and types of the outputs.
    first, _ = step(pack_sequence_as(inputs, [x[0] for x in tensors]), states)
    out_arrays = tuple(
        TensorArray(dtype=out.dtype, size=number, element_shape=out.shape, tensor_array_name=f"output_ta_{i}")
        for i, out in enumerate(flatten(first))
    )
    time = constant(0, dtype="int32", name="time")

    def read(time: Any) -> Any:
        return pack_sequence_as(inputs, tuple(array.read(time) for array in arrays))

    def written(out: Any, time: Any, outputs: Any) -> Any:
        return tuple(array.write(time, x) for array, x in zip(out, outputs, strict=True))

    def with_shapes(new_states: Any, states: Any) -> tuple[list[Any], list[Any]]:
        olds, news = flatten(states), flatten(new_states)
        for old, new in zip(olds, news, strict=False):
            if isinstance(new, Tensor):
                new.set_shape(old.shape)
        return olds, news

    loop = {
        "cond": lambda time, *_: time < number,
        "maximum_iterations": input_length,
        "parallel_iterations": 32,
        "swap_memory": True,
    }
    if mask is None:

        def plain(time: Any, out: Any, *states: Any) -> Any:
            output, new_states = step(read(time), states)
            _, news = with_shapes(new_states, states)
            out = written(out, time, flatten(output))
            return (time + 1, out, *pack_sequence_as(initial_states, news))

        final = while_loop(body=plain, loop_vars=(time, out_arrays, *states), **loop)
        last_states = final[2:]
    else:
        if not states:
            raise ValueError(
                "No initial states provided! When using masking in an RNN, you should provide initial states "
                "(and your step function should return as its first state at time `t` the output at time "
                "`t-1`)."
            )
        if go_backwards:
            mask = reverse(mask, [0])
        masks = TensorArray(dtype=dtypes.bool, size=number, tensor_array_name="mask_ta")
        masks = masks.unstack(mask)
        nothing = tuple(zeros_like(o) for o in flatten(first))

        def masked(time: Any, out: Any, before: Any, *states: Any) -> Any:
            x = read(time)
            counts = masks.read(time)
            output, new_states = step(x, states)
            outputs = flatten(output)
            instead = nothing if zeroes else flatten(before)
            tiled = tuple(_tiled(counts, o) for o in outputs)
            chosen = tuple(where(m, o, z) for m, o, z in zip(tiled, outputs, instead, strict=True))
            olds, news = with_shapes(new_states, states)
            tiled_states = tuple(_tiled(counts, s) for s in olds)
            kept = tuple(where(m, new, old) for m, new, old in zip(tiled_states, news, olds, strict=True))
            out = written(out, time, chosen)
            return (time + 1, out, chosen, *pack_sequence_as(new_states, kept))

        final = while_loop(body=masked, loop_vars=(time, out_arrays, nothing, *states), **loop)
        last_states = final[3:]
    outputs = tuple(array.stack() for array in final[1])
    last = tuple(output[-1] for output in outputs)
    return pack_sequence_as(first, last), pack_sequence_as(first, outputs), last_states
