"""Cases of tests/cases/pooling.py against TensorFlow 1.15.5, in both tiers."""

from tests.ops.helpers import OpFamilyTests

# Its own gradient is an op that TensorFlow has in single precision only.
NOT_IN_DOUBLE = {"MaxPool3DGradGrad-ties"}


class TestPooling(OpFamilyTests):
    family = "pooling"

    def test_gradient_is_the_slope(self, smooth_case):
        """Gradients are slopes, for what can be tried in double precision."""
        if smooth_case.key not in NOT_IN_DOUBLE:
            super().test_gradient_is_the_slope(smooth_case)
