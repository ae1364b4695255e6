"""What the steps of a program did, kept within bounds: behind `perdure run --trace`.

Sums are over every step.  Of single steps a sample is kept that thins out as the program goes on: first the
times of operations, then those of steps, which are joined to stretches.  The first and the slowest step of
each kind stay, and so do those that failed or compiled something.  What was left out is counted.
"""

from __future__ import annotations

import re
import threading
import time
import weakref
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from perdure.graph.forking import free_in_children
from perdure.graph.operation import Operation
from perdure.graph.source import source_line
from perdure.graph.tensor import Tensor
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.executable import HostUnit
from perdure.runtime.execution.observe import Observation, ObservedStep
from perdure.runtime.planning.legality import reason_for_host
from perdure.runtime.planning.place import Placer

MAX_STEPS = 6_000
MAX_OPERATIONS = 60_000
MAX_SPECIAL = 600
# A kind of step is a pair of fetches and feeds.  A program that makes ever new ones is cut short here.
MAX_KINDS = 400
_MAX_LISTED = 1_500  # operations of a cluster
_MAX_COMPILATIONS = 2_000
_MAX_DURATIONS = 200_000
_DIGITS = re.compile(r"\d+")

KINDS = ("interpreted", "compiled", "host", "compiling", "waiting")


class StepKind:
    """What all steps of one plan have in common, and how long each took.

    Args:
        number: its place in the list of kinds.
        session: the number of the session.
        fetches: names of what is fetched or run.
        feeds: names of what is fed.
        units: what it was cut into, as plain data.
    """

    __slots__ = ("number", "session", "fetches", "feeds", "units", "count", "total", "durations", "slowest")

    def __init__(
        self, number: int, session: int, fetches: list[str], feeds: list[str], units: list[dict[str, Any]]
    ) -> None:
        self.number = number
        self.session = session
        self.fetches = fetches
        self.feeds = feeds
        self.units = units
        self.count = 0
        self.total = 0
        self.durations = array("q")
        self.slowest: _Kept | None = None


class _Kept:
    """A step, or a stretch of several steps one after another in a thread."""

    __slots__ = (
        "number", "kind", "start", "end", "count", "busy", "pieces", "operations", "special", "joined",
        "error",
    )  # fmt: skip

    def __init__(self, number: int, kind: int, start: int, end: int) -> None:
        self.number = number
        self.kind = kind  # -1 for several
        self.start, self.end = start, end
        self.count, self.busy = 1, end - start
        # Flat: which of KINDS, which unit or note, start after the step's, nanoseconds.
        self.pieces: list[int] = []
        # Flat: which operation, start after the step's, nanoseconds, which output description, depth.
        self.operations: list[int] = []
        self.special = False
        self.joined = False
        self.error = ""

    def become_stretch(self) -> None:
        self.joined = True
        self.pieces, self.operations = [], []

    def join(self, other: _Kept) -> None:
        self.end = max(self.end, other.end)
        self.count += other.count
        self.busy += other.busy
        if self.kind != other.kind:
            self.kind = -1


class _Row:
    """What one thread did, or several like it that lived one after another."""

    def __init__(self, thread: threading.Thread) -> None:
        self.name = thread.name
        self.thread = weakref.ref(thread)
        self.steps = 0
        self.kept: list[_Kept] = []


class _Numbers(dict[str, int]):
    """Numbers for texts, in the order they were first met."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


class Recording:
    """The steps of a program.  Thread-safe."""

    def __init__(self) -> None:
        self._lock = free_in_children(threading.RLock())
        self._started_ns = time.time_ns()
        self._sessions, self._texts = _Numbers(), _Numbers()
        self._shapes: dict[Any, int] = {}
        self._kinds: list[StepKind] = []
        self._rows: weakref.WeakKeyDictionary[threading.Thread, _Row] = weakref.WeakKeyDictionary()
        self._all_rows: list[_Row] = []
        self._numbers: weakref.WeakKeyDictionary[Operation, int] = weakref.WeakKeyDictionary()
        self._operations: list[list[Any]] = []
        self._spent: dict[int, list[int]] = {}  # of an operation: how often, nanoseconds, at most
        self._units: dict[tuple[int, int, int], list[int]] = {}  # of kind, unit and tier: the same
        self._compilations: list[list[Any]] = []
        self._kept = self._kept_operations = self._special = 0
        self._stride = self._operation_stride = 1
        self._own_ns = 0
        self._partial_runs = 0
        self._last_ns = self._started_ns

    def kind_of_step(
        self,
        made_at: str,
        fetches: Iterable[Tensor | Operation],
        feeds: Iterable[Tensor],
        units: Sequence[Cluster | HostUnit],
        placer: Placer,
    ) -> StepKind:
        """Describe a planned step, whose runs are then given to `add`.

        Args:
            made_at: where the session was made.
            fetches: what it fetches and runs.
            feeds: what it is fed.
            units: what it was cut into.
            placer: knows the devices.
        """
        with self._lock:
            if len(self._kinds) >= MAX_KINDS:
                other = self._kinds[-1]
                other.fetches, other.feeds, other.units = ["(other fetches)"], [], []
                return other
            kind = StepKind(
                len(self._kinds), self._sessions[made_at], [x.name.removesuffix(":0") for x in fetches],
                [tensor.name.removesuffix(":0") for tensor in feeds],
                [self._described(unit, placer) for unit in units],
            )  # fmt: skip
            self._kinds.append(kind)
            return kind

    def _described(self, unit: Cluster | HostUnit, placer: Placer) -> dict[str, Any]:
        if isinstance(unit, Cluster):
            members = [self._number(op, placer) for op in unit.nodes[:_MAX_LISTED]]
            static = [tensor.name for tensor in unit.static]
            return {"cluster": True, "ops": members, "size": len(unit.nodes), "static": static}
        nodes = [i.node for i in unit.instructions if isinstance(i.node, Operation)]
        why = [reason_for_host(op) or "" for op in nodes[:_MAX_LISTED]]
        members = [self._number(op, placer) for op in nodes[:_MAX_LISTED]]
        return {"cluster": False, "ops": members, "size": len(nodes), "why": [self._texts[w] for w in why]}

    def _number(self, op: Operation, placer: Placer | None = None) -> int:
        number = self._numbers.get(op)
        if number is None:
            number = self._numbers[op] = len(self._operations)
            line = source_line(op._site)
            where = "" if line is None else f"{line.filename}:{line.lineno}"
            text = "" if line is None or line.line is None else line.line
            device = op._device if placer is None else placer.device_of(op)
            self._operations.append([
                op.name, self._texts[op.type], self._texts[device], self._texts[where], self._texts[text],
                [tensor.name.removesuffix(":0") for tensor in op.inputs[:12]],
                self._texts[", ".join(_static(tensor) for tensor in op.outputs[:4])],
            ])  # fmt: skip
        return number

    def add(self, seen: ObservedStep, kind: StepKind, error: BaseException | None = None) -> None:
        """Add a step.

        Args:
            seen: what was seen of it.
            kind: which step it is.
            error: what it failed with.
        """
        began = time.perf_counter_ns()
        thread = threading.current_thread()
        with self._lock:
            own = self._rows.get(thread)
            if own is None:
                own = self._rows[thread] = self._row_of(thread)
            start = seen.start_ns - self._started_ns
            kept = _Kept(own.steps, kind.number, start, max(start + 1, seen.end_ns - self._started_ns))
            own.steps += 1
            self._last_ns = max(self._last_ns, seen.end_ns)
            if error is not None:
                kept.error = f"{type(error).__name__}: {str(error)[:200]}"
            compiled = self._add_pieces(kept, seen, kind)
            self._add_operations(kept, seen.observations, seen.start_ns)
            self._mark(kept, kind, compiled or error is not None or kind.count == 0)
            kind.count += 1
            kind.total += kept.busy
            if len(kind.durations) < _MAX_DURATIONS:
                kind.durations.append(kept.busy)
            self._keep(own, kept)
            self._own_ns += time.perf_counter_ns() - began

    def count_partial_run(self) -> None:
        """Remember that there was a step in parts, which is not recorded."""
        with self._lock:
            self._partial_runs += 1

    def _row_of(self, thread: threading.Thread) -> _Row:
        """A row for a new thread: that of one like it that has ended, or a new one."""
        pattern = _DIGITS.sub("*", thread.name)
        for row in self._all_rows:
            before = row.thread()
            if _DIGITS.sub("*", row.name) == pattern and (before is None or not before.is_alive()):
                row.name, row.thread = pattern, weakref.ref(thread)
                return row
        self._all_rows.append(_Row(thread))
        return self._all_rows[-1]

    def _mark(self, kept: _Kept, kind: StepKind, is_special: bool) -> None:
        if kind.slowest is None or kept.busy > kind.slowest.busy:
            kind.slowest = kept
        if is_special and self._special < MAX_SPECIAL:
            kept.special = True
            self._special += 1

    def _add_pieces(self, kept: _Kept, seen: ObservedStep, kind: StepKind) -> bool:
        compiled = False
        for name, unit, start, end, note in seen.intervals:
            tier = KINDS.index(name)
            ref = self._texts[note] if name == "waiting" else unit
            kept.pieces += (tier, ref, start - seen.start_ns, end - start)
            _add(self._units, (kind.number, unit, tier), end - start)
            if name == "compiling":
                compiled = True
                if len(self._compilations) < _MAX_COMPILATIONS:
                    at = start - self._started_ns
                    self._compilations.append([kind.number, unit, at, end - start, note])
        return compiled

    def _add_operations(self, kept: _Kept, observations: Sequence[Observation], start: int) -> None:
        for o in observations:
            if o.op is not None:
                number = self._number(o.op)
                _add(self._spent, number, o.end_ns - o.start_ns)
                shapes = self._shapes_of(o.outputs)
                kept.operations += (number, o.start_ns - start, o.end_ns - o.start_ns, shapes, o.depth)

    def _shapes_of(self, outputs: Sequence[Any]) -> int:
        key = tuple(
            (value.dtype, value.shape) for value in outputs[:4] if isinstance(value, (np.ndarray, np.generic))
        )
        return self._shapes.setdefault(key, len(self._shapes))

    def _keep(self, thread: _Row, kept: _Kept) -> None:
        if kept.number % self._operation_stride and not self._is_special(kept):
            kept.operations = []
        self._kept_operations += len(kept.operations) // 5
        last = thread.kept[-1] if thread.kept else None
        if kept.number % self._stride and not self._is_special(kept):
            kept.become_stretch()
        if kept.joined and last is not None and last.joined:
            last.join(kept)
        else:
            thread.kept.append(kept)
            self._kept += 1
        if self._kept > MAX_STEPS:
            self._thin_steps()
        if self._kept_operations > MAX_OPERATIONS:
            self._thin_operations()

    def _is_special(self, kept: _Kept) -> bool:
        return kept.special or (kept.kind >= 0 and self._kinds[kept.kind].slowest is kept)

    def _thin_steps(self) -> None:
        """Join half of the steps to stretches."""
        self._stride *= 2
        self._kept = 0
        for thread in self._all_rows:
            left: list[_Kept] = []
            for kept in thread.kept:
                if kept.number % self._stride and not kept.joined and not self._is_special(kept):
                    kept.become_stretch()
                if kept.joined and left and left[-1].joined:
                    left[-1].join(kept)
                else:
                    left.append(kept)
            thread.kept = left
            self._kept += len(left)
        self._count_operations()

    def _thin_operations(self) -> None:
        """Forget the operations of half of the steps that have them."""
        self._operation_stride *= 2
        everything = [kept for row in self._all_rows for kept in row.kept]
        for kept in everything:
            if kept.number % self._operation_stride and not self._is_special(kept):
                kept.operations = []
        self._count_operations()
        if self._kept_operations > MAX_OPERATIONS // 2 and self._operation_stride > MAX_STEPS:
            # The special ones alone are too many: a program of large steps.
            for kept in sorted(everything, key=lambda kept: -len(kept.operations))[: len(everything) // 2]:
                kept.operations = []
            self._count_operations()

    def _count_operations(self) -> None:
        kept = [kept for row in self._all_rows for kept in row.kept]
        self._kept_operations = sum(len(k.operations) // 5 for k in kept)

    def data(self) -> dict[str, Any]:
        """Everything as plain data: what a page or a trace file is made of.  Times are nanoseconds."""
        with self._lock:
            steps = sum(kind.count for kind in self._kinds)
            single = sum(not kept.joined for row in self._all_rows for kept in row.kept)
            drawn = self._kept_operations
            ran = sum(count for count, _, _ in self._spent.values())
            return {
                "started_ns": self._started_ns,
                "length": self._last_ns - self._started_ns,
                "sessions": list(self._sessions),
                "kinds": [_kind_data(kind) for kind in self._kinds],
                "operations": self._operations,
                "spent": [[number, *spent] for number, spent in self._spent.items()],
                "units": [[*key, *spent] for key, spent in self._units.items()],
                "compilations": self._compilations,
                "shapes": [_shape_text(key) for key in self._shapes],
                "threads": [
                    {"name": row.name, "steps": row.steps, "kept": [_kept_data(kept) for kept in row.kept]}
                    for row in self._all_rows
                ],
                "left_out": {
                    "steps": steps - single, "of_steps": steps, "operations": ran - drawn,
                    "of_operations": ran, "partial_runs": self._partial_runs,
                    "kinds": len(self._kinds) >= MAX_KINDS,
                },
                "own_ns": self._own_ns,
                # Last, since all of the above may name new texts.
                "texts": list(self._texts),
            }  # fmt: skip


def _add(sums: dict[Any, list[int]], key: Any, nanoseconds: int) -> None:
    found = sums.get(key)
    if found is None:
        sums[key] = [1, nanoseconds, nanoseconds]
    else:
        found[0] += 1
        found[1] += nanoseconds
        found[2] = max(found[2], nanoseconds)


def _static(tensor: Tensor) -> str:
    if tensor._shape is None:
        return f"{tensor.dtype.base_dtype.name} of any shape"
    sizes = ", ".join("?" if size is None else str(size) for size in tensor._shape)
    return f"{tensor.dtype.base_dtype.name} [{sizes}]"


def _shape_text(key: tuple[tuple[Any, tuple[int, ...]], ...]) -> str:
    return ", ".join(
        f"{'string' if dtype.kind in 'OSU' else dtype.name} [{', '.join(map(str, shape))}]"
        for dtype, shape in key
    )


def _kind_data(kind: StepKind) -> dict[str, Any]:
    durations = np.frombuffer(kind.durations, np.int64) if kind.count else np.zeros(1, np.int64)
    # A curve of at most 200 points: the median of each stretch of the program.
    stretches = np.array_split(durations, min(200, len(durations)))
    return {
        "session": kind.session, "fetches": kind.fetches[:50], "feeds": kind.feeds[:50], "units": kind.units,
        "more": max(0, len(kind.fetches) - 50), "count": kind.count, "total": kind.total,
        "median": int(np.median(durations)), "slowest": kind.slowest.busy if kind.slowest else 0,
        "slowest_at": kind.slowest.start if kind.slowest else 0,
        "fastest": int(durations.min()), "curve": [int(np.median(stretch)) for stretch in stretches],
    }  # fmt: skip


def _kept_data(kept: _Kept) -> list[Any]:
    return [
        kept.kind, kept.start, kept.end - kept.start, kept.count, kept.busy, int(kept.joined), kept.error,
        kept.pieces, kept.operations,
    ]  # fmt: skip
