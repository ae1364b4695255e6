"""CTCLoss: the probability that a network puts out labels, wherever it puts blanks between them.

All examples go through time together, in logarithms and double precision.  Symbols are those of A. Graves,
Supervised Sequence Labelling with Recurrent Neural Networks, chapter 7: l' has a blank before, between and
behind the labels, alpha and beta are the forward and backward variables.
"""

import numpy as np

from perdure.graph.shapes import format_shape, merge_size, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import TRANSCENDENTAL

# -- shared by the family ---------------------------------------------------------


def check_inputs(inputs, sequence_length, refuse=invalid):
    """Refuse inputs that are not (time, batch, classes), and lengths that are not theirs.

    Args:
        inputs, sequence_length: the inputs of an op.
        refuse: makes the error for lengths.
    """
    if inputs.ndim != 3:
        raise invalid("inputs is not a 3-Tensor")
    if sequence_length.ndim != 1:
        raise invalid("sequence_length is not a vector")
    steps, batch, _ = inputs.shape
    if len(sequence_length) != batch:
        raise refuse(
            "len(sequence_length) != batch_size.  len(sequence_length):  "
            f"{len(sequence_length)} batch_size: {batch}"
        )
    for example in np.flatnonzero(sequence_length > steps)[:1]:
        raise refuse(f"sequence_length({example}) <= {steps}")


# -- CTCLoss ----------------------------------------------------------------------

# How many labels an example has is known from their values alone.
ctc_loss = op("CTCLoss", host=True, work=TRANSCENDENTAL)

NO_SECOND_ORDER = (
    "Currently there is no way to take the second  derivative of ctc_loss due to the fused "
    "implementation's interaction  with tf.gradients()"
)


@ctc_loss.shape
def ctc_loss_shape(inputs, labels_indices, labels_values, sequence_length):
    steps, batch, classes = with_rank(inputs, 3)
    merge_size(with_rank(labels_indices, 2)[0], with_rank(labels_values, 1)[0])
    batch = merge_size(batch, with_rank(sequence_length, 1)[0])
    return [(batch,), (steps, batch, classes)]


@ctc_loss.kernel
def ctc_loss_kernel(
    xp,
    inputs,
    labels_indices,
    labels_values,
    sequence_length,
    *,
    preprocess_collapse_repeated,
    ctc_merge_repeated,
    ignore_longer_outputs_than_inputs,
):
    if inputs.ndim != 3:
        raise invalid("inputs is not a 3-Tensor")
    if sequence_length.ndim != 1:
        raise invalid("sequence_length is not a vector")
    _check_labels(labels_indices, labels_values, inputs.shape[1])
    check_inputs(inputs, sequence_length)
    steps, batch, classes = inputs.shape
    for example in np.flatnonzero(sequence_length < 0)[:1]:
        raise invalid(f"seq_len({example}) < 0")
    labels = np.split(labels_values, np.searchsorted(labels_indices[:, 0], np.arange(1, batch)))
    kept, counts = [], np.empty(batch, np.int64)
    for example, given in enumerate(labels[:batch]):
        counts[example] = len(given)
        kept.append(_proper_labels(example, given, classes, preprocess_collapse_repeated))
        if counts[example] > sequence_length[example] and not ignore_longer_outputs_than_inputs:
            raise invalid(
                f"Not enough time for target transition sequence (required: {counts[example]}, available: "
                f"{sequence_length[example]}){example}You can turn this error into a warning by using the "
                "flag ignore_longer_outputs_than_inputs"
            )
    # An example without time, or with less than labels, has no loss.
    lengths = np.where(counts > sequence_length, 0, sequence_length)
    loss, gradient = np.zeros(batch, inputs.dtype), np.zeros_like(inputs)
    used = np.flatnonzero(lengths)
    if len(used):
        steps = int(lengths.max())
        paths = _Paths([kept[example] for example in used], classes, ctc_merge_repeated)
        loss[used], gradient[:steps, used] = _loss_and_gradient(inputs[:steps, used], lengths[used], paths)
    return loss, gradient


def _check_labels(indices, values, batch):
    if indices.ndim != 2:
        raise invalid("labels_indices is not a matrix")
    if values.ndim != 1:
        raise invalid("labels_values is not a vector")
    if len(indices) != len(values):
        raise invalid(
            "labels_indices and labels_values must contain the same number of rows, but saw shapes: "
            f"{format_shape(indices.shape)} vs. {format_shape(values.shape)}"
        )
    if not len(indices):
        return
    shape = np.array([batch, indices[:, 1].max() + 1])
    outside = ((indices < 0) | (indices >= shape)).any(1)
    steps = np.diff(indices, axis=0)
    behind = (steps[:, 0] > 0) | ((steps[:, 0] == 0) & (steps[:, 1] > 0))
    wrong = outside | np.concatenate([[False], ~behind])
    for row in np.flatnonzero(wrong)[:1]:
        place = ",".join(map(str, indices[row]))
        if outside[row]:
            reason = f"is out of bounds: need 0 <= index < [{shape[0]},{shape[1]}]"
        elif not steps[row - 1].any():
            reason = "is repeated"
        else:
            reason = "is out of order. Many sparse ops require sorted indices."
        raise invalid(f"label SparseTensor is not valid: indices[{row}] = [{place}] {reason}")


def _proper_labels(example, given, classes, collapse):
    """The labels of an example without the blanks behind them, and without repetitions if they go."""
    if not len(given):
        raise invalid(f"Labels length is zero in batch {example}")
    labels = given
    if collapse:
        labels = given[np.concatenate([[True], given[1:] != given[:-1]])]
    blank = np.flatnonzero(labels >= classes - 1)
    if len(blank):
        late = np.flatnonzero(labels[blank[0] :] < classes - 1)
        if len(late):
            raise invalid(
                "Saw a non-null label (index >= num_classes - 1) following a null label, "
                f"batch: {example} num_classes: {classes} labels: {_listed(given)} "
                f"labels seen so far: {_listed(labels[: blank[0]])}"
            )
        labels = labels[: blank[0]]
    if (labels < 0).any():
        raise invalid(f"All labels must be nonnegative integers, batch: {example} labels: {_listed(labels)}")
    return labels


def _listed(labels):
    return ",".join(map(str, labels.tolist()))


class _Paths:
    """Where the paths through l' of some examples may go; those that are shorter have no way at their end.

    Attributes:
        labels: l', (batch, u).
        ends: the last place of each.
        stays, skips: 0 where a path may stay, and may come from two places before; else minus infinity.
    """

    def __init__(self, labels, classes, merges):
        blank = classes - 1
        self.ends = np.array([2 * len(row) for row in labels])
        self.labels = np.full((len(labels), int(self.ends.max()) + 1), blank)
        for row, values in zip(self.labels, labels, strict=True):
            row[1 : 2 * len(values) : 2] = values
        is_label = self.labels != blank
        may_skip = is_label.copy()
        may_skip[:, :2] = False
        if merges:
            may_skip[:, 2:] &= self.labels[:, 2:] != self.labels[:, :-2]
        self.stays = _log_of(~is_label | merges)
        self.skips = _log_of(may_skip)
        self.exists = _log_of(np.arange(self.labels.shape[1]) <= self.ends[:, None])


def _log_of(mask):
    return np.where(mask, 0.0, -np.inf)


def _shifted(array, by):
    """An array moved to the right, or to the left if `by` is negative; minus infinity comes in."""
    moved = np.full_like(array, -np.inf)
    if by > 0:
        moved[:, by:] = array[:, :-by]
    else:
        moved[:, :by] = array[:, -by:]
    return moved


def _loss_and_gradient(inputs, lengths, paths):
    steps, batch, classes = inputs.shape
    exponents = np.exp(inputs - inputs.max(2, keepdims=True))
    y = exponents / exponents.sum(2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        at_labels = np.take_along_axis(y, np.broadcast_to(paths.labels, (steps, *paths.labels.shape)), 2)
        log_y = np.log(at_labels, dtype=np.float64)
        product = _forward(log_y, paths) + _backward(log_y, lengths, paths)  # alpha beta
        log_p = np.logaddexp.reduce(product[0], axis=1)
        shares = np.exp(product - log_p[:, None])
    shares = np.where(np.isneginf(log_p)[:, None], 0.0, shares)  # no path: the gradient is that of softmax
    within = np.arange(steps)[:, None] < lengths
    # The shares of each label, summed over its places in l'.
    place = (np.arange(steps * batch)[:, None] * classes + np.tile(paths.labels, (steps, 1))).reshape(-1)
    sums = np.bincount(place, shares.reshape(-1), steps * batch * classes).reshape(y.shape)
    gradient = np.where(within[:, :, None], y - sums.astype(y.dtype), 0)
    return -log_p, gradient


def _forward(log_y, paths):
    """log alpha, (time, batch, u): equations 7.5 to 7.9."""
    alpha = np.full(log_y.shape, -np.inf)
    alpha[0, :, :2] = log_y[0, :, :2]
    alpha[0] += paths.exists
    for step in range(1, len(log_y)):
        before = alpha[step - 1]
        arriving = np.logaddexp(before + paths.stays, _shifted(before, 1))
        arriving = np.logaddexp(arriving, _shifted(before, 2) + paths.skips)
        alpha[step] = log_y[step] + arriving
    return alpha


def _backward(log_y, lengths, paths):
    """log beta, (time, batch, u): equations 7.13 to 7.15; each example begins at its own end."""
    steps, batch, width = log_y.shape
    places = np.arange(width)
    start = _log_of((places <= paths.ends[:, None]) & (places >= paths.ends[:, None] - 1))
    skips = _shifted(paths.skips, -2)
    beta = np.full(log_y.shape, -np.inf)
    for step in range(steps - 1, -1, -1):
        ends_here = (lengths == step + 1)[:, None]
        if step == steps - 1:
            beta[step] = np.where(ends_here, start, -np.inf)
            continue
        behind = beta[step + 1] + log_y[step + 1]
        leaving = np.logaddexp(behind + paths.stays, _shifted(behind, -1))
        leaving = np.logaddexp(leaving, _shifted(behind, -2) + skips)
        beta[step] = np.where(ends_here, start, leaving)
    return beta


@ctc_loss.gradient
def ctc_loss_gradient(g, d_loss, gradient):
    once = g.prevent_gradient(gradient, message=NO_SECOND_ORDER)
    return {"inputs": g.expand_dims(d_loss, -1) * once}
