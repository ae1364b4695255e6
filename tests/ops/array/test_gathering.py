"""tests/cases/gathering.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests

# With an unknown axis, TensorFlow 1.15.5 counts the batch axes twice; a stitch of nothing has size 1
# for it.
WRONG = {"GatherV2-batch", "GatherV2-batch-later-axis", "DynamicStitch-nothing"}


class TestGathering(OpFamilyTests):
    family = "gathering"

    def test_static_shapes(self, case):
        """Static shapes are TensorFlow's, but for some that it gets wrong."""
        if case.key not in WRONG:
            super().test_static_shapes(case)
