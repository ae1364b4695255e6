"""A save that is cut off at any change to the disk leaves a checkpoint that is named, whole and restored."""

import os
from contextlib import suppress

import numpy as np
import pytest

from perdure import tf
from perdure.formats.messages import SaverDef


class Cut(BaseException):
    """The process is gone."""


class Scissors:
    """Lets a number of changes to the disk happen, and none after them."""

    def __init__(self, monkeypatch):
        self.left = None
        self.count = 0
        for name in "replace", "rename", "fsync", "unlink", "remove", "rmdir", "mkdir", "link":
            monkeypatch.setattr(os, name, self.counted(getattr(os, name)))

    def counted(self, call):
        def change(*args, **kwargs):
            if self.left is not None:
                if self.left == 0:
                    raise Cut
                self.left -= 1
            self.count += 1
            return call(*args, **kwargs)

        return change


# Shards of the first format have no index that holds them together: under one name each is replaced alone.
CASES = [
    (version, sharded, counted)
    for version in (SaverDef.V1, SaverDef.V2)
    for sharded in (False, True)
    for counted in (False, True)
    if (version, sharded, counted) != (SaverDef.V1, True, False)
]


@pytest.mark.parametrize(("version", "sharded", "counted"), CASES)
def test_cut_saves(tmp_path, monkeypatch, version, sharded, counted):
    """What is restored is what the last save, or the one before, has saved: all of it."""
    scissors = Scissors(monkeypatch)
    monkeypatch.setattr(tf.logging, "warning", lambda *args: None)
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.device("/cpu:0"):
            v = tf.Variable(np.zeros(1000, np.float32), name="v")
        w = tf.Variable(np.zeros(1000, np.float32), name="w")
        change = tf.group(v.assign_add(tf.ones_like(v)), w.assign_add(tf.ones_like(w)))
        saver = tf.train.Saver(sharded=sharded, write_version=version, max_to_keep=1)
        other = tf.train.Saver()

        def save(step):
            session.run(change)
            saver.save(session, str(tmp_path / "m"), global_step=step if counted else None)

        session.run(tf.global_variables_initializer())
        save(1)
        scissors.count = 0
        save(2)
        changes = scissors.count
        assert changes > 3
        value = 2
        for cut in range(changes):
            scissors.left = cut
            # After a cut there is less to remove, so the last ones may not come.
            with suppress(Cut):
                save(cut + 3)
                assert cut > 3
            scissors.left = None
            value += 1
            other.restore(session, tf.train.latest_checkpoint(str(tmp_path)))
            found = session.run([v, w])
            assert len(np.unique(found)) == 1
            assert found[0][0] in (value - 1, value)
            # Goes on from what there is.
            value = int(found[0][0])
