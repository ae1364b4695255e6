"""The clock that the time limits of steps are measured by, in the hands of a test."""

import time
from types import SimpleNamespace

from perdure.runtime.execution import observe, step


class StoppedClock:
    """Stands still for steps until a test advances it, however busy the machine is.

    A step that waits, for a queue say, really waits: for as long as its limit says.
    """

    def __init__(self, monkeypatch) -> None:
        self._now = time.monotonic()
        stopped = SimpleNamespace(**{**vars(time), "monotonic": lambda: self._now})
        for module in (observe, step):
            monkeypatch.setattr(module, "time", stopped)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
