"""Strings put one behind the other: of several tensors, of rows, of segments, of neighbours."""

import math

import numpy as np

from perdure.graph import errors
from perdure.graph.shapes import format_shape, merge, merge_size, with_rank, with_rank_at_most
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.elements import as_bytes, filled, flat

string_join = op("StringJoin", host=True)


@string_join.shape
def string_join_shape(inputs):
    if all(shape == () for shape in inputs):
        return ()
    result = None
    # An input of unknown rank may be a scalar, which goes with every shape.
    for shape in inputs:
        if shape:
            result = merge(result, shape)
    return result


@string_join.kernel
def string_join_kernel(xp, inputs, *, separator):
    arrays = [np.asarray(value, object) for value in inputs]
    shapes = [array.shape for array in arrays if array.ndim]
    for shape in shapes:
        if shape != shapes[0]:
            raise invalid(
                "Input shapes do not match: expected "
                f"{format_shape(shapes[0])} instead of {format_shape(shape)}"
            )
    between = as_bytes(separator)
    joined = np.empty(shapes[0] if shapes else (), object)
    for place in np.ndindex(joined.shape):
        joined[place] = between.join(array[place] if array.ndim else array[()] for array in arrays)
    return joined


string_join.not_differentiable("it makes strings")


# -- ReduceJoin ---------------------------------------------------------------------------

reduce_join = op("ReduceJoin", static=["reduction_indices"], host=True)
reduce_join.not_differentiable("it makes strings")


@reduce_join.shape
def reduce_join_shape(inputs, reduction_indices, shape_of_reduction_indices, *, keep_dims):
    with_rank_at_most(shape_of_reduction_indices, 1)
    if inputs is None or reduction_indices is None:
        return None if inputs is None or not keep_dims else (None,) * len(inputs)
    axes = _reduced(reduction_indices, len(inputs), ValueError, "dimensions.")
    return _left(inputs, axes, keep_dims)


def _reduced(indices, rank, refuse, noun):
    for index in np.ravel(indices).tolist():
        if not -rank <= index < rank:
            raise refuse(f"Invalid reduction dimension {index} for input with {rank} {noun}")
    return [index % rank for index in np.ravel(indices).tolist()]


def _left(shape, axes, keep_dims):
    if keep_dims:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


@reduce_join.kernel
def reduce_join_kernel(xp, inputs, reduction_indices, *, keep_dims, separator):
    array = np.asarray(inputs, object)

    def out_of_range(message):
        return errors.OutOfRangeError(None, None, message)

    axes = _reduced(reduction_indices, array.ndim, out_of_range, "dimension(s)")
    for place, axis in enumerate(axes):
        if axis in axes[:place]:
            raise invalid(f"Duplicate reduction dimension {np.ravel(reduction_indices)[place]}")
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    # The first of the axes is the one that changes fastest.
    shape = tuple(array.shape[axis] for axis in kept)
    rows = array.transpose(kept + axes[::-1]).reshape(math.prod(shape), -1 if array.size else 0)
    joined = [as_bytes(separator).join(row) for row in rows.tolist()]
    return filled(joined, _left(array.shape, axes, keep_dims))


# -- UnsortedSegmentJoin ------------------------------------------------------------------

unsorted_segment_join = op("UnsortedSegmentJoin", static=["num_segments"], host=True)
unsorted_segment_join.not_differentiable("it makes strings")


@unsorted_segment_join.shape
def unsorted_segment_join_shape(inputs, segment_ids, num_segments):
    if segment_ids is None:
        return None
    if inputs is not None:
        for of_input, of_ids in zip(inputs, segment_ids, strict=False):
            merge_size(of_input, of_ids)
    count = None if num_segments is None else int(np.asarray(num_segments).item())
    if count is not None and count < 0:
        raise ValueError(f"Dimension size, given by scalar input 2, must be non-negative but is {count}")
    return None if inputs is None else (count, *inputs[len(segment_ids) :])


@unsorted_segment_join.kernel
def unsorted_segment_join_kernel(xp, inputs, segment_ids, num_segments, *, separator):
    array, ids = np.asarray(inputs, object), np.asarray(segment_ids)
    count = int(np.asarray(num_segments).item())
    if array.shape[: ids.ndim] != ids.shape:
        raise invalid(
            f"segment_ids must have the same size of values, got {format_shape(ids.shape)} and "
            f"{format_shape(array.shape)}"
        )
    if ids.size and not 0 <= ids.min() <= ids.max() < count:
        raise invalid("segment_ids are not allowed to exceed num_segments or to have negative values.")
    rest = array.shape[ids.ndim :]
    rows = array.reshape(ids.size, -1 if array.size else 0)
    segments = [[[] for _ in range(math.prod(rest))] for _ in range(count)]
    for segment, row in zip(ids.ravel().tolist(), rows.tolist(), strict=True):
        for parts, text in zip(segments[segment], row, strict=True):
            parts.append(text)
    between = as_bytes(separator)
    return filled([between.join(parts) for segment in segments for parts in segment], (count, *rest))


# -- StringNGrams -------------------------------------------------------------------------

string_n_grams = op("StringNGrams", host=True)
string_n_grams.not_differentiable("it makes strings")


@string_n_grams.shape
def string_n_grams_shape(data, data_splits):
    with_rank(data, 1)
    return (None,), with_rank(data_splits, 1)


@string_n_grams.kernel
def string_n_grams_kernel(
    xp,
    data,
    data_splits,
    *,
    separator,
    ngram_widths,
    left_pad,
    right_pad,
    pad_width,
    preserve_short_sequences,
):
    tokens, splits = flat(data), np.asarray(data_splits).tolist()
    for split in splits:
        if not 0 <= split <= len(tokens):
            raise invalid(f"Invalid split value {split}, must be in [0,{len(tokens)}]")
    for width in ngram_widths:
        if width <= 0:
            raise invalid(f"ngram_widths must contain positive values, got {width}")
    between, left, right = (as_bytes(text) for text in (separator, left_pad, right_pad))
    made, ends = [], [0] * len(splits)
    for row, (start, end) in enumerate(zip(splits, splits[1:], strict=False), 1):
        before = len(made)
        for width in ngram_widths:
            # A token is nowhere so far from the end that an n-gram would be padding alone.
            pad = width - 1 if pad_width < 0 else min(pad_width, width - 1)
            padded = [left] * pad + tokens[start:end] + [right] * pad
            grams = range(len(padded) - width + 1)
            made.extend(between.join(padded[place : place + width]) for place in grams)
        if preserve_short_sequences and len(made) == before and start < end:
            pad = 0 if pad_width < 0 else pad_width
            made.append(between.join([left] * pad + tokens[start:end] + [right] * pad))
        ends[row] = len(made)
    return filled(made, (len(made),)), np.array(ends, np.asarray(data_splits).dtype)
