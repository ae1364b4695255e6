"""Ops that make a dataset of another one by calling functions of the graph."""

from perdure.ops.data.definitions import as_dataset, dataset_op
from perdure.pipelines import calling
from perdure.pipelines.calling import Captured


def map_dataset_kernel(
    xp, input_dataset, other_arguments, *, f, output_types, output_shapes, preserve_cardinality
):
    function = Captured(f, other_arguments)
    source = as_dataset(input_dataset)
    return calling.MapDataset(output_types, output_shapes, source, function, preserve_cardinality)


for _definition in (
    dataset_op("MapDataset"),
    dataset_op("ExperimentalMapDataset"),
):
    _definition.kernel(map_dataset_kernel)

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

filter_by_last_component_dataset = dataset_op("FilterByLastComponentDataset")


@filter_by_last_component_dataset.kernel
def filter_by_last_component_dataset_kernel(xp, input_dataset, *, output_types, output_shapes):
    return calling.FilterByLastComponentDataset(output_types, output_shapes, as_dataset(input_dataset))


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
