"""Hooks that write checkpoints, summaries and traces; perdure has no writers for them yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.graph.errors import UnimplementedError
from perdure.training.hook_timers import SecondOrStepTimer
from perdure.training.session_run_hook import SessionRunHook


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
    """Saves checkpoints every few steps or seconds; not supported yet.

    Args:
        checkpoint_dir: the folder.
        save_secs: the seconds between two checkpoints.
        save_steps: the steps between two checkpoints.
        saver: the saver.
        checkpoint_basename: the name of the files.
        scaffold: has the saver.
        listeners: are told of each checkpoint.

    Raises:
        ValueError: both `saver` and `scaffold`, or not exactly one interval, are given.
        UnimplementedError: checkpoints are not supported yet.
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
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        raise UnimplementedError(
            None,
            None,
            f"CheckpointSaverHook({checkpoint_dir!r}): tf.train.Saver and checkpoints are not supported yet",
        )


class SummarySaverHook(SessionRunHook):
    """Writes summaries every few steps or seconds; not supported yet.

    Args:
        save_steps: the steps between two summaries.
        save_secs: the seconds between two summaries.
        output_dir: the folder.
        summary_writer: the writer, instead of `output_dir`.
        scaffold: has the summary operation.
        summary_op: the summaries.

    Raises:
        ValueError: not exactly one of `scaffold` and `summary_op`, or of the intervals, is given.
        UnimplementedError: summaries are not supported yet.
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
        SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        raise UnimplementedError(
            None, None, "SummarySaverHook: tf.summary and event files are not supported yet"
        )


class ProfilerHook(SessionRunHook):
    """Writes a trace of a step every few steps or seconds; not supported yet.

    Args:
        save_steps: the steps between two traces.
        save_secs: the seconds between two traces.
        output_dir: the folder.
        show_dataflow: whether the trace connects who makes a tensor with who uses it.
        show_memory: whether it shows the sizes and lifetimes of tensors.

    Raises:
        ValueError: not exactly one of the intervals is given.
        UnimplementedError: event files, to which each trace goes as well, are not supported yet.
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str = "",
        show_dataflow: bool = True,
        show_memory: bool = False,
    ) -> None:
        SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        raise UnimplementedError(None, None, "ProfilerHook: traces and event files are not supported yet")


def summary_writer_of(hook: str, summary_writer: Any, output_dir: str | None) -> Any:
    """The writer a hook was given, which may be None.

    Raises:
        UnimplementedError: it was given a folder instead.
    """
    if summary_writer is None and output_dir:
        raise UnimplementedError(
            None,
            None,
            f"{hook}(output_dir={output_dir!r}): tf.summary.FileWriter is not supported yet; leave "
            "output_dir out to have the figures logged only",
        )
    return summary_writer
