"""tf.metrics: variables, collections, and what is refused."""

import pytest

from perdure import tf
from perdure.graph.graph import Graph


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


def test_collections():
    """Counts are local variables; results go where they are asked to go."""
    value, update = tf.metrics.mean(
        [1.0], metrics_collections="values", updates_collections=["updates"], name="mine"
    )
    names = ["mine/total", "mine/count"]
    assert [v.op.name for v in tf.local_variables()] == names
    assert [v.op.name for v in tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)] == names
    assert tf.global_variables() == []
    assert tf.get_collection("values") == [value]
    assert tf.get_collection("updates") == [update]
    assert (value.op.name, update.op.name) == ("mine/value", "mine/update_op")


def test_refusals():
    """Arguments out of their range, and shapes that cannot fit."""
    a, p = tf.constant([True]), tf.constant([0.5])
    with pytest.raises(ValueError, match="curve must be either ROC or PR"):
        tf.metrics.auc(a, p, curve="ROCK")
    with pytest.raises(ValueError, match="Invalid summation_method: guess"):
        tf.metrics.auc(a, p, summation_method="guess")
    with pytest.raises(ValueError, match="`specificity` must be in the range"):
        tf.metrics.sensitivity_at_specificity(a, p, 1.5)
    with pytest.raises(ValueError, match="`sensitivity` must be in the range"):
        tf.metrics.specificity_at_sensitivity(a, p, -0.5)
    with pytest.raises(ValueError, match="incompatible"):
        tf.metrics.accuracy([1, 2], [1, 2, 3])


def test_probabilities_out_of_range():
    """Probabilities are checked when the step runs."""
    p = tf.placeholder(tf.float32, [1])
    _, update = tf.metrics.auc(tf.constant([1]), p)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"predictions must be in \[0, 1\]"):
            session.run(update, {p: [1.5]})
