"""Ops that make datasets of tensors and numbers."""

from perdure.graph.dtypes import int64
from perdure.ops.data.definitions import dataset_op, integer
from perdure.pipelines import sources

tensor_dataset = dataset_op("TensorDataset")


@tensor_dataset.kernel
def tensor_dataset_kernel(xp, components, *, Toutput_types, output_shapes):
    return sources.TensorDataset(Toutput_types, output_shapes, components)


tensor_slice_dataset = dataset_op("TensorSliceDataset")


@tensor_slice_dataset.kernel
def tensor_slice_dataset_kernel(xp, components, *, Toutput_types, output_shapes):
    return sources.TensorSliceDataset(Toutput_types, output_shapes, components)


sparse_tensor_slice_dataset = dataset_op("SparseTensorSliceDataset")


@sparse_tensor_slice_dataset.kernel
def sparse_tensor_slice_dataset_kernel(xp, indices, values, dense_shape, *, Tvalues):
    rank = len(dense_shape) - 1
    shapes = [(None, rank), (None,), (rank,)]
    return sources.SparseTensorSliceDataset([int64, Tvalues, int64], shapes, indices, values, dense_shape)


range_dataset = dataset_op("RangeDataset")


@range_dataset.kernel
def range_dataset_kernel(xp, start, stop, step, *, output_types, output_shapes):
    bounds = integer(start, "start"), integer(stop, "stop"), integer(step, "step")
    return sources.RangeDataset(output_types, output_shapes, *bounds)


def random_dataset_kernel(xp, seed, seed2, *, output_types, output_shapes):
    return sources.RandomDataset(output_types, output_shapes, integer(seed, "seed"), integer(seed2, "seed2"))


for _definition in (
    dataset_op("RandomDataset", draws=True),
    dataset_op("ExperimentalRandomDataset", draws=True),
):
    _definition.kernel(random_dataset_kernel)


def wrapped_variant_kernel(xp, input_handle):
    return input_handle


for _definition in (
    dataset_op("WrapDatasetVariant"),
    dataset_op("UnwrapDatasetVariant"),
):
    _definition.kernel(wrapped_variant_kernel)
