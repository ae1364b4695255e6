"""Sessions leave nothing behind, however they end.

    python tools/leaks.py [NUMBER]     10,000 sessions by default; a few minutes

Each session has variables, a queue and, every fourth one, a compiled program; each ends in one of the ways of
`ENDINGS`.  Memory, threads, file descriptors, open sessions and buffers on devices are counted after a
warm-up and at the end.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

import perdure
from perdure import tf

ALLOWED_MEGABYTES = 5.0


class Expected(Exception):
    """Leaves a `with` block."""


class Program:
    """The graph that all sessions run: variables of both kinds, a queue, steps that fail."""

    def __init__(self) -> None:
        with tf.Graph().as_default() as self.graph:
            self.x = tf.placeholder(tf.float32, [None, 8], name="x")
            weights = tf.get_variable("weights", [8, 64], initializer=tf.random_normal_initializer(seed=1))
            table = tf.get_variable("table", [200, 8], use_resource=True)
            output = tf.nn.dropout(tf.matmul(self.x, weights), keep_prob=0.5, seed=2)
            loss = tf.reduce_mean(tf.square(output)) + tf.reduce_mean(tf.gather(table, [1, 5, 5]))
            self.train = tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss)
            self.loss = loss
            self.broken = tf.matmul(self.x, self.x)
            queue = tf.FIFOQueue(4, tf.float32, [64])
            self.put, self.take = queue.enqueue(weights[0]), queue.dequeue()
            self.initialize = tf.global_variables_initializer()
            self._add_datasets()
        self.data = np.ones((4, 8), np.float32)

    def _add_datasets(self) -> None:
        """Pipelines with threads, files and generators of the program."""
        lines = tf.data.TextLineDataset([__file__]).repeat().prefetch(3)
        made = tf.data.Dataset.from_generator(lambda: iter(range(10**6)), tf.int64, []).prefetch(2)
        doubled = tf.data.Dataset.range(10**6).map(
            lambda x: tf.py_func(lambda y: 2 * y, [x], tf.int64), num_parallel_calls=3
        )
        several = tf.data.Dataset.zip((lines, made, doubled.batch(4).prefetch(1))).shuffle(5).prefetch(2)
        iterator = several.make_initializable_iterator()
        self.initialize_datasets, self.elements = iterator.initializer, iterator.get_next()

        def slow(x: Any) -> Any:
            time.sleep(0.02)
            return x

        ahead = tf.data.Dataset.range(100).map(lambda x: tf.py_func(slow, [x], tf.int64)).prefetch(1)
        iterator = ahead.make_initializable_iterator()
        self.initialize_slow, self.slow = iterator.initializer, iterator.get_next()

    def use(self, session: Any, compiled: bool) -> None:
        """A few steps."""
        session.run(self.initialize)
        with perdure.options(tier="compile" if compiled else "interpret"):
            session.run([self.train, self.loss], {self.x: self.data})
            session.run(self.put)


# -- the ways a session ends -----------------------------------------------------------------


def closed(program: Program, compiled: bool) -> None:
    """`close`, twice."""
    session = tf.Session(graph=program.graph)
    program.use(session, compiled)
    session.close()
    session.close()


def left_by_an_exception(program: Program, compiled: bool) -> None:
    """An exception leaves the `with` block."""
    try:
        with tf.Session(graph=program.graph) as session:
            program.use(session, compiled)
            raise Expected
    except Expected:
        return


def dropped(program: Program, compiled: bool) -> None:
    """Nobody refers to it any more."""
    session = tf.Session(graph=program.graph)
    program.use(session, compiled)
    line = session.made_at
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        del session
    said = [str(w.message) for w in told if w.category is ResourceWarning]
    if f"unclosed Session made at {line}" not in said or not line.startswith(__file__):
        raise AssertionError(f"a session made at {line} was dropped, but what was told is {said}")


def dropped_in_a_cycle(program: Program, compiled: bool) -> None:
    """As `dropped`, but it waits for the garbage collector."""
    session = tf.Session(graph=program.graph)
    program.use(session, compiled)
    session.itself = session  # type: ignore[attr-defined]


def reset(program: Program, compiled: bool) -> None:
    """`tf.Session.reset` closes it."""
    session = tf.Session(graph=program.graph)
    program.use(session, compiled)
    tf.Session.reset("")
    _refused(session, program.put)


def graph_dropped(program: Program, compiled: bool) -> None:
    """The default graph is reset while the session is open; then both go."""
    with tf.Graph().as_default():
        v = tf.Variable(np.zeros(1000, np.float32))
        with tf.Session() as session:
            session.run(v.initializer)
            with perdure.options(tier="compile" if compiled else "interpret"):
                session.run(v.assign_add(np.ones(1000, np.float32)))


def after_an_error(program: Program, compiled: bool) -> None:
    """A step failed in it."""
    with tf.Session(graph=program.graph) as session:
        program.use(session, compiled)
        try:
            session.run(program.broken, {program.x: program.data})
        except tf.errors.InvalidArgumentError:
            return
        raise AssertionError("the step should have failed")


def while_a_step_waits(program: Program, compiled: bool) -> None:
    """Closed by another thread while a step is blocked in a queue."""
    session = tf.Session(graph=program.graph)
    program.use(session, compiled)
    session.run(program.take)
    ended: list[Any] = []
    started = threading.Event()

    def wait() -> None:
        started.set()
        try:
            session.run(program.take)
        except Exception as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    started.wait()
    time.sleep(0.0005)
    session.close()
    thread.join(30)
    # It may have been closed before the step began.
    if thread.is_alive() or not isinstance(ended[0], (tf.errors.CancelledError, RuntimeError)):
        raise AssertionError(f"the step that waited ended with {ended}")


def interactive(program: Program, compiled: bool) -> None:
    """An interactive session, closed."""
    session = tf.InteractiveSession(graph=program.graph)
    program.use(session, compiled)
    session.close()


def in_the_middle_of_a_pipeline(program: Program, compiled: bool) -> None:
    """Closed while threads make elements of datasets ahead, and files and generators are open."""
    session = tf.Session(graph=program.graph)
    session.run(program.initialize_datasets)
    session.run(program.elements)
    session.run(program.elements)
    session.close()


def while_a_pipeline_waits(program: Program, compiled: bool) -> None:
    """Closed by another thread while a step waits for an element that takes long."""
    session = tf.Session(graph=program.graph)
    session.run(program.initialize_slow)
    thread = threading.Thread(target=_ignoring_errors, args=(session, program.slow))
    thread.start()
    time.sleep(0.002)
    session.close()
    thread.join(30)
    if thread.is_alive():
        raise AssertionError("a step still waits for an element")


def _ignoring_errors(session: Any, fetch: Any) -> None:
    with suppress(tf.errors.OpError, RuntimeError):
        session.run(fetch)


def _refused(session: Any, fetch: Any) -> None:
    try:
        session.run(fetch)
    except tf.errors.CancelledError:
        return
    raise AssertionError("the session was reset, but still runs")


ENDINGS: tuple[Callable[[Program, bool], None], ...] = (
    closed, left_by_an_exception, dropped, reset, after_an_error, while_a_step_waits, graph_dropped,
    dropped_in_a_cycle, interactive, in_the_middle_of_a_pipeline, while_a_pipeline_waits,
)  # fmt: skip


# -- counting --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """What a process holds."""

    megabytes: float
    threads: int
    descriptors: int
    sessions: int
    buffers: int

    def __str__(self) -> str:
        return (
            f"{self.megabytes:8.1f} MB, {self.threads} threads, {self.descriptors} descriptors, "
            f"{self.sessions} open sessions, {self.buffers} device buffers"
        )


def count() -> Count:
    """What this process holds now; memory, operating-system threads and descriptors only under Linux."""
    gc.collect()
    jax = sys.modules.get("jax")
    # Another thread may be importing it.  Asked first: the first time, jax starts threads for it.
    buffers = len(getattr(jax, "live_arrays", list)())
    megabytes, threads, descriptors = 0.0, threading.active_count(), 0
    if os.path.isdir("/proc/self/fd"):
        descriptors = len(os.listdir("/proc/self/fd"))
        with open("/proc/self/statm") as file:
            megabytes = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        threads = len(os.listdir("/proc/self/task"))
    return Count(megabytes, threads, descriptors, len(perdure.live_sessions()), buffers)


def run_sessions(number: int, compiled_every: int, tell: Callable[[int], None] | None = None) -> None:
    """Make that many sessions and let them end, all ways in turn."""
    program = Program()
    turns = len(ENDINGS)
    with warnings.catch_warnings():
        # Those that wait for the collector tell at any time.
        warnings.simplefilter("ignore", ResourceWarning)
        for i in range(number):
            ENDINGS[i % turns](program, compiled=(i // turns) % compiled_every == 0)
            if tell is not None and (i + 1) % max(1, number // 10) == 0:
                tell(i + 1)
        gc.collect()


def leaked(before: Count, after: Count) -> list[str]:
    """What there is more of, in words."""
    found = []
    if after.megabytes - before.megabytes > ALLOWED_MEGABYTES:
        found.append(f"{after.megabytes - before.megabytes:.1f} MB of memory")
    for what in ("threads", "descriptors", "sessions", "buffers"):
        more = getattr(after, what) - getattr(before, what)
        if more > 0:
            found.append(f"{more} {what}")
    return found


def main() -> int:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        started = time.process_time()
        run_sessions(max(100, number // 10), 4)
        before = count()
        print(f"{'warm-up':>8} {before}", flush=True)
        run_sessions(number, 4, lambda i: print(f"{i:>8} {count()}", flush=True))
        after = count()
    print(f"{number} sessions, {time.process_time() - started:.0f} s of processor time")
    found = leaked(before, after)
    print("nothing leaked" if not found else f"leaked: {', '.join(found)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
