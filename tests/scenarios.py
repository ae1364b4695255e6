"""Comparing scenarios (tests/<area>/scenarios.py) with what TensorFlow 1.15.5 gave."""

from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np

from perdure import tf
from perdure.graph.graph import Graph
from tests import golden

FOLDER = Path(golden.FOLDER) / "scenarios"


def scenario_names(area: str) -> list[str]:
    """The names of the scenarios of an area."""
    return sorted(import_module(f"tests.{area}.scenarios").SCENARIOS)


@cache
def _goldens(area: str) -> dict:
    return golden.read(str(FOLDER / f"{area}.jsonl"))


def check_scenario(area: str, name: str, rtol: float = 1e-5, atol: float = 1e-6) -> None:
    """Run a scenario with perdure and compare each array with TensorFlow's."""
    remedy = f"run tests/oracle/make_scenario_goldens.py {area}"
    records = _goldens(area)
    assert name in records, remedy
    with Graph().as_default():
        found = import_module(f"tests.{area}.scenarios").SCENARIOS[name](tf)
    arrays = records[name]["arrays"]
    assert sorted(found) == sorted(arrays), remedy
    for key, record in arrays.items():
        actual, expected = np.asarray(found[key]), golden.unpack(record)
        assert actual.shape == expected.shape, key
        if expected.dtype == object:
            np.testing.assert_array_equal(actual, expected, err_msg=key)
        else:
            assert actual.dtype == expected.dtype, key
            np.testing.assert_allclose(actual, expected, rtol, atol, err_msg=key)
