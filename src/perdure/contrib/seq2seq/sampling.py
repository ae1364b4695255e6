"""Samples of distributions in the way that TensorFlow's helpers draw them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import rank, reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat
from perdure.functional.array.padding import pad
from perdure.functional.array.rearranging import transpose
from perdure.functional.math.binary import equal, less
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_prod
from perdure.functional.math.unary import sigmoid
from perdure.functional.random.random import multinomial, random_uniform
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def _sampled(draw: Callable[[Tensor], Tensor], sample_shape: Any) -> Tensor:
    """As many samples as a shape, which may be a size, has entries, in that shape."""
    with name_scope(None, "call_sampler", values=[sample_shape]):
        sample_shape = convert_to_tensor(sample_shape, dtype=dtypes.int32, name="sample_shape")
        # A size becomes a vector of one.
        padding = cast(equal(rank(sample_shape), 0), dtypes.int32)
        sample_shape = reshape(
            sample_shape, pad(shape_op(sample_shape), paddings=[[padding, 0]], constant_values=1)
        )
        samples = draw(reduce_prod(sample_shape))
        final_shape = concat([sample_shape, shape_op(samples)[1:]], 0)
        return reshape(samples, final_shape)


def bernoulli_sample(
    probs: Any = None,
    logits: Any = None,
    dtype: Any = dtypes.int32,
    sample_shape: Any = (),
    seed: int | None = None,
) -> Tensor:
    """Zeros and ones, of shape sample_shape + shape(probs).

    Args:
        probs: the probabilities of ones.
        logits: their log-odds, if they are not given themselves.
        dtype: the type of the samples.
        sample_shape: how many there are, a size or a shape.
        seed: the seed of the op.
    """
    probs = sigmoid(logits, name="probs") if probs is None else convert_to_tensor(probs, name="probs")
    batch_shape = shape_op(probs)

    def draw(n: Tensor) -> Tensor:
        uniform = random_uniform(concat([[n], batch_shape], 0), seed=seed, dtype=probs.dtype)
        return cast(less(uniform, probs), dtype)

    return _sampled(draw, sample_shape)


def categorical_sample(
    logits: Any, dtype: Any = dtypes.int32, sample_shape: Any = (), seed: int | None = None
) -> Tensor:
    """Classes by their log-probabilities, of shape sample_shape + shape(logits)[:-1].

    Args:
        logits: unnormalized log-probabilities, (..., classes).
        dtype: the type of the samples.
        sample_shape: how many there are, a size or a shape.
        seed: the seed of the op.
    """
    logits = convert_to_tensor(logits, name="logits")
    classes = shape_op(logits)[-1]
    batch_shape = shape_op(logits)[:-1]

    def draw(n: Tensor) -> Tensor:
        rows = logits if logits.shape.ndims == 2 else reshape(logits, [-1, classes])
        drawn_type = dtypes.int64 if logits.dtype.size > 4 else dtypes.int32
        draws = multinomial(rows, n, seed=seed, output_dtype=drawn_type)
        return cast(reshape(transpose(draws), concat([[n], batch_shape], 0)), dtype)

    return _sampled(draw, sample_shape)
