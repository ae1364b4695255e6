"""What a loop of a compiled program adds up: its terms are stored, and added up behind it.

A loop that may run for long, or nobody knows how long, adds them one by one as the program says; stored terms
take at most some megabytes.  See `planning/sums.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from perdure.runtime.planning.sums import LoopSum

# Bytes of the terms of a loop that are stored.
_MOST_BYTES = 1 << 24


class TracedSums:
    """The sums of a loop, which carries what `start` gives.

    Args:
        sums: the sums.
        values: those that the loop begins with.
        shapes: shape and type of each factor of their terms.
        times: how often the loop runs at most, if that is known.
    """

    def __init__(
        self,
        sums: Sequence[LoopSum],
        values: Sequence[Any],
        shapes: Sequence[Sequence[Any]],
        times: int | None,
    ) -> None:
        self._sums = sums
        self._values = values
        self._shapes = shapes
        self._times = times
        sizes = [math.prod(s.shape) * s.dtype.itemsize for each in shapes for s in each]
        self._is_stored = times is not None and times * sum(sizes) <= _MOST_BYTES

    def start(self) -> list[Any]:
        """What the loop carries before its first iteration."""
        if not self._is_stored:
            return [jnp.asarray(value) for value in self._values]
        stores = [jnp.zeros((self._times, *s.shape), s.dtype) for each in self._shapes for s in each]
        return [*stores, jnp.int32(0)]

    def taken(self, held: Sequence[Any], results: Sequence[Any]) -> list[Any]:
        """What the loop carries after an iteration.

        Args:
            held: what it carried before.
            results: those of its body.
        """
        if not self._is_stored:
            factors = [[results[i] for i in each.terms] for each in self._sums]
            return [value + _term(each, f) for each, value, f in zip(self._sums, held, factors, strict=True)]
        *stores, count = held
        made = [jnp.asarray(results[i]) for each in self._sums for i in each.terms]
        put = jax.lax.dynamic_update_index_in_dim
        return [*(put(store, value, count, 0) for store, value in zip(stores, made, strict=True)), count + 1]

    def totals(self, held: Sequence[Any]) -> list[Any]:
        """The values of the sums behind the loop."""
        if not self._is_stored:
            return list(held)
        stores = iter(held)
        totals: list[Any] = []
        for each, value in zip(self._sums, self._values, strict=True):
            # Iterations that did not happen have left zeros.
            factors = [next(stores).reshape(-1, shape.shape[-1]) for shape in self._shapes[len(totals)]]
            totals.append(value + _term(each, factors))
        return totals


def _term(each: LoopSum, factors: Sequence[Any]) -> Any:
    return jnp.matmul(factors[0].T, factors[1]) if each.is_product else jnp.sum(factors[0], axis=0)
