"""Readers beyond what tests/oracle/client/readers.py compares with TensorFlow."""

import threading

import pytest

from perdure import tf


@pytest.fixture
def text(tmp_path):
    """A file with the numbers below 200."""
    path = tmp_path / "numbers.txt"
    path.write_text("".join(f"{i}\n" for i in range(200)))
    return str(path)


def test_threads_share_a_reader(text):
    """Each line comes once, whoever reads it, and all end when the queue is closed."""
    queue = tf.FIFOQueue(9, [tf.string], shapes=())
    value = tf.TextLineReader().read(queue).value
    found, ends = [], []

    def read(session):
        try:
            while True:
                found.append(int(session.run(value)))
        except tf.errors.OutOfRangeError:
            ends.append(True)

    with tf.Session() as session:
        threads = [threading.Thread(target=read, args=(session,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        session.run(queue.enqueue_many([[text, text]]))
        session.run(queue.close())
        for thread in threads:
            thread.join()
    assert sorted(found) == sorted([*range(200)] * 2)
    assert len(ends) == 3


def test_several_reads_of_a_step_give_different_records(text):
    """They wait side by side, and a name that one of them waited for is not lost."""
    queue = tf.FIFOQueue(9, [tf.string], shapes=())
    reader = tf.TextLineReader()
    values = [reader.read(queue).value for _ in range(3)]
    with tf.Session() as session:
        thread = threading.Timer(0.05, lambda: session.run(queue.enqueue_many([[text] * 4])))
        thread.start()
        assert sorted(int(value) for value in session.run(values)) == [0, 1, 2]
        thread.join()
        session.run(queue.close())
        count = 3
        with pytest.raises(tf.errors.OutOfRangeError):
            while True:
                session.run(values[0])
                count += 1
        assert count == 800


def test_closing_the_session_ends_a_read(text):
    """A step that waits for the name of a file is cancelled."""
    queue = tf.FIFOQueue(9, [tf.string], shapes=())
    value = tf.TextLineReader().read(queue).value
    session = tf.Session()
    threading.Timer(0.05, session.close).start()
    with pytest.raises(tf.errors.CancelledError):
        session.run(value)


@pytest.mark.parametrize("types", [[tf.int32], [tf.string, tf.string]])
def test_a_queue_of_something_else_is_refused(types):
    """TensorFlow ends the process."""
    queue = tf.FIFOQueue(9, types)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="Signature mismatch"):
        session.run(tf.IdentityReader().read(queue))


def test_a_negative_number_of_records_is_refused(text):
    """TensorFlow ends the process."""
    queue = tf.FIFOQueue(9, [tf.string], shapes=())
    keys, _ = tf.TextLineReader().read_up_to(queue, -1)
    with (
        tf.Session() as session,
        pytest.raises(tf.errors.InvalidArgumentError, match="num_records must be >= 0"),
    ):
        session.run(keys)


def test_entries_of_a_database(tmp_path):
    """In the order of their keys; the library is an extra."""
    lmdb = pytest.importorskip("lmdb")
    with lmdb.open(str(tmp_path / "db")) as environment, environment.begin(write=True) as transaction:
        for i in (2, 0, 1):
            transaction.put(b"%d" % i, b"value %d" % i)
    queue = tf.FIFOQueue(9, [tf.string], shapes=())
    read = tf.LMDBReader().read(queue)
    with tf.Session() as session:
        session.run(queue.enqueue([str(tmp_path / "db")]))
        session.run(queue.close())
        assert [tuple(session.run(read)) for _ in range(3)] == [
            (b"%d" % i, b"value %d" % i) for i in range(3)
        ]
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(read)
