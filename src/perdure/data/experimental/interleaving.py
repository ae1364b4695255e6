"""tf.data.experimental: datasets of which elements are taken by turns, in order or at random."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.data import nest, structure
from perdure.data.convert import optional_param_to_tensor
from perdure.data.dataset import DatasetSpec, DatasetV2
from perdure.data.dataset_v1 import Dataset, DatasetV1, DatasetV1Adapter
from perdure.data.experimental.random_dataset import RandomDataset
from perdure.data.functions import StructuredFunctionWrapper
from perdure.data.mapping import MapDataset
from perdure.data.parents import UnaryDataset
from perdure.functional.array.array import expand_dims, squeeze
from perdure.functional.math.unary import log
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.type_spec import TensorSpec
from perdure.platform.deprecation import warn_once

_MODULE = "tensorflow.python.data.experimental.ops.interleave_ops"


class ParallelInterleaveDataset(UnaryDataset):
    """The elements of datasets, of several by turns; see `parallel_interleave`."""

    def __init__(
        self,
        input_dataset: Any,
        map_func: Callable[..., Any],
        cycle_length: Any,
        block_length: Any,
        sloppy: Any,
        buffer_output_elements: Any,
        prefetch_input_elements: Any,
    ) -> None:
        self._map_func = StructuredFunctionWrapper(
            map_func, "tf.data.experimental.parallel_interleave()", dataset=input_dataset
        )
        made = self._map_func.output_structure
        if not isinstance(made, DatasetSpec):
            raise TypeError("`map_func` must return a `Dataset` object.")
        self._element_spec = made._element_spec
        self._cycle_length = convert_to_tensor(cycle_length, dtype=dtypes.int64, name="cycle_length")
        self._block_length = convert_to_tensor(block_length, dtype=dtypes.int64, name="block_length")
        self._sloppy = convert_to_tensor(sloppy, dtype=dtypes.bool, name="sloppy")
        self._buffer_output_elements = optional_param_to_tensor(
            "buffer_output_elements", buffer_output_elements, 2 * block_length
        )
        self._prefetch_input_elements = optional_param_to_tensor(
            "prefetch_input_elements", prefetch_input_elements, 2 * cycle_length
        )
        variant = g.parallel_interleave_dataset(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            self._cycle_length,
            self._block_length,
            self._sloppy,
            self._buffer_output_elements,
            self._prefetch_input_elements,
            f=self._map_func.function.attribute,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._map_func]

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


def parallel_interleave(
    map_func: Callable[..., Any],
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Callable[[Any], Any]:
    """A transformation to the elements of the datasets that a function makes, of several by turns.

    Args:
        map_func: from an element to a dataset.
        cycle_length: of how many datasets at a time.
        block_length: how many elements of one before the next one's turn.
        sloppy: whether what is there first may come first; here elements come in order nevertheless.
        buffer_output_elements: how many elements of each dataset may be made ahead.
        prefetch_input_elements: how many elements of the input are taken ahead.
    """
    warn_once(
        "parallel_interleave",
        _MODULE,
        "Use `tf.data.Dataset.interleave(map_func, cycle_length, block_length, "
        "num_parallel_calls=tf.data.experimental.AUTOTUNE)` instead. If sloppy execution is desired, use "
        "`tf.data.Options.experimental_determinstic`.",
    )
    return lambda dataset: ParallelInterleaveDataset(
        dataset, map_func, cycle_length, block_length, sloppy, buffer_output_elements, prefetch_input_elements
    )


class _DirectedInterleaveDataset(DatasetV1):
    """Elements of datasets, in the order that another one says by their numbers."""

    def __init__(self, selector_input: Any, data_inputs: Any) -> None:
        self._selector_input = selector_input
        self._data_inputs = list(data_inputs)
        specs = [each.element_spec for each in self._data_inputs]
        types, classes = structure.legacy_types(specs[0]), structure.legacy_classes(specs[0])
        shapes = structure.legacy_shapes(specs[0])
        for spec in specs[1:]:
            if structure.legacy_types(spec) != types or structure.legacy_classes(spec) != classes:
                raise TypeError("All datasets must have the same type and class.")
        for spec in specs[1:]:
            pairs = zip(nest.flatten(shapes), nest.flatten(structure.legacy_shapes(spec)), strict=True)
            merged = [one.most_specific_compatible_shape(other) for one, other in pairs]
            shapes = nest.pack_sequence_as(shapes, merged)
        self._element_spec = structure.convert_legacy_structure(types, shapes, classes)
        super().__init__()

    def _as_variant_tensor(self) -> Any:
        return g.directed_interleave_dataset(
            self._selector_input._variant_tensor,
            [each._variant_tensor for each in self._data_inputs],
            **self._flat_structure,
        )

    def _inputs(self) -> list[Any]:
        return [self._selector_input, *self._data_inputs]

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


def sample_from_datasets_v2(datasets: Any, weights: Any = None, seed: Any = None) -> Any:
    """Elements of datasets, of which one is chosen at random each time.

    Args:
        datasets: a list of datasets with elements of one kind.
        weights: the probabilities of the datasets, a vector or a dataset of vectors; equal ones when None.
        seed: the seed.

    Raises:
        TypeError: the weights are no numbers, or the datasets of several kinds.
        ValueError: there are more or fewer weights than datasets.
    """
    count = len(datasets)
    if isinstance(weights, DatasetV2):
        logits_ds = weights.map(lambda *p: log(p, name="logits"))

        def select(logits: Any, seed: Any) -> Any:
            return squeeze(g.stateless_multinomial(logits, 1, seed), axis=[0, 1])

        pairs = Dataset.zip((logits_ds, RandomDataset(seed).batch(2)))
        selector = MapDataset(pairs, select, use_inter_op_parallelism=False)
        return _DirectedInterleaveDataset(selector, datasets)
    logits: Any
    if weights is None:
        logits = [[1.0] * count]
    else:
        weights = convert_to_tensor(weights, name="weights")
        if weights.dtype not in (dtypes.float32, dtypes.float64):
            raise TypeError(
                "`weights` must be convertible to a tensor of `tf.float32` or `tf.float64` elements."
            )
        if not weights.shape.is_compatible_with([count]):
            raise ValueError("`weights` must be a vector of length `len(datasets)`.")
        logits = expand_dims(log(weights, name="logits"), 0)
    if count == 1:
        return datasets[0]

    def select_dataset_constant_logits(seed: Any) -> Any:
        return squeeze(g.stateless_multinomial(logits, 1, seed), axis=[0, 1])

    selector = MapDataset(
        RandomDataset(seed).batch(2), select_dataset_constant_logits, use_inter_op_parallelism=False
    )
    return _DirectedInterleaveDataset(selector, datasets)


def sample_from_datasets(datasets: Any, weights: Any = None, seed: Any = None) -> Any:
    """Elements of datasets, of which one is chosen at random each time; see `sample_from_datasets_v2`."""
    return DatasetV1Adapter(sample_from_datasets_v2(datasets, weights, seed))


def choose_from_datasets_v2(datasets: Any, choice_dataset: Any) -> Any:
    """Elements of datasets, in the order that another one says by their numbers.

    Args:
        datasets: a list of datasets with elements of one kind.
        choice_dataset: a dataset of int64 scalars.

    Raises:
        TypeError: that is of something else, or the datasets are of several kinds.
    """
    if not structure.are_compatible(choice_dataset.element_spec, TensorSpec([], dtypes.int64)):
        raise TypeError("`choice_dataset` must be a dataset of scalar `tf.int64` tensors.")
    return _DirectedInterleaveDataset(choice_dataset, datasets)


def choose_from_datasets(datasets: Any, choice_dataset: Any) -> Any:
    """Elements of datasets, in the order that another one says; see `choose_from_datasets_v2`."""
    return DatasetV1Adapter(choose_from_datasets_v2(datasets, choice_dataset))
