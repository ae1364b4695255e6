"""tf.nn.ctc_greedy_decoder, tf.nn.ctc_beam_search_decoder: labels of what a network puts out."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.tensor import Tensor


def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True
) -> tuple[list[SparseTensor], Tensor]:
    """The most probable class of each step, without blanks.

    Args:
        inputs: logits (time, batch, classes), the last of which is the blank.
        sequence_length: int32 (batch,).
        merge_repeated: whether a class that follows itself is one label.

    Returns:
        A list of one int64 SparseTensor (batch, label), and minus the sums of the logits, (batch, 1).
    """
    indices, values, shape, score = g.ctc_greedy_decoder(
        inputs, sequence_length, merge_repeated=merge_repeated
    )
    return [SparseTensor(indices, values, shape)], score


def ctc_beam_search_decoder(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1, merge_repeated: bool = True
) -> tuple[list[SparseTensor], Tensor]:
    """The most probable labels, as far as a beam finds them.

    Args:
        inputs: logits (time, batch, classes), the last of which is the blank.
        sequence_length: int32 (batch,).
        beam_width: how many prefixes are kept.
        top_paths: how many of the best are returned.
        merge_repeated: whether labels that are still repeated become one.

    Returns:
        The best, each an int64 SparseTensor (batch, label), and their log-probabilities, (batch, top_paths).
    """
    indices, values, shapes, scores = g.ctc_beam_search_decoder(
        inputs, sequence_length, beam_width=beam_width, top_paths=top_paths, merge_repeated=merge_repeated
    )
    return [SparseTensor(*parts) for parts in zip(indices, values, shapes, strict=True)], scores


def ctc_beam_search_decoder_v2(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[SparseTensor], Tensor]:
    """`ctc_beam_search_decoder` with labels that may repeat."""
    return ctc_beam_search_decoder(
        inputs, sequence_length, beam_width=beam_width, top_paths=top_paths, merge_repeated=False
    )
