"""Cases of tests/cases/cast.py against TensorFlow 1.15.5, in both tiers."""

from tests.ops.helpers import OpFamilyTests


class TestCast(OpFamilyTests):
    family = "cast"
