"""Decoders that look at the states of an encoder (Vinyals et al., 2014), unrolled."""

from __future__ import annotations

from typing import Any

from perdure.contrib.legacy_seq2seq.decoders import LoopFunction, embed_best
from perdure.contrib.rnn.linear import Linear
from perdure.functional.array.array import reshape, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat, stack
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.unary import tanh
from perdure.functional.nn.activations import softmax
from perdure.functional.nn.conv import conv2d
from perdure.functional.nn.embedding import embedding_lookup
from perdure.graph import dtypes, nest
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import get_variable, variable_scope


class _Heads:
    """Attention with several heads: for a query, what each of them reads of the states."""

    def __init__(self, attention_states: Any, num_heads: int, dtype: Any) -> None:
        length = attention_states.get_shape()[1].value
        self._dtype = dtype
        self._length = shape_op(attention_states)[1] if length is None else length
        self._size = attention_states.get_shape()[2].value
        self._hidden = reshape(attention_states, [-1, self._length, 1, self._size])
        self._features: list[Tensor] = []
        self._v: list[Any] = []
        for head in range(num_heads):
            k = get_variable(f"AttnW_{head}", [1, 1, self._size, self._size], dtype=dtype)
            self._features.append(conv2d(self._hidden, k, [1, 1, 1, 1], "SAME"))
            self._v.append(get_variable(f"AttnV_{head}", [self._size], dtype=dtype))

    def nothing(self, batch_size: Tensor) -> list[Tensor]:
        """What is read before the first step."""
        shape = stack([batch_size, self._size])
        reads = [zeros(shape, dtype=self._dtype) for _ in self._v]
        for read in reads:
            read.set_shape([None, self._size])
        return reads

    def read(self, query: Any) -> list[Tensor]:
        """What each head reads, (batch, size)."""
        if nest.is_nested(query):
            parts = nest.flatten(query)
            assert all(part.get_shape().ndims in (None, 0, 2) for part in parts)
            query = concat(parts, 1)
        reads = []
        for head, (features, v) in enumerate(zip(self._features, self._v, strict=True)):
            with variable_scope(f"Attention_{head}"):
                y = reshape(Linear(query, self._size, True)(query), [-1, 1, 1, self._size])
                y = cast(y, self._dtype)
                scores = reduce_sum(v * tanh(features + y), [2, 3])
                weights = cast(softmax(cast(scores, dtype=dtypes.float32)), self._dtype)
                read = reduce_sum(reshape(weights, [-1, self._length, 1, 1]) * self._hidden, [1, 2])
                reads.append(reshape(read, [-1, self._size]))
        return reads


def attention_decoder(
    decoder_inputs: list[Any],
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    output_size: int | None = None,
    num_heads: int = 1,
    loop_function: LoopFunction | None = None,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """A cell that looks at states, step by step.

    Args:
        decoder_inputs: an input (batch, size) for each step.
        initial_state: the state before the first step.
        attention_states: what it looks at, (batch, length, size).
        cell: the cell.
        output_size: the size of outputs; that of the cell's if None.
        num_heads: how many things it looks at in each step.
        loop_function: makes all inputs but the first from outputs; None: inputs are given.
        dtype: the type of the variables; that of the scope if None.
        scope: the variable scope, "attention_decoder" by default.
        initial_state_attention: whether it looks before the first step already, instead of seeing zeros.

    Returns:
        The outputs, and the state after the last step.

    Raises:
        ValueError: there are no inputs, no heads, or a size is not known.
    """
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    if attention_states.get_shape()[2].value is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {attention_states.get_shape()}")
    size = cell.output_size if output_size is None else output_size
    with variable_scope(scope or "attention_decoder", dtype=dtype) as variables:
        dtype = variables.dtype
        batch_size = shape_op(decoder_inputs[0])[0]
        heads = _Heads(attention_states, num_heads, dtype)
        state = initial_state
        outputs: list[Any] = []
        reads = heads.nothing(batch_size)
        if initial_state_attention:
            reads = heads.read(initial_state)
        for i, step_input in enumerate(decoder_inputs):
            if i > 0:
                get_variable_scope().reuse_variables()
            if loop_function is not None and outputs:
                with variable_scope("loop_function", reuse=True):
                    step_input = loop_function(outputs[-1], i)
            input_size = step_input.get_shape().with_rank(2)[1]
            if input_size.value is None:
                raise ValueError(f"Could not infer input size from input: {step_input.name}")
            x = _affine([step_input, *reads], input_size, dtype)
            cell_output, state = cell(x, state)
            if i == 0 and initial_state_attention:
                with variable_scope(get_variable_scope(), reuse=True):
                    reads = heads.read(state)
            else:
                reads = heads.read(state)
            with variable_scope("AttnOutputProjection"):
                cell_output = cast(cell_output, dtype)
                inputs = [cell_output, *reads]
                outputs.append(Linear(inputs, size, True)(inputs))
    return outputs, state


def _affine(inputs: list[Any], size: Any, dtype: Any) -> Tensor:
    inputs = [cast(part, dtype) for part in inputs]
    return Linear(inputs, size, True)(inputs)


def embedding_attention_decoder(
    decoder_inputs: list[Any],
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_size: int | None = None,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """`attention_decoder` with classes as inputs.

    Args:
        decoder_inputs: the classes of each step, int32 (batch,).
        initial_state, attention_states, cell, num_heads, output_size, dtype, initial_state_attention: as of
            `attention_decoder`.
        num_symbols, embedding_size, output_projection, feed_previous, update_embedding_for_previous: as of
            `embedding_rnn_decoder`.
        scope: the variable scope, "embedding_attention_decoder" by default.

    Raises:
        ValueError: as of `attention_decoder`, or the projection is of another shape.
    """
    size = cell.output_size if output_size is None else output_size
    if output_projection is not None:
        biases = convert_to_tensor(output_projection[1], dtype=dtype)
        biases.get_shape().assert_is_compatible_with([num_symbols])
    with variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        table = get_variable("embedding", [num_symbols, embedding_size])
        loop_function = (
            embed_best(table, output_projection, update_embedding_for_previous) if feed_previous else None
        )
        inputs = [embedding_lookup(table, step) for step in decoder_inputs]
        return attention_decoder(
            inputs,
            initial_state,
            attention_states,
            cell,
            output_size=size,
            num_heads=num_heads,
            loop_function=loop_function,
            initial_state_attention=initial_state_attention,
        )
