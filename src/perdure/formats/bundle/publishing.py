"""Giving a bundle its name, so that there is a whole one under it at any moment.

Two files cannot be replaced at once, and an index beside the data of another bundle is worth nothing.  So
where a bundle is replaced by one with as many files of data, the new one is there for a moment under spare
names: the names of data say how many files there are, and an index says how many it means.  The one index
that replaces the other decides which data counts; TensorFlow reads each of these states, too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from perdure.formats.bundle.index import Header, Index, new_header, write_index
from perdure.formats.bundle.layout import data_name, index_name
from perdure.graph.errors import NotFoundError, OpError

_UNUSUAL = 99_999  # shards: a number that a bundle which cannot be read will not have


def temporary_name(name: str) -> str:
    """A name in the same folder that no other file has."""
    return f"{name}.tempstate{int.from_bytes(os.urandom(8), 'little')}"


Writes = Sequence[tuple[str, Callable[[BinaryIO], object]]]


def publish(
    files: Any,
    prefix: str,
    data: Sequence[str],
    entries: dict[bytes, bytes],
    header: Header | None = None,
    writes: Writes = (),
) -> None:
    """Make a bundle of files with data, in the place of the one with its name.

    Args:
        files: where files are found.
        prefix: the name.
        data: the files with its bytes, by shard; they get other names.
        entries: what is in them: messages by key.
        header: what else the header of its index says.
        writes: what makes files of `data` that are not there yet, and their entries; if anything fails, these
            files are not there either.

    Raises:
        OpError: that was not possible; the bundle that there was is whole.
    """
    shards, old = len(data), _shards_of(files, prefix)
    is_same = old == shards or old == _UNUSUAL
    spare = _UNUSUAL if old == _UNUSUAL else shards + 1
    names, spares = (
        [data_name(prefix, shard, count) for shard in range(shards)] for count in (shards, spare)
    )
    index, *temporary = index_name(prefix), temporary_name(index_name(prefix))
    if is_same:
        temporary.append(temporary_name(index))
    header = header or new_header(0)
    indexes = [
        (name, _index_writer(header, entries, count))
        for name, count in zip(temporary, (shards, spare), strict=False)
    ]
    files.write_durably([*writes, *indexes])
    try:
        if is_same:
            linked = _linked(files, data, spares)
        else:
            _rename(files, data, names)
        files.rename(temporary[-1], index, overwrite=True)
    except BaseException:
        _remove(files, *temporary, *(name for name, _ in writes), *(spares if is_same else []))
        raise
    # The new bundle is there, but it may have spare names yet.
    if is_same and linked:
        try:
            _rename(files, data, names)
            files.rename(temporary[0], index, overwrite=True)
        except OpError:
            _remove(files, temporary[0], *data)  # it stays as it is
        else:
            _remove(files, *spares)
    elif is_same:
        _remove(files, temporary[0], *names)
    elif old is not None:  # what the old index meant means nothing any more
        _remove_shards(files, prefix, old)


def _shards_of(files: Any, prefix: str) -> int | None:
    """How many files of data the bundle of a name has; None if there is none."""
    try:
        return int(Index(files, prefix).header.num_shards)
    except NotFoundError:
        return None
    except OpError:  # it is damaged, or may not be read
        return _UNUSUAL


def _index_writer(header: Header, entries: dict[bytes, bytes], shards: int) -> Callable[[BinaryIO], None]:
    """What writes an index that means a number of files."""
    own = Header()
    own.CopyFrom(header)
    own.num_shards = shards
    # The entries of data that is yet to be written are not there before.
    return lambda file: write_index(file.write, own, sorted(entries.items()))


def _linked(files: Any, sources: Sequence[str], targets: Sequence[str]) -> bool:
    """Give files second names; whether they have the first ones still."""
    linked = True
    for source, target in zip(sources, targets, strict=True):
        _remove(files, target)  # left by a program that was ended
        linked = linked and files.link(source, target)
        if not linked:
            files.rename(source, target, overwrite=True)
    return linked


def _rename(files: Any, sources: Sequence[str], targets: Sequence[str]) -> None:
    for source, target in zip(sources, targets, strict=True):
        files.rename(source, target, overwrite=True)


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
