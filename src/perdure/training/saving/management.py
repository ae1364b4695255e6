"""The files of checkpoints: which is the newest, which are there, keeping some and removing the others.

A file `checkpoint` in the folder names the newest checkpoint and those that are kept, as the text of a
`CheckpointState`.
"""

from __future__ import annotations

import collections
import numbers
import os.path
import re
import time
from collections.abc import Iterable, Sequence
from typing import Any

from perdure.filesystem.files import FILES
from perdure.graph.errors import OpError
from perdure.graph.stacks import get_default_session
from perdure.platform import logging
from perdure.platform.deprecation import warn_once
from perdure.training.training_util import global_step
from perdure.variables.creation import variable_creator_scope

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
    _remove(_literal(meta_graph_filename(checkpoint_prefix, meta_graph_suffix)))
    remove_checkpoint_files(checkpoint_prefix, checkpoint_format_version)


def remove_checkpoint_files(checkpoint_prefix: str, checkpoint_format_version: int = V2) -> None:
    """Remove the files that hold the tensors of a checkpoint; see `remove_checkpoint`."""
    name, shards = _SHARDS.fullmatch(checkpoint_prefix).groups("")  # type: ignore[union-attr]  # matches all
    prefix = _literal(name) + shards
    if checkpoint_format_version == V2:
        _remove(f"{prefix}.index", f"{prefix}.data-?????-of-?????")
    else:
        _remove(prefix)


def _literal(name: str) -> str:
    # A character of the name that patterns give a meaning to must not remove files of others.
    return re.sub(r"([*?[])", r"[\1]", name)


def _remove(*patterns: str) -> None:
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


class CheckpointManager:
    """Writes checkpoints into a folder, and removes old ones.

    What it knows stands in the folder, in the file `checkpoint`: another manager of the same folder goes on
    where this one stopped.  There should be one at a time.

    Args:
        checkpoint: what writes them, a `tf.train.Checkpoint`.
        directory: the folder.
        max_to_keep: how many are kept; None for all.
        keep_checkpoint_every_n_hours: a checkpoint that would be removed stays for ever if the last such is
            that many hours older.
        checkpoint_name: how the names of the files begin.

    Raises:
        ValueError: `max_to_keep` is not positive.
    """

    def __init__(
        self,
        checkpoint: Any,
        directory: str,
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
    ) -> None:
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(
                f"Expected a positive integer or `None` for `max_to_max_to_keep`, got {max_to_keep}."
            )
        self._checkpoint = checkpoint
        self._save_counter_assign: Any = None
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._directory = directory
        self._checkpoint_prefix = os.path.join(directory, checkpoint_name)
        # The checkpoints that may be removed, oldest first, with the times they were made at.
        self._maybe_delete: collections.OrderedDict[str, float] = collections.OrderedDict()
        self._latest_checkpoint: str | None = None
        self._recover(get_checkpoint_state(directory), time.time())

    def _recover(self, state: Any, now: float) -> None:
        if state is None:
            # A little earlier, so that a checkpoint of the same moment is newer.
            self._last_preserved_timestamp = now - 1.0
            return
        self._latest_checkpoint = state.model_checkpoint_path
        self._last_preserved_timestamp = state.last_preserved_timestamp
        if now < self._last_preserved_timestamp:
            logging.warning(
                "time.time() returned a value %f seconds behind the last preserved checkpoint timestamp.",
                self._last_preserved_timestamp - now,
            )
            self._last_preserved_timestamp = now
        paths = state.all_model_checkpoint_paths
        times = state.all_model_checkpoint_timestamps or [self._last_preserved_timestamp] * len(paths)
        for path, made_at in zip(paths, times, strict=False):
            # A clock that went back must not make old checkpoints look new.
            made_at = min(made_at, now)
            if made_at > self._last_preserved_timestamp:
                self._maybe_delete[path] = made_at

    @property
    def latest_checkpoint(self) -> str | None:
        """The name of the newest checkpoint, or None."""
        return self._latest_checkpoint

    @property
    def checkpoints(self) -> list[str]:
        """The names of the checkpoints that may be removed one day, oldest first."""
        return list(self._maybe_delete)

    @property
    def _prefix(self) -> str:
        return self._checkpoint_prefix

    def save(self, checkpoint_number: Any = None) -> str:
        """Write a checkpoint, and remove those that are too many.

        Args:
            checkpoint_number: its number: an integer, or a tensor or variable of one.  By default the number
                of checkpoints that were saved, which is counted in any case.

        Returns:
            The name of the checkpoint.

        Raises:
            ValueError: there is no default session.
        """
        session = get_default_session()
        if session is None:
            raise ValueError("CheckpointManager.save needs a default session: use `with sess.as_default()`.")

        def initialized(next_creator: Any, **arguments: Any) -> Any:
            variable = next_creator(**arguments)
            session.run(variable.initializer)
            return variable

        with variable_creator_scope(initialized):
            save_counter = self._checkpoint.save_counter
        if self._save_counter_assign is None:
            self._save_counter_assign = save_counter.assign_add(1, read_value=False)
        session.run(self._save_counter_assign)
        if checkpoint_number is None:
            checkpoint_number = save_counter
        if not isinstance(checkpoint_number, numbers.Integral):
            checkpoint_number = global_step(session, checkpoint_number)
        path = self._checkpoint.write(f"{self._prefix}-{checkpoint_number}")
        # One that is overwritten is the newest again.
        self._maybe_delete.pop(path, None)
        self._maybe_delete[path] = time.time()
        self._latest_checkpoint = path
        # Whoever looks while old ones are removed finds the new one, and all that are there.
        self._record_state()
        self._sweep()
        self._record_state()
        return path

    def _sweep(self) -> None:
        """Remove checkpoints, or keep them for ever, until as many are left as should be."""
        if not self._max_to_keep:
            return
        while len(self._maybe_delete) > self._max_to_keep:
            path, made_at = self._maybe_delete.popitem(last=False)
            hours = self._keep_checkpoint_every_n_hours
            if hours and made_at - hours * 3600.0 >= self._last_preserved_timestamp:
                self._last_preserved_timestamp = made_at
            else:
                remove_checkpoint_files(path)

    def _record_state(self) -> None:
        update_checkpoint_state_internal(
            self._directory,
            model_checkpoint_path=self._latest_checkpoint or "",
            all_model_checkpoint_paths=list(self._maybe_delete),
            all_model_checkpoint_timestamps=list(self._maybe_delete.values()),
            last_preserved_timestamp=self._last_preserved_timestamp,
            save_relative_paths=True,
        )
