"""Cases of tests/cases/text.py against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestText(OpFamilyTests):
    family = "text"
