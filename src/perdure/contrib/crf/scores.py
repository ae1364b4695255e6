"""How likely sequences of tags are, given a score of each tag at each step and of each transition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import expand_dims, fill, reshape, squeeze, zeros_like
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import gather, gather_nd, sequence_mask, where
from perdure.functional.array.joining import concat
from perdure.functional.array.shape_arithmetic import range as range_op
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.control.conditionals import smart_cond
from perdure.functional.math.binary import equal, less_equal, maximum
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_logsumexp, reduce_sum
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.rnn.base import RNNCell
from perdure.rnn.dynamic import dynamic_rnn
from perdure.variables.variable_scope import get_variable


def by_steps(inputs: Any, one: Callable[[], Any], several: Callable[[], Any]) -> Any:
    """What one function gives for inputs (batch, 1, ...), and another one for those of more steps.

    Args:
        inputs: (batch, steps, tags).
        one, several: the functions.
    """
    steps = dimension_value(inputs.shape[1]) or shape_op(inputs)[1]
    return smart_cond(pred=equal(steps, 1), true_fn=one, false_fn=several)


def _zero_if_empty(scores: Tensor, sequence_lengths: Any) -> Tensor:
    return where(less_equal(sequence_lengths, 0), zeros_like(scores), scores)


def crf_sequence_score(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any
) -> Tensor:
    """The scores of sequences of tags, not normalized, (batch,).

    Args:
        inputs: the score of each tag at each step, float32 (batch, steps, tags).
        tag_indices: the tags, int32 or int64 (batch, steps).
        sequence_lengths: int (batch,).
        transition_params: the score of each transition, (tags, tags).
    """

    def one() -> Tensor:
        batch_size = shape_op(inputs, out_type=tag_indices.dtype)[0]
        examples = reshape(range_op(batch_size, dtype=tag_indices.dtype), [-1, 1])
        scores = gather_nd(squeeze(inputs, [1]), concat([examples, tag_indices], axis=1))
        return _zero_if_empty(scores, sequence_lengths)

    def several() -> Tensor:
        unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
        return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)

    return by_steps(inputs, one, several)


def crf_multitag_sequence_score(
    inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any
) -> Tensor:
    """The logarithms of sums over all sequences of tags that are allowed, not normalized, (batch,).

    Args:
        inputs, sequence_lengths, transition_params: as of `crf_sequence_score`.
        tag_bitmap: which tags are allowed at each step, bool (batch, steps, tags).
    """

    def allowed() -> Tensor:
        return where(tag_bitmap, inputs, fill(shape_op(inputs), float("-inf")))

    return by_steps(
        inputs,
        lambda: reduce_logsumexp(allowed(), axis=[1, 2], keepdims=False),
        lambda: crf_log_norm(
            inputs=allowed(), sequence_lengths=sequence_lengths, transition_params=transition_params
        ),
    )


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """The logarithm of the sum over all sequences of tags, (batch,).

    Args:
        inputs, sequence_lengths, transition_params: as of `crf_sequence_score`.
    """
    first = squeeze(slice_of(inputs, [0, 0, 0], [-1, 1, -1]), [1])

    def one() -> Tensor:
        return _zero_if_empty(reduce_logsumexp(first, [1]), sequence_lengths)

    def several() -> Tensor:
        others = slice_of(inputs, [0, 1, 0], [-1, -1, -1])
        cell = CrfForwardRnnCell(transition_params)
        _, alphas = dynamic_rnn(
            cell=cell,
            inputs=others,
            sequence_length=one_less(sequence_lengths),
            initial_state=first,
            dtype=dtypes.float32,
        )
        return _zero_if_empty(reduce_logsumexp(alphas, [1]), sequence_lengths)

    return by_steps(inputs, one, several)


def one_less(sequence_lengths: Any) -> Tensor:
    """The numbers of transitions of sequences, which are not negative."""
    return maximum(constant(0, dtype=sequence_lengths.dtype), sequence_lengths - 1)


def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[Tensor, Any]:
    """The log-likelihood of sequences of tags, (batch,), and the scores of transitions.

    Args:
        inputs, tag_indices, sequence_lengths: as of `crf_sequence_score`.
        transition_params: (tags, tags); None: a variable named "transitions".
    """
    tags = dimension_value(inputs.shape[2])
    if transition_params is None:
        transition_params = get_variable("transitions", [tags, tags])
    scores = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return scores - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Tensor:
    """The sums of the scores of tags, without those of transitions, (batch,).

    Args:
        tag_indices, sequence_lengths, inputs: as of `crf_sequence_score`.
    """
    batch_size, steps, tags = shape_op(inputs)[0], shape_op(inputs)[1], shape_op(inputs)[2]
    flat_inputs = reshape(inputs, [-1])
    offsets = expand_dims(range_op(batch_size) * steps * tags, 1)
    offsets += expand_dims(range_op(steps) * tags, 0)
    if tag_indices.dtype == dtypes.int64:
        offsets = cast(offsets, dtypes.int64)
    flat_indices = reshape(offsets + tag_indices, [-1])
    scores = reshape(gather(flat_inputs, flat_indices), [batch_size, steps])
    return reduce_sum(scores * _mask(tag_indices, sequence_lengths), 1)


def _mask(tag_indices: Any, sequence_lengths: Any) -> Tensor:
    return sequence_mask(sequence_lengths, maxlen=shape_op(tag_indices)[1], dtype=dtypes.float32)


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """The sums of the scores of transitions, (batch,).

    Args:
        tag_indices, sequence_lengths, transition_params: as of `crf_sequence_score`.
    """
    tags = transition_params.get_shape()[0]
    transitions = shape_op(tag_indices)[1] - 1
    before = slice_of(tag_indices, [0, 0], [-1, transitions])
    behind = slice_of(tag_indices, [0, 1], [-1, transitions])
    flat_indices = before * tags + behind
    scores = gather(reshape(transition_params, [-1]), flat_indices)
    mask = slice_of(_mask(tag_indices, sequence_lengths), [0, 1], [-1, -1])
    return reduce_sum(scores * mask, 1)


class CrfForwardRnnCell(RNNCell):
    """Sums over sequences that end in each tag, in logarithms, step by step.

    Args:
        transition_params: the score of each transition, (tags, tags).
    """

    def __init__(self, transition_params: Any) -> None:
        # Not the layer's: it would take a name, and has neither variables nor a scope.
        self._transition_params = expand_dims(transition_params, 0)
        self._num_tags = dimension_value(transition_params.shape[0])

    @property
    def state_size(self) -> Any:
        """The number of tags."""
        return self._num_tags

    @property
    def output_size(self) -> Any:
        """The number of tags."""
        return self._num_tags

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Tensor, Tensor]:
        """One step, from and to sums (batch, tags).

        Args:
            inputs: the scores of tags, (batch, tags).
            state: the sums before.
            scope: not used: there are no variables.
        """
        paths = expand_dims(state, 2) + self._transition_params
        sums = inputs + reduce_logsumexp(paths, [1])
        return sums, sums
