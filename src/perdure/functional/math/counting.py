"""Counting: histograms, confusion matrices, the fraction of zeros."""

from __future__ import annotations

from typing import Any

from perdure.functional.array import array
from perdure.functional.array.joining import stack
from perdure.functional.control.check_ops import assert_less, assert_non_negative
from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import with_dependencies
from perdure.functional.math import binary, cast, clip, unary
from perdure.functional.math.reductions import reduce_max, reduce_sum
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def histogram_fixed_width(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = dtypes.int32, name: str | None = None
) -> Tensor:
    """How many values fall into each of `nbins` bins of equal width.

    Args:
        values: numbers; those outside the range count for the first or the last bin.
        value_range: the lower and the upper end, of the type of `values`.
        nbins: the number of bins.
        dtype: int32 or int64, the type of the counts.
        name: the name of the node.
    """
    with name_scope(name, "histogram_fixed_width", [values, value_range, nbins]) as scope:
        return g.histogram_fixed_width(values, value_range, nbins, dtype=dtype, name=scope)


def histogram_fixed_width_bins(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = dtypes.int32, name: str | None = None
) -> Tensor:
    """The bin of each value; see `histogram_fixed_width`.  Always int32, whatever `dtype` says."""
    with name_scope(name, "histogram_fixed_width_bins", [values, value_range, nbins]):
        values = convert_to_tensor(values, name="values")
        shape = array.shape(values)
        values = array.reshape(values, [-1])
        value_range = convert_to_tensor(value_range, name="value_range")
        nbins = convert_to_tensor(nbins, dtype=dtypes.int32, name="nbins")
        count = cast.cast(nbins, values.dtype.base_dtype)
        scaled = binary.truediv(
            values - value_range[0], value_range[1] - value_range[0], name="scaled_values"
        )
        indices = unary.floor(count * scaled, name="indices")
        indices = cast.cast(clip.clip_by_value(indices, 0, count - 1), dtypes.int32)
        return array.reshape(indices, shape)


def remove_squeezable_dimensions(
    labels: Any, predictions: Any, expected_rank_diff: int = 0, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """`labels` and `predictions`, without a last axis of size 1 that only one of them has.

    Args:
        labels, predictions: tensors.
        expected_rank_diff: what the rank of `predictions` less that of `labels` should be.
        name: the name of the scope.
    """
    with name_scope(name, "remove_squeezable_dimensions", [labels, predictions]):
        predictions, labels = convert_to_tensor(predictions), convert_to_tensor(labels)
        rank, labels_rank = predictions.shape.ndims, labels.shape.ndims
        if rank is not None and labels_rank is not None:
            if rank - labels_rank == expected_rank_diff + 1:
                predictions = array.squeeze(predictions, [-1])
            elif rank - labels_rank == expected_rank_diff - 1:
                labels = array.squeeze(labels, [-1])
            return labels, predictions
        difference = array.rank(predictions) - array.rank(labels)
        predictions = _squeezed_if(predictions, expected_rank_diff + 1, difference)
        return _squeezed_if(labels, expected_rank_diff - 1, difference), predictions


def _squeezed_if(tensor: Tensor, wanted: int, difference: Tensor) -> Tensor:
    """`tensor` without its last axis where the ranks differ by `wanted`, if that axis can be of size 1."""
    shape = tensor.shape.as_tuple()
    if shape is not None and (not shape or shape[-1] not in (None, 1)):
        return tensor
    return cond(binary.equal(wanted, difference), lambda: array.squeeze(tensor, [-1]), lambda: tensor)


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: Any = dtypes.int32,
    name: str | None = None,
    weights: Any = None,
) -> Tensor:
    """How often each class was predicted for each class: rows are labels, columns predictions.

    Args:
        labels, predictions: vectors of class numbers, from 0.
        num_classes: the number of classes; one more than the largest number seen if None.
        dtype: the type of the result.
        name: the name of the result.
        weights: what each prediction counts, instead of 1.

    Raises:
        ValueError: the shapes of `predictions` and `weights` do not go together.
    """
    with name_scope(name, "confusion_matrix", (predictions, labels, num_classes, weights)):
        labels, predictions = remove_squeezable_dimensions(
            convert_to_tensor(labels, name="labels"), convert_to_tensor(predictions, name="predictions")
        )
        predictions = cast.cast(predictions, dtypes.int64)
        labels = cast.cast(labels, dtypes.int64)
        labels = with_dependencies(
            [assert_non_negative(labels, message="`labels` contains negative values")], labels
        )
        predictions = with_dependencies(
            [assert_non_negative(predictions, message="`predictions` contains negative values")], predictions
        )
        if num_classes is None:
            num_classes = binary.maximum(reduce_max(predictions), reduce_max(labels)) + 1
        else:
            limit = cast.cast(num_classes, dtypes.int64)
            labels = with_dependencies([assert_less(labels, limit, message="`labels` out of bound")], labels)
            predictions = with_dependencies(
                [assert_less(predictions, limit, message="`predictions` out of bound")], predictions
            )
        if weights is not None:
            weights = convert_to_tensor(weights, name="weights")
            predictions.get_shape().assert_is_compatible_with(weights.get_shape())
            weights = cast.cast(weights, dtype)
        shape = stack([num_classes, num_classes])
        indices = stack([labels, predictions], axis=1)
        values = array.ones_like(predictions, dtype) if weights is None else weights
        counts = SparseTensor(indices, values, cast.cast(shape, dtypes.int64))
        zeros = array.zeros(cast.cast(shape, dtypes.int32), dtype)
        return g.sparse_tensor_dense_add(counts.indices, counts.values, counts.dense_shape, zeros)


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """The fraction of elements that are 0, as a float32 scalar.

    Args:
        value: a tensor of numbers.
        name: a scope for the nodes.
    """
    with name_scope(name, "zero_fraction", [value]):
        value = convert_to_tensor(value, name="value")
        size = array.size(value, out_type=dtypes.int64)
        # Counting in int32 is faster, where it cannot overflow.
        nonzero = cond(
            size <= dtypes.int32.max,
            true_fn=lambda: cast.cast(_count_nonzero(value, dtypes.int32), dtype=dtypes.int64),
            false_fn=lambda: _count_nonzero(value, dtypes.int64),
        )
        with name_scope("counts_to_fraction"):
            zero = cast.cast(size - nonzero, dtype=dtypes.float32)
            fraction = zero / cast.cast(size, dtype=dtypes.float32)
        return array.identity(fraction, "fraction")


def _count_nonzero(value: Tensor, dtype: Any) -> Tensor:
    with name_scope("count_nonzero", values=[value]):
        zero = array.zeros([], dtype=value.dtype)
        is_nonzero = cast.cast(binary.not_equal(value, zero), dtype=dtype)
        return reduce_sum(is_nonzero, name="nonzero_count")
