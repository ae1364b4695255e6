"""Cases of tests/cases/segments.py against TensorFlow 1.15.5, in both tiers."""

from tests.ops.helpers import OpFamilyTests


class TestSegments(OpFamilyTests):
    family = "segments"
