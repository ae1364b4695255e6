"""tests/cases/edit_distance.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestEditDistance(OpFamilyTests):
    family = "edit_distance"
