"""Evaluating a model at a checkpoint: counting steps, stopping after some, and the loop."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any

from perdure.functional.array.array import identity
from perdure.functional.math.cast import cast
from perdure.functional.random.initializers import Zeros
from perdure.functional.state.state import assign_add
from perdure.graph import dtypes
from perdure.graph.defaults import control_dependencies, get_collection
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.platform import logging
from perdure.training.basic_session_run_hooks import FinalOpsHook
from perdure.training.monitored_session import MonitoredSession
from perdure.training.multi_step_hooks import get_or_create_steps_per_run_variable
from perdure.training.session_creators import ChiefSessionCreator
from perdure.training.session_run_hook import SessionRunArgs, SessionRunHook
from perdure.variables.variable_scope import get_variable


def get_or_create_eval_step() -> Any:
    """The local variable that counts steps of evaluation; the default graph has one.

    Raises:
        ValueError: it has several.
    """
    known = get_collection(GraphKeys.EVAL_STEP)
    if len(known) > 1:
        raise ValueError("Multiple tensors added to tf.GraphKeys.EVAL_STEP")
    if known:
        return known[0]
    return get_variable(
        "eval_step",
        shape=[],
        dtype=dtypes.int64,
        initializer=Zeros(),
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.EVAL_STEP],
    )


def _get_latest_eval_step_value(update_ops: Any) -> Tensor:
    """The step of evaluation behind some operations, in a list or by names."""
    with control_dependencies(list(update_ops.values()) if isinstance(update_ops, dict) else update_ops):
        return identity(get_or_create_eval_step().read_value())


class StopAfterNEvalsHook(SessionRunHook):
    """Stops an evaluation after so many steps.

    Args:
        num_evals: how many; None to go on until the inputs end.
        log_progress: whether to log them, at most some twenty times.
    """

    def __init__(self, num_evals: int | None, log_progress: bool = True) -> None:
        self._num_evals = num_evals
        self._evals_completed: Any = None
        self._log_progress = log_progress
        few = num_evals is None or num_evals < 20
        self._log_frequency = 1 if few else math.floor(num_evals / 10.0)  # type: ignore[operator]

    def _set_evals_completed_tensor(self, updated_eval_step: Any) -> None:
        self._evals_completed = updated_eval_step

    def before_run(self, run_context: Any) -> SessionRunArgs:
        return SessionRunArgs({"evals_completed": self._evals_completed})

    def after_run(self, run_context: Any, run_values: Any) -> None:
        completed = run_values.results["evals_completed"]
        if self._log_progress:
            _log_progress(completed, self._num_evals, self._log_frequency)
        if self._num_evals is not None and completed >= self._num_evals:
            run_context.request_stop()


class _MultiStepStopAfterNEvalsHook(SessionRunHook):
    """Stops an evaluation that does several steps in each run after so many steps.

    Args:
        num_evals: how many; None to go on until the inputs end.
        steps_per_run: how many steps a run does.
    """

    def __init__(self, num_evals: int | None, steps_per_run: int = 1) -> None:
        self._num_evals = num_evals
        self._evals_completed: Any = None
        self._steps_per_run_initial_value = steps_per_run

    def _set_evals_completed_tensor(self, updated_eval_step: Any) -> None:
        self._evals_completed = updated_eval_step

    def begin(self) -> None:
        self._steps_per_run_variable = get_or_create_steps_per_run_variable()

    def after_create_session(self, session: Any, coord: Any) -> None:
        self._load_steps(0, session)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        return SessionRunArgs({"evals_completed": self._evals_completed})

    def after_run(self, run_context: Any, run_values: Any) -> None:
        completed = run_values.results["evals_completed"]
        self._load_steps(completed, run_context.session)
        _log_progress(completed, self._num_evals, 1)
        if self._num_evals is not None and completed >= self._num_evals:
            run_context.request_stop()

    def _load_steps(self, completed: int, session: Any) -> None:
        steps = self._steps_per_run_initial_value
        if self._num_evals is not None:
            steps = min(self._num_evals - completed, steps)
        self._steps_per_run_variable.load(steps, session=session)


def _log_progress(completed: int, number: int | None, frequency: int) -> None:
    if number is None:
        logging.info("Evaluation [%d]", completed)
    elif completed % frequency == 0 or number == completed:
        logging.info("Evaluation [%d/%d]", completed, number)


def with_eval_step(eval_ops: Any, update_eval_step: Any) -> Any:
    """Operations to run, with one that counts beside them.

    Args:
        eval_ops: an operation, a list of them, or a dictionary, which is added to.
        update_eval_step: what counts.
    """
    if isinstance(eval_ops, dict):
        eval_ops["update_eval_step"] = update_eval_step
        return eval_ops
    return [*(eval_ops if isinstance(eval_ops, (tuple, list)) else [eval_ops]), update_eval_step]


def evaluate_once(
    checkpoint_path: str,
    master: str = "",
    scaffold: Any = None,
    eval_ops: Any = None,
    feed_dict: Any = None,
    final_ops: Any = None,
    final_ops_feed_dict: Any = None,
    hooks: Iterable[Any] | None = None,
    config: Any = None,
) -> Any:
    """Evaluate a model at a checkpoint.

    Args:
        checkpoint_path: the name of the checkpoint.
        master: the session's target.
        scaffold: has what the model needs; by default one that restores it.
        eval_ops: what is run until a hook stops it: an operation, a list, or a dictionary of them.
        feed_dict: what they are fed.
        final_ops: what is run once at the end.
        final_ops_feed_dict: what those are fed.
        hooks: hooks of the session, among them a `StopAfterNEvalsHook`.
        config: the session's options.

    Returns:
        The values of `final_ops`, or None.
    """
    eval_step = get_or_create_eval_step()
    hooks = list(hooks or [])
    if eval_ops is not None:
        by: Any = 1
        if any(isinstance(hook, _MultiStepStopAfterNEvalsHook) for hook in hooks):
            by = cast(get_or_create_steps_per_run_variable(), dtype=eval_step.dtype)
        eval_ops = with_eval_step(eval_ops, assign_add(eval_step, by, use_locking=True))
        eval_step_value = _get_latest_eval_step_value(eval_ops)
        for hook in hooks:
            if isinstance(hook, (StopAfterNEvalsHook, _MultiStepStopAfterNEvalsHook)):
                hook._set_evals_completed_tensor(eval_step_value)
    logging.info("Starting evaluation at " + time.strftime("%Y-%m-%dT%H:%M:%SZ", time.localtime()))
    session_creator = ChiefSessionCreator(
        scaffold=scaffold, checkpoint_filename_with_path=checkpoint_path, master=master, config=config
    )
    final_ops_hook = FinalOpsHook(final_ops, final_ops_feed_dict)
    with MonitoredSession(session_creator=session_creator, hooks=[*hooks, final_ops_hook]) as session:
        if eval_ops is not None:
            while not session.should_stop():
                session.run(eval_ops, feed_dict)
    logging.info("Finished evaluation at " + time.strftime("%Y-%m-%d-%H:%M:%S", time.localtime()))
    return final_ops_hook.final_ops_values
