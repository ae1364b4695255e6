"""tests/cases/joining.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests

# With an unknown axis, TensorFlow 1.15.5 takes the last one for it.  Here the shape is not known.
LESS_IS_KNOWN = {"SplitV", "SplitV-rest"}


class TestJoining(OpFamilyTests):
    family = "joining"

    def test_static_shapes(self, case):
        """Static shapes are TensorFlow's, but for some that it gets wrong."""
        if case.key not in LESS_IS_KNOWN:
            super().test_static_shapes(case)
