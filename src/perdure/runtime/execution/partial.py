"""A step that is run in several parts, each with more feeds and more fetches."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.arrays.denormals import flushed
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.forking import free_in_children
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.runtime.execution.executable import Executable, raise_users_error
from perdure.runtime.execution.interpret import STEP, Failure, Instruction, interpret
from perdure.runtime.execution.step import Step, fetched
from perdure.runtime.planning.order import Node


class PartialRun:
    """One step, run as far as its feeds allow, part by part.  Every operation runs once.

    It is always interpreted: what a part computes must be there for the next.

    Args:
        executable: the whole step, planned.
        feeds: what will be fed, in the order it was planned for.
        fetches: what will be fetched, in the order it was planned for.
    """

    def __init__(self, executable: Executable, feeds: Sequence[Tensor], fetches: Sequence[Tensor]) -> None:
        self._executable = executable
        self._feed_slots = dict(zip(feeds, executable._feed_slots, strict=True))
        self._fetch_slots = dict(zip(fetches, executable._fetch_slots, strict=True))
        self._unfed = set(feeds)
        self._unfetched = set(fetches)
        # A later part may need any value, so nothing is released before the end.
        self._waiting = [i._replace(dead=()) for unit in executable.units for i in unit.instructions]
        self._needs: dict[Node, frozenset[Tensor]] = {}
        for instruction in self._waiting:
            self._needs[instruction.node] = self._feeds_behind(instruction.node)
        self._values = executable._template.copy()
        self._lock = free_in_children(threading.RLock())

    @property
    def is_done(self) -> bool:
        """Whether everything was fed and fetched."""
        return not self._unfed and not self._unfetched

    def run(self, feeds: dict[Tensor, Any], fetches: Sequence[Tensor]) -> list[Any]:
        """Run the next part.

        Args:
            feeds: values for some of the tensors that were announced.
            fetches: some of the announced tensors.

        Returns:
            The values of `fetches`.

        Raises:
            InvalidArgumentError: a feed or fetch was not announced, came before, or needs more feeds.
            tf.errors.OpError: a kernel failed.
        """
        with self._lock:
            self._check(feeds, fetches)
            for tensor, value in feeds.items():
                self._values[self._feed_slots[tensor]] = value
            self._unfed.difference_update(feeds)
            self._unfetched.difference_update(fetches)
            self._run_what_is_ready()
            return [fetched(self._values[self._fetch_slots[tensor]]) for tensor in fetches]

    def _check(self, feeds: dict[Tensor, Any], fetches: Sequence[Tensor]) -> None:
        for tensor in feeds:
            if tensor not in self._feed_slots:
                _refuse(f"The feed {tensor.name} was not specified in partial_run_setup.")
            if tensor not in self._unfed:
                _refuse(f"The feed {tensor.name} has already been fed.")
        for tensor in fetches:
            if tensor not in self._fetch_slots:
                _refuse(f"The fetch {tensor.name} was not specified in partial_run_setup.")
            if tensor not in self._unfetched:
                _refuse(f"The fetch {tensor.name} has already been fetched.")
        for tensor in fetches:
            missing = self._feeds_behind_tensor(tensor) & self._unfed - feeds.keys()
            if missing:
                names = ", ".join(sorted(t.name for t in missing))
                _refuse(
                    f"Fetch {tensor.name} can't be computed from the feeds that have been fed so far: it "
                    f"needs {names}."
                )

    def _run_what_is_ready(self) -> None:
        ready = [i for i in self._waiting if not self._needs[i.node] & self._unfed]
        self._waiting = [i for i in self._waiting if self._needs[i.node] & self._unfed]
        step = Step(self._executable._resources)
        self._values[STEP] = step
        try:
            step.carry_out(self._interpret, ready)
        except Failure as failure:
            raise_users_error(failure)
        finally:
            self._values[STEP] = None

    def _interpret(self, ready: list[Instruction]) -> None:
        with np.errstate(all="ignore"), flushed():
            interpret(ready, self._values)

    def _feeds_behind(self, node: Node) -> frozenset[Tensor]:
        found: frozenset[Tensor] = frozenset()
        for tensor in node.inputs:
            found |= self._feeds_behind_tensor(tensor)
        if isinstance(node, Operation):
            for control in node._control_inputs:
                found |= self._needs.get(control, frozenset())
                found |= frozenset(t for t in control.outputs if t in self._feed_slots)
        return found

    def _feeds_behind_tensor(self, tensor: Tensor) -> frozenset[Tensor]:
        if tensor in self._feed_slots:
            return frozenset((tensor,))
        return self._needs.get(tensor.op, frozenset())


def _refuse(message: str) -> None:
    raise InvalidArgumentError(None, None, message)
