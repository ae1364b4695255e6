"""tf.layers.batch_normalization: values, moving averages, renormalization, errors."""

import numpy as np
import pytest

from perdure import tf

RANDOM = np.random.RandomState(0)
ROWS = (RANDOM.randn(32, 4) * 3 + 5).astype(np.float32)
IMAGES = (RANDOM.randn(8, 4, 4, 3) * 3 + 5).astype(np.float32)


def statistics():
    """The moving mean and variance of the only layer."""
    found = {v.op.name.split("/")[-1]: v for v in tf.global_variables()}
    return found["moving_mean"], found["moving_variance"]


def train(outputs, feed=None):
    """The outputs of a step that updates the moving averages, and those."""
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        value, _ = session.run([outputs, updates], feed)
        return value, *session.run(statistics())


@pytest.mark.parametrize("inputs", [ROWS, IMAGES], ids=["rows", "images"])
@pytest.mark.parametrize("fused", [True, False])
def test_training(inputs, fused):
    """The statistics of the batch are used, and the averages move towards them."""
    value, mean, variance = train(
        tf.layers.batch_normalization(inputs, training=True, fused=fused, momentum=0.9)
    )
    axes = tuple(range(inputs.ndim - 1))
    expected = (inputs - inputs.mean(axes)) / np.sqrt(inputs.var(axes) + 1e-3)
    np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(mean, 0.1 * inputs.mean(axes), rtol=1e-4)
    # The fused op gives the unbiased variance.
    count = inputs.size // inputs.shape[-1]
    unbiased = count / (count - 1) if fused and inputs.ndim == 4 else 1.0
    np.testing.assert_allclose(variance, 0.9 + 0.1 * unbiased * inputs.var(axes), rtol=1e-4)


def test_inference():
    """The moving averages are used, and there is nothing to update."""
    outputs = tf.layers.batch_normalization(ROWS, training=False)
    assert tf.get_collection(tf.GraphKeys.UPDATE_OPS) == []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        mean, variance = statistics()
        mean.load(ROWS.mean(0))
        variance.load(ROWS.var(0))
        expected = (ROWS - ROWS.mean(0)) / np.sqrt(ROWS.var(0) + 1e-3)
        np.testing.assert_allclose(session.run(outputs), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("inputs", [ROWS, IMAGES], ids=["rows", "images"])
def test_training_decided_by_a_session(inputs):
    """A tensor chooses between both; without training, the averages stay."""
    training = tf.placeholder(tf.bool, [])
    outputs = tf.layers.batch_normalization(inputs, training=training, name="chosen")
    trained = tf.layers.batch_normalization(inputs, training=True, name="trained")
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS, scope="chosen")
    moving = [v for v in tf.global_variables() if "chosen/moving" in v.name]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        off, _ = session.run([outputs, updates], {training: False})
        np.testing.assert_allclose(off, inputs / np.sqrt(1 + 1e-3), rtol=1e-5)
        assert [set(value) for value in session.run(moving)] == [{0.0}, {1.0}]
        on, same, _ = session.run([outputs, trained, updates], {training: True})
        np.testing.assert_allclose(on, same, rtol=1e-5)
        assert session.run(moving[0])[0] > 0.01
        gradient = tf.gradients(tf.reduce_sum(outputs**3), tf.trainable_variables()[0])[0]
        assert np.abs(session.run(gradient, {training: True})).max() > 0


def test_axes_and_parameters():
    """Channels first, several axes, no parameters, half precision."""
    moved = np.moveaxis(IMAGES, -1, 1)
    results = [
        tf.layers.batch_normalization(IMAGES, training=True),
        tf.layers.batch_normalization(moved, axis=1, training=True, fused=False),
        tf.layers.batch_normalization(IMAGES, training=True, center=False, scale=False),
        tf.layers.batch_normalization(IMAGES, axis=[1, 3], training=True),
        tf.layers.batch_normalization(IMAGES.astype(np.float16), training=True, fused=False),
        tf.layers.batch_normalization(IMAGES, training=True, virtual_batch_size=4),
    ]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = session.run(results)
    np.testing.assert_allclose(np.moveaxis(values[1], 1, -1), values[0], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(values[2], values[0], rtol=1e-4, atol=1e-4)
    mean = IMAGES.mean((0, 2), keepdims=True)
    expected = (IMAGES - mean) / np.sqrt(IMAGES.var((0, 2), keepdims=True) + 1e-3)
    np.testing.assert_allclose(values[3], expected, rtol=1e-3, atol=1e-4)
    assert values[4].dtype == np.float16
    np.testing.assert_allclose(values[4].astype(np.float32), values[0], atol=0.02)
    # TensorFlow takes every second example for one group here: groups are the second axis.
    assert values[5].shape == IMAGES.shape


def test_renormalization():
    """The first step is corrected towards the moving averages within the clipping."""
    outputs = tf.layers.batch_normalization(
        ROWS, training=True, renorm=True, renorm_clipping={"rmax": 1.0, "rmin": 1.0, "dmax": 0.0}
    )
    value, _, _ = train(outputs)
    expected = (ROWS - ROWS.mean(0)) / np.sqrt(ROWS.var(0) + 1e-3)
    np.testing.assert_allclose(value, expected, rtol=1e-3, atol=1e-3)


def test_adjustment():
    """A function that scales and shifts while training."""
    outputs = tf.layers.batch_normalization(
        ROWS, training=True, adjustment=lambda shape: (tf.ones([4]) * 2.0, tf.ones([4]) * 3.0)
    )
    value, _, _ = train(outputs)
    expected = 2 * (ROWS - ROWS.mean(0)) / np.sqrt(ROWS.var(0) + 1e-3) + 3
    np.testing.assert_allclose(value, expected, rtol=1e-3, atol=1e-3)


def test_wrong_arguments():
    """Each refusal says what was wrong."""
    normalize = tf.layers.batch_normalization
    with pytest.raises(TypeError, match="axis must be int or list"):
        normalize(ROWS, axis="channels")
    with pytest.raises(ValueError, match="Invalid axis: 5"):
        normalize(ROWS, axis=5)
    with pytest.raises(ValueError, match="Duplicate axis"):
        normalize(ROWS, axis=[1, -1])
    with pytest.raises(ValueError, match="contains keys not in"):
        normalize(ROWS, renorm=True, renorm_clipping={"max": 1.0})
    with pytest.raises(ValueError, match="Input has undefined `axis` dimension"):
        normalize(tf.placeholder(tf.float32, [2, None]))
    with pytest.raises(ValueError, match="Input has undefined rank"):
        normalize(tf.placeholder(tf.float32))
    with pytest.raises(ValueError, match="virtual_batch_size must be a positive integer"):
        normalize(ROWS, virtual_batch_size=0)
    with pytest.raises(ValueError, match="axis cannot include 0"):
        normalize(ROWS, virtual_batch_size=2, axis=0)
    with pytest.raises(ValueError, match="adjustment cannot be specified"):
        normalize(ROWS, virtual_batch_size=2, adjustment=lambda shape: None)
