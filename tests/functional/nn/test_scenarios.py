"""Samples of classes and the losses of sampled classes give TensorFlow's numbers."""

import pytest

from perdure import options
from tests.scenarios import check_scenario, scenario_names

LOSSES = [name for name in scenario_names("functional.nn") if "loss" in name]


@pytest.mark.parametrize("name", sorted(set(scenario_names("functional.nn")) - set(LOSSES)))
def test_sampler(name):
    """Classes and expected counts are TensorFlow's, bit for bit."""
    check_scenario("functional.nn", name, rtol=0, atol=0)


@pytest.mark.parametrize("tier", ["interpret", "compile"])
@pytest.mark.parametrize("name", LOSSES)
def test_loss(name, tier):
    """Losses of training steps and the tables after them are TensorFlow's, in both tiers."""
    with options(tier=tier):
        check_scenario("functional.nn", name)
