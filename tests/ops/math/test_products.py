"""Cases of tests/cases/linear.py against TensorFlow 1.15.5, in both tiers."""

from tests.ops.helpers import OpFamilyTests


class TestLinear(OpFamilyTests):
    family = "linear"
