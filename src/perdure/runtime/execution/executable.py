"""An executable: a planned step of one session, ready to run any number of times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from perdure.arrays.denormals import flush, is_flushing, keep
from perdure.resources.resources import Resources
from perdure.runtime.execution.aside import MOST_RUNS, SteppedAside, can_run_again
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.failure import failure_of
from perdure.runtime.execution.interpret import STEP, Failure, Instruction
from perdure.runtime.execution.silence import SILENT, current_handling, set_handling
from perdure.runtime.execution.step import Step, fetched
from perdure.runtime.execution.waiting import SideBySide
from perdure.runtime.planning.order import FetchOfReference


class HostUnit:
    """Host operations that run in one go, one after another."""

    __slots__ = ("instructions",)

    def __init__(self, instructions: list[Instruction]) -> None:
        self.instructions = instructions

    def run(self, values: list[Any], step: Step) -> None:
        """Run them on a frame."""
        step.interpret(self.instructions, values)


class Executable:
    """A planned step of one session; made by `plan.plan`.

    Args:
        units: clusters and stretches of host operations, in the order they run.
        template: the frame a run starts from: constants and handles in their slots.
        feed_slots: the slot of each fed tensor.
        fetch_slots: the slot of each fetched tensor.
        resources: what the session owns.
        side_by_side: how the units are run if some of their operations wait.
    """

    __slots__ = (
        "units", "_template", "_feed_slots", "_fetch_slots", "_resources", "_only_cluster", "_can_run_again",
        "side_by_side",
    )  # fmt: skip

    def __init__(
        self,
        units: Sequence[Cluster | HostUnit],
        template: list[Any],
        feed_slots: Sequence[int],
        fetch_slots: Sequence[int],
        resources: Resources,
        side_by_side: SideBySide | None = None,
    ) -> None:
        self.units = units
        self.side_by_side = side_by_side
        self._template = template
        self._feed_slots = feed_slots
        self._fetch_slots = fetch_slots
        self._resources = resources
        is_one_cluster = len(units) == 1 and isinstance(units[0], Cluster)
        self._only_cluster: Any = units[0] if is_one_cluster else None
        self._can_run_again: bool | None = None

    @property
    def can_run_again(self) -> bool:
        """Whether a step of it may be given up and run again."""
        if self._can_run_again is None:
            nodes = [i.node for unit in self.units for i in unit.instructions]
            self._can_run_again = can_run_again(nodes)
        return self._can_run_again

    def reordered(self, fetches: Sequence[int], feeds: Sequence[int]) -> Executable:
        """The same step, which shares what its runs learn, with fetches and feeds in another order.

        Args:
            fetches: which of the planned fetches each fetch is.
            feeds: which of the planned feeds each feed is.
        """
        feed_slots = [self._feed_slots[index] for index in feeds]
        fetch_slots = [self._fetch_slots[index] for index in fetches]
        return Executable(
            self.units, self._template, feed_slots, fetch_slots, self._resources, self.side_by_side
        )

    def run(self, feeds: Sequence[Any]) -> list[Any]:
        """Run the step.

        Args:
            feeds: the value of each fed tensor, in the order it was planned for.

        Returns:
            The value of each fetched tensor.

        Raises:
            tf.errors.OpError: a kernel failed; no variable was changed.
        """
        values = self._template.copy()
        for slot, value in zip(self._feed_slots, feeds, strict=True):
            values[slot] = value
        step = Step(self._resources, self)
        try:
            step.carry_out(self._run_units, values, step)
        except Failure as failure:
            raise_users_error(failure)
        except SteppedAside:
            return self._run_again(list(feeds))
        return [fetched(values[slot]) for slot in self._fetch_slots]

    def _run_again(self, feeds: Sequence[Any]) -> list[Any]:
        """Run a step that has made way for another one; in the end it makes way no more."""
        for runs_left in reversed(range(MOST_RUNS)):
            values = self._template.copy()
            for slot, value in zip(self._feed_slots, feeds, strict=True):
                values[slot] = value
            step = Step(self._resources, self if runs_left else None)
            try:
                step.carry_out(self._run_units, values, step)
            except Failure as failure:
                raise_users_error(failure)
            except SteppedAside:
                continue
            break
        return [fetched(values[slot]) for slot in self._fetch_slots]

    def _run_units(self, values: list[Any], step: Step) -> None:
        values[STEP] = step
        cluster = self._only_cluster
        if cluster is not None and cluster.is_compiled and cluster.run_program(values, step):
            return  # NumPy computes nothing in it
        handling, was_flushing = current_handling(), is_flushing()
        try:
            set_handling(SILENT)
            flush()
            if self.side_by_side is not None:
                self.side_by_side.run(values, step)
            else:
                for unit in self.units:
                    unit.run(values, step)
        finally:
            set_handling(handling)
            if not was_flushing:
                keep()


def raise_users_error(failure: Failure) -> NoReturn:
    """Raise what the user gets to see of a failed kernel.

    Raises:
        Exception: always.
    """
    node = failure.node
    op = node.inputs[0].op if isinstance(node, FetchOfReference) else node
    error = failure_of(op, failure.error)
    raise error from (None if error is failure.error else failure.error)
