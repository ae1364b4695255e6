"""What programs only read stays on the device, and is never out of date."""

import threading

import numpy as np
import pytest

from perdure import tf
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.options import options

COUNT = 10


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph, options(tier="compile"):
        yield graph


def programs(session):
    clusters = [u for e in session._executables.values() for u in e.units if isinstance(u, Cluster)]
    return [s.program for c in clusters for s in c.specialisations.values() if s.program]


def small_variables():
    """Variables that one program takes as one argument, and the sum of all their elements."""
    variables = [tf.Variable(np.full((2, 3), i, np.float32), name=f"v{i}") for i in range(COUNT)]
    return variables, tf.add_n([tf.reduce_sum(variable) for variable in variables])


def stored(session, name):
    return session._resources.variables["", name].value


@pytest.fixture
def session():
    with tf.Session() as session:
        yield session


def initialised(session):
    with options(tier="interpret"):
        session.run(tf.global_variables_initializer())


# -- small variables: one argument -------------------------------------------------------------------


def test_small_variables_are_one_argument(session):
    """It is made once; the variables keep their own arrays."""
    variables, total = small_variables()
    initialised(session)
    before = stored(session, "v1")
    assert session.run(total) == 6 * sum(range(COUNT))
    (program,) = programs(session)
    (pack,) = program._layout.packs
    made = pack._kept[1]
    assert session.run(total) == 6 * sum(range(COUNT))
    assert pack._kept[1] is made and stored(session, "v1") is before
    assert [v.name for v in pack.variables] == [f"v{i}" for i in range(COUNT)]


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_a_changed_variable_is_packed_anew(session, tier):
    """Whatever changes it, and whether it is all of it or rows."""
    variables, total = small_variables()
    changes = [
        variables[3].assign_add(np.ones((2, 3), np.float32)),
        tf.scatter_add(variables[4], [1], np.full((1, 3), 2.0, np.float32)),
        variables[5].assign(np.zeros((2, 3), np.float32)),
    ]
    initialised(session)
    for change in changes:
        for _ in range(3):
            with options(tier=tier):
                session.run(change.op)
            with options(tier="interpret"):
                expected = sum(value.sum() for value in session.run(variables))
            assert session.run(total) == expected
            assert session.run(total) == expected
    session.run([variables[3].initializer, variables[4].initializer, variables[5].initializer])
    assert session.run(total) == 6 * sum(range(COUNT))


def test_types_and_shapes_of_what_is_packed(session):
    """Each type has a pack; what is large, or of a shape that may change, is an argument by itself."""
    kinds = (np.float32, np.int64, np.float64)
    variables = [tf.Variable(np.arange(i, dtype=kind)) for kind in kinds for i in range(1, COUNT)]
    large = tf.Variable(np.ones(2000, np.float32), name="large")
    loose = tf.Variable(np.ones(3, np.float32), validate_shape=False, name="loose")
    values = [v * 2 for v in (*variables, large, loose)]
    initialised(session)
    expected = [value * 2 for value in session.run([*variables, large, loose])]
    for _ in range(3):
        for value, wanted in zip(session.run(values), expected, strict=True):
            assert value.dtype == wanted.dtype and value.flags.writeable
            np.testing.assert_array_equal(value, wanted)
            value[...] = 0  # the user's own
    layout = programs(session)[-1]._layout
    assert [len(pack.variables) for pack in layout.packs] == [COUNT - 1] * 3
    assert [v.name for v in layout.only_read] == ["large", "loose"]


def test_a_packed_variable_without_a_value_is_named(session):
    """Before the program is made, and after."""
    variables, total = small_variables()
    with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value v0"):
        session.run(total)
    initialised(session)
    session.run(total)
    session._resources.variables["", "v7"].value = None
    with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value v7"):
        session.run(total)


def test_a_pack_made_inside_a_step(session):
    """A step that a function runs sees the rows that were changed before; they stay, as in TensorFlow."""
    variables, total = small_variables()
    seen = []

    def look():
        with options(tier="compile"):
            seen.append(session.run(total))
        return np.float32(0)

    changed = tf.scatter_update(variables[2], [0], np.full((1, 3), 100.0, np.float32))
    with tf.control_dependencies([changed]):
        looked = tf.py_func(look, [], tf.float32, stateful=True)
    with tf.control_dependencies([looked]):
        failed = tf.Assert(tf.equal(looked, 1.0), ["no"])
    own = variables[2].assign(variables[2] * 1.0).op  # not the array of the constant: it can be lent
    initialised(session)
    with options(tier="interpret"):
        session.run(own)
    for _ in range(2):
        with options(tier="interpret"), pytest.raises(tf.errors.InvalidArgumentError):
            session.run(failed)
        for _ in range(3):
            assert session.run(total) == 6 * sum(range(COUNT)) + 294
    assert seen == [6 * sum(range(COUNT)) + 294] * 2


def test_while_another_thread_writes_nothing_is_kept(session):
    """The values are those of the session, and packed again at the next step."""
    variables, total = small_variables()
    initialised(session)
    session.run(total)
    (program,) = programs(session)
    (pack,) = program._layout.packs
    with options(tier="interpret"):
        session.run(variables[0].assign(np.ones((2, 3), np.float32)).op)
    holds, done = threading.Event(), threading.Event()

    def hold():
        with session._resources.write_lock:
            holds.set()
            done.wait()

    other = threading.Thread(target=hold)
    other.start()
    holds.wait()
    kept = pack._kept
    assert session.run(total) == 6 * sum(range(COUNT)) + 6
    assert pack._kept is kept
    done.set()
    other.join()
    assert session.run(total) == 6 * sum(range(COUNT)) + 6
    assert pack._kept is not kept
    assert session._resources.write_lock.acquire(blocking=False)
    session._resources.write_lock.release()


@pytest.mark.parametrize("size", [6, 3000])
def test_readers_beside_a_trainer(size):
    """Programs that read, in threads, see each update as a whole; nothing is read after it was donated."""
    start = np.zeros(size, np.float32)
    variables = [tf.Variable(start) for _ in range(COUNT)]
    train = tf.group(*[variable.assign_add(np.ones(size, np.float32)) for variable in variables])
    least = tf.reduce_min(tf.stack([tf.reduce_min(variable) for variable in variables]))
    most = tf.reduce_max(tf.stack([tf.reduce_max(variable) for variable in variables]))
    seen, failures = [], []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())

        def read():
            try:
                for _ in range(60):
                    seen.append(session.run([least, most]))
            except Exception as error:
                failures.append(error)

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for turn in range(60):
            with options(tier="interpret" if turn % 7 == 3 else "compile"):
                session.run(train)
        for reader in readers:
            reader.join()
        assert not failures
        assert all(0 <= low <= high <= 60 for low, high in seen)
        assert session.run([least, most]) == [60.0, 60.0]


# -- other variables: moved --------------------------------------------------------------------------


def test_a_variable_that_stays_the_same_is_moved(session):
    """When a program meets its value for the second time; reads and fetches are as before."""
    start = np.arange(2000, dtype=np.float32)
    variable = tf.Variable(start, name="table")
    doubled = variable * 2.0
    initialised(session)
    for turn in range(4):
        np.testing.assert_array_equal(session.run(doubled), start * 2)
        assert (type(stored(session, "table")) is np.ndarray) == (turn < 1)
    moved = stored(session, "table")
    fetched = session.run(variable)
    fetched[:] = 0
    with options(tier="interpret"):
        np.testing.assert_array_equal(session.run(variable + 1.0), start + 1)
        session.run(tf.scatter_update(variable, [5], [-1.0]).op)
    assert session.run(doubled)[[4, 5, 6]].tolist() == [8.0, -2.0, 12.0]
    assert stored(session, "table") is not moved


def test_a_variable_that_changes_every_time_is_not_moved(session):
    """It would be moved for nothing."""
    variable = tf.Variable(np.zeros(2000, np.float32), name="table")
    total = tf.reduce_sum(variable)
    more = variable.assign_add(np.ones(2000, np.float32)).op
    initialised(session)
    for turn in range(4):
        assert session.run(total) == 2000.0 * turn
        assert type(stored(session, "table")) is np.ndarray
        with options(tier="interpret"):
            session.run(more)


def test_large_constants_are_moved_once_for_all_programs(session):
    """And given back when the session is closed."""
    constant = tf.constant(np.arange(5000, dtype=np.float64))
    x = tf.placeholder(tf.float64, [])
    for scaled in (constant * x, constant + x):
        assert session.run(scaled, {x: 2.0})[4] in (8.0, 6.0)
    assert len(session._resources._on_device) == 1
    session.close()
    assert not session._resources._on_device


def test_closing_gives_the_devices_memory_back():
    """Packs, moved variables and constants are gone with the session."""
    import gc

    from perdure.runtime.xla.device import device

    variables, total = small_variables()
    large = tf.Variable(np.ones(3000, np.float32))
    result = (
        total
        + tf.reduce_sum(large * np.ones(5000, np.float32)[:3000])
        + tf.reduce_sum(tf.constant(np.arange(6000, dtype=np.float32)))
    )
    gc.collect()
    before = len(device().client.live_arrays())
    with tf.Session() as session:
        initialised(session)
        for _ in range(3):
            session.run(result)
        assert len(device().client.live_arrays()) > before
    del session
    gc.collect()
    assert len(device().client.live_arrays()) == before
