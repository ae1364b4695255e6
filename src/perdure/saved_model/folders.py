"""Where the parts of a SavedModel lie in its folder."""

from __future__ import annotations

import os
from typing import Any

from perdure.filesystem.files import FILES, text_of
from perdure.saved_model import constants


def get_variables_dir(export_dir: Any) -> str:
    """The folder of a model's checkpoint."""
    return os.path.join(text_of(export_dir), constants.VARIABLES_DIRECTORY)


def get_variables_path(export_dir: Any) -> str:
    """The prefix of a model's checkpoint."""
    return os.path.join(get_variables_dir(export_dir), constants.VARIABLES_FILENAME)


def get_assets_dir(export_dir: Any) -> str:
    """The folder of the files that a model reads."""
    return os.path.join(text_of(export_dir), constants.ASSETS_DIRECTORY)


def get_or_create_variables_dir(export_dir: Any) -> str:
    """`get_variables_dir`, made if it is not there."""
    return _made(get_variables_dir(export_dir))


def get_or_create_assets_dir(export_dir: Any) -> str:
    """`get_assets_dir`, made if it is not there."""
    return _made(get_assets_dir(export_dir))


def _made(folder: str) -> str:
    if not FILES.exists(folder):
        FILES.make_directories(folder)
    return folder
