"""tests/cases/nn_losses.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests


class TestNnLosses(OpFamilyTests):
    family = "nn_losses"

    # TensorFlow leaves the second output (and the labels' part in it) out of the gradient.
    test_gradient_is_the_slope = None
