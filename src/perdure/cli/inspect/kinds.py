"""What kind of file something is, by its name and its first and last bytes."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from perdure.filesystem.files import FILES
from perdure.formats.checksums import masked_crc32c

# Where each kind is read.
_READERS = {
    "checkpoint": "checkpoints",
    "event file": "events",
    "event files": "events",
    "graph": "graphs",
    "meta graph": "graphs",
    "saved model": "saved_models",
    "records": "records",
}
_TABLE_MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")  # at the end of LevelDB's tables


def reader_of(kind: str) -> Callable[[str, bool], Any]:
    """What reads a kind of file, a function of the path and of whether values are wanted."""
    module = import_module(f"perdure.cli.inspect.{_READERS[kind]}")
    read: Callable[[str, bool], Any] = module.read
    return read


def kind_of(path: str) -> str:
    """The kind of what lies at a path: "checkpoint", "graph", "saved model", "event files" and so on.

    Args:
        path: a file or folder, or the prefix of a checkpoint.

    Raises:
        ValueError: there is nothing, or nothing that is known.
    """
    if FILES.exists(path):
        return _kind_of_folder(path) if FILES.is_directory(path) else _kind_of_file(path)
    if FILES.exists(path + ".index"):
        return "checkpoint"
    raise ValueError(f"{path} is not there")


def _kind_of_folder(path: str) -> str:
    names = FILES.list_directory(path)
    if "saved_model.pb" in names or "saved_model.pbtxt" in names:
        return "saved model"
    if any("tfevents" in name for name in names):
        return "event files"
    if "checkpoint" in names or any(name.endswith(".index") for name in names):
        return "checkpoint"
    raise ValueError(f"{path} is a folder without a saved model, checkpoint or event file in it")


def _kind_of_file(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    if name.startswith("saved_model.pb"):
        return "saved model"
    if "tfevents" in name:
        return "event file"
    if name == "checkpoint" or name.endswith(".index") or ".data-0" in name:
        return "checkpoint"
    if name.endswith((".meta", ".meta.txt")):
        return "meta graph"
    with FILES.open(path) as file:
        first = file.read(12)
        size = FILES.stat(path).length
        file.seek(max(size - len(_TABLE_MAGIC), 0))
        last = file.read()
    if last == _TABLE_MAGIC:
        return "checkpoint"
    if len(first) == 12 and masked_crc32c(first[:8]) == int.from_bytes(first[8:], "little"):
        return "records"
    if name.endswith((".pb", ".pbtxt", ".graphdef", ".pb.txt", ".ascii")):
        return "graph"
    raise ValueError(
        f"{path} is no checkpoint, event file or file of records (compressed ones cannot be told), and its "
        "name does not say that it is a graph (.pb, .pbtxt, .meta)"
    )
