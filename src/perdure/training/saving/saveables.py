"""What a Saver can save: the tensors of an object, their names, and how the object takes them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from perdure.functional.array.array import identity, reshape
from perdure.functional.state.state import assign
from perdure.graph.builder import g
from perdure.graph.conversion import internal_convert_to_tensor
from perdure.graph.defaults import device
from perdure.graph.devices import DeviceSpec
from perdure.graph.tensor import Tensor
from perdure.tracking.trackable import VARIABLE_VALUE_KEY, Trackable
from perdure.variables.base import Variable
from perdure.variables.partitioned_variable import PartitionedVariable
from perdure.variables.resource_variable import BaseResourceVariable, is_resource_variable

_REF_TYPES = ("Variable", "VariableV2", "AutoReloadVariable")
_VARIABLE_TYPES = (*_REF_TYPES, "VarHandleOp", "ReadVariableOp")


class SaveSpec:
    """One tensor to save, and where it goes in the checkpoint.

    Args:
        tensor: the tensor, or a function without arguments that makes it.
        slice_spec: which part of a larger tensor it is, as `Variable.SaveSliceInfo.spec` says it; "" for
            all of it.
        name: its name in the checkpoint.
        dtype: its type; needed with a function.
        device: where it is; needed with a function.

    Raises:
        AssertionError: a function without `dtype` or `device`.
    """

    def __init__(
        self,
        tensor: Tensor | Callable[[], Tensor] | Any,
        slice_spec: str,
        name: str,
        dtype: Any = None,
        device: str | None = None,
    ) -> None:
        self._tensor = tensor
        self.slice_spec = slice_spec
        self.name = name
        if not callable(tensor):
            dtype, device = tensor.dtype, tensor.device
        elif dtype is None or device is None:
            raise AssertionError(
                "When passing a callable `tensor` to a SaveSpec, an explicit dtype and device must be "
                "provided."
            )
        self.dtype = dtype
        self.device = device

    @property
    def tensor(self) -> Any:
        """The tensor; a function makes a new one each time."""
        return self._tensor() if callable(self._tensor) else self._tensor


class SaveableObject:
    """What can be saved as one or more tensors; derive from it to save objects of other kinds.

    Args:
        op: what is saved; a Saver takes it only once.
        specs: the tensors, all of one device.
        name: its name in the checkpoint.
    """

    def __init__(self, op: Any, specs: list[SaveSpec], name: str) -> None:
        self.op = op
        self.specs = specs
        self.name = name

    @property
    def optional_restore(self) -> bool:
        """Whether a checkpoint may lack it."""
        return False

    @property
    def device(self) -> str | None:
        """Where its tensors are."""
        return self.specs[0].device

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Make the operation that gives the object what was read.

        Args:
            restored_tensors: the tensors from the checkpoint, one for each spec.
            restored_shapes: the shapes to give them first; None to leave them.

        Raises:
            ValueError: a derived class has not said how.
        """
        raise ValueError("Calling an abstract method.")


class ReferenceVariableSaveable(SaveableObject):
    """A variable of the ref kind.

    Args:
        var: the variable, or its reference.
        slice_spec: which part of a larger variable it is; "" for all of it.
        name: its name in the checkpoint.
    """

    def __init__(self, var: Any, slice_spec: str, name: str) -> None:
        super().__init__(var, [SaveSpec(var, slice_spec, name, dtype=var.dtype)], name)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Assign it."""
        (value,) = restored_tensors[:1]
        if restored_shapes is not None:
            value = reshape(value, restored_shapes[0])
        keeps_shape = restored_shapes is None and self.op.get_shape().is_fully_defined()
        return assign(self.op, value, validate_shape=keeps_shape)


class ResourceVariableSaveable(SaveableObject):
    """A variable of the resource kind.

    Args:
        var: the variable, or a tensor that reads it.
        slice_spec: which part of a larger variable it is; "" for all of it.
        name: its name in the checkpoint.

    Raises:
        ValueError: it is neither.
    """

    def __init__(self, var: Any, slice_spec: str, name: str) -> None:
        self._var_device = var.device
        self._var_shape = var.shape
        tensor: Any
        if isinstance(var, Tensor):
            self.handle_op = var.op.inputs[0]
            tensor = var
        elif is_resource_variable(var):
            self.handle_op = var.handle
            tensor = _reader_of(var)
        else:
            raise ValueError(f"Saveable is neither a resource variable nor a read operation. Got: {var!r}")
        spec = SaveSpec(tensor, slice_spec, name, dtype=var.dtype, device=var.device)
        super().__init__(var, [spec], name)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Assign it, on its device."""
        (value,) = restored_tensors[:1]
        if restored_shapes is not None:
            value = reshape(value, restored_shapes[0])
        with device(self._var_device):
            value = identity(value)
            self._var_shape.assert_is_compatible_with(value.shape)
            return g.assign_variable_op(self.handle_op, value)


def _reader_of(variable: Any) -> Callable[[], Tensor]:
    """What reads a variable where it is, and hands its value on to the CPU there."""

    def read() -> Tensor:
        with device(variable.device):
            value = variable.read_value()
            with device("/device:CPU:0"):
                return identity(value)

    return read


def set_cpu0(device_string: str) -> str:
    """The first CPU of the machine that a device is of."""
    return DeviceSpec.from_string(device_string).replace(device_type="CPU", device_index=0).to_string()


def saveable_objects_for_op(op: Any, name: str) -> Iterator[SaveableObject]:
    """What saves an object.

    Args:
        op: a variable, a tensor of one, the slices of one in a list, a partitioned variable, an object of
            `tf.train.Checkpoint`, or a `SaveableObject`.
        name: its name in the checkpoint.

    Raises:
        TypeError: `name` is no string, or `op` none of these.
        ValueError: the slices are not those of one variable.
    """
    if not isinstance(name, str):
        raise TypeError(
            "names_to_saveables must be a dict mapping string names to trackable operations. "
            f"Name is not a string: {name}"
        )
    if isinstance(op, SaveableObject):
        yield op
    elif isinstance(op, (list, tuple)) or isinstance(op, PartitionedVariable):
        yield from _slices(list(op), name)
    elif _is_trackable(op):
        for key, factory in op._gather_saveables_for_checkpoint().items():
            full_name = name if key == VARIABLE_VALUE_KEY else f"{name}_{key}"
            part = factory(full_name) if callable(factory) else factory
            yield from saveable_objects_for_op(part, part.name)
    elif isinstance(op, BaseResourceVariable):
        yield ResourceVariableSaveable(op._graph_element, "", name)
    else:
        tensor = internal_convert_to_tensor(op, as_ref=True)
        if not _is_of_variable(tensor):
            raise TypeError(
                "names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a "
                f"variable: {tensor}"
            )
        yield _saveable_class(tensor)(tensor, "", name)


def _slices(variables: list[Any], name: str) -> Iterator[SaveableObject]:
    full_name = None
    for variable in variables:
        if not isinstance(variable, Variable):
            raise ValueError(f"Slices must all be Variables: {variable}")
        part = variable._save_slice_info
        if not part:
            raise ValueError(f"Slices must all be slices: {variable}")
        if full_name is None:
            full_name = part.full_name
        elif full_name != part.full_name:
            raise ValueError(f"Slices must all be from the same tensor: {full_name} != {part.full_name}")
        yield _saveable_class(variable)(variable, part.spec, name)


def _saveable_class(variable: Any) -> Callable[[Any, str, str], SaveableObject]:
    is_ref = variable.op.type in _REF_TYPES
    return ReferenceVariableSaveable if is_ref else ResourceVariableSaveable


def op_list_to_dict(op_list: Any, convert_variable_to_tensor: bool = True) -> dict[str, Any]:
    """What to save by its name in the checkpoint.

    Args:
        op_list: a list, tuple or set of what `saveable_objects_for_op` takes.
        convert_variable_to_tensor: whether a variable is represented by its tensor.

    Returns:
        By name: a tensor, a variable, a `SaveableObject`, or the list of a variable's slices.

    Raises:
        TypeError: it is no list, or something in it cannot be saved.
        ValueError: two have the same name.
    """
    if not isinstance(op_list, (list, tuple, set)):
        raise TypeError(f"Variables to save should be passed in a dict or a list: {op_list}")
    found: dict[str, Any] = {}
    # Sorted, because reading a variable adds nodes, in this order.
    for var in sorted(op_list, key=lambda item: item.name):
        if isinstance(var, SaveableObject):
            found[var.name] = var
        elif isinstance(var, PartitionedVariable):
            _add_new(found, var.name, var)
        elif isinstance(var, Variable) and var._save_slice_info:
            _add_slice(found, var._save_slice_info.full_name, var)
        elif _is_trackable(var):
            parts = var._gather_saveables_for_checkpoint().values()
            found.update(op_list_to_dict([part() if callable(part) else part for part in parts]))
        else:
            if convert_variable_to_tensor:
                var = _tensor_of(var)
            op = var.op.inputs[0].op if var.op.type == "ReadVariableOp" else var.op
            _add_new(found, op.name, var)
    return found


def _add_new(found: dict[str, Any], name: str, var: Any) -> None:
    if name in found:
        raise ValueError(f"At least two variables have the same name: {name}")
    found[name] = var


def _add_slice(found: dict[str, Any], name: str, var: Variable) -> None:
    slices = found.setdefault(name, [])
    if not isinstance(slices, list):
        raise ValueError(f"Mixing slices and non-slices with the same name: {name}")
    slices.append(var)


def _tensor_of(var: Any) -> Tensor:
    if isinstance(var, BaseResourceVariable):
        tensor = var._graph_element
    else:
        tensor = internal_convert_to_tensor(var, as_ref=True)
    if not _is_of_variable(tensor):
        raise TypeError(f"Variable to save is not a Variable: {tensor}")
    return tensor


def _is_of_variable(tensor: Any) -> bool:
    return isinstance(tensor, Tensor) and tensor.op.type in _VARIABLE_TYPES


def _is_trackable(var: Any) -> bool:
    """Whether it says itself how a checkpoint holds it, as what `tf.train.Checkpoint` saves does."""
    return isinstance(var, Trackable) and not isinstance(var, Variable)


def validate_and_slice_inputs(names_to_saveables: Any) -> list[SaveableObject]:
    """What to save, in the order of the names.

    Args:
        names_to_saveables: a list of what `saveable_objects_for_op` takes, or a dictionary of it by name.

    Raises:
        TypeError: something cannot be saved.
        ValueError: an object occurs under two names.
    """
    if not isinstance(names_to_saveables, dict):
        names_to_saveables = op_list_to_dict(names_to_saveables)
    saveables: list[SaveableObject] = []
    seen: set[int] = set()
    for name, op in sorted(names_to_saveables.items(), key=lambda item: item[0]):
        for saveable in saveable_objects_for_op(op, name):
            if id(saveable.op) in seen:
                raise ValueError(f"The same saveable will be restored with two names: {saveable.name}")
            seen.add(id(saveable.op))
            saveables.append(saveable)
    return saveables
