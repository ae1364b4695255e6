"""Queues and staging areas below the session: waiting, cancelling, and the ops with reference handles."""

import threading

import numpy as np
import pytest

from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.errors import CancelledError, InvalidArgumentError, OutOfRangeError
from perdure.graph.graph import Graph
from perdure.resources.queues import PriorityQueue, Queue, RandomShuffleQueue
from perdure.resources.staging import StagingArea
from perdure.session import Session

LIMIT = 20.0


class Patient:
    """Waits as a step does, and says when it begins to."""

    def __init__(self):
        self.waits = threading.Event()

    def wait(self, event):
        self.waits.set()
        assert event.wait(LIMIT)


class GivesUp:
    """Never waits."""

    def wait(self, event):
        raise TimeoutError("gave up")


def waiting(function, *arguments):
    """A thread that waits in `function`; returns a function that joins it."""
    patient, errors = Patient(), []

    def run():
        try:
            function(*arguments, patient)
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert patient.waits.wait(LIMIT)

    def join():
        thread.join(LIMIT)
        assert not thread.is_alive()
        return errors[0] if errors else None

    return join


def integers(capacity=10, kind=Queue, **details):
    return kind("q", [dtypes.int32], [()], capacity, **details)


def test_who_gives_up_leaves_the_queue_as_it_was():
    """What was taken for a dequeue_many that gives up goes back to the front; its line moves on."""
    queue = integers(3)
    queue.enqueue_many([np.arange(2)], GivesUp())
    with pytest.raises(TimeoutError, match="gave up"):
        queue.dequeue_many(3, GivesUp())
    assert queue.size() == 2
    assert queue.dequeue(GivesUp())[0] == 0
    with pytest.raises(TimeoutError):
        queue.enqueue_many([np.arange(5)], GivesUp())
    assert queue.size() == 3


@pytest.mark.parametrize("kind, details", [
    (PriorityQueue, {}), (RandomShuffleQueue, {"min_after_dequeue": 0, "seeds": (1, 1)})])  # fmt: skip
def test_other_queues_take_elements_back(kind, details):
    """A dequeue_many that gives up loses nothing."""
    queue = kind("q", [dtypes.int64], [()], 10, **details)
    queue.enqueue_many([np.arange(4)], GivesUp())
    with pytest.raises(TimeoutError):
        queue.dequeue_many(5, GivesUp())
    (values,) = queue.dequeue_many(4, GivesUp())
    assert sorted(values) == [0, 1, 2, 3]


def test_first_come_first_served():
    """A dequeue behind a larger one waits until that has all it wants."""
    queue = integers()
    many = waiting(lambda waiter: queue.dequeue_many(3, waiter))
    one = waiting(queue.dequeue)
    queue.enqueue_many([np.arange(3)], GivesUp())
    assert many() is None
    assert queue.size() == 0
    queue.enqueue([np.int32(7)], GivesUp())
    assert one() is None


def test_cancel_wakes_all_and_refuses_the_rest():
    """A cancelled queue keeps nobody waiting, and holds nothing."""
    queue = integers(1)
    queue.enqueue([np.int32(1)], GivesUp())
    full = waiting(queue.enqueue, [np.int32(2)])
    closing = waiting(lambda waiter: queue.close(False, waiter))
    queue.cancel()
    for join, what in ((full, "Enqueue"), (closing, "Close")):
        error = join()
        assert isinstance(error, CancelledError) and f"{what} operation was cancelled" in error.message
    assert queue.size() == 0
    with pytest.raises(CancelledError, match="Dequeue operation was cancelled"):
        queue.dequeue(GivesUp())


def test_elements_do_not_change_with_what_was_fed():
    """An element is a copy if somebody may still write to the array it came from."""
    queue = Queue("q", [dtypes.float32], [(2,)], 5)
    array = np.zeros(2, np.float32)
    queue.enqueue([array[:]], GivesUp())
    rows = np.zeros((2, 2), np.float32)
    queue.enqueue_many([rows], GivesUp())
    array += 1
    rows += 1
    (values,) = queue.dequeue_many(3, GivesUp())
    assert not values.any()


def test_rows_of_different_lengths_without_shapes():
    """Without shapes, the components of enqueue_many must still have the same number of rows."""
    queue = Queue("q", [dtypes.int32, dtypes.int32], [], 5)
    with pytest.raises(InvalidArgumentError, match="same size in the 0th dimension. Component 1 has 3"):
        queue.enqueue_many([np.zeros(2), np.zeros(3)], GivesUp())
    with pytest.raises(InvalidArgumentError, match="Expected a leading dimension"):
        queue.enqueue_many([np.int32(2), np.zeros(3)], GivesUp())


def test_staging_area_waits_for_room_and_tuples():
    """put waits for room, get and peek for tuples; a peek far back keeps nobody waiting."""
    area = StagingArea("s", capacity=1, memory_limit=0)
    far = waiting(area.peek, 1)
    first = waiting(area.get)
    area.put([np.zeros(2)], GivesUp())
    assert first() is None
    area.put([np.zeros(2)], GivesUp())
    second = waiting(area.put, [np.ones(2)])
    area.clear()
    assert second() is None and area.size() == 1
    area.cancel()
    assert isinstance(far(), CancelledError)


def test_staging_area_limits_bytes():
    """A tuple waits until the others leave enough of the memory limit."""
    area = StagingArea("s", capacity=0, memory_limit=8)
    area.put([np.array([b"abcd", b"e"], object)], GivesUp())
    second = waiting(area.put, [np.zeros(1, np.float32)])
    area.get(GivesUp())
    assert second() is None and area.size() == 1


def test_older_ops_with_reference_handles():
    """The twins with reference handles do the same."""
    with Graph().as_default(), Session() as session:
        queue = g.fifo_queue(component_types=[dtypes.float32], shapes=[[]], name="old")
        assert queue.dtype.is_ref_dtype
        session.run(g.queue_enqueue(queue, [3.0]))
        session.run(g.queue_enqueue_many(queue, [[4.0, 5.0]]))
        assert session.run(g.queue_size(queue)) == 3
        assert session.run(g.queue_dequeue(queue, component_types=[dtypes.float32])) == [3.0]
        (many,) = session.run(g.queue_dequeue_many(queue, 2, component_types=[dtypes.float32]))
        assert many.tolist() == [4.0, 5.0]
        session.run(g.queue_close(queue))
        assert session.run(g.queue_is_closed(queue))
        with pytest.raises(OutOfRangeError, match=r"FIFOQueue '_\d+_old' is closed"):
            session.run(g.queue_dequeue_up_to(queue, 2, component_types=[dtypes.float32]))


def test_types_that_are_not_the_queues():
    """A node whose types are not those of the queue is refused when it runs."""
    with Graph().as_default(), Session() as session:
        queue = g.fifo_queue_v2(component_types=[dtypes.float32], shapes=[[]])
        with pytest.raises(InvalidArgumentError, match="have: resource->int32 expected: resource->float"):
            session.run(g.queue_dequeue_v2(queue, component_types=[dtypes.int32]))
        with pytest.raises(InvalidArgumentError, match="have: resource, int32-> expected: resource, float->"):
            session.run(g.queue_enqueue_v2(queue, [np.int32(1)]))
        padding = g.padding_fifo_queue_v2(component_types=[dtypes.float32], name="p")
        with pytest.raises(InvalidArgumentError, match="received 1 dtypes and 0 shapes"):
            session.run(g.queue_size_v2(padding))
        area = g.stage([1.0, 2.0], shared_name="area")
        session.run(area)
        with pytest.raises(InvalidArgumentError, match="Mismatch stage/unstage: 2 vs. 1"):
            session.run(g.unstage(dtypes=[dtypes.float32], shared_name="area"))


def test_sparse_tensors_under_handles():
    """What is added under a handle is taken once; parts that make no sparse tensor are refused."""
    with Graph().as_default(), Session() as session:
        handles = g.add_many_sparse_to_tensors_map([[0, 1], [2, 0]], ["a", "b"], [3, 4], shared_name="m")
        taken = session.run(handles)
        back = g.take_many_sparse_from_tensors_map(taken, dtype=dtypes.string, shared_name="m")
        indices, values, shape = session.run(back)
        assert indices.tolist() == [[0, 1], [2, 0]] and values.tolist() == [b"a", b"b"]
        assert shape.tolist() == [3, 4]
        with pytest.raises(InvalidArgumentError, match="Unable to find SparseTensor: 0 in map: m"):
            session.run(back)
        one = g.add_sparse_to_tensors_map([[0]], ["a"], [3], shared_name="m")
        mixed = [session.run(one), session.run(handles)[0]]
        with pytest.raises(InvalidArgumentError, match="Inconsistent rank across SparseTensors"):
            deeper = g.add_sparse_to_tensors_map([[0, 0]], ["a"], [3, 3], shared_name="m")
            mixed = [mixed[0], session.run(deeper)]
            session.run(g.take_many_sparse_from_tensors_map(mixed, dtype=dtypes.string, shared_name="m"))
        with pytest.raises(InvalidArgumentError, match="Must have at least 1 serialized SparseTensor"):
            none = np.zeros(0, np.int64)
            session.run(g.take_many_sparse_from_tensors_map(none, dtype=dtypes.string))
        vague = g.placeholder(dtype=dtypes.int64)
        with pytest.raises(InvalidArgumentError, match="Input indices should be a matrix but received"):
            session.run(g.add_sparse_to_tensors_map(vague, ["a"], [3]), {vague: [0]})
        with pytest.raises(InvalidArgumentError, match="should be > 1, but saw rank: 1"):
            session.run(g.add_many_sparse_to_tensors_map([[0]], ["a"], [3]))
