"""Tensors of beams: batches tiled to beams, rows gathered by beam, and arrays sorted by their last beams."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import gather, gather_nd, sequence_mask, where
from perdure.functional.array.joining import concat, stack
from perdure.functional.array.rearranging import tile, transpose
from perdure.functional.array.shape_arithmetic import range as range_op
from perdure.functional.control.assertions import Assert
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.binary import equal, logical_and, logical_or
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_max
from perdure.functional.nn.beam_search import gather_tree
from perdure.graph import dtypes, nest
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_value
from perdure.platform import logging


def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Each example several times, one after the other.

    Args:
        t: a tensor (batch, ...), or a nest of them.
        multiplier: how many times.
        name: the name scope.

    Raises:
        ValueError: the rank of a tensor is not known, or it is a scalar.
    """
    with name_scope(name, "tile_batch", [*nest.flatten(t), multiplier]):
        return nest.map_structure(lambda part: _tiled(part, multiplier), t)


def _tiled(t: Any, multiplier: int) -> Tensor:
    t = convert_to_tensor(t, name="t")
    shape = shape_op(t)
    if t.shape.ndims is None or t.shape.ndims < 1:
        raise ValueError("t must have statically known rank")
    tiling = [1, multiplier, *([1] * (t.shape.ndims - 1))]
    batch = dimension_value(t.shape[0])
    tiled = tile(expand_dims(t, 1), tiling)
    tiled = reshape(tiled, concat(([shape[0] * multiplier], shape[1:]), 0))
    known = TensorShape([None if batch is None else batch * multiplier])
    tiled.set_shape(known.concatenate(t.shape[1:]))
    return tiled


def check_rank(t: Tensor) -> None:
    """Refuse a tensor of unknown rank.

    Raises:
        ValueError: it is one.
    """
    if t.shape.ndims is None:
        raise ValueError(f"Expected tensor ({t}) to have known rank, but ndims == None.")


def gather_beams(
    gather_indices: Tensor,
    gather_from: Tensor,
    batch_size: Tensor,
    range_size: Any,
    gather_shape: list[Any],
    name: str | None = None,
) -> Tensor:
    """For each example the beams, or other entries, with some numbers.

    Args:
        gather_indices: the numbers, int32 (batch, beams).
        gather_from: (batch, entries, ...).
        batch_size: the number of examples, an int32 scalar.
        range_size: the number of entries of each.
        gather_shape: the shape in which rows are gathered: [-1] for entries that are scalars.
        name: the name scope.
    """
    with name_scope(name, "tensor_gather_helper"):
        offsets = expand_dims(range_op(batch_size) * range_size, 1)
        places = reshape(gather_indices + offsets, [-1])
        gathered = gather(reshape(gather_from, gather_shape), places)
        axes = 1 + len(gather_shape)
        final_shape = shape_op(gather_from)[:axes]
        known = TensorShape([constant_value(batch_size)]).concatenate(gather_from.shape[1:axes])
        output = reshape(gathered, final_shape, name="output")
        output.set_shape(known)
        return output


def gather_state_beams(
    gather_indices: Tensor, gather_from: Any, batch_size: Tensor, range_size: Any, gather_shape: list[Any]
) -> Any:
    """As `gather_beams`; what has too few axes to have beams, or is a TensorArray, stays.

    Raises:
        ValueError: a tensor is of unknown rank.
    """
    if isinstance(gather_from, TensorArray):
        return gather_from
    check_rank(gather_from)
    if gather_from.shape.ndims < len(gather_shape):
        return gather_from
    return gather_beams(gather_indices, gather_from, batch_size, range_size, gather_shape)


def gather_tree_from_array(t: Tensor, parent_ids: Tensor, sequence_length: Tensor) -> Tensor:
    """What belongs to the steps of the final beams, out of what belongs to the beams of each step.

    Args:
        t: (time, batch, beams, ...), or with batch and beams as one axis.
        parent_ids: from which beam each came, int32 (time, batch, beams).
        sequence_length: the lengths of the final beams, (batch, beams).
    """
    sizes = parent_ids.shape.as_list()
    max_time, batch_size, beam_width = (sizes[i] or shape_op(parent_ids)[i] for i in (0, 1, 2))
    beam_ids = expand_dims(expand_dims(range_op(beam_width), 0), 0)
    beam_ids = tile(beam_ids, [max_time, batch_size, 1])
    longest = cast(reduce_max(sequence_length, axis=1), dtypes.int32)
    final = gather_tree(
        step_ids=beam_ids, parent_ids=parent_ids, max_sequence_lengths=longest, end_token=beam_width + 1
    )
    within = transpose(sequence_mask(sequence_length, maxlen=max_time), perm=[2, 0, 1])
    final = where(within, x=final, y=beam_ids)
    times = tile(reshape(range_op(max_time), [-1, 1, 1]), [1, batch_size, beam_width])
    examples = tile(reshape(range_op(batch_size), [-1, 1, 1]), [1, max_time, beam_width])
    examples = transpose(examples, perm=[1, 0, 2])
    indices = stack([times, examples, final], -1)
    shape = shape_op(t)
    rows = reshape(t, [max_time, batch_size, beam_width, -1])
    return reshape(gather_nd(rows, indices), shape)


def sort_array(
    array: TensorArray, batch_size: Tensor, beam_width: int, parent_ids: Tensor, lengths: Tensor
) -> Any:
    """The entries of a TensorArray of a state, stacked, as the final beams had them.

    What cannot be divided into beams stays an array, with a warning.

    Args:
        array: the array; entries are (batch · beams, ...) or (batch, beams, ...).
        batch_size: the number of examples, an int32 scalar.
        beam_width: the number of beams.
        parent_ids: from which beam each came, int32 (time, batch, beams).
        lengths: the lengths of the final beams, (batch, beams).
    """
    shape = array.element_shape
    if shape.ndims is None or shape.ndims < 1:
        logging.warning(
            "The TensorArray %s in the cell state is not amenable to sorting based on the beam search "
            "result. For a TensorArray to be sorted, its elements shape must be defined and have at least a "
            "rank of 1, but saw shape: %s",
            array.handle.name,
            shape,
        )
        return array
    if not _may_be_beams(shape, constant_value(batch_size), beam_width):
        return array
    stacked = array.stack()
    with control_dependencies([_check_beams(stacked, batch_size, beam_width)]):
        return gather_tree_from_array(stacked, parent_ids, lengths)


def _may_be_beams(shape: TensorShape, batch_size: Any, beam_width: int) -> bool:
    """Whether entries of a shape can be divided into examples and beams, as far as TensorFlow sees that.

    Of a shape that is known, it takes (batch · beams,) only, or with one beam (batch, 1, ...).
    """
    first, *others = shape.as_list()
    if batch_size is None or first is None:
        return True
    second = others[0] if others else None
    if first == batch_size * beam_width and (second is None or (first, second) == (batch_size, beam_width)):
        return True
    logging.warning(
        "TensorArray reordering expects elements to be reshapable to %s which is incompatible with the "
        "current shape %s. Consider setting reorder_tensor_arrays to False to disable TensorArray reordering "
        "during the beam search.",
        TensorShape([batch_size, beam_width, None]),
        shape,
    )
    return False


def _check_beams(t: Tensor, batch_size: Tensor, beam_width: int) -> Operation:
    message = (
        "TensorArray reordering expects elements to be reshapable to [batch_size, beam_size, -1] which is "
        f"incompatible with the dynamic shape of {t.name} elements. Consider setting reorder_tensor_arrays "
        "to False to disable TensorArray reordering during the beam search."
    )
    shape = shape_op(t)
    if t.shape.ndims == 2:
        condition = equal(shape[1], batch_size * beam_width)
    else:
        condition = logical_or(
            equal(shape[1], batch_size * beam_width),
            logical_and(equal(shape[1], batch_size), equal(shape[2], beam_width)),
        )
    return Assert(condition, [message])
