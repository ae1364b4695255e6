"""What a supervisor does beside training: threads that write summaries, the speed, and checkpoints."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from perdure.platform import logging
from perdure.queues.coordinator import LooperThread
from perdure.training.training_util import global_step

if TYPE_CHECKING:
    from perdure.training.supervisor import Supervisor


class SVSummaryThread(LooperThread):
    """Writes the summaries every few seconds.

    Args:
        sv: the supervisor.
        sess: the session.
    """

    def __init__(self, sv: Supervisor, sess: Any) -> None:
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self) -> None:
        """Write them once."""
        step = None
        if self._sv.global_step is None:
            summaries = self._sess.run(self._sv.summary_op)
        else:
            summaries, step = self._sess.run([self._sv.summary_op, self._sv.global_step])
        if self._sv.summary_writer:
            logging.info("Recording summary at step %s.", step)
            self._sv.summary_writer.add_summary(summaries, step)


class SVStepCounterThread(LooperThread):
    """Writes how many steps are made in a second, every few seconds.

    Args:
        sv: the supervisor.
        sess: the session.
        step_counter: counts the steps; the supervisor's global step if None.
    """

    def __init__(self, sv: Supervisor, sess: Any, step_counter: Any = None) -> None:
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess
        self._last_time = 0.0
        self._last_step = 0
        self._step_counter = sv.global_step if step_counter is None else step_counter
        self._summary_tag = f"{self._step_counter.op.name}/sec"

    def start_loop(self) -> None:
        """Begin to count."""
        self._last_time = time.time()
        self._last_step = global_step(self._sess, self._step_counter)

    def run_loop(self) -> None:
        """Write the speed since the last time."""
        from perdure.formats.messages import Summary

        step, now = global_step(self._sess, self._step_counter), time.time()
        elapsed = now - self._last_time
        speed = (step - self._last_step) / elapsed if elapsed > 0 else float("inf")
        self._last_step, self._last_time = step, now
        if self._sv.summary_writer:
            value = Summary.Value(tag=self._summary_tag, simple_value=speed)
            self._sv.summary_writer.add_summary(Summary(value=[value]), step)
        logging.log_first_n(logging.INFO, "%s: %g", 10, self._summary_tag, speed)


class SVTimerCheckpointThread(LooperThread):
    """Saves a checkpoint every few seconds.

    Args:
        sv: the supervisor.
        sess: the session.
    """

    def __init__(self, sv: Supervisor, sess: Any) -> None:
        super().__init__(sv.coord, sv.save_model_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self) -> None:
        """Save once, and note it in the event file."""
        from perdure.formats.messages import SessionLog

        sv = self._sv
        logging.info("Saving checkpoint to path %s", sv.save_path)
        sv.saver.save(self._sess, sv.save_path, global_step=sv.global_step)
        if sv.summary_writer and sv.global_step is not None:
            sv.summary_writer.add_session_log(
                SessionLog(status=SessionLog.CHECKPOINT, checkpoint_path=sv.save_path),
                global_step(self._sess, sv.global_step),
            )
