"""Segments: `tf.segment_sum` and its like, unsorted and sparse segments, `tf.bincount`."""

from __future__ import annotations

from typing import Any

from perdure.functional.array import array
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_max, reduce_prod
from perdure.functional.math.unary import sqrt
from perdure.functional.plain import function_of
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

_SORTED = "data", "segment_ids"
_UNSORTED = "data", "segment_ids", "num_segments"

segment_sum = function_of(
    "SegmentSum", "segment_sum", *_SORTED, says="The sums of the rows that share a segment; ids are sorted."
)
segment_mean = function_of(
    "SegmentMean",
    "segment_mean",
    *_SORTED,
    says="The means of the rows that share a segment; ids are sorted.",
)
segment_prod = function_of(
    "SegmentProd",
    "segment_prod",
    *_SORTED,
    says="The products of the rows that share a segment; ids are sorted.",
)
segment_max = function_of(
    "SegmentMax", "segment_max", *_SORTED, says="The maxima of the rows that share a segment; ids are sorted."
)
segment_min = function_of(
    "SegmentMin", "segment_min", *_SORTED, says="The minima of the rows that share a segment; ids are sorted."
)
unsorted_segment_sum = function_of(
    "UnsortedSegmentSum",
    "unsorted_segment_sum",
    *_UNSORTED,
    says="The sums of the rows that share a segment; rows with a negative id are dropped.",
)
unsorted_segment_prod = function_of(
    "UnsortedSegmentProd",
    "unsorted_segment_prod",
    *_UNSORTED,
    says="The products of the rows that share a segment; 1 for empty segments.",
)
unsorted_segment_max = function_of(
    "UnsortedSegmentMax",
    "unsorted_segment_max",
    *_UNSORTED,
    says="The maxima of the rows that share a segment; the lowest number for empty segments.",
)
unsorted_segment_min = function_of(
    "UnsortedSegmentMin",
    "unsorted_segment_min",
    *_UNSORTED,
    says="The minima of the rows that share a segment; the highest number for empty segments.",
)


def _sizes(data: Tensor, segment_ids: Tensor, num_segments: Any) -> Tensor:
    """The number of rows of each segment, at least 1, shaped so that it broadcasts against the sums."""
    ones = array.ones(array.shape(segment_ids), dtype=data.dtype)
    counts = g.unsorted_segment_sum(ones, segment_ids, num_segments)
    rank: Any = data.shape.ndims
    trailing = rank - segment_ids.shape.ndims
    counts = array.reshape(counts, [num_segments] + [1] * trailing)
    return g.maximum(counts, 1)


def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The means of the rows that share a segment; 0 for empty segments."""
    with name_scope(name, "UnsortedSegmentMean"):
        data, segment_ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        sizes = _sizes(data, segment_ids, num_segments)
        return g.unsorted_segment_sum(data, segment_ids, num_segments) / sizes


def unsorted_segment_sqrt_n(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """The sums of the rows that share a segment, divided by the square root of their number."""
    with name_scope(name, "UnsortedSegmentSqrtN"):
        data, segment_ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        sizes = _sizes(data, segment_ids, num_segments)
        summed = g.unsorted_segment_sum(data, segment_ids, num_segments)
        return summed / sqrt(sizes)


def sparse_segment_sum(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None
) -> Tensor:
    """The sums of the rows `data[indices]` that share a segment.

    Args:
        data: the rows to choose from.
        indices: which rows, of the same length as `segment_ids`.
        segment_ids: the segment of each, sorted.
        name: the name of the node.
        num_segments: the number of segments; otherwise one more than the last id.
    """
    if num_segments is None:
        return g.sparse_segment_sum(data, indices, segment_ids, name=name)
    return g.sparse_segment_sum_with_num_segments(data, indices, segment_ids, num_segments, name=name)


def sparse_segment_mean(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None
) -> Tensor:
    """The means of the rows `data[indices]` that share a segment; see `sparse_segment_sum`."""
    if num_segments is None:
        return g.sparse_segment_mean(data, indices, segment_ids, name=name)
    return g.sparse_segment_mean_with_num_segments(data, indices, segment_ids, num_segments, name=name)


def sparse_segment_sqrt_n(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None
) -> Tensor:
    """Sums of rows divided by the square root of their number; see `sparse_segment_sum`."""
    if num_segments is None:
        return g.sparse_segment_sqrt_n(data, indices, segment_ids, name=name)
    return g.sparse_segment_sqrt_n_with_num_segments(data, indices, segment_ids, num_segments, name=name)


def bincount(
    arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None, dtype: Any = dtypes.int32
) -> Tensor:
    """How often each number occurs in `arr`.

    Args:
        arr: int32 numbers that are not negative.
        weights: what each occurrence counts, of the shape of `arr`; 1 if None.
        minlength: the least length of the result.
        maxlength: its greatest length; larger numbers are not counted.
        dtype: the type of the counts if there are no weights.
    """
    with name_scope("bincount"):
        arr = convert_to_tensor(arr, name="arr", dtype=dtypes.int32)
        has_elements = reduce_prod(array.shape(arr)) > 0
        size = cast(has_elements, dtypes.int32) * (reduce_max(arr) + 1)
        if minlength is not None:
            minlength = convert_to_tensor(minlength, name="minlength", dtype=dtypes.int32)
            size = g.maximum(minlength, size)
        if maxlength is not None:
            maxlength = convert_to_tensor(maxlength, name="maxlength", dtype=dtypes.int32)
            size = g.minimum(maxlength, size)
        if weights is not None:
            weights = convert_to_tensor(weights, name="weights")
            return g.unsorted_segment_sum(weights, arr, size)
        return g.bincount(arr, size, constant([], dtype))
