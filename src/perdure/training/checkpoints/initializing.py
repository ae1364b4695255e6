"""`tf.train.init_from_checkpoint`: variables whose initial values are those in a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from perdure.graph.builder import g
from perdure.graph.defaults import device
from perdure.platform import logging
from perdure.training.checkpoints.reading import checkpoint_filename, load_checkpoint
from perdure.training.saving.saveables import op_list_to_dict, saveable_objects_for_op
from perdure.variables.base import Variable
from perdure.variables.resource_variable import is_resource_variable
from perdure.variables.variable_store import variable_store


def init_from_checkpoint(ckpt_dir_or_file: str, assignment_map: dict[str, Any]) -> None:
    """Let initializers of variables read their values from a checkpoint.

    The values are read when the initializers run.  In the map a key says what is read, and its value what
    that is for:

    - `"scope/": "other/"`: all variables made by `tf.get_variable` in `other`, from those of the same names
      in `scope` of the checkpoint; `"/"` stands for the root, of either;
    - `"name": "other"`: the variable that `tf.get_variable` made under that name;
    - `"name": variable`: a variable;
    - `"name": [part, ...]`: the parts of a partitioned variable.

    Args:
        ckpt_dir_or_file: the name of a checkpoint, or a folder, whose newest one is meant.
        assignment_map: the map.

    Raises:
        ValueError: there is no such variable, tensor or checkpoint, or the shapes differ.
    """
    follow_assignment_map(
        ckpt_dir_or_file,
        sorted(assignment_map.items(), key=lambda item: item[0]),
        _set_checkpoint_initializer,
        logging.debug,
    )


def follow_assignment_map(
    ckpt_dir_or_file: str,
    assignments: Iterable[tuple[str, Any]],
    set_initializer: Callable[[Any, Any, str, str], None],
    log: Callable[..., None],
) -> None:
    """Set the initializers that an assignment map is about; see `init_from_checkpoint`.

    Args:
        ckpt_dir_or_file: the name of a checkpoint, or a folder, whose newest one is meant.
        assignments: the items of the map.
        set_initializer: given a variable, the name of the checkpoint, that of the tensor and which slice of
            it.
        log: given a message and its arguments for each variable.
    """
    filename = checkpoint_filename(ckpt_dir_or_file)
    shapes = load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map()
    for tensor_name, target in assignments:
        variable = _variables_of(target)
        named = {tensor_name: variable}
        if variable is None:
            named = _in_scope(ckpt_dir_or_file, shapes, tensor_name, target)
        elif tensor_name not in shapes:
            raise ValueError(f"Tensor {tensor_name} is not found in {ckpt_dir_or_file} checkpoint {shapes}")
        elif is_variable(variable):
            shape = variable.get_shape()
            if not shape.is_compatible_with(shapes[tensor_name]):
                raise ValueError(
                    f"Shape of variable {variable.name} ({shape}) doesn't match with shape of tensor "
                    f"{tensor_name} ({shapes[tensor_name]}) from checkpoint reader."
                )
        for name, found in named.items():
            for part, slice_spec in _slices(found):
                set_initializer(part, filename, name, slice_spec)
            log(
                "Initialize variable %s from checkpoint %s with %s",
                ",".join(part.name for part, _ in _slices(found)),
                ckpt_dir_or_file,
                name,
            )


def is_variable(x: Any) -> bool:
    """Whether something is a variable of either kind."""
    return isinstance(x, Variable) or is_resource_variable(x)


def _variables_of(target: Any) -> Any:
    """The variable or the parts of one that a map names; None if it names a scope."""
    if is_variable(target) or (isinstance(target, list) and all(map(is_variable, target))):
        return target
    if not isinstance(target, str):
        raise TypeError(
            "An assignment map leads to variables, lists of the parts of one, and names, but there is "
            f"{target!r}"
        )
    return _by_name(target, variable_store()._vars)


def _by_name(name: str, known: dict[str, Any]) -> Any:
    """The variable of that name, or the list of its parts; None if there is none."""
    if name in known:
        return known[name]
    parts: list[Any] = []
    while f"{name}/part_{len(parts)}" in known:
        parts.append(known[f"{name}/part_{len(parts)}"])
    return parts or None


def _in_scope(given: str, shapes: dict[str, Any], tensor_scope: str, target: str) -> dict[str, Any]:
    """All variables in a scope, by the tensors they start with."""
    scope = target.rpartition("/")[0]
    if not tensor_scope.endswith("/"):
        raise ValueError(
            f"Assignment map with scope only name {scope} should map to scope only {tensor_scope}. Should be "
            "'scope/': 'other_scope/'."
        )
    known = variable_store()._vars
    inside = [name for name in known if not scope or name.startswith(scope + "/")]
    found = {}
    for name in sorted({name.partition("/part_")[0] for name in inside}):
        tensor_name = name[len(scope) :]
        if target != "/":
            tensor_name = tensor_name[1:]
        if tensor_scope != "/":
            tensor_name = tensor_scope + tensor_name
        tensor_name = tensor_name.removesuffix("/")
        if tensor_name not in shapes:
            raise ValueError(
                f"Tensor {tensor_name} ({name[len(scope) + 1 :]} in {tensor_scope}) is not found in {given} "
                "checkpoint"
            )
        found[tensor_name] = _by_name(name, known)
    return found


def _slices(variables: Any) -> list[tuple[Any, str]]:
    """A variable, or its parts, with what part of a tensor each is."""
    if not isinstance(variables, (list, tuple)):
        return [(variables, "")]
    parts: list[Any] = [part._save_slice_info for part in variables]
    for part in parts:
        if part.full_name != parts[0].full_name:
            raise ValueError(
                f"Slices must all be from the same tensor: {parts[0].full_name} != {part.full_name}"
            )
    return [(variable, part.spec) for variable, part in zip(variables, parts, strict=True)]


def _set_checkpoint_initializer(
    variable: Any,
    ckpt_file: Any,
    tensor_name: str,
    slice_spec: str,
    name: str = "checkpoint_initializer",
) -> None:
    """Let a variable start with a tensor, or a slice of one.

    Args:
        variable: the variable.
        ckpt_file: the name of the checkpoint.
        tensor_name: the name of the tensor.
        slice_spec: the slice; "" for all.
        name: the name of the node that reads it.
    """
    # The reading node is not colocated with the variable: that would have the variable on the CPU, too.
    with device(variable.device), device("/cpu:0"):
        (value,) = g.restore_v2(
            ckpt_file,
            [tensor_name],
            [slice_spec],
            [variable.dtype.base_dtype],
            name=name,
        )
        (saveable,) = (
            saveable
            for name, op in op_list_to_dict([variable]).items()
            for saveable in saveable_objects_for_op(op, name)
        )
    variable._initializer_op = saveable.restore([value], restored_shapes=None)
    value.set_shape(variable.shape)
    variable._initial_value = value
