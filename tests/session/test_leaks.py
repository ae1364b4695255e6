"""A thousand sessions leave nothing behind; `tools/leaks.py` does the same with ten thousand."""

import pytest

from tools import leaks


def test_sessions_leave_nothing_behind():
    """Memory, threads, descriptors, open sessions and device buffers, however a session ends."""
    leaks.run_sessions(4 * len(leaks.ENDINGS), 4)
    before = leaks.count()
    leaks.run_sessions(1000, 20)
    assert not leaks.leaked(before, leaks.count())


@pytest.mark.parametrize("more", [{"threads": 1}, {"descriptors": 2}, {"buffers": 3}, {"megabytes": 6.0}])
def test_what_leaks_is_named(more):
    """The count itself notices each kind of thing."""
    nothing = {"megabytes": 1.0, "threads": 1, "descriptors": 1, "sessions": 0, "buffers": 0}
    total = {key: value + more.get(key, 0) for key, value in nothing.items()}
    (found,) = leaks.leaked(leaks.Count(**nothing), leaks.Count(**total))
    assert f"{next(iter(more.values()))} {'MB' if 'megabytes' in more else next(iter(more))}" in found
