"""tests/cases/ctc_loss.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestCTCLoss(OpFamilyTests):
    family = "ctc_loss"
