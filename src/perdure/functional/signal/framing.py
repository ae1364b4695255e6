"""Signals cut into frames, and put together from them."""

from __future__ import annotations

import math
from typing import Any

from perdure.functional.array import array, joining, padding, rearranging
from perdure.functional.array.gathering import gather
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.array.slicing import strided_slice
from perdure.functional.control.loops import while_loop
from perdure.functional.math.binary import greater, maximum, mod
from perdure.functional.math.reductions import reduce_sum
from perdure.graph import dtypes
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: Any = -1,
    name: str | None = None,
) -> Tensor:
    """A signal cut into frames, which overlap if the step is smaller than they are.

    Args:
        signal: a tensor of shape [..., samples, ...].
        frame_length: the number of samples in a frame, a scalar.
        frame_step: by how many samples frames are apart, a scalar.
        pad_end: whether frames may end behind the signal, with `pad_value` there.
        pad_value: a scalar.
        axis: the axis of the samples.
        name: the name of the scope.

    Returns:
        A tensor of shape [..., frames, frame_length, ...].
    """
    with name_scope(name, "frame", [signal, frame_length, frame_step, pad_value]):
        signal = convert_to_tensor(signal, name="signal")
        frame_length = convert_to_tensor(frame_length, name="frame_length")
        frame_step = convert_to_tensor(frame_step, name="frame_step")
        axis = convert_to_tensor(axis, name="axis")
        signal.shape.with_rank_at_least(1)
        for scalar in (frame_length, frame_step, axis):
            scalar.shape.assert_has_rank(0)
        known = _known_shape(signal, frame_length, frame_step, pad_end, axis)
        rank = array.rank(signal)
        axis = sequence(rank)[axis]
        shape = array.shape(signal)
        outer, samples, inner = joining.split(shape, [axis, 1, rank - 1 - axis])
        samples = array.reshape(samples, [])
        outer_rank, inner_rank = array.size(outer), array.size(inner)
        if pad_end:
            pad_value = convert_to_tensor(pad_value, signal.dtype)
            pad_value.shape.assert_has_rank(0)
            frames = -(-samples // frame_step)
            behind = maximum(0, frame_length + frame_step * (frames - 1) - samples)
            paddings = [
                array.zeros([outer_rank, 2], dtype=behind.dtype),
                [[0, behind]],
                array.zeros([inner_rank, 2], dtype=behind.dtype),
            ]
            signal = padding.pad(signal, joining.concat(paddings, 0), constant_values=pad_value)
            shape = array.shape(signal)
            samples = shape[axis]
        else:
            frames = maximum(0, 1 + (samples - frame_length) // frame_step)
        # Frames are made of pieces that divide both a frame and a step, so few rows are gathered.
        piece = gcd(frame_length, frame_step)
        in_frame, in_step = frame_length // piece, frame_step // piece
        pieces = samples // piece
        whole = joining.concat([outer, [pieces * piece], inner], 0)
        cut = joining.concat([outer, [pieces, piece], inner], 0)
        rows = array.reshape(strided_slice(signal, array.zeros_like(shape), whole), cut)
        starts = array.reshape(sequence(frames) * in_step, [frames, 1])
        places = starts + array.reshape(sequence(in_frame), [1, in_frame])
        made = array.reshape(
            gather(rows, places, axis=axis), joining.concat([outer, [frames, frame_length], inner], 0)
        )
        if known:
            made.set_shape(known)
        return made


def _known_shape(
    signal: Tensor, frame_length: Tensor, frame_step: Tensor, pad_end: bool, axis: Tensor
) -> list[Any] | None:
    length, step, place = (constant_value(value) for value in (frame_length, frame_step, axis))
    if signal.shape.ndims is None:
        return None
    if place is None:
        return [None] * (signal.shape.ndims + 1)
    sizes = signal.shape.as_list()
    samples, frames = sizes[place], None
    if sizes and samples is not None:
        if step is not None and pad_end:
            frames = max(0, -(-samples // step))
        elif step is not None and length is not None:
            frames = max(0, (samples - length + step) // step)
    return [*sizes[:place], frames, length, *sizes[place:][1:]]


def gcd(a: Any, b: Any, name: str | None = None) -> Tensor:
    """The greatest common divisor of two integers.

    Args:
        a, b: scalars.
        name: the name of the scope.

    Raises:
        ValueError: they are no integers.
    """
    with name_scope(name, "gcd", [a, b]):
        a, b = convert_to_tensor(a), convert_to_tensor(b)
        for what, value in (("a", a), ("b", b)):
            value.shape.assert_has_rank(0)
            if not value.dtype.is_integer:
                raise ValueError(f"{what} must be an integer type. Got: {value.dtype}")
        known = constant_value(a), constant_value(b)
        if known[0] is not None and known[1] is not None:
            return convert_to_tensor(math.gcd(*map(int, known)))
        a, b = while_loop(
            lambda _, b: greater(b, array.zeros_like(b)), lambda a, b: [b, mod(a, b)], [a, b], back_prop=False
        )
        return a


def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> Tensor:
    """A signal from frames, which are added where they overlap.

    Args:
        signal: a tensor of shape [..., frames, frame_length].
        frame_step: by how many samples frames are apart, a scalar.
        name: the name of the scope.

    Returns:
        A tensor of shape [..., (frames - 1) * frame_step + frame_length].

    Raises:
        ValueError: the step is no integer.
    """
    with name_scope(name, "overlap_and_add", [signal, frame_step]):
        signal = convert_to_tensor(signal, name="signal")
        signal.shape.with_rank_at_least(2)
        step = convert_to_tensor(frame_step, name="frame_step")
        step.shape.assert_has_rank(0)
        if not step.dtype.is_integer:
            raise ValueError(f"frame_step must be an integer. Got {step.dtype}")
        shape = array.shape(signal)
        outer = shape[:-2]
        outer_rank = array.size(outer)

        def whole(inner: list[Any]) -> Tensor:
            return joining.concat([outer, inner], 0)

        length, frames = shape[-1], shape[-2]
        samples = length + step * (frames - 1)
        known = constant_value(step)
        if known is not None and signal.shape.dims is not None and known == signal.shape.dims[-1].value:
            return array.reshape(signal, whole([samples]), name="fast_path")
        # Each frame is cut into pieces of a step; skewed, the pieces that are added stand in one column.
        pieces = -(-length // step)
        paddings = [[0, pieces], [0, pieces * step - length]]
        signal = padding.pad(
            signal, joining.concat([array.zeros([outer_rank, 2], dtypes.int32), paddings], 0)
        )
        signal = array.reshape(signal, whole([frames + pieces, pieces, step]))
        order = joining.concat([sequence(outer_rank), outer_rank + [1, 0, 2]], 0)
        signal = rearranging.transpose(signal, order)
        signal = array.reshape(signal, whole([(frames + pieces) * pieces, step]))
        signal = signal[..., : (frames + pieces - 1) * pieces, :]
        signal = array.reshape(signal, whole([pieces, (frames + pieces - 1), step]))
        signal = reduce_sum(signal, -3)
        signal = array.reshape(signal, whole([(frames + pieces - 1) * step]))
        return signal[..., :samples]
