"""Checkpoints are saved one after another, in the order they were begun."""

import threading

from perdure import tf
from perdure.training.saving.saver import Saver


def test_the_latest_checkpoint_is_the_one_begun_last(tmp_path, monkeypatch):
    """Also if another thread is in the middle of an earlier one."""
    begun, go_on = threading.Event(), threading.Event()
    record = Saver._record

    def slow(self, *args):
        if threading.current_thread() is not threading.main_thread():
            begun.set()
            assert go_on.wait(30)
        return record(self, *args)

    monkeypatch.setattr(Saver, "_record", slow)
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(1.0)
        session.run(v.initializer)
        saver = tf.train.Saver()
        path = str(tmp_path / "model")
        other = threading.Thread(target=saver.save, args=(session, path, 0))
        other.start()
        assert begun.wait(30)
        timer = threading.Timer(0.2, go_on.set)
        timer.start()
        saver.save(session, path, 3)
        other.join()
        timer.join()
    assert tf.train.latest_checkpoint(str(tmp_path)) == path + "-3"
