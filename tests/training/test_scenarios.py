"""Optimizers, moving averages and learning rates give TensorFlow's numbers over several steps."""

import pytest

from tests.scenarios import check_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names("training"))
def test_scenario(name):
    """The variables after a few steps are TensorFlow's."""
    loose = {"rtol": 4e-3, "atol": 2e-3} if "half" in name else {}
    check_scenario("training", name, **loose)
