"""Datasets of tensors, numbers and files' names, and of several datasets."""

from __future__ import annotations

from typing import Any

from perdure.data import nest, structure
from perdure.data.dataset import DatasetV2
from perdure.data.dataset_v1 import Dataset
from perdure.data.kinds import kind
from perdure.data.parents import DatasetSource
from perdure.functional.array.array import identity, shape
from perdure.functional.control.assertions import Assert
from perdure.functional.math.binary import add, greater, maximum
from perdure.functional.strings.joining import reduce_join
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor_shape import Dimension, dimension_value
from perdure.graph.type_spec import TensorSpec


@kind
class TensorDataset(DatasetSource):
    """One element; see `Dataset.from_tensors`."""

    def __init__(self, element: Any) -> None:
        element = structure.normalize_element(element)
        self._structure = structure.type_spec_from_value(element)
        self._tensors = structure.to_tensor_list(self._structure, element)
        shapes = structure.get_flat_tensor_shapes(self._structure)
        super().__init__(g.tensor_dataset(self._tensors, output_shapes=shapes))

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


@kind
class TensorSliceDataset(DatasetSource):
    """The rows of tensors; see `Dataset.from_tensor_slices`."""

    def __init__(self, element: Any) -> None:
        element = structure.normalize_element(element)
        batched = structure.type_spec_from_value(element)
        self._tensors = structure.to_batched_tensor_list(batched, element)
        self._structure = nest.map_structure(lambda spec: spec._unbatch(), batched)
        length = Dimension(dimension_value(self._tensors[0].shape[0]))
        for tensor in self._tensors[1:]:
            length.assert_is_compatible_with(Dimension(dimension_value(tensor.shape[0])))
        shapes = structure.get_flat_tensor_shapes(self._structure)
        super().__init__(g.tensor_slice_dataset(self._tensors, output_shapes=shapes))

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


@kind
class SparseTensorSliceDataset(DatasetSource):
    """The rows of a sparse tensor; see `Dataset.from_sparse_tensor_slices`."""

    def __init__(self, sparse_tensor: Any) -> None:
        if not isinstance(sparse_tensor, SparseTensor):
            raise TypeError(f"`sparse_tensor` must be a `tf.SparseTensor` object. Was {sparse_tensor}.")
        self._sparse_tensor = sparse_tensor
        indices_shape, shape_shape = sparse_tensor.indices.shape, sparse_tensor.dense_shape.shape
        rank = (indices_shape.dims[1] - 1).merge_with(shape_shape.dims[0] - 1)
        self._structure = (
            TensorSpec([None, rank], dtypes.int64),
            TensorSpec([None], sparse_tensor.dtype),
            TensorSpec([rank], dtypes.int64),
        )
        super().__init__(
            g.sparse_tensor_slice_dataset(
                sparse_tensor.indices, sparse_tensor.values, sparse_tensor.dense_shape
            )
        )

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


@kind
class RangeDataset(DatasetSource):
    """Numbers; see `Dataset.range`."""

    def __init__(self, *args: Any) -> None:
        if not 1 <= len(args) <= 3:
            raise ValueError(f"Invalid arguments to RangeDataset: {args}")
        start, stop, *more = (0, *args) if len(args) == 1 else args
        self._start = self._build_tensor(start, "start")
        self._stop = self._build_tensor(stop, "stop")
        self._step = self._build_tensor(more[0] if more else 1, "step")
        self._structure = TensorSpec([], dtypes.int64)
        super().__init__(g.range_dataset(self._start, self._stop, self._step, **self._flat_structure))

    def _build_tensor(self, value: Any, name: str) -> Any:
        return convert_to_tensor(value, dtype=dtypes.int64, name=name)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


@kind
class ZipDataset(DatasetV2):
    """Elements of several datasets together; see `Dataset.zip`."""

    def __init__(self, datasets: Any) -> None:
        for dataset in nest.flatten(datasets):
            if not isinstance(dataset, DatasetV2):
                message = "The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects."
                if isinstance(dataset, list):
                    message += " Nested structures do not support Python lists; please use a tuple instead."
                raise TypeError(message)
        self._datasets = datasets
        flat = nest.flatten(datasets)
        self._structure = nest.pack_sequence_as(datasets, [each.element_spec for each in flat])
        super().__init__(g.zip_dataset([each._variant_tensor for each in flat], **self._flat_structure))

    def _inputs(self) -> list[Any]:
        return nest.flatten(self._datasets)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


@kind
class ConcatenateDataset(DatasetV2):
    """The elements of one dataset, then those of another one; see `Dataset.concatenate`."""

    def __init__(self, input_dataset: Any, dataset_to_concatenate: Any) -> None:
        self._input_dataset = input_dataset
        self._dataset_to_concatenate = dataset_to_concatenate
        specs = input_dataset.element_spec, dataset_to_concatenate.element_spec
        types, other_types = map(structure.legacy_types, specs)
        if types != other_types:
            raise TypeError(f"Two datasets to concatenate have different types {types} and {other_types}")
        classes, other_classes = map(structure.legacy_classes, specs)
        if classes != other_classes:
            raise TypeError(
                f"Two datasets to concatenate have different classes {classes} and {other_classes}"
            )
        shapes, other_shapes = map(structure.legacy_shapes, specs)
        pairs = zip(nest.flatten(shapes), nest.flatten(other_shapes), strict=False)
        merged = nest.pack_sequence_as(
            shapes, [one.most_specific_compatible_shape(other) for one, other in pairs]
        )
        self._structure = structure.convert_legacy_structure(types, merged, classes)
        self._input_datasets = [input_dataset, dataset_to_concatenate]
        super().__init__(
            g.concatenate_dataset(
                input_dataset._variant_tensor, dataset_to_concatenate._variant_tensor, **self._flat_structure
            )
        )

    def _inputs(self) -> list[Any]:
        return self._input_datasets

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


@kind
def list_files(file_pattern: Any, shuffle: bool | None, seed: Any) -> Any:
    """The names of files; see `Dataset.list_files`."""
    with name_scope("list_files"):
        patterns = convert_to_tensor(file_pattern, dtype=dtypes.string, name="file_pattern")
        files = g.matching_files(patterns)
        condition = greater(shape(files)[0], 0, name="match_not_empty")
        joined = reduce_join(patterns, separator=", ")
        message = add("No files matched pattern: ", joined, name="message")
        found = Assert(condition, [message], summarize=1, name="assert_not_empty")
        with control_dependencies([found]):
            files = identity(files)
        dataset = Dataset.from_tensor_slices(files)
        if shuffle is None or shuffle:
            size = maximum(shape(files, out_type=dtypes.int64)[0], 1)
            dataset = dataset.shuffle(size, seed=seed)
        return dataset
