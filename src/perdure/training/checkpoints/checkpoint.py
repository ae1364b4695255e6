"""`tf.train.Checkpoint`: saves and restores objects by the ways that lead to them."""

from __future__ import annotations

import os.path
from typing import Any

from perdure.graph import dtypes
from perdure.graph.defaults import colocate_with, device
from perdure.tracking.auto import AutoTrackable
from perdure.tracking.structures import NoDependency
from perdure.tracking.trackable import Trackable
from perdure.training.checkpoints.statuses import LoadStatus, session_or_default
from perdure.training.checkpoints.trackable_saver import saver_with_op_caching
from perdure.training.saving.management import update_checkpoint_state_internal
from perdure.variables.capturing import add_variable


class Checkpoint(AutoTrackable):
    """A group of objects that are saved and restored together.

    Variables are found by the ways that lead to them (`checkpoint.model.kernel`), and not by their names.

    Args:
        kwargs: the objects, which become attributes of those names; others may be assigned later.

    Raises:
        ValueError: one of them is not trackable.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        for name, value in sorted(kwargs.items()):
            if not isinstance(value, Trackable):
                raise ValueError(
                    "`Checkpoint` was expecting a trackable object (an object derived from "
                    f"`TrackableBase`), got {value}. If you believe this object should be trackable (i.e. it "
                    "is part of the TensorFlow Python API and manages state), please open an issue."
                )
            setattr(self, name, value)
        self._save_counter: Any = None
        self._save_assign_op: Any = None
        self._saver = saver_with_op_caching(self)

    def _maybe_create_save_counter(self) -> None:
        if self._save_counter is None:
            with device("/cpu:0"):
                counter = add_variable(
                    self, name="save_counter", initializer=0, dtype=dtypes.int64, trainable=False
                )
            # It is a dependency already, under its own name.
            self._save_counter = NoDependency(counter)

    @property
    def save_counter(self) -> Any:
        """The variable that counts calls of `save`, and numbers checkpoints."""
        self._maybe_create_save_counter()
        return self._save_counter

    def write(self, file_prefix: str, session: Any = None) -> str:
        """Write a checkpoint under exactly that name; nothing else is noted anywhere.

        Args:
            file_prefix: how the names of its files begin.
            session: the session that has the variables; the default one if None.

        Returns:
            The name of the checkpoint.

        Raises:
            ValueError: there is no session.
        """
        written = self._saver.save(file_prefix=file_prefix, session=session)
        return written.decode()

    def save(self, file_prefix: str, session: Any = None) -> str:
        """Write a checkpoint with the next number, and note it as the newest of its folder.

        Args:
            file_prefix: how the names of its files begin, before the number.
            session: the session that has the variables; the default one if None.

        Returns:
            The name of the checkpoint, with the number.

        Raises:
            ValueError: there is no session.
        """
        session = session_or_default(session)
        if self._save_counter is None:
            session.run(self.save_counter.initializer)
        if self._save_assign_op is None:
            with colocate_with(self.save_counter):
                self._save_assign_op = NoDependency(self.save_counter.assign_add(1, read_value=True))
        number = session.run(self._save_assign_op)
        path = self.write(f"{file_prefix}-{number}", session=session)
        update_checkpoint_state_internal(
            save_dir=os.path.dirname(file_prefix),
            model_checkpoint_path=path,
            all_model_checkpoint_paths=[path],
            save_relative_paths=True,
        )
        return path

    def restore(self, save_path: str | None) -> LoadStatus:
        """Match a checkpoint with the objects, also with those that are assigned later.

        Nothing is read into a session before the status is told to.

        Args:
            save_path: the name of a checkpoint, as `save` or `tf.train.latest_checkpoint` returned it.

        Returns:
            The status: `initialize_or_restore()`, `run_restore_ops()`, `assert_consumed()`,
            `assert_existing_objects_matched()`, `assert_nontrivial_match()`, `expect_partial()`.

        Raises:
            NotFoundError: there is no such checkpoint.
        """
        status = self._saver.restore(save_path=save_path)
        # Made now, it is initialized with the other variables.
        self._maybe_create_save_counter()
        return status
