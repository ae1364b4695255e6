"""tf.scatter_update and its like: variables changed at indices."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, ones_like, reshape, shape
from perdure.functional.array.joining import concat
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope


def _scatter(
    op: str, ref: Any, indices: Any, updates: Any, use_locking: bool | None, name: str | None
) -> Any:
    """The node `op` for a reference variable, resource_`op` and a read for a resource variable."""
    if ref.dtype.is_ref_dtype:
        return getattr(g, op)(ref, indices, updates, use_locking=use_locking, name=name)
    node = getattr(g, f"resource_{op}")(ref.handle, indices, convert_to_tensor(updates, ref.dtype), name=name)
    return ref._lazy_read(node)


def scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Any:
    """Put `updates` into the rows `indices` of a variable.

    Args:
        ref: the variable.
        indices: which rows; outside is an InvalidArgumentError.
        updates: one row for each index, or a scalar.
        use_locking: kept in the node; steps of a session never run into each other here.
        name: the name of the node.

    Returns:
        The variable after the change.
    """
    return _scatter("scatter_update", ref, indices, updates, use_locking, name)


def scatter_add(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """Add `updates` to the rows `indices` of a variable; see `scatter_update`."""
    return _scatter("scatter_add", ref, indices, updates, use_locking, name)


def scatter_sub(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """Subtract `updates` from the rows `indices` of a variable; see `scatter_update`."""
    return _scatter("scatter_sub", ref, indices, updates, use_locking, name)


def scatter_mul(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """Multiply the rows `indices` of a variable by `updates`; see `scatter_update`."""
    return _scatter("scatter_mul", ref, indices, updates, use_locking, name)


def scatter_div(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """Divide the rows `indices` of a variable by `updates`; see `scatter_update`."""
    return _scatter("scatter_div", ref, indices, updates, use_locking, name)


def scatter_min(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """Lower the rows `indices` of a variable to `updates`; see `scatter_update`."""
    return _scatter("scatter_min", ref, indices, updates, use_locking, name)


def scatter_max(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """Raise the rows `indices` of a variable to `updates`; see `scatter_update`."""
    return _scatter("scatter_max", ref, indices, updates, use_locking, name)


def scatter_nd_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Any:
    """Put `updates` into a variable at the places that the last axis of `indices` names.

    Args:
        ref: the variable.
        indices: (..., depth): each row names a place by its first `depth` axes.
        updates: what is put there.
        use_locking: kept in the node; steps of a session never run into each other here.
        name: the name of the node.

    Returns:
        The variable after the change.
    """
    return _scatter("scatter_nd_update", ref, indices, updates, use_locking, name)


def scatter_nd_add(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """Add `updates` to a variable at places; see `scatter_nd_update`."""
    return _scatter("scatter_nd_add", ref, indices, updates, use_locking, name)


def scatter_nd_sub(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """Subtract `updates` from a variable at places; see `scatter_nd_update`."""
    return _scatter("scatter_nd_sub", ref, indices, updates, use_locking, name)


def batch_scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Any:
    """Put `updates` into a variable along the last axis of `indices`, for each batch entry.

    Args:
        ref: the variable; its first axes are those of `indices` but the last.
        indices: which slices.
        updates: what is put there.
        use_locking: kept in the node.
        name: a scope for the nodes.

    Raises:
        ValueError: the rank of `indices` is not known.
    """
    with name_scope(name):
        indices = convert_to_tensor(indices, name="indices")
        sizes = shape(indices)
        if indices._shape is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        count = len(indices._shape)
        nd_indices = expand_dims(indices, axis=-1)
        columns = []
        for axis in range(count - 1):
            size = sizes[axis]
            grid_shape: list[Any] = [1] * (count + 1)
            grid_shape[axis] = size
            numbers = reshape(g.range(0, size, 1), grid_shape)
            if numbers.dtype.base_dtype != nd_indices.dtype:
                numbers = g.cast(numbers, DstT=nd_indices.dtype)
            columns.append(numbers * ones_like(nd_indices))
        columns.append(nd_indices)
        places = concat(columns, axis=-1)
        return scatter_nd_update(ref, places, updates, use_locking=use_locking)
