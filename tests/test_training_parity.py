"""Seeded training starts from TensorFlow's weights, bit for bit, and follows its losses, in both tiers."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from perdure import tf
from perdure.runtime.options import options
from tests import golden
from tests.oracle.parity_programs import PROGRAMS

GOLDEN = golden.read(str(Path(golden.FOLDER) / "parity.jsonl"))


@pytest.mark.parametrize("tier", ["interpret", "compile"])
@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_first_steps(name, tier):
    """The losses of the first 20 steps agree within 1e-4, the initial weights exactly."""
    with tf.Graph().as_default(), options(tier=tier):
        weights, losses = PROGRAMS[name](tf)
    digests = {
        key: hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        for key, value in weights.items()
    }
    assert digests == GOLDEN[name]["weights"]
    np.testing.assert_allclose(losses, GOLDEN[name]["losses"], rtol=1e-4)
