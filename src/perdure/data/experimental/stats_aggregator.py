"""Aggregators of statistics about datasets."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g


class StatsAggregatorV1:
    """Takes in the statistics that datasets record.

    A dataset records into it what `StatsOptions` or the transformations `latency_stats` and
    `bytes_produced_stats` ask for.
    """

    def __init__(self) -> None:
        self._resource = g.stats_aggregator_handle()

    def get_summary(self) -> Any:
        """What was recorded, a serialized Summary, as a string scalar."""
        return g.stats_aggregator_summary(self._resource)


class StatsAggregatorV2:
    """An aggregator that writes to a summary writer of its own, which needs eager execution."""

    def __init__(self) -> None:
        raise NotImplementedError("StatsAggregatorV2 writes summaries eagerly; perdure runs graphs")
