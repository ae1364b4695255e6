"""Helpers: what a decoder's cell gets as inputs, and what is sampled of its outputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from perdure.contrib.seq2seq.sampling import categorical_sample
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.array import size as size_op
from perdure.functional.array.array import zeros_like
from perdure.functional.array.rearranging import tile
from perdure.functional.control.conditionals import cond
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.binary import equal
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import argmax, reduce_all
from perdure.functional.nn.embedding import embedding_lookup
from perdure.graph import dtypes, nest
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.rnn.steps import transpose_batch_time


class Helper(ABC):
    """What a `BasicDecoder` asks for inputs and samples."""

    @property
    @abstractmethod
    def batch_size(self) -> Any:
        """How many sequences there are, an int32 scalar."""
        raise NotImplementedError("batch_size has not been implemented")

    @property
    @abstractmethod
    def sample_ids_shape(self) -> Any:
        """The shape of the samples of one sequence at one step."""
        raise NotImplementedError("sample_ids_shape has not been implemented")

    @property
    @abstractmethod
    def sample_ids_dtype(self) -> Any:
        """The type of samples."""
        raise NotImplementedError("sample_ids_dtype has not been implemented")

    @abstractmethod
    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """Which sequences have ended before the first step, and the first inputs."""

    @abstractmethod
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """What is sampled of the outputs of a step.

        Args:
            time: the number of the step, an int32 scalar.
            outputs, state: what the cell put out, and its state.
            name: the name scope.
        """

    @abstractmethod
    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Which sequences end, the next inputs, and the next state.

        Args:
            time, outputs, state, name: as of `sample`.
            sample_ids: what was sampled.
        """


class CustomHelper(Helper):
    """A helper made of functions.

    Args:
        initialize_fn: () to which sequences have ended, and the first inputs.
        sample_fn: from (time, outputs, state) to samples.
        next_inputs_fn: from (time, outputs, state, sample_ids) to which sequences end, next inputs and state.
        sample_ids_shape: the shape of the samples of one sequence; scalars if None.
        sample_ids_dtype: the type of samples; int32 if None.
    """

    def __init__(
        self,
        initialize_fn: Callable[[], Any],
        sample_fn: Callable[..., Any],
        next_inputs_fn: Callable[..., Any],
        sample_ids_shape: Any = None,
        sample_ids_dtype: Any = None,
    ) -> None:
        self._initialize_fn = initialize_fn
        self._sample_fn = sample_fn
        self._next_inputs_fn = next_inputs_fn
        self._batch_size: Tensor | None = None
        self._sample_ids_shape = TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or dtypes.int32

    @property
    def batch_size(self) -> Any:
        """See `Helper`; known once the helper is initialized."""
        if self._batch_size is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """See `Helper`."""
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """See `Helper`."""
        return self._sample_ids_dtype

    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """See `Helper`."""
        with name_scope(name, f"{type(self).__name__}Initialize"):
            finished, next_inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = size_op(finished)
        return finished, next_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """See `Helper`."""
        with name_scope(name, f"{type(self).__name__}Sample", (time, outputs, state)):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """See `Helper`."""
        with name_scope(name, f"{type(self).__name__}NextInputs", (time, outputs, state)):
            return self._next_inputs_fn(time=time, outputs=outputs, state=state, sample_ids=sample_ids)


class TrainingHelper(Helper):
    """Inputs that are given, as while training.

    Args:
        inputs: (batch, time, ...).
        sequence_length: int32 (batch,).
        time_major: whether inputs are (time, batch, ...).
        name: the name scope.

    Raises:
        ValueError: `sequence_length` is no vector.
    """

    def __init__(
        self, inputs: Any, sequence_length: Any, time_major: bool = False, name: str | None = None
    ) -> None:
        with name_scope(name, "TrainingHelper", [inputs, sequence_length]):
            inputs = convert_to_tensor(inputs, name="inputs")
            self._inputs = inputs
            if not time_major:
                inputs = nest.map_structure(transpose_batch_time, inputs)
            self._input_tas = nest.map_structure(unstacked, inputs)
            self._sequence_length = convert_to_tensor(sequence_length, name="sequence_length")
            if self._sequence_length.get_shape().ndims != 1:
                raise ValueError(
                    "Expected sequence_length to be a vector, but received shape: "
                    f"{self._sequence_length.get_shape()}"
                )
            self._zero_inputs = nest.map_structure(lambda steps: zeros_like(steps[0, :]), inputs)
            # The size of what was given, which for a list is a constant.
            self._batch_size = size_op(sequence_length)

    @property
    def inputs(self) -> Any:
        """The inputs."""
        return self._inputs

    @property
    def sequence_length(self) -> Any:
        """The lengths."""
        return self._sequence_length

    @property
    def batch_size(self) -> Any:
        """See `Helper`."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """See `Helper`."""
        return TensorShape([])

    @property
    def sample_ids_dtype(self) -> Any:
        """See `Helper`."""
        return dtypes.int32

    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """See `Helper`."""
        with name_scope(name, "TrainingHelperInitialize"):
            finished = equal(0, self._sequence_length)
            return finished, self._read_unless(reduce_all(finished), 0)

    def _read_unless(self, all_finished: Tensor, time: Any) -> Any:
        return cond(
            all_finished,
            lambda: self._zero_inputs,
            lambda: nest.map_structure(lambda steps: steps.read(time), self._input_tas),
        )

    def sample(  # type: ignore[override] # TensorFlow's arguments
        self, time: Any, outputs: Any, name: str | None = None, **unused_kwargs: Any
    ) -> Any:
        """The most probable class."""
        with name_scope(name, "TrainingHelperSample", [time, outputs]):
            return cast(argmax(outputs, axis=-1), dtypes.int32)

    def next_inputs(  # type: ignore[override] # TensorFlow's arguments
        self, time: Any, outputs: Any, state: Any, name: str | None = None, **unused_kwargs: Any
    ) -> tuple[Any, Any, Any]:
        """See `Helper`."""
        with name_scope(name, "TrainingHelperNextInputs", [time, outputs, state]):
            next_time = time + 1
            finished = next_time >= self._sequence_length
            return finished, self._read_unless(reduce_all(finished), next_time), state


def unstacked(inputs: Tensor) -> TensorArray:
    """A TensorArray of the entries of a tensor along its first axis."""
    return TensorArray(
        dtype=inputs.dtype, size=shape_op(inputs)[0], element_shape=inputs.get_shape()[1:]
    ).unstack(inputs)


def embedding_function(embedding: Any) -> Callable[[Any], Any]:
    """What embeds ids: `embedding` itself if it can be called, else looking up its rows."""
    return embedding if callable(embedding) else lambda ids: embedding_lookup(embedding, ids)


def as_tokens(start_tokens: Any, end_token: Any) -> tuple[Tensor, Tensor]:
    """The tokens that sequences start with, and that ends them, as tensors.

    Raises:
        ValueError: they are no vector, or no scalar.
    """
    starts = convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
    if starts.get_shape().ndims != 1:
        raise ValueError("start_tokens must be a vector")
    end = convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
    if end.get_shape().ndims != 0:
        raise ValueError("end_token must be a scalar")
    return starts, end


class GreedyEmbeddingHelper(Helper):
    """The most probable class, embedded, is the next input.

    Args:
        embedding: a table, or a function from ids to inputs.
        start_tokens: int32 (batch,), the classes that are the first inputs.
        end_token: the class that ends a sequence, an int32 scalar.

    Raises:
        ValueError: the tokens are no vector, or no scalar.
    """

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any) -> None:
        self._embedding_fn = embedding_function(embedding)
        self._start_tokens, self._end_token = as_tokens(start_tokens, end_token)
        self._batch_size = size_op(start_tokens)
        self._start_inputs = self._embedding_fn(self._start_tokens)

    @property
    def batch_size(self) -> Any:
        """See `Helper`."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """See `Helper`."""
        return TensorShape([])

    @property
    def sample_ids_dtype(self) -> Any:
        """See `Helper`."""
        return dtypes.int32

    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """See `Helper`."""
        return tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """The most probable class."""
        _require_tensor(outputs)
        return argmax(outputs, axis=-1, output_type=dtypes.int32)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """See `Helper`."""
        finished = equal(sample_ids, self._end_token)
        next_inputs = cond(
            reduce_all(finished), lambda: self._start_inputs, lambda: self._embedding_fn(sample_ids)
        )
        return finished, next_inputs, state


def _require_tensor(outputs: Any) -> None:
    if not isinstance(outputs, Tensor):
        raise TypeError(f"Expected outputs to be a single Tensor, got: {type(outputs)}")


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """A class that is drawn by its probability, embedded, is the next input.

    Args:
        embedding, start_tokens, end_token: as of `GreedyEmbeddingHelper`.
        softmax_temperature: what outputs are divided by; nothing if None.
        seed: the seed of the draws.
    """

    def __init__(
        self,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        softmax_temperature: Any = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature = softmax_temperature
        self._seed = seed

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """A class, drawn."""
        _require_tensor(outputs)
        temperature = self._softmax_temperature
        logits = outputs if temperature is None else outputs / temperature
        return categorical_sample(logits=logits, seed=self._seed)


class InferenceHelper(Helper):
    """Samples, of any shape, become the next inputs.

    Args:
        sample_fn: from outputs to samples.
        sample_shape: the shape of the samples of one sequence.
        sample_dtype: their type.
        start_inputs: the first inputs, (batch, ...).
        end_fn: from samples to which sequences end.
        next_inputs_fn: from samples to inputs; None: samples are the inputs.
    """

    def __init__(
        self,
        sample_fn: Callable[[Any], Any],
        sample_shape: Any,
        sample_dtype: Any,
        start_inputs: Any,
        end_fn: Callable[[Any], Any],
        next_inputs_fn: Callable[[Any], Any] | None = None,
    ) -> None:
        self._sample_fn = sample_fn
        self._end_fn = end_fn
        self._sample_shape = TensorShape(sample_shape)
        self._sample_dtype = sample_dtype
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = shape_op(start_inputs)[0]
        self._start_inputs = convert_to_tensor(start_inputs, name="start_inputs")

    @property
    def batch_size(self) -> Any:
        """See `Helper`."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """See `Helper`."""
        return self._sample_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """See `Helper`."""
        return self._sample_dtype

    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """See `Helper`."""
        return tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """See `Helper`."""
        return self._sample_fn(outputs)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """See `Helper`."""
        next_inputs = sample_ids if self._next_inputs_fn is None else self._next_inputs_fn(sample_ids)
        return self._end_fn(sample_ids), next_inputs, state
