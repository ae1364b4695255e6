"""Cases of tests/cases/binary.py against TensorFlow 1.15.5, in both tiers."""

from tests.ops.helpers import OpFamilyTests


class TestBinary(OpFamilyTests):
    family = "binary"
