"""tf.estimator is the package tensorflow-estimator; see also tests/oracle/client/estimators.py."""

import importlib.util
import subprocess
import sys

import pytest

from perdure.tf import estimator


def test_a_package_that_is_missing_is_named(monkeypatch):
    """The error says which extra brings it."""
    monkeypatch.setattr(estimator, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'perdure\[estimator\]'"):
        _ = estimator.NoSuchEstimator


@pytest.mark.skipif(importlib.util.find_spec("tensorflow_estimator") is None, reason="needs the package")
def test_the_first_name_makes_tensorflow_perdure():
    """A library that says `from perdure import tf` has it, too, and what is refused says why."""
    program = """
import sys
from perdure import tf
assert "tensorflow" not in sys.modules
assert tf.estimator.Estimator.__module__.startswith("tensorflow_estimator")
import tensorflow
assert tensorflow is tf
for name in ("BoostedTreesClassifier", "experimental.KMeans"):
    value = tf.estimator
    for part in name.split("."):
        value = getattr(value, part)
    try:
        value()
    except NotImplementedError as error:
        print(error)
try:
    tf.estimator.NoSuchEstimator
except AttributeError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["BoostedTreesClassifier", "KMeansClustering"]
    assert lines[2] == "TensorFlow 1.15 has no tf.estimator.NoSuchEstimator"
