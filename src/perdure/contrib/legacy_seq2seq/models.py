"""Encoders with decoders behind them, and models in buckets of lengths."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from perdure.contrib.legacy_seq2seq.attention import embedding_attention_decoder
from perdure.contrib.legacy_seq2seq.decoders import (
    LoopFunction,
    check_projection,
    embed_best,
    embedding_rnn_decoder,
    rnn_decoder,
)
from perdure.contrib.legacy_seq2seq.losses import sequence_loss, sequence_loss_by_example
from perdure.contrib.rnn.wrappers import EmbeddingWrapper, OutputProjectionWrapper
from perdure.functional.array.array import reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat
from perdure.functional.control.conditionals import cond
from perdure.functional.nn.embedding import embedding_lookup
from perdure.graph import dtypes, nest
from perdure.graph.defaults import name_scope
from perdure.rnn.base import RNNCell
from perdure.rnn.static import static_rnn
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import get_variable, variable_scope


def basic_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    dtype: Any = dtypes.float32,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """An encoder, whose last state is the first of a decoder, which is alike but has its own variables.

    Args:
        encoder_inputs, decoder_inputs: an input (batch, size) for each step.
        cell: the cell.
        dtype: the type of the first state.
        scope: the variable scope, "basic_rnn_seq2seq" by default.

    Returns:
        The outputs of the decoder, and its last state.
    """
    with variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    loop_function: LoopFunction | None = None,
    dtype: Any = dtypes.float32,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """`basic_rnn_seq2seq` with the same variables in both.

    Args:
        encoder_inputs, decoder_inputs, cell, dtype: as of `basic_rnn_seq2seq`.
        loop_function: as of `rnn_decoder`.
        scope: the variable scope, "tied_rnn_seq2seq" by default.
    """
    with variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        _, state = static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function, scope=scope)


def _choosing(
    feed_previous: Any, decode: Callable[[bool], tuple[list[Any], Any]], steps: int, like: Callable[[], Any]
) -> tuple[list[Any], Any]:
    """What a decoder gives that feeds itself if a tensor says so.

    Args:
        feed_previous: the tensor, a bool scalar.
        decode: the decoder, told whether it feeds itself; the variables of the first are those of the second.
        steps: the number of outputs.
        like: makes what the state is nested like.
    """

    def branch(feeds: bool) -> list[Any]:
        with variable_scope(get_variable_scope(), reuse=None if feeds else True):
            outputs, state = decode(feeds)
            return outputs + (nest.flatten(state) if nest.is_nested(state) else [state])

    found = cond(feed_previous, lambda: branch(True), lambda: branch(False))
    structure, parts = like(), found[steps:]
    state = nest.pack_sequence_as(structure, parts) if nest.is_nested(structure) else parts[0]
    return found[:steps], state


def embedding_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """An encoder and a decoder of classes.

    Args:
        encoder_inputs, decoder_inputs: the classes of each step, int32 (batch,).
        cell: the cell.
        num_encoder_symbols, num_decoder_symbols: how many classes there are.
        embedding_size: the size of what stands for a class.
        output_projection: weights and biases that make logits of outputs; None: a layer is added that does.
        feed_previous: whether the most probable class is the next input, a bool, or a bool scalar.
        dtype: the type of the first state; that of the scope if None.
        scope: the variable scope, "embedding_rnn_seq2seq" by default.

    Returns:
        The outputs of the decoder, and its last state.
    """
    with variable_scope(scope or "embedding_rnn_seq2seq") as variables:
        if dtype is None:
            dtype = variables.dtype
        else:
            variables.set_dtype(dtype)
        encoder = EmbeddingWrapper(
            copy.deepcopy(cell), embedding_classes=num_encoder_symbols, embedding_size=embedding_size
        )
        _, encoded = static_rnn(encoder, encoder_inputs, dtype=dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)

        def decode(feeds: bool, **options: Any) -> tuple[list[Any], Any]:
            return embedding_rnn_decoder(
                decoder_inputs,
                encoded,
                cell,
                num_decoder_symbols,
                embedding_size,
                output_projection=output_projection,
                feed_previous=feeds,
                **options,
            )

        if isinstance(feed_previous, bool):
            return decode(feed_previous)
        return _choosing(
            feed_previous,
            lambda feeds: decode(feeds, update_embedding_for_previous=False),
            len(decoder_inputs),
            lambda: encoded,
        )


def embedding_tied_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_decoder_symbols: int | None = None,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """`embedding_rnn_seq2seq` with the same variables, and classes, in both.

    Args:
        encoder_inputs, decoder_inputs, cell, embedding_size, output_projection, feed_previous, dtype: as of
            `embedding_rnn_seq2seq`.
        num_symbols: how many classes there are.
        num_decoder_symbols: how many the decoder puts out; all if None.
        scope: the variable scope, "embedding_tied_rnn_seq2seq" by default.

    Raises:
        ValueError: the projection is of another shape.
    """
    with variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as variables:
        dtype = variables.dtype
        if output_projection is not None:
            check_projection(output_projection, num_symbols, dtype)
        table = get_variable("embedding", [num_symbols, embedding_size], dtype=dtype)
        encoder_steps = [embedding_lookup(table, step) for step in encoder_inputs]
        decoder_steps = [embedding_lookup(table, step) for step in decoder_inputs]
        if output_projection is None:
            cell = OutputProjectionWrapper(
                cell, num_symbols if num_decoder_symbols is None else num_decoder_symbols
            )

        def decode(feeds: bool, update_embedding: bool) -> tuple[list[Any], Any]:
            loop_function = embed_best(table, output_projection, update_embedding) if feeds else None
            return tied_rnn_seq2seq(
                encoder_steps, decoder_steps, cell, loop_function=loop_function, dtype=dtype
            )

        if isinstance(feed_previous, bool):
            return decode(feed_previous, True)
        return _choosing(
            feed_previous,
            lambda feeds: decode(feeds, False),
            len(decoder_inputs),
            lambda: _zero_state(cell, encoder_inputs, dtype),
        )


def _zero_state(cell: Any, inputs: list[Any], dtype: Any) -> Any:
    """A state of zeros for a batch like that of the inputs."""
    batch_size = inputs[0].get_shape()[0]
    for step in inputs[1:]:
        batch_size.merge_with(step.get_shape()[0])
    known = batch_size.value
    return cell.zero_state(shape_op(inputs[0])[0] if known is None else known, dtype)


def embedding_attention_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """`embedding_rnn_seq2seq` with a decoder that looks at all outputs of the encoder.

    Args:
        encoder_inputs, decoder_inputs, cell, num_encoder_symbols, num_decoder_symbols, embedding_size,
            output_projection, feed_previous: as of `embedding_rnn_seq2seq`.
        num_heads, initial_state_attention: as of `attention_decoder`.
        dtype: the type of variables and states; that of the scope if None.
        scope: the variable scope, "embedding_attention_seq2seq" by default.
    """
    with variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as variables:
        dtype = variables.dtype
        encoder = EmbeddingWrapper(
            copy.deepcopy(cell), embedding_classes=num_encoder_symbols, embedding_size=embedding_size
        )
        encoder_outputs, encoded = static_rnn(encoder, encoder_inputs, dtype=dtype)
        tops = [reshape(output, [-1, 1, cell.output_size]) for output in encoder_outputs]
        attention_states = concat(tops, 1)
        output_size = None
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols

        def decode(feeds: bool, **options: Any) -> tuple[list[Any], Any]:
            return embedding_attention_decoder(
                decoder_inputs,
                encoded,
                attention_states,
                cell,
                num_decoder_symbols,
                embedding_size,
                num_heads=num_heads,
                output_size=output_size,
                output_projection=output_projection,
                feed_previous=feeds,
                initial_state_attention=initial_state_attention,
                **options,
            )

        if isinstance(feed_previous, bool):
            return decode(feed_previous)
        return _choosing(
            feed_previous,
            lambda feeds: decode(feeds, update_embedding_for_previous=False),
            len(decoder_inputs),
            lambda: encoded,
        )


def one2many_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs_dict: Mapping[Any, list[Any]],
    enc_cell: Any,
    dec_cells_dict: Mapping[Any, Any],
    num_encoder_symbols: int,
    num_decoder_symbols_dict: Mapping[Any, int],
    embedding_size: int,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[dict[Any, list[Any]], dict[Any, Any]]:
    """One encoder and several decoders of classes, by name.

    Args:
        encoder_inputs: the classes of each step, int32 (batch,).
        decoder_inputs_dict: those of each decoder.
        enc_cell: the cell of the encoder.
        dec_cells_dict: those of the decoders.
        num_encoder_symbols: how many classes there are.
        num_decoder_symbols_dict: how many each decoder puts out.
        embedding_size, feed_previous, dtype: as of `embedding_rnn_seq2seq`.
        scope: the variable scope, "one2many_rnn_seq2seq" by default.

    Returns:
        The outputs and the last state of each decoder.

    Raises:
        TypeError: a cell is none.
        ValueError: inputs and cells have different names.
    """
    if not isinstance(enc_cell, RNNCell):
        raise TypeError(f"enc_cell is not an RNNCell: {type(enc_cell)}")
    if set(dec_cells_dict) != set(decoder_inputs_dict):
        raise ValueError("keys of dec_cells_dict != keys of decodre_inputs_dict")
    for dec_cell in dec_cells_dict.values():
        if not isinstance(dec_cell, RNNCell):
            raise TypeError(f"dec_cell is not an RNNCell: {type(dec_cell)}")
    outputs, states = {}, {}
    with variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as variables:
        encoder = EmbeddingWrapper(
            enc_cell, embedding_classes=num_encoder_symbols, embedding_size=embedding_size
        )
        _, encoded = static_rnn(encoder, encoder_inputs, dtype=variables.dtype)
        for name, decoder_inputs in decoder_inputs_dict.items():
            classes = num_decoder_symbols_dict[name]
            with variable_scope(f"one2many_decoder_{name}"):
                cell = OutputProjectionWrapper(dec_cells_dict[name], classes)
                outputs[name], states[name] = _one_of_many(
                    decoder_inputs, encoded, cell, classes, embedding_size, feed_previous
                )
    return outputs, states


def _one_of_many(
    inputs: list[Any], encoded: Any, cell: Any, classes: int, embedding_size: int, feed_previous: Any
) -> tuple[list[Any], Any]:
    def decode(feeds: bool) -> tuple[list[Any], Any]:
        return embedding_rnn_decoder(inputs, encoded, cell, classes, embedding_size, feed_previous=feeds)

    if isinstance(feed_previous, bool):
        return decode(feed_previous)
    return _choosing(feed_previous, decode, len(inputs), lambda: encoded)


def model_with_buckets(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    targets: list[Any],
    weights: list[Any],
    buckets: Sequence[tuple[int, int]],
    seq2seq: Callable[[list[Any], list[Any]], tuple[Any, Any]],
    softmax_loss_function: Callable[..., Any] | None = None,
    per_example_loss: bool = False,
    name: str | None = None,
) -> tuple[list[Any], list[Any]]:
    """A model for each of some pairs of lengths, which share their variables.

    Args:
        encoder_inputs, decoder_inputs: an input for each step.
        targets: the right classes of each step, int32 (batch,).
        weights: the weights of each step, float32 (batch,).
        buckets: lengths of inputs and of outputs, from the shortest to the longest.
        seq2seq: makes a model: from inputs of encoder and decoder to outputs and state.
        softmax_loss_function: from labels and logits to losses; cross entropy if None.
        per_example_loss: whether losses are those of each example.
        name: the name scope.

    Returns:
        The outputs of each bucket, and its loss.

    Raises:
        ValueError: there are fewer steps than the last bucket has.
    """
    for what, steps, wanted in (
        ("encoder_inputs", encoder_inputs, buckets[-1][0]),
        ("targets", targets, buckets[-1][1]),
        ("weights", weights, buckets[-1][1]),
    ):
        if len(steps) < wanted:
            raise ValueError(
                f"Length of {what} ({len(steps)}) must be at least that of last bucket ({wanted})."
            )
    compute = sequence_loss_by_example if per_example_loss else sequence_loss
    losses, outputs = [], []
    with name_scope(name, "model_with_buckets", encoder_inputs + decoder_inputs + targets + weights):
        for j, (read, written) in enumerate(buckets):
            with variable_scope(get_variable_scope(), reuse=True if j > 0 else None):
                found, _ = seq2seq(encoder_inputs[:read], decoder_inputs[:written])
                outputs.append(found)
                losses.append(
                    compute(
                        found,
                        targets[:written],
                        weights[:written],
                        softmax_loss_function=softmax_loss_function,
                    )
                )
    return outputs, losses
