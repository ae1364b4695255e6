"""Batches drawn again: each example as often as a rate says."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import fill, stop_gradient, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import gather
from perdure.functional.control.conditionals import cond
from perdure.functional.control.loops import while_loop
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_mean
from perdure.functional.random.random import random_poisson
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.optimizers.moving_averages import assign_moving_average
from perdure.variables.variable_scope import get_local_variable, variable_scope


def _repeated_numbers(counts: Any) -> Tensor:
    """0 as often as the first count says, then 1, and so on, int32."""
    with name_scope(None, "repeat_range", [counts]) as scope:
        counts = convert_to_tensor(counts, name="counts")
        size = shape_op(counts)[0]

        def body(output: TensorArray, i: Any) -> tuple[TensorArray, Any]:
            value = fill(counts[i : i + 1], i)
            return output.write(i, value), i + 1

        numbers, written = while_loop(
            lambda _, i: i < size,
            body,
            loop_vars=[TensorArray(dtype=dtypes.int32, size=size, infer_shape=False), 0],
        )
        return cond(written > 0, numbers.concat, lambda: zeros(shape=[0], dtype=dtypes.int32), name=scope)


def resample_at_rate(
    inputs: Any, rates: Any, scope: str | None = None, seed: int | None = None, back_prop: bool = False
) -> list[Tensor]:
    """Examples as often as Poisson draws of their rates say.

    Args:
        inputs: tensors (batch, ...).
        rates: how often each example is expected, (batch,).
        scope: the name scope.
        seed: the seed of the draws.
        back_prop: whether gradients flow through the choice.

    Returns:
        The chosen rows of each input.
    """
    with name_scope(scope, "resample_at_rate", [*inputs, rates]):
        rates = convert_to_tensor(rates, name="rates")
        counts = cast(random_poisson(rates, (), rates.dtype, seed=seed), dtypes.int32)
        chosen = _repeated_numbers(counts)
        if not back_prop:
            chosen = stop_gradient(chosen)
        return [gather(part, chosen) for part in inputs]


def weighted_resample(
    inputs: list[Any],
    weights: Any,
    overall_rate: Any,
    scope: str | None = None,
    mean_decay: float = 0.999,
    seed: int | None = None,
) -> tuple[list[Tensor], Tensor]:
    """Examples in proportion to weights, whose mean is estimated as batches come.

    Args:
        inputs: tensors (batch, ...).
        weights: (batch,).
        overall_rate: how often an example of mean weight is expected.
        scope: the name scope, and that of the variable of the mean.
        mean_decay: how much of the estimate each batch keeps.
        seed: the seed of the draws.

    Returns:
        The chosen rows of each input, and their rates.
    """
    with name_scope(scope, "weighted_resample", inputs) as own_scope:
        with variable_scope(scope, "estimate_mean", inputs):
            estimate = get_local_variable(
                "estimated_mean", initializer=cast(0, weights.dtype), dtype=weights.dtype
            )
            mean = assign_moving_average(estimate, reduce_mean(weights), mean_decay)
        rates = weights * overall_rate / mean
        rows = resample_at_rate([rates, *inputs], rates, scope=own_scope, seed=seed, back_prop=False)
        return rows[1:], rows[0]
