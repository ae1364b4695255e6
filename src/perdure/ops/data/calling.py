"""Ops that make a dataset of another one by calling functions of the graph."""

import numpy as np

from perdure.graph.errors import OutOfRangeError
from perdure.ops.checks import invalid
from perdure.ops.data.definitions import as_dataset, dataset_op, integer, scalar_shape
from perdure.ops.registry import op
from perdure.pipelines import batching, calling, grouping, interleaving, threads
from perdure.pipelines.calling import Captured, ended_by_function
from perdure.pipelines.dataset import Context

map_dataset = dataset_op("MapDataset")


@map_dataset.kernel
def map_dataset_kernel(
    xp, input_dataset, other_arguments, *, f, output_types, output_shapes, preserve_cardinality
):
    function = Captured(f, other_arguments)
    source = as_dataset(input_dataset)
    return calling.MapDataset(output_types, output_shapes, source, function, preserve_cardinality)


filter_dataset = dataset_op("FilterDataset")


@filter_dataset.kernel
def filter_dataset_kernel(xp, input_dataset, other_arguments, *, predicate, output_types, output_shapes):
    function = Captured(predicate, other_arguments)
    return calling.FilterDataset(output_types, output_shapes, as_dataset(input_dataset), function)


def take_while_dataset_kernel(xp, input_dataset, other_arguments, *, predicate, output_types, output_shapes):
    function = Captured(predicate, other_arguments)
    return calling.TakeWhileDataset(output_types, output_shapes, as_dataset(input_dataset), function)


for _definition in (
    dataset_op("TakeWhileDataset"),
    dataset_op("ExperimentalTakeWhileDataset"),
):
    _definition.kernel(take_while_dataset_kernel)

flat_map_dataset = dataset_op("FlatMapDataset")


@flat_map_dataset.kernel
def flat_map_dataset_kernel(xp, input_dataset, other_arguments, *, f, output_types, output_shapes):
    function = Captured(f, other_arguments)
    return calling.FlatMapDataset(output_types, output_shapes, as_dataset(input_dataset), function)


def scan_dataset_kernel(
    xp, input_dataset, initial_state, other_arguments, *, f, output_types, output_shapes, preserve_cardinality
):
    return calling.ScanDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        initial_state,
        Captured(f, other_arguments),
        preserve_cardinality,
    )


for _definition in (
    dataset_op("ScanDataset"),
    dataset_op("ExperimentalScanDataset"),
):
    _definition.kernel(scan_dataset_kernel)

generator_dataset = dataset_op("GeneratorDataset")


@generator_dataset.kernel
def generator_dataset_kernel(
    xp,
    init_func_other_args,
    next_func_other_args,
    finalize_func_other_args,
    *,
    init_func,
    next_func,
    finalize_func,
    output_types,
    output_shapes,
):
    return calling.GeneratorDataset(
        output_types,
        output_shapes,
        Captured(init_func),
        init_func_other_args,
        Captured(next_func, next_func_other_args),
        Captured(finalize_func, finalize_func_other_args),
    )


parallel_map_dataset = dataset_op("ParallelMapDataset")


@parallel_map_dataset.kernel
def parallel_map_dataset_kernel(
    xp,
    input_dataset,
    other_arguments,
    num_parallel_calls,
    *,
    f,
    output_types,
    output_shapes,
    preserve_cardinality,
):
    return threads.ParallelMapDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        Captured(f, other_arguments),
        preserve_cardinality,
        integer(num_parallel_calls, "num_parallel_calls"),
    )


def map_and_batch_dataset_kernel(
    xp,
    input_dataset,
    other_arguments,
    batch_size,
    num_parallel_calls,
    drop_remainder,
    *,
    f,
    output_types,
    output_shapes,
    preserve_cardinality,
):
    if integer(num_parallel_calls, "num_parallel_calls") == 0:
        raise invalid("num_parallel_calls must be greater than zero.")
    return batching.MapAndBatchDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        Captured(f, other_arguments),
        integer(batch_size, "batch_size"),
        bool(drop_remainder),
        preserve_cardinality,
    )


for _definition in (
    dataset_op("MapAndBatchDataset"),
    dataset_op("ExperimentalMapAndBatchDataset"),
):
    _definition.kernel(map_and_batch_dataset_kernel)

interleave_dataset = dataset_op("InterleaveDataset")


@interleave_dataset.kernel
def interleave_dataset_kernel(
    xp, input_dataset, other_arguments, cycle_length, block_length, *, f, output_types, output_shapes
):
    return interleaving.InterleaveDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        Captured(f, other_arguments),
        integer(cycle_length, "cycle_length"),
        integer(block_length, "block_length"),
    )


parallel_interleave_dataset_v2 = dataset_op("ParallelInterleaveDatasetV2")


@parallel_interleave_dataset_v2.kernel
def parallel_interleave_dataset_v2_kernel(
    xp,
    input_dataset,
    other_arguments,
    cycle_length,
    block_length,
    num_parallel_calls,
    *,
    f,
    output_types,
    output_shapes,
):
    calls = integer(num_parallel_calls, "num_parallel_calls")
    if calls <= 0 and calls != -1:
        raise invalid("num_parallel_calls must be greater than zero.")
    if calls > integer(cycle_length, "cycle_length") > 0:
        raise invalid("num_parallel_calls must less than or equal to cycle_length.")
    return interleaving.InterleaveDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        Captured(f, other_arguments),
        integer(cycle_length, "cycle_length"),
        integer(block_length, "block_length"),
        counts_errors=True,
    )


def directed_interleave_dataset_kernel(
    xp, selector_input_dataset, data_input_datasets, *, output_types, output_shapes
):
    return interleaving.DirectedInterleaveDataset(
        output_types,
        output_shapes,
        as_dataset(selector_input_dataset),
        [as_dataset(each) for each in data_input_datasets],
    )


for _definition in (
    dataset_op("DirectedInterleaveDataset"),
    dataset_op("ExperimentalDirectedInterleaveDataset"),
):
    _definition.kernel(directed_interleave_dataset_kernel)

# -- groups -----------------------------------------------------------------------------------------


def group_by_window_dataset_kernel(
    xp,
    input_dataset,
    key_func_other_arguments,
    reduce_func_other_arguments,
    window_size_func_other_arguments,
    *,
    key_func,
    reduce_func,
    window_size_func,
    output_types,
    output_shapes,
):
    return grouping.GroupByWindowDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        Captured(key_func, key_func_other_arguments),
        Captured(reduce_func, reduce_func_other_arguments),
        Captured(window_size_func, window_size_func_other_arguments),
    )


for _definition in (
    dataset_op("GroupByWindowDataset"),
    dataset_op("ExperimentalGroupByWindowDataset"),
):
    _definition.kernel(group_by_window_dataset_kernel)


def group_by_reducer_dataset_kernel(
    xp,
    input_dataset,
    key_func_other_arguments,
    init_func_other_arguments,
    reduce_func_other_arguments,
    finalize_func_other_arguments,
    *,
    key_func,
    init_func,
    reduce_func,
    finalize_func,
    output_types,
    output_shapes,
):
    return grouping.GroupByReducerDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        Captured(key_func, key_func_other_arguments),
        Captured(init_func, init_func_other_arguments),
        Captured(reduce_func, reduce_func_other_arguments),
        Captured(finalize_func, finalize_func_other_arguments),
    )


for _definition in (
    dataset_op("GroupByReducerDataset"),
    dataset_op("ExperimentalGroupByReducerDataset"),
):
    _definition.kernel(group_by_reducer_dataset_kernel)


def parallel_interleave_dataset_kernel(
    xp,
    input_dataset,
    other_arguments,
    cycle_length,
    block_length,
    buffer_output_elements,
    prefetch_input_elements,
    *,
    f,
    output_types,
    output_shapes,
):
    return interleaving.StagedInterleaveDataset(
        output_types,
        output_shapes,
        as_dataset(input_dataset),
        Captured(f, other_arguments),
        integer(cycle_length, "cycle_length"),
        integer(block_length, "block_length"),
        integer(buffer_output_elements, "buffer_output_elements"),
        integer(prefetch_input_elements, "prefetch_input_elements"),
    )


for _definition in (
    dataset_op("ParallelInterleaveDataset"),
    dataset_op("ExperimentalParallelInterleaveDataset"),
):
    _definition.kernel(parallel_interleave_dataset_kernel)

# -- values of datasets -----------------------------------------------------------------------------

reduce_dataset = op("ReduceDataset", host=True, waits=True)


@reduce_dataset.shape
def reduce_dataset_shape(*, output_types, output_shapes):
    return list(output_shapes) if output_shapes else [None] * len(output_types)


@reduce_dataset.kernel
def reduce_dataset_kernel(xp, input_dataset, initial_state, other_arguments, *, f, step):
    step.hand_over()
    context = Context()
    try:
        call = Captured(f, other_arguments).start(context)
        state = list(initial_state)
        for element in as_dataset(input_dataset).values(context, "Reduce"):
            try:
                state = call([*state, *element])
            except OutOfRangeError as error:
                raise ended_by_function(error, True) from error
        return state
    finally:
        context.close()


reduce_dataset.not_differentiable("it goes over a dataset")

dataset_to_single_element = op("DatasetToSingleElement", host=True, waits=True)


@dataset_to_single_element.shape
def dataset_to_single_element_shape(*, output_types, output_shapes):
    return list(output_shapes) if output_shapes else [None] * len(output_types)


@dataset_to_single_element.kernel
def dataset_to_single_element_kernel(xp, dataset, *, step):
    step.hand_over()
    context = Context()
    try:
        found = as_dataset(dataset).values(context, "SingleElement").some(2)
    finally:
        context.close()
    if len(found) != 1:
        how_many = "had more than one element" if found else "was empty"
        raise invalid(f"Dataset {how_many}.")
    return found[0]


dataset_to_single_element.not_differentiable("it goes over a dataset")


def dataset_cardinality_kernel(xp, input_dataset):
    return np.int64(as_dataset(input_dataset).cardinality)


for _definition in (
    op("DatasetCardinality", host=True),
    op("ExperimentalDatasetCardinality", host=True),
):
    _definition.shape(scalar_shape)
    _definition.kernel(dataset_cardinality_kernel)
    _definition.not_differentiable("it asks how many elements a dataset has")
