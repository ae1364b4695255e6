"""Ops that make a dataset of another one by calling functions of the graph."""

from perdure.graph.errors import OutOfRangeError
from perdure.ops.checks import invalid
from perdure.ops.data.definitions import as_dataset, dataset_op, integer
from perdure.ops.registry import op
from perdure.pipelines import batching, calling, interleaving, threads
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
