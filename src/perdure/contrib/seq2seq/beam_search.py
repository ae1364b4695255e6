"""BeamSearchDecoder: the sequences that are the most probable, as far as a beam finds them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from perdure.contrib.seq2seq.basic_decoder import output_size_behind
from perdure.contrib.seq2seq.beam_search_scores import attention_probs, mask_finished, scores_of
from perdure.contrib.seq2seq.beams import check_rank, gather_beams, gather_state_beams, sort_array
from perdure.contrib.seq2seq.decoders import Decoder
from perdure.contrib.seq2seq.helpers import as_tokens, embedding_function
from perdure.functional.array.array import expand_dims, fill, reshape, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.array import size as size_op
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import tile
from perdure.functional.array.searching import one_hot
from perdure.functional.control.conditionals import cond
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.binary import equal, logical_or, mod
from perdure.functional.math.cast import cast, to_int64
from perdure.functional.math.reductions import reduce_all, reduce_max
from perdure.functional.math.unary import logical_not
from perdure.functional.nn.activations import log_softmax
from perdure.functional.nn.beam_search import gather_tree
from perdure.functional.nn.top_k import top_k
from perdure.graph import dtypes, nest
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape, dimension_value
from perdure.layers.base import Layer
from perdure.rnn.base import assert_like_rnncell


class BeamSearchDecoderState(
    namedtuple(
        "BeamSearchDecoderState",
        ("cell_state", "log_probs", "finished", "lengths", "accumulated_attention_probs"),
    )
):
    """The state of a beam search: of each beam the cell's state, log-probability, end, length, attention."""

    __slots__ = ()


class BeamSearchDecoderOutput(
    namedtuple("BeamSearchDecoderOutput", ("scores", "predicted_ids", "parent_ids"))
):
    """What a step puts out, (batch, beams): scores, classes, and from which beams they go on."""

    __slots__ = ()


class FinalBeamSearchDecoderOutput(
    namedtuple("FinalBeamDecoderOutput", ("predicted_ids", "beam_search_decoder_output"))
):
    """The classes of the final beams, the best first, and what each step put out."""

    __slots__ = ()


class BeamSearchDecoderMixin:
    """The steps of a beam search; a class that has it sets up tokens and the first inputs.

    Args:
        cell, beam_width, output_layer, length_penalty_weight, coverage_penalty_weight, reorder_tensor_arrays:
            see `BeamSearchDecoder`.
        **kwargs: for the next class.
    """

    _embedding_fn: Any
    _start_inputs: Any
    _initial_cell_state: Any

    def __init__(
        self,
        cell: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
        **kwargs: Any,
    ) -> None:
        assert_like_rnncell("cell", cell)
        if output_layer is not None and not isinstance(output_layer, Layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell = cell
        self._output_layer = output_layer
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._start_tokens: Any = None
        self._end_token: Any = None
        self._batch_size: Any = None
        self._beam_width = beam_width
        self._length_penalty_weight = length_penalty_weight
        self._coverage_penalty_weight = coverage_penalty_weight
        super().__init__(**kwargs)

    @property
    def batch_size(self) -> Any:
        """The number of examples, an int32 scalar."""
        return self._batch_size

    def _rnn_output_size(self) -> Any:
        return output_size_behind(self._cell, self._output_layer)

    @property
    def tracks_own_finished(self) -> bool:
        """True: which beams have ended changes as beams are replaced."""
        return True

    @property
    def output_size(self) -> BeamSearchDecoderOutput:
        """See `Decoder`."""
        return BeamSearchDecoderOutput(*[TensorShape([self._beam_width]) for _ in range(3)])

    @property
    def output_dtype(self) -> BeamSearchDecoderOutput:
        """See `Decoder`; scores have the type of the state."""
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        return BeamSearchDecoderOutput(
            scores=nest.map_structure(lambda _: dtype, self._rnn_output_size()),
            predicted_ids=dtypes.int32,
            parent_ids=dtypes.int32,
        )

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> tuple[Any, Any]:
        """The classes of the final beams; arrays of the cell's state are sorted alike, if they can be.

        Args:
            outputs: a `BeamSearchDecoderOutput` of (time, batch, beams).
            final_state: a `BeamSearchDecoderState`.
            sequence_lengths: not used: beams have lengths of their own.
        """
        longest = cast(reduce_max(final_state.lengths, axis=1), dtypes.int32)
        predicted_ids = gather_tree(
            outputs.predicted_ids,
            outputs.parent_ids,
            max_sequence_lengths=longest,
            end_token=self._end_token,
        )
        if self._reorder_tensor_arrays:
            final_state = final_state._replace(
                cell_state=nest.map_structure(
                    lambda t: self._maybe_sort_array_beams(t, outputs.parent_ids, final_state.lengths),
                    final_state.cell_state,
                )
            )
        return FinalBeamSearchDecoderOutput(predicted_ids, outputs), final_state

    def _maybe_sort_array_beams(self, t: Any, parent_ids: Any, sequence_length: Any) -> Any:
        if not isinstance(t, TensorArray):
            return t
        return sort_array(t, self._batch_size, self._beam_width, parent_ids, sequence_length)

    def _merge_batch_beams(self, t: Tensor, s: Any = None) -> Tensor:
        """(batch, beams, ...) as (batch · beams, ...), where `s` is what is known of the shape behind."""
        known = _known_shape(s)
        shape = shape_op(t)
        batch = constant_value(self._batch_size)
        merged = reshape(t, concat(([self._batch_size * self._beam_width], shape[2:]), 0))
        size = None if batch is None else batch * self._beam_width
        merged.set_shape(TensorShape([size]).concatenate(known))
        return merged

    def _split_batch_beams(self, t: Tensor, s: Any = None) -> Tensor:
        """(batch · beams, ...) as (batch, beams, ...), where `s` is what is known of the shape behind."""
        known = _known_shape(s)
        shape = shape_op(t)
        split = reshape(t, concat(([self._batch_size, self._beam_width], shape[1:]), 0))
        batch = constant_value(self._batch_size)
        expected = TensorShape([batch, self._beam_width]).concatenate(known)
        if not split.shape.is_compatible_with(expected):
            raise ValueError(
                "Unexpected behavior when reshaping between beam width and batch size.  The reshaped tensor "
                f"has shape: {split.shape}.  We expected it to have shape (batch_size, beam_width, depth) == "
                f"{expected}.  Perhaps you forgot to create a zero_state with "
                "batch_size=encoder_batch_size * beam_width?"
            )
        split.set_shape(expected)
        return split

    def _maybe_split_batch_beams(self, t: Any, s: Any) -> Any:
        if isinstance(t, TensorArray):
            return t
        check_rank(t)
        return self._split_batch_beams(t, s) if t.shape.ndims >= 1 else t

    def _maybe_merge_batch_beams(self, t: Any, s: Any) -> Any:
        if isinstance(t, TensorArray):
            return t
        check_rank(t)
        return self._merge_batch_beams(t, s) if t.shape.ndims >= 2 else t

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> tuple[Any, Any, Any, Any]:
        """See `Decoder`."""
        with name_scope(name, "BeamSearchDecoderStep", (time, inputs, state)):
            inputs = nest.map_structure(lambda part: self._merge_batch_beams(part, s=part.shape[2:]), inputs)
            cell_state = nest.map_structure(
                self._maybe_merge_batch_beams, state.cell_state, self._cell.state_size
            )
            outputs, next_cell_state = self._cell(inputs, cell_state)
            outputs = nest.map_structure(lambda out: self._split_batch_beams(out, out.shape[1:]), outputs)
            next_cell_state = nest.map_structure(
                self._maybe_split_batch_beams, next_cell_state, self._cell.state_size
            )
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            found, next_state = beam_search_step(
                time=time,
                logits=outputs,
                next_cell_state=next_cell_state,
                beam_state=state,
                batch_size=self._batch_size,
                beam_width=self._beam_width,
                end_token=self._end_token,
                length_penalty_weight=self._length_penalty_weight,
                coverage_penalty_weight=self._coverage_penalty_weight,
            )
            finished, sample_ids = next_state.finished, found.predicted_ids
            next_inputs = cond(
                reduce_all(finished), lambda: self._start_inputs, lambda: self._embedding_fn(sample_ids)
            )
        return found, next_state, next_inputs, finished


def _known_shape(s: Any) -> TensorShape:
    return as_shape(constant_value(s)) if isinstance(s, Tensor) else TensorShape(s)


class BeamSearchDecoder(BeamSearchDecoderMixin, Decoder):
    """A decoder that keeps the best sequences of each example.

    The cell sees batch · beams sequences: a memory it attends to, and a state of its encoder, have to be
    tiled by `tile_batch` first.

    Args:
        cell: the cell.
        embedding: a table, or a function from ids to inputs.
        start_tokens: int32 (batch,), the classes that are the first inputs.
        end_token: the class that ends a sequence, an int32 scalar.
        initial_state: the state of the cell, (batch · beams, ...).
        beam_width: how many sequences are kept.
        output_layer: a layer for what the cell puts out.
        length_penalty_weight: the exponent of lengths by which scores are divided; 0: not at all.
        coverage_penalty_weight: how much it costs to leave out a part of what is attended to; 0: nothing.
        reorder_tensor_arrays: whether TensorArrays of the cell's state are sorted like the final beams.

    Raises:
        TypeError: cell or layer are of another kind.
        ValueError: tokens are of another rank, or the state is of another batch size.
    """

    def __init__(
        self,
        cell: Any,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        initial_state: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
    ) -> None:
        super().__init__(
            cell,
            beam_width,
            output_layer=output_layer,
            length_penalty_weight=length_penalty_weight,
            coverage_penalty_weight=coverage_penalty_weight,
            reorder_tensor_arrays=reorder_tensor_arrays,
        )
        self._embedding_fn = embedding_function(embedding)
        self._start_tokens, self._end_token = as_tokens(start_tokens, end_token)
        self._batch_size = size_op(start_tokens)
        self._initial_cell_state = nest.map_structure(
            self._maybe_split_batch_beams, initial_state, cell.state_size
        )
        self._start_tokens = tile(expand_dims(self._start_tokens, 1), [1, beam_width])
        self._start_inputs = self._embedding_fn(self._start_tokens)
        self._finished = one_hot(
            zeros([self._batch_size], dtype=dtypes.int32),
            depth=beam_width,
            on_value=False,
            off_value=True,
            dtype=dtypes.bool,
        )

    def initialize(self, name: str | None = None) -> tuple[Any, Any, Any]:
        """See `Decoder`: only the first beam of each example goes on at first, since all are alike."""
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        log_probs = one_hot(
            zeros([self._batch_size], dtype=dtypes.int32),
            depth=self._beam_width,
            on_value=convert_to_tensor(0.0, dtype=dtype),
            off_value=convert_to_tensor(-np.inf, dtype=dtype),
            dtype=dtype,
        )
        attended = attention_probs(self._initial_cell_state, self._coverage_penalty_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state,
            log_probs=log_probs,
            finished=self._finished,
            lengths=zeros([self._batch_size, self._beam_width], dtype=dtypes.int64),
            accumulated_attention_probs=() if attended is None else attended,
        )
        return self._finished, self._start_inputs, state


def beam_search_step(
    time: Any,
    logits: Tensor,
    next_cell_state: Any,
    beam_state: BeamSearchDecoderState,
    batch_size: Tensor,
    beam_width: int,
    end_token: Tensor,
    length_penalty_weight: Any,
    coverage_penalty_weight: Any,
) -> tuple[BeamSearchDecoderOutput, BeamSearchDecoderState]:
    """The best continuations of all beams.

    Args:
        time: the number of the step.
        logits: (batch, beams, classes).
        next_cell_state: the cell's state after the step, (batch, beams, ...).
        beam_state: the state before the step.
        batch_size: the number of examples, an int32 scalar.
        beam_width, end_token, length_penalty_weight, coverage_penalty_weight: see `BeamSearchDecoder`.

    Returns:
        What is put out, and the state after the step.
    """
    known_batch = constant_value(batch_size)
    finished = beam_state.finished
    not_finished = logical_not(finished)

    log_probs = mask_finished(log_softmax(logits), end_token, finished)
    total_probs = expand_dims(beam_state.log_probs, 2) + log_probs

    classes = dimension_value(logits.shape[-1]) or shape_op(logits)[-1]
    longer = one_hot(
        indices=fill([batch_size, beam_width], end_token),
        depth=classes,
        on_value=to_int64(0),
        off_value=to_int64(1),
        dtype=dtypes.int64,
    )
    longer *= expand_dims(cast(not_finished, dtypes.int64), 2)
    lengths = longer + expand_dims(beam_state.lengths, 2)

    accumulated = None
    attended = attention_probs(next_cell_state, coverage_penalty_weight)
    if attended is not None:
        attended *= expand_dims(cast(not_finished, dtypes.float32), 2)
        accumulated = beam_state.accumulated_attention_probs + attended

    scores = scores_of(
        log_probs=total_probs,
        sequence_lengths=lengths,
        length_penalty_weight=length_penalty_weight,
        coverage_penalty_weight=coverage_penalty_weight,
        finished=finished,
        accumulated_attention_probs=accumulated,
    )
    convert_to_tensor(time, name="time")  # TensorFlow makes a constant of a number here
    flat_scores = reshape(scores, [batch_size, -1])
    next_scores, places = top_k(
        flat_scores,
        k=convert_to_tensor(beam_width, dtype=dtypes.int32, name="beam_width"),
    )
    next_scores.set_shape([known_batch, beam_width])
    places.set_shape([known_batch, beam_width])

    next_probs = gather_beams(
        places, total_probs, batch_size, beam_width * classes, [-1], name="next_beam_probs"
    )
    words = cast(mod(places, classes, name="next_beam_word_ids"), dtypes.int32)
    parents = cast(places / classes, dtypes.int32, name="next_beam_parent_ids")

    was_finished = gather_beams(parents, finished, batch_size, beam_width, [-1])
    next_finished = logical_or(was_finished, equal(words, end_token), name="next_beam_finished")

    # A beam that ends now has the end token as a part of its length.
    one_longer = cast(logical_not(was_finished), dtypes.int64)
    next_lengths = gather_beams(parents, beam_state.lengths, batch_size, beam_width, [-1])
    next_lengths += one_longer

    next_accumulated: Any = ()
    if accumulated is not None:
        next_accumulated = gather_beams(
            parents,
            accumulated,
            batch_size,
            beam_width,
            [batch_size * beam_width, -1],
            name="next_accumulated_attention_probs",
        )
    next_cell_state = nest.map_structure(
        lambda part: gather_state_beams(parents, part, batch_size, beam_width, [batch_size * beam_width, -1]),
        next_cell_state,
    )
    state = BeamSearchDecoderState(
        cell_state=next_cell_state,
        log_probs=next_probs,
        lengths=next_lengths,
        finished=next_finished,
        accumulated_attention_probs=next_accumulated,
    )
    return BeamSearchDecoderOutput(scores=next_scores, predicted_ids=words, parent_ids=parents), state
