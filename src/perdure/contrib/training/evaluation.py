"""Evaluating a model at each checkpoint that comes, with summaries of the results."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from perdure.functional.state.state import assign_add
from perdure.functional.summaries.merging import merge_all
from perdure.platform import logging
from perdure.summaries.writer_cache import FileWriterCache
from perdure.training.basic_session_run_hooks import FinalOpsHook
from perdure.training.evaluation import StopAfterNEvalsHook, get_or_create_eval_step, with_eval_step
from perdure.training.monitored_session import MonitoredSession
from perdure.training.saving.waiting import checkpoints_iterator
from perdure.training.session_creators import ChiefSessionCreator
from perdure.training.session_run_hook import SessionRunHook
from perdure.training.training_util import get_or_create_global_step, global_step


class SummaryAtEndHook(SessionRunHook):
    """Writes summaries when a session ends.

    Args:
        log_dir: the folder for event files.
        summary_writer: a writer, instead.
        summary_op: what is written; all summaries of the graph if None.
        feed_dict: what it is fed.

    Raises:
        ValueError: neither `log_dir` nor `summary_writer` is given.
    """

    def __init__(
        self,
        log_dir: str | None = None,
        summary_writer: Any = None,
        summary_op: Any = None,
        feed_dict: Any = None,
    ) -> None:
        if log_dir is None and summary_writer is None:
            raise ValueError("One of log_dir or summary_writer should be used.")
        self._log_dir = log_dir
        self._summary_writer = summary_writer
        self._summary_op = summary_op
        self._replace_summary_op = summary_op is None
        self._feed_dict = feed_dict

    def begin(self) -> None:
        if self._replace_summary_op:
            self._summary_op = merge_all()
        self._global_step = get_or_create_global_step()

    def after_create_session(self, session: Any, coord: Any) -> None:
        if self._summary_writer is None and self._log_dir:
            self._summary_writer = FileWriterCache.get(self._log_dir)

    def end(self, session: Any) -> None:
        if self._summary_op is not None:
            step = global_step(session, self._global_step)
            summary = session.run(self._summary_op, self._feed_dict)
            if self._summary_writer:
                self._summary_writer.add_summary(summary, step)
        if self._summary_writer:
            self._summary_writer.flush()


def evaluate_repeatedly(
    checkpoint_dir: str,
    master: str = "",
    scaffold: Any = None,
    eval_ops: Any = None,
    feed_dict: Any = None,
    final_ops: Any = None,
    final_ops_feed_dict: Any = None,
    eval_interval_secs: float = 60,
    hooks: list[Any] | None = None,
    config: Any = None,
    max_number_of_evaluations: int | None = None,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Any:
    """Evaluate a model at each new checkpoint of a folder.

    Args:
        checkpoint_dir: the folder.
        master, scaffold, eval_ops, feed_dict, final_ops, final_ops_feed_dict, config: see `evaluate_once`.
        eval_interval_secs: at least this many seconds lie between two evaluations.
        hooks: hooks of the sessions; a list is added to.
        max_number_of_evaluations: how many evaluations there are; no end if None.
        timeout: how many seconds to wait for a checkpoint; for ever if None.
        timeout_fn: called when that time is over; whether to stop.

    Returns:
        The values of `final_ops` in the last evaluation, or None.
    """
    eval_step = get_or_create_eval_step()
    hooks = hooks or []
    if eval_ops is not None:
        update_eval_step = assign_add(eval_step, 1)
        for hook in hooks:
            if isinstance(hook, StopAfterNEvalsHook):
                hook._set_evals_completed_tensor(update_eval_step)
        eval_ops = with_eval_step(eval_ops, update_eval_step)
    final_ops_hook = FinalOpsHook(final_ops, final_ops_feed_dict)
    hooks.append(final_ops_hook)
    found = checkpoints_iterator(
        checkpoint_dir, min_interval_secs=eval_interval_secs, timeout=timeout, timeout_fn=timeout_fn
    )
    for number, checkpoint_path in enumerate(found, 1):
        session_creator = ChiefSessionCreator(
            scaffold=scaffold, checkpoint_filename_with_path=checkpoint_path, master=master, config=config
        )
        with MonitoredSession(session_creator=session_creator, hooks=hooks) as session:
            logging.info("Starting evaluation at " + _now())
            if eval_ops is not None:
                while not session.should_stop():
                    session.run(eval_ops, feed_dict)
            logging.info("Finished evaluation at " + _now())
        if max_number_of_evaluations is not None and number >= max_number_of_evaluations:
            break
    return final_ops_hook.final_ops_values


def _now() -> str:
    return time.strftime("%Y-%m-%d-%H:%M:%S", time.gmtime())
