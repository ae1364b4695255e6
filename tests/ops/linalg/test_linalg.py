"""tests/cases/linalg.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests

# The gradient of Cholesky is that of a symmetric input, of which the op reads one half; that of an adjoint
# inverse forgets the adjoint.  Both as in TensorFlow 1.15.5.
NOT_THE_SLOPE = {"Cholesky", "Cholesky-batch", "MatrixInverse-adjoint"}


class TestLinalg(OpFamilyTests):
    family = "linalg"

    def test_gradient_is_the_slope(self, smooth_case):
        """Gradients are slopes, but for some that TensorFlow defines otherwise."""
        if smooth_case.key not in NOT_THE_SLOPE:
            super().test_gradient_is_the_slope(smooth_case)
