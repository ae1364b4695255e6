"""Random graphs: planned execution in all tiers agrees with one operation at a time."""

import pytest

from tests.runtime import random_graphs

# Seeds that failed once, with the number of operations they failed with.
FAILED_ONCE = [(4, 22), (15, 22), (500041, 22), (500291, 22), (800033, 16)]


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_interpreted(first):
    """Many graphs, interpreted."""
    for seed in range(first, first + 20):
        random_graphs.check(10_000 + seed, ("interpret",))


@pytest.mark.parametrize("first", range(0, 20, 4))
def test_all_tiers(first, tmp_path, monkeypatch):
    """Graphs interpreted, compiled, and with tiers that change from step to step."""
    for seed in range(first, first + 4):
        random_graphs.check(20_000 + seed, operations=14)


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_networks_interpreted(first):
    """Graphs with layers, operations of several outputs, branches, loops and optimizers."""
    for seed in range(first, first + 20):
        random_graphs.check(1_000_000 + seed, ("interpret",), networks=True)


@pytest.mark.parametrize("first", range(0, 8, 4))
def test_networks_in_all_tiers(first):
    """The same, compiled and with tiers that change from step to step."""
    for seed in range(first, first + 4):
        random_graphs.check(1_100_000 + seed, operations=12, networks=True)


def test_a_network_that_failed_once():
    """What it is compiled for is known where it stays; planning went on for ever."""
    random_graphs.check(6_000_081, ("interpret", "compile"), 12, networks=True)


@pytest.mark.parametrize(("seed", "operations"), FAILED_ONCE)
def test_what_failed_once(seed, operations):
    """Seeds that have found bugs."""
    random_graphs.check(seed, ("interpret", "compile"), operations)
