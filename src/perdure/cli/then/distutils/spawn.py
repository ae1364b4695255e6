"""What programs ask `distutils.spawn`: where a command is."""

import os
import shutil


def find_executable(executable: str, path: str | None = None) -> str | None:
    """The path of a command, or None.

    Args:
        executable: its name; a path to a file is that path.
        path: the folders to look in, with `os.pathsep` between them, by default those of `PATH`.
    """
    return executable if os.path.isfile(executable) else shutil.which(executable, path=path)
