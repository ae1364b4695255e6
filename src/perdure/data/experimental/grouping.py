"""tf.data.experimental: what functions make of elements with the same key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.data import nest, structure
from perdure.data.dataset import DatasetSpec
from perdure.data.functions import StructuredFunctionWrapper
from perdure.data.mapping import weakened
from perdure.data.parents import UnaryDataset
from perdure.functional.array.gathering import where
from perdure.functional.control.check_ops import assert_less
from perdure.functional.math.binary import less, less_equal, logical_and
from perdure.functional.math.reductions import reduce_min
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor_shape import TensorShape, dimension_value
from perdure.graph.type_spec import TensorSpec

_NUMBER = TensorSpec([], dtypes.int64)


def _is_number(wrapped: StructuredFunctionWrapper) -> bool:
    made = wrapped.output_structure
    return not nest.is_sequence(made) and made.is_compatible_with(_NUMBER)


class Reducer:
    """How elements with the same key become one.

    Args:
        init_func: from a key to the first state.
        reduce_func: from a state and an element to the next state.
        finalize_func: from the last state to an element.
    """

    def __init__(
        self,
        init_func: Callable[..., Any],
        reduce_func: Callable[..., Any],
        finalize_func: Callable[..., Any],
    ) -> None:
        self._init_func, self._reduce_func, self._finalize_func = init_func, reduce_func, finalize_func

    init_func = property(lambda self: self._init_func, doc="From a key to the first state.")
    reduce_func = property(lambda self: self._reduce_func, doc="From a state and an element to the next.")
    finalize_func = property(lambda self: self._finalize_func, doc="From the last state to an element.")


class _GroupByReducerDataset(UnaryDataset):
    def __init__(self, input_dataset: Any, key_func: Callable[..., Any], reducer: Any) -> None:
        name = "tf.data.experimental.group_by_reducer()"
        self._key_func = StructuredFunctionWrapper(key_func, name, dataset=input_dataset)
        if not _is_number(self._key_func):
            raise ValueError(
                f"`key_func` must return a single tf.int64 tensor. Got type={self._key_func.output_types} "
                f"and shape={self._key_func.output_shapes}"
            )
        self._init_func = StructuredFunctionWrapper(reducer.init_func, name, input_structure=_NUMBER)
        spec = self._init_func.output_structure
        while True:
            self._reduce_func = StructuredFunctionWrapper(
                reducer.reduce_func,
                name,
                input_structure=(spec, input_dataset.element_spec),
                add_to_graph=False,
            )
            weaker = weakened(spec, self._reduce_func)
            if weaker is None:
                break
            spec = weaker
        self._reduce_func.function.add_to_graph(get_default_graph())
        self._finalize_func = StructuredFunctionWrapper(reducer.finalize_func, name, input_structure=spec)
        functions = [each.function for each in self._functions()]
        names = "key_func", "init_func", "reduce_func", "finalize_func"
        variant = g.experimental_group_by_reducer_dataset(
            input_dataset._variant_tensor,
            *(function.captured_inputs for function in functions),
            **{name: function.attribute for name, function in zip(names, functions, strict=True)},
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._key_func, self._init_func, self._reduce_func, self._finalize_func]

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._finalize_func.output_structure


def group_by_reducer(key_func: Callable[..., Any], reducer: Any) -> Callable[[Any], Any]:
    """A transformation to one element for each key.

    Args:
        key_func: from an element to its key, an int64 scalar.
        reducer: a `Reducer`.
    """
    return lambda dataset: _GroupByReducerDataset(dataset, key_func, reducer)


class _GroupByWindowDataset(UnaryDataset):
    def __init__(
        self,
        input_dataset: Any,
        key_func: Callable[..., Any],
        reduce_func: Callable[..., Any],
        window_size_func: Callable[..., Any],
    ) -> None:
        name = "tf.data.experimental.group_by_window()"

        def key_func_wrapper(*args: Any) -> Any:
            return convert_to_tensor(key_func(*args), dtype=dtypes.int64)

        def window_size_func_wrapper(key: Any) -> Any:
            return convert_to_tensor(window_size_func(key), dtype=dtypes.int64)

        self._key_func = StructuredFunctionWrapper(key_func_wrapper, name, dataset=input_dataset)
        if not _is_number(self._key_func):
            raise ValueError("`key_func` must return a single tf.int64 scalar tensor.")
        self._reduce_func = StructuredFunctionWrapper(
            reduce_func, name, input_structure=(_NUMBER, DatasetSpec(input_dataset.element_spec))
        )
        made = self._reduce_func.output_structure
        if not isinstance(made, DatasetSpec):
            raise TypeError("`reduce_func` must return a `Dataset` object.")
        self._element_spec = made._element_spec
        self._window_size_func = StructuredFunctionWrapper(
            window_size_func_wrapper, name, input_structure=_NUMBER
        )
        if not _is_number(self._window_size_func):
            raise ValueError("`window_size_func` must return a single tf.int64 scalar tensor.")
        functions = [each.function for each in self._functions()]
        names = "key_func", "reduce_func", "window_size_func"
        variant = g.group_by_window_dataset(
            input_dataset._variant_tensor,
            *(function.captured_inputs for function in functions),
            **{name: function.attribute for name, function in zip(names, functions, strict=True)},
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._key_func, self._reduce_func, self._window_size_func]

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


def group_by_window(
    key_func: Callable[..., Any],
    reduce_func: Callable[..., Any],
    window_size: Any = None,
    window_size_func: Callable[..., Any] | None = None,
) -> Callable[[Any], Any]:
    """A transformation to the elements of datasets that are made of windows of elements with the same key.

    Args:
        key_func: from an element to its key, an int64 scalar.
        reduce_func: from a key and a dataset of elements to a dataset.
        window_size: how many elements are in a window.
        window_size_func: in place of that: from a key to how many there are.

    Raises:
        ValueError: both are given, or neither.
    """
    if (window_size is not None) == bool(window_size_func):
        raise ValueError("Must pass either window_size or window_size_func.")
    if window_size_func is None:

        def constant_window_func(unused_key: Any) -> Any:
            return convert_to_tensor(window_size, dtype=dtypes.int64)

        window_size_func = constant_window_func
    size_of = window_size_func
    return lambda dataset: _GroupByWindowDataset(dataset, key_func, reduce_func, size_of)


def bucket_by_sequence_length(
    element_length_func: Callable[..., Any],
    bucket_boundaries: Sequence[int],
    bucket_batch_sizes: Sequence[int],
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
    drop_remainder: bool = False,
) -> Callable[[Any], Any]:
    """A transformation to batches of elements of about the same length.

    Args:
        element_length_func: from an element to its length.
        bucket_boundaries: the lengths at which another bucket begins.
        bucket_batch_sizes: how many elements of each bucket are put together; one more than boundaries.
        padded_shapes: the structure of the shapes that elements get; as long as the longest when None.
        padding_values: what they are filled with; zeros when None.
        pad_to_bucket_boundary: whether they get as long as the bucket allows, not as the longest of a batch.
        no_padding: whether they are put together as they are.
        drop_remainder: whether smaller batches are left out.

    Raises:
        ValueError: there are not as many sizes as buckets.
    """
    with name_scope("bucket_by_seq_length"):
        if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
            raise ValueError("len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1")
        batch_sizes = constant(bucket_batch_sizes, dtype=dtypes.int64)

    def element_to_bucket_id(*args: Any) -> Any:
        length = element_length_func(*args)
        boundaries = list(bucket_boundaries)
        low = [np.iinfo(np.int32).min, *boundaries]
        high = [*boundaries, np.iinfo(np.int32).max]
        return reduce_min(where(logical_and(less_equal(low, length), less(length, high))))

    def window_size_fn(bucket_id: Any) -> Any:
        return batch_sizes[bucket_id]

    def make_padded_shapes(shapes: Any, filler: Any) -> Any:
        padded = []
        for shape in nest.flatten(shapes):
            sizes = [dimension_value(size) for size in TensorShape(shape)]
            padded.append([filler if size is None else size for size in sizes])
        return nest.pack_sequence_as(shapes, padded)

    def batching_fn(bucket_id: Any, grouped_dataset: Any) -> Any:
        batch_size = window_size_fn(bucket_id)
        if no_padding:
            return grouped_dataset.batch(batch_size, drop_remainder=drop_remainder)
        filler = None
        if pad_to_bucket_boundary:
            last = constant(len(bucket_batch_sizes) - 1, dtype=dtypes.int64)
            check = assert_less(
                bucket_id,
                last,
                message="When pad_to_bucket_boundary=True, elements must have length < "
                "max(bucket_boundaries).",
            )
            with control_dependencies([check]):
                boundaries = constant(bucket_boundaries, dtype=dtypes.int64)
                filler = boundaries[bucket_id] - 1
        shapes = padded_shapes or structure.legacy_shapes(grouped_dataset.element_spec)
        return grouped_dataset.padded_batch(
            batch_size, make_padded_shapes(shapes, filler), padding_values, drop_remainder=drop_remainder
        )

    def transform(dataset: Any) -> Any:
        grouped = group_by_window(element_to_bucket_id, batching_fn, window_size_func=window_size_fn)
        return dataset.apply(grouped)

    return transform
