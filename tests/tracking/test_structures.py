"""What structures know of the layers and variables in them."""

from perdure import tf
from perdure.tracking.auto import AutoTrackable
from perdure.tracking.lists import List
from perdure.tracking.structures import UntrackableError
from perdure.tracking.weights import filter_empty_layer_containers


def test_variables_of_layers_in_structures():
    with tf.Graph().as_default():
        root = AutoTrackable()
        norm, dense = tf.layers.BatchNormalization(), tf.layers.Dense(2)
        root.parts = [norm, {"dense": dense}, [], tf.Variable(1.0), tf.Variable(2.0, trainable=False)]
        dense(norm(tf.zeros([2, 3]), training=True))
        parts, (own, fixed) = root.parts, root.parts[3:]
        assert parts.layers == [norm, dense]
        assert parts.trainable_weights == [norm.gamma, norm.beta, dense.kernel, dense.bias, own]
        assert parts.non_trainable_weights == [norm.moving_mean, norm.moving_variance, fixed]
        assert parts.variables == parts.weights and len(parts.updates) == 2 and parts.losses == []
        parts.trainable = False
        assert parts.trainable_variables == [] and len(parts.non_trainable_variables) == 8


def test_each_layer_is_listed_once():
    dense = tf.layers.Dense(2)
    assert filter_empty_layer_containers([dense, List([dense]), 3, tf.layers.Dense]) == [dense]


def test_the_error_names_the_value():
    assert "Got 3, which" in str(UntrackableError(3))
