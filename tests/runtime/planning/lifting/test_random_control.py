"""Random graphs of control flow nodes give lifted what they give with dead values and frames."""

import pytest

from tests.runtime.planning.lifting import random_control


@pytest.mark.parametrize("first", range(0, 120, 40))
def test_interpreted(first):
    """Structured ones and others, with effects, dead values and loops in loops."""
    for seed in range(first, first + 40):
        random_control.check(seed)


@pytest.mark.parametrize("first", range(0, 60, 30))
def test_many_conditionals(first):
    """Without loops whatever is there can be lifted."""
    for seed in range(first, first + 30):
        assert random_control.check(100_000 + seed, size=25, runs=2, loops=0) == 0
