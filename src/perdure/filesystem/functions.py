"""The functions of tf.gfile and tf.io.gfile (those that end with v2), under the names of file_io.

What each does and raises is said by the method of `Files` that it calls.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from perdure.filesystem.files import FILES, Name
from perdure.filesystem.gfile import FileIO
from perdure.filesystem.local import FileStatistics
from perdure.graph.errors import AlreadyExistsError
from perdure.platform.text import as_bytes

Walked = tuple[str, list[str], list[str]]


def file_exists(filename: Name) -> bool:
    """Whether there is a file or folder of that name."""
    return file_exists_v2(filename)


def file_exists_v2(path: Name) -> bool:
    """Whether there is a file or folder of that name."""
    return FILES.exists(path)


def delete_file(filename: Name) -> None:
    """Delete a file."""
    delete_file_v2(filename)


def delete_file_v2(path: Name) -> None:
    """Delete a file."""
    FILES.remove(path)


def get_matching_files(filename: str | Iterable[Name]) -> list[str]:
    """The files and folders that match a pattern, or one of several."""
    return get_matching_files_v2(filename)


def get_matching_files_v2(pattern: str | Iterable[Name]) -> list[str]:
    """The files and folders that match a pattern, or one of several."""
    return FILES.glob(pattern)


def create_dir(dirname: Name) -> None:
    """Make a folder in one that is there."""
    create_dir_v2(dirname)


def create_dir_v2(path: Name) -> None:
    """Make a folder in one that is there."""
    FILES.make_directory(path)


def recursive_create_dir(dirname: Name) -> None:
    """Make a folder and those it is in."""
    recursive_create_dir_v2(dirname)


def recursive_create_dir_v2(path: Name) -> None:
    """Make a folder and those it is in."""
    FILES.make_directories(path)


def copy(oldpath: Name, newpath: Name, overwrite: bool = False) -> None:
    """Copy a file."""
    copy_v2(oldpath, newpath, overwrite)


def copy_v2(src: Name, dst: Name, overwrite: bool = False) -> None:
    """Copy a file."""
    FILES.copy(src, dst, overwrite)


def rename(oldname: Name, newname: Name, overwrite: bool = False) -> None:
    """Give a file or folder another name."""
    rename_v2(oldname, newname, overwrite)


def rename_v2(src: Name, dst: Name, overwrite: bool = False) -> None:
    """Give a file or folder another name."""
    FILES.rename(src, dst, overwrite)


def delete_recursively(dirname: Name) -> None:
    """Delete a folder with all it contains."""
    delete_recursively_v2(dirname)


def delete_recursively_v2(path: Name) -> None:
    """Delete a folder with all it contains."""
    FILES.remove_tree(path)


def is_directory(dirname: Name) -> bool:
    """Whether it is a folder."""
    return is_directory_v2(dirname)


def is_directory_v2(path: Name) -> bool:
    """Whether it is a folder."""
    return FILES.is_directory(path)


def list_directory(dirname: Name) -> list[str]:
    """The names in a folder."""
    return list_directory_v2(dirname)


def list_directory_v2(path: Name) -> list[str]:
    """The names in a folder."""
    return FILES.list_directory(path)


def stat(filename: Name) -> FileStatistics:
    """Size, time of the last change, and whether it is a folder."""
    return stat_v2(filename)


def stat_v2(path: Name) -> FileStatistics:
    """Size, time of the last change, and whether it is a folder."""
    return FILES.stat(path)


def walk(top: Name, in_order: bool = True) -> Iterator[Walked]:
    """Each folder with the names of the folders and files in it.

    Args:
        top: the folder to begin with.
        in_order: whether a folder comes before those in it.
    """
    return walk_v2(top, in_order)


def walk_v2(
    top: Name, topdown: bool = True, onerror: Callable[[Any], object] | None = None
) -> Iterator[Walked]:
    """Each folder with the names of the folders and files in it.

    Args:
        top: the folder to begin with.
        topdown: whether a folder comes before those in it.
        onerror: called with the error of a folder that cannot be listed, which is left out.
    """
    return FILES.walk(top, topdown, onerror)


# -- what only file_io has -----------------------------------------------------------------------------


def read_file_to_string(filename: Name, binary_mode: bool = False) -> Any:
    """The contents of a file, as text or bytes."""
    with FileIO(filename, "rb" if binary_mode else "r") as file:
        return file.read()


def write_string_to_file(filename: Name, file_content: Any) -> None:
    """Write text or bytes to a file."""
    FILES.write(filename, as_bytes(file_content))


def atomic_write_string_to_file(filename: Name, contents: Any, overwrite: bool = True) -> None:
    """Write text or bytes to a file so that nobody ever sees a part of it.

    Args:
        filename: the file.
        contents: text or bytes.
        overwrite: whether it may be there already.

    Raises:
        AlreadyExistsError: it is, and may not.
    """
    if not overwrite and FILES.exists(filename):
        raise AlreadyExistsError(None, None, "file already exists")
    FILES.write_atomically(filename, as_bytes(contents))


def filecmp(filename_a: Name, filename_b: Name) -> bool:
    """Whether two files have the same contents."""
    if FILES.stat(filename_a).length != FILES.stat(filename_b).length:
        return False
    return FILES.read(filename_a) == FILES.read(filename_b)


def file_crc32(filename: Name, block_size: int = 1 << 24) -> str:
    """The CRC-32 of a file, in hexadecimal digits.

    Args:
        filename: the file.
        block_size: how many bytes are read at once.
    """
    checksum = 0
    with FileIO(filename, "rb") as file:
        while block := file.read(block_size):
            checksum = zlib.crc32(block, checksum)
    return hex(checksum)
