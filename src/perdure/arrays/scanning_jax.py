"""Recurrences in XLA: the functions of `scanning_numpy`, for the compiled tier."""

import jax.numpy as jnp
from jax import lax, tree_util


def scan(step, carry, rows, count, reverse=False):
    places = jnp.arange(rows[0].shape[0])

    def guarded(carry, place_and_row):
        place, row = place_and_row
        new_carry, new_row = step(carry, row)
        visited = place < count
        kept = tree_util.tree_map(lambda new, old: jnp.where(visited, new, old), new_carry, carry)
        return kept, tree_util.tree_map(lambda new: jnp.where(visited, new, jnp.zeros_like(new)), new_row)

    return lax.scan(guarded, carry, (places, rows), reverse=reverse)
