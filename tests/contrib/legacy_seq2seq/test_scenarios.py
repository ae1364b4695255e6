"""Unrolled encoders and decoders give TensorFlow's outputs, states and gradients."""

import pytest

from perdure import options
from tests.scenarios import check_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names("contrib.legacy_seq2seq"))
def test_scenario(name):
    """The numbers are TensorFlow's."""
    check_scenario("contrib.legacy_seq2seq", name, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["tied on", "attention True"])
def test_scenario_compiled(name):
    """So are those of compiled programs."""
    with options(tier="compile"):
        check_scenario("contrib.legacy_seq2seq", name, rtol=1e-4, atol=1e-5)
