"""`tf.data.Options`: how a dataset is run."""

from __future__ import annotations

from typing import Any

from perdure.data.experimental.option_kinds import (
    DistributeOptions,
    OptimizationOptions,
    StatsOptions,
    ThreadingOptions,
)
from perdure.data.options import OptionsBase, create_option, merge_options


class Options(OptionsBase):
    """How a dataset is run; attached to it by `Dataset.with_options`."""

    experimental_deterministic = create_option(
        "experimental_deterministic", bool, "Whether elements come in order; None for yes."
    )
    experimental_distribute = create_option(
        "experimental_distribute", DistributeOptions, "How it is divided among workers.", DistributeOptions
    )
    experimental_optimization = create_option(
        "experimental_optimization", OptimizationOptions, "Which optimizations are done.", OptimizationOptions
    )
    experimental_slack = create_option(
        "experimental_slack", bool, "Whether the last prefetch leaves time to others; None for no."
    )
    experimental_stats = create_option(
        "experimental_stats", StatsOptions, "What is recorded about it.", StatsOptions
    )
    experimental_threading = create_option(
        "experimental_threading", ThreadingOptions, "How many threads it has.", ThreadingOptions
    )
    experimental_stateful_whitelist = create_option(
        "experimental_stateful_whitelist", list, "Ops with state that do not keep it from being saved."
    )

    def _static_optimizations(self) -> list[str]:
        chosen: list[str] = list(self.experimental_optimization._static_optimizations())
        if self.experimental_deterministic is False:
            chosen.append("make_sloppy")
        if self.experimental_stats and self.experimental_stats.latency_all_edges:
            chosen.append("latency_all_edges")
        if self.experimental_slack:
            chosen.append("slack")
        if self.experimental_distribute and self.experimental_distribute._make_stateless:
            chosen.append("make_stateless")
        return chosen

    def _static_optimization_configs(self) -> list[str]:
        configs: list[str] = []
        if self.experimental_optimization:
            configs += self.experimental_optimization._static_optimization_configs()
        if self.experimental_slack:
            devices = self.experimental_distribute.num_devices
            configs.append(f"slack:slack_period:{1 if devices is None else devices}")
        return configs

    def merge(self, options: Any) -> Any:
        """These options and others in one.

        Raises:
            ValueError: both set one to different values.
        """
        return merge_options(self, options)
