"""Transformations that only tf.contrib.data has, or has with other arguments than tf.data.experimental."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.contrib.framework.tensors import with_shape
from perdure.data import nest, structure
from perdure.data.dataset_v1 import DatasetV1, make_one_shot_iterator
from perdure.data.experimental import grouping, interleaving, readers
from perdure.data.parents import UnaryDataset
from perdure.data.readers import TFRecordDataset
from perdure.data.transformations import _RestructuredDataset
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.platform.deprecation import warn_once

_OPS = "tensorflow.contrib.data.python.ops"


def batch_and_drop_remainder(batch_size: Any) -> Callable[[Any], Any]:
    """A transformation to batches, of which a smaller one at the end is left out.

    Args:
        batch_size: how many elements are put together.
    """
    warn_once(
        "batch_and_drop_remainder",
        f"{_OPS}.batching",
        "Use `tf.data.Dataset.batch(..., drop_remainder=True)`.",
    )
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def padded_batch_and_drop_remainder(
    batch_size: Any, padded_shapes: Any, padding_values: Any = None
) -> Callable[[Any], Any]:
    """A transformation to padded batches, of which a smaller one at the end is left out.

    Args:
        batch_size: how many elements are put together.
        padded_shapes: the structure of the shapes that they get.
        padding_values: the structure of what they are filled with; zeros when None.
    """
    warn_once(
        "padded_batch_and_drop_remainder",
        f"{_OPS}.batching",
        "Use `tf.data.Dataset.padded_batch(..., drop_remainder=True)`.",
    )
    return lambda dataset: dataset.padded_batch(
        batch_size, padded_shapes=padded_shapes, padding_values=padding_values, drop_remainder=True
    )


def assert_element_shape(expected_shapes: Any) -> Callable[[Any], Any]:
    """A transformation to the same elements, whose shapes are checked.

    Args:
        expected_shapes: the structure of the shapes that they must have.
    """

    def check(*elements: Any) -> Any:
        pairs = zip(nest.flatten(expected_shapes), nest.flatten(elements), strict=True)
        checked = [with_shape(shape, tensor) if shape else tensor for shape, tensor in pairs]
        return nest.pack_sequence_as(elements, checked)

    def transform(dataset: Any) -> Any:
        spec = dataset.element_spec
        shapes = structure.legacy_shapes(spec)
        wanted = nest.flatten_up_to(shapes, expected_shapes)
        merged = [one.merge_with(other) for one, other in zip(nest.flatten(shapes), wanted, strict=True)]
        spec = structure.convert_legacy_structure(
            structure.legacy_types(spec),
            nest.pack_sequence_as(shapes, merged),
            structure.legacy_classes(spec),
        )
        return _RestructuredDataset(dataset.map(check), spec)

    return transform


def sloppy_interleave(
    map_func: Callable[..., Any], cycle_length: Any, block_length: Any = 1
) -> Callable[[Any], Any]:
    """As `parallel_interleave`, whose order may vary; it does not here.

    Args:
        map_func: from an element to a dataset.
        cycle_length: of how many datasets at a time.
        block_length: how many elements of one before the next one's turn.
    """
    warn_once(
        "sloppy_interleave",
        f"{_OPS}.interleave_ops",
        "Use `tf.contrib.data.parallel_interleave(..., sloppy=True)`.",
    )
    return interleaving.parallel_interleave(map_func, cycle_length, block_length, sloppy=True)


def bucket_by_sequence_length(
    element_length_func: Callable[..., Any],
    bucket_boundaries: Sequence[int],
    bucket_batch_sizes: Sequence[int],
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
) -> Callable[[Any], Any]:
    """A transformation to batches of elements of about the same length; see `tf.data.experimental`."""
    warn_once(
        "bucket_by_sequence_length",
        f"{_OPS}.grouping",
        "Use `tf.data.experimental.bucket_by_sequence_length(...)`.",
    )
    return grouping.bucket_by_sequence_length(
        element_length_func,
        bucket_boundaries,
        bucket_batch_sizes,
        padded_shapes,
        padding_values,
        pad_to_bucket_boundary,
        no_padding,
    )


def reduce_dataset(dataset: Any, reducer: Any) -> Any:
    """What a reducer makes of all elements, without what it makes of that in the end.

    Args:
        dataset: the dataset.
        reducer: a `Reducer`.

    Raises:
        TypeError: it is no dataset.
    """
    warn_once("reduce_dataset", f"{_OPS}.get_single_element", "Use `tf.data.Dataset.reduce(...)`.")
    if not isinstance(dataset, DatasetV1):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    return dataset.reduce(reducer.init_func(np.int64(0)), reducer.reduce_func)


class _SlideDataset(UnaryDataset):
    def __init__(self, input_dataset: Any, window_size: Any, window_shift: Any, window_stride: Any) -> None:
        size = convert_to_tensor(window_size, dtype=dtypes.int64, name="window_stride")
        stride = convert_to_tensor(window_stride, dtype=dtypes.int64, name="window_stride")
        shift = convert_to_tensor(window_shift, dtype=dtypes.int64, name="window_shift")
        self._element_spec = nest.map_structure(lambda spec: spec._batch(None), input_dataset.element_spec)
        variant = g.sliding_window_dataset(
            input_dataset._variant_tensor, size, shift, stride, **self._flat_structure
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


def sliding_window_batch(
    window_size: Any, stride: Any = None, window_shift: Any = None, window_stride: Any = 1
) -> Callable[[Any], Any]:
    """A transformation to windows of consecutive elements, put together.

    Args:
        window_size: how many elements a window has.
        stride: an older name of `window_shift`.
        window_shift: how far the next window is; 1 when None.
        window_stride: how far the next element in a window is.

    Raises:
        ValueError: `stride` and `window_shift` are given.
    """
    warn_once(
        "sliding_window_batch",
        f"{_OPS}.sliding",
        "Use `tf.data.Dataset.window(size=window_size, shift=window_shift, stride=window_stride)"
        ".flat_map(lambda x: x.batch(window_size))` instead.",
    )
    if stride is not None and window_shift is not None:
        raise ValueError("Cannot specify both `stride` and `window_shift`")
    if window_shift is None:
        window_shift = 1 if stride is None else stride
    return lambda dataset: _SlideDataset(dataset, window_size, window_shift, window_stride)


def read_batch_features(
    file_pattern: Any,
    batch_size: Any,
    features: Any,
    reader: Any = TFRecordDataset,
    reader_args: Any = None,
    randomize_input: bool = True,
    num_epochs: Any = None,
    capacity: Any = 10000,
) -> Any:
    """The features of the next batch of Examples in files.

    Args:
        file_pattern, batch_size, features, reader, reader_args, num_epochs: as of
            `make_batched_features_dataset`.
        randomize_input: whether Examples come in random order.
        capacity: among how many Examples the next one is chosen.
    """
    warn_once(
        "read_batch_features",
        f"{_OPS}.readers",
        "Use `tf.data.experimental.make_batched_features_dataset(...)`",
    )
    dataset = readers.make_batched_features_dataset(
        file_pattern,
        batch_size,
        features,
        reader=reader,
        reader_args=reader_args,
        shuffle=randomize_input,
        num_epochs=num_epochs,
        shuffle_buffer_size=capacity,
    )
    return make_one_shot_iterator(dataset).get_next()


def make_csv_dataset(
    file_pattern: Any,
    batch_size: Any,
    column_names: Any = None,
    column_defaults: Any = None,
    label_name: str | None = None,
    select_columns: Any = None,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    header: bool = True,
    num_epochs: Any = None,
    shuffle: bool = True,
    shuffle_buffer_size: Any = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None,
    num_parallel_reads: Any = None,
    sloppy: bool = False,
    num_rows_for_inference: int | None = 100,
    compression_type: Any = None,
) -> Any:
    """Batches of the records of files with comma-separated values; see `tf.data.experimental`."""
    warn_once("make_csv_dataset", f"{_OPS}.readers", "Use `tf.data.experimental.make_csv_dataset(...)`.")
    return readers.make_csv_dataset(
        file_pattern,
        batch_size,
        column_names,
        column_defaults,
        label_name,
        select_columns,
        field_delim,
        use_quote_delim,
        na_value,
        header,
        num_epochs,
        shuffle,
        shuffle_buffer_size,
        shuffle_seed,
        prefetch_buffer_size,
        num_parallel_reads,
        sloppy,
        num_rows_for_inference,
        compression_type,
    )
