"""Reading the file of a SavedModel, and telling whether a folder is one."""

from __future__ import annotations

import os
from typing import Any

from perdure.filesystem.files import FILES
from perdure.formats.saved_model.model_file import model_from_bytes, model_from_text
from perdure.platform.text import as_bytes, as_text
from perdure.saved_model import constants


def parse_saved_model(export_dir: Any) -> Any:
    """The SavedModel message of a folder.

    Args:
        export_dir: the folder.

    Raises:
        OSError: it has no `saved_model.pb` or `saved_model.pbtxt`, or that cannot be read.
    """
    binary = os.path.join(as_bytes(export_dir), as_bytes(constants.SAVED_MODEL_FILENAME_PB))
    if FILES.exists(binary):
        return model_from_bytes(FILES.read(binary), binary)
    text = os.path.join(as_bytes(export_dir), as_bytes(constants.SAVED_MODEL_FILENAME_PBTXT))
    if FILES.exists(text):
        return model_from_text(FILES.read(text), text)
    raise OSError(
        f"SavedModel file does not exist at: {as_text(export_dir)}/"
        f"{{{constants.SAVED_MODEL_FILENAME_PBTXT}|{constants.SAVED_MODEL_FILENAME_PB}}}"
    )


def maybe_saved_model_directory(export_dir: Any) -> bool:
    """Whether a folder looks like a SavedModel.

    Args:
        export_dir: the folder.
    """
    return any(
        FILES.exists(os.path.join(as_text(export_dir), name))
        for name in (constants.SAVED_MODEL_FILENAME_PBTXT, constants.SAVED_MODEL_FILENAME_PB)
    )


def contains_saved_model(export_dir: Any) -> bool:
    """Whether a folder looks like a SavedModel; see `maybe_saved_model_directory`."""
    return maybe_saved_model_directory(export_dir)
