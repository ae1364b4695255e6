"""Events on their way to a file: full disks, forks, exits, threads and signals."""

import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from perdure import tf
from perdure.filesystem.event_queue import EventQueue
from perdure.filesystem.events_writer import EventsWriter
from perdure.formats.records.writing import RecordWriter
from perdure.graph import errors
from perdure.summaries.writer import FileWriter
from tests.filesystem.event_files import steps_of


def event(step):
    return tf.Event(step=step).SerializeToString()


@pytest.fixture
def queue(tmp_path):
    queue = EventQueue(EventsWriter(str(tmp_path / "events")), 3, 600)
    yield queue
    queue.close()


def test_events_wait(queue, tmp_path):
    """The first one does not; then until there are more than may, or until the queue is flushed."""
    queue.add(event(1))
    assert steps_of(tmp_path) == [1]
    for step in (2, 3, 4):
        queue.add(event(step))
    assert steps_of(tmp_path) == [1]
    queue.add(event(5))
    assert steps_of(tmp_path) == [1, 2, 3, 4, 5]
    queue.add(event(6))
    queue.flush()
    assert steps_of(tmp_path) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("most", "seconds"), [(0, 600), (math.inf, 600), (10, 0), (10, -1), (10, math.inf)])
def test_unusual_limits(most, seconds, tmp_path):
    """A queue of any length, and ones whose events do not wait."""
    queue = EventQueue(EventsWriter(str(tmp_path / "events")), most, seconds)
    for step in range(20):
        queue.add(event(step))
    assert len(steps_of(tmp_path)) == (20 if seconds <= 0 or most == 0 else 1 if most == math.inf else 12)
    queue.close()
    assert steps_of(tmp_path) == list(range(20))


def test_the_first_event_may_wait(tmp_path):
    """As it does for operations that write: until there are more than may wait."""
    queue = EventQueue(EventsWriter(str(tmp_path / "events")), 1, 600, first_waits=True)
    queue.add(event(1))
    assert steps_of(tmp_path) == []
    queue.add(event(2))
    assert steps_of(tmp_path) == [1, 2]
    queue.add(event(3))
    queue.close()
    assert steps_of(tmp_path) == [1, 2, 3]


def test_events_do_not_wait_for_ever(tmp_path):
    """A thread writes them."""
    queue = EventQueue(EventsWriter(str(tmp_path / "events")), 100, 0.01)
    queue.add(event(1))
    queue.add(event(2))
    end = time.monotonic() + 30
    while steps_of(tmp_path) != [1, 2] and time.monotonic() < end:
        time.sleep(0.005)
    assert steps_of(tmp_path) == [1, 2]
    queue.close()


class FullDisk:
    """While it is true, writing fails in the middle of it."""

    def __init__(self, monkeypatch):
        self.is_full = False
        flush = RecordWriter.flush

        def failing(writer):
            if self.is_full:
                writer._file.write(b"half a record")
                raise OSError(28, "No space left on device")
            flush(writer)

        monkeypatch.setattr(RecordWriter, "flush", failing)


def test_a_full_disk(queue, tmp_path, monkeypatch):
    """Each call says so; when there is room again all that was taken gets into a new file."""
    disk = FullDisk(monkeypatch)
    for step in range(1, 5):
        queue.add(event(step))
    disk.is_full = True
    for _ in range(2):
        with pytest.raises(errors.ResourceExhaustedError, match="tfevents.*No space left"):
            queue.add(event(5))
        with pytest.raises(errors.ResourceExhaustedError):
            queue.flush()
    disk.is_full = False
    queue.add(event(6))
    queue.flush()
    names = sorted(os.listdir(tmp_path))
    damaged = (tmp_path / names[0]).read_bytes()
    assert damaged.endswith(b"half a record") and len(names) == 2
    (tmp_path / names[0]).write_bytes(damaged.removesuffix(b"half a record"))
    assert steps_of(tmp_path) == [1, 2, 3, 4, 6]


def test_a_disk_that_is_full_at_once(tmp_path, monkeypatch):
    """Nothing is left behind."""
    disk = FullDisk(monkeypatch)
    disk.is_full = True
    writer = FileWriter(str(tmp_path))
    for _ in range(3):
        with pytest.raises(errors.ResourceExhaustedError, match="No space left"):
            writer.add_summary(tf.Summary())
    writer.close()
    assert os.listdir(tmp_path) == []


def test_the_thread_fails(tmp_path, monkeypatch):
    """The next call says so, once."""
    queue = EventQueue(EventsWriter(str(tmp_path / "events")), 100, 0.01)
    disk = FullDisk(monkeypatch)
    queue.add(event(1))
    disk.is_full = True
    queue.add(event(2))
    end = time.monotonic() + 30
    while queue._failure is None and time.monotonic() < end:
        time.sleep(0.005)
    disk.is_full = False
    with pytest.raises(errors.ResourceExhaustedError):
        queue.add(event(3))
    queue.add(event(4))
    queue.close()


def test_closing_with_a_full_disk(tmp_path, monkeypatch):
    """It says so, and closes all the same."""
    threads = threading.active_count()
    disk = FullDisk(monkeypatch)
    writer = FileWriter(str(tmp_path))
    writer.add_summary(tf.Summary(), 1)
    writer.add_summary(tf.Summary(), 2)
    disk.is_full = True
    with pytest.raises(errors.ResourceExhaustedError):
        writer.close()
    assert threading.active_count() == threads


def test_a_file_that_is_deleted(queue, tmp_path):
    """There is a new one for what comes later."""
    queue.add(event(1))
    for path in tmp_path.iterdir():
        path.unlink()
    queue.add(event(2))
    queue.flush()
    assert steps_of(tmp_path) == [2]


def test_a_folder_that_is_deleted(tmp_path):
    """The next call says so; a writer that is only dropped says nothing."""
    for is_closed in (True, False):
        folder = tmp_path / "logs"
        writer = FileWriter(str(folder))
        writer.add_summary(tf.Summary(), 1)
        writer.add_summary(tf.Summary(), 2)
        shutil.rmtree(folder)
        if is_closed:
            with pytest.raises(errors.NotFoundError, match="No such file or directory"):
                writer.flush()
            with pytest.raises(errors.NotFoundError):
                writer.close()
        del writer
        assert not folder.exists()


def test_many_threads(queue, tmp_path):
    """Nothing is lost, and what one thread adds keeps its order."""

    def add(first):
        for step in range(first, first + 200):
            queue.add(event(step))

    threads = [threading.Thread(target=add, args=(first,)) for first in (0, 1000, 2000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.flush()
    steps = steps_of(tmp_path)
    assert len(steps) == 600
    for first in (0, 1000, 2000):
        assert [step for step in steps if first <= step < first + 1000] == list(range(first, first + 200))


def test_a_signal_handler_that_adds_events(queue, tmp_path):
    """It does not wait for the code that it has interrupted."""
    added = []

    def handle(*_):
        added.append(None)
        queue.add(event(1_000_000 + len(added)))

    before = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        step = 0
        end = time.monotonic() + 30
        while len(added) < 50 and time.monotonic() < end:
            queue.add(event(step := step + 1))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    queue.flush()
    assert len(steps_of(tmp_path)) == step + len(added)


def run(program, folder):
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


BEGINNING = """
import os, sys
from perdure import tf
writer = tf.summary.FileWriter(sys.argv[1])
for step in range(5):
    writer.add_summary(tf.Summary(), step)
"""


@pytest.mark.parametrize("end", ["", "sys.exit()", "raise ValueError", "globals().clear()"])
def test_a_program_that_ends_without_closing(end, tmp_path):
    """However it ends, nothing is lost."""
    finished = run(BEGINNING + end, tmp_path)
    assert steps_of(tmp_path) == list(range(5)), finished.stderr
    assert "Traceback" not in finished.stderr or end == "raise ValueError"


def test_forked_processes(tmp_path):
    """Each writes to a file of its own, and only what it has added itself."""
    program = (
        BEGINNING
        + """
for child in range(3):
    if os.fork() == 0:
        if child:
            writer.add_summary(tf.Summary(), 10 * child)
            writer.add_summary(tf.Summary(), 10 * child + 1)
        sys.exit()
for child in range(3):
    assert os.wait()[1] == 0
writer.add_summary(tf.Summary(), 5)
"""
    )
    finished = run(program, tmp_path)
    assert finished.returncode == 0 and not finished.stderr
    assert sorted(steps_of(tmp_path)) == [0, 1, 2, 3, 4, 5, 10, 11, 20, 21]
    assert len(os.listdir(tmp_path)) == 3


def test_a_fork_while_the_thread_writes(tmp_path):
    """It waits until that is done, so that the parent's file is whole."""
    program = """
import os, sys
from perdure import tf
writer = tf.summary.FileWriter(sys.argv[1], flush_secs=0.0005)
for step in range(300):
    writer.add_summary(tf.Summary(), step)
    if step % 15 == 0 and os.fork() == 0:
        sys.exit()
"""
    finished = run(program, tmp_path)
    assert finished.returncode == 0 and not finished.stderr
    assert steps_of(tmp_path) == list(range(300))
