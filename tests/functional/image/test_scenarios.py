"""tf.image gives TensorFlow's numbers."""

import pytest

import perdure.compat
from perdure import options
from tests.scenarios import check_scenario, scenario_names


@pytest.fixture(autouse=True, scope="module")
def tensorflow_is_perdure():
    """Scenarios that import what is inside of TensorFlow find perdure."""
    perdure.compat.install()
    yield
    perdure.compat.uninstall()


@pytest.mark.parametrize("tier", ["interpret", "compile"])
@pytest.mark.parametrize("name", scenario_names("functional.image"))
def test_values(name, tier):
    """In both tiers."""
    with options(tier=tier):
        check_scenario("functional.image", name, rtol=1e-4, atol=1e-5)
