"""How good the continuations of beams are: log-probabilities, lengths, and what was attended to."""

from __future__ import annotations

from typing import Any

from perdure.contrib.seq2seq.attention_wrapper import AttentionWrapperState
from perdure.functional.array.array import expand_dims, ones_like, reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import where
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import tile
from perdure.functional.array.searching import one_hot
from perdure.functional.math.binary import div, equal, minimum
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_mean, reduce_sum
from perdure.functional.math.unary import log
from perdure.graph import dtypes
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor


def mask_finished(probs: Tensor, eos_token: Tensor, finished: Tensor) -> Tensor:
    """Log-probabilities of classes, where beams that have ended can only go on with the end token.

    Args:
        probs: (batch, beams, classes).
        eos_token: the end token, an int32 scalar.
        finished: bool (batch, beams).
    """
    classes = shape_op(probs)[2]
    row = one_hot(
        eos_token,
        classes,
        dtype=probs.dtype,
        on_value=convert_to_tensor(0.0, dtype=probs.dtype),
        off_value=probs.dtype.min,
    )
    ended = tile(reshape(row, [1, 1, -1]), concat([shape_op(finished), [1]], 0))
    mask = tile(expand_dims(finished, 2), [1, 1, classes])
    return where(mask, ended, probs)


def attention_probs(next_cell_state: Any, coverage_penalty_weight: Any) -> Tensor | None:
    """How much each entry of the memory is attended to, (batch, beams, time): the mean of all attention.

    Args:
        next_cell_state: the state of the cell.
        coverage_penalty_weight: with 0 it is not asked for: None.

    Raises:
        ValueError: no cell is one that attends.
    """
    if coverage_penalty_weight == 0.0:
        return None
    attending: list[Tensor] = []
    if isinstance(next_cell_state, AttentionWrapperState):
        attending = [_of_one_cell(next_cell_state)]
    elif isinstance(next_cell_state, tuple):
        attending = [
            _of_one_cell(state) for state in next_cell_state if isinstance(state, AttentionWrapperState)
        ]
    if not attending:
        raise ValueError("coverage_penalty_weight must be 0.0 if no cell is attentional.")
    return attending[0] if len(attending) == 1 else _mean(attending)


def _of_one_cell(state: AttentionWrapperState) -> Tensor:
    alignments = state.alignments
    return _mean(alignments) if isinstance(alignments, tuple) else alignments


def _mean(tensors: Any) -> Tensor:
    return reduce_mean(concat([expand_dims(tensor, -1) for tensor in tensors], -1), -1)


def scores_of(
    log_probs: Tensor,
    sequence_lengths: Tensor,
    length_penalty_weight: Any,
    coverage_penalty_weight: Any,
    finished: Tensor,
    accumulated_attention_probs: Tensor | None,
) -> Tensor:
    """Scores (batch, beams, classes): log P / lp + cp (Wu et al., 2016, equations 14 and 15).

    Args:
        log_probs: the log-probabilities of the continuations, (batch, beams, classes).
        sequence_lengths: their lengths.
        length_penalty_weight, coverage_penalty_weight: see `BeamSearchDecoder`.
        finished: which beams have ended, bool (batch, beams).
        accumulated_attention_probs: how much was attended to, (batch, beams, time); None: not asked for.

    Raises:
        ValueError: the weight of coverage is no scalar, or there is one, and no attention.
    """
    penalty = cast(length_penalty(sequence_lengths, length_penalty_weight), dtype=log_probs.dtype)
    scores = log_probs / penalty
    weight = convert_to_tensor(coverage_penalty_weight, name="coverage_penalty_weight")
    if weight.shape.ndims != 0:
        raise ValueError(f"coverage_penalty_weight should be a scalar, but saw shape: {weight.shape}")
    if constant_value(weight) == 0.0:
        return scores
    if accumulated_attention_probs is None:
        raise ValueError("accumulated_attention_probs can be None only if coverage penalty is disabled.")
    # What was not attended to at all lies behind the end of the memory: it costs nothing.
    attended = where(
        equal(accumulated_attention_probs, 0.0),
        ones_like(accumulated_attention_probs),
        accumulated_attention_probs,
    )
    coverage = reduce_sum(log(minimum(attended, 1.0)), 2)
    coverage *= cast(finished, dtypes.float32)
    return scores + expand_dims(coverage * weight, 2)


def length_penalty(sequence_lengths: Tensor, penalty_factor: Any) -> Any:
    """((5 + length) / 6)^factor (Wu et al., 2016, equation 14); 1.0 if the factor is known to be 0.

    Args:
        sequence_lengths: integers.
        penalty_factor: the factor, a scalar.
    """
    factor = convert_to_tensor(penalty_factor, name="penalty_factor")
    factor.set_shape(())
    known = constant_value(factor)
    if known is not None and known == 0:
        return 1.0
    return div((5.0 + cast(sequence_lengths, dtypes.float32)) ** factor, (5.0 + 1.0) ** factor)
