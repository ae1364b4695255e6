"""What attention looks at: memories, their lengths, and the scores of what lies behind the lengths."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import ones, ones_like, rank, reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import sequence_mask, where
from perdure.functional.array.joining import concat
from perdure.functional.control.check_ops import assert_positive
from perdure.graph import dtypes, nest
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies
from perdure.graph.tensor import Tensor


def prepare_memory(
    memory: Any, memory_sequence_length: Any = None, check_inner_dims_defined: bool = True
) -> Any:
    """A memory as tensors, with zeros behind the length of each example.

    Args:
        memory: a tensor (batch, time, ...), or a nest of them.
        memory_sequence_length: int (batch,): the lengths; None: all of it counts.
        check_inner_dims_defined: whether the sizes behind batch and time have to be known.

    Raises:
        ValueError: they are not known.
    """
    memory = nest.map_structure(lambda m: convert_to_tensor(m, name="memory"), memory)
    if memory_sequence_length is not None:
        memory_sequence_length = convert_to_tensor(memory_sequence_length, name="memory_sequence_length")
    if check_inner_dims_defined:
        nest.map_structure(_check_inner_sizes, memory)
    if memory_sequence_length is None:
        return memory
    first = nest.flatten(memory)[0]
    mask = sequence_mask(memory_sequence_length, maxlen=shape_op(first)[1], dtype=first.dtype)
    return nest.map_structure(lambda m: _masked(m, mask), memory)


def _check_inner_sizes(m: Tensor) -> None:
    if not m.get_shape()[2:].is_fully_defined():
        raise ValueError(
            f"Expected memory {m.name} to have fully defined inner dims, but saw shape: {m.get_shape()}"
        )


def _masked(m: Tensor, mask: Tensor) -> Tensor:
    known = m.get_shape().ndims
    extra_ones = ones((rank(m) if known is None else known) - 2, dtype=dtypes.int32)
    return m * reshape(mask, concat((shape_op(mask), extra_ones), 0))


def mask_scores(score: Tensor, memory_sequence_length: Any, score_mask_value: Any) -> Tensor:
    """Scores (batch, time), of which those behind the length of an example are another value.

    Args:
        score: the scores.
        memory_sequence_length: int (batch,), all positive (it is checked); None: all scores stay.
        score_mask_value: the other value.
    """
    if memory_sequence_length is None:
        return score
    message = "All values in memory_sequence_length must be greater than zero."
    with control_dependencies([assert_positive(memory_sequence_length, message=message)]):
        mask = sequence_mask(memory_sequence_length, maxlen=shape_op(score)[1])
    others = score_mask_value * ones_like(score)
    return where(mask, score, others)
