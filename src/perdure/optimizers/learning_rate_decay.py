"""Learning rates that fall with the global step.

Where TensorFlow chooses between values with `tf.cond` or `tf.case` (`piecewise_constant`, `polynomial_decay`
with `cycle`, `cosine_decay_restarts`), these functions use Select nodes: the values are the same, computing
both costs nothing, and a compiled step needs no branches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from perdure.functional.array.gathering import where
from perdure.functional.math.binary import add, divide, equal, less_equal, minimum, multiply
from perdure.functional.math.binary import pow as power
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import ceil, cos, exp, floor, log, negative, sqrt
from perdure.functional.random.random import random_normal
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_n_to_tensor, convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import int32, int64
from perdure.graph.tensor import Tensor


def _operands(learning_rate: Any, *others: Any) -> list[Tensor]:
    """The learning rate as a tensor, and the others as tensors of its type."""
    rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
    return [rate, *[cast(other, rate.dtype) for other in others]]


def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """`learning_rate * decay_rate ** (step / decay_steps)`.

    Args:
        learning_rate: the rate at step 0.
        global_step: the number of the step.
        decay_steps: after how many steps the rate is multiplied by `decay_rate`.
        decay_rate: the factor.
        staircase: whether the exponent is rounded down, so that the rate falls in stairs.
        name: the name of the result.
    """
    with name_scope(name, "ExponentialDecay") as scope:
        rate, steps, factor, step = _operands(learning_rate, decay_steps, decay_rate, global_step)
        exponent = step / steps
        if staircase:
            exponent = floor(exponent)
        return multiply(rate, power(factor, exponent), name=scope)


def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """`learning_rate * exp(-decay_rate * step / decay_steps)`; see `exponential_decay`."""
    factor = exp(negative(decay_rate))
    return exponential_decay(learning_rate, global_step, decay_steps, factor, staircase, name)


def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """`learning_rate / (1 + decay_rate * step / decay_steps)`.

    Args:
        learning_rate: the rate at step 0.
        global_step: the number of the step.
        decay_steps: how many steps make one unit of time.
        decay_rate: how fast it falls.
        staircase: whether the time is rounded down.
        name: the name of the result.
    """
    with name_scope(name, "InverseTimeDecay") as scope:
        rate, steps, factor, step = _operands(learning_rate, decay_steps, decay_rate, global_step)
        time = step / steps
        if staircase:
            time = floor(time)
        one = cast(constant(1), rate.dtype)
        return divide(rate, add(one, multiply(factor, time)), name=scope)


def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> Tensor:
    """`(learning_rate - end) * (1 - step / decay_steps) ** power + end`, and `end` after `decay_steps`.

    Args:
        learning_rate: the rate at step 0.
        global_step: the number of the step.
        decay_steps: when the end is reached.
        end_learning_rate: the rate there.
        power: the exponent.
        cycle: whether, instead of staying at the end, `decay_steps` is doubled, tripled ... as needed.
        name: the name of the result.
    """
    with name_scope(name, "PolynomialDecay") as scope:
        rate, end, exponent, step, steps = _operands(
            learning_rate, end_learning_rate, power, global_step, decay_steps
        )
        if cycle:
            cycles = ceil(step / steps)
            steps = multiply(steps, where(equal(step, 0), cast(1.0, rate.dtype), cycles))
        else:
            step = minimum(step, decay_steps)
        done = divide(step, steps)
        return add(multiply(rate - end, _power(1 - done, exponent)), end, name=scope)


_power = power  # where an argument has TensorFlow's name `power`


def piecewise_constant(
    x: Any, boundaries: Sequence[Any], values: Sequence[Any], name: str | None = None
) -> Tensor:
    """`values[0]` up to and including `boundaries[0]`, then `values[1]` up to `boundaries[1]`, and so on.

    Args:
        x: a scalar, such as the global step.
        boundaries: rising numbers of the type of `x`.
        values: one more than boundaries, all of one type.
        name: the name scope.

    Raises:
        ValueError: types that differ, or numbers of boundaries and values that do not fit.
    """
    boundaries = convert_n_to_tensor(boundaries)
    values = convert_n_to_tensor(values)
    x = convert_to_tensor(x)
    dtype = x.dtype.base_dtype
    for i, boundary in enumerate(boundaries):
        if boundary.dtype.base_dtype == dtype:
            continue
        if boundary.dtype.base_dtype != int32 or dtype != int64:
            raise ValueError(
                f"Boundaries ({boundary.dtype.base_dtype}) must have the same dtype as x ({dtype})."
            )
        boundaries[i] = cast(boundary, dtype)
    for value in values[1:]:
        if value.dtype.base_dtype != values[0].dtype.base_dtype:
            raise ValueError(
                "Values must have elements all with the same dtype "
                f"({values[0].dtype.base_dtype} vs {value.dtype.base_dtype})."
            )
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    with name_scope(name, "PiecewiseConstant"):
        result = values[-1]
        for boundary, value in zip(reversed(boundaries), reversed(values[:-1]), strict=True):
            result = where(less_equal(x, boundary), value, result)
        return result


def cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Tensor:
    """`learning_rate * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)`.

    Reference: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016.

    Args:
        learning_rate: the rate at step 0.
        global_step: the number of the step.
        decay_steps: when the lowest rate is reached; it stays there.
        alpha: the lowest rate, as a part of the first.
        name: the name scope.
    """
    with name_scope(name, "CosineDecay"):
        rate, steps, step = _operands(learning_rate, decay_steps, global_step)
        step = minimum(step, steps)
        wave = _half_wave(step / steps)
        return multiply(rate, (1 - alpha) * wave + alpha)


def _half_wave(time: Tensor) -> Tensor:
    """From 1 at time 0 along a cosine to 0 at time 1."""
    return 0.5 * (1.0 + cos(constant(math.pi) * time))


def cosine_decay_restarts(
    learning_rate: Any,
    global_step: Any,
    first_decay_steps: Any,
    t_mul: Any = 2.0,
    m_mul: Any = 1.0,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Tensor:
    """`cosine_decay`, started again whenever its end is reached.

    Reference: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016.

    Args:
        learning_rate: the rate at step 0.
        global_step: the number of the step.
        first_decay_steps: the length of the first period.
        t_mul: how much longer each period is than the one before.
        m_mul: how much higher each period starts than the one before.
        alpha: the lowest rate, as a part of the first.
        name: the name of the result.
    """
    with name_scope(name, "SGDRDecay") as scope:
        rate, first_steps, alpha, t_mul, m_mul, step = _operands(
            learning_rate, first_decay_steps, alpha, t_mul, m_mul, global_step
        )
        time = step / first_steps
        # Periods of lengths 1, t, t**2 ...: the sum of the first n is (1 - t**n) / (1 - t).
        growing = floor(log(1.0 - time * (1.0 - t_mul)) / log(t_mul))
        start = (1.0 - t_mul**growing) / (1.0 - t_mul)
        growing_time = (time - start) / t_mul**growing
        equally_long = equal(t_mul, 1.0)
        restarts = where(equally_long, floor(time), growing)
        time = where(equally_long, time - floor(time), growing_time)
        wave = 0.5 * m_mul**restarts * (1.0 + cos(constant(math.pi) * time))
        return multiply(rate, (1 - alpha) * wave + alpha, name=scope)


def linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:
    """`learning_rate * ((alpha + linear) * wave + beta)`, with a linear fall from 1 to 0 and a cosine.

    Reference: Bello et al., "Neural Optimizer Search with Reinforcement Learning", 2017.

    Args:
        learning_rate: the rate at step 0.
        global_step: the number of the step.
        decay_steps: when the end is reached; it stays there.
        num_periods: how often the cosine goes around.
        alpha, beta: see the formula.
        name: the name of the result.
    """
    with name_scope(name, "LinearCosineDecay") as scope:
        rate, steps, periods, alpha, beta, step = _operands(
            learning_rate, decay_steps, num_periods, alpha, beta, global_step
        )
        step = minimum(step, steps)
        linear = (steps - step) / steps
        done = step / steps
        wave = _half_wave(2.0 * periods * done)
        return multiply(rate, (alpha + linear) * wave + beta, name=scope)


def noisy_linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    initial_variance: Any = 1.0,
    variance_decay: Any = 0.55,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:
    """`linear_cosine_decay` with normal noise of falling variance added to the linear part.

    Args:
        learning_rate: the rate at step 0.
        global_step: the number of the step.
        decay_steps: when the end is reached; it stays there.
        initial_variance: the variance of the noise at step 0.
        variance_decay: its variance is `initial_variance / (1 + step) ** variance_decay`.
        num_periods: how often the cosine goes around.
        alpha, beta: see `linear_cosine_decay`.
        name: the name of the result.
    """
    with name_scope(name, "NoisyLinearCosineDecay") as scope:
        rate, steps, variance, falling, periods, alpha, beta, step = _operands(
            learning_rate,
            decay_steps,
            initial_variance,
            variance_decay,
            num_periods,
            alpha,
            beta,
            global_step,
        )
        step = minimum(step, steps)
        linear = (steps - step) / steps
        deviation = sqrt(variance / _power(1.0 + step, falling))
        noisy = linear + random_normal(linear.shape, stddev=deviation)
        done = step / steps
        wave = _half_wave(2.0 * periods * done)
        return multiply(rate, (alpha + noisy) * wave + beta, name=scope)
