"""Sequences of a beam search, from the steps and the parents of its beams: GatherTree."""

import numpy as np

from perdure.graph.shapes import format_shape, merge, merge_size, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# Its time is known only when a search is over, and it comes once, behind the loop: no program gains by it.
gather_tree = op("GatherTree", host=True)
gather_tree.refuse_gradient()


@gather_tree.shape
def gather_tree_shape(step_ids, parent_ids, max_sequence_lengths, end_token):
    step_ids = merge(with_rank(step_ids, 3), with_rank(parent_ids, 3))
    (batch,) = with_rank(max_sequence_lengths, 1)
    with_rank(end_token, 0)
    time, rows, beams = step_ids
    return (time, merge_size(rows, batch), beams)


@gather_tree.kernel
def gather_tree_kernel(xp, step_ids, parent_ids, max_sequence_lengths, end_token):
    _check(step_ids, parent_ids, max_sequence_lengths, end_token)
    steps, _, width = step_ids.shape
    lengths = np.clip(max_sequence_lengths, 0, steps)[:, None]
    beams = np.full_like(step_ids, end_token)
    at = np.broadcast_to(np.arange(width, dtype=parent_ids.dtype), step_ids.shape[1:])
    for step in range(int(lengths.max(initial=0)) - 1, -1, -1):
        within = step < lengths
        beams[step] = np.where(within, np.take_along_axis(step_ids[step], at, axis=1), end_token)
        parents = np.take_along_axis(parent_ids[step], at, axis=1)
        at = np.where(within, parents, at)
        if step and ((at < 0) | (at >= width)).any():
            row, beam = np.argwhere((at < 0) | (at >= width))[0]
            raise invalid(
                f"Saw invalid parent id {at[row, beam]} at (batch, time, beam) == ({row}, {step - 1}, {beam})"
            )
    # Nothing follows the end token, whatever the beams say.
    ended = np.logical_or.accumulate(beams == end_token, axis=0)
    return np.where(ended, end_token, beams)


def _check(step_ids, parent_ids, max_sequence_lengths, end_token):
    if step_ids.ndim != 3:
        raise invalid(f"step_ids must be a 3-tensor, saw shape: {format_shape(step_ids.shape)}")
    if max_sequence_lengths.ndim != 1:
        raise invalid(
            f"max_sequence_lengths must be a vector, saw shape: {format_shape(max_sequence_lengths.shape)}"
        )
    if end_token.ndim != 0:
        raise invalid(f"end_token must be a scalar, saw shape: {format_shape(end_token.shape)}")
    if step_ids.shape != parent_ids.shape:
        raise invalid(
            "step_ids.shape must match parent_ids.shape.  but shapes are: "
            f"{format_shape(step_ids.shape)} and {format_shape(parent_ids.shape)}"
        )
    if step_ids.shape[1] != len(max_sequence_lengths):
        raise invalid(
            "batch size dimensions step_ids.shape[1] and max_sequence_lengths.shape[0] must match.  but "
            f"shapes are: {format_shape(step_ids.shape)} and {format_shape(max_sequence_lengths.shape)}"
        )
