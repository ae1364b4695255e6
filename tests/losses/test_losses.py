"""tf.losses: what is refused."""

import pytest

from perdure import tf
from perdure.graph.graph import Graph


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize(
    "name",
    [
        "absolute_difference",
        "hinge_loss",
        "huber_loss",
        "log_loss",
        "mean_squared_error",
        "mean_pairwise_squared_error",
        "sigmoid_cross_entropy",
        "softmax_cross_entropy",
        "sparse_softmax_cross_entropy",
    ],
)
def test_none(name):
    """None is no tensor."""
    loss = getattr(tf.losses, name)
    with pytest.raises(ValueError, match="must not be None"):
        loss(None, tf.constant([1.0]))
    with pytest.raises(ValueError, match="must not be None"):
        loss(tf.constant([1.0]), None)


def test_shapes():
    """Labels and predictions must have one shape, and weights must fit."""
    with pytest.raises(ValueError, match="incompatible"):
        tf.losses.mean_squared_error(tf.zeros([2]), tf.zeros([3]))
    with pytest.raises(ValueError, match="weights can not be broadcast to values. values.rank=2"):
        tf.losses.compute_weighted_loss(tf.zeros([2, 2]), [1.0, 2.0])
    with pytest.raises(ValueError, match="Mismatch at dim 0"):
        tf.losses.compute_weighted_loss(tf.zeros([2, 2]), [[1.0], [2.0], [3.0]])


def test_other_refusals():
    """An axis is needed, and a known reduction."""
    with pytest.raises(ValueError, match="You must specify 'axis'"):
        tf.losses.cosine_distance([1.0], [1.0])
    with pytest.raises(ValueError, match="Cannot specify both 'dim' and 'axis'"):
        tf.losses.cosine_distance([1.0], [1.0], axis=0, dim=0)
    with pytest.raises(ValueError, match="Invalid Reduction Key sum"):
        tf.losses.log_loss([1.0], [1.0], reduction="sum")
