"""Initializers: configurations, parts of partitioned variables, refusals (numbers: test_random)."""

from types import SimpleNamespace

import numpy as np
import pytest

from perdure import tf
from perdure.functional.random import initializers


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


CONFIGS = [
    (tf.zeros_initializer(tf.int32), {"dtype": "int32"}),
    (tf.ones_initializer(), {"dtype": "float32"}),
    (tf.constant_initializer([1, 2]), {"value": [1, 2], "dtype": "float32"}),
    (tf.random_uniform_initializer(-1, 1, 3), {"minval": -1, "maxval": 1, "seed": 3, "dtype": "float32"}),
    (
        tf.random_normal_initializer(1.0, 2.0, dtype=tf.float64),
        {"mean": 1.0, "stddev": 2.0, "seed": None, "dtype": "float64"},
    ),
    (
        tf.truncated_normal_initializer(stddev=0.1),
        {"mean": 0.0, "stddev": 0.1, "seed": None, "dtype": "float32"},
    ),
    (tf.uniform_unit_scaling_initializer(1.5), {"factor": 1.5, "seed": None, "dtype": "float32"}),
    (
        tf.variance_scaling_initializer(2.0, "fan_out", "UNIFORM", 5),
        {"scale": 2.0, "mode": "fan_out", "distribution": "uniform", "seed": 5, "dtype": "float32"},
    ),
    (tf.orthogonal_initializer(2.0), {"gain": 2.0, "seed": None, "dtype": "float32"}),
    (tf.initializers.identity(3.0), {"gain": 3.0, "dtype": "float32"}),
    (tf.glorot_uniform_initializer(4), {"seed": 4, "dtype": "float32"}),
    (tf.glorot_normal_initializer(), {"seed": None, "dtype": "float32"}),
    (initializers.ConvolutionDeltaOrthogonal(), {"gain": 1.0, "seed": None, "dtype": "float32"}),
]


@pytest.mark.parametrize(("initializer", "config"), CONFIGS)
def test_config(initializer, config):
    """The configuration makes the same initializer again."""
    assert initializer.get_config() == config
    again = type(initializer).from_config(config)
    assert type(again) is type(initializer)
    assert again.get_config() == config


def test_factories_are_variance_scaling():
    """LeCun's and He's initializers are variance scaling with TensorFlow's parameters."""
    for factory, scale, distribution in (
        (tf.initializers.lecun_normal, 1.0, "truncated_normal"),
        (tf.initializers.lecun_uniform, 1.0, "uniform"),
        (tf.initializers.he_normal, 2.0, "truncated_normal"),
        (tf.initializers.he_uniform, 2.0, "uniform"),
    ):
        config = factory(seed=3).get_config()
        assert config == {
            "scale": scale,
            "mode": "fan_in",
            "distribution": distribution,
            "seed": 3,
            "dtype": "float32",
        }


def test_base_class():
    """The base says who does not define the call, and has an empty configuration."""

    class Mine(initializers.Initializer):
        pass

    assert Mine.from_config({}).get_config() == {}
    with pytest.raises(NotImplementedError, match="Mine does not define __call__"):
        Mine()([2])


def test_type_of_the_call_wins():
    """A dtype given to the call overrides the initializer's."""
    assert tf.zeros_initializer(tf.int32)([2]).dtype == tf.int32
    assert tf.zeros_initializer(tf.int32)([2], tf.float64).dtype == tf.float64
    assert tf.glorot_uniform_initializer()([2, 3], dtype=tf.float16).dtype == tf.float16


def test_part_of_a_partitioned_variable():
    """The scale follows the whole variable, the shape the part; the identity is cut."""
    part = SimpleNamespace(full_shape=[8, 4], var_offset=[2, 0])
    tf.set_random_seed(1)
    bounds = []
    for scaling in (
        tf.uniform_unit_scaling_initializer(),
        tf.variance_scaling_initializer(distribution="uniform"),
    ):
        output = scaling([2, 4], partition_info=part)
        assert output.shape.as_list() == [2, 4]
        bounds.append(output.op.inputs[1].op.get_attr("value"))
    identity = tf.initializers.identity()([2, 4], partition_info=part)
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(identity), np.eye(8, 4)[2:4])


def test_constant_values():
    """Short lists are filled up, long ones refused, shapes verified on request."""
    with tf.Session() as session:
        filled = session.run(tf.constant_initializer([1, 2])([2, 2]))
    assert filled.tolist() == [[1, 2], [2, 2]]
    with pytest.raises(ValueError, match="Too many elements provided"):
        tf.constant_initializer([1, 2, 3])([2])
    with pytest.raises(TypeError, match="Expected Tensor's shape"):
        tf.constant_initializer([1, 2, 3], verify_shape=True)([4])
    with pytest.raises(TypeError, match="Expected Tensor's shape"):
        tf.constant_initializer([1, 2, 3])([4], verify_shape=True)


def test_delta_orthogonal():
    """The centre of the filter is orthogonal, the rest zero."""
    filters = initializers.ConvolutionDeltaOrthogonal(seed=1)([3, 3, 2, 4])
    with tf.Session() as session:
        value = session.run(filters)
    centre = value[1, 1]
    np.testing.assert_allclose(centre @ centre.T, np.eye(2), atol=1e-5)
    assert np.count_nonzero(value) == np.count_nonzero(centre)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: tf.constant_initializer(object()), TypeError, "Invalid type for initial value"),
        (
            lambda: tf.random_normal_initializer(dtype=tf.int32),
            ValueError,
            "Expected floating point type, got tf.int32",
        ),
        (lambda: tf.variance_scaling_initializer(0.0), ValueError, "`scale` must be positive float"),
        (lambda: tf.variance_scaling_initializer(mode="fan"), ValueError, "Invalid `mode` argument"),
        (
            lambda: tf.variance_scaling_initializer(distribution="cauchy"),
            ValueError,
            "Invalid `distribution` argument",
        ),
        (lambda: tf.orthogonal_initializer()([3]), ValueError, "at least two-dimensional"),
        (lambda: tf.initializers.identity()([3]), ValueError, "only be used for 2D matrices"),
        (lambda: initializers.ConvolutionDeltaOrthogonal()([3, 3]), ValueError, "at least three-dimensional"),
        (
            lambda: initializers.ConvolutionDeltaOrthogonal()([3, 4, 2]),
            ValueError,
            "In_filters cannot be greater than out_filters",
        ),
    ],
)
def test_refused(make, error, message):
    """Arguments that make no sense are refused, saying which."""
    with pytest.raises(error, match=message):
        make()
