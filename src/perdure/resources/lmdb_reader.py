"""A reader of LMDB databases, as Caffe writes them; for it the library lmdb is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perdure.graph.errors import InvalidArgumentError, UnimplementedError
from perdure.resources.readers import Reader, Record

if TYPE_CHECKING:
    from perdure.filesystem.files import Files


class LMDBReader(Reader):
    """Gives the entries of databases in the order of their keys; a name is a folder, or a file in it.

    Args:
        name: its name in messages.
    """

    type = "LMDBReader"

    def records(self, name: bytes, files: Files) -> Iterator[Record]:
        try:
            import lmdb
        except ImportError as error:
            raise UnimplementedError(
                None, None, "LMDBReader needs the library lmdb: install perdure with the extra [lmdb]"
            ) from error
        path = os.fsdecode(name)
        is_folder = files.is_directory(path)
        # The policy is asked about what the library opens by itself.
        files.open(os.path.join(path, "data.mdb") if is_folder else path).close()
        try:
            environment = lmdb.open(path, subdir=is_folder, readonly=True, lock=False, readahead=False)
        except lmdb.Error as error:
            raise InvalidArgumentError(None, None, f"{path}: {error}") from error
        with environment, environment.begin() as transaction:
            yield from transaction.cursor()
