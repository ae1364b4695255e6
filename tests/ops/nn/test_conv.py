"""tests/cases/conv.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestConv(OpFamilyTests):
    family = "conv"
