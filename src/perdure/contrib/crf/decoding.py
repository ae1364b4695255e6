"""The best sequences of tags (Viterbi, 1967)."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.contrib.crf.scores import by_steps, one_less
from perdure.functional.array.array import expand_dims, squeeze
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat, stack
from perdure.functional.array.shape_arithmetic import range as range_op
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import argmax, reduce_max
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.rnn.base import RNNCell
from perdure.rnn.dynamic import dynamic_rnn


def viterbi_decode(score: np.ndarray, transition_params: np.ndarray) -> tuple[list[Any], Any]:
    """The best sequence of tags, and its score, outside of any graph.

    Args:
        score: the score of each tag at each step, (steps, tags).
        transition_params: the score of each transition, (tags, tags).
    """
    best = np.zeros_like(score)
    backpointers = np.zeros_like(score, dtype=np.int32)
    best[0] = score[0]
    for step in range(1, score.shape[0]):
        paths = np.expand_dims(best[step - 1], 1) + transition_params
        best[step] = score[step] + np.max(paths, 0)
        backpointers[step] = np.argmax(paths, 0)
    tags = [np.argmax(best[-1])]
    for backpointer in reversed(backpointers[1:]):
        tags.append(backpointer[tags[-1]])
    return tags[::-1], np.max(best[-1])


class CrfDecodeForwardRnnCell(RNNCell):
    """The best scores of sequences that end in each tag, and the tags they come from.

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
        """One step: from scores (batch, tags) to the tags before, int32, and the next scores.

        Args:
            inputs: the scores of tags, (batch, tags).
            state: the best scores before.
            scope: not used: there are no variables.
        """
        paths = expand_dims(state, 2) + self._transition_params
        best = inputs + reduce_max(paths, [1])
        return cast(argmax(paths, 1), dtype=dtypes.int32), best


class CrfDecodeBackwardRnnCell(RNNCell):
    """The tags of the best sequences, from the last to the first.

    Args:
        num_tags: the number of tags.
    """

    def __init__(self, num_tags: int | None) -> None:
        self._num_tags = num_tags

    @property
    def state_size(self) -> Any:
        """1: the tag behind."""
        return 1

    @property
    def output_size(self) -> Any:
        """1: the tag."""
        return 1

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Tensor, Tensor]:
        """One step: the tag before, int32 (batch, 1).

        Args:
            inputs: the tag that each tag comes from, int32 (batch, tags).
            state: the tag, int32 (batch, 1).
            scope: not used: there are no variables.
        """
        tag = squeeze(state, axis=[1])
        examples = range_op(shape_op(inputs)[0])
        places = stack([examples, tag], axis=1)
        before = expand_dims(g.gather_nd(inputs, places), axis=-1)
        return before, before


def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> tuple[Tensor, Tensor]:
    """The best sequences of tags, int32 (batch, steps), and their scores, (batch,).

    Args:
        potentials: the score of each tag at each step, float32 (batch, steps, tags).
        transition_params: the score of each transition, (tags, tags).
        sequence_length: int (batch,).
    """

    def one() -> tuple[Tensor, Tensor]:
        scores = squeeze(potentials, [1])
        tags = expand_dims(argmax(scores, axis=1), 1)
        best = reduce_max(scores, axis=1)
        return cast(tags, dtype=dtypes.int32), best

    def several() -> tuple[Tensor, Tensor]:
        number = dimension_value(potentials.shape[2])
        forward = CrfDecodeForwardRnnCell(transition_params)
        first = squeeze(slice_of(potentials, [0, 0, 0], [-1, 1, -1]), axis=[1])
        others = slice_of(potentials, [0, 1, 0], [-1, -1, -1])
        transitions = one_less(sequence_length)
        backpointers, last_scores = dynamic_rnn(
            forward,
            inputs=others,
            sequence_length=transitions,
            initial_state=first,
            time_major=False,
            dtype=dtypes.int32,
        )
        backpointers = g.reverse_sequence(backpointers, transitions, seq_dim=1)
        backward = CrfDecodeBackwardRnnCell(number)
        last = cast(argmax(last_scores, axis=1), dtype=dtypes.int32)
        last = expand_dims(last, axis=-1)
        tags, _ = dynamic_rnn(
            backward,
            inputs=backpointers,
            sequence_length=transitions,
            initial_state=last,
            time_major=False,
            dtype=dtypes.int32,
        )
        tags = concat([last, squeeze(tags, axis=[2])], axis=1)
        tags = g.reverse_sequence(tags, sequence_length, seq_dim=1)
        return tags, reduce_max(last_scores, axis=1)

    return by_steps(potentials, one, several)
