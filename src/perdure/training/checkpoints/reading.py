"""Looking into checkpoints: which tensors there are, and their values."""

from __future__ import annotations

from typing import Any

from perdure.filesystem.files import FILES
from perdure.training.checkpoint_reader import NewCheckpointReader
from perdure.training.saving.management import latest_checkpoint


def checkpoint_filename(ckpt_dir_or_file: str) -> str | None:
    """The name of a checkpoint: that of a folder's newest one, or what was given; None if there is none.

    Args:
        ckpt_dir_or_file: a folder, or the name of a checkpoint.
    """
    if FILES.is_directory(ckpt_dir_or_file):
        return latest_checkpoint(ckpt_dir_or_file)
    return ckpt_dir_or_file


def load_checkpoint(ckpt_dir_or_file: str) -> Any:
    """What reads the tensors of a checkpoint.

    Args:
        ckpt_dir_or_file: the name of a checkpoint, or a folder, whose newest one is meant.

    Returns:
        A `CheckpointReader`.

    Raises:
        ValueError: the folder has no checkpoint.
        NotFoundError: there is no such checkpoint.
        DataLossError: it cannot be read.
    """
    filename = checkpoint_filename(ckpt_dir_or_file)
    if filename is None:
        raise ValueError(
            f"Couldn't find 'checkpoint' file or checkpoints in given directory {ckpt_dir_or_file}"
        )
    return NewCheckpointReader(filename)


def load_variable(ckpt_dir_or_file: str, name: str) -> Any:
    """The value of a variable in a checkpoint, as an array.

    Args:
        ckpt_dir_or_file: see `load_checkpoint`.
        name: the variable's name.

    Raises:
        NotFoundError: there is no such checkpoint, or variable in it.
    """
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))


def list_variables(ckpt_dir_or_file: str) -> list[tuple[str, list[int]]]:
    """The variables in a checkpoint, sorted: names and shapes.

    Args:
        ckpt_dir_or_file: see `load_checkpoint`.
    """
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())
