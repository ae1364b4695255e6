"""tf.metrics gives TensorFlow's numbers."""

import pytest

from tests.scenarios import check_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names("metrics"))
def test_scenario(name):
    """The numbers are TensorFlow's."""
    check_scenario("metrics", name)
