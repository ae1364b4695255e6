"""Eight threads on one session until each has done its part; `tools/soak.py` does it for ten minutes."""

from tools.soak import soak


def test_every_update_is_accounted_for():
    """Whatever else goes on: reads, queues, steps that fail, time out or are cancelled."""
    enough = {"applied": 10, "plain": 10, "resource": 10, "_fail_assert": 5, "timed out": 5}
    done, wrong, _, _ = soak(20, enough=enough)
    assert not wrong
    assert all(done[what] > least for what, least in enough.items()), done
