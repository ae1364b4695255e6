"""tests/cases/recurrent.py in both tiers against TensorFlow 1.15.5."""

import numpy as np
import pytest

from perdure import options, tf
from tests.ops.helpers import OpFamilyTests


class TestRecurrent(OpFamilyTests):
    family = "recurrent"


def block(seq_len_max, steps=4):
    """Outputs and gradients of BlockLSTM with `seq_len_max`, of `steps` steps."""
    draw = np.random.RandomState(0).normal
    x, w, b = (draw(size=size).astype("f4") for size in ((steps, 3, 2), (4, 8), (8,)))
    state, peephole = np.ones([3, 2], "f4"), np.ones(2, "f4")
    x = tf.constant(x)
    found = tf.raw_ops.BlockLSTM(
        seq_len_max=tf.placeholder_with_default(np.int64(seq_len_max), []), x=x, cs_prev=state, h_prev=state,
        w=w, wci=peephole, wcf=peephole, wco=peephole, b=b, use_peephole=True,
    )  # fmt: skip
    return found, tf.gradients(found.h, x)[0]


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_fewer_steps(tier):
    """What is behind `seq_len_max` is zeros, for which nothing is computed; before it nothing changes."""
    with tf.Graph().as_default(), options(tier=tier), tf.Session() as session:
        (short, slope), (whole, _) = block(2), block(4)
        none, _ = block(0)
        found, slope, whole, none = session.run([short, slope, whole, none])
        for few, all, nothing in zip(found, whole, none, strict=True):
            np.testing.assert_allclose(few[:2], all[:2], rtol=1e-6)
            assert not few[2:].any() and not nothing.any() and all[2:].any()
        assert slope[:2].any() and not slope[2:].any()


@pytest.mark.parametrize("tier", ["interpret", "compile"])
@pytest.mark.parametrize("steps", [-1, 5])
def test_steps_that_are_not_there(tier, steps):
    """TensorFlow 1.15 ends the process."""
    with tf.Graph().as_default(), options(tier=tier), tf.Session() as session:
        found, _ = block(steps)
        with pytest.raises(tf.errors.InvalidArgumentError, match="between 0 and the number of steps 4"):
            session.run(found)
