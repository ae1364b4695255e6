"""Adagrad whose sums can be left alone for some gradients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from perdure.optimizers.adagrad import AdagradOptimizer


class RegAdagradOptimizer(AdagradOptimizer):
    """Adagrad that does not count the gradients applied within `avoid_updating_slots()`: regularizers'.

    Args:
        learning_rate: a float, a tensor, or a function that returns one.
        initial_accumulator_value: where the sums start; positive.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.

    Raises:
        ValueError: `initial_accumulator_value` is not positive.
    """

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "RegAdagrad",
    ) -> None:
        super().__init__(learning_rate, initial_accumulator_value, use_locking, name)
        self._should_update_slots = True

    @contextmanager
    def avoid_updating_slots(self) -> Iterator[None]:
        """Gradients that are applied in this block do not change the sums."""
        before = self._should_update_slots
        self._should_update_slots = False
        try:
            yield
        finally:
            self._should_update_slots = before

    def _attributes(self) -> dict[str, Any]:
        return {**super()._attributes(), "update_slots": self._should_update_slots}
