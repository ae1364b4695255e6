"""Models that are trained come to what they came to under TensorFlow 1.15.5."""

import pytest

from tests.scenarios import check_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names("keras"))
def test_scenario(name):
    """Initial weights bit for bit, histories and weights within 1e-5."""
    check_scenario("keras", name, rtol=1e-5, atol=1e-5)
