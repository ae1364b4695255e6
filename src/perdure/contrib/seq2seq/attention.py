"""Attention mechanisms: how much each entry of a memory matters to a query."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.contrib.seq2seq.memories import mask_scores, prepare_memory
from perdure.functional.array.array import expand_dims, squeeze
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.searching import one_hot
from perdure.functional.math.products import matmul
from perdure.functional.math.reductions import argmax, reduce_sum
from perdure.functional.math.unary import rsqrt, square, tanh
from perdure.functional.nn.activations import softmax
from perdure.functional.random.initializers import Constant, Ones, Zeros
from perdure.graph import dtypes, nest
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.layers.base import Layer
from perdure.layers.core import Dense
from perdure.rnn.base import zero_states
from perdure.variables.variable_scope import get_variable, variable_scope


class AttentionMechanism:
    """What an `AttentionWrapper` asks: from a query and a state to alignments and the next state."""

    @property
    def alignments_size(self) -> Any:
        """How many entries the memory has."""
        raise NotImplementedError

    @property
    def state_size(self) -> Any:
        """The size of a state."""
        raise NotImplementedError


class BaseAttentionMechanism(AttentionMechanism):
    """A memory, with keys made of it, and what makes probabilities of scores.

    Args:
        query_layer: what is done to a query, a layer or None.
        memory: what is looked at, (batch, time, size), or a nest of such.
        probability_fn: from scores (batch, time) and the state before to alignments.
        memory_sequence_length: int (batch,): how much of the memory of each example counts.
        memory_layer: what makes keys of the memory, a layer; its type is the mechanism's.
        check_inner_dims_defined: whether the sizes behind batch and time have to be known.
        score_mask_value: the score of what does not count; minus infinity if None.
        custom_key_value_fn: from keys and values to keys and values that take their places.
        name: the name scope.

    Raises:
        TypeError: a layer is none, or `probability_fn` cannot be called.
        ValueError: sizes of the memory are not known.
    """

    def __init__(
        self,
        query_layer: Any,
        memory: Any,
        probability_fn: Callable[[Any, Any], Any],
        memory_sequence_length: Any = None,
        memory_layer: Any = None,
        check_inner_dims_defined: bool = True,
        score_mask_value: Any = None,
        custom_key_value_fn: Callable[[Any, Any], Any] | None = None,
        name: str | None = None,
    ) -> None:
        for word, layer in (("query_layer", query_layer), ("memory_layer", memory_layer)):
            if layer is not None and not isinstance(layer, Layer):
                raise TypeError(f"{word} is not a Layer: {type(layer).__name__}")
        self._query_layer = query_layer
        self._memory_layer = memory_layer
        self.dtype = memory_layer.dtype
        if not callable(probability_fn):
            raise TypeError(f"probability_fn must be callable, saw type: {type(probability_fn).__name__}")
        if score_mask_value is None:
            score_mask_value = dtypes.as_dtype(memory_layer.dtype).as_numpy_dtype(-np.inf)
        self._probability_fn = lambda score, before: probability_fn(
            mask_scores(score, memory_sequence_length, score_mask_value), before
        )
        with name_scope(name, "BaseAttentionMechanismInit", nest.flatten(memory)):
            self._values = prepare_memory(memory, memory_sequence_length, check_inner_dims_defined)
            self._keys = self.memory_layer(self._values) if self.memory_layer else self._values
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            self._batch_size = dimension_value(self._keys.shape[0]) or shape_op(self._keys)[0]
            self._alignments_size = dimension_value(self._keys.shape[1]) or shape_op(self._keys)[1]

    @property
    def memory_layer(self) -> Any:
        """The layer that made the keys."""
        return self._memory_layer

    @property
    def query_layer(self) -> Any:
        """The layer that queries go through, or None."""
        return self._query_layer

    @property
    def values(self) -> Any:
        """The memory, with zeros where it does not count."""
        return self._values

    @property
    def keys(self) -> Any:
        """What queries are compared with, (batch, time, units)."""
        return self._keys

    @property
    def batch_size(self) -> Any:
        """The number of examples, an integer or a tensor."""
        return self._batch_size

    @property
    def alignments_size(self) -> Any:
        """How many entries the memory has, an integer or a tensor."""
        return self._alignments_size

    @property
    def state_size(self) -> Any:
        """The size of a state, which is the last alignments."""
        return self._alignments_size

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """The alignments before the first step: zeros."""
        return zero_states(self._alignments_size, batch_size, dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> Any:
        """The state before the first step."""
        return self.initial_alignments(batch_size, dtype)

    def _aligned(self, score: Tensor, state: Any) -> tuple[Any, Any]:
        alignments = self._probability_fn(score, state)
        return alignments, alignments


def bahdanau_variables(units: int, normalize: bool, dtype: Any) -> tuple[Any, Any, Any]:
    """The variables of a Bahdanau score: v, and with `normalize` its length g and a bias b, else None."""
    v = get_variable("attention_v", [units], dtype=dtype)
    if not normalize:
        return v, None, None
    length = Constant(math.sqrt(1.0 / units))
    return (
        v,
        get_variable("attention_g", dtype=dtype, initializer=length, shape=()),
        get_variable("attention_b", [units], dtype=dtype, initializer=Zeros()),
    )


def bahdanau_score(query: Tensor, keys: Any, v: Any, g: Any, b: Any) -> Tensor:
    """v · tanh(keys + query), (batch, time); with g and b: g v/|v| · tanh(keys + query + b).

    Source: Bahdanau et al., 2015; Salimans and Kingma, 2016, for the normalized form.
    """
    query = expand_dims(query, 1)
    if g is not None and b is not None:
        normed = g * v * rsqrt(reduce_sum(square(v)))
        return reduce_sum(normed * tanh(keys + query + b), [2])
    return reduce_sum(v * tanh(keys + query), [2])


def luong_scale(scaled: bool, dtype: Any) -> Any:
    """The variable that Luong scores are multiplied by, or None."""
    return get_variable("attention_g", dtype=dtype, initializer=Ones, shape=()) if scaled else None


def luong_score(query: Tensor, keys: Any, scale: Any) -> Tensor:
    """scale query · keys, (batch, time) (Luong et al., 2015).

    Raises:
        ValueError: query and keys are of different sizes.
    """
    depth, units = query.get_shape()[-1], keys.get_shape()[-1]
    if depth != units:
        raise ValueError(
            "Incompatible or unknown inner dimensions between query and keys.  "
            f"Query ({query}) has units: {depth}.  Keys ({keys}) have units: {units}.  "
            f"Perhaps you need to set num_units to the keys' dimension ({units})?"
        )
    score = squeeze(matmul(expand_dims(query, 1), keys, transpose_b=True), [1])
    return score if scale is None else scale * score


class BahdanauAttention(BaseAttentionMechanism):
    """Attention by v · tanh(keys + query) (Bahdanau et al., 2015).

    Args:
        num_units: how many units query and keys are brought to.
        memory, memory_sequence_length, score_mask_value, custom_key_value_fn, name: as of
            `BaseAttentionMechanism`.
        normalize: whether v is normalized.
        probability_fn: from scores to probabilities; softmax if None.
        dtype: the type of the layers; float32 if None.
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: Callable[[Any], Any] | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[[Any, Any], Any] | None = None,
        name: str = "BahdanauAttention",
    ) -> None:
        probabilities = softmax if probability_fn is None else probability_fn
        dtype = dtypes.float32 if dtype is None else dtype
        super().__init__(
            query_layer=Dense(num_units, name="query_layer", use_bias=False, dtype=dtype),
            memory_layer=Dense(num_units, name="memory_layer", use_bias=False, dtype=dtype),
            memory=memory,
            probability_fn=lambda score, _: probabilities(score),
            custom_key_value_fn=custom_key_value_fn,
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._normalize = normalize
        self._name = name

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments for a query, (batch, time), and the next state.

        Args:
            query: (batch, size).
            state: the state before.
        """
        with variable_scope(None, "bahdanau_attention", [query]):
            processed = self.query_layer(query) if self.query_layer else query
            v, g, b = bahdanau_variables(self._num_units, self._normalize, query.dtype)
            score = bahdanau_score(processed, self._keys, v, g, b)
        return self._aligned(score, state)


class LuongAttention(BaseAttentionMechanism):
    """Attention by products of query and keys (Luong et al., 2015).

    Args:
        num_units: the size of the keys, which is that of queries.
        memory, memory_sequence_length, score_mask_value, custom_key_value_fn, name: as of
            `BaseAttentionMechanism`.
        scale: whether scores are multiplied by a variable.
        probability_fn: from scores to probabilities; softmax if None.
        dtype: the type of the layer; float32 if None.
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: Callable[[Any], Any] | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[[Any, Any], Any] | None = None,
        name: str = "LuongAttention",
    ) -> None:
        probabilities = softmax if probability_fn is None else probability_fn
        dtype = dtypes.float32 if dtype is None else dtype
        super().__init__(
            query_layer=None,
            memory_layer=Dense(num_units, name="memory_layer", use_bias=False, dtype=dtype),
            memory=memory,
            probability_fn=lambda score, _: probabilities(score),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units = num_units
        self._scale = scale
        self._name = name

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments for a query, (batch, time), and the next state; see `BahdanauAttention`."""
        with variable_scope(None, "luong_attention", [query]):
            score = luong_score(query, self._keys, luong_scale(self._scale, query.dtype))
        return self._aligned(score, state)


def hardmax(logits: Any, name: str | None = None) -> Tensor:
    """1 where the last axis has its largest number, else 0.

    Args:
        logits: numbers.
        name: the name scope.
    """
    with name_scope(name, "Hardmax", [logits]):
        logits = convert_to_tensor(logits, name="logits")
        known = dimension_value(logits.get_shape()[-1])
        depth = shape_op(logits)[-1] if known is None else known
        return one_hot(argmax(logits, -1), depth, dtype=logits.dtype)
