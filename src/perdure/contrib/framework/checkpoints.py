"""Variables that take their values from checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.contrib.framework.variables import get_variable_full_name
from perdure.functional.array.array import placeholder
from perdure.functional.control.control import group
from perdure.functional.random.initializers import Zeros
from perdure.functional.state.state import assign
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.defaults import device
from perdure.graph.operation import Operation
from perdure.platform import logging
from perdure.training.checkpoint_reader import NewCheckpointReader
from perdure.training.checkpoints import reading
from perdure.training.checkpoints.initializing import follow_assignment_map
from perdure.training.checkpoints.remapping import load_and_remap_matrix_initializer
from perdure.training.saving.saver import Saver

Feeds = dict[Any, Any]


def load_checkpoint(filepattern: str) -> Any:
    """What reads the tensors of a checkpoint; see `tf.train.load_checkpoint`."""
    return reading.load_checkpoint(filepattern)


def load_variable(checkpoint_dir: str, name: str) -> Any:
    """The value of a variable in a checkpoint; see `tf.train.load_variable`."""
    return reading.load_variable(checkpoint_dir, name)


def list_variables(checkpoint_dir: str) -> list[tuple[str, list[int]]]:
    """The variables in a checkpoint; see `tf.train.list_variables`."""
    return reading.list_variables(checkpoint_dir)


def init_from_checkpoint(checkpoint_dir: str, assignment_map: dict[str, Any]) -> None:
    """Let initializers of variables read their values from a checkpoint; see `tf.train.init_from_checkpoint`.

    Args:
        checkpoint_dir: the name of a checkpoint, or a folder, whose newest one is meant.
        assignment_map: what is read, and what it is for.

    Raises:
        ValueError: there is no such variable, tensor or checkpoint, or the shapes differ.
    """
    follow_assignment_map(checkpoint_dir, assignment_map.items(), _set_initializer, logging.info)


def _set_initializer(variable: Any, filename: Any, tensor_name: str, slice_spec: str) -> None:
    with device(variable.device), device("/cpu:0"):
        (value,) = g.restore_v2(
            filename,
            [tensor_name],
            [slice_spec],
            [variable.dtype.base_dtype],
            name="checkpoint_initializer",
        )
        variable._initializer_op = assign(variable, value)


def assign_from_checkpoint(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Operation, Feeds]:
    """An operation that assigns the values in a checkpoint to variables.

    Args:
        model_path: the name of the checkpoint.
        var_list: variables, parts of partitioned ones included; or variables, or lists of parts, by names in
            the checkpoint.
        ignore_missing_vars: whether variables that are not in the checkpoint are left out, with a warning.

    Returns:
        The operation, and what to feed when it is run.

    Raises:
        ValueError: a variable is not in the checkpoint, or has another shape there.
    """
    grouped: dict[str, list[Any]] = {}
    if isinstance(var_list, (tuple, list)):
        for variable in var_list:
            grouped.setdefault(get_variable_full_name(variable), []).append(variable)
    else:
        grouped = {
            name: list(value) if isinstance(value, (tuple, list)) else [value]
            for name, value in var_list.items()
        }
    reader = NewCheckpointReader(model_path)
    assigned: list[Any] = []
    feeds: Feeds = {}
    for name, variables in grouped.items():
        if not reader.has_tensor(name):
            message = f"Checkpoint is missing variable [{name}]"
            if not ignore_missing_vars:
                raise ValueError(message)
            logging.warning(message)
            continue
        value = reader.get_tensor(name)
        for variable in variables:
            source = _assign_later(variable, assigned)
            feeds[source] = _part_of(value, name, variable)
    return group(*assigned), feeds


def _assign_later(variable: Any, assigned: list[Any]) -> Any:
    """A placeholder that is assigned to a variable."""
    source = placeholder(
        dtype=variable.dtype.base_dtype,
        shape=variable.get_shape(),
        name=f"placeholder/{variable.op.name}",
    )
    assigned.append(variable.assign(source))
    return source


def _part_of(value: Any, name: str, variable: Any) -> Any:
    """What of an array is for a variable, which may be a part of a larger one."""
    part = variable._save_slice_info
    if part:
        ends = zip(part.var_offset, part.var_shape, strict=True)
        return value[tuple(slice(start, start + size) for start, size in ends)].reshape(part.var_shape)
    if variable.get_shape() != value.shape:
        raise ValueError(
            f"Total size of new array must be unchanged for {name} lh_shape: [{value.shape}], rh_shape: "
            f"[{variable.get_shape()}]"
        )
    return value


def assign_from_checkpoint_fn(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False, reshape_variables: bool = False
) -> Callable[[Any], None] | None:
    """A function that assigns the values in a checkpoint to variables in the session it is given.

    Args:
        model_path: the name of the checkpoint.
        var_list: variables, in a list or by their names in the checkpoint.
        ignore_missing_vars: whether variables that are not in the checkpoint are left out, with a warning.
        reshape_variables: whether a variable may have another shape there, of as many elements.

    Returns:
        The function; None if no variable is left.

    Raises:
        ValueError: there are no variables.
    """
    if not var_list:
        raise ValueError("var_list cannot be empty")
    if ignore_missing_vars:
        reader = NewCheckpointReader(model_path)
        if not isinstance(var_list, dict):
            var_list = {variable.op.name: variable for variable in var_list}
        for name in var_list:
            if not reader.has_tensor(name):
                logging.warning("Variable %s missing in checkpoint %s", name, model_path)
        var_list = {name: variable for name, variable in var_list.items() if reader.has_tensor(name)}
    if not var_list:
        logging.warning("No Variables to restore")
        return None
    saver = Saver(var_list, reshape=reshape_variables, write_version=1)  # the format of what is never saved
    return lambda session: saver.restore(session, model_path)


def load_linear_multiclass_bias_initializer(
    ckpt_path: str,
    bias_tensor_name: str,
    new_class_vocab_size: int,
    old_class_vocab_file: Any,
    new_class_vocab_file: Any,
    num_class_oov_buckets: int = 0,
    initializer: Any = None,
    max_rows_in_memory: int = -1,
) -> Callable[..., Any]:
    """An initializer that loads biases, one for each class, in the order of a new vocabulary of classes.

    Args:
        ckpt_path: the name of a checkpoint.
        bias_tensor_name: the biases, (classes, 1).
        new_class_vocab_size: how many classes the new vocabulary has.
        old_class_vocab_file, new_class_vocab_file: the vocabularies.
        num_class_oov_buckets: rows for unknown classes.
        initializer: makes the biases of new classes; zeros if None.
        max_rows_in_memory: how many rows are read at once; all if not positive.
    """
    return load_and_remap_matrix_initializer(
        ckpt_path=ckpt_path,
        old_tensor_name=bias_tensor_name,
        new_row_vocab_size=new_class_vocab_size,
        new_col_vocab_size=1,
        old_row_vocab_file=old_class_vocab_file,
        new_row_vocab_file=new_class_vocab_file,
        num_row_oov_buckets=num_class_oov_buckets,
        initializer=Zeros() if initializer is None else initializer,
        max_rows_in_memory=max_rows_in_memory,
    )


def load_variable_slot_initializer(
    ckpt_path: str,
    old_tensor_name: str,
    primary_partition_info: Any,
    new_row_vocab_size: int,
    new_col_vocab_size: int,
    old_row_vocab_file: Any = None,
    new_row_vocab_file: Any = None,
    old_col_vocab_file: Any = None,
    new_col_vocab_file: Any = None,
    num_row_oov_buckets: int = 0,
    num_col_oov_buckets: int = 0,
    initializer: Any = None,
    max_rows_in_memory: int = -1,
) -> Callable[..., Any]:
    """An initializer that loads a slot of a variable, such as an optimizer's accumulator.

    Args:
        primary_partition_info: which part of a partitioned variable the slot belongs to; slots are not told.
        (others): see `load_and_remap_matrix_initializer`.
    """
    load = load_and_remap_matrix_initializer(
        ckpt_path=ckpt_path,
        old_tensor_name=old_tensor_name,
        new_row_vocab_size=new_row_vocab_size,
        new_col_vocab_size=new_col_vocab_size,
        old_row_vocab_file=old_row_vocab_file,
        new_row_vocab_file=new_row_vocab_file,
        old_col_vocab_file=old_col_vocab_file,
        new_col_vocab_file=new_col_vocab_file,
        num_row_oov_buckets=num_row_oov_buckets,
        num_col_oov_buckets=num_col_oov_buckets,
        initializer=initializer,
        max_rows_in_memory=max_rows_in_memory,
    )

    def initialize(shape: Any, dtype: Any = dtypes.float32, partition_info: Any = None) -> Any:
        return load(shape, dtype, partition_info=primary_partition_info)

    return initialize
