"""tf.edit_distance and tf.unravel_index."""

import pytest

from perdure import tf
from perdure.functional.sparse.edit_distance import edit_distance, unravel_index


def test_distances():
    """Of sparse tensors, and of the values of some."""
    with tf.Graph().as_default(), tf.Session() as session:
        words = tf.SparseTensor([[0, 0], [0, 1]], ["a", "b"], [1, 2])
        truth = tf.SparseTensorValue([[0, 0]], ["a"], [1, 1])
        distance = edit_distance(words, truth)
        assert distance.op.name == "edit_distance" and distance.shape == [1]
        assert session.run(distance).tolist() == [1]
        with pytest.raises(TypeError, match="Hypothesis must be a SparseTensor"):
            edit_distance([1], words)
        with pytest.raises(TypeError, match="Truth must be a SparseTensor"):
            edit_distance(words, [1])
        assert session.run(unravel_index([5], [2, 3])).tolist() == [[1], [2]]
