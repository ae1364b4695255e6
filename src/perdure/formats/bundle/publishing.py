"""Giving a bundle its name, so that there is a whole one under it at any moment.

Two files cannot be replaced at once, and an index beside the data of another bundle is worth nothing.  So
where a bundle is replaced by one with as many files of data, the new one is there for a moment under spare
names: the names of data say how many files there are, and an index says how many it means.  The one index
that replaces the other decides which data counts; TensorFlow reads each of these states, too.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from perdure.formats.bundle.index import Entry, Index, new_header, write_index
from perdure.formats.bundle.layout import data_name, index_name
from perdure.graph.errors import NotFoundError, OpError

_UNUSUAL = 99_999  # shards: a number that a bundle which cannot be read will not have


def temporary_name(name: str) -> str:
    """A name in the same folder that no other file has."""
    return f"{name}.tempstate{int.from_bytes(os.urandom(8), 'little')}"


def publish(
    files: Any, prefix: str, data: Sequence[str], entries: dict[bytes, Entry], header: Any = None
) -> None:
    """Make a bundle of files with data, in the place of the one with its name.

    Args:
        files: where files are found.
        prefix: the name.
        data: the files with its bytes, by shard; they get other names.
        entries: what is in them.
        header: what else the header of its index says.

    Raises:
        OpError: that was not possible; the bundle that there was is whole.
    """
    shards, old = len(data), _shards_of(files, prefix)
    header = new_header(shards) if header is None else header
    names = [data_name(prefix, shard, shards) for shard in range(shards)]
    if old == shards or old == _UNUSUAL:
        _replace(files, prefix, data, names, entries, header, shards + 1 if old == shards else old)
    else:
        index = _written_index(files, prefix, entries, header, shards)
        try:
            for source, target in zip(data, names, strict=True):
                files.rename(source, target, overwrite=True)
            files.rename(index, index_name(prefix), overwrite=True)
        except BaseException:
            _remove(files, index)
            raise
        if old is not None:  # what the old index meant means nothing any more
            _remove_shards(files, prefix, old)
    files.keep_names(os.path.dirname(prefix))


def _replace(
    files: Any,
    prefix: str,
    data: Sequence[str],
    names: list[str],
    entries: dict[bytes, Entry],
    header: Any,
    spare: int,
) -> None:
    """Replace a bundle whose files have the names that the new ones are to get.

    Args:
        files: where files are found.
        prefix: the name.
        data: the new files.
        names: what they are to be called.
        entries: what is in them.
        header: what else the header says.
        spare: a number of shards that the old bundle does not have.
    """
    index = _written_index(files, prefix, entries, header, len(data))
    between = None
    try:
        between = _written_index(files, prefix, entries, header, spare)
        spares = [data_name(prefix, shard, spare) for shard in range(len(data))]
        linked = True
        for source, target in zip(data, spares, strict=True):
            _remove(files, target)  # left by a program that was ended
            linked = linked and files.link(source, target)
            if not linked:
                files.rename(source, target, overwrite=True)
        files.rename(between, index_name(prefix), overwrite=True)
    except BaseException:
        _remove(files, index, *([between] if between else []))
        raise
    # The new bundle is there.
    if linked:
        for source, target in zip(data, names, strict=True):
            files.rename(source, target, overwrite=True)
        files.rename(index, index_name(prefix), overwrite=True)
        _remove(files, *spares)
    else:
        _remove(files, index, *names)


def _shards_of(files: Any, prefix: str) -> int | None:
    """How many files of data the bundle of a name has; None if there is none."""
    try:
        return int(Index(files, prefix).header.num_shards)
    except NotFoundError:
        return None
    except OpError:  # it is damaged, or may not be read
        return _UNUSUAL


def _written_index(files: Any, prefix: str, entries: dict[bytes, Entry], header: Any, shards: int) -> str:
    """Write an index under a name of its own."""
    name = temporary_name(index_name(prefix))
    header.num_shards = shards
    files.write_durably(name, lambda file: write_index(file.write, header, sorted(entries.items())))
    return name


def _remove_shards(files: Any, prefix: str, shards: int) -> None:
    """Remove the data of an index that is no more."""
    folder, beginning = os.path.split(f"{prefix}.data-")
    ending = f"-of-{shards:05d}"
    with suppress(OpError):
        for name in files.list_directory(folder or "."):
            if name.startswith(beginning) and name.endswith(ending):
                _remove(files, os.path.join(folder, name))


def _remove(files: Any, *names: str) -> None:
    """Remove files as far as they are there."""
    for name in names:
        with suppress(OpError):
            files.remove(name)
