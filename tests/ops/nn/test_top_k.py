"""tests/cases/top_k.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestTopK(OpFamilyTests):
    family = "top_k"
