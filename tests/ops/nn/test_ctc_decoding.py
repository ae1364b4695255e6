"""tests/cases/ctc_decoding.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestCTCDecoding(OpFamilyTests):
    family = "ctc_decoding"
