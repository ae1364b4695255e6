"""tf.svd and tf.self_adjoint_eig give TensorFlow's numbers."""

import pytest

from tests.scenarios import check_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names("functional.linalg"))
def test_scenario(name):
    """The numbers are TensorFlow's, within what two versions of LAPACK differ by."""
    check_scenario("functional.linalg", name, rtol=1e-3, atol=1e-3)
