"""Queues, pipelines and threads do what TensorFlow 1.15.5 does; see scenarios.py."""

import pytest

import perdure.compat
from tests.scenarios import check_scenario, scenario_names


@pytest.fixture
def tensorflow_is_perdure():
    """`import tensorflow` finds perdure for the length of a test."""
    perdure.compat.install()
    yield
    perdure.compat.uninstall()


@pytest.mark.parametrize("name", scenario_names("queues"))
def test_scenario(name, tensorflow_is_perdure):
    """The values, and the classes and messages of errors, are those that TensorFlow gives."""
    check_scenario("queues", name)
