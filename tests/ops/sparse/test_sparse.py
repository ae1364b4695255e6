"""tests/cases/sparse.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestSparse(OpFamilyTests):
    family = "sparse"
