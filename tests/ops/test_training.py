"""The optimizer updates against TensorFlow's kernels."""

from tests.ops.helpers import OpFamilyTests


class TestTraining(OpFamilyTests):
    """See tests/cases/training.py."""

    family = "training"
