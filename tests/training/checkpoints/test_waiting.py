"""Waiting for checkpoints."""

import pytest

from perdure import tf
from perdure.training.checkpoints import waiting
from perdure.training.checkpoints.waiting import checkpoints_iterator, wait_for_new_checkpoint
from perdure.training.saving.management import update_checkpoint_state_internal


class Clock:
    """Sleeping takes no time; what happens meanwhile is said before."""

    def __init__(self, events=()):
        self.now, self.events = 100.0, list(events)

    def time(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        if self.events:
            self.events.pop(0)()


@pytest.fixture
def write(tmp_path):
    """A function that writes the checkpoint of a step."""

    def write(step):
        path = str(tmp_path / f"model-{step}")
        (tmp_path / f"model-{step}.index").touch()
        update_checkpoint_state_internal(str(tmp_path), path, [path])
        return path

    return write


def test_a_checkpoint_that_is_there_is_found_at_once(tmp_path, write):
    path = write(1)
    assert wait_for_new_checkpoint(str(tmp_path)) == path


def test_another_one_is_waited_for(tmp_path, write, monkeypatch):
    first = write(1)
    clock = Clock([lambda: None, lambda: write(2)])
    monkeypatch.setattr(waiting, "time", clock)
    assert wait_for_new_checkpoint(str(tmp_path), first).endswith("model-2") and clock.now == 102.0
    assert wait_for_new_checkpoint(str(tmp_path), str(tmp_path / "model-2"), timeout=3) is None


def test_the_iterator_ends_with_its_time(tmp_path, write, monkeypatch):
    monkeypatch.setattr(waiting, "time", Clock([lambda: write(2), lambda: None, lambda: write(3)]))
    first = write(1)
    found = list(checkpoints_iterator(str(tmp_path), timeout=2))
    assert found[0] == first and [path[-1] for path in found] == ["1", "2"] + ["3"]


def test_the_iterator_asks_whether_to_end(tmp_path, monkeypatch):
    monkeypatch.setattr(waiting, "time", Clock())
    answers = [False, False, True]
    assert list(checkpoints_iterator(str(tmp_path), timeout=1, timeout_fn=lambda: answers.pop(0))) == []
    assert answers == []


def test_at_least_so_much_time_lies_between_two(tmp_path, write, monkeypatch):
    clock = Clock([lambda: write(2)])
    monkeypatch.setattr(waiting, "time", clock)
    write(1)
    found = checkpoints_iterator(str(tmp_path), min_interval_secs=50, timeout=0)
    next(found)
    clock.now += 20
    assert next(found).endswith("model-2") and clock.now == 150.0


def test_names_of_tf():
    assert tf.train.checkpoints_iterator is checkpoints_iterator
