"""tf.nn.ctc_loss_v2 and what prepares labels for it: CTC of dense labels, by recurrences over time.

The states of an example are a start and its labels, and the blanks behind each of these. TensorFlow 1.15
writes the recurrences as functional loops; here they are `tf.scan`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array.array import expand_dims, ones_like, reshape, zeros, zeros_like
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import boolean_mask, scatter_nd, sequence_mask, where
from perdure.functional.array.joining import concat
from perdure.functional.array.padding import pad
from perdure.functional.array.rearranging import reverse, tile, transpose
from perdure.functional.array.searching import one_hot
from perdure.functional.array.searching import unique as unique_op
from perdure.functional.array.shape_arithmetic import range as range_op
from perdure.functional.math.binary import logical_and, not_equal
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_logsumexp, reduce_max, reduce_sum
from perdure.functional.math.unary import exp, log
from perdure.functional.nn.activations import log_softmax
from perdure.functional.nn.ctc_loss import ctc_loss
from perdure.gradients.custom import custom_gradient
from perdure.graph import dtypes
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.mapping.folds import scan
from perdure.mapping.mapping import map_fn

_LOG_0 = float(np.float32(np.log(1e-307)))  # TensorFlow's logarithm of no probability


def _size(tensor: Any, axis: int) -> Any:
    return dimension_value(tensor.shape[axis]) or shape_op(tensor)[axis]


def ctc_loss_v2(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Minus the log-probability of labels, wherever a network puts them, (batch,).

    Args:
        labels: int32 (batch, labels), or a SparseTensor.
        logits: (time, batch, classes).
        label_length: int32 (batch,): how many labels each example has; not used for a SparseTensor.
        logit_length: int32 (batch,): how many steps each example has.
        logits_time_major: whether logits are (time, batch, classes), or (batch, time, classes).
        unique: what `ctc_unique_labels` gives for the labels, a hint: the gradient is the same.
        blank_index: the class that is the blank, from the end if negative; 0 if None.
        name: the name scope.

    Raises:
        ValueError: labels are sparse, and there is no `blank_index`.
    """
    if not isinstance(labels, SparseTensor):
        return ctc_loss_dense(
            labels, logits, label_length, logit_length, logits_time_major, unique, blank_index or 0, name
        )
    if blank_index is None:
        raise ValueError("blank_index must be given when using SparseTensor labels.")
    classes = _size(logits, 2)
    if blank_index < 0:
        blank_index += classes
    if blank_index != classes - 1:
        logits = concat(
            [
                logits[:, :, :blank_index],
                logits[:, :, blank_index + 1 :],
                logits[:, :, blank_index : blank_index + 1],
            ],
            axis=2,
        )
        values = where(labels.values < blank_index, labels.values, labels.values - 1)
        labels = SparseTensor(labels.indices, values, labels.dense_shape)
    return ctc_loss(labels=labels, inputs=logits, sequence_length=logit_length, time_major=logits_time_major)


def ctc_loss_dense(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int = 0,
    name: str | None = None,
) -> Tensor:
    """`ctc_loss_v2` for labels that are no SparseTensor."""
    with name_scope(name, "ctc_loss_dense", [logits, labels, label_length, logit_length]):
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        label_length = convert_to_tensor(label_length, name="label_length")
        logit_length = convert_to_tensor(logit_length, name="logit_length")
        if not logits_time_major:
            logits = transpose(logits, perm=[1, 0, 2])
        if blank_index != 0:
            if blank_index < 0:
                blank_index += _size(logits, 2)
            logits = concat(
                [
                    logits[:, :, blank_index : blank_index + 1],
                    logits[:, :, :blank_index],
                    logits[:, :, blank_index + 1 :],
                ],
                axis=2,
            )
            labels = where(labels < blank_index, labels + 1, labels)

        @custom_gradient
        def compute(logits: Tensor, labels: Tensor, label_length: Tensor, logit_length: Tensor) -> Any:
            loss, gradient = _loss_and_gradient(logits, labels, label_length, logit_length)
            return loss, lambda d_loss: [reshape(d_loss, [1, -1, 1]) * gradient, None, None, None]

        return compute(logits, labels, label_length, logit_length)


def _loss_and_gradient(
    logits: Tensor, labels: Tensor, label_length: Tensor, logit_length: Tensor
) -> tuple[Tensor, Tensor]:
    classes, states = _size(logits, 2), _size(labels, 1) + 1
    log_probs = log_softmax(logits)
    observed = _of_states(labels, classes, states, log_probs)
    forth = log(_transitions(labels, states))
    start = one_hot(
        zeros(expand_dims(_size(labels, 0), 0), dtypes.int32), 2 * states, on_value=0.0, off_value=_LOG_0
    )
    end = (1.0 - tile(one_hot(label_length, states), [1, 2])) * _LOG_0

    def forward(before: Tensor, seen: Tensor) -> Tensor:
        now = reduce_logsumexp(expand_dims(before, 1) + forth, axis=-1) + seen
        return now - reduce_logsumexp(now, axis=-1, keepdims=True)

    within = transpose(sequence_mask(logit_length, _size(logits, 0), dtypes.float32))
    back = transpose(forth, [0, 2, 1])

    def backward(before: Any, row: Any) -> Any:
        (behind, total), (seen, goes_on) = before, row
        now = reduce_logsumexp(expand_dims(behind + seen, 1) + back, axis=-1)
        sums = reduce_logsumexp(now, axis=-1, keepdims=True)
        goes_on = expand_dims(goes_on, 1)
        return (now - sums) * goes_on + end * (1.0 - goes_on), total + reshape(sums * goes_on, [-1])

    fwd = scan(forward, observed, start)
    rows = (reverse(observed, [0]), reverse(within, [0]))
    found, totals = scan(backward, rows, (end, zeros_like(end[:, 0])))
    # What comes behind each step, the last of which has the ends themselves.
    bwd = concat([reverse(found, [0])[1:], expand_dims(end, 0)], 0)
    both = fwd + bwd
    both -= reduce_logsumexp(both, axis=2, keepdims=True)
    both += log(expand_dims(within, 2))
    shares = _of_classes(labels, classes, states, exp(both))
    # Behind the end of an example, as in TensorFlow, the gradient is that of softmax.
    return -(found[-1, :, 0] + totals[-1]), exp(log_probs) - shares


def _of_states(labels: Tensor, classes: Any, states: Any, log_probs: Tensor) -> Tensor:
    """The log-probabilities of what each state puts out, (time, batch, 2 states)."""
    blank = tile(log_probs[:, :, :1], [1, 1, states])
    chosen = expand_dims(one_hot(labels, classes), 0)
    of_labels = reduce_sum(expand_dims(log_probs, 2) * chosen, axis=3)
    return pad(concat([of_labels, blank], axis=2), [[0, 0], [0, 0], [1, 0]], constant_values=log(0.0))


def _of_classes(labels: Tensor, classes: Any, states: Any, probs: Tensor) -> Tensor:
    """The sums of probabilities of states, by the class that each puts out, (time, batch, classes)."""
    chosen = expand_dims(one_hot(labels - 1, classes - 1), 0)
    of_labels = reduce_sum(expand_dims(probs[:, :, 1:states], 3) * chosen, axis=2)
    return concat([reduce_sum(probs[:, :, states:], axis=2, keepdims=True), of_labels], axis=-1)


def _transitions(labels: Tensor, states: Any) -> Tensor:
    """Which state may come behind which, 1 or 0, (batch, to, from)."""
    number = range_op(2 * states)
    to, origin = expand_dims(number, 1), expand_dims(number, 0)
    is_label, from_label = to < states, origin < states
    stays = one_hot(number, 2 * states)
    starts = logical_and(cast(one_hot(to[:, 0] - 1, 1), dtypes.bool), origin < 1)
    from_blank = logical_and(
        logical_and(is_label, cast(one_hot(number - 1 + states, 2 * states), dtypes.bool)), origin >= states
    )
    to_blank = logical_and(
        logical_and(to >= states, cast(one_hot(number - states, 2 * states), dtypes.bool)), from_label
    )
    fixed = stays + cast(starts, dtypes.float32)
    fixed += cast(from_blank, dtypes.float32) + cast(to_blank, dtypes.float32)
    differ = cast(not_equal(labels[:, 1:], labels[:, :-1]), dtypes.float32)
    # From label i to label i + 1, unless they are the same.
    ahead = pad(differ, [[0, 0], [2, states]])
    along = logical_and(is_label, cast(one_hot(number - 1, 2 * states), dtypes.bool))
    return expand_dims(fixed, 0) + expand_dims(ahead, 2) * expand_dims(cast(along, dtypes.float32), 0)


def collapse_repeated(labels: Any, seq_length: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Labels without those that repeat the one before, and how many are left.

    Args:
        labels: int (batch, labels).
        seq_length: int (batch,): how many labels each example has.
        name: the name scope.
    """
    with name_scope(name, "collapse_repeated_labels", [labels, seq_length]):
        labels = convert_to_tensor(labels, name="labels")
        seq_length = convert_to_tensor(seq_length, name="seq_length")
        is_new = concat(
            [ones_like(labels[:, :1], dtypes.bool), not_equal(labels[:, 1:], labels[:, :-1])], axis=1
        )
        is_new = logical_and(is_new, sequence_mask(seq_length, maxlen=_size(labels, 1)))
        new_length = reduce_sum(cast(is_new, dtypes.int32), axis=1)
        longest = reduce_max(new_length)
        within = sequence_mask(new_length, maxlen=longest)
        flat_labels, flat_new = reshape(labels, [-1]), reshape(is_new, [-1])
        places = reshape(within, [-1])
        numbers = range_op(_size(places, 0))
        flat = scatter_nd(
            indices=expand_dims(boolean_mask(numbers, places), axis=1),
            updates=boolean_mask(flat_labels, flat_new),
            shape=shape_op(places),
        )
        return reshape(flat, [_size(labels, 0), longest]), cast(new_length, seq_length.dtype)


def ctc_unique_labels(labels: Any, name: str | None = None) -> Any:
    """The different labels of each example, int64 with zeros behind, and the number of each label's.

    Args:
        labels: int (batch, labels).
        name: the name scope.
    """
    with name_scope(name, "ctc_unique_labels", [labels]):
        labels = convert_to_tensor(labels, name="labels")

        def of_row(row: Tensor) -> list[Tensor]:
            found = unique_op(row)
            missing = _size(found.idx, 0) - _size(found.y, 0)
            return [cast(pad(found.y, [[0, missing]]), dtypes.int64), found.idx]

        return map_fn(of_row, labels, dtype=[dtypes.int64, dtypes.int32])
