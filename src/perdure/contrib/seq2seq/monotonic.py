"""Attention that only moves forward through its memory (Raffel et al., 2017)."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from perdure.contrib.seq2seq.attention import (
    BaseAttentionMechanism,
    bahdanau_score,
    bahdanau_variables,
    luong_scale,
    luong_score,
)
from perdure.functional.array.array import ones, reshape, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import transpose
from perdure.functional.array.searching import one_hot
from perdure.functional.math.cast import cast
from perdure.functional.math.clip import clip_by_value
from perdure.functional.math.scans import cumprod, cumsum
from perdure.functional.math.unary import exp, log, sigmoid
from perdure.functional.random.random import random_normal
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.layers.core import Dense
from perdure.mapping.folds import scan
from perdure.variables.variable_scope import get_variable, variable_scope


def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> Tensor:
    """Running products by sums of logarithms, which have gradients also where products get tiny.

    Args:
        x: numbers, taken as from the smallest positive one to 1.
        *args, **kwargs: see `tf.cumsum`.
    """
    with name_scope(None, "SafeCumprod", [x]):
        x = convert_to_tensor(x, name="x")
        tiny = np.finfo(x.dtype.as_numpy_dtype).tiny
        return exp(cumsum(log(clip_by_value(x, tiny, 1)), *args, **kwargs))


def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> Tensor:
    """The probabilities to attend to each entry, when attention goes on from the last one.

    Source: Raffel et al., 2017, equations 8 and 10 and appendix C.

    Args:
        p_choose_i: the probability to stop at each entry, (batch, time).
        previous_attention: the attention before, (batch, time).
        mode: "recursive" and "parallel" compute the expectation, "hard" is for probabilities that are 0 or 1.

    Raises:
        ValueError: `mode` is another one.
    """
    p_choose_i = convert_to_tensor(p_choose_i, name="p_choose_i")
    previous_attention = convert_to_tensor(previous_attention, name="previous_attention")
    if mode == "recursive":
        batch_size = dimension_value(p_choose_i.shape[0]) or shape_op(p_choose_i)[0]
        shifted = concat([ones((batch_size, 1)), 1 - p_choose_i[:, :-1]], 1)
        # q(j) = (1 - p(j-1)) q(j-1) + a'(j), and the attention is p(j) q(j).
        q = scan(
            lambda before, row: reshape(row[0] * before + row[1], (batch_size,)),
            [transpose(shifted), transpose(previous_attention)],
            zeros((batch_size,)),
        )
        return p_choose_i * transpose(q)
    if mode == "parallel":
        passed = safe_cumprod(1 - p_choose_i, axis=1, exclusive=True)
        # The bound keeps out infinities, at the cost of slightly less than all of the probability.
        return p_choose_i * passed * cumsum(previous_attention / clip_by_value(passed, 1e-10, 1.0), axis=1)
    if mode == "hard":
        p_choose_i *= cumsum(previous_attention, axis=1)
        return p_choose_i * cumprod(1 - p_choose_i, axis=1, exclusive=True)
    raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")


def monotonic_probability_fn(
    score: Tensor, previous_alignments: Any, sigmoid_noise: float, mode: str, seed: int | None = None
) -> Tensor:
    """Alignments of scores that say whether to stop at each entry.

    Args:
        score: (batch, time).
        previous_alignments: the alignments before.
        sigmoid_noise: the deviation of the noise that is added to scores.
        mode: see `monotonic_attention`.
        seed: the seed of the noise.
    """
    if sigmoid_noise > 0:
        score += sigmoid_noise * random_normal(shape_op(score), dtype=score.dtype, seed=seed)
    p_choose_i = cast(score > 0, score.dtype) if mode == "hard" else sigmoid(score)
    return monotonic_attention(p_choose_i, previous_alignments, mode)


class BaseMonotonicAttentionMechanism(BaseAttentionMechanism):
    """A mechanism that looks at the first entry before the first step."""

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """The alignments before the first step: all at the first entry."""
        first = zeros((batch_size,), dtype=dtypes.int32)
        return one_hot(first, self._alignments_size, dtype=dtype)


class BahdanauMonotonicAttention(BaseMonotonicAttentionMechanism):
    """Monotonic attention with the scores of `BahdanauAttention`.

    Args:
        num_units, memory, memory_sequence_length, normalize, score_mask_value, dtype, name: as of
            `BahdanauAttention`.
        sigmoid_noise: the deviation of the noise that is added to scores.
        sigmoid_noise_seed: the seed of the noise.
        score_bias_init: the first value of the bias of scores.
        mode: see `monotonic_attention`.
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "BahdanauMonotonicAttention",
    ) -> None:
        dtype = dtypes.float32 if dtype is None else dtype
        super().__init__(
            query_layer=Dense(num_units, name="query_layer", use_bias=False, dtype=dtype),
            memory_layer=Dense(num_units, name="memory_layer", use_bias=False, dtype=dtype),
            memory=memory,
            probability_fn=partial(
                monotonic_probability_fn, sigmoid_noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed
            ),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._normalize = normalize
        self._name = name
        self._score_bias_init = score_bias_init

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments for a query, (batch, time), and the next state; see `BahdanauAttention`."""
        with variable_scope(None, "bahdanau_monotonic_attention", [query]):
            processed = self.query_layer(query) if self.query_layer else query
            v, g, b = bahdanau_variables(self._num_units, self._normalize, query.dtype)
            score = bahdanau_score(processed, self._keys, v, g, b)
            score += get_variable(
                "attention_score_bias", dtype=processed.dtype, initializer=self._score_bias_init
            )
        return self._aligned(score, state)


class LuongMonotonicAttention(BaseMonotonicAttentionMechanism):
    """Monotonic attention with the scores of `LuongAttention`.

    Args:
        num_units, memory, memory_sequence_length, scale, score_mask_value, dtype, name: as of
            `LuongAttention`.
        sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode: as of `BahdanauMonotonicAttention`.
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "LuongMonotonicAttention",
    ) -> None:
        dtype = dtypes.float32 if dtype is None else dtype
        super().__init__(
            query_layer=None,
            memory_layer=Dense(num_units, name="memory_layer", use_bias=False, dtype=dtype),
            memory=memory,
            probability_fn=partial(
                monotonic_probability_fn, sigmoid_noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed
            ),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._scale = scale
        self._score_bias_init = score_bias_init
        self._name = name

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments for a query, (batch, time), and the next state; see `BahdanauAttention`."""
        with variable_scope(None, "luong_monotonic_attention", [query]):
            score = luong_score(query, self._keys, luong_scale(self._scale, query.dtype))
            score += get_variable(
                "attention_score_bias", dtype=query.dtype, initializer=self._score_bias_init
            )
        return self._aligned(score, state)
