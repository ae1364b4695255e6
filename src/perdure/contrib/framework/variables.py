"""Variables of models: making them on devices and in collections, and finding them by name."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from perdure.contrib.framework.arg_scope import add_arg_scope
from perdure.functional.array.array import placeholder
from perdure.functional.control.control import group
from perdure.graph import dtypes
from perdure.graph.defaults import add_to_collection, device, get_collection
from perdure.graph.devices import DeviceSpec
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.training.training_util import assert_global_step, get_global_step
from perdure.variables.base import Variable, VariableAggregation, VariableSynchronization
from perdure.variables.scope import VariableScope, get_variable_scope
from perdure.variables.variable_scope import get_variable

# -- making them -------------------------------------------------------------------------


def local_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: bool | None = None
) -> Variable:
    """A variable that is neither trained nor saved.

    Args:
        initial_value, validate_shape, name, use_resource: see `tf.Variable`.
    """
    return _untrained(GraphKeys.LOCAL_VARIABLES, initial_value, validate_shape, name, use_resource)


def global_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: bool | None = None
) -> Variable:
    """A variable that is saved, but not trained.

    Args:
        initial_value, validate_shape, name, use_resource: see `tf.Variable`.
    """
    return _untrained(GraphKeys.GLOBAL_VARIABLES, initial_value, validate_shape, name, use_resource)


def _untrained(
    collection: str, initial_value: Any, validate_shape: bool, name: str | None, use_resource: bool | None
) -> Variable:
    return Variable(
        initial_value,
        trainable=False,
        collections=[collection],
        validate_shape=validate_shape,
        use_resource=use_resource,
        name=name,
    )


@add_arg_scope
def variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool | None = True,
    collections: Iterable[Any] | None = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    use_resource: bool | None = None,
    synchronization: Any = VariableSynchronization.AUTO,
    aggregation: Any = VariableAggregation.NONE,
) -> Any:
    """The variable of that name in the open variable scope, on a device; see `tf.get_variable`.

    Args:
        name, shape, dtype, initializer, regularizer, trainable, caching_device, partitioner, use_resource,
            synchronization, aggregation: see `tf.get_variable`.
        collections: the collections it is added to; `[GraphKeys.GLOBAL_VARIABLES]` if None.
        device: its device, or a function that says which.
        custom_getter: a function that is called instead of `tf.get_variable`, with `reuse` as well.
    """
    getter: Callable[..., Any] = get_variable
    if custom_getter is not None:
        getter = functools.partial(custom_getter, reuse=get_variable_scope().reuse)
    if collections is None:
        collections = [GraphKeys.GLOBAL_VARIABLES]
    with _on(device or ""):
        return getter(
            name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
            collections=list(dict.fromkeys(collections)),
            caching_device=caching_device,
            partitioner=partitioner,
            use_resource=use_resource,
            synchronization=synchronization,
            aggregation=aggregation,
        )


_on = device  # which is an argument of the functions here


@add_arg_scope
def model_variable(
    name: str,
    shape: Any = None,
    dtype: Any = dtypes.float32,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool | None = True,
    collections: Iterable[Any] | None = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    use_resource: bool | None = None,
    synchronization: Any = VariableSynchronization.AUTO,
    aggregation: Any = VariableAggregation.NONE,
) -> Any:
    """A variable that inference needs: one of `GraphKeys.MODEL_VARIABLES`; see `variable`.

    Args:
        name, shape, dtype, initializer, regularizer, trainable, caching_device, device, partitioner,
            custom_getter, use_resource, synchronization, aggregation: see `variable`.
        collections: the collections it is added to beside `GLOBAL_VARIABLES` and `MODEL_VARIABLES`.
    """
    return variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=[*(collections or []), GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES],
        caching_device=caching_device,
        device=device,
        partitioner=partitioner,
        custom_getter=custom_getter,
        use_resource=use_resource,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def add_model_variable(var: Any) -> None:
    """Add a variable to `GraphKeys.MODEL_VARIABLES`, unless it is there."""
    if not any(item is var for item in get_collection(GraphKeys.MODEL_VARIABLES)):
        add_to_collection(GraphKeys.MODEL_VARIABLES, var)


class VariableDeviceChooser:
    """A function for `tf.device` that puts variables on the parameter servers in turn.

    Args:
        num_tasks: the number of parameter servers; without any, variables are put on a device of their task.
        job_name: the job of the parameter servers.
        device_type: the type of the device, "CPU" or "GPU".
        device_index: its number; any if None.
        replica: the number of the replica, if not None.
    """

    def __init__(
        self,
        num_tasks: int = 0,
        job_name: str = "ps",
        device_type: str = "CPU",
        device_index: int | None = 0,
        replica: int | None = None,
    ) -> None:
        self._num_tasks = num_tasks
        self._job_name = job_name
        self._device_type = device_type
        self._device_index = device_index
        self._replica = replica
        self._next_task_id = 0

    def __call__(self, op: Any) -> str:
        spec = DeviceSpec(
            replica=self._replica, device_type=self._device_type, device_index=self._device_index
        )
        if self._num_tasks > 0:
            spec.job, spec.task = self._job_name, self._next_task_id
            self._next_task_id = (self._next_task_id + 1) % self._num_tasks
        return spec.to_string()


# -- finding them ------------------------------------------------------------------------


def get_variables(
    scope: Any = None, suffix: str | None = None, collection: Any = GraphKeys.GLOBAL_VARIABLES
) -> list[Any]:
    """The variables of a collection, by scope and by the end of their names.

    Args:
        scope: a VariableScope, or a regular expression that names start with.
        suffix: a regular expression that names, without ":0", end with.
        collection: the collection.
    """
    if isinstance(scope, VariableScope):
        scope = scope.name
    if suffix is not None:
        scope = f"{scope or ''}.*{suffix if ':' in suffix else suffix + ':'}"
    return get_collection(collection, scope)


def get_model_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """The variables that inference needs; see `get_variables`."""
    return get_variables(scope, suffix, GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """The variables that are not saved; see `get_variables`."""
    return get_variables(scope, suffix, GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """The variables that optimizers change; see `get_variables`."""
    return get_variables(scope, suffix, GraphKeys.TRAINABLE_VARIABLES)


def get_variables_to_restore(include: Any = None, exclude: Any = None) -> list[Any]:
    """The global variables of some scopes without those of others.

    Args:
        include: a list of scopes; all variables if None.
        exclude: a list of scopes.

    Raises:
        TypeError: one of them is no list.
    """
    if include is None:
        included = get_variables()
    else:
        included = _of_scopes(include, "include")
    excluded = set(map(id, _of_scopes(exclude, "exclude"))) if exclude is not None else set()
    return [variable for variable in included if id(variable) not in excluded]


def _of_scopes(scopes: Any, name: str) -> list[Any]:
    if not isinstance(scopes, (list, tuple)):
        raise TypeError(f"{name} is provided but is not a list or a tuple.")
    return [variable for scope in scopes for variable in get_variables(scope)]


def get_variables_by_suffix(suffix: str, scope: Any = None) -> list[Any]:
    """The global variables whose names end with `suffix`; see `get_variables`."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name: str, scope: Any = None) -> list[Any]:
    """The global variables that were given a name, in whatever scopes; see `get_variables`."""
    return get_variables(scope=scope, suffix=f"/{given_name}:|^{given_name}:")


def get_unique_variable(var_op_name: str) -> Any:
    """The global variable of a name.

    Args:
        var_op_name: the whole name, without ":0".

    Raises:
        ValueError: there is none.
    """
    candidates = get_variables(scope=var_op_name)
    if not candidates:
        raise ValueError(f"Couldn't find variable {var_op_name}")
    for candidate in candidates:
        if candidate.op.name == var_op_name:
            return candidate
    raise ValueError(f"Variable {var_op_name} does not uniquely identify a variable")


def get_variable_full_name(var: Any) -> str:
    """The name that a variable has in checkpoints: for a part, that of the whole variable."""
    part = var._save_slice_info
    return part.full_name if part else var.op.name


def filter_variables(
    var_list: Iterable[Any],
    include_patterns: Iterable[str] | None = None,
    exclude_patterns: Iterable[str] | None = None,
    reg_search: bool = True,
) -> list[Any]:
    """The variables whose names match one of some patterns and none of others.

    Args:
        var_list: the variables.
        include_patterns: regular expressions; all variables are taken if None.
        exclude_patterns: regular expressions.
        reg_search: whether a pattern may be anywhere in a name, and not only at its start.
    """
    match = re.search if reg_search else re.match
    chosen = list(var_list)
    if include_patterns is not None:
        wanted = list(include_patterns)
        chosen = [var for var in chosen if any(match(pattern, var.name) for pattern in wanted)]
    if exclude_patterns is not None:
        unwanted = list(exclude_patterns)
        chosen = [var for var in chosen if not any(match(pattern, var.name) for pattern in unwanted)]
    return chosen


# -- changing them -----------------------------------------------------------------------


def assign_from_values(var_names_to_values: Mapping[str, Any]) -> tuple[Operation, dict[Any, Any]]:
    """An operation that gives variables values, which are fed and not kept in the graph.

    Args:
        var_names_to_values: NumPy arrays by the names of global variables.

    Returns:
        The operation, and what is to be fed to it.

    Raises:
        ValueError: there is no variable of a name, or more than one.
    """
    feeds, updates = {}, []
    for name, value in var_names_to_values.items():
        found = get_collection(GraphKeys.GLOBAL_VARIABLES, name)
        if not found:
            raise ValueError(f"Variable {name} wasn't found")
        if len(found) > 1:
            found = [var for var in found if var.op.name == name]
            if not found:
                raise ValueError(f"Variable {name} doesn't uniquely identify a variable")
        var = found[0]
        fed = placeholder(var.dtype.base_dtype, var.get_shape(), name=f"placeholder/{var.op.name}")
        updates.append(var.assign(fed))
        feeds[fed] = value.reshape(var.get_shape().as_list())
    return group(*updates), feeds


def assign_from_values_fn(var_names_to_values: Mapping[str, Any]) -> Callable[[Any], Any]:
    """A function of a session that gives variables values; see `assign_from_values`."""
    update, feeds = assign_from_values(var_names_to_values)
    return lambda session: session.run(update, feeds)


def assert_or_get_global_step(graph: Any = None, global_step_tensor: Any = None) -> Any:
    """The global step: `global_step_tensor` if it can be one, or that of a graph if None is given.

    Args:
        graph: the graph; the default graph if None.
        global_step_tensor: a tensor or variable.

    Raises:
        TypeError: it is no integer scalar.
    """
    if global_step_tensor is None:
        return get_global_step(graph)
    assert_global_step(global_step_tensor)
    return global_step_tensor
