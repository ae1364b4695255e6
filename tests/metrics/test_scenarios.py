"""tf.metrics gives TensorFlow's numbers."""

import pytest

from tests.scenarios import check_scenario, scenario_names

# What these need besides the metrics is not there yet; take them out when they pass.
WAITING = {
    "mean_iou": "adds a sparse tensor to a dense one",
    "mean_iou_weighted": "adds a sparse tensor to a dense one",
    "unknown_ranks": "removes axes in tf.cond",
}


def _parameter(name):
    if name not in WAITING:
        return name
    return pytest.param(name, marks=pytest.mark.xfail(reason=WAITING[name], strict=False))


@pytest.mark.parametrize("name", [_parameter(name) for name in scenario_names("metrics")])
def test_scenario(name):
    """The numbers are TensorFlow's."""
    check_scenario("metrics", name)
