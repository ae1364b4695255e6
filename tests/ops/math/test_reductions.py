"""Cases of tests/cases/reductions.py against TensorFlow 1.15.5, in both tiers."""

from tests.ops.helpers import OpFamilyTests


class TestReductions(OpFamilyTests):
    family = "reductions"
