"""The options below `tf.data.Options`: optimizations, threads, statistics, distribution."""

from __future__ import annotations

from perdure.data.experimental.stats_aggregator import StatsAggregatorV1, StatsAggregatorV2
from perdure.data.options import OptionsBase, create_option

_DEFAULTS = ("map_and_batch_fusion", "noop_elimination", "shuffle_and_repeat_fusion")
_FUSIONS = (
    "filter_fusion",
    "filter_with_random_uniform_fusion",
    "hoist_random_uniform",
    "map_and_batch_fusion",
    "map_and_filter_fusion",
    "map_parallelization",
    "map_fusion",
    "noop_elimination",
    "parallel_batch",
    "shuffle_and_repeat_fusion",
)


class MapVectorizationOptions(OptionsBase):
    """Whether `map` is done for whole batches."""

    enabled = create_option("enabled", bool, "Whether maps are done for whole batches; None for no.")
    use_choose_fastest = create_option(
        "use_choose_fastest", bool, "Whether what is faster is chosen while it runs; None for no."
    )

    def _static_optimizations(self) -> list[str]:
        return ["map_vectorization"] if self.enabled else []

    def _static_optimization_configs(self) -> list[str]:
        chooses = "true" if self.use_choose_fastest else "false"
        return [f"map_vectorization:use_choose_fastest:{chooses}"]


class OptimizationOptions(OptionsBase):
    """Which optimizations TensorFlow would do; of them perdure does those that change orders or errors."""

    apply_default_optimizations = create_option(
        "apply_default_optimizations", bool, "Whether the usual optimizations are done; None for yes."
    )
    autotune = create_option("autotune", bool, "Whether numbers of threads are chosen; None for yes.")
    autotune_algorithm = create_option("autotune_algorithm", int, "How they are chosen.")
    autotune_buffers = create_option(
        "autotune_buffers", bool, "Whether sizes of buffers are chosen, too; None for no."
    )
    autotune_cpu_budget = create_option("autotune_cpu_budget", int, "Among how many processors.")
    filter_fusion = create_option("filter_fusion", bool, "Whether filters become one; None for no.")
    filter_with_random_uniform_fusion = create_option(
        "filter_with_random_uniform_fusion", bool, "Whether random filters become samplings; None for no."
    )
    hoist_random_uniform = create_option(
        "hoist_random_uniform", bool, "Whether random numbers are drawn outside of maps; None for no."
    )
    map_and_batch_fusion = create_option(
        "map_and_batch_fusion", bool, "Whether a map and a batch become one; None for yes."
    )
    map_and_filter_fusion = create_option(
        "map_and_filter_fusion", bool, "Whether a map and a filter become one; None for no."
    )
    map_fusion = create_option("map_fusion", bool, "Whether maps become one; None for no.")
    map_parallelization = create_option(
        "map_parallelization", bool, "Whether maps without state run in parallel; None for no."
    )
    map_vectorization = create_option(
        "map_vectorization",
        MapVectorizationOptions,
        "Whether maps are done for whole batches.",
        MapVectorizationOptions,
    )
    noop_elimination = create_option(
        "noop_elimination", bool, "Whether what does nothing is left out; None for yes."
    )
    parallel_batch = create_option(
        "parallel_batch", bool, "Whether batches are copied in parallel; None for no."
    )
    shuffle_and_repeat_fusion = create_option(
        "shuffle_and_repeat_fusion", bool, "Whether a shuffle and a repeat become one; None for yes."
    )

    def _static_optimizations(self) -> list[str]:
        chosen = {name for name in _FUSIONS if getattr(self, name)}
        if self.apply_default_optimizations is not False:
            chosen |= {name for name in _DEFAULTS if getattr(self, name) is not False}
        if self.map_vectorization is not None:
            chosen |= {*self.map_vectorization._static_optimizations()}
        if self.autotune is not False and self.autotune_buffers:
            chosen.add("inject_prefetch")
        return sorted(chosen)

    def _static_optimization_configs(self) -> list[str]:
        if self.map_vectorization is None:
            return []
        configs: list[str] = self.map_vectorization._static_optimization_configs()
        return configs


class ThreadingOptions(OptionsBase):
    """How many threads a dataset may use."""

    max_intra_op_parallelism = create_option(
        "max_intra_op_parallelism", int, "How many threads an operation may use."
    )
    private_threadpool_size = create_option(
        "private_threadpool_size", int, "How many threads the dataset has of its own."
    )


class StatsOptions(OptionsBase):
    """What is recorded about a dataset."""

    aggregator = create_option("aggregator", (StatsAggregatorV2, StatsAggregatorV1), "Where it is recorded.")
    prefix = create_option("prefix", str, "What names of records begin with.", lambda: "")
    counter_prefix = create_option("counter_prefix", str, "What names of counters begin with.", lambda: "")
    latency_all_edges = create_option(
        "latency_all_edges", bool, "Whether the time of each part is recorded; None for no."
    )


class DistributeOptions(OptionsBase):
    """How a dataset is divided among workers."""

    auto_shard = create_option("auto_shard", bool, "Whether each worker gets a part.", lambda: True)
    _make_stateless = create_option("_make_stateless", bool, "Whether it must have no state.")
    num_devices = create_option("num_devices", int, "How many devices take from it.")
