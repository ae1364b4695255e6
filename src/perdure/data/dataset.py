"""The base of datasets, whose methods make others of them.

A dataset of the graph is a variant tensor (`_variant_tensor`) with the structure of its elements.  There are
two kinds, as in TensorFlow: methods of a DatasetV2 give DatasetV2s; those of a DatasetV1, which
`tf.data.Dataset` is, give DatasetV1s, which have iterators, too.
"""

from __future__ import annotations

import enum
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from perdure.data import nest, structure
from perdure.data.kinds import make
from perdure.data.options_of_datasets import Options
from perdure.graph import dtypes
from perdure.graph.composite import CompositeTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.graph.type_spec import BatchableTypeSpec, TensorSpec
from perdure.tracking.trackable import Trackable

AUTOTUNE = -1


class AutotuneAlgorithm(enum.Enum):
    """How numbers of threads are chosen."""

    HILL_CLIMB = 0
    GRADIENT_DESCENT = 1


class DatasetV2(Trackable, CompositeTensor):
    """Elements, each a structure of tensors.

    Args:
        variant_tensor: the tensor that stands for the dataset.
    """

    def __init__(self, variant_tensor: Any) -> None:
        self._variant_tensor_attr = variant_tensor
        self._graph_attr = get_default_graph()

    @property
    def _variant_tensor(self) -> Any:
        return self._variant_tensor_attr

    @_variant_tensor.setter
    def _variant_tensor(self, _: Any) -> None:
        raise ValueError("The _variant_tensor property is read-only")

    @property
    def _graph(self) -> Any:
        return self._graph_attr

    @_graph.setter
    def _graph(self, _: Any) -> None:
        raise ValueError("The _graph property is read-only")

    def _inputs(self) -> list[Any]:
        raise NotImplementedError("Dataset._inputs")

    def _functions(self) -> list[Any]:
        return []

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        raise NotImplementedError("Dataset.element_spec")

    @property
    def _type_spec(self) -> Any:
        return DatasetSpec(self.element_spec)

    @property
    def _flat_shapes(self) -> list[Any]:
        return structure.get_flat_tensor_shapes(self.element_spec)

    @property
    def _flat_types(self) -> list[Any]:
        return structure.get_flat_tensor_types(self.element_spec)

    @property
    def _flat_structure(self) -> dict[str, Any]:
        return {"output_shapes": self._flat_shapes, "output_types": self._flat_types}

    def __repr__(self) -> str:
        shapes = str(nest.map_structure(str, structure.legacy_shapes(self.element_spec))).replace("'", "")
        types = str(nest.map_structure(repr, structure.legacy_types(self.element_spec))).replace("'", "")
        return f"<{type(self).__name__} shapes: {shapes}, types: {types}>"

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError(
            "__iter__() is only supported inside of tf.function or when eager execution is enabled."
        )

    # -- options -----------------------------------------------------------------------------

    def options(self) -> Any:
        """The options of this dataset and its inputs."""
        options = Options()
        for each in self._inputs():
            more = each.options()
            if more is not None:
                options = options.merge(more)
        return options

    def with_options(self, options: Any) -> Any:
        """The dataset with other options.

        Raises:
            ValueError: it has other values for one of them.
        """
        return make("_OptionsDataset", self, options)

    def _has_captured_ref(self) -> bool:
        captured = [tensor for each in self._functions() for tensor in each.function.captured_inputs]
        return any(map(_depends_on_ref, captured)) or any(each._has_captured_ref() for each in self._inputs())

    def _apply_options(self) -> Any:
        """The dataset with the nodes that its options ask for."""
        dataset: Any = self
        options = self.options()
        threading = options.experimental_threading
        if threading is not None:
            if threading.max_intra_op_parallelism is not None:
                dataset = make("_MaxIntraOpParallelismDataset", dataset, threading.max_intra_op_parallelism)
            if threading.private_threadpool_size is not None:
                dataset = make("_PrivateThreadPoolDataset", dataset, threading.private_threadpool_size)
        optimizations = options._static_optimizations()
        if optimizations:
            if self._has_captured_ref():
                warnings.warn(
                    "tf.data static optimizations are not compatible with tf.Variable. The following "
                    f"optimizations will be disabled: {', '.join(optimizations)}. To enable optimizations, "
                    "use resource variables instead by calling `tf.enable_resource_variables()` at the start "
                    "of the program.",
                    stacklevel=2,
                )
            else:
                configs = options._static_optimization_configs()
                dataset = make("_OptimizeDataset", dataset, optimizations, configs)
        tuning = options.experimental_optimization
        if tuning is None or tuning.autotune is not False:
            algorithm, budget = AutotuneAlgorithm.HILL_CLIMB, 0
            if tuning is not None and tuning.autotune_algorithm is not None:
                algorithm = tuning.autotune_algorithm
            if tuning is not None and tuning.autotune_cpu_budget is not None:
                budget = tuning.autotune_cpu_budget
            dataset = make("_ModelDataset", dataset, algorithm, budget)
        stats = options.experimental_stats
        if stats and stats.aggregator:
            dataset = make(
                "_SetStatsAggregatorDataset", dataset, stats.aggregator, stats.prefix, stats.counter_prefix
            )
        return dataset

    # -- sources -----------------------------------------------------------------------------

    @staticmethod
    def from_tensors(tensors: Any) -> Any:
        """A dataset of one element.

        Args:
            tensors: the element.
        """
        return make("TensorDataset", tensors)

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Any:
        """A dataset of the rows of tensors.

        Args:
            tensors: a structure of tensors of one length.
        """
        return make("TensorSliceDataset", tensors)

    @staticmethod
    def from_generator(
        generator: Callable[..., Any], output_types: Any, output_shapes: Any = None, args: Any = None
    ) -> Any:
        """A dataset of what a generator of the program yields.

        Args:
            generator: called for each iteration; what it returns can be iterated over.
            output_types: the structure of types of elements.
            output_shapes: the structure of their shapes; unknown when None.
            args: tensors whose values it is called with.

        Raises:
            TypeError: it cannot be called.
        """
        return make("from_generator", generator, output_types, output_shapes, args)

    @staticmethod
    def range(*args: Any) -> Any:
        """A dataset of numbers, int64.

        Args:
            *args: as those of Python's `range`; numbers or tensors.
        """
        return make("RangeDataset", *args)

    @staticmethod
    def zip(datasets: Any) -> Any:
        """A dataset of structures of elements of several datasets.

        Args:
            datasets: a structure of datasets.

        Raises:
            TypeError: it has other parts.
        """
        return make("ZipDataset", datasets)

    @staticmethod
    def list_files(file_pattern: Any, shuffle: bool | None = None, seed: Any = None) -> Any:
        """A dataset of the names of files that match patterns.

        Args:
            file_pattern: a pattern or several.
            shuffle: whether they come in random order; None for yes.
            seed: the seed for that.
        """
        return make("list_files", file_pattern, shuffle, seed)

    # -- transformations ---------------------------------------------------------------------

    def concatenate(self, dataset: Any) -> Any:
        """The elements of this dataset, then those of another one.

        Raises:
            TypeError: those are of other types or classes.
        """
        return make("ConcatenateDataset", self, dataset)

    def prefetch(self, buffer_size: Any) -> Any:
        """The dataset, some elements of which are made before they are wanted.

        Args:
            buffer_size: how many; `tf.data.experimental.AUTOTUNE` leaves it open.
        """
        return make("PrefetchDataset", self, buffer_size)

    def repeat(self, count: Any = None) -> Any:
        """The elements several times.

        Args:
            count: how often; for ever when None or -1.
        """
        return make("RepeatDataset", self, count)

    def enumerate(self, start: Any = 0) -> Any:
        """The elements with their numbers.

        Args:
            start: the first number.
        """
        most = np.iinfo(np.int64).max
        made = type(self)._plain()
        return made.zip((made.range(start, most), self))

    @classmethod
    def _plain(cls) -> Any:
        return DatasetV2

    def shuffle(
        self, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: bool | None = None
    ) -> Any:
        """The elements in random order.

        Args:
            buffer_size: among how many elements the next one is chosen.
            seed: the seed.
            reshuffle_each_iteration: whether each iteration has another order; None for yes.
        """
        return make("ShuffleDataset", self, buffer_size, seed, reshuffle_each_iteration)

    def cache(self, filename: Any = "") -> Any:
        """The elements, made once and then kept.

        Args:
            filename: the file to keep them in; in memory if "".
        """
        return make("CacheDataset", self, filename)

    def take(self, count: Any) -> Any:
        """The first elements.

        Args:
            count: how many; all if -1.
        """
        return make("TakeDataset", self, count)

    def skip(self, count: Any) -> Any:
        """All elements but the first.

        Args:
            count: how many are left out; all if -1.
        """
        return make("SkipDataset", self, count)

    def shard(self, num_shards: Any, index: Any) -> Any:
        """Every n-th element.

        Args:
            num_shards: n.
            index: which of the first n is the first.
        """
        return make("ShardDataset", self, num_shards, index)

    def batch(self, batch_size: Any, drop_remainder: Any = False) -> Any:
        """Consecutive elements put together.

        Args:
            batch_size: how many.
            drop_remainder: whether the last batch is left out if it is smaller.
        """
        return make("BatchDataset", self, batch_size, drop_remainder)

    def padded_batch(
        self, batch_size: Any, padded_shapes: Any, padding_values: Any = None, drop_remainder: Any = False
    ) -> Any:
        """Consecutive elements filled up to one shape and put together.

        Args:
            batch_size: how many.
            padded_shapes: the structure of the shapes they get; unknown sizes become the batch's largest.
            padding_values: the structure of what they are filled with; zeros and "" when None.
            drop_remainder: whether the last batch is left out if it is smaller.
        """
        return make("PaddedBatchDataset", self, batch_size, padded_shapes, padding_values, drop_remainder)

    def unbatch(self) -> Any:
        """The rows of elements."""
        return make("unbatched", self)

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None) -> Any:
        """What a function makes of the elements.

        Args:
            map_func: from an element (a tuple as several arguments) to another one.
            num_parallel_calls: how many elements are worked on at a time.
        """
        return self._mapped(map_func, num_parallel_calls, True)

    def _mapped(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: Any,
        preserve_cardinality: bool,
        use_legacy_function: bool = False,
    ) -> Any:
        how = {"preserve_cardinality": preserve_cardinality, "use_legacy_function": use_legacy_function}
        if num_parallel_calls is None:
            return make("MapDataset", self, map_func, **how)
        return make("ParallelMapDataset", self, map_func, num_parallel_calls, **how)

    def flat_map(self, map_func: Callable[..., Any]) -> Any:
        """The elements of the datasets that a function makes of the elements, one after another.

        Args:
            map_func: from an element to a dataset.
        """
        return make("FlatMapDataset", self, map_func)

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = AUTOTUNE,
        block_length: Any = 1,
        num_parallel_calls: Any = None,
    ) -> Any:
        """The elements of the datasets that a function makes of the elements, of several by turns.

        Args:
            map_func: from an element to a dataset.
            cycle_length: of how many datasets at a time.
            block_length: how many elements of one before the next one's turn.
            num_parallel_calls: how many datasets are worked on at a time.
        """
        if num_parallel_calls is None:
            return make("InterleaveDataset", self, map_func, cycle_length, block_length)
        return make(
            "ParallelInterleaveDataset", self, map_func, cycle_length, block_length, num_parallel_calls
        )

    def filter(self, predicate: Callable[..., Any]) -> Any:
        """The elements of which a function says that they stay.

        Args:
            predicate: from an element to a scalar boolean.
        """
        return make("FilterDataset", self, predicate)

    def apply(self, transformation_func: Callable[[Any], Any]) -> Any:
        """What a function of the program makes of the dataset.

        Raises:
            TypeError: it is no dataset.
        """
        dataset = transformation_func(self)
        if not isinstance(dataset, DatasetV2):
            raise TypeError(f"`transformation_func` must return a Dataset. Got {dataset}.")
        dataset._input_datasets = [self]  # type: ignore[attr-defined]
        return dataset

    def window(self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False) -> Any:
        """Datasets of consecutive elements.

        Args:
            size: how many elements a window has.
            shift: how far the next window is; `size` when None.
            stride: how far the next element in a window is.
            drop_remainder: whether windows with fewer elements are left out.
        """
        return make("WindowDataset", self, size, size if shift is None else shift, stride, drop_remainder)

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
        """What a function makes of a state and one element after another.

        Args:
            initial_state: the first state.
            reduce_func: from a state and an element to the next state.

        Returns:
            The last state.

        Raises:
            TypeError: the next state is of another class or type.
        """
        return make("reduced", self, initial_state, reduce_func)


def _depends_on_ref(tensor: Any) -> bool:
    return tensor.dtype.is_ref_dtype or any(map(_depends_on_ref, tensor.op.inputs))


class DatasetSpec(BatchableTypeSpec):
    """Describes datasets as parts of elements.

    Args:
        element_spec: the structure of specs of their elements.
        dataset_shape: the shape of the tensor of variants that stands for them.
    """

    __slots__ = ("_element_spec", "_dataset_shape")

    def __init__(self, element_spec: Any, dataset_shape: Any = ()) -> None:
        self._element_spec = element_spec
        self._dataset_shape = as_shape(dataset_shape)

    @property
    def value_type(self) -> Any:
        """The class of datasets that come out of a tensor."""
        return _VariantDataset

    @staticmethod
    def from_value(value: Any) -> DatasetSpec:
        """The spec of a dataset."""
        return DatasetSpec(value.element_spec)

    def _serialize(self) -> tuple[Any, ...]:
        return self._element_spec, self._dataset_shape

    @property
    def _component_specs(self) -> Any:
        return TensorSpec(self._dataset_shape, dtypes.variant)

    @property
    def _flat_tensor_specs(self) -> list[Any]:
        return [self._component_specs]

    def _to_components(self, value: Any) -> Any:
        return value._variant_tensor

    def _from_components(self, components: Any) -> Any:
        if self._dataset_shape.ndims == 0:
            return _VariantDataset(components, self._element_spec)
        return _NestedVariant(components, self._element_spec, self._dataset_shape)

    def _from_compatible_tensor_list(self, tensor_list: list[Any]) -> Any:
        (tensor,) = tensor_list
        return self._from_components(tensor)

    def _to_tensor_list(self, value: Any) -> list[Any]:
        if isinstance(value, (list, tuple)):
            value = [each._variant_tensor for each in value]
        else:
            value = value._variant_tensor
        return [convert_to_tensor(value)]

    def _batch(self, batch_size: int | None) -> DatasetSpec:
        return DatasetSpec(self._element_spec, TensorShape([batch_size]).concatenate(self._dataset_shape))

    def _check_batched(self) -> None:
        if self._dataset_shape.ndims == 0:
            raise ValueError("Unbatching a dataset is only supported for rank >= 1")

    def _unbatch(self) -> DatasetSpec:
        self._check_batched()
        return DatasetSpec(self._element_spec, self._dataset_shape[1:])

    def _to_batched_tensor_list(self, value: Any) -> list[Any]:
        self._check_batched()
        return self._to_tensor_list(value)

    def _to_legacy_output_types(self) -> Any:
        return self

    def _to_legacy_output_shapes(self) -> Any:
        return self

    def _to_legacy_output_classes(self) -> Any:
        return self


class _VariantDataset(DatasetV2):
    """A dataset that a tensor stands for.

    Args:
        dataset_variant: the tensor.
        element_spec: the structure of specs of its elements.
    """

    def __init__(self, dataset_variant: Any, element_spec: Any) -> None:
        self._structure = element_spec
        super().__init__(dataset_variant)

    def _inputs(self) -> list[Any]:
        return []

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


class _NestedVariant(CompositeTensor):
    """Several datasets that a tensor stands for."""

    def __init__(self, variant_tensor: Any, element_spec: Any, dataset_shape: Any) -> None:
        self._variant_tensor = variant_tensor
        self._element_spec = element_spec
        self._dataset_shape = dataset_shape

    @property
    def _type_spec(self) -> Any:
        return DatasetSpec(self._element_spec, self._dataset_shape)


# -- what is asked of datasets and iterators --------------------------------------------------------


def get_structure(dataset_or_iterator: Any) -> Any:
    """The structure of specs of the elements of a dataset or iterator.

    Raises:
        TypeError: it is neither.
    """
    try:
        return dataset_or_iterator.element_spec
    except AttributeError:
        raise TypeError(
            "`dataset_or_iterator` must be a Dataset or Iterator object, but got "
            f"{type(dataset_or_iterator)}."
        ) from None


def get_legacy_output_classes(dataset_or_iterator: Any) -> Any:
    """The structure of classes of the elements of a dataset or iterator."""
    return structure.legacy_classes(get_structure(dataset_or_iterator))


def get_legacy_output_shapes(dataset_or_iterator: Any) -> Any:
    """The structure of static shapes of the elements of a dataset or iterator."""
    return structure.legacy_shapes(get_structure(dataset_or_iterator))


def get_legacy_output_types(dataset_or_iterator: Any) -> Any:
    """The structure of types of the elements of a dataset or iterator."""
    return structure.legacy_types(get_structure(dataset_or_iterator))


def from_variant(variant: Any, structure: Any) -> Any:
    """The dataset that a tensor stands for.

    Args:
        variant: the tensor, a variant scalar.
        structure: the structure of specs of its elements.
    """
    return _VariantDataset(variant, structure)


def to_variant(dataset: Any) -> Any:
    """The tensor that stands for a dataset."""
    return dataset._variant_tensor
