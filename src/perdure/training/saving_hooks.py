"""Hooks that write checkpoints, summaries and traces while training goes on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from perdure.filesystem.files import FILES
from perdure.graph.defaults import get_collection
from perdure.graph.keys import GraphKeys
from perdure.graph.stacks import get_default_graph
from perdure.interchange.graph_io import write_graph
from perdure.interchange.meta_graph import create_meta_graph_def
from perdure.platform import logging
from perdure.summaries.writer_cache import FileWriterCache
from perdure.training.hook_timers import SecondOrStepTimer
from perdure.training.session_run_hook import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from perdure.training.training_util import required_global_step_read


class CheckpointSaverListener:
    """Is told before and after a `CheckpointSaverHook` saves; every method may be left out."""

    def begin(self) -> None:
        """Called when the hook begins."""

    def before_save(self, session: Any, global_step_value: int) -> None:
        """Called before a checkpoint is saved."""

    def after_save(self, session: Any, global_step_value: int) -> bool | None:
        """Called after a checkpoint was saved; a true value asks to stop training."""
        return None

    def end(self, session: Any, global_step_value: int) -> None:
        """Called when the session ends."""


class CheckpointSaverHook(SessionRunHook):
    """Saves a checkpoint when a session is made, every few steps or seconds, and at the end.

    It also writes the graph to `graph.pbtxt` and to the event file of the folder, where each checkpoint is
    noted, too.

    Args:
        checkpoint_dir: the folder.
        save_secs: the seconds between two checkpoints.
        save_steps: the steps between two checkpoints.
        saver: the saver; that of `scaffold`, or of the collection SAVERS, if None.
        checkpoint_basename: what the names of checkpoints begin with.
        scaffold: has the saver.
        listeners: are told of each checkpoint.

    Raises:
        ValueError: both `saver` and `scaffold`, or not exactly one interval, are given.
    """

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: float | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
        listeners: Sequence[CheckpointSaverListener] | None = None,
    ) -> None:
        logging.info("Create CheckpointSaverHook.")
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._saver = saver
        self._checkpoint_dir = checkpoint_dir
        self._save_path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        self._listeners = listeners or []
        self._steps_per_run = 1

    def _set_steps_per_run(self, steps_per_run: int) -> None:
        self._steps_per_run = steps_per_run

    def begin(self) -> None:
        """Find the global step and open the event file."""
        self._summary_writer = FileWriterCache.get(self._checkpoint_dir)
        self._global_step_tensor = required_global_step_read("CheckpointSaverHook")
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Write the graph, which is complete now, and the first checkpoint."""
        step = session.run(self._global_step_tensor)
        graph = get_default_graph()
        graph_def = graph.as_graph_def(add_shapes=True)
        write_graph(graph_def, self._checkpoint_dir, "graph.pbtxt")
        saver = self._get_saver()
        self._summary_writer.add_graph(graph)
        self._summary_writer.add_meta_graph(
            create_meta_graph_def(graph_def=graph_def, saver_def=saver.saver_def if saver else None)
        )
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Fetch the global step."""
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Save if it is time."""
        if not self._timer.should_trigger_for_step(run_values.results + self._steps_per_run):
            return
        # What was fetched with the step may be from before it, or others have made steps meanwhile.
        step = run_context.session.run(self._global_step_tensor)
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._save(run_context.session, step):
                run_context.request_stop()

    def end(self, session: Any) -> None:
        """Save once more, unless the last step was."""
        last_step = session.run(self._global_step_tensor)
        if last_step != self._timer.last_triggered_step():
            self._save(session, last_step)
        for listener in self._listeners:
            listener.end(session, last_step)

    def _save(self, session: Any, step: int) -> bool:
        """Save; returns whether a listener wants training to stop."""
        from perdure.formats.messages import SessionLog

        logging.info("Saving checkpoints for %d into %s.", step, self._save_path)
        for listener in self._listeners:
            listener.before_save(session, step)
        self._get_saver().save(session, self._save_path, global_step=step)
        self._summary_writer.add_session_log(
            SessionLog(status=SessionLog.CHECKPOINT, checkpoint_path=self._save_path), step
        )
        should_stop = False
        for listener in self._listeners:
            if listener.after_save(session, step):
                logging.info(
                    "A CheckpointSaverListener requested that training be stopped. listener: %s", listener
                )
                should_stop = True
        return should_stop

    def _get_saver(self) -> Any:
        if self._saver is None and self._scaffold is not None:
            return self._scaffold.saver
        if self._saver is None:
            savers = get_collection(GraphKeys.SAVERS)
            if not savers:
                raise RuntimeError(
                    f"No items in collection {GraphKeys.SAVERS}. Please add a saver to the collection or "
                    "provide a saver or scaffold."
                )
            if len(savers) > 1:
                raise RuntimeError(
                    f"More than one item in collection {GraphKeys.SAVERS}. Please indicate which one to use "
                    "by passing it to the constructor."
                )
            self._saver = savers[0]
        return self._saver


class SummarySaverHook(SessionRunHook):
    """Writes summaries every few steps or seconds; the first step is among them.

    Args:
        save_steps: the steps between two summaries.
        save_secs: the seconds between two summaries.
        output_dir: the folder.
        summary_writer: the writer, instead of `output_dir`.
        scaffold: has the summary operation.
        summary_op: the summaries, serialized: a tensor or a list of tensors.

    Raises:
        ValueError: not exactly one of `scaffold` and `summary_op`, or of the intervals, is given.
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
        scaffold: Any = None,
        summary_op: Any = None,
    ) -> None:
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._summary_op = summary_op
        self._summary_writer = summary_writer
        self._output_dir = output_dir
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self) -> None:
        """Find the global step and open the event file."""
        self._summary_writer = writer_for(self._summary_writer, self._output_dir)
        self._next_step: int | None = None
        self._global_step_tensor = required_global_step_read("SummarySaverHook")

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Fetch the global step, and the summaries if it is time."""
        self._request_summary = self._next_step is None or self._timer.should_trigger_for_step(
            self._next_step
        )
        requests: dict[str, Any] = {"global_step": self._global_step_tensor}
        if self._request_summary:
            summary_op = self._get_summary_op()
            if summary_op is not None:
                requests["summary"] = summary_op
        return SessionRunArgs(requests)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Write them."""
        from perdure.formats.messages import SessionLog

        if not self._summary_writer:
            return
        step = run_values.results["global_step"] + 1
        if self._next_step is None or self._request_summary:
            step = run_context.session.run(self._global_step_tensor)
        if self._next_step is None:
            self._summary_writer.add_session_log(SessionLog(status=SessionLog.START), step)
        if self._request_summary:
            self._timer.update_last_triggered_step(step)
            for summary in run_values.results.get("summary", ()):
                self._summary_writer.add_summary(summary, step)
        self._next_step = step + 1

    def end(self, session: Any = None) -> None:
        """See that what was written is in the file."""
        if self._summary_writer:
            self._summary_writer.flush()

    def _get_summary_op(self) -> list[Any] | None:
        summary_op = self._scaffold.summary_op if self._summary_op is None else self._summary_op
        return summary_op if summary_op is None or isinstance(summary_op, list) else [summary_op]


class ProfilerHook(SessionRunHook):
    """Writes a trace of a step every few steps or seconds: `timeline-7.json`, and to the event file.

    Args:
        save_steps: the steps between two traces, and before the first.
        save_secs: the seconds between two traces, and before the first.
        output_dir: the folder.
        show_dataflow: whether the trace connects who makes a tensor with who uses it.
        show_memory: whether it shows the sizes and lifetimes of tensors.

    Raises:
        ValueError: not exactly one of the intervals is given.
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str = "",
        show_dataflow: bool = True,
        show_memory: bool = False,
    ) -> None:
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        self._output_file = os.path.join(output_dir, "timeline-{}.json")
        self._file_writer = FileWriterCache.get(output_dir)
        self._show_dataflow = show_dataflow
        self._show_memory = show_memory

    def begin(self) -> None:
        """Find the global step."""
        self._next_step: int | None = None
        self._global_step_tensor = required_global_step_read("ProfilerHook")

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Fetch the global step, and trace the step if it is time."""
        from perdure.formats.messages import RunOptions

        self._request_summary = self._next_step is not None and self._timer.should_trigger_for_step(
            self._next_step
        )
        options = RunOptions(trace_level=RunOptions.FULL_TRACE) if self._request_summary else None
        return SessionRunArgs({"global_step": self._global_step_tensor}, options=options)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Write the trace."""
        step = run_values.results["global_step"]
        if self._next_step is None:
            # The first trace comes an interval after the first step.
            self._timer.update_last_triggered_step(step)
        step += 1
        if self._request_summary:
            step = run_context.session.run(self._global_step_tensor)
            self._timer.update_last_triggered_step(step)
            self._save(step, self._output_file.format(step), run_values.run_metadata.step_stats)
            self._file_writer.add_run_metadata(run_values.run_metadata, f"step_{step}")
        self._next_step = step + 1

    def _save(self, step: int, save_path: str, step_stats: Any) -> None:
        from perdure.session.timeline import Timeline

        logging.info("Saving timeline for %d into '%s'.", step, save_path)
        trace = Timeline(step_stats).generate_chrome_trace_format(
            show_dataflow=self._show_dataflow, show_memory=self._show_memory
        )
        FILES.write(save_path, trace.encode())


def writer_for(summary_writer: Any, output_dir: str | None) -> Any:
    """The writer a hook was given, or that of its folder; None if it has neither."""
    if summary_writer is None and output_dir:
        return FileWriterCache.get(output_dir)
    return summary_writer
