"""Whatever goes wrong in a step, nothing has changed, and the next step gives what it would have given."""

import os
import random
import signal
import sys
import threading
import time

import jax
import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.resources.streams import RandomStream
from perdure.runtime.execution.cluster import Cluster
from tests.clocks import StoppedClock
from tests.signals import handled

pytestmark = pytest.mark.filterwarnings("error")


class Training:
    """A training step with a bit of everything, and two sessions of it that must stay alike.

    Args:
        tier: the tier of its steps.
        host: whether the step has operations that run on the host: a queue, a Python function.
        config: of the session that things go wrong in.
    """

    def __init__(self, tier, host=True, config=None, width=16):
        self.tier = tier
        self.fail_in_python = None
        with tf.Graph().as_default() as self.graph:
            tf.set_random_seed(7)
            self.limit = tf.placeholder_with_default(1e6, [], name="limit")
            self.ids = tf.placeholder_with_default([3, 1, 3, 7], [4], name="ids")
            table = tf.get_variable("table", [20, 4], initializer=tf.random_uniform_initializer())
            rows = tf.get_variable("rows", [20, 4], use_resource=True)
            if host:
                self.queue = tf.FIFOQueue(4, tf.float32, [4, 8], name="queue")
                self.example = tf.placeholder(tf.float32, [4, 8])
                self.put = self.queue.enqueue(self.example)
                x = tf.reshape(self.queue.dequeue(), [4, 8])
                x = tf.reshape(tf.py_func(self._in_python, [x], tf.float32), [4, 8])
            else:
                x = tf.ones([4, 8])
            x = tf.concat([x, tf.gather(table, self.ids), tf.nn.embedding_lookup(rows, self.ids)], 1)
            hidden = tf.nn.dropout(tf.layers.dense(x, width, tf.nn.relu), keep_prob=0.5)
            loss = tf.reduce_mean(tf.square(tf.layers.dense(hidden, 3)) + tf.random_normal([4, 3]))
            with tf.control_dependencies([tf.Assert(loss < self.limit, ["the loss is", loss])]):
                self.loss = tf.identity(loss)
            step = tf.train.get_or_create_global_step()
            # Momentum changes rows in place; so does Adam's scatter_add, after all rows have decayed.
            first = tf.train.MomentumOptimizer(1e-3, 0.9).minimize(self.loss, step)
            second = tf.train.AdamOptimizer(1e-3).minimize(self.loss)
            in_place = tf.scatter_sub(table, [3, 5, 3], tf.fill([3, 4], 1e-3))
            self.train = tf.group(first, second, in_place)
            initialize = tf.global_variables_initializer()
        self.session = tf.Session(graph=self.graph, config=config)
        self.twin = tf.Session(graph=self.graph)
        for session in (self.session, self.twin):
            with perdure.options(tier="interpret"):  # so that all programs are the training step's
                session.run(initialize)
        self.host = host

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.session.close()
        self.twin.close()

    def _in_python(self, x):
        if self.fail_in_python is not None:
            self.fail_in_python()
        return x

    def run(self, session=None, **feeds):
        """One step; the queue is filled before unless a step that failed has left an example in it."""
        session = session or self.session
        if self.host and session.run(self.queue.size()) == 0:
            session.run(self.put, {self.example: np.linspace(0, 1, 32, dtype=np.float32).reshape(4, 8)})
        with perdure.options(tier=self.tier):
            return session.run(
                [self.train, self.loss], {getattr(self, name): value for name, value in feeds.items()}
            )[1]

    def state(self, session=None):
        """All variables, in bytes, and where the random streams are."""
        resources = (session or self.session)._resources
        values = {key: np.asarray(v.value).tobytes() for key, v in sorted(resources.variables.items())}
        streams = resources._own[RandomStream.kind].values()
        return values, {stream.name: stream.position for stream in streams}

    def assert_next_step_is_the_twins(self):
        """Both sessions run one step; then they are alike."""
        assert self.run() == self.run(self.twin)
        assert self.state() == self.state(self.twin)

    def assert_fails(self, error, match=None, **feeds):
        """A step fails, and nothing has changed."""
        before = self.state()
        with pytest.raises(error, match=match):
            self.run(**feeds)
        assert self.state() == before
        assert not is_held(self.session._resources.write_lock)

    def instructions(self):
        """The kernel calls of the training step, with what to put another one into."""
        executables = self.session._executables.values()
        executable = max(executables, key=lambda e: sum(len(unit.instructions) for unit in e.units))
        return [(unit, i) for unit in executable.units for i in range(len(unit.instructions))]

    def programs(self):
        """The compiled programs of the training step."""
        return [
            chosen.program
            for executable in self.session._executables.values()
            for unit in executable.units
            if isinstance(unit, Cluster)
            for chosen in unit.specialisations.values()
            if chosen.program is not None
        ]


def is_held(lock):
    """Whether any thread holds a lock."""
    free = []

    def attempt():
        free.append(lock.acquire(blocking=False))
        if free[0]:
            lock.release()

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return not free[0]


ERRORS = [
    (RuntimeError("boom"), RuntimeError),
    (ValueError("boom"), tf.errors.InvalidArgumentError),
    (FloatingPointError("boom"), tf.errors.InvalidArgumentError),
    (MemoryError("boom"), tf.errors.ResourceExhaustedError),
    (KeyboardInterrupt("boom"), KeyboardInterrupt),
]


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_a_fault_at_each_operation_in_turn(late):
    """Before its kernel is called, or after that has done its work."""
    with Training("interpret") as training:
        training.assert_next_step_is_the_twins()
        places = training.instructions()
        assert len(places) > 60
        for number, (unit, i) in enumerate(places):
            right = unit.instructions[i]
            for error, seen in ERRORS if number % 4 == 0 else [ERRORS[number % 5], ERRORS[-1]]:

                def call(*arguments, right=right, error=error):
                    if late:
                        right.call(*arguments)
                    raise error

                unit.instructions[i] = right._replace(call=call)
                training.assert_fails(seen, "boom")
            unit.instructions[i] = right
            if number % 3 == 0:
                training.assert_next_step_is_the_twins()
        training.assert_next_step_is_the_twins()


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_faults_of_the_users(tier):
    """A failing py_func, a failing Assert, indices out of range, Ctrl-C in a py_func."""
    with Training(tier) as training:
        training.assert_next_step_is_the_twins()
        for error, seen in ERRORS:

            def fail(error=error):
                raise error

            training.fail_in_python = fail
            if isinstance(error, ValueError):
                seen = tf.errors.InvalidArgumentError
            elif not isinstance(error, (MemoryError, KeyboardInterrupt)):
                seen = tf.errors.UnknownError
            training.assert_fails(seen, "boom")
        training.fail_in_python = lambda: os.kill(os.getpid(), signal.SIGINT)
        with handled(signal.SIGINT):
            training.assert_fails(KeyboardInterrupt)
        training.fail_in_python = None
        training.assert_next_step_is_the_twins()
        training.assert_fails(tf.errors.InvalidArgumentError, "the loss is", limit=-1e6)
        training.assert_next_step_is_the_twins()
        training.assert_fails(tf.errors.InvalidArgumentError, r"indices\[2\] = 20", ids=[0, 1, 20, 3])
        training.assert_next_step_is_the_twins()
        training.assert_next_step_is_the_twins()


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_a_step_that_takes_too_long(tier):
    """It waits for a queue that stays empty."""
    with Training(tier, config=tf.ConfigProto(operation_timeout_in_ms=600_000)) as training:
        training.assert_next_step_is_the_twins()
        before = training.state()
        with pytest.raises(tf.errors.DeadlineExceededError), perdure.options(tier=tier):
            training.session.run(training.train, options=tf.RunOptions(timeout_in_ms=20))
        assert training.state() == before and not is_held(training.session._resources.write_lock)
        training.assert_next_step_is_the_twins()


@pytest.mark.parametrize("host", [False, True])
def test_faults_of_a_compiled_program(host):
    """What XLA reports becomes TensorFlow's error; other exceptions pass; no memory is lost."""
    with Training("compile", host) as training:
        for _ in range(5):
            training.assert_next_step_is_the_twins()
        programs = training.programs()
        assert any(program._taken_over for program in programs)
        for message, seen in [
            ("RESOURCE_EXHAUSTED: Out of memory", tf.errors.ResourceExhaustedError),
            ("INTERNAL: broken", tf.errors.InternalError),
        ]:
            _each_fails_once(training, jax.errors.JaxRuntimeError(message), seen)
        _each_fails_once(training, MemoryError("boom"), MemoryError)
        _each_fails_once(training, KeyboardInterrupt("boom"), KeyboardInterrupt)


def _each_fails_once(training, error, seen):
    def fail(*arguments):
        raise error

    for program in training.programs():
        right, program._call = program._call, fail
        training.assert_fails(seen)
        program._call = right
        training.assert_next_step_is_the_twins()


def test_an_interrupt_when_a_program_has_taken_over_variables(monkeypatch):
    """Their old values are gone, so the step is done as a whole; it is told of at its end."""
    from perdure.runtime.execution.step import Step

    with Training("compile", host=False) as training:
        for _ in range(5):
            training.assert_next_step_is_the_twins()
        taken_over = training.session._resources.variables["", "rows"].value
        put_all = Step.put_all

        def interrupted_put(step, variables, values):
            monkeypatch.undo()
            put_all(step, list(variables)[:2], values)
            raise KeyboardInterrupt

        monkeypatch.setattr(Step, "put_all", interrupted_put)
        with pytest.raises(KeyboardInterrupt):
            training.run()
        assert taken_over.is_deleted()
        training.run(training.twin)
        assert training.state() == training.state(training.twin)
        training.assert_next_step_is_the_twins()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals come from a timer of Unix")
@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_signals_at_any_time(tier, monkeypatch):
    """A step that a signal interrupts has happened wholly or not at all."""
    tell = sys.unraisablehook
    # A signal that Python hears in a finalizer interrupts nothing; pytest would count what is told of it.
    monkeypatch.setattr(sys, "unraisablehook", lambda told: told.exc_type is KeyboardInterrupt or tell(told))
    outcomes = {"before": 0, "after": 0, "undisturbed": 0}
    chance = random.Random(5)

    def run_interrupted(training, delay):
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, delay)
                training.run()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            return True
        return False

    with handled(signal.SIGALRM):
        # Wide, so that the program runs for long enough to be hit.
        with Training(tier, host=False, width=256) as training:
            # From the first step on: what is planned and compiled is interrupted, too.
            for number in range(150):
                started = time.perf_counter()
                before, _ = training.state(), training.run(training.twin)
                seconds = time.perf_counter() - started
                interrupted = run_interrupted(training, chance.uniform(2e-5, 1.3 * min(seconds, 0.2)))
                if not interrupted:
                    outcomes["undisturbed"] += 1
                elif variables(training.state()) == variables(before):
                    outcomes["before"] += 1
                    assert training.state()[1].items() >= before[1].items(), number
                    training.run()
                else:
                    outcomes["after"] += 1
                assert training.state() == training.state(training.twin), (number, interrupted)
                assert not is_held(training.session._resources.write_lock)
    assert outcomes["before"] >= 10, outcomes


def variables(state):
    return state[0]


def test_what_was_taken_from_a_queue_is_not_lost_to_the_time_limit(monkeypatch):
    """A step that has taken something is given up only while it waits for more."""
    clock = StoppedClock(monkeypatch)
    with tf.Graph().as_default():
        queue = tf.FIFOQueue(3, tf.int32, [])
        put, take = queue.enqueue_many([[1, 2, 3]]), queue.dequeue()
        slow = tf.py_func(lambda x: [clock.advance(0.05), x][1], [take], tf.int32)
        options = tf.RunOptions(timeout_in_ms=20)
        with tf.Session() as session:
            session.run(put)
            assert session.run(slow, options=options) == 1
            assert session.run([take, take], options=options) == [2, 2]
            assert session.run(take) == 3
            with pytest.raises(tf.errors.DeadlineExceededError):
                session.run(take, options=options)
