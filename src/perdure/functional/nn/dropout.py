"""tf.nn.dropout."""

from __future__ import annotations

import numbers
from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.array import array
from perdure.functional.math import cast
from perdure.functional.random.random import random_uniform
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.platform import logging


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """Set elements to 0 at random and scale the others up, so that the sum is expected to stay.

    Args:
        x: a tensor of floats.
        keep_prob: the probability that an element stays; the older way to give 1 - rate.
        noise_shape: the shape of the random mask, which is broadcast against `x`.
        seed: a seed for the random numbers.
        name: a scope for the nodes.
        rate: the probability that an element becomes 0, in [0, 1).

    Raises:
        ValueError: neither `rate` nor `keep_prob` is given, or both; it is out of range; `x` has no
            floats.
    """
    try:
        from_keep_prob = None if keep_prob is None else 1.0 - keep_prob
    except TypeError:
        raise ValueError(f"keep_prob must be a floating point number or Tensor (got {keep_prob!r})") from None
    rate = renamed("rate", rate, "keep_prob", from_keep_prob)
    if rate is None:
        raise ValueError("You must provide a rate to dropout.")
    with name_scope(name, "dropout", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_floating:
            raise ValueError(
                "x has to be a floating point tensor since it's going to be scaled. "
                f"Got a {x.dtype} tensor instead."
            )
        if isinstance(rate, numbers.Real):
            number: Any = rate  # a `Real` has no comparisons that type checkers know
            if not 0 <= number < 1:
                raise ValueError(f"rate must be a scalar tensor or a float in the range [0, 1), got {rate:g}")
            if number > 0.5:
                logging.log_first_n(
                    logging.WARN,
                    "Large dropout rate: %g (>0.5). It is the part that is dropped, "
                    "not the part that is kept.",
                    5,
                    rate,
                )
            if rate == 0:
                return x
        rate = convert_to_tensor(rate, dtype=x.dtype, name="rate")
        rate.get_shape().assert_has_rank(0)
        known = constant_value(rate)
        if known is not None and known == 0:
            return x
        drawn = random_uniform(_noise_shape(x, noise_shape), seed=seed, dtype=x.dtype)
        keep_prob = 1 - rate
        scale = 1 / keep_prob
        is_kept = drawn >= rate
        result = x * scale * cast.cast(is_kept, x.dtype)
        result.set_shape(x.get_shape())
        return result


def _noise_shape(x: Tensor, noise_shape: Any) -> Any:
    """`noise_shape` with its unknown sizes taken from `x`."""
    if noise_shape is None:
        return array.shape(x)
    try:
        given = as_shape(noise_shape)
    except (TypeError, ValueError):
        return noise_shape
    if x._shape is None or given.dims is None or len(given.dims) != len(x._shape):
        return noise_shape
    sizes = [own if size is None else size for size, own in zip(given.as_list(), x._shape, strict=True)]
    return TensorShape(sizes)
