"""The switches between the behaviours of TensorFlow 1 and 2."""

import pytest

from perdure import tf


def test_what_is_so_already_does_nothing():
    """The first lines of programs that came through TensorFlow 2."""
    assert tf.disable_eager_execution() is None
    assert tf.disable_tensor_equality() is None
    assert tf.executing_eagerly() is False


@pytest.mark.parametrize(
    "name, reason",
    [
        ("enable_eager_execution", "no eager execution; it runs graphs in sessions"),
        ("enable_v2_behavior", "no TensorFlow 2 behaviour"),
        ("enable_tensor_equality", "no comparison of tensors by value"),
    ],
)
def test_what_cannot_be_is_refused(name, reason):
    """With the name of the function in the message."""
    with pytest.raises(NotImplementedError, match=rf"^tf\.{name}: perdure has {reason}"):
        getattr(tf, name)()


def test_disable_v2_behavior_makes_ref_variables():
    """The kind of variables is the one difference that can be switched."""
    tf.enable_resource_variables()
    try:
        assert tf.resource_variables_enabled()
        tf.disable_v2_behavior()
        assert not tf.resource_variables_enabled()
    finally:
        tf.disable_resource_variables()
