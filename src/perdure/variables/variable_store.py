"""The variables that `tf.get_variable` keeps for each graph, by name, and of which kind they are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.random.initializers import GlorotUniform, Zeros
from perdure.graph import dtypes
from perdure.graph.defaults import (
    add_to_collection,
    colocate_with,
    get_default_graph,
    init_scope,
    name_scope,
)
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.variables.base import Variable, checked_distribution
from perdure.variables.resource_variable import BaseResourceVariable

_STORE_KEY = ("__variable_store",)

_resource_by_default = False


def enable_resource_variables() -> None:
    """Make variables of the resource kind unless a program says otherwise."""
    global _resource_by_default
    _resource_by_default = True


def disable_resource_variables() -> None:
    """Make variables of the ref kind unless a program says otherwise (the initial state)."""
    global _resource_by_default
    _resource_by_default = False


def resource_variables_enabled() -> bool:
    """Whether variables are of the resource kind unless a program says otherwise."""
    return _resource_by_default


class VariableStore:
    """The variables that `tf.get_variable` made in a graph, by name."""

    def __init__(self) -> None:
        self._vars: dict[str, Any] = {}

    def get_variable(self, name: str, *, custom_getter: Callable[..., Any] | None, **arguments: Any) -> Any:
        """The variable called `name`, shared or made anew; the arguments are those of `tf.get_variable`.

        Args:
            name: the full name.
            custom_getter: called instead, with the function that does the work as `getter`.
            arguments: the other arguments, all of them, and `reuse`.
        """
        if custom_getter is not None and not callable(custom_getter):
            raise ValueError(f"Passed a custom_getter which is not callable: {custom_getter}")
        arguments["dtype"] = getattr(arguments["dtype"], "base_dtype", arguments["dtype"])
        synchronization, aggregation, trainable = checked_distribution(
            arguments["synchronization"], arguments["aggregation"], arguments["trainable"], name
        )
        arguments.update(synchronization=synchronization, aggregation=aggregation, trainable=trainable)
        if custom_getter is None:
            return self._get(name, **arguments)
        # Getters that were written before constraints existed take no such argument.
        if not _accepts(custom_getter, "constraint"):
            del arguments["constraint"]
        return custom_getter(getter=self._get, name=name, **arguments)

    def _get(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        regularizer: Any = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        constraint: Any = None,
        synchronization: Any = None,
        aggregation: Any = None,
    ) -> Any:
        is_scalar = isinstance(shape, Sequence) and len(shape) == 0
        if partitioner is not None and not is_scalar:
            raise NotImplementedError(
                f"get_variable '{name}': partitioned variables are not supported, but partitioner is "
                f"{partitioner!r}"
            )
        from_value = initializer is not None and not callable(initializer)
        if shape is not None and from_value:
            raise ValueError("If initializer is a constant, do not specify shape.")
        dtype = as_dtype(dtype)
        shape = as_shape(shape)
        if name in self._vars:
            return self._shared(name, shape, dtype, reuse)
        if reuse is True:
            raise ValueError(
                f"Variable {name} does not exist, or was not created with tf.get_variable(). Did you mean "
                "to set reuse=tf.AUTO_REUSE in VarScope?"
            )
        if initializer is None:
            initializer = _default_initializer(name, dtype)
        initial_value, variable_dtype = _initial_value(initializer, from_value, shape, dtype)
        variable = Variable(
            initial_value=initial_value,
            name=name,
            trainable=trainable,
            collections=collections,
            caching_device=caching_device,
            dtype=variable_dtype,
            validate_shape=validate_shape,
            constraint=constraint,
            use_resource=_resource_by_default if use_resource is None else use_resource,
            synchronization=synchronization,
            aggregation=aggregation,
        )
        self._vars[name] = variable
        if regularizer:
            with colocate_with(variable), name_scope(f"{name}/Regularizer/"), init_scope():
                loss = regularizer(variable)
            if loss is not None:
                add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)
        return variable

    def _shared(self, name: str, shape: TensorShape, dtype: DType, reuse: Any) -> Any:
        found = self._vars[name]
        if reuse is False:
            message = (
                f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
                "reuse=tf.AUTO_REUSE in VarScope?"
            )
            if not isinstance(found, BaseResourceVariable):
                origin = [f'  File "{line[0]}", line {line[1]}' for line in found.op.traceback]
                message += " Originally defined at:\n\n" + "\n".join(origin)
            raise ValueError(message)
        if not shape.is_compatible_with(found.get_shape()):
            raise ValueError(
                f"Trying to share variable {name}, but specified shape {shape} and found shape "
                f"{found.get_shape()}."
            )
        if not dtype.is_compatible_with(found.dtype):
            raise ValueError(
                f"Trying to share variable {name}, but specified dtype {dtype.name} and found dtype "
                f"{found.dtype.name}."
            )
        return found


def _accepts(function: Callable[..., Any], name: str) -> bool:
    parameters = inspect.signature(function).parameters
    return name in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _initial_value(
    initializer: Any, from_value: bool, shape: TensorShape, dtype: DType
) -> tuple[Any, DType | None]:
    """What `tf.Variable` starts from, and its dtype if the initializer does not decide it."""
    if from_value:
        return initializer, None
    if inspect.isclass(initializer):
        initializer = initializer()
    if shape.is_fully_defined():
        make = lambda: initializer(shape.as_list(), dtype=dtype, partition_info=None)  # noqa: E731
        return make, dtype.base_dtype
    if _needs_no_arguments(initializer):
        return initializer, None
    raise ValueError(
        "The initializer passed is not valid. It should be a callable with no arguments and the shape "
        "should not be provided or an instance of `tf.keras.initializers.*' and `shape` should be fully "
        "defined."
    )


def _needs_no_arguments(function: Callable[..., Any]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return all(p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)


def _default_initializer(name: str, dtype: DType) -> Any:
    if dtype.is_floating:
        return GlorotUniform()
    if dtype.is_integer or dtype.is_unsigned or dtype.is_bool or dtype == dtypes.string:
        return Zeros()
    raise ValueError(f"An initializer for variable {name} of {dtype.base_dtype} is required")


def variable_store() -> VariableStore:
    """The store of the default graph."""
    return only_item(_STORE_KEY, VariableStore)


def only_item(key: Any, make: Callable[[], Any]) -> Any:
    """The only item of a collection of the default graph, made if there is none yet."""
    # Kept in collections as in TensorFlow, where libraries look for them.
    items = get_default_graph().get_collection_ref(key)
    if not items:
        items.append(make())
    return items[0]
