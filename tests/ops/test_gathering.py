"""tests/cases/gathering.py in both tiers against TensorFlow 1.15.5."""

from tests.ops.helpers import OpFamilyTests

# With an unknown axis, TensorFlow 1.15.5 counts the batch axes twice; the size of a stitch of nothing is
# 1 for it, and known from constant indices.  Here these shapes are not known.
LESS_IS_KNOWN = {"GatherV2-batch", "GatherV2-batch-later-axis", "DynamicStitch",
                 "DynamicStitch-duplicate", "DynamicStitch-scalar-index", "DynamicStitch-nothing",
                 "ParallelDynamicStitch"}


class TestGathering(OpFamilyTests):
    family = "gathering"

    def test_static_shapes(self, case):
        """Static shapes are TensorFlow's, but for some that it gets wrong."""
        if case.key not in LESS_IS_KNOWN:
            super().test_static_shapes(case)
