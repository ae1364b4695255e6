"""GatherTree: what it refuses, in TensorFlow's words; its numbers are in tests/contrib/seq2seq."""

import numpy as np
import pytest

from perdure import tf

IDS = np.arange(12, dtype="i4").reshape(2, 2, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((IDS, IDS[:1] * 0, [2, 2], 6), "step_ids.shape must match parent_ids.shape"),
        ((IDS[0], IDS * 0, [2, 2], 6), "step_ids must be a 3-tensor"),
        ((IDS, IDS * 0, [[2, 2]], 6), "max_sequence_lengths must be a vector"),
        ((IDS, IDS * 0, [2, 2], [6]), "end_token must be a scalar"),
        ((IDS, IDS * 0, [2], 6), "batch size dimensions"),
        ((IDS, IDS * 0 - 1, [2, 2], 6), r"Saw invalid parent id -1 at \(batch, time, beam\) == \(0, 0, 0\)"),
        ((IDS, IDS * 0 + 3, [1, 2], 6), r"Saw invalid parent id 3 at \(batch, time, beam\) == \(1, 0, 0\)"),
    ],
)
def test_refusals(arguments, message):
    """While it runs, and where shapes are known already while the graph is built."""
    with tf.Graph().as_default(), tf.Session() as session:
        inputs = [tf.placeholder(tf.int32) for _ in arguments]
        beams = tf.contrib.seq2seq.gather_tree(*inputs)
        assert beams.shape.as_list() == [None, None, None]
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(beams, dict(zip(inputs, arguments, strict=True)))
        if "parent id" not in message:
            with pytest.raises(ValueError, match="must be"):
                tf.contrib.seq2seq.gather_tree(*arguments)
