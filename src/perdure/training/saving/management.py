"""The files that Savers leave: which checkpoint is the newest, which are there, and removing them.

A file `checkpoint` in the folder names the newest checkpoint and those that are kept, as the text of a
`CheckpointState`.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Sequence
from typing import Any

from perdure.filesystem.files import FILES
from perdure.graph.errors import OpError
from perdure.platform import logging
from perdure.platform.deprecation import warn_once

# `SaverDef.CheckpointFormatVersion`
V1, V2 = 1, 2
_MODULE = "tensorflow.python.training.checkpoint_management"
# A name, and which shards of the format V1 it stands for.
_SHARDS = re.compile(r"(.*?)(-\?+-of-\d+)?", re.DOTALL)


def generate_checkpoint_state_proto(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> Any:
    """What the file `checkpoint` says.

    Args:
        save_dir: the folder it is in; if it is relative, relative paths are rewritten to begin there.
        model_checkpoint_path: the newest checkpoint.
        all_model_checkpoint_paths: the checkpoints that are kept, oldest first; the newest is added if it is
            not the last.
        all_model_checkpoint_timestamps: when they were made, in seconds since 1970.
        last_preserved_timestamp: when the last one was made that is kept for ever.

    Returns:
        A `CheckpointState`.

    Raises:
        ValueError: there are not as many times as paths.
    """
    from perdure.formats.messages import CheckpointState

    paths = list(all_model_checkpoint_paths or ())
    if not paths or paths[-1] != model_checkpoint_path:
        logging.info("%s is not in all_model_checkpoint_paths. Manually adding it.", model_checkpoint_path)
        paths.append(model_checkpoint_path)
    if all_model_checkpoint_timestamps and len(all_model_checkpoint_timestamps) != len(paths):
        raise ValueError(
            f"Checkpoint timestamps, if provided, must match checkpoint paths (got paths {paths} and "
            f"timestamps {all_model_checkpoint_timestamps})"
        )
    if not os.path.isabs(save_dir):
        model_checkpoint_path, *paths = (
            path if os.path.isabs(path) else os.path.relpath(path, save_dir)
            for path in (model_checkpoint_path, *paths)
        )
    return CheckpointState(
        model_checkpoint_path=model_checkpoint_path,
        all_model_checkpoint_paths=paths,
        all_model_checkpoint_timestamps=all_model_checkpoint_timestamps,
        last_preserved_timestamp=last_preserved_timestamp,
    )


def update_checkpoint_state(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    latest_filename: str | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> None:
    """Replace the file `checkpoint`; see `generate_checkpoint_state_proto`.

    Args:
        save_dir: its folder.
        model_checkpoint_path: the newest checkpoint.
        all_model_checkpoint_paths: the checkpoints that are kept.
        latest_filename: another name for the file.
        all_model_checkpoint_timestamps: when they were made.
        last_preserved_timestamp: when the last one was made that is kept for ever.

    Raises:
        RuntimeError: the checkpoint has the name of the file.
    """
    warn_once(
        "update_checkpoint_state",
        _MODULE,
        "Use `tf.train.CheckpointManager` to manage checkpoints rather than manually editing the "
        "Checkpoint proto.",
    )
    update_checkpoint_state_internal(
        save_dir,
        model_checkpoint_path,
        all_model_checkpoint_paths,
        latest_filename,
        all_model_checkpoint_timestamps=all_model_checkpoint_timestamps,
        last_preserved_timestamp=last_preserved_timestamp,
    )


def update_checkpoint_state_internal(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    latest_filename: str | None = None,
    save_relative_paths: bool = False,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> None:
    """The same as `update_checkpoint_state`, for Savers.

    Args:
        save_relative_paths: whether absolute paths are written as relative to the folder.
        (others): see `update_checkpoint_state`.
    """
    from perdure.formats.text import to_text

    def written(path: str) -> str:
        return os.path.relpath(path, save_dir) if save_relative_paths and os.path.isabs(path) else path

    state = generate_checkpoint_state_proto(
        save_dir,
        written(model_checkpoint_path),
        [written(path) for path in all_model_checkpoint_paths or ()],
        all_model_checkpoint_timestamps,
        last_preserved_timestamp,
    )
    filename = _state_filename(save_dir, latest_filename)
    if filename == state.model_checkpoint_path:
        raise RuntimeError(
            f"Save path '{model_checkpoint_path}' conflicts with path used for checkpoint state.  Please "
            "use a different save path."
        )
    # Whoever reads it, even after a crash, finds the old text or the new one.
    FILES.write_atomically(filename, to_text(state).encode())


def get_checkpoint_state(checkpoint_dir: str, latest_filename: str | None = None) -> Any:
    """What the file `checkpoint` of a folder says.

    Args:
        checkpoint_dir: the folder.
        latest_filename: another name of the file.

    Returns:
        A `CheckpointState`, in which relative paths are joined to the folder; None if there is no file, or
        none that can be read, which is logged.

    Raises:
        ValueError: it names no newest checkpoint.
    """
    from perdure.formats.messages import CheckpointState
    from perdure.formats.text import ParseError, from_text

    filename = _state_filename(checkpoint_dir, latest_filename)
    try:
        if not FILES.exists(filename):
            return None
        state = from_text(FILES.read(filename).decode(), CheckpointState())
    except (OpError, ParseError, UnicodeDecodeError) as error:
        logging.warning("%s: %s", type(error).__name__, error)
        logging.warning("%s: Checkpoint ignored", filename)
        return None
    if not state.model_checkpoint_path:
        raise ValueError(f"Invalid checkpoint state loaded from {checkpoint_dir}")
    # An absolute path stays what it is.
    state.model_checkpoint_path = os.path.join(checkpoint_dir, state.model_checkpoint_path)
    state.all_model_checkpoint_paths[:] = [
        os.path.join(checkpoint_dir, path) for path in state.all_model_checkpoint_paths
    ]
    return state


def _state_filename(folder: str, latest_filename: str | None) -> str:
    return os.path.join(folder, "checkpoint" if latest_filename is None else latest_filename)


def latest_checkpoint(checkpoint_dir: str, latest_filename: str | None = None) -> str | None:
    """The newest checkpoint of a folder, to be restored.

    Args:
        checkpoint_dir: the folder.
        latest_filename: another name of the file `checkpoint`, which says it.

    Returns:
        Its name; None if the folder says nothing, or its files are not there.
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    path: str = state.model_checkpoint_path
    if checkpoint_exists_internal(path):
        return path
    logging.error("Couldn't match files for checkpoint %s", path)
    return None


def checkpoint_exists(checkpoint_prefix: str) -> bool:
    """Whether a checkpoint of a format is there.

    Args:
        checkpoint_prefix: its name, as `Saver.save` returns it.
    """
    warn_once("checkpoint_exists", _MODULE, "Use standard file APIs to check for files with this prefix.")
    return checkpoint_exists_internal(checkpoint_prefix)


def checkpoint_exists_internal(checkpoint_prefix: str) -> bool:
    """The same as `checkpoint_exists`, for Savers."""
    return bool(_files_of(checkpoint_prefix))


def get_checkpoint_mtimes(checkpoint_prefixes: Iterable[str]) -> list[float]:
    """When checkpoints were last changed.

    Args:
        checkpoint_prefixes: their names.

    Returns:
        The times, in seconds since 1970, of those that are there.
    """
    warn_once("get_checkpoint_mtimes", _MODULE, "Use standard file utilities to get mtimes.")
    found = [_files_of(prefix) for prefix in checkpoint_prefixes]
    return [FILES.stat(files[0]).mtime_nsec / 1e9 for files in found if files]


def _files_of(prefix: str) -> list[str]:
    """The files that make a checkpoint: the index in the format V2, else those of that name or pattern."""
    for name in f"{prefix}.index", prefix:
        found = [name] if FILES.exists(name) else FILES.glob(name)
        if found:
            return found
    return []


def remove_checkpoint(
    checkpoint_prefix: str, checkpoint_format_version: int = V2, meta_graph_suffix: str = "meta"
) -> None:
    """Remove the files of a checkpoint.

    Args:
        checkpoint_prefix: its name.
        checkpoint_format_version: its format, a `SaverDef.CheckpointFormatVersion`.
        meta_graph_suffix: how the file of its graph ends.
    """
    warn_once("remove_checkpoint", _MODULE, "Use standard file APIs to delete files with this prefix.")
    # A character of the name that patterns give a meaning to must not remove files of others.
    name, shards = _SHARDS.fullmatch(checkpoint_prefix).groups("")  # type: ignore[union-attr]  # matches all
    prefix = re.sub(r"([*?[])", r"[\1]", name) + shards
    patterns = [re.sub(r"([*?[])", r"[\1]", meta_graph_filename(checkpoint_prefix, meta_graph_suffix))]
    if checkpoint_format_version == V2:
        patterns += [f"{prefix}.index", f"{prefix}.data-?????-of-?????"]
    else:
        patterns += [prefix]
    for pattern in patterns:
        for path in FILES.glob(pattern):
            FILES.remove(path)


def meta_graph_filename(checkpoint_filename: str, meta_graph_suffix: str = "meta") -> str:
    """The name of the file with the graph of a checkpoint.

    Args:
        checkpoint_filename: the name of the checkpoint; which shard it may name is left out.
        meta_graph_suffix: how the file ends.
    """
    return ".".join([re.sub(r"-[\d?]+-of-\d+$", "", checkpoint_filename), meta_graph_suffix])
