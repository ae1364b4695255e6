"""Decoders without attention, unrolled; what was put out may be the next input."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from perdure.functional.array.array import stop_gradient
from perdure.functional.math.reductions import argmax
from perdure.functional.nn.activations import xw_plus_b
from perdure.functional.nn.embedding import embedding_lookup
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import get_variable, variable_scope

# From an output and the number of the step to the next input.
LoopFunction = Callable[[Any, int], Any]


def embed_best(embedding: Any, output_projection: Any = None, update_embedding: bool = True) -> LoopFunction:
    """A loop function that embeds the most probable class.

    Args:
        embedding: the table, (classes, size).
        output_projection: weights and biases that make logits of outputs; None: outputs are logits.
        update_embedding: whether gradients flow into the table.
    """

    def loop_function(prev: Any, _: int) -> Tensor:
        if output_projection is not None:
            prev = xw_plus_b(prev, output_projection[0], output_projection[1])
        embedded = embedding_lookup(embedding, argmax(prev, 1))
        return embedded if update_embedding else stop_gradient(embedded)

    return loop_function


def rnn_decoder(
    decoder_inputs: Iterable[Any],
    initial_state: Any,
    cell: Any,
    loop_function: LoopFunction | None = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """A cell, step by step.

    Args:
        decoder_inputs: an input (batch, size) for each step.
        initial_state: the state before the first step.
        cell: the cell.
        loop_function: makes all inputs but the first from outputs; None: inputs are given.
        scope: the variable scope, "rnn_decoder" by default.

    Returns:
        The outputs, and the state after the last step.
    """
    with variable_scope(scope or "rnn_decoder"):
        state = initial_state
        outputs: list[Any] = []
        for i, step_input in enumerate(decoder_inputs):
            if loop_function is not None and outputs:
                with variable_scope("loop_function", reuse=True):
                    step_input = loop_function(outputs[-1], i)
            if i > 0:
                get_variable_scope().reuse_variables()
            output, state = cell(step_input, state)
            outputs.append(output)
    return outputs, state


def check_projection(output_projection: Any, num_symbols: int, dtype: Any) -> None:
    """Refuse a projection that does not make logits of so many classes.

    Raises:
        ValueError: it does not.
    """
    weights = convert_to_tensor(output_projection[0], dtype=dtype)
    weights.get_shape().assert_is_compatible_with([None, num_symbols])
    biases = convert_to_tensor(output_projection[1], dtype=dtype)
    biases.get_shape().assert_is_compatible_with([num_symbols])


def embedding_rnn_decoder(
    decoder_inputs: list[Any],
    initial_state: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """`rnn_decoder` with classes as inputs.

    Args:
        decoder_inputs: the classes of each step, int32 (batch,).
        initial_state, cell: as of `rnn_decoder`.
        num_symbols: how many classes there are.
        embedding_size: the size of what stands for a class.
        output_projection: weights and biases that make logits of outputs; None: outputs are logits.
        feed_previous: whether the most probable class is the next input, instead of what is given.
        update_embedding_for_previous: whether gradients flow into the table then.
        scope: the variable scope, "embedding_rnn_decoder" by default.

    Raises:
        ValueError: the projection is of another shape.
    """
    with variable_scope(scope or "embedding_rnn_decoder") as variables:
        if output_projection is not None:
            check_projection(output_projection, num_symbols, variables.dtype)
        table = get_variable("embedding", [num_symbols, embedding_size])
        loop_function = (
            embed_best(table, output_projection, update_embedding_for_previous) if feed_previous else None
        )
        # One after the other, each beside its step.
        inputs = (embedding_lookup(table, step) for step in decoder_inputs)
        return rnn_decoder(inputs, initial_state, cell, loop_function=loop_function)
