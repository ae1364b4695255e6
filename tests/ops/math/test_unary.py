"""Cases of tests/cases/unary.py against TensorFlow 1.15.5, in both tiers."""

from tests.ops.helpers import OpFamilyTests


class TestUnary(OpFamilyTests):
    family = "unary"
