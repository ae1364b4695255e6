"""The state of a step: what it reads, writes, lends, and takes back."""

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
