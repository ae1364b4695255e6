"""Datasets made of others without functions: some of the elements, in another order, several in one."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.data import nest, structure
from perdure.data.dataset import AutotuneAlgorithm, DatasetSpec
from perdure.data.kinds import kind
from perdure.data.parents import UnaryDataset, UnaryUnchangedStructureDataset
from perdure.data.seeds import get_seed
from perdure.functional.control.conditionals import smart_constant_value
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant, constant_value, constant_value_as_shape
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor_shape import Dimension, TensorShape, as_shape

# -- some of the elements ---------------------------------------------------------------------------


def _int64(value: Any, name: str) -> Any:
    return convert_to_tensor(value, dtype=dtypes.int64, name=name)


@kind
class RepeatDataset(UnaryUnchangedStructureDataset):
    """The elements several times; see `Dataset.repeat`."""

    def __init__(self, input_dataset: Any, count: Any) -> None:
        if count is None:
            self._count = constant(-1, dtype=dtypes.int64, name="count")
        else:
            self._count = _int64(count, "count")
        variant = g.repeat_dataset(
            input_dataset._variant_tensor, self._count, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


@kind
class TakeDataset(UnaryUnchangedStructureDataset):
    """The first elements; see `Dataset.take`."""

    def __init__(self, input_dataset: Any, count: Any) -> None:
        self._count = _int64(count, "count")
        variant = g.take_dataset(input_dataset._variant_tensor, self._count, **input_dataset._flat_structure)
        super().__init__(input_dataset, variant)


@kind
class SkipDataset(UnaryUnchangedStructureDataset):
    """All elements but the first; see `Dataset.skip`."""

    def __init__(self, input_dataset: Any, count: Any) -> None:
        self._count = _int64(count, "count")
        variant = g.skip_dataset(input_dataset._variant_tensor, self._count, **input_dataset._flat_structure)
        super().__init__(input_dataset, variant)


@kind
class ShardDataset(UnaryUnchangedStructureDataset):
    """Every n-th element; see `Dataset.shard`."""

    def __init__(self, input_dataset: Any, num_shards: Any, index: Any) -> None:
        self._num_shards = _int64(num_shards, "num_shards")
        self._index = _int64(index, "index")
        variant = g.shard_dataset(
            input_dataset._variant_tensor, self._num_shards, self._index, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


@kind
class ShuffleDataset(UnaryUnchangedStructureDataset):
    """The elements in random order; see `Dataset.shuffle`."""

    def __init__(
        self,
        input_dataset: Any,
        buffer_size: Any,
        seed: Any = None,
        reshuffle_each_iteration: bool | None = None,
    ) -> None:
        self._buffer_size = _int64(buffer_size, "buffer_size")
        self._seed, self._seed2 = get_seed(seed)
        self._reshuffle_each_iteration = (
            True if reshuffle_each_iteration is None else reshuffle_each_iteration
        )
        variant = g.shuffle_dataset(
            input_dataset._variant_tensor,
            self._buffer_size,
            self._seed,
            self._seed2,
            reshuffle_each_iteration=self._reshuffle_each_iteration,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


@kind
class CacheDataset(UnaryUnchangedStructureDataset):
    """The elements, kept; see `Dataset.cache`."""

    def __init__(self, input_dataset: Any, filename: Any) -> None:
        self._filename = convert_to_tensor(filename, dtype=dtypes.string, name="filename")
        variant = g.cache_dataset(
            input_dataset._variant_tensor, self._filename, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


@kind
class PrefetchDataset(UnaryUnchangedStructureDataset):
    """The elements, made ahead; see `Dataset.prefetch`.

    Args:
        input_dataset: the input.
        buffer_size: how many elements are made ahead; None or -1 leaves it open.
        slack_period: has no effect but on the node.
    """

    def __init__(self, input_dataset: Any, buffer_size: Any, slack_period: int | None = None) -> None:
        self._buffer_size = _int64(-1 if buffer_size is None else buffer_size, "buffer_size")
        slack = {} if slack_period is None else {"slack_period": slack_period}
        variant = g.prefetch_dataset(
            input_dataset._variant_tensor, self._buffer_size, **slack, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


# -- several elements in one ------------------------------------------------------------------------


@kind
class BatchDataset(UnaryDataset):
    """Consecutive elements put together; see `Dataset.batch`."""

    def __init__(self, input_dataset: Any, batch_size: Any, drop_remainder: Any) -> None:
        self._batch_size = _int64(batch_size, "batch_size")
        self._drop_remainder = convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")
        size = constant_value(self._batch_size) if constant_value(self._drop_remainder) else None
        self._structure = nest.map_structure(lambda spec: spec._batch(size), input_dataset.element_spec)
        variant = g.batch_dataset_v2(
            input_dataset._variant_tensor, self._batch_size, self._drop_remainder, **self._flat_structure
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


def _fits_padding(padded: TensorShape, shape: TensorShape) -> bool:
    if padded.dims is None or shape.dims is None:
        return True
    if len(padded.dims) != len(shape.dims):
        return False
    pairs = [(wanted.value, size.value) for wanted, size in zip(padded.dims, shape.dims, strict=True)]
    return all(wanted is None or size is None or wanted >= size for wanted, size in pairs)


def _padded_shape_to_tensor(padded_shape: Any, component_shape: TensorShape) -> Any:
    """A padded shape as a vector, -1 for unknown sizes.

    Raises:
        ValueError: it is no vector, or does not fit the component's shape.
        TypeError: it is none of int64.
    """
    try:
        as_known = as_shape(padded_shape)
        sizes = [-1 if size is None else size for size in as_known.as_list()]
        tensor = convert_to_tensor(sizes, dtype=dtypes.int64)
    except (TypeError, ValueError):
        tensor = convert_to_tensor(padded_shape, preferred_dtype=dtypes.int64)
        if tensor.shape.dims is not None and len(tensor.shape.dims) != 1:
            raise ValueError(
                f"Padded shape {padded_shape} must be a 1-D tensor of tf.int64 values, but its shape was "
                f"{tensor.shape}."
            ) from None
        if tensor.dtype != dtypes.int64:
            raise TypeError(
                f"Padded shape {padded_shape} must be a 1-D tensor of tf.int64 values, but its element type "
                f"was {tensor.dtype.name}."
            ) from None
        as_known = constant_value_as_shape(tensor)
    if not _fits_padding(as_known, component_shape):
        raise ValueError(
            f"The padded shape {as_known} is not compatible with the corresponding input component shape "
            f"{component_shape}."
        )
    return tensor


def _padding_value_to_tensor(value: Any, output_type: Any) -> Any:
    value = convert_to_tensor(value, name="padding_value")
    if not value.shape.is_compatible_with(TensorShape([])):
        raise ValueError(f"Padding value should be a scalar, but is not: {value}")
    if value.dtype != output_type:
        raise TypeError(f"Padding value tensor ({value}) does not match output type: {output_type}")
    return value


def _zero_of(dtype: Any) -> Any:
    if dtype.base_dtype == dtypes.string:
        return ""
    if dtype.base_dtype == dtypes.variant:
        raise TypeError(
            "Unable to create padding for field of type 'variant' because t.base_type == dtypes.variant == "
            f"{dtype.base_dtype}."
        )
    return np.zeros_like(dtype.as_numpy_dtype())


@kind
class PaddedBatchDataset(UnaryDataset):
    """Consecutive elements filled up and put together; see `Dataset.padded_batch`."""

    def __init__(
        self,
        input_dataset: Any,
        batch_size: Any,
        padded_shapes: Any,
        padding_values: Any,
        drop_remainder: Any,
    ) -> None:
        spec = input_dataset.element_spec
        types, shapes, classes = (
            structure.legacy_types(spec),
            structure.legacy_shapes(spec),
            structure.legacy_classes(spec),
        )
        if any(each is SparseTensor for each in nest.flatten(classes)):
            raise TypeError("Batching of padded sparse tensors is not currently supported")
        self._batch_size = _int64(batch_size, "batch_size")
        if padding_values is None:
            padding_values = nest.map_structure(_zero_of, types)
        wanted = nest.flatten_up_to(shapes, padded_shapes)
        tensors = [
            _padded_shape_to_tensor(padded, shape)
            for shape, padded in zip(nest.flatten(shapes), wanted, strict=True)
        ]
        self._padded_shapes = nest.pack_sequence_as(shapes, tensors)
        self._padding_values = nest.map_structure_up_to(
            shapes, _padding_value_to_tensor, padding_values, types
        )
        self._drop_remainder = convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")
        drops = smart_constant_value(self._drop_remainder)
        size = constant_value(self._batch_size) if drops else None
        batch_shapes = nest.map_structure(
            lambda padded: TensorShape([size]).concatenate(constant_value_as_shape(padded)),
            self._padded_shapes,
        )
        self._structure = structure.convert_legacy_structure(types, batch_shapes, classes)
        inputs = (
            input_dataset._variant_tensor,
            self._batch_size,
            [convert_to_tensor(each, dtype=dtypes.int64) for each in tensors],
            nest.flatten(self._padding_values),
        )
        batched = structure.get_flat_tensor_shapes(self._structure)
        # TensorFlow means to use the older op where nothing is dropped, but never does.
        variant = g.padded_batch_dataset_v2(*inputs, self._drop_remainder, output_shapes=batched)
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


@kind
class WindowDataset(UnaryDataset):
    """Datasets of consecutive elements; see `Dataset.window`."""

    def __init__(self, input_dataset: Any, size: Any, shift: Any, stride: Any, drop_remainder: Any) -> None:
        self._size = _int64(size, "size")
        self._shift = _int64(shift, "shift")
        self._stride = _int64(stride, "stride")
        self._drop_remainder = convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")
        spec = input_dataset.element_spec
        classes, shapes, types = (
            structure.legacy_classes(spec),
            structure.legacy_shapes(spec),
            structure.legacy_types(spec),
        )
        leaves = zip(*map(nest.flatten, (types, shapes, classes)), strict=True)
        self._structure = nest.pack_sequence_as(
            classes, [DatasetSpec(structure.convert_legacy_structure(*leaf)) for leaf in leaves]
        )
        variant = g.window_dataset(
            input_dataset._variant_tensor,
            self._size,
            self._shift,
            self._stride,
            self._drop_remainder,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


class _RestructuredDataset(UnaryDataset):
    """A dataset whose elements are said to have another structure."""

    def __init__(self, dataset: Any, element_spec: Any) -> None:
        self._structure = element_spec
        super().__init__(dataset, dataset._variant_tensor)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


class _UnbatchDataset(UnaryDataset):
    """The rows of elements."""

    def __init__(self, input_dataset: Any) -> None:
        shapes = input_dataset._flat_shapes
        if any(shape.ndims == 0 for shape in shapes):
            raise ValueError("Cannot unbatch an input with scalar components.")
        length = Dimension(None)
        for shape in shapes:
            try:
                length = length.merge_with(Dimension(None) if shape.ndims is None else shape.dims[0])
            except ValueError:
                raise ValueError(
                    "Cannot unbatch an input whose components have different batch sizes."
                ) from None
        self._structure = nest.map_structure(lambda spec: spec._unbatch(), input_dataset.element_spec)
        super().__init__(
            input_dataset, g.unbatch_dataset(input_dataset._variant_tensor, **self._flat_structure)
        )

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


@kind
def unbatched(dataset: Any) -> Any:
    """The rows of elements; see `Dataset.unbatch`."""
    spec = dataset.element_spec

    def normalize(arg: Any, *rest: Any) -> Any:
        return structure.to_batched_tensor_list(spec, (arg, *rest) if rest else arg)

    return _UnbatchDataset(_RestructuredDataset(dataset.map(normalize), spec))


# -- how it is run ----------------------------------------------------------------------------------


@kind
class _OptionsDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, options: Any) -> None:
        before = input_dataset.options()
        self._options = before.merge(options) if before else options
        super().__init__(input_dataset, input_dataset._variant_tensor)

    def options(self) -> Any:
        """The options of this dataset and its inputs."""
        return self._options


@kind
class _ModelDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, algorithm: Any, cpu_budget: int) -> None:
        given = {} if algorithm == AutotuneAlgorithm.HILL_CLIMB else {"algorithm": algorithm}
        variant = g.model_dataset(
            input_dataset._variant_tensor, cpu_budget=cpu_budget, **given, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


@kind
class _OptimizeDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, optimizations: Any, optimization_configs: Any = None) -> None:
        self._optimizations = convert_to_tensor(
            optimizations or [], dtype=dtypes.string, name="optimizations"
        )
        variant = g.optimize_dataset(
            input_dataset._variant_tensor,
            self._optimizations,
            optimization_configs=optimization_configs or [],
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


@kind
class _SetStatsAggregatorDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, aggregator: Any, prefix: str, counter_prefix: str) -> None:
        variant = g.set_stats_aggregator_dataset(
            input_dataset._variant_tensor,
            aggregator._resource,
            prefix,
            counter_prefix,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


@kind
class _MaxIntraOpParallelismDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, max_intra_op_parallelism: int) -> None:
        most = _int64(max_intra_op_parallelism, "max_intra_op_parallelism")
        variant = g.max_intra_op_parallelism_dataset(
            input_dataset._variant_tensor, most, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


@kind
class _PrivateThreadPoolDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, num_threads: int) -> None:
        count = _int64(num_threads, "num_threads")
        variant = g.private_thread_pool_dataset(
            input_dataset._variant_tensor, count, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)
