"""The state of a step: what it reads, writes, lends, and takes back."""

import threading
import time
from contextlib import nullcontext
from contextvars import copy_context

import numpy as np
import pytest

from perdure import tf
from perdure.arrays.frozen import frozen
from perdure.arrays.lent import Lent, own
from perdure.graph.dtypes import float32
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.step import Step, fetched
from perdure.runtime.options import options


@pytest.fixture
def resources():
    return Resources()


def variable(resources, value, name="v"):
    made = resources.get(Variable, name, dtype=float32, declared_shape=np.shape(value))
    made.value = frozen(np.array(value, np.float32))
    return made


def carry_out(resources, body):
    step = Step(resources)
    step.carry_out(body, step)


def test_writes_are_handed_over_at_the_end(resources):
    """The step sees them at once, the session when the step has succeeded."""
    v = variable(resources, [1.0])

    def body(step):
        step.begin_writing()
        step.write(v, np.float32([2.0]))
        assert step.read(v).tolist() == [2.0] and v.value.tolist() == [1.0]

    carry_out(resources, body)
    assert v.value.tolist() == [2.0]


def test_writes_of_a_failed_step_are_dropped(resources):
    """Also those that were made in place, in rows that were written twice."""
    v = variable(resources, [[1.0], [2.0], [3.0]])
    array = v.value
    del array

    def body(step):
        step.begin_writing()
        for row, new in ((1, 20.0), (1, 30.0), (2, 40.0)):
            lent = step.lend(v, np.array([row]))
            assert type(lent) is Lent
            changed = own(lent)
            changed[row] = new
            step.write(v, changed)
            del lent, changed
        assert step.read(v).tolist() == [[1.0], [30.0], [40.0]]
        raise KeyError

    with pytest.raises(KeyError):
        carry_out(resources, body)
    assert v.value.tolist() == [[1.0], [2.0], [3.0]]
    assert not v.value.flags.writeable


def test_an_array_that_is_shared_is_not_lent(resources):
    """A value that is still in use, or a view of it, must not change."""
    v = variable(resources, [[1.0], [2.0]])
    lent = []

    def body(step):
        step.begin_writing()
        lent.append(type(step.lend(v, np.array([0]))))

    for use in (lambda array: array, lambda array: array[:1]):
        kept = use(v.value)
        carry_out(resources, body)
        del kept
    carry_out(resources, body)
    assert lent == [np.ndarray, np.ndarray, Lent]


@pytest.mark.parametrize("fails", [False, True], ids=["committed", "undone"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_reader_in_another_thread_sees_no_half_changed_rows(resources, fails, number):
    """It gets what the step leaves behind; so do several variables at once."""
    read = [variable(resources, [[1.0], [2.0]], f"v{i}") for i in range(number)]
    for v in read:
        v.value = frozen(np.array(v.value))
    seen, ended = [], threading.Event()

    def look():
        values = Step(resources).read_all(read) if number > 1 else [Step(resources).read(read[0])]
        seen.extend(value.tolist() for value in values)
        ended.set()

    reader = threading.Thread(target=look)

    def body(step):
        step.begin_writing()
        for v in read:
            changed = own(step.lend(v, np.array([0, 1])))
            changed[0] = 7.0
            if v is read[0]:
                reader.start()
                ended.wait(0.1)  # it would be read by now
            assert v.initialized and v.shape == (2, 1) and v.nbytes == 8
            changed[1] = 8.0
            step.write(v, changed)
            del changed
        if fails:
            raise KeyError

    with pytest.raises(KeyError) if fails else nullcontext():
        carry_out(resources, body)
    reader.join(60)
    assert seen == [[[1.0], [2.0]] if fails else [[7.0], [8.0]]] * number
    assert all(v.loan is None for v in read)


def test_a_reader_with_a_deadline_gives_up(resources):
    """While rows are changed in another thread."""
    v = variable(resources, [[1.0], [2.0]])
    v.value = frozen(np.array(v.value))
    ended = []

    def look():
        step = Step(resources)
        step.deadline = time.monotonic() + 0.01
        with pytest.raises(tf.errors.DeadlineExceededError):
            step.read(v)
        ended.append(True)

    def body(step):
        step.begin_writing()
        lent = step.lend(v, np.array([0]))
        reader = threading.Thread(target=look)
        reader.start()
        reader.join(60)
        del lent

    carry_out(resources, body)
    assert ended


def test_rows_of_a_step_that_was_lost(resources):
    """Its thread is gone, with all it would have put back: others read what was before."""
    v = variable(resources, [[1.0], [2.0]])
    v.value = frozen(np.array(v.value))
    lost = Step(resources)
    own(lost.lend(v, np.array([1])))[1] = 9.0
    assert Step(resources).read(v).tolist() == [[1.0], [2.0]]

    def body(step):
        step.begin_writing()
        step.write(v, step.read(v) + 1)

    carry_out(resources, body)
    assert v.value.tolist() == [[2.0], [3.0]]
    assert Step(resources).read(v).tolist() == [[2.0], [3.0]]


@pytest.mark.parametrize("op", ["scatter_add", "scatter_nd_add", "momentum"])
def test_rows_of_whole_steps_are_read(op):
    """Two threads change rows, some steps fail; a third reads: all rows are alike at any time."""
    size = 200
    with tf.Graph().as_default():
        v = tf.Variable(np.zeros((size, 4)))
        rows, limit = tf.range(size), tf.placeholder(tf.float64, [])
        if op == "scatter_add":
            update = tf.scatter_add(v, rows, np.ones((size, 4))).op
        elif op == "scatter_nd_add":
            update = tf.scatter_nd_add(v, rows[:, None], np.ones((size, 4))).op
        else:
            optimizer = tf.train.MomentumOptimizer(1.0, 0.5)
            update = optimizer.apply_gradients([(tf.IndexedSlices(np.ones((size, 4)), rows), v)])
        with tf.control_dependencies([update]):
            checked = tf.Assert(limit > 0, ["no"])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            stop, problems = threading.Event(), []

            def change():
                try:
                    while not stop.is_set():
                        session.run(checked, {limit: 1.0})
                        with pytest.raises(tf.errors.InvalidArgumentError, match="no"):
                            session.run(checked, {limit: -1.0})
                except BaseException as error:
                    problems.append(error)

            with options(tier="interpret"):
                threads = [threading.Thread(target=copy_context().run, args=(change,)) for _ in range(2)]
                for thread in threads:
                    thread.start()
                read = []
                try:
                    while not problems and len({value[0, 0] for value in read}) < 20:
                        read.append(session.run(v))
                finally:
                    stop.set()
                    for thread in threads:
                        thread.join()
    assert not problems
    assert all(np.ptp(value) == 0 for value in read)


def test_own_copies_what_is_not_lent():
    """Kernels may call it on any array."""
    array = np.zeros(2)
    assert own(array) is not array and not np.shares_memory(own(array), array)


def test_frozen_arrays_are_nobodys():
    """Views of memory that somebody may change are copied; arrays of our own are only marked."""
    mine = np.zeros(3)
    assert frozen(mine) is mine and not mine.flags.writeable
    theirs = np.zeros(3)
    copy = frozen(theirs[:2])
    theirs[:] = 7
    assert copy.tolist() == [0.0, 0.0]
    assert frozen(frozen(np.zeros(3))[1:]).base is not None  # a view of a frozen array may stay a view


def test_fetched_values_are_the_users():
    """Read-only arrays are copied; scalars are NumPy scalars."""
    result = fetched(frozen(np.zeros(2)))
    result[:] = 1
    assert type(fetched(np.array(1.5, np.float32))) is np.float32


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_updates_of_rows(tier):
    """A scattered update, its failure, and a value read before it, in both tiers."""
    with tf.Graph().as_default(), options(tier=tier), tf.Session() as session:
        v = tf.Variable(np.zeros((4, 2), np.float32))
        i = tf.placeholder(tf.int32, [2])
        before = v * 1.0
        update = tf.scatter_add(v, i, np.ones((2, 2), np.float32))
        session.run(tf.global_variables_initializer())
        old, _ = session.run([before, update.op], {i: [1, 1]})
        assert old.tolist() == np.zeros((4, 2)).tolist()
        assert session.run(v)[:, 0].tolist() == [0.0, 2.0, 0.0, 0.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 4 is not in \[0, 4\)"):
            session.run(update, {i: [0, 4]})
        assert session.run(v)[:, 0].tolist() == [0.0, 2.0, 0.0, 0.0]


def test_numpys_handling_of_errors_is_the_programs_again():
    """Kernels are silent; the program's own settings hold behind a step, also one that failed, and in it."""
    x = tf.placeholder(tf.float32, [None])
    inside = []

    def look(value):
        inside.append(np.geterr()["divide"])
        return value

    looked = tf.py_func(look, [1.0 / x], tf.float32)
    checked = tf.check_numerics(1.0 / x, "infinite")
    with np.errstate(divide="raise"), options(tier="interpret"), tf.Session() as session:
        assert session.run(looked, {x: [0.0]})[0] == np.inf
        assert np.geterr()["divide"] == "raise"
        with pytest.raises(tf.errors.InvalidArgumentError, match="infinite"):
            session.run(checked, {x: [0.0]})
        assert np.geterr()["divide"] == "raise"
    assert inside == ["ignore"]
