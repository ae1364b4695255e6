"""Evaluations of checkpoints, as tf.contrib.slim's programs ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.contrib.training.evaluation import SummaryAtEndHook, evaluate_repeatedly
from perdure.functional.summaries.merging import merge_all
from perdure.training import evaluation
from perdure.training.evaluation import StopAfterNEvalsHook
from perdure.training.saving.saver import Saver
from perdure.training.saving.waiting import checkpoints_iterator, wait_for_new_checkpoint
from perdure.training.scaffold import Scaffold

__all__ = ["checkpoints_iterator", "evaluate_once", "evaluation_loop", "wait_for_new_checkpoint"]

# Stands for all summaries of the graph, since None means none.
_USE_DEFAULT = 0


def evaluate_once(
    master: str,
    checkpoint_path: str,
    logdir: str,
    num_evals: int = 1,
    initial_op: Any = None,
    initial_op_feed_dict: Any = None,
    eval_op: Any = None,
    eval_op_feed_dict: Any = None,
    final_op: Any = None,
    final_op_feed_dict: Any = None,
    summary_op: Any = _USE_DEFAULT,
    summary_op_feed_dict: Any = None,
    variables_to_restore: Any = None,
    session_config: Any = None,
    hooks: list[Any] | None = None,
) -> Any:
    """Evaluate the model once at a checkpoint, and write summaries at the end.

    Args:
        master: the session's target.
        checkpoint_path: the name of the checkpoint.
        logdir: the folder for event files.
        num_evals: how often `eval_op` is run.
        initial_op: run first.
        initial_op_feed_dict: what it is fed.
        eval_op: run `num_evals` times.
        eval_op_feed_dict: what it is fed.
        final_op: run last.
        final_op_feed_dict: what it is fed.
        summary_op: what is written; all summaries by default, none if None.
        summary_op_feed_dict: what it is fed.
        variables_to_restore: the variables of the checkpoint; all if None.
        session_config: a ConfigProto.
        hooks: more hooks.

    Returns:
        The value of `final_op`.
    """
    return evaluation.evaluate_once(
        checkpoint_path,
        master=master,
        scaffold=Scaffold(
            init_op=initial_op, init_feed_dict=initial_op_feed_dict, saver=_saver(variables_to_restore)
        ),
        eval_ops=eval_op,
        feed_dict=eval_op_feed_dict,
        final_ops=final_op,
        final_ops_feed_dict=final_op_feed_dict,
        hooks=_hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks),
        config=session_config,
    )


def evaluation_loop(
    master: str,
    checkpoint_dir: str,
    logdir: str,
    num_evals: int = 1,
    initial_op: Any = None,
    initial_op_feed_dict: Any = None,
    init_fn: Callable[..., Any] | None = None,
    eval_op: Any = None,
    eval_op_feed_dict: Any = None,
    final_op: Any = None,
    final_op_feed_dict: Any = None,
    summary_op: Any = _USE_DEFAULT,
    summary_op_feed_dict: Any = None,
    variables_to_restore: Any = None,
    eval_interval_secs: float = 60,
    max_number_of_evaluations: int | None = None,
    session_config: Any = None,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
    hooks: list[Any] | None = None,
) -> Any:
    """Evaluate the model at each checkpoint that comes.

    Args:
        master: the session's target.
        checkpoint_dir: the folder of the checkpoints.
        logdir: the folder for event files.
        num_evals: how often `eval_op` is run at each.
        initial_op: run first.
        initial_op_feed_dict: what it is fed.
        init_fn: called with the session after that.
        eval_op: run `num_evals` times.
        eval_op_feed_dict: what it is fed.
        final_op: run last.
        final_op_feed_dict: what it is fed.
        summary_op: what is written; all summaries by default, none if None.
        summary_op_feed_dict: what it is fed.
        variables_to_restore: the variables of the checkpoint; all if None.
        eval_interval_secs: the least seconds between two evaluations.
        max_number_of_evaluations: how many; without end if None.
        session_config: a ConfigProto.
        timeout: how many seconds to wait for a checkpoint; for ever if None.
        timeout_fn: called when that is over; whether to stop.
        hooks: more hooks.

    Returns:
        The last value of `final_op`.
    """
    return evaluate_repeatedly(
        checkpoint_dir,
        master=master,
        scaffold=Scaffold(
            init_op=initial_op,
            init_feed_dict=initial_op_feed_dict,
            init_fn=init_fn,
            saver=_saver(variables_to_restore),
        ),
        eval_ops=eval_op,
        feed_dict=eval_op_feed_dict,
        final_ops=final_op,
        final_ops_feed_dict=final_op_feed_dict,
        eval_interval_secs=eval_interval_secs,
        hooks=_hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks),
        config=session_config,
        max_number_of_evaluations=max_number_of_evaluations,
        timeout=timeout,
        timeout_fn=timeout_fn,
    )


def _saver(variables: Any) -> Saver | None:
    return None if variables is None else Saver(variables)


def _hooks(
    num_evals: int, logdir: str, summary_op: Any, feed_dict: Any, hooks: list[Any] | None
) -> list[Any]:
    if isinstance(summary_op, int) and summary_op == _USE_DEFAULT:
        summary_op = merge_all()
    found: list[Any] = [StopAfterNEvalsHook(num_evals)]
    if summary_op is not None:
        found.append(SummaryAtEndHook(log_dir=logdir, summary_op=summary_op, feed_dict=feed_dict))
    return found + list(hooks or [])
