"""Helpers that give a cell some of its own outputs while training (Bengio et al., 2015)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.contrib.seq2seq.helpers import TrainingHelper, embedding_function, unstacked
from perdure.contrib.seq2seq.sampling import bernoulli_sample, categorical_sample
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import gather_nd, scatter_nd, where
from perdure.functional.array.joining import concat
from perdure.functional.control.conditionals import cond
from perdure.functional.math.binary import logical_or
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_all, reduce_any
from perdure.functional.math.unary import logical_not
from perdure.graph import dtypes, nest
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.rnn.steps import transpose_batch_time


def _as_probability(sampling_probability: Any) -> Tensor:
    probability = convert_to_tensor(sampling_probability, name="sampling_probability")
    if probability.get_shape().ndims not in (0, 1):
        raise ValueError(
            f"sampling_probability must be either a scalar or a vector. saw shape: {probability.get_shape()}"
        )
    return probability


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Inputs that are given, or with a probability a class that was drawn, embedded.

    Args:
        inputs, sequence_length, time_major, name: as of `TrainingHelper`.
        embedding: a table, or a function from ids to inputs.
        sampling_probability: the probability, a scalar or one for each example.
        seed: the seed of the classes.
        scheduling_seed: the seed of the choice between them and what is given.

    Raises:
        ValueError: the probability is of another rank, or `sequence_length` no vector.
    """

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        embedding: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        scheduling_seed: int | None = None,
        name: str | None = None,
    ) -> None:
        with name_scope(name, "ScheduledEmbeddingSamplingWrapper", [embedding, sampling_probability]):
            self._embedding_fn = embedding_function(embedding)
            self._sampling_probability = _as_probability(sampling_probability)
            self._seed = seed
            self._scheduling_seed = scheduling_seed
            super().__init__(inputs=inputs, sequence_length=sequence_length, time_major=time_major, name=name)

    def sample(  # type: ignore[override] # TensorFlow's arguments
        self, time: Any, outputs: Any, state: Any, name: str | None = None
    ) -> Any:
        """The class that was drawn, or -1 for what is given, int32 (batch,)."""
        with name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time, outputs, state]):
            chosen = bernoulli_sample(
                probs=self._sampling_probability,
                dtype=dtypes.bool,
                sample_shape=self.batch_size,
                seed=self._scheduling_seed,
            )
            drawn = categorical_sample(logits=outputs, seed=self._seed)
            return where(chosen, drawn, g.fill([self.batch_size], -1))

    def next_inputs(  # type: ignore[override] # TensorFlow's arguments
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """See `Helper`."""
        with name_scope(
            name, "ScheduledEmbeddingTrainingHelperNextInputs", [time, outputs, state, sample_ids]
        ):
            finished, given, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name
            )

            def mixed() -> Tensor:
                sampled = cast(where(sample_ids > -1), dtypes.int32)
                others = cast(where(sample_ids <= -1), dtypes.int32)
                ids = gather_nd(sample_ids, sampled)
                kept = gather_nd(given, others)
                embedded = self._embedding_fn(ids)
                return _joined(given, sampled, embedded, others, kept)

            return finished, cond(reduce_all(finished), lambda: given, mixed), state


def _joined(like: Tensor, first: Tensor, rows: Tensor, second: Tensor, other_rows: Tensor) -> Tensor:
    """Rows at some places and other rows at the others, in the shape of a tensor."""
    shape = shape_op(like)
    return scatter_nd(indices=first, updates=rows, shape=shape) + scatter_nd(
        indices=second, updates=other_rows, shape=shape
    )


class ScheduledOutputTrainingHelper(TrainingHelper):
    """Inputs that are given, or with a probability what the cell put out.

    Args:
        inputs, sequence_length, time_major, name: as of `TrainingHelper`.
        sampling_probability: the probability, a scalar or one for each example.
        seed: the seed of the choice.
        next_inputs_fn: from outputs to inputs; None: outputs are the inputs.
        auxiliary_inputs: what is appended to all inputs, (batch, time, ...).

    Raises:
        ValueError: the probability is of another rank, or `sequence_length` no vector.
    """

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        next_inputs_fn: Callable[[Any], Any] | None = None,
        auxiliary_inputs: Any = None,
        name: str | None = None,
    ) -> None:
        with name_scope(
            name, "ScheduledOutputTrainingHelper", [inputs, auxiliary_inputs, sampling_probability]
        ):
            self._sampling_probability = _as_probability(sampling_probability)
            self._auxiliary_input_tas = None
            if auxiliary_inputs is not None:
                inputs = convert_to_tensor(inputs, name="inputs")
                auxiliary = convert_to_tensor(auxiliary_inputs, name="auxiliary_inputs")
                inputs = nest.map_structure(lambda x, y: concat((x, y), -1), inputs, auxiliary)
                if not time_major:
                    auxiliary = nest.map_structure(transpose_batch_time, auxiliary)
                self._auxiliary_input_tas = nest.map_structure(unstacked, auxiliary)
            self._seed = seed
            self._next_inputs_fn = next_inputs_fn
            super().__init__(inputs=inputs, sequence_length=sequence_length, time_major=time_major, name=name)

    def sample(  # type: ignore[override] # TensorFlow's arguments
        self, time: Any, outputs: Any, state: Any, name: str | None = None
    ) -> Any:
        """1 for sequences that get their outputs as inputs, else 0, int32 (batch,)."""
        with name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs, state]):
            return bernoulli_sample(
                probs=self._sampling_probability, sample_shape=self.batch_size, seed=self._seed
            )

    def next_inputs(  # type: ignore[override] # TensorFlow's arguments
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """See `Helper`."""
        with name_scope(name, "ScheduledOutputTrainingHelperNextInputs", [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name
            )
            chosen = cast(sample_ids, dtypes.bool)

            def mixed() -> Tensor:
                if self._next_inputs_fn is None:
                    return where(chosen, self._with_auxiliary(time, outputs), given)
                sampled = cast(where(chosen), dtypes.int32)
                others = cast(where(logical_not(chosen)), dtypes.int32)
                rows = gather_nd(outputs, sampled)
                kept = gather_nd(given, others)
                rows = self._with_auxiliary(time, self._next_inputs_fn(rows), sampled)
                return _joined(given, sampled, rows, others, kept)

            all_finished = reduce_all(finished)
            none_chosen = logical_not(reduce_any(chosen))
            next_inputs = cond(logical_or(all_finished, none_chosen), lambda: given, mixed)
            return finished, next_inputs, state

    def _with_auxiliary(self, time: Any, outputs: Any, rows: Tensor | None = None) -> Any:
        """Outputs, with the auxiliary inputs of the next step of these rows appended."""
        if self._auxiliary_input_tas is None:
            return outputs
        next_time = time + 1
        auxiliary = nest.map_structure(lambda steps: steps.read(next_time), self._auxiliary_input_tas)
        if rows is not None:
            auxiliary = gather_nd(auxiliary, rows)
        return nest.map_structure(lambda x, y: concat((x, y), -1), outputs, auxiliary)
