"""tests/cases/image_boxes.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestBoxes(OpFamilyTests):
    family = "image_boxes"
