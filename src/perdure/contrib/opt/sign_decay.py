"""How much the sign counts as steps go by: the `sign_decay_fn` of AddSign and PowerSign."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from perdure.functional.array.gathering import where
from perdure.functional.math.binary import greater_equal, maximum, minimum, mod
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import cos
from perdure.graph.constants import constant
from perdure.graph.dtypes import float32, int32
from perdure.graph.tensor import Tensor

Decay = Callable[[Any], Tensor]


def get_linear_decay_fn(decay_steps: int) -> Decay:
    """From 1 to 0 in equal steps.

    Args:
        decay_steps: after how many.
    """

    def linear_decay_fn(global_step: Any) -> Tensor:
        _require(global_step, "linear_decay")
        step = minimum(global_step, decay_steps)
        left = cast(decay_steps, int32) - cast(step, int32)
        return maximum(0.0, cast(left, float32) / cast(decay_steps, float32))

    return linear_decay_fn


def get_cosine_decay_fn(decay_steps: int, num_periods: float = 0.5, zero_after: float | None = None) -> Decay:
    """Along a cosine between 1 and 0.

    Args:
        decay_steps: how long it goes on.
        num_periods: how many periods of the cosine that are.
        zero_after: after how many periods it is 0 and stays so; never if None.
    """

    def cosine_decay_fn(global_step: Any) -> Tensor:
        _require(global_step, "cosine_decay")
        step = minimum(global_step, decay_steps)
        fraction = 2.0 * num_periods * (cast(step, float32) / cast(decay_steps, float32))
        decayed = _cosine(fraction)
        if zero_after is not None:
            decayed = where(greater_equal(fraction, 2 * zero_after), 0.0, decayed)
        return decayed

    return cosine_decay_fn


def get_restart_decay_fn(decay_steps: int, num_periods: float = 1, zero_after: float | None = None) -> Decay:
    """Along half a cosine from 1 to 0, again and again.

    Reference: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.

    Args:
        decay_steps: how long it goes on.
        num_periods: how often it starts again in that time.
        zero_after: after how many periods it is 0 and stays so; never if None.
    """

    def restart_decay_fn(global_step: Any) -> Tensor:
        _require(global_step, "cosine_decay")
        step = minimum(global_step, decay_steps)
        position = mod(num_periods * cast(step, float32), decay_steps)
        decayed = _cosine(position / cast(decay_steps, float32))
        if zero_after is not None:
            periods = cast(num_periods * step, float32) / cast(decay_steps, float32)
            decayed = where(greater_equal(periods, zero_after), 0.0, decayed)
        return decayed

    return restart_decay_fn


def _cosine(fraction: Tensor) -> Tensor:
    return 0.5 * (1.0 + cos(constant(math.pi) * fraction))


def _require(global_step: Any, what: str) -> None:
    if global_step is None:
        raise ValueError(f"global_step is required for {what}.")
