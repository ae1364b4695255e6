"""tf.assign and its like: variables changed as a whole, of the ref and of the resource kind."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def assign(
    ref: Any,
    value: Any,
    validate_shape: bool | None = None,
    use_locking: bool | None = None,
    name: str | None = None,
) -> Any:
    """Give a variable a new value.

    Args:
        ref: the variable, or the reference another assignment returned.
        value: the new value.
        validate_shape: whether it must have the shape of the variable (True if None; the ref kind only).
        use_locking: kept in the node; updates of a session are always serialised.
        name: the name of the node.

    Returns:
        The variable after the change.
    """
    if ref.dtype.is_ref_dtype:
        return g.assign(ref, value, validate_shape=validate_shape, use_locking=use_locking, name=name)
    return ref.assign(value, name=name)


def assign_add(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Any:
    """Add `value` to a variable; see `assign`."""
    if ref.dtype.is_ref_dtype:
        return g.assign_add(ref, value, use_locking=use_locking, name=name)
    # TensorFlow 1.15 drops the name here (python/ops/state_ops.py).
    return ref.assign_add(value)


def assign_sub(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Any:
    """Subtract `value` from a variable; see `assign`."""
    if ref.dtype.is_ref_dtype:
        return g.assign_sub(ref, value, use_locking=use_locking, name=name)
    return ref.assign_sub(value)


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """Add one to a scalar integer variable, up to a limit.

    Args:
        ref: the variable.
        limit: running the node when the variable has this value is an OutOfRangeError.
        name: the name of the node.

    Returns:
        The value before the change.
    """
    if ref.dtype.is_ref_dtype:
        return g.count_up_to(ref, limit=limit, name=name)
    return g.resource_count_up_to(ref.handle, limit=limit, T=ref.dtype, name=name)


def is_variable_initialized(ref: Any, name: str | None = None) -> Tensor:
    """Whether a variable has a value.

    Args:
        ref: the variable.
        name: the name of the node.
    """
    if ref.dtype.is_ref_dtype:
        return g.is_variable_initialized(ref, name=name)
    return ref.is_initialized(name=name)
