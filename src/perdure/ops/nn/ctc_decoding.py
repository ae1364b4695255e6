"""CTCGreedyDecoder and CTCBeamSearchDecoder: labels of what a network puts out, without its blanks."""

import numpy as np

from perdure.graph.errors import FailedPreconditionError
from perdure.graph.shapes import merge_size, with_rank
from perdure.ops.checks import invalid
from perdure.ops.nn.ctc_loss import check_inputs
from perdure.ops.registry import op
from perdure.ops.traits import WINDOW

# -- shared by the family ---------------------------------------------------------


def failed_precondition(message):
    return FailedPreconditionError(None, None, message)


def decoder_batch(inputs, sequence_length):
    """The number of examples, as far as it is known."""
    return merge_size(with_rank(inputs, 3)[1], with_rank(sequence_length, 1)[0])


def as_sparse(sequences):
    """Lists of labels as indices, values and shape of a SparseTensor."""
    counts = np.array([len(sequence) for sequence in sequences], np.int64)
    rows = np.repeat(np.arange(len(sequences)), counts)
    columns = np.concatenate([np.arange(count) for count in counts]) if len(counts) else rows
    indices = np.stack([rows, columns], 1).astype(np.int64)
    values = np.array([label for sequence in sequences for label in sequence], np.int64)
    return indices, values, np.array([len(sequences), counts.max(initial=0)], np.int64)


# -- CTCGreedyDecoder -------------------------------------------------------------

greedy_decoder = op("CTCGreedyDecoder", host=True)


@greedy_decoder.shape
def greedy_decoder_shape(inputs, sequence_length):
    return [(None, 2), (None,), (2,), (decoder_batch(inputs, sequence_length), 1)]


@greedy_decoder.kernel
def greedy_decoder_kernel(xp, inputs, sequence_length, *, merge_repeated):
    check_inputs(inputs, sequence_length, failed_precondition)
    steps, batch, classes = inputs.shape
    best = inputs.argmax(2) if classes else np.zeros((steps, batch), np.int64)
    within = np.arange(steps)[:, None] < sequence_length
    largest = np.take_along_axis(inputs, best[:, :, None], 2)[:, :, 0]
    score = -np.where(within, largest, 0).sum(0, dtype=inputs.dtype)
    kept = within & (best != classes - 1)
    if merge_repeated:
        kept[1:] &= best[1:] != best[:-1]
    sequences = [best[kept[:, example], example] for example in range(batch)]
    return *as_sparse(sequences), score[:, None] + 0  # not -0


greedy_decoder.not_differentiable("it gives labels")

# -- CTCBeamSearchDecoder ---------------------------------------------------------

beam_search_decoder = op("CTCBeamSearchDecoder", host=True, work=WINDOW)


@beam_search_decoder.shape
def beam_search_decoder_shape(inputs, sequence_length, *, top_paths):
    batch = decoder_batch(inputs, sequence_length)
    paths = [[shape] * top_paths for shape in ((None, 2), (None,), (2,))]
    return [*paths[0], *paths[1], *paths[2], (batch, top_paths)]


@beam_search_decoder.kernel
def beam_search_decoder_kernel(xp, inputs, sequence_length, *, beam_width, top_paths, merge_repeated):
    check_inputs(inputs, sequence_length, failed_precondition)
    if top_paths > beam_width:
        raise invalid("requested more paths than the beam width.")
    beams = _Beams(inputs.shape[1], beam_width, inputs.dtype)
    norms = _log_sums(inputs)
    for step in range(int(sequence_length.max(initial=0))):
        going_on = np.flatnonzero(step < sequence_length)
        beams.advance(going_on, inputs[step, going_on], norms[step, going_on])
    if (beams.nodes[:, :top_paths] < 0).any():
        raise invalid("Less leaves in the beam search than requested.")
    found = [
        as_sparse([beams.labels(example, path, merge_repeated) for example in range(inputs.shape[1])])
        for path in range(top_paths)
    ]
    # All indices, all values, all shapes.
    flat = [part for parts in zip(*found, strict=True) for part in parts]
    return *flat, beams.total[:, :top_paths].copy()


beam_search_decoder.not_differentiable("it gives labels")


def _log_sums(inputs):
    """What makes logits log-probabilities when it is subtracted, (time, batch)."""
    largest = inputs.max(2, initial=-np.inf, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (largest + np.log(np.exp(inputs - largest).sum(2, keepdims=True)))[:, :, 0]


class _Beams:
    """The best prefixes of each example, the best first; all examples advance together.

    A prefix is a node of its example's tree, where it is found by the node before and the last label; the
    root is 0, and places that are not taken are -1.  A prefix that comes back is the node that it was.
    """

    def __init__(self, batch, width, dtype):
        shape = (batch, width)
        self._width = width
        self.nodes = np.full(shape, -1)
        self._before = np.full(shape, -1)
        self._last = np.full(shape, -1)
        # The log-probabilities of paths that end in a blank, and in the last label.
        self._blank = np.full(shape, -np.inf, dtype)
        self._label = np.full(shape, -np.inf, dtype)
        self.total = np.full(shape, -np.inf, dtype)
        self.nodes[:, 0], self._blank[:, 0], self.total[:, 0] = 0, 0, 0
        self._trees = [{} for _ in range(batch)]
        self._written = [[(-1, -1)] for _ in range(batch)]

    def advance(self, rows, logits, norm):
        """One step of some examples.

        Args:
            rows: their numbers.
            logits: (rows, classes), the last of which is the blank.
            norm: the logarithms of the sums of their exponentials.
        """
        if not len(rows):
            return
        nodes, before, last = self.nodes[rows], self._before[rows], self._last[rows]
        old_blank, old_label, old_total = self._blank[rows], self._label[rows], self.total[rows]
        norm = norm[:, None]
        is_parent = (nodes[:, None, :] == before[:, :, None]) & (before[:, :, None] >= 0)
        has_parent, place = is_parent.any(2), is_parent.argmax(2)
        # The last label once more, or behind the prefix before it.
        repeats = last == np.take_along_axis(last, place, 1)
        previous = np.where(
            repeats, np.take_along_axis(old_blank, place, 1), np.take_along_axis(old_total, place, 1)
        )
        previous[~has_parent] = -np.inf
        with np.errstate(invalid="ignore"):
            of_last = np.take_along_axis(logits, np.maximum(last, 0), 1) - norm
            label = np.logaddexp(old_label, previous) + of_last
            label[last < 0] = -np.inf
            blank = old_total + logits[:, -1:] - norm
            total = np.logaddexp(blank, label)
            longer = (logits[:, :-1] - norm)[:, None, :] + old_total[:, :, None]
            repeated = of_last + old_blank
        row, beam = np.nonzero(last >= 0)
        longer[row, beam, last[row, beam]] = repeated[row, beam]
        # Prefixes that are there already are no candidates.
        row, child = np.nonzero(has_parent)
        longer[row, place[row, child], last[row, child]] = -np.inf
        longer[nodes < 0] = -np.inf
        self._forget(total, longer, np.where(has_parent, place, self._width), last)
        self._choose(rows, nodes, before, last, (blank, label, total), longer)

    def _forget(self, total, longer, place, last):
        """Take away what TensorFlow's search does not continue, although it might be among the best.

        It goes through prefixes from the best to the worst. One that is put out of the beam before its turn,
        then tried once more behind the prefix before it and found too bad, is not continued in its turn.
        """
        width = self._width
        keys = np.concatenate([total, longer.reshape(len(total), -1)], 1)
        bar = -np.partition(-keys, width - 1, axis=1)[:, width - 1]
        out = (place < np.arange(width)) & (total < bar[:, None])
        forgotten = set()
        for row, beam in zip(*np.nonzero(out), strict=True):
            parent, own = place[row, beam], total[row, beam]
            if (row, parent) in forgotten:
                continue
            better = (total[row] > own).sum() + (longer[row, :parent] > own).sum()
            better += (longer[row, parent, : last[row, beam]] > own).sum()
            if better >= width:
                longer[row, beam] = -np.inf
                forgotten.add((row, beam))

    def _choose(self, rows, nodes, before, last, scores, longer):
        """Keep the best of the old prefixes and the longer ones."""
        blank, label, total = scores
        count, width = total.shape
        keys = np.concatenate([total, longer.reshape(count, -1)], 1)
        keys = np.where(np.isnan(keys), -np.inf, keys)
        if keys.shape[1] > 4 * width:
            chosen = np.sort(np.argpartition(-keys, width - 1, axis=1)[:, :width], axis=1)
        else:
            chosen = np.broadcast_to(np.arange(keys.shape[1]), keys.shape)
        order = np.argsort(-np.take_along_axis(keys, chosen, 1), axis=1, kind="stable")[:, :width]
        chosen = np.take_along_axis(chosen, order, 1)
        key = np.take_along_axis(keys, chosen, 1)
        is_new = chosen >= width
        source = np.where(is_new, 0, chosen)
        parent, symbol = np.divmod(np.maximum(chosen - width, 0), max(longer.shape[2], 1))
        taken = is_new & np.isneginf(key)  # not a prefix at all

        def kept(old, new):
            return np.where(is_new, new, np.take_along_axis(old, source, 1))

        parents = np.where(taken, -1, np.take_along_axis(nodes, parent, 1))
        new_nodes = kept(nodes, -1)
        for row, place in zip(*np.nonzero(is_new & ~taken), strict=True):
            new_nodes[row, place] = self._node(rows[row], int(parents[row, place]), int(symbol[row, place]))
        self.nodes[rows] = new_nodes
        self._before[rows] = kept(before, parents)
        self._last[rows] = kept(last, np.where(taken, -1, symbol))
        self._blank[rows] = kept(blank, -np.inf)
        self._label[rows] = kept(label, key)
        self.total[rows] = key

    def _node(self, example, before, label):
        tree, written = self._trees[example], self._written[example]
        node = tree.setdefault((before, label), len(written))
        if node == len(written):
            written.append((before, label))
        return node

    def labels(self, example, path, merge_repeated):
        """The labels of a prefix, those that repeat the one behind them left out if they are merged."""
        written, node, found, behind = self._written[example], int(self.nodes[example, path]), [], -1
        while node > 0:
            node, label = written[node]
            if not merge_repeated or label != behind:
                found.append(label)
            behind = label
        return found[::-1]
