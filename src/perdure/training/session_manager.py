"""SessionManager: makes sessions in which a model is initialized."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from perdure.graph.errors import (
    AbortedError,
    DeadlineExceededError,
    FailedPreconditionError,
)
from perdure.graph.graph import Graph
from perdure.graph.stacks import get_default_graph
from perdure.platform import logging
from perdure.session.session import Session
from perdure.training.saving.management import get_checkpoint_state


class SessionManager:
    """Makes sessions for a graph and initializes the model in them.

    Args:
        local_init_op: run in each new session, once the model is ready for it.
        ready_op: a vector of strings, the names of what is not initialized; not checked if None.
        ready_for_local_init_op: the same for what `local_init_op` needs.
        graph: the graph; the default one if None.
        recovery_wait_secs: the seconds between two looks at a model that others initialize.
        local_init_run_options: a `tf.RunOptions` for `local_init_op`.

    Raises:
        ValueError: `ready_for_local_init_op` without `local_init_op`.
    """

    def __init__(
        self,
        local_init_op: Any = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        graph: Graph | None = None,
        recovery_wait_secs: float = 30,
        local_init_run_options: Any = None,
    ) -> None:
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError(
                "If you pass a ready_for_local_init_op you must also pass a local_init_op , "
                f"ready_for_local_init_op [{ready_for_local_init_op}]"
            )
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = get_default_graph() if graph is None else graph
        self._recovery_wait_secs = recovery_wait_secs
        self._local_init_run_options = local_init_run_options

    def prepare_session(
        self,
        master: str,
        init_op: Any = None,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
        init_feed_dict: dict[Any, Any] | None = None,
        init_fn: Callable[[Any], Any] | None = None,
    ) -> Session:
        """Make a session in which the model is initialized.

        Args:
            master: the target of the session.
            init_op: initializes the model.
            saver: restores the checkpoint; without one none is looked for.
            checkpoint_dir: restore the newest checkpoint in this folder, if there is one.
            checkpoint_filename_with_path: restore this checkpoint.
            wait_for_checkpoint: whether to wait for a checkpoint in the folder.
            max_wait_secs: how long to wait for it; then the model is initialized.
            config: a `tf.ConfigProto`.
            init_feed_dict: what to feed for `init_op`.
            init_fn: called with the session after `init_op`.

        Raises:
            RuntimeError: nothing is given that initializes, or the model is not ready after it.
            ValueError: a folder and a file are given, or the checkpoint is not there.
        """
        session, is_restored = self._restore_checkpoint(
            master,
            saver,
            checkpoint_dir,
            checkpoint_filename_with_path,
            wait_for_checkpoint,
            max_wait_secs,
            config,
        )
        try:
            if not is_restored:
                self._initialize(session, init_op, init_feed_dict, init_fn)
            self._check_ready(session, init_op, init_fn)
        except BaseException:
            _close(session)
            raise
        return session

    def recover_session(
        self,
        master: str,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
    ) -> tuple[Session, bool]:
        """Make a session and restore the model from a checkpoint if there is one.

        Args: as for `prepare_session`.

        Returns:
            The session, and whether the model is restored and ready in it.
        """
        session, is_restored = self._restore_checkpoint(
            master,
            saver,
            checkpoint_dir,
            checkpoint_filename_with_path,
            wait_for_checkpoint,
            max_wait_secs,
            config,
        )
        is_local_ready, message = self._try_run_local_init_op(session)
        if not is_restored:
            return session, False
        source = checkpoint_dir or checkpoint_filename_with_path
        if not is_local_ready:
            logging.info(
                "Restoring model from %s did not make model ready for local init: %s",
                source,
                message,
            )
            return session, False
        is_ready, message = self._model_ready(session)
        if not is_ready:
            logging.info("Restoring model from %s did not make model ready: %s", source, message)
            return session, False
        logging.info("Restored model from %s", source)
        return session, True

    def wait_for_session(
        self, master: str, config: Any = None, max_wait_secs: float | None = float("inf")
    ) -> Session:
        """Make a session once others have initialized the model.

        Args:
            master: the target of the session.
            config: a `tf.ConfigProto`.
            max_wait_secs: how long to wait.

        Raises:
            DeadlineExceededError: the model did not become ready in that time.
        """
        limit = float("inf") if max_wait_secs is None else max_wait_secs
        deadline = time.time() + limit
        while True:
            session = Session(master, graph=self._graph, config=config)
            try:
                ready_message = None
                is_ready, local_message = self._try_run_local_init_op(session)
                if is_ready:
                    is_ready, ready_message = self._model_ready(session)
            except BaseException:
                _close(session)
                raise
            if is_ready:
                return session
            _close(session)
            if max(0, deadline - time.time()) < self._recovery_wait_secs:
                raise DeadlineExceededError(
                    None, None, f"Session was not ready after waiting {limit:.0f} secs."
                )
            logging.info(
                "Waiting for model to be ready.  Ready_for_local_init_op:  %s, ready: %s",
                local_message,
                ready_message,
            )
            time.sleep(self._recovery_wait_secs)

    def _restore_checkpoint(
        self,
        master: str,
        saver: Any,
        checkpoint_dir: str | None,
        checkpoint_filename_with_path: str | None,
        wait_for_checkpoint: bool,
        max_wait_secs: float,
        config: Any,
    ) -> tuple[Session, bool]:
        """A new session, and whether a checkpoint was restored in it."""
        if checkpoint_dir and checkpoint_filename_with_path:
            raise ValueError("Can not provide both checkpoint_dir and checkpoint_filename_with_path.")
        session = Session(master, graph=self._graph, config=config)
        try:
            if saver and checkpoint_filename_with_path:
                saver.restore(session, checkpoint_filename_with_path)
                return session, True
            if saver and checkpoint_dir:
                state = self._checkpoint_state(checkpoint_dir, max_wait_secs if wait_for_checkpoint else 0)
                if state is not None:
                    saver.restore(session, state.model_checkpoint_path)
                    saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
                    return session, True
        except BaseException:
            _close(session)
            raise
        return session, False

    def _checkpoint_state(self, folder: str, max_wait_secs: float) -> Any:
        """What a folder says of its checkpoints, as soon as it says something; None if not in time."""
        waited: float = 0
        while True:
            state = get_checkpoint_state(folder)
            if state is not None or waited >= max_wait_secs:
                return state
            logging.info("Waiting for checkpoint to be available.")
            time.sleep(self._recovery_wait_secs)
            waited += self._recovery_wait_secs

    def _initialize(
        self,
        session: Session,
        init_op: Any,
        init_feed_dict: dict[Any, Any] | None,
        init_fn: Callable[[Any], Any] | None,
    ) -> None:
        if init_op is None and not init_fn and self._local_init_op is None:
            raise RuntimeError(
                "Model is not initialized and no init_op or init_fn or local_init_op was given"
            )
        if init_op is not None:
            session.run(init_op, feed_dict=init_feed_dict)
        if init_fn:
            init_fn(session)

    def _check_ready(self, session: Session, init_op: Any, init_fn: Any) -> None:
        is_ready, message = self._try_run_local_init_op(session)
        if not is_ready:
            raise RuntimeError(
                "Init operations did not make model ready for local_init.  "
                f"Init op: {_maybe_name(init_op)}, init fn: {init_fn}, error: {message}"
            )
        is_ready, message = self._model_ready(session)
        if not is_ready:
            raise RuntimeError(
                f"Init operations did not make model ready.  Init op: {_maybe_name(init_op)}, "
                f"init fn: {init_fn}, local_init_op: {self._local_init_op}, error: {message}"
            )

    def _model_ready(self, session: Session) -> tuple[bool, str | None]:
        return _ready(self._ready_op, session, "Model not ready")

    def _model_ready_for_local_init(self, session: Session) -> tuple[bool, str | None]:
        return _ready(self._ready_for_local_init_op, session, "Model not ready for local init")

    def _try_run_local_init_op(self, session: Session) -> tuple[bool, str | None]:
        """Run `local_init_op` if the model is ready for it; else return why it is not."""
        if self._local_init_op is None:
            return True, None
        is_ready, message = self._model_ready_for_local_init(session)
        if not is_ready:
            return False, message
        logging.info("Running local_init_op.")
        session.run(self._local_init_op, options=self._local_init_run_options)
        logging.info("Done running local_init_op.")
        return True, None


def _ready(op: Any, session: Session, warning: str) -> tuple[bool, str | None]:
    """Whether a readiness operation names nothing, else what it names."""
    if op is None:
        return True, None
    try:
        value = session.run(op)
    except FailedPreconditionError as error:
        if "uninitialized" not in str(error):
            logging.warning("%s : error [%s]", warning, str(error))
            raise
        return False, str(error)
    # Programs written before 0.9 pass an operation, or the rank of a variable.
    if value is None or value.dtype == np.int32 or value.size == 0:
        return True, None
    names = ", ".join(name.decode() for name in value)
    return False, f"Variables not initialized: {names}"


def _close(session: Session) -> None:
    with suppress(AbortedError):  # its server was reset
        session.close()


def _maybe_name(obj: Any) -> str:
    if obj is None:
        return "None"
    return obj.name if hasattr(obj, "name") else f"<no name for {type(obj)}>"
