"""EditDistance, and UnravelIndex."""

import itertools

import numpy as np

from perdure.graph.shapes import format_shape, with_rank, with_rank_at_most
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- EditDistance -----------------------------------------------------------------

edit_distance = op("EditDistance", host=True, sizes=["hypothesis_shape", "truth_shape"])


@edit_distance.shape
def edit_distance_shape(
    hypothesis_indices, hypothesis_values, hypothesis_shape, truth_indices, truth_values, truth_shape
):
    for indices, values in ((hypothesis_indices, hypothesis_values), (truth_indices, truth_values)):
        with_rank(indices, 2)
        with_rank(values, 1)
    if None in (hypothesis_shape, truth_shape) or None in (*hypothesis_shape, *truth_shape):
        return None
    if len(hypothesis_shape) != len(truth_shape):
        raise ValueError(
            f"hypothesis and truth must have one rank, but have "
            f"{len(hypothesis_shape)} and {len(truth_shape)}"
        )
    return tuple(map(max, zip(hypothesis_shape[:-1], truth_shape[:-1], strict=True)))


def sequences(indices, values):
    """The values of each group of rows that agree but for the last index."""
    rows = zip(map(tuple, indices.tolist()), values.tolist(), strict=True)
    return {
        group: [value for _, value in items]
        for group, items in itertools.groupby(rows, key=lambda row: row[0][:-1])
    }


def levenshtein(a, b):
    """How many insertions, deletions and substitutions make `b` of `a`."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


@edit_distance.kernel
def edit_distance_kernel(
    xp,
    hypothesis_indices,
    hypothesis_values,
    hypothesis_shape,
    truth_indices,
    truth_values,
    truth_shape,
    *,
    normalize,
):
    if hypothesis_shape.shape != truth_shape.shape:
        raise invalid(
            "Expected hypothesis_shape and truth_shape to have one length, but got "
            f"{format_shape(hypothesis_shape.shape)} and {format_shape(truth_shape.shape)}"
        )
    hypotheses = sequences(hypothesis_indices, hypothesis_values)
    truths = sequences(truth_indices, truth_values)
    result = np.zeros(np.maximum(hypothesis_shape, truth_shape)[:-1], np.float32)
    for group in hypotheses.keys() | truths.keys():
        hypothesis, truth = hypotheses.get(group, []), truths.get(group, [])
        distance = levenshtein(truth, hypothesis)
        if normalize and distance:
            # Anything is infinitely far from an empty truth.
            distance = distance / len(truth) if truth else np.inf
        result[group] = distance
    return result


edit_distance.not_differentiable("it counts")

# -- UnravelIndex -----------------------------------------------------------------

unravel_index = op("UnravelIndex", sizes=["dims"])


@unravel_index.shape
def unravel_index_shape(indices, dims):
    with_rank_at_most(indices, 1)
    if indices is None:
        return None
    return (None if dims is None else len(dims), *indices)


@unravel_index.kernel
def unravel_index_kernel(xp, indices, dims):
    # A position outside wraps around, as in TensorFlow.
    volumes = [int(np.prod(dims[i:], dtype=np.int64)) for i in range(dims.size + 1)]
    rows = []
    for whole, part in zip(volumes, volumes[1:], strict=False):
        rest = xp.fmod(indices, whole)
        rows.append((rest - xp.fmod(rest, part)) // part)
    if not rows:
        return np.zeros((0, *indices.shape), indices.dtype)
    return xp.stack(rows).astype(indices.dtype)


unravel_index.not_differentiable("it works on indices")
