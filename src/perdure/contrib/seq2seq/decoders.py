"""Decoder, what makes a sequence step by step, and dynamic_decode, which runs one in a loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from perdure.functional.array.array import fill, zeros_like
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import where
from perdure.functional.control.loops import while_loop
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.binary import logical_or
from perdure.functional.math.reductions import reduce_all
from perdure.functional.math.unary import logical_not
from perdure.graph import dtypes, nest
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.rnn.base import zero_states
from perdure.rnn.steps import cache_variables, transpose_batch_time
from perdure.variables.variable_scope import variable_scope


class Decoder(ABC):
    """What `dynamic_decode` calls: the first inputs and state, and one step."""

    @property
    def batch_size(self) -> Any:
        """How many sequences are made at a time, an integer or a tensor."""
        raise NotImplementedError

    @property
    def output_size(self) -> Any:
        """The sizes of what a step puts out, nested as it is."""
        raise NotImplementedError

    @property
    def output_dtype(self) -> Any:
        """The types of what a step puts out, nested as it is."""
        raise NotImplementedError

    @abstractmethod
    def initialize(self, name: str | None = None) -> tuple[Any, Any, Any]:
        """What there is before the first step.

        Args:
            name: the name scope.

        Returns:
            Which sequences have ended already, bool (batch,); the first inputs; the first state.
        """
        raise NotImplementedError

    @abstractmethod
    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> tuple[Any, Any, Any, Any]:
        """One step.

        Args:
            time: the number of the step, an int32 scalar.
            inputs, state: the inputs and the state.
            name: the name scope.

        Returns:
            What is put out; the next state; the next inputs; which sequences end, bool (batch,).
        """
        raise NotImplementedError

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> tuple[Any, Any]:
        """Outputs and state as they are returned; what a decoder does not define is not done.

        Args:
            outputs: what all steps put out, (time, batch, ...).
            final_state: the state after the last step.
            sequence_lengths: int32 (batch,).
        """
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether sequences may go on that had ended, as those of a beam search do."""
        return False


def dynamic_decode(
    decoder: Any,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
    **kwargs: Any,
) -> tuple[Any, Any, Any]:
    """The steps of a decoder until all sequences have ended.

    Args:
        decoder: the `Decoder`.
        output_time_major: whether outputs are (time, batch, ...) instead of (batch, time, ...).
        impute_finished: whether sequences that have ended keep their state and put out zeros.
        maximum_iterations: the most steps, an integer or an int32 scalar.
        parallel_iterations: how many steps may run at a time.
        swap_memory: whether what gradients need may be moved to the host.
        scope: the variable scope, "decoder" by default.
        **kwargs: nothing; Keras decoders take more, which are no `Decoder`.

    Returns:
        Outputs, the last state, and the lengths of the sequences, int32 (batch,).

    Raises:
        TypeError: `decoder` is none, or there are more arguments.
        ValueError: `maximum_iterations` is no scalar, or what a step returns is nested in another way.
    """
    if not isinstance(decoder, Decoder):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    if kwargs:
        raise TypeError(f"dynamic_decode() got unexpected arguments for a Decoder: {', '.join(kwargs)}")
    with variable_scope(scope, "decoder") as variables:
        cache_variables(variables)
        if maximum_iterations is not None:
            maximum_iterations = convert_to_tensor(
                maximum_iterations, dtype=dtypes.int32, name="maximum_iterations"
            )
            if maximum_iterations.get_shape().ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
        finished, inputs, state = decoder.initialize()
        zero_outputs = nest.map_structure(
            lambda size, dtype: zero_states(size, decoder.batch_size, dtype),
            decoder.output_size,
            decoder.output_dtype,
        )
        if maximum_iterations is not None:
            finished = logical_or(finished, 0 >= maximum_iterations)
        lengths = zeros_like(finished, dtype=dtypes.int32)
        first = constant(0, dtype=dtypes.int32)
        arrays = nest.map_structure(
            lambda size, dtype: TensorArray(
                dtype=dtype, size=0, dynamic_size=True, element_shape=_element_shape(decoder, size)
            ),
            decoder.output_size,
            decoder.output_dtype,
        )

        def body(
            time: Any, arrays: Any, state: Any, inputs: Any, finished: Any, lengths: Any
        ) -> tuple[Any, ...]:
            outputs, decoder_state, next_inputs, decoder_finished = decoder.step(time, inputs, state)
            if decoder.tracks_own_finished:
                next_finished = decoder_finished
            else:
                next_finished = logical_or(decoder_finished, finished)
            goes_on = logical_not(finished)
            next_lengths = where(goes_on, fill(shape_op(lengths), time + 1), lengths)
            nest.assert_same_structure(state, decoder_state)
            nest.assert_same_structure(arrays, outputs)
            nest.assert_same_structure(inputs, next_inputs)
            emitted, next_state = outputs, decoder_state
            if impute_finished:
                emitted = nest.map_structure(
                    lambda out, zero: where(finished, zero, out), outputs, zero_outputs
                )
                next_state = nest.map_structure(
                    lambda new, old: _kept_if(finished, new, old), decoder_state, state
                )
            arrays = nest.map_structure(lambda array, out: array.write(time, out), arrays, emitted)
            return time + 1, arrays, next_state, next_inputs, next_finished, next_lengths

        result = while_loop(
            lambda time, arrays, state, inputs, finished, lengths: logical_not(reduce_all(finished)),
            body,
            loop_vars=(first, arrays, state, inputs, finished, lengths),
            parallel_iterations=parallel_iterations,
            maximum_iterations=maximum_iterations,
            swap_memory=swap_memory,
        )
        state, lengths = result[2], result[5]
        outputs = nest.map_structure(lambda array: array.stack(), result[1])
        try:
            outputs, state = decoder.finalize(outputs, state, lengths)
        except NotImplementedError:
            pass
        if not output_time_major:
            outputs = nest.map_structure(transpose_batch_time, outputs)
    return outputs, state, lengths


def _element_shape(decoder: Any, size: Any) -> TensorShape | None:
    """What is known of the shape of outputs; a size that is an integer says nothing, as in TensorFlow."""
    if not isinstance(size, TensorShape) or size.ndims == 0:
        return None
    batch_size = constant_value(convert_to_tensor(decoder.batch_size, name="batch_size"))
    return TensorShape([batch_size]).concatenate(size)


def _kept_if(finished: Tensor, new: Any, old: Any) -> Any:
    """The old state of sequences that have ended; scalars and TensorArrays are always the new ones."""
    if isinstance(old, TensorArray):
        return new
    new.set_shape(old.shape)
    return new if new.shape.ndims == 0 else where(finished, old, new)
