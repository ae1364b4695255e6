"""Planned steps: what units hand to one another."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.graph import Graph
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.options import options


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


def switched_network(fused):
    """A training step with batch normalisation, and dropout that a placeholder switches."""
    tf.set_random_seed(1)
    images = tf.placeholder(tf.float32, [None, 4, 4, 1])
    training = tf.placeholder_with_default(True, [])
    net = tf.layers.batch_normalization(images, training=True, fused=fused)
    net = tf.layers.dropout(tf.layers.flatten(net), 0.3, training=training)
    loss = tf.reduce_mean(tf.square(tf.layers.dense(net, 4)))
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    return images, [train, loss]


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("tier", ["interpret", "compile", "auto"])
def test_batch_normalisation_before_switched_dropout_trains(tier, fused):
    """The dropout runs on the host, between clusters; the loss falls in any tier."""
    images, fetches = switched_network(fused)
    batch = np.random.RandomState(0).rand(16, 4, 4, 1)
    with options(tier=tier), tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [session.run(fetches, {images: batch})[1] for _ in range(20)]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]


def test_what_no_kernel_asks_for_is_handed_on_to_nobody():
    """The gradient of batch normalisation has an input that its kernel leaves alone."""
    images, fetches = switched_network(fused=True)
    with options(tier="interpret"), tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(fetches, {images: np.ones((2, 4, 4, 1))})
        clusters = [u for u in list(session._executables.values())[-1].units if isinstance(u, Cluster)]
    (gradient,) = [op for c in clusters for op in c.nodes if op.type == "FusedBatchNormGradV3"]
    unused = gradient.inputs[5]
    assert unused.name.endswith(":5")
    assert not any(unused in cluster.inputs or unused in cluster.outputs for cluster in clusters)
