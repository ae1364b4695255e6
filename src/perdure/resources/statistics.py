"""What is recorded about datasets: histograms, counters and values by name."""

from __future__ import annotations

import threading
from typing import Any

from perdure.graph.forking import free_in_children
from perdure.resources.resource import Resource


class StatsAggregator(Resource):
    """Takes in what datasets record.  Thread-safe.

    Args:
        name: its name in messages.
    """

    __slots__ = ("name", "_lock", "_histograms", "_values")
    kind = "statistics of datasets"
    tensorflow_class = "tensorflow::data::StatsAggregatorResource"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._lock = free_in_children(threading.RLock())
        self._histograms: dict[str, list[float]] = {}
        self._values: dict[str, float] = {}

    def add(self, name: str, number: float) -> None:
        """Add a number to a histogram."""
        with self._lock:
            self._histograms.setdefault(name, []).append(number)

    def set(self, name: str, number: float) -> None:
        """Note a value."""
        with self._lock:
            self._values[name] = number

    def taken(self) -> tuple[dict[str, list[float]], dict[str, float]]:
        """The histograms and values so far."""
        with self._lock:
            histograms: Any = {name: list(numbers) for name, numbers in self._histograms.items()}
            return histograms, dict(self._values)

    def cancel(self) -> None:
        """Forget all."""
        with self._lock:
            self._histograms.clear()
            self._values.clear()
