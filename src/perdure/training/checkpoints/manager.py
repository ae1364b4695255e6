"""`tf.train.CheckpointManager`: keeps the newest checkpoints of a folder, and removes the others."""

from __future__ import annotations

import collections
import numbers
import os.path
import time
from typing import Any

from perdure.graph.stacks import get_default_session
from perdure.platform import logging
from perdure.training.saving.management import (
    get_checkpoint_state,
    remove_checkpoint_files,
    update_checkpoint_state_internal,
)
from perdure.training.training_util import global_step
from perdure.variables.creation import variable_creator_scope


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
