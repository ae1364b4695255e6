"""Variables that an object depends on without scopes, or because they are made while it is looked on."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from perdure.graph import dtypes
from perdure.graph.defaults import init_scope
from perdure.graph.dtypes import as_dtype
from perdure.graph.tensor_shape import as_shape
from perdure.tracking.trackable import Trackable
from perdure.variables.base import Variable
from perdure.variables.creation import variable_creator_scope
from perdure.variables.variable_store import default_initializer


def add_variable(
    trackable: Trackable,
    name: str,
    shape: Any = None,
    dtype: Any = dtypes.float32,
    initializer: Any = None,
    trainable: bool = True,
) -> Any:
    """Make a variable of the resource kind that an object depends on; variable scopes play no part.

    Args:
        trackable: the object.
        name: the variable's name, and that of the dependency.
        shape: its shape; None if the initializer is a value.
        dtype: its element type.
        initializer: a function of shape and dtype, or a value; that of `tf.get_variable` if None.
        trainable: whether optimizers change it by default.

    Raises:
        ValueError: the object depends on something of that name, or both a shape and a value are given.
    """
    return trackable._add_variable_with_custom_getter(
        name=name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        getter=_default_getter,
        trainable=trainable,
    )


def _default_getter(name: str, shape: Any, dtype: Any, initializer: Any, **arguments: Any) -> Any:
    dtype = as_dtype(dtype)
    with init_scope():
        if initializer is None:
            initializer = default_initializer(name, dtype)
        initial_value: Any = initializer
        if callable(initializer):
            made: Any = initializer
            make = made(dtype=dtype) if inspect.isclass(initializer) else initializer
            initial_value = functools.partial(
                make,
                as_shape(shape).as_list(),
                dtype=dtype,
                partition_info=None,
            )
        elif shape is not None:
            raise ValueError("If initializer is a constant, do not specify shape.")
        return Variable(initial_value, name=name, dtype=dtype.base_dtype, use_resource=True, **arguments)


@contextmanager
def capture_dependencies(template: Any) -> Iterator[None]:
    """Let an object depend on the variables that are made in the block.

    Args:
        template: a trackable object with a `variable_scope`, which must be open; names of dependencies begin
            behind the name of that.  Where another object captures inside of this block, it is what is
            depended on.
    """
    prefix = template.variable_scope.name

    def create(
        next_creator: Any, name: Any, initial_value: Any, trackable_parent: Any = None, **arguments: Any
    ) -> Any:
        def call_next(initializer: Any, name: Any, **inner: Any) -> Any:
            del name  # what is left of it without the scope
            return next_creator(initial_value=initializer, name=full_name, **inner)

        full_name = name
        if name is not None and name.startswith(prefix):
            if not trackable_parent:
                return template._add_variable_with_custom_getter(
                    initializer=initial_value,
                    name=name[len(prefix) + 1 :],
                    getter=call_next,
                    overwrite=True,
                    trackable_parent=(template, prefix),
                    **arguments,
                )
            parent, parent_prefix = trackable_parent
            template._track_trackable(parent, name=parent_prefix[len(prefix) + 1 :], overwrite=True)
        return next_creator(
            name=name, initial_value=initial_value, trackable_parent=(template, prefix), **arguments
        )

    with variable_creator_scope(create):
        yield
