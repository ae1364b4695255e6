"""tf.data.experimental: several elements in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.data import nest, structure
from perdure.data.convert import partial_shape_to_tensor
from perdure.data.functions import StructuredFunctionWrapper
from perdure.data.parents import UnaryDataset
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite_specs import SparseTensorSpec
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.platform.deprecation import warn_once

_MODULE = "tensorflow.python.data.experimental.ops.batching"


class _DenseToSparseBatchDataset(UnaryDataset):
    def __init__(self, input_dataset: Any, batch_size: Any, row_shape: Any) -> None:
        types = structure.legacy_types(input_dataset.element_spec)
        if not isinstance(types, dtypes.DType):
            raise TypeError(
                "DenseToSparseDataset requires an input whose elements have a single component, whereas the "
                f"input has {types!r}."
            )
        self._batch_size, self._row_shape = batch_size, row_shape
        self._element_spec = SparseTensorSpec(TensorShape([None]).concatenate(row_shape), types)
        variant = g.dense_to_sparse_batch_dataset(
            input_dataset._variant_tensor,
            batch_size,
            partial_shape_to_tensor(row_shape),
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Callable[[Any], Any]:
    """A transformation to batches of tensors of any size as sparse tensors.

    Args:
        batch_size: how many elements are put together.
        row_shape: the shape of a row, unknown where it is to be the largest of the batch.
    """
    return lambda dataset: _DenseToSparseBatchDataset(dataset, batch_size, row_shape)


class _MapAndBatchDataset(UnaryDataset):
    def __init__(
        self,
        input_dataset: Any,
        map_func: Callable[..., Any],
        batch_size: Any,
        num_parallel_calls: Any,
        drop_remainder: Any,
        use_legacy_function: bool = False,
    ) -> None:
        self._map_func = StructuredFunctionWrapper(
            map_func,
            "tf.data.experimental.map_and_batch()",
            dataset=input_dataset,
            use_legacy_function=use_legacy_function,
        )
        size_t = convert_to_tensor(batch_size, dtype=dtypes.int64, name="batch_size")
        calls = convert_to_tensor(num_parallel_calls, dtype=dtypes.int64, name="num_parallel_calls")
        drops = convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")
        size = constant_value(size_t) if constant_value(drops) else None
        self._element_spec = nest.map_structure(
            lambda spec: spec._batch(size), self._map_func.output_structure
        )
        variant = g.map_and_batch_dataset(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            size_t,
            calls,
            drops,
            f=self._map_func.function.attribute,
            preserve_cardinality=True,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._map_func]

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


def _calls(batch_size: Any, num_parallel_batches: Any, num_parallel_calls: Any) -> Any:
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError(
            "The `num_parallel_batches` and `num_parallel_calls` arguments are mutually exclusive."
        )
    if num_parallel_calls is not None:
        return num_parallel_calls
    return batch_size if num_parallel_batches is None else batch_size * num_parallel_batches


def map_and_batch(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Callable[[Any], Any]:
    """A transformation to batches of what a function makes of elements.

    Args:
        map_func: from an element to another one.
        batch_size: how many elements are put together.
        num_parallel_batches: how many batches are worked on at a time.
        drop_remainder: whether the last batch is left out if it is smaller.
        num_parallel_calls: in place of `num_parallel_batches`: how many elements are worked on at a time.

    Raises:
        ValueError: both are given.
    """
    warn_once(
        "map_and_batch",
        _MODULE,
        "Use `tf.data.Dataset.map(map_func, num_parallel_calls)` followed by "
        "`tf.data.Dataset.batch(batch_size, drop_remainder)`. Static tf.data optimizations will take care of "
        "using the fused implementation.",
    )
    calls = _calls(batch_size, num_parallel_batches, num_parallel_calls)
    return lambda dataset: _MapAndBatchDataset(dataset, map_func, batch_size, calls, drop_remainder)


def map_and_batch_with_legacy_function(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Callable[[Any], Any]:
    """As `map_and_batch`, with a function that may make resources."""
    warn_once("map_and_batch_with_legacy_function", _MODULE, "Use `tf.data.experimental.map_and_batch()")
    calls = _calls(batch_size, num_parallel_batches, num_parallel_calls)
    return lambda dataset: _MapAndBatchDataset(
        dataset, map_func, batch_size, calls, drop_remainder, use_legacy_function=True
    )


def unbatch() -> Callable[[Any], Any]:
    """A transformation to the rows of elements."""
    warn_once("unbatch", _MODULE, "Use `tf.data.Dataset.unbatch()`.")
    return lambda dataset: dataset.unbatch()
