"""Eight threads on one session: every update is accounted for, nothing gets stuck, nothing grows.

    python -m tools.soak [MINUTES]     10 by default

Each thread does what chance tells it: updates of variables of both kinds in both tiers, reads, queue
operations, steps that fail, time out or are cancelled.  It counts what has succeeded; at the end the
variables must say the same.  If a thread does not get on for 30 seconds, the stacks of all threads are
printed.
"""

from __future__ import annotations

import faulthandler
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from typing import Any

import numpy as np

import perdure
from perdure import tf
from tools.leaks import Count, count, leaked

THREADS = 8
STUCK_SECONDS = 30.0
ROWS = 16


class Graph:
    """What the threads run."""

    def __init__(self) -> None:
        with tf.Graph().as_default() as self.graph:
            self.amount = tf.placeholder(tf.int64, [], name="amount")
            self.rows = tf.placeholder(tf.int32, [None], name="rows")
            self.plain = tf.Variable(tf.zeros([], tf.int64), name="plain")
            self.resource = tf.get_variable(
                "resource", [], tf.int64, tf.zeros_initializer(), use_resource=True
            )
            self.table = tf.Variable(tf.zeros([ROWS, 4], tf.float64), name="table")
            self.resource_table = tf.get_variable(
                "resource_table", [ROWS, 4], tf.float64, tf.zeros_initializer(), use_resource=True
            )
            self.weights = tf.Variable(tf.zeros([1000], tf.float64), name="weights")
            self.bias = tf.get_variable("bias", [], tf.float64, tf.zeros_initializer(), use_resource=True)

            self.add_plain = self.plain.assign_add(self.amount)
            self.add_resource = self.resource.assign_add(self.amount)
            ones = tf.ones(tf.stack([tf.size(self.rows), 4]), tf.float64)
            self.add_rows = tf.scatter_add(self.table, self.rows, ones).op
            self.add_resource_rows = self.resource_table.scatter_add(tf.IndexedSlices(ones, self.rows))
            loss = tf.reduce_sum(self.weights) + self.bias
            self.apply = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
            self.loss = loss

            # It changes a variable, then something is wrong.
            with tf.control_dependencies([self.plain.assign_add(1)]):
                self.assert_fails = tf.Assert(self.amount < 0, ["amount", self.amount])
            with tf.control_dependencies([tf.scatter_add(self.table, [1, 2], tf.ones([2, 4], tf.float64))]):
                self.gather_fails = tf.gather(tf.zeros([3]), self.rows)

            self.queue = tf.FIFOQueue(20, tf.int64, [], name="queue")
            self.put, self.take = self.queue.enqueue(self.amount), self.queue.dequeue()
            self.size = self.queue.size()
            self.put_many = self.queue.enqueue_many(tf.stack([self.amount, self.amount]))
            self.empty_take = tf.FIFOQueue(1, tf.int64, [], name="empty").dequeue()
            self.initialize = tf.global_variables_initializer()


class Worker:
    """One thread.

    Attributes:
        done: how much of each kind it has done.
        tables: how often it has added to each row, by table.
        last: when it last finished an action, as a time of `time.monotonic`.
        problem: what should not have happened.
    """

    def __init__(self, graph: Graph, session: Any, seed: int, stop: threading.Event) -> None:
        self.done: Counter[str] = Counter()
        self.tables = {"table": np.zeros(ROWS, np.int64), "resource_table": np.zeros(ROWS, np.int64)}
        self.last = time.monotonic()
        self.problem: BaseException | None = None
        self._graph, self._session, self._stop = graph, session, stop
        self._chance = random.Random(seed)
        self._seen = 0
        self._actions = (
            [self._add_plain, self._add_resource, self._add_rows, self._add_resource_rows, self._apply] * 4
            + [self._read] * 8
            + [self._put, self._put, self._put_many, self._take, self._take, self._take, self._take]
            + [self._fail_assert, self._fail_gather, self._fail_scatter, self._fail_feed, self._time_out]
        )

    def run(self) -> None:
        """Until told to stop."""
        try:
            while not self._stop.is_set():
                action = self._chance.choice(self._actions)
                if self._chance.random() < 0.002:
                    action = self._cancel_other_session
                with perdure.options(tier=self._chance.choice(["interpret", "compile"])):
                    action()
                self.done[action.__name__] += 1
                self.last = time.monotonic()
        except BaseException as error:
            self.problem = error
            self._stop.set()

    def _run(self, fetches: Any, **feeds: Any) -> Any:
        return self._session.run(fetches, {getattr(self._graph, name): v for name, v in feeds.items()})

    def _add_plain(self) -> None:
        amount = self._chance.randrange(1, 10)
        self._run(self._graph.add_plain.op, amount=amount)
        self.done["plain"] += amount

    def _add_resource(self) -> None:
        amount = self._chance.randrange(1, 10)
        self._run(self._graph.add_resource, amount=amount)
        self.done["resource"] += amount

    def _some_rows(self) -> list[int]:
        return [self._chance.randrange(ROWS) for _ in range(self._chance.choice([1, 3]))]

    def _add_rows(self) -> None:
        rows = self._some_rows()
        self._run(self._graph.add_rows, rows=rows)
        np.add.at(self.tables["table"], rows, 1)

    def _add_resource_rows(self) -> None:
        rows = self._some_rows()
        self._run(self._graph.add_resource_rows, rows=rows)
        np.add.at(self.tables["resource_table"], rows, 1)

    def _apply(self) -> None:
        self._run(self._graph.apply)
        self.done["applied"] += 1

    def _read(self) -> None:
        graph = self._graph
        plain, resource, table, loss = self._run([graph.plain, graph.resource, graph.table, graph.loss])
        if plain < self._seen or loss > 0 or not np.isfinite(table).all():
            raise AssertionError(f"read {plain} after {self._seen}, {resource}, {loss}, {table}")
        self._seen = plain

    def _put(self) -> None:
        self._with_limit(self._graph.put, "put")

    def _put_many(self) -> None:
        amount = self._chance.randrange(1, 100)
        # Not with a limit: half of it may have been taken in when the time is over.
        if self._session.run(self._graph.size) > 10:
            return
        self._run(self._graph.put_many, amount=amount)
        self.done["put"] += 2 * amount

    def _take(self) -> None:
        taken = self._with_limit(self._graph.take)
        if taken is not None:
            self.done["taken"] += int(taken)

    def _with_limit(self, fetch: Any, counted: str = "") -> Any:
        amount = self._chance.randrange(1, 100)
        options = tf.RunOptions(timeout_in_ms=self._chance.choice([1, 5, 20]))
        feeds = {self._graph.amount: amount} if counted else None
        try:
            result = self._session.run(fetch, feeds, options)
        except tf.errors.DeadlineExceededError:
            self.done["timed out"] += 1
            return None
        if counted:
            self.done[counted] += amount
        return result

    def _fails(self, kind: type[Exception], fetch: Any, **feeds: Any) -> None:
        try:
            self._run(fetch, **feeds)
        except kind:
            return
        raise AssertionError(f"{fetch} should have failed")

    def _fail_assert(self) -> None:
        self._fails(tf.errors.InvalidArgumentError, self._graph.assert_fails, amount=5)

    def _fail_gather(self) -> None:
        self._fails(tf.errors.InvalidArgumentError, self._graph.gather_fails, rows=[1, 99])

    def _fail_scatter(self) -> None:
        fetch = self._chance.choice([self._graph.add_rows, self._graph.add_resource_rows])
        self._fails(tf.errors.InvalidArgumentError, fetch, rows=[2, ROWS])

    def _fail_feed(self) -> None:
        self._fails(ValueError, self._graph.add_plain, amount=[1, 2])

    def _time_out(self) -> None:
        options = tf.RunOptions(timeout_in_ms=2)
        try:
            self._session.run(self._graph.empty_take, options=options)
        except tf.errors.DeadlineExceededError:
            return
        raise AssertionError("the queue is empty, but something came out of it")

    def _cancel_other_session(self) -> None:
        with tf.Session(graph=self._graph.graph) as other:
            other.run(self._graph.initialize)
            ended: list[BaseException] = []

            def wait() -> None:
                try:
                    other.run(self._graph.empty_take)
                except BaseException as error:
                    ended.append(error)

            thread = threading.Thread(target=wait)
            thread.start()
            time.sleep(self._chance.random() * 0.005)
            other.close()
            thread.join(STUCK_SECONDS)
        if thread.is_alive() or not isinstance(ended[0], (tf.errors.CancelledError, RuntimeError)):
            raise AssertionError(f"a step that waited in a session that was closed: {ended}")


def soak(
    seconds: float, tell: Any = lambda text: None, enough: dict[str, int] | None = None
) -> tuple[Counter[str], list[str], Count, Count]:
    """Let the threads run.

    Args:
        seconds: for how long.
        tell: gets a line of text every tenth of the time.
        enough: ends it earlier, when each of these has been done more often than that.

    Returns:
        What was done; what is wrong; what the process held after a tenth of the time, and at the end.
    """
    graph = Graph()
    stop = threading.Event()
    with tf.Session(graph=graph.graph) as session:
        session.run(graph.initialize)
        workers = [Worker(graph, session, seed, stop) for seed in range(THREADS)]
        threads = [threading.Thread(target=worker.run, daemon=True) for worker in workers]
        for thread in threads:
            thread.start()
        started, before, told = time.monotonic(), count(), 0
        wrong: list[str] = []
        while not stop.wait(min(1.0, seconds / 20)):
            now = time.monotonic()
            if now - min(worker.last for worker in workers) > STUCK_SECONDS:
                faulthandler.dump_traceback(all_threads=True)
                wrong.append(f"a thread did not get on for {STUCK_SECONDS} s")
                break
            tenth = int(10 * (now - started) / seconds)
            if tenth > told:
                told = tenth
                if tenth == 1:
                    before = count()
                steps = sum(sum(w.done[a.__name__] for a in set(w._actions)) for w in workers)
                tell(f"{now - started:6.0f} s {steps:>10} actions {count()}")
            if now - started >= seconds:
                break
            if enough and all(sum(w.done[what] for w in workers) > least for what, least in enough.items()):
                break
        after = count()
        stop.set()
        for thread in threads:
            thread.join(STUCK_SECONDS)
        done: Counter[str] = Counter()
        for worker in workers:
            done.update(worker.done)
            if worker.problem is not None:
                wrong.append(f"{type(worker.problem).__name__}: {worker.problem}")
        if not any(thread.is_alive() for thread in threads):
            wrong += _differences(graph, session, done, workers)
        elif not wrong:
            wrong.append("a thread did not end")
    return done, wrong, before, after


def _differences(graph: Graph, session: Any, done: Counter[str], workers: list[Worker]) -> list[str]:
    left = 0
    while session.run(graph.size):
        left += int(session.run(graph.take))
    expected: dict[str, Any] = {
        "plain": done["plain"],
        "resource": done["resource"],
        "weights": np.full(1000, -float(done["applied"])),
        "bias": -float(done["applied"]),
    }
    for name in ("table", "resource_table"):
        expected[name] = np.repeat(sum(w.tables[name] for w in workers)[:, None], 4, 1)
    wrong = []
    for name, value in expected.items():
        found = session.run(getattr(graph, name))
        if not np.array_equal(found, value):
            wrong.append(f"{name} is {found}, but {value} was added")
    if done["put"] != done["taken"] + left:
        wrong.append(f"{done['put']} was put into the queue, {done['taken']} + {left} came out")
    return wrong


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        done, wrong, before, after = soak(60 * minutes, lambda text: print(text, flush=True))
    for name, number in sorted(done.items()):
        print(f"{number:>12} {name.lstrip('_')}")
    # One thread may be between opening and closing a session when things are counted.
    wrong += [what for what in leaked(before, after) if what.endswith("memory")]
    print("every update is accounted for, no thread got stuck, memory did not grow" if not wrong else wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
