"""What an interpreted loop adds up, a stretch of iterations at a time; see `planning/sums.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.arrays.blas import product
from perdure.runtime.execution.bind import Bound
from perdure.runtime.execution.failure import failure_of
from perdure.runtime.planning.sums import MANY_ROWS, LoopSum


class Terms:
    """The terms of the sums of a loop that have not been added yet.

    Args:
        sums: the sums, each with the kernel that makes a term.
    """

    def __init__(self, sums: Sequence[tuple[LoopSum, Bound]]) -> None:
        self._sums = sums
        self._first = min(each.terms[0] for each, _ in sums)
        self._held: list[list[Sequence[Any]]] = [[] for _ in sums]
        self._rows = 0

    def taken_from(self, results: list[Any]) -> list[Any]:
        """The results of a run of the body as its next arguments; keeps the terms that it has made.

        Args:
            results: those of the body, the terms behind the rest.
        """
        values = results[: self._first]
        for (each, _), held in zip(self._sums, self._held, strict=True):
            held.append([results[i] for i in each.terms])
        self._rows += max(1, len(results[-1]))
        return self.added_to(values) if self._rows >= MANY_ROWS else values

    def added_to(self, values: list[Any]) -> list[Any]:
        """The loop's variables with all terms added to the sums among them.

        Raises:
            tf.errors.InvalidArgumentError: factors do not fit.
        """
        for i, ((each, kernel), held) in enumerate(zip(self._sums, self._held, strict=True)):
            if held:
                values[each.place] = values[each.place] + _total(each, kernel, held)
                self._held[i] = []
        self._rows = 0
        return values


def _total(each: LoopSum, kernel: Bound, held: Sequence[Sequence[Any]]) -> Any:
    """The sum of terms."""
    columns = list(zip(*held, strict=True))
    if each.is_product and not _fit(*columns):
        # Its kernel says what is wrong; what is not wrong is added as the program says it.
        try:
            return sum(kernel(*factors) for factors in held)
        except Exception as error:
            raise failure_of(each.op, error) from error
    stacked = [np.concatenate(column) if len(column) > 1 else column[0] for column in columns]
    return product(stacked[0].T, stacked[1]) if each.is_product else stacked[0].sum(axis=0)


def _fit(lefts: Sequence[Any], rights: Sequence[Any]) -> bool:
    """Whether all products are of matrices with equal numbers of rows, and of equal shape."""
    columns = lefts[0].shape[1], rights[0].shape[1]
    return all(
        len(left) == len(right) and (left.shape[1], right.shape[1]) == columns
        for left, right in zip(lefts, rights, strict=True)
    )
