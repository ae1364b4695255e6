"""Keras' backend: losses and decoders of sequences whose labels have no times (CTC)."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, fill, squeeze
from perdure.functional.array.array import reshape as reshape_op
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import boolean_mask, gather_nd
from perdure.functional.array.joining import stack
from perdure.functional.array.rearranging import tile, transpose
from perdure.functional.array.shape_arithmetic import range as range_of
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import log
from perdure.functional.nn.ctc_decoding import ctc_beam_search_decoder, ctc_greedy_decoder
from perdure.functional.nn.ctc_loss import ctc_loss
from perdure.functional.sparse.sparse import sparse_to_dense
from perdure.graph import dtypes
from perdure.graph.composite import SparseTensor
from perdure.graph.tensor import Tensor
from perdure.keras.backend.arrays import concatenate, reverse
from perdure.keras.config import epsilon
from perdure.mapping.folds import scan


def ctc_label_dense_to_sparse(labels: Any, label_lengths: Any) -> SparseTensor:
    """Labels of several lengths, which fill the fronts of rows, as a sparse tensor.

    Args:
        labels: of shape (samples, longest).
        label_lengths: how many of each row count, int32 of shape (samples,).
    """
    shape = shape_op(labels)
    samples, longest = stack([shape[0]]), stack([shape[1]])

    def is_before(previous: Any, length: Any) -> Any:
        places = expand_dims(range_of(shape_op(previous)[1]), 0)
        return places < fill(longest, length)

    nowhere = cast(fill([1, shape[1]], 0), dtypes.bool)
    counts = scan(is_before, label_lengths, initializer=nowhere, parallel_iterations=1)[:, 0, :]
    columns = boolean_mask(reshape_op(tile(range_of(0, shape[1]), samples), shape), counts)
    by_column = reshape_op(tile(range_of(0, shape[0]), longest), reverse(shape, 0))
    rows = boolean_mask(transpose(by_column), counts)
    indices = transpose(reshape_op(concatenate([rows, columns], axis=0), [2, -1]))
    values = gather_nd(labels, indices)
    return SparseTensor(cast(indices, dtypes.int64), values, cast(shape, dtypes.int64))


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Tensor:
    """The CTC loss of each sequence of a batch.

    Args:
        y_true: labels, of shape (samples, longest).
        y_pred: probabilities of classes, the last one the blank, of shape (samples, steps, classes).
        input_length: how many steps of each sequence count, of shape (samples, 1).
        label_length: how many labels of each do, likewise.

    Returns:
        Of shape (samples, 1).
    """
    label_length = cast(squeeze(label_length, axis=-1), dtypes.int32)
    input_length = cast(squeeze(input_length, axis=-1), dtypes.int32)
    labels = cast(ctc_label_dense_to_sparse(y_true, label_length), dtypes.int32)
    inputs = log(transpose(y_pred, perm=[1, 0, 2]) + epsilon())
    return expand_dims(ctc_loss(inputs=inputs, labels=labels, sequence_length=input_length), 1)


def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[Tensor], Tensor]:
    """The most probable labels of sequences.

    Args:
        y_pred: probabilities of classes, the last one the blank, of shape (samples, steps, classes).
        input_length: how many steps of each sequence count, of shape (samples,).
        greedy: whether the best class of each step is taken; otherwise by a search of beams.
        beam_width: how many beams that goes on with.
        top_paths: how many sequences it returns.

    Returns:
        The labels of each path, -1 behind the last, and the paths' logarithmic probabilities (of the greedy
        one negative).
    """
    inputs = log(transpose(y_pred, perm=[1, 0, 2]) + epsilon())
    input_length = cast(input_length, dtypes.int32)
    if greedy:
        decoded, log_prob = ctc_greedy_decoder(inputs=inputs, sequence_length=input_length)
    else:
        decoded, log_prob = ctc_beam_search_decoder(
            inputs=inputs, sequence_length=input_length, beam_width=beam_width, top_paths=top_paths
        )
    dense = [sparse_to_dense(st.indices, st.dense_shape, st.values, default_value=-1) for st in decoded]
    return dense, log_prob
