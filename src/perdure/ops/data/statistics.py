"""Ops on what is recorded about datasets."""

import numpy as np

from perdure.ops.data.definitions import as_dataset, dataset_op, scalar_shape, text
from perdure.ops.registry import op
from perdure.pipelines import statistics
from perdure.resources.statistics import StatsAggregator


def stats_aggregator_handle_kernel(xp, *, obtain):
    return obtain()


for _definition in (
    op("StatsAggregatorHandle", setup=True, makes=StatsAggregator),
    op("ExperimentalStatsAggregatorHandle", setup=True, makes=StatsAggregator),
):
    _definition.shape(scalar_shape)
    _definition.kernel(stats_aggregator_handle_kernel)
    _definition.not_differentiable("it makes an aggregator")


def stats_aggregator_summary_kernel(xp, iterator):
    from perdure.formats.messages import Summary
    from perdure.ops.summaries.histogram_buckets import fill

    summary = Summary()
    histograms, values = iterator.taken()
    for name, numbers in sorted(histograms.items()):
        fill(summary.value.add(tag=name).histo, np.array(numbers))
    for name, number in sorted(values.items()):
        summary.value.add(tag=name, simple_value=number)
    return summary.SerializeToString()


for _definition in (
    op("StatsAggregatorSummary", host=True, handles={"iterator": StatsAggregator}),
    op("ExperimentalStatsAggregatorSummary", host=True, handles={"iterator": StatsAggregator}),
):
    _definition.shape(scalar_shape)
    _definition.kernel(stats_aggregator_summary_kernel)
    _definition.not_differentiable("it says what was recorded")


def set_stats_aggregator_dataset_kernel(
    xp, input_dataset, stats_aggregator, tag, *, output_types, output_shapes
):
    return statistics.SetStatsAggregatorDataset(
        output_types, output_shapes, as_dataset(input_dataset), stats_aggregator, text(tag).decode()
    )


_AGGREGATOR = {"stats_aggregator": StatsAggregator}

for _definition in (
    dataset_op("SetStatsAggregatorDataset", handles=_AGGREGATOR),
    dataset_op("ExperimentalSetStatsAggregatorDataset", handles=_AGGREGATOR),
):
    _definition.kernel(set_stats_aggregator_dataset_kernel)


def bytes_produced_stats_dataset_kernel(xp, input_dataset, tag, *, output_types, output_shapes):
    source = as_dataset(input_dataset)
    return statistics.StatsDataset(output_types, output_shapes, source, text(tag).decode(), False)


for _definition in (
    dataset_op("BytesProducedStatsDataset"),
    dataset_op("ExperimentalBytesProducedStatsDataset"),
):
    _definition.kernel(bytes_produced_stats_dataset_kernel)


def latency_stats_dataset_kernel(xp, input_dataset, tag, *, output_types, output_shapes):
    source = as_dataset(input_dataset)
    return statistics.StatsDataset(output_types, output_shapes, source, text(tag).decode(), True)


for _definition in (
    dataset_op("LatencyStatsDataset"),
    dataset_op("ExperimentalLatencyStatsDataset"),
):
    _definition.kernel(latency_stats_dataset_kernel)
