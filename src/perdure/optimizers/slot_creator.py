"""Slots: variables that belong to another variable, such as the momentum an optimizer keeps for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from perdure.functional.array.array import shape as shape_of
from perdure.functional.array.array import zeros
from perdure.functional.random.initializers import Zeros
from perdure.graph.defaults import colocate_with
from perdure.graph.tensor_shape import as_shape
from perdure.variables.base import Variable
from perdure.variables.resource_variable import BaseResourceVariable
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import get_variable, variable_scope


def create_slot(primary: Any, val: Any, name: str, colocate_with_primary: bool = True) -> Variable:
    """A variable called `<name of primary>/<name>` that starts with a given value.

    Args:
        primary: the variable or tensor it belongs to.
        val: its initial value, a tensor.
        name: the last part of its name.
        colocate_with_primary: whether it lies on the device of `primary`.
    """
    validate_shape = val.get_shape().is_fully_defined()
    with _slot_scope(primary, name, colocate_with_primary):
        return _slot_variable(primary, val, validate_shape, None, None)


def create_slot_with_initializer(
    primary: Any,
    initializer: Any,
    shape: Any,
    dtype: Any,
    name: str,
    colocate_with_primary: bool = True,
) -> Variable:
    """A slot whose initial value an initializer makes.

    Args:
        primary: the variable or tensor it belongs to.
        initializer: a function of shape and dtype, or a tensor.
        shape: its shape.
        dtype: its type.
        name: the last part of its name.
        colocate_with_primary: whether it lies on the device of `primary`.
    """
    validate_shape = as_shape(shape).is_fully_defined()
    with _slot_scope(primary, name, colocate_with_primary):
        return _slot_variable(primary, initializer, validate_shape, shape, dtype)


def create_zeros_slot(
    primary: Any, name: str, dtype: Any = None, colocate_with_primary: bool = True
) -> Variable:
    """A slot of zeros in the shape of its variable.

    Args:
        primary: the variable or tensor it belongs to.
        name: the last part of its name.
        dtype: its type; that of `primary` if None.
        colocate_with_primary: whether it lies on the device of `primary`.
    """
    if dtype is None:
        dtype = primary.dtype
    shape = primary.get_shape()
    if shape.is_fully_defined():
        return create_slot_with_initializer(primary, Zeros(), shape, dtype, name, colocate_with_primary)
    initial = primary.initialized_value() if isinstance(primary, Variable) else primary
    value = zeros(shape_of(initial), dtype=dtype)
    return create_slot(primary, value, name, colocate_with_primary)


@contextmanager
def _slot_scope(primary: Any, name: str, colocate: bool) -> Iterator[None]:
    """The variable scope of a slot, and the device of its variable."""
    place: AbstractContextManager[Any] = colocate_with(primary) if colocate else nullcontext()
    with variable_scope(None, f"{primary.op.name}/{name}"), place:
        yield


def _slot_variable(primary: Any, initial: Any, validate_shape: bool, shape: Any, dtype: Any) -> Variable:
    scope = get_variable_scope()
    partitioner = scope.partitioner
    # A slot is as large as its variable, which is one part of a partitioned variable already.
    scope.set_partitioner(None)
    try:
        slot = get_variable(
            "",
            initializer=initial,
            trainable=False,
            use_resource=_kind_of(primary),
            shape=shape if callable(initial) else None,
            dtype=dtype,
            validate_shape=validate_shape,
        )
    finally:
        scope.set_partitioner(partitioner)
    part = primary._save_slice_info if isinstance(primary, Variable) else None
    if part is not None:
        name = slot.name[len(primary.op.name + "/") : -2]
        slot._set_save_slice_info(
            Variable.SaveSliceInfo(
                f"{part.full_name}/{name}",
                part.full_shape[:],
                part.var_offset[:],
                part.var_shape[:],
            )
        )
    return slot


def _kind_of(primary: Any) -> bool | None:
    """Whether a slot is of the resource kind: as its variable; for a tensor, as the scope says."""
    if isinstance(primary, BaseResourceVariable):
        return True
    return False if isinstance(primary, Variable) else None
