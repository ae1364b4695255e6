"""Hooks for sessions whose every run makes several training steps in a loop inside of the graph."""

from __future__ import annotations

from typing import Any

from perdure.functional.random.initializers import Ones
from perdure.graph.defaults import get_collection
from perdure.graph.dtypes import int32
from perdure.graph.keys import GraphKeys
from perdure.training.session_run_hook import SessionRunContext, SessionRunHook, SessionRunValues
from perdure.training.training_util import get_or_create_global_step, required_global_step_read
from perdure.variables.scope import AUTO_REUSE
from perdure.variables.variable_scope import get_variable, variable_scope

_COLLECTION = "hooks_steps_per_run"


def get_or_create_steps_per_run_variable() -> Any:
    """The variable that says how many steps the next run makes.

    Raises:
        RuntimeError: the graph has several.
    """
    found = get_collection(_COLLECTION)
    if len(found) > 1:
        raise RuntimeError("Multiple steps_per_run variables found in collection.")
    if found:
        return found[0]
    with variable_scope("hooks", reuse=AUTO_REUSE):
        return get_variable(
            "steps_per_run",
            shape=[],
            initializer=Ones(),
            dtype=int32,
            trainable=False,
            collections=[_COLLECTION, GraphKeys.LOCAL_VARIABLES],
            use_resource=True,
        )


class MultiStepStopAtStepHook(SessionRunHook):
    """Asks to stop at a step, and lets no run go beyond it.

    Args:
        num_steps: how many more steps to make, counted from the start of the session.
        last_step: the global step after which to stop.
        steps_per_run: how many steps a run makes at most.

    Raises:
        ValueError: both `num_steps` and `last_step` or neither are given, or a run makes no step.
    """

    def __init__(
        self, num_steps: int | None = None, last_step: int | None = None, steps_per_run: int = 1
    ) -> None:
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        if steps_per_run is None or steps_per_run < 1:
            raise ValueError("steps_per_run should be greater than 0")
        self._num_steps = num_steps
        self._last_step = last_step
        self._steps_per_run_initial_value = steps_per_run

    def begin(self) -> None:
        """Find the global step and the variable that says how many steps a run makes."""
        get_or_create_global_step()
        self._global_step_tensor = required_global_step_read("StopAtStepHook")
        self._steps_per_run_variable = get_or_create_steps_per_run_variable()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Find the last step, which a session that replaces this one keeps; limit the first run."""
        step = session.run(self._global_step_tensor)
        if self._last_step is None:
            self._last_step = step + self._num_steps
        self._limit(step, session)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Ask to stop after the last step, else limit the next run."""
        step = run_context.session.run(self._global_step_tensor)
        assert self._last_step is not None
        if step >= self._last_step:
            run_context.request_stop()
        else:
            self._limit(step, run_context.session)

    def _limit(self, step: int, session: Any) -> None:
        assert self._last_step is not None
        steps = min(self._last_step - step, self._steps_per_run_initial_value)
        self._steps_per_run_variable.load(steps, session=session)
