"""Rows of tables updated by a formula, in order, with NumPy: see `updating_jax`."""

import numpy as np

from perdure.arrays.lent import own


def update_rows(tables, indices, gradients, formula):
    """`tables` (copies, unless lent) whose rows `indices[i]` are updated with `gradients[i]`, i in order.

    Args:
        tables: arrays with rows; all have the same shape.
        indices: a vector of row numbers, all in range.  A row that comes twice is updated twice.
        gradients: one row for each index.
        formula: `f(gradients, *rows)`, the new rows (one array for each table) of distinct indices.
    """
    results = [own(table) for table in tables]
    for turn in _turns(indices):
        rows = indices[turn]
        updated = formula(gradients[turn], *[result[rows] for result in results])
        for result, new in zip(results, updated, strict=True):
            result[rows] = new
    return results


def _turns(indices):
    """Positions in rounds: every index's first occurrence, its second, ..."""
    count = indices.size
    if count == 0:
        return []
    order = np.argsort(indices, kind="stable")
    ordered = indices[order]
    repeated = ordered[1:] == ordered[:-1]
    if not repeated.any():
        return [slice(None)]
    place = np.arange(count)
    first = np.concatenate([[True], ~repeated])
    turn = place - np.maximum.accumulate(np.where(first, place, 0))
    return [order[turn == number] for number in range(int(turn.max()) + 1)]
