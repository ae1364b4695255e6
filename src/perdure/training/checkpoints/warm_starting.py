"""`tf.train.warm_start`: variables that start where those of an earlier model ended."""

from __future__ import annotations

from typing import Any, NamedTuple

from perdure.functional.state.state import assign
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import get_collection
from perdure.graph.errors import NotFoundError
from perdure.graph.keys import GraphKeys
from perdure.platform import logging
from perdure.training.checkpoints.initializing import init_from_checkpoint, is_variable
from perdure.training.checkpoints.reading import checkpoint_filename
from perdure.training.checkpoints.remapping import load_and_remap_matrix_initializer
from perdure.training.saving.object_based import object_graph_key_mapping
from perdure.training.saving.saveables import op_list_to_dict
from perdure.variables.partitioned_variable import PartitionedVariable
from perdure.variables.partitioning import PartitionInfo


class _VocabInfo(NamedTuple):
    new_vocab: str
    new_vocab_size: int
    num_oov_buckets: int
    old_vocab: str
    old_vocab_size: int
    backup_initializer: Any
    axis: int


class VocabInfo(_VocabInfo):
    """How the vocabulary behind a variable has changed.

    Args:
        new_vocab: the file of the new vocabulary, a word in each line.
        new_vocab_size: how many of its words are used.
        num_oov_buckets: rows or columns for words that it does not have.
        old_vocab: the file of the vocabulary that the checkpoint was made with.
        old_vocab_size: how many of its words were used; -1 for all.
        backup_initializer: makes the values of new words; zeros if None.
        axis: whether words are rows (0) or columns (1).

    Raises:
        ValueError: `axis` is neither.
    """

    def __new__(
        cls,
        new_vocab: str,
        new_vocab_size: int,
        num_oov_buckets: int,
        old_vocab: str,
        old_vocab_size: int = -1,
        backup_initializer: Any = None,
        axis: int = 0,
    ) -> VocabInfo:
        _check_axis(axis)
        return super().__new__(
            cls,
            new_vocab,
            new_vocab_size,
            num_oov_buckets,
            old_vocab,
            old_vocab_size,
            backup_initializer,
            axis,
        )


def _check_axis(axis: Any) -> None:
    if axis not in (0, 1):
        raise ValueError(
            f"The only supported values for the axis argument are 0 and 1.  Provided axis: {axis}"
        )


def warm_start(
    ckpt_to_initialize_from: str,
    vars_to_warm_start: Any = ".*",
    var_name_to_vocab_info: dict[str, VocabInfo] | None = None,
    var_name_to_prev_var_name: dict[str, str] | None = None,
) -> None:
    """Let initializers of variables read their values from the checkpoint of an earlier model.

    Args:
        ckpt_to_initialize_from: the name of a checkpoint, or a folder, whose newest one is meant.
        vars_to_warm_start: which variables: a pattern for names of trainable ones, a list of patterns for
            names of global ones, a list of variables, or None for those trainable ones whose vocabulary is
            given.
        var_name_to_vocab_info: how vocabularies have changed, by names of variables.
        var_name_to_prev_var_name: names in the checkpoint, by names of variables, where they differ.

    Raises:
        ValueError: a name is that of no variable, or something is missing in the checkpoint.
    """
    logging.info(f"Warm-starting from: {ckpt_to_initialize_from}")
    grouped = _get_grouped_variables(vars_to_warm_start)
    vocab_infos = var_name_to_vocab_info or {}
    previous_names = var_name_to_prev_var_name or _get_object_checkpoint_renames(
        ckpt_to_initialize_from, list(grouped)
    )
    count = 0
    without_vocabulary = {}
    for name, variables in grouped.items():
        previous = previous_names.get(name)
        info = vocab_infos.get(name)
        if info:
            count += 1
            logging.debug(
                f"Warm-starting variable: {name}; current_vocab: {info.new_vocab} current_vocab_size: "
                f"{info.new_vocab_size} prev_vocab: {info.old_vocab} prev_vocab_size: "
                f"{info.old_vocab_size if info.old_vocab_size > 0 else 'All'} current_oov: "
                f"{info.num_oov_buckets} prev_tensor: {previous or 'Unchanged'} initializer: "
                f"{info.backup_initializer or 'zero-initialized'}"
            )
            _warm_start_var_with_vocab(
                variables,
                current_vocab_path=info.new_vocab,
                current_vocab_size=info.new_vocab_size,
                prev_ckpt=ckpt_to_initialize_from,
                prev_vocab_path=info.old_vocab,
                previous_vocab_size=info.old_vocab_size,
                current_oov_buckets=info.num_oov_buckets,
                prev_tensor_name=previous,
                initializer=info.backup_initializer,
                axis=info.axis,
            )
        elif vars_to_warm_start:
            count += 1
            logging.debug(f"Warm-starting variable: {name}; prev_var_name: {previous or 'Unchanged'}")
            tensor_name, target = _get_var_info(variables[0] if len(variables) == 1 else variables, previous)
            without_vocabulary[tensor_name] = target
    init_from_checkpoint(ckpt_to_initialize_from, without_vocabulary)
    logging.info("Warm-started %d variables.", count)
    for argument, unused in (
        ("var_name_to_prev_var_name", {name for name in previous_names if name not in grouped}),
        ("var_name_to_vocab_info", {name for name in vocab_infos if name not in grouped}),
    ):
        if unused:
            raise ValueError(
                f"You provided the following variables in {argument} that were not used: {unused}.  Perhaps "
                f"you misspelled them?  Here is the list of viable variable names: {grouped.keys()}"
            )


def _infer_var_name(var: list[Any]) -> str:
    """The name that a checkpoint has for a variable, or for the parts of one.

    Raises:
        TypeError: they are several variables.
    """
    found = op_list_to_dict(var)
    if len(found) > 1:
        raise TypeError(f"`var` = {var} passed as arg violates the constraints.  name_to_var_dict = {found}")
    (name,) = found
    return name


def _parts_of(var: Any) -> list[Any]:
    """The parts of a variable, which may be one.

    Raises:
        TypeError: it is no variable.
    """
    if is_variable(var):
        return [var]
    if isinstance(var, list) and all(map(is_variable, var)):
        return var
    if isinstance(var, PartitionedVariable):
        return var._get_variable_list()  # type: ignore[no-any-return]
    raise TypeError(
        "var MUST be one of the following: a Variable, list of Variable or PartitionedVariable, but is "
        f"{type(var)}"
    )


def _get_var_info(var: Any, prev_tensor_name: str | None = None) -> tuple[str, Any]:
    """The tensor that a variable starts with, and the variable, or a list of its parts."""
    parts = _parts_of(var)
    name = _infer_var_name([var] if isinstance(var, PartitionedVariable) else parts)
    return prev_tensor_name or name, var if is_variable(var) else parts


def _warm_start_var_with_vocab(
    var: Any,
    current_vocab_path: str,
    current_vocab_size: int,
    prev_ckpt: str,
    prev_vocab_path: str,
    previous_vocab_size: int = -1,
    current_oov_buckets: int = 0,
    prev_tensor_name: str | None = None,
    initializer: Any = None,
    axis: int = 0,
) -> None:
    """Let a variable, or its parts, start with a matrix of the checkpoint in a new vocabulary's order."""
    if not (current_vocab_path and current_vocab_size and prev_ckpt and prev_vocab_path):
        raise ValueError(
            "Invalid args: Must provide all of [current_vocab_path, current_vocab_size, prev_ckpt, "
            "prev_vocab_path}."
        )
    parts = _parts_of(var)
    tensor_name = prev_tensor_name or _infer_var_name(parts)
    _check_axis(axis)
    total_rows = sum(part.get_shape().as_list()[0] for part in parts)
    for part in parts:
        shape = part.get_shape().as_list()
        info = part._get_save_slice_info()
        sizes = (
            {
                "new_row_vocab_size": current_vocab_size,
                "new_col_vocab_size": shape[1],
                "old_row_vocab_size": previous_vocab_size,
                "old_row_vocab_file": prev_vocab_path,
                "new_row_vocab_file": current_vocab_path,
                "num_row_oov_buckets": current_oov_buckets,
            }
            if axis == 0
            else {
                "new_row_vocab_size": total_rows,
                "new_col_vocab_size": current_vocab_size,
                "old_col_vocab_file": prev_vocab_path,
                "new_col_vocab_file": current_vocab_path,
                "num_col_oov_buckets": current_oov_buckets,
            }
        )
        initialize = load_and_remap_matrix_initializer(
            ckpt_path=checkpoint_filename(prev_ckpt) or "",
            old_tensor_name=tensor_name,
            initializer=initializer,
            **sizes,
        )
        where = PartitionInfo(full_shape=info.full_shape, var_offset=info.var_offset) if info else None
        value = convert_to_tensor(initialize(shape=shape, partition_info=where))
        part._initializer_op = assign(part, value)


def _get_grouped_variables(vars_to_warm_start: Any) -> dict[str, list[Any]]:
    """The variables that are meant, parts of the same one together, by their names."""
    if vars_to_warm_start is None or isinstance(vars_to_warm_start, str):
        logging.info("Warm-starting variables only in TRAINABLE_VARIABLES.")
        found = get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=vars_to_warm_start)
    elif not isinstance(vars_to_warm_start, list):
        raise ValueError(
            f"`vars_to_warm_start must be a `list` or `str`.  Given type is {type(vars_to_warm_start)}"
        )
    elif all(isinstance(item, str) for item in vars_to_warm_start):
        found = [
            variable
            for pattern in vars_to_warm_start
            for variable in get_collection(GraphKeys.GLOBAL_VARIABLES, scope=pattern)
        ]
    elif all(map(is_variable, vars_to_warm_start)):
        found = vars_to_warm_start
    else:
        raise ValueError(
            "If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  Given types are "
            f"{[type(item) for item in vars_to_warm_start]}"
        )
    grouped: dict[str, list[Any]] = {}
    for variable in found:
        name = _infer_var_name(variable if isinstance(variable, list) else [variable])
        grouped.setdefault(name, []).append(variable)
    return grouped


def _get_object_checkpoint_renames(path: str, variable_names: list[str]) -> dict[str, str]:
    """The keys of variables in an object-based checkpoint; none for one that knows their names."""
    try:
        keys = object_graph_key_mapping(checkpoint_filename(path) or path)
    except NotFoundError:
        return {}
    missing = set(variable_names) - keys.keys()
    if missing:
        raise ValueError(
            "Attempting to warm-start from an object-based checkpoint, but found that the checkpoint did not "
            f"contain values for all variables. The following variables were missing: {missing}"
        )
    return {name: keys[name] for name in variable_names}
