"""Several bundles become one, which keeps their files of data under other names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from perdure.formats.bundle.index import Entry, Index, new_header, parse_entry, shown
from perdure.formats.bundle.layout import data_name, index_name
from perdure.formats.bundle.publishing import publish
from perdure.graph.errors import InternalError, InvalidArgumentError, OpError


def merge_bundles(files: Any, prefixes: Sequence[str], target: str) -> None:
    """Make one bundle of several, which are gone then.

    Args:
        files: where files are found, with the methods of `filesystem.Files`.
        prefixes: the bundles.
        target: the name of the new one; the folder for it is made, but none for that.

    Raises:
        NotFoundError: one of them is not there.
        InvalidArgumentError: two of them have the same tensor, or they are of several versions or
            byte orders.
        DataLossError: one is damaged.
    """
    folder = os.path.dirname(target)
    if folder:
        files.make_directory(folder)
    header = None
    entries: dict[bytes, Entry] = {}
    shards: dict[str, int] = {}  # where each file of data comes
    for prefix in prefixes:
        index = Index(files, prefix)
        found = index.header
        if header is None:
            header = found
        elif header.endianness != found.endianness:
            raise InvalidArgumentError(
                None, None, "Merging bundles with conflicting endianness; inputs corrupted?"
            )
        elif header.version != found.version:
            raise InvalidArgumentError(
                None,
                None,
                f"Merging bundles with different format versions: merged {header.version} "
                f"vs. curr {found.version}",
            )
        for key, value in index.values().items():
            entry, _ = parse_entry(key, value)
            if key in entries:
                _join(entries[key], entry, key, prefix)
                continue
            data = data_name(prefix, entry.shard_id, found.num_shards)
            entry.shard_id = shards.setdefault(data, len(shards))
            entries[key] = entry
    messages = {key: entry.SerializeToString() for key, entry in entries.items()}
    publish(files, target, list(shards), messages, header or new_header(0))
    for prefix in {*prefixes} - {target}:
        with suppress(OpError):
            files.remove(index_name(prefix))


def _join(entry: Entry, other: Entry, key: bytes, prefix: str) -> None:
    """Add the slices that another bundle has of a tensor."""
    if not entry.slices:
        raise InvalidArgumentError(
            None, None, f"Duplicate tensor keyed by {shown(key)} encountered, when merging prefix: {prefix}"
        )
    if not other.slices:
        raise InternalError(
            None,
            None,
            f"Duplicate tensor keyed by {shown(key)}; attempting to merge in a non-slice bundle entry",
        )
    if entry.dtype != other.dtype or entry.shape != other.shape:
        raise InvalidArgumentError(
            None, None, f"The slices of {shown(key)} are of tensors of several types or shapes"
        )
    entry.slices.extend(other.slices)
