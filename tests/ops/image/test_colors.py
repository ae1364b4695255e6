"""tests/cases/image_colors.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestColors(OpFamilyTests):
    family = "image_colors"
