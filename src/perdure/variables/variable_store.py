"""The variables that `tf.get_variable` keeps for each graph, by name, and of which kind they are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.random.initializers import GlorotUniform, Zeros
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import (
    add_to_collection,
    colocate_with,
    get_default_graph,
    init_scope,
    name_scope,
)
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.variables.base import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
    checked_distribution,
)
from perdure.variables.partitioned_variable import PartitionedVariable
from perdure.variables.partitioning import PartitionInfo, divided_axis, partitions_of, slices
from perdure.variables.resource_variable import BaseResourceVariable

STORE_KEY = ("__variable_store",)

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
        self._partitioned_vars: dict[str, PartitionedVariable] = {}

    def get_variable(
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
        custom_getter: Callable[..., Any] | None = None,
        constraint: Any = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
    ) -> Any:
        """The variable called `name`, shared or made anew; see `tf.get_variable`.

        Args:
            name: the full name.
            reuse: True to share it only, False to make it only, None for both.
            custom_getter: called instead, with the function that does the work as `getter`.
            shape, dtype, initializer, regularizer, trainable, collections, caching_device, partitioner,
                validate_shape, use_resource, constraint, synchronization, aggregation: see `tf.get_variable`.
        """
        if custom_getter is not None and not callable(custom_getter):
            raise ValueError(f"Passed a custom_getter which is not callable: {custom_getter}")
        synchronization, aggregation, trainable = checked_distribution(
            synchronization, aggregation, trainable, name
        )
        arguments = {
            "shape": shape,
            "dtype": getattr(dtype, "base_dtype", dtype),
            "initializer": initializer,
            "regularizer": regularizer,
            "reuse": reuse,
            "trainable": trainable,
            "collections": collections,
            "caching_device": caching_device,
            "partitioner": partitioner,
            "validate_shape": validate_shape,
            "use_resource": use_resource,
            "constraint": constraint,
            "synchronization": synchronization,
            "aggregation": aggregation,
        }
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
        rest = {
            "shape": shape,
            "dtype": dtype,
            "initializer": initializer,
            "regularizer": regularizer,
            "reuse": reuse,
            "trainable": trainable,
            "collections": collections,
            "caching_device": caching_device,
            "validate_shape": validate_shape,
            "use_resource": use_resource,
            "constraint": constraint,
            "synchronization": synchronization,
            "aggregation": aggregation,
        }
        is_scalar = isinstance(shape, Sequence) and len(shape) == 0
        if partitioner is not None and not is_scalar:
            if not callable(partitioner):
                raise ValueError(f"Partitioner must be callable, but received: {partitioner}")
            with name_scope(None):
                return self._get_partitioned_variable(name, partitioner, **rest)
        if reuse is True and partitioner is None and name in self._partitioned_vars:
            return self._get_partitioned_variable(name, None, **rest)
        if f"{name}/part_0" in self._vars:
            raise ValueError(
                "No partitioner was provided, but a partitioned version of the variable was found: "
                f"{name}/part_0. Perhaps a variable of the same name was already created with partitioning?"
            )
        return self._get_single_variable(name, **rest)

    def _get_single_variable(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        regularizer: Any = None,
        partition_info: PartitionInfo | None = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        constraint: Any = None,
        synchronization: Any = None,
        aggregation: Any = None,
    ) -> Any:
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
            initializer = default_initializer(name, dtype)
        initial_value, variable_dtype = _initial_value(initializer, from_value, shape, dtype, partition_info)
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

    def _get_partitioned_variable(
        self,
        name: str,
        partitioner: Any,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        reuse: Any = None,
        **arguments: Any,
    ) -> PartitionedVariable:
        """The variable called `name` in parts; the arguments are those of `tf.get_variable`."""
        if name in self._vars:
            raise ValueError(
                "A partitioner was provided, but an unpartitioned version of the variable was found: "
                f"{name}.  Perhaps a variable of the same name was already created without partitioning?"
            )
        shape = as_shape(shape)
        if isinstance(initializer, Tensor):
            shape = shape.merge_with(initializer.get_shape())
        partitions: Any = None
        if not reuse or partitioner:
            partitions = partitions_of(partitioner, shape, dtype)
        if name in self._partitioned_vars:
            return self._shared_partitioned(name, shape, dtype, partitions, reuse)
        if reuse is True:
            raise ValueError(
                f"PartitionedVariable {name} does not exist, or was not created with tf.get_variable(). Did "
                "you mean to set reuse=False or reuse=tf.AUTO_REUSE in VarScope?"
            )
        axis, number = divided_axis(partitions)
        self._check_number_of_parts(name, number)
        parts = []
        full_shape = shape.as_list()
        for i, (offset, part_shape) in enumerate(slices(full_shape, axis, number)):
            part_name = f"{name}/part_{i}"
            part_initializer: Any = initializer
            given_shape: Any = part_shape
            with name_scope(f"{part_name}/PartitionedInitializer"):
                if initializer is None:
                    part_initializer = default_initializer(name, as_dtype(dtype))
                elif not callable(initializer):
                    if isinstance(initializer, Tensor):
                        dtype = initializer.dtype.base_dtype
                    whole = convert_to_tensor(initializer, dtype=dtype)
                    part_initializer, given_shape = slice_of(whole, offset, part_shape), None
            with name_scope(None):
                part = self._get_single_variable(
                    part_name,
                    shape=given_shape,
                    dtype=dtype,
                    initializer=part_initializer,
                    partition_info=PartitionInfo(full_shape, offset),
                    reuse=reuse,
                    **arguments,
                )
            part._set_save_slice_info(Variable.SaveSliceInfo(name, full_shape, offset, part_shape))
            parts.append(part)
        variable = PartitionedVariable(name, shape, dtype, parts, partitions)
        self._partitioned_vars[name] = variable
        return variable

    def _check_number_of_parts(self, name: str, number: int) -> None:
        """Refuse to divide a variable in another way than before."""
        if f"{name}/part_0" not in self._vars:
            return
        before = "Partitioner returned a different partitioning than what was already found.  "
        if f"{name}/part_{number - 1}" not in self._vars:
            raise ValueError(
                f"{before}Partitioner returned {number} shards, and shard {name}/part_0 was found, but "
                f"{name}/part_{number - 1} was not."
            )
        if f"{name}/part_{number}" in self._vars:
            raise ValueError(
                f"{before}Partitioner returned {number} shards, and shard {name}/part_0 was found, but so "
                f"was the extra shard {name}/part_{number}."
            )

    def _shared_partitioned(
        self, name: str, shape: TensorShape, dtype: Any, partitions: Any, reuse: Any
    ) -> PartitionedVariable:
        if reuse is False:
            raise ValueError(
                f"Partitioned variable with name {name} already exists. Did you mean to set reuse=True or "
                "reuse=tf.AUTO_REUSE in VarScope?"
            )
        found = self._partitioned_vars[name]
        trying = f"Trying to reuse partitioned variable {name}, but specified"
        if not shape.is_compatible_with(found.get_shape()):
            raise ValueError(f"{trying} shape {shape} and found shape {found.get_shape()}.")
        wanted, made = as_dtype(dtype), as_dtype(found.dtype)
        if not wanted.is_compatible_with(made):
            raise ValueError(f"{trying} dtype {wanted.name} and found dtype {made.name}.")
        if partitions is not None and found._get_partitions() != partitions:
            raise ValueError(
                f"{trying} partitions {partitions} and found partitions {found._get_partitions()}."
            )
        return found

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
    initializer: Any,
    from_value: bool,
    shape: TensorShape,
    dtype: DType,
    partition_info: PartitionInfo | None,
) -> tuple[Any, DType | None]:
    """What `tf.Variable` starts from, and its dtype if the initializer does not decide it."""
    if from_value:
        return initializer, None
    if inspect.isclass(initializer):
        initializer = initializer()
    if shape.is_fully_defined():
        sizes = shape.as_list()
        make = lambda: initializer(sizes, dtype=dtype, partition_info=partition_info)  # noqa: E731
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


def default_initializer(name: str, dtype: DType) -> Any:
    if dtype.is_floating:
        return GlorotUniform()
    if dtype.is_integer or dtype.is_unsigned or dtype.is_bool or dtype == dtypes.string:
        return Zeros()
    raise ValueError(f"An initializer for variable {name} of {dtype.base_dtype} is required")


def variable_store() -> VariableStore:
    """The store of the default graph."""
    return only_item(STORE_KEY, VariableStore)


@contextmanager
def with_variable_store(store: VariableStore) -> Iterator[None]:
    """Make a store that of the default graph in the block."""
    stores = get_default_graph().get_collection_ref(STORE_KEY)
    outer = stores.copy()
    stores[:] = [store]
    try:
        yield
    finally:
        stores[:] = outer


def only_item(key: Any, make: Callable[[], Any]) -> Any:
    """The only item of a collection of the default graph, made if there is none yet."""
    # Kept in collections as in TensorFlow, where libraries look for them.
    items = get_default_graph().get_collection_ref(key)
    if not items:
        items.append(make())
    return items[0]
