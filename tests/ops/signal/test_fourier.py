"""Cases of tests/cases/fourier.py against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestFourier(OpFamilyTests):
    family = "fourier"
