"""tests/cases/matrix.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestMatrix(OpFamilyTests):
    family = "matrix"
