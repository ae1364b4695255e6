"""Checkpoints of either version, by name."""

from __future__ import annotations

from typing import Any

from perdure.formats.bundle.layout import index_name
from perdure.formats.bundle.reader import Bundle
from perdure.formats.tensor_slices.reader import SliceFiles
from perdure.graph.errors import OpError


def is_bundle(files: Any, name: str) -> bool:
    """Whether a name is that of a checkpoint of version 2."""
    try:
        return bool(files.glob(index_name(name)))
    except OpError:
        return False


def open_checkpoint(files: Any, name: str) -> Bundle | SliceFiles:
    """Open a checkpoint.

    Args:
        files: where files are found, with the methods of `filesystem.Files`.
        name: the prefix of a checkpoint of version 2, or a pattern for the files of one of version 1.

    Raises:
        NotFoundError: there is none.
        DataLossError: it is damaged, or no checkpoint.
    """
    return Bundle(files, name) if is_bundle(files, name) else SliceFiles(files, name)
