"""Cells of tf.contrib.rnn give TensorFlow's outputs, states, gradients and variables."""

import pytest

from perdure import options
from tests.scenarios import check_scenario, scenario_names

COMPILED = ["fused", "loops", "memories"]


@pytest.mark.parametrize("name", scenario_names("contrib.rnn"))
def test_scenario(name):
    """The numbers are TensorFlow's."""
    check_scenario("contrib.rnn", name, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("name", COMPILED)
def test_scenario_compiled(name):
    """So are those of compiled programs."""
    with options(tier="compile"):
        check_scenario("contrib.rnn", name, rtol=1e-4, atol=2e-5)
