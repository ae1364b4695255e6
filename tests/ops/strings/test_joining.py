"""Cases of tests/cases/string_joining.py against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestJoining(OpFamilyTests):
    family = "string_joining"
