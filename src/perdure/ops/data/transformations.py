"""Ops that make a dataset of others without calling functions."""

from perdure.ops.data.definitions import as_dataset, dataset_op, integer, text
from perdure.pipelines import (
    batching,
    caching,
    combining,
    optimizing,
    passing,
    selecting,
    shuffling,
    threads,
    windows,
)

# -- some of the elements ---------------------------------------------------------------------------

repeat_dataset = dataset_op("RepeatDataset")


@repeat_dataset.kernel
def repeat_dataset_kernel(xp, input_dataset, count, *, output_types, output_shapes):
    source = as_dataset(input_dataset)
    return selecting.RepeatDataset(output_types, output_shapes, source, integer(count, "count"))


take_dataset = dataset_op("TakeDataset")


@take_dataset.kernel
def take_dataset_kernel(xp, input_dataset, count, *, output_types, output_shapes):
    source = as_dataset(input_dataset)
    return selecting.TakeDataset(output_types, output_shapes, source, integer(count, "count"))


skip_dataset = dataset_op("SkipDataset")


@skip_dataset.kernel
def skip_dataset_kernel(xp, input_dataset, count, *, output_types, output_shapes):
    source = as_dataset(input_dataset)
    return selecting.SkipDataset(output_types, output_shapes, source, integer(count, "count"))


shard_dataset = dataset_op("ShardDataset")


@shard_dataset.kernel
def shard_dataset_kernel(xp, input_dataset, num_shards, index, *, output_types, output_shapes):
    place = integer(num_shards, "num_shards"), integer(index, "index")
    return selecting.ShardDataset(output_types, output_shapes, as_dataset(input_dataset), *place)


# -- another order ----------------------------------------------------------------------------------

shuffle_dataset = dataset_op("ShuffleDataset", draws=True)


@shuffle_dataset.kernel
def shuffle_dataset_kernel(
    xp, input_dataset, buffer_size, seed, seed2, *, reshuffle_each_iteration, output_types, output_shapes
):
    return shuffling.ShuffleDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        integer(buffer_size, "buffer_size"),
        integer(seed, "seed"),
        integer(seed2, "seed2"),
        reshuffle_each_iteration,
    )


shuffle_and_repeat_dataset = dataset_op("ShuffleAndRepeatDataset", draws=True)


@shuffle_and_repeat_dataset.kernel
def shuffle_and_repeat_dataset_kernel(
    xp, input_dataset, buffer_size, seed, seed2, count, *, output_types, output_shapes
):
    return shuffling.ShuffleDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        integer(buffer_size, "buffer_size"),
        integer(seed, "seed"),
        integer(seed2, "seed2"),
        False,
        integer(count, "count"),
    )


# -- several datasets -------------------------------------------------------------------------------

zip_dataset = dataset_op("ZipDataset")


@zip_dataset.kernel
def zip_dataset_kernel(xp, input_datasets, *, output_types, output_shapes):
    return combining.ZipDataset(output_types, output_shapes, [as_dataset(each) for each in input_datasets])


concatenate_dataset = dataset_op("ConcatenateDataset")


@concatenate_dataset.kernel
def concatenate_dataset_kernel(xp, input_dataset, another_dataset, *, output_types, output_shapes):
    return combining.ConcatenateDataset(
        output_types, output_shapes, as_dataset(input_dataset), as_dataset(another_dataset)
    )


# -- several elements -------------------------------------------------------------------------------

batch_dataset = dataset_op("BatchDataset")


@batch_dataset.kernel
def batch_dataset_kernel(xp, input_dataset, batch_size, *, output_types, output_shapes):
    size = integer(batch_size, "batch_size")
    return batching.BatchDataset(output_types, output_shapes, as_dataset(input_dataset), size, False)


batch_dataset_v2 = dataset_op("BatchDatasetV2")


@batch_dataset_v2.kernel
def batch_dataset_v2_kernel(xp, input_dataset, batch_size, drop_remainder, *, output_types, output_shapes):
    source, size = as_dataset(input_dataset), integer(batch_size, "batch_size")
    return batching.BatchDataset(output_types, output_shapes, source, size, bool(drop_remainder))


padded_batch_dataset = dataset_op("PaddedBatchDataset")


@padded_batch_dataset.kernel
def padded_batch_dataset_kernel(
    xp, input_dataset, batch_size, padded_shapes, padding_values, *, Toutput_types, output_shapes
):
    source, size = as_dataset(input_dataset), integer(batch_size, "batch_size")
    return batching.PaddedBatchDataset(
        Toutput_types, output_shapes, source, size, False, padded_shapes, padding_values
    )


padded_batch_dataset_v2 = dataset_op("PaddedBatchDatasetV2")


@padded_batch_dataset_v2.kernel
def padded_batch_dataset_v2_kernel(
    xp,
    input_dataset,
    batch_size,
    padded_shapes,
    padding_values,
    drop_remainder,
    *,
    Toutput_types,
    output_shapes,
):
    source, size = as_dataset(input_dataset), integer(batch_size, "batch_size")
    return batching.PaddedBatchDataset(
        Toutput_types, output_shapes, source, size, bool(drop_remainder), padded_shapes, padding_values
    )


def unbatch_dataset_kernel(xp, input_dataset, *, output_types, output_shapes):
    return batching.UnbatchDataset(output_types, output_shapes, as_dataset(input_dataset))


for _definition in (
    dataset_op("UnbatchDataset"),
    dataset_op("ExperimentalUnbatchDataset"),
):
    _definition.kernel(unbatch_dataset_kernel)


def dense_to_sparse_batch_dataset_kernel(
    xp, input_dataset, batch_size, row_shape, *, output_types, output_shapes
):
    source, size = as_dataset(input_dataset), integer(batch_size, "batch_size")
    return batching.DenseToSparseBatchDataset(output_types, output_shapes, source, size, row_shape)


for _definition in (
    dataset_op("DenseToSparseBatchDataset"),
    dataset_op("ExperimentalDenseToSparseBatchDataset"),
):
    _definition.kernel(dense_to_sparse_batch_dataset_kernel)

window_dataset = dataset_op("WindowDataset")


@window_dataset.kernel
def window_dataset_kernel(
    xp, input_dataset, size, shift, stride, drop_remainder, *, output_types, output_shapes
):
    numbers = integer(size, "size"), integer(shift, "shift"), integer(stride, "stride")
    source = as_dataset(input_dataset)
    return windows.WindowDataset(output_types, output_shapes, source, *numbers, bool(drop_remainder))


def sliding_window_dataset_kernel(
    xp, input_dataset, window_size, window_shift, window_stride, *, output_types, output_shapes
):
    numbers = [
        integer(number, name)
        for number, name in (
            (window_size, "window_size"),
            (window_shift, "window_shift"),
            (window_stride, "window_stride"),
        )
    ]
    return windows.SlidingWindowDataset(output_types, output_shapes, as_dataset(input_dataset), *numbers)


for _definition in (
    dataset_op("SlidingWindowDataset"),
    dataset_op("ExperimentalSlidingWindowDataset"),
):
    _definition.kernel(sliding_window_dataset_kernel)

# -- what is right with elements --------------------------------------------------------------------


def ignore_errors_dataset_kernel(xp, input_dataset, *, output_types, output_shapes):
    return passing.IgnoreErrorsDataset(as_dataset(input_dataset), output_types, output_shapes)


for _definition in (
    dataset_op("IgnoreErrorsDataset"),
    dataset_op("ExperimentalIgnoreErrorsDataset"),
):
    _definition.kernel(ignore_errors_dataset_kernel)


def unique_dataset_kernel(xp, input_dataset, *, output_types, output_shapes):
    return passing.UniqueDataset(output_types, output_shapes, as_dataset(input_dataset))


for _definition in (
    dataset_op("UniqueDataset"),
    dataset_op("ExperimentalUniqueDataset"),
):
    _definition.kernel(unique_dataset_kernel)

sampling_dataset = dataset_op("SamplingDataset", draws=True)


@sampling_dataset.kernel
def sampling_dataset_kernel(xp, input_dataset, rate, seed, seed2, *, output_types, output_shapes):
    seeds = integer(seed, "seed"), integer(seed2, "seed2")
    return passing.SamplingDataset(
        output_types, output_shapes, as_dataset(input_dataset), float(rate), *seeds
    )


def sleep_dataset_kernel(xp, input_dataset, sleep_microseconds, *, output_types, output_shapes):
    time = integer(sleep_microseconds, "sleep_microseconds")
    return passing.SleepDataset(output_types, output_shapes, as_dataset(input_dataset), time)


for _definition in (
    dataset_op("SleepDataset"),
    dataset_op("ExperimentalSleepDataset"),
):
    _definition.kernel(sleep_dataset_kernel)

cache_dataset = dataset_op("CacheDataset")


@cache_dataset.kernel
def cache_dataset_kernel(xp, input_dataset, filename, *, files, output_types, output_shapes):
    name, source = text(filename).decode(), as_dataset(input_dataset)
    if not name:
        return caching.MemoryCacheDataset(output_types, output_shapes, source)
    return caching.FileCacheDataset(output_types, output_shapes, source, name, files)


# -- how it runs ------------------------------------------------------------------------------------

prefetch_dataset = dataset_op("PrefetchDataset")


@prefetch_dataset.kernel
def prefetch_dataset_kernel(xp, input_dataset, buffer_size, *, output_types, output_shapes):
    size = integer(buffer_size, "buffer_size")
    return threads.PrefetchDataset(output_types, output_shapes, as_dataset(input_dataset), size)


optimize_dataset = dataset_op("OptimizeDataset")


@optimize_dataset.kernel
def optimize_dataset_kernel(xp, input_dataset, optimizations):
    return optimizing.optimized(as_dataset(input_dataset), list(optimizations))


def passed_on_kernel(xp, input_dataset):
    return as_dataset(input_dataset)


# What they say about threads and tuning changes no element: threads are bounded by the machine's processors.
for _definition in (
    dataset_op("ModelDataset"),
    dataset_op("MaxIntraOpParallelismDataset"),
    dataset_op("ExperimentalMaxIntraOpParallelismDataset"),
    dataset_op("PrivateThreadPoolDataset"),
    dataset_op("ExperimentalPrivateThreadPoolDataset"),
):
    _definition.kernel(passed_on_kernel)
