"""How far the writing of a large file has come, shown in a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

_PATIENCE = 1.0  # seconds before something is shown


class Progress:
    """Shows a bar on standard error if that is a terminal and it takes more than a second.

        with Progress("Saving model.ckpt", size) as progress:
            file.write(piece)
            progress(len(piece))

    Args:
        what: what is done.
        total: how many bytes there are.
    """

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._bar: Any = None
        self._task: Any = None
        self._shows = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Progress:
        self._began = time.monotonic()
        return self

    def __call__(self, count: int) -> None:
        """Note that bytes were written.

        Args:
            count: how many more.
        """
        self._done = min(self._done + count, self._total)
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)
        elif self._shows and time.monotonic() - self._began > _PATIENCE:
            self._show()

    def counting(self, write: Callable[[Any], object]) -> Callable[[Any], object]:
        """A function that writes, and notes what it wrote."""

        def write_and_note(piece: Any) -> None:
            write(piece)
            self(memoryview(piece).nbytes)

        return write_and_note if self._shows else write

    def _show(self) -> None:
        # Importing rich takes longer than most checkpoints.
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
        self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(self._what, total=self._total, completed=self._done)
        self._bar.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
