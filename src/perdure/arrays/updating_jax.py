"""Rows of tables updated by a formula, in order, with JAX: see `updating_numpy`."""

import jax.numpy as jnp
from jax import lax

from perdure.arrays.checks_jax import guarded


def update_rows(tables, indices, gradients, formula):
    """Copies of `tables` in which row `indices[i]` is updated with `gradients[i]`, for i in order.

    Repeated indices are taken in rounds, so that distinct ones (the usual case: optimizers add up
    the gradients of equal rows first) cost one gather and one scatter.
    """
    tables = [jnp.asarray(table) for table in tables]
    indices, gradients = jnp.asarray(indices), jnp.asarray(gradients)
    indices = guarded(indices, tables[0].shape[0])
    count = indices.shape[0]
    if count == 0:
        return tables
    order = jnp.argsort(indices, stable=True)
    ordered = indices[order]
    place = jnp.arange(count)
    first = jnp.concatenate([jnp.ones(1, bool), ordered[1:] != ordered[:-1]])
    start = lax.cummax(jnp.where(first, place, 0))
    turn = jnp.zeros(count, place.dtype).at[order].set(place - start)
    nowhere = tables[0].shape[0]

    def one_round(state):
        number, results = state
        updated = formula(gradients, *[result[indices] for result in results])
        rows = jnp.where(turn == number, indices, nowhere)
        results = [
            result.at[rows].set(new, mode="drop") for result, new in zip(results, updated, strict=True)
        ]
        return number + 1, results

    _, results = lax.while_loop(
        lambda state: state[0] <= turn.max(), one_round, (jnp.zeros((), place.dtype), tables)
    )
    return results
