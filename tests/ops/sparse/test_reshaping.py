"""tests/cases/sparse_reshaping.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestReshaping(OpFamilyTests):
    family = "sparse_reshaping"
