"""Conditional random fields give TensorFlow's likelihoods, gradients and best tags."""

import pytest

from perdure import options
from tests.scenarios import check_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names("contrib.crf"))
def test_scenario(name):
    """The numbers are TensorFlow's."""
    check_scenario("contrib.crf", name, rtol=1e-5, atol=1e-5)


def test_scenario_compiled():
    """So are those of a compiled program."""
    with options(tier="compile"):
        check_scenario("contrib.crf", "5 steps of int32, known", rtol=1e-5, atol=1e-5)
