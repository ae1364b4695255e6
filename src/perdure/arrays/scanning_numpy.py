"""Recurrences in NumPy: what `scanning_jax` does with `lax.scan`."""

import numpy as np


def scan(step, carry, rows, count, reverse=False):
    """A function applied to the first `count` rows of arrays, one after the other.

    Args:
        step: from what is carried and a tuple of rows to what is carried on and a tuple of new rows.
        carry: a tuple of arrays, what the first call is given.
        rows: arrays with the same number of rows.
        count: how many of the rows are visited, a number or a scalar.
        reverse: whether the last of them comes first.

    Returns:
        What is carried behind the last step, and the arrays of the new rows: zeros for those not visited.
    """
    length, count, found = len(rows[0]), int(count), {}
    order = range(count - 1, -1, -1) if reverse else range(count)
    for place in order:
        carry, found[place] = step(carry, tuple(array[place] for array in rows))
    # The shapes of new rows are known only from a step, which is taken for nothing if there is none to take.
    kinds = (
        found[order[-1]]
        if found
        else step(carry, tuple(np.zeros_like(a, shape=a.shape[1:]) for a in rows))[1]
    )
    made = tuple(np.zeros((length, *kind.shape), kind.dtype) for kind in kinds)
    for place, new in found.items():
        for array, row in zip(made, new, strict=True):
            array[place] = row
    return carry, made
