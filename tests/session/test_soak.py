"""Eight threads on one session for a few seconds; `tools/soak.py` does it for ten minutes."""

from tools.soak import soak


def test_every_update_is_accounted_for():
    """Whatever else goes on: reads, queues, steps that fail, time out or are cancelled."""
    done, wrong, _, _ = soak(5)
    assert not wrong
    assert done["applied"] > 10 and done["_fail_assert"] > 5 and done["timed out"] > 5
