"""Checkpoints of either version, by name."""

from __future__ import annotations

from typing import Any

from perdure.formats.bundle.layout import index_name
from perdure.formats.bundle.reader import Bundle
from perdure.graph.errors import NotFoundError, OpError


def is_bundle(files: Any, name: str) -> bool:
    """Whether a name is that of a checkpoint of version 2."""
    try:
        return bool(files.glob(index_name(name)))
    except OpError:
        return False


def open_checkpoint(files: Any, name: str) -> Any:
    """Open a checkpoint.

    Args:
        files: where files are found, with the methods of `filesystem.Files`.
        name: the prefix of a checkpoint of version 2, or a pattern for the files of one of version 1.

    Raises:
        NotFoundError: there is none.
        DataLossError: it is damaged, or no checkpoint.
    """
    if is_bundle(files, name):
        return Bundle(files, name)
    raise NotFoundError(
        None,
        None,
        f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {name}",
    )
