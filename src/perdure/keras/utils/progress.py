"""Progbar: how far an epoch is, on a line of the terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import Any

import numpy as np


class Progbar:
    """A bar that is drawn while something runs.

    Args:
        target: how many steps there are; None if unknown.
        width: the width of the bar, in characters.
        verbose: 0 for nothing, 1 for a bar, 2 for a line at the end.
        interval: how many seconds lie between two pictures.
        stateful_metrics: the names of values that are shown as they are, and not as means.
        unit_name: what a step is called.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 30,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self._dynamic_display = (
            (hasattr(sys.stdout, "isatty") and sys.stdout.isatty())
            or "ipykernel" in sys.modules
            or "posix" in sys.modules
            or "PYCHARM_HOSTED" in os.environ
        )
        self._total_width = 0
        self._seen_so_far: Any = 0
        # (sum of values times steps, steps) by name, in the order in which names came.
        self._values: dict[str, list[Any]] = {}
        self._start = time.time()
        self._last_update = 0.0

    def update(self, current: Any, values: Any = None) -> None:
        """Draw the bar.

        Args:
            current: how many steps were done.
            values: pairs of a name and a value of the last steps.
        """
        for name, value in values or ():
            steps = current - self._seen_so_far
            if name in self.stateful_metrics:
                self._values[name] = [value, 1]
            elif name in self._values:
                self._values[name][0] += value * steps
                self._values[name][1] += steps
            else:
                self._values[name] = [value * steps, steps]
        self._seen_so_far = current
        now = time.time()
        is_last = self.target is not None and current >= self.target
        if self.verbose == 1:
            if now - self._last_update < self.interval and self.target is not None and not is_last:
                return
            self._draw(current, now)
        elif self.verbose == 2 and is_last:
            assert self.target is not None
            digits = int(np.log10(self.target)) + 1
            line = f"{current:{digits}d}/{self.target} - {now - self._start:.0f}s"
            for name, (total, steps) in self._values.items():
                mean = np.mean(total / max(1, steps))
                line += f" - {name}:" + (f" {mean:.4f}" if mean > 0.001 else f" {mean:.4e}")
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        self._last_update = now

    def _draw(self, current: Any, now: float) -> None:
        before = self._total_width
        sys.stdout.write("\b" * before + "\r" if self._dynamic_display else "\n")
        bar = self._bar(current)
        sys.stdout.write(bar)
        info = self._timing(current, now)
        for name, (total, steps) in self._values.items():
            mean = np.mean(total / max(1, steps))
            info += f" - {name}:" + (f" {mean:.4f}" if abs(mean) > 0.001 else f" {mean:.4e}")
        self._total_width = len(bar) + len(info)
        info += " " * (before - self._total_width)
        if self.target is not None and current >= self.target:
            info += "\n"
        sys.stdout.write(info)
        sys.stdout.flush()

    def _bar(self, current: Any) -> str:
        if self.target is None:
            return f"{current:7d}/Unknown"
        digits = int(np.log10(self.target)) + 1
        done = int(self.width * (float(current) / self.target))
        bar = ""
        if done > 0:
            bar = "=" * (done - 1) + (">" if current < self.target else "=")
        return f"{current:{digits}d}/{self.target} [{bar}{'.' * (self.width - done)}]"

    def _timing(self, current: Any, now: float) -> str:
        elapsed = now - self._start
        each = elapsed / current if current else 0
        if self.target is not None and current < self.target:
            eta = each * (self.target - current)
            if eta > 3600:
                left = f"{int(eta // 3600)}:{int(eta % 3600 // 60):02d}:{int(eta % 60):02d}"
            elif eta > 60:
                left = f"{int(eta // 60)}:{int(eta % 60):02d}"
            else:
                left = f"{int(eta)}s"
            return f" - ETA: {left}"
        info = f" - {elapsed:.0f}s"
        if each >= 1 or each == 0:
            return f"{info} {each:.0f}s/{self.unit_name}"
        if each >= 0.001:
            return f"{info} {each * 1000.0:.0f}ms/{self.unit_name}"
        return f"{info} {each * 1000000.0:.0f}us/{self.unit_name}"

    def add(self, n: int, values: Any = None) -> None:
        """Draw the bar after `n` more steps; see `update`."""
        self.update(self._seen_so_far + n, values)
