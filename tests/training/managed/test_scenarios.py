"""Managed sessions and hooks do what TensorFlow's do, call for call."""

import pytest

from tests.scenarios import check_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names("training.managed"))
def test_scenario(name):
    """The same trace of calls, values, errors and log lines."""
    check_scenario("training.managed", name)
