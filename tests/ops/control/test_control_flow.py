"""TensorFlow 1's control flow ops: what is known of their shapes while a graph is built."""

import pytest

from perdure import tf
from perdure.graph.builder import g


def sizes(tensor):
    return None if tensor.shape.ndims is None else tensor.shape.as_list()


def test_what_is_handed_on_keeps_its_shape():
    """But for loop variables, which may change theirs."""
    data = tf.placeholder(tf.float32, [2, None])
    assert [sizes(output) for output in g.switch(data, True)] == [[2, None]] * 2
    assert sizes(g.exit(data)) == sizes(g.next_iteration(data)) == [2, None]
    assert sizes(g.enter(data, "frame")) is None
    assert sizes(g.enter(data, "frame", is_constant=True)) == [2, None]


@pytest.mark.parametrize(
    ("shapes", "merged"),
    [
        (([2, 3], [2, 3]), [2, 3]),
        (([2, None], [2, 3]), [2, None]),
        (([2, 3], [4, 3]), [None, 3]),
        (([2, 3], [4]), None),
        (([2, 3], None), None),
    ],
)
def test_merge(shapes, merged):
    """What all inputs have in common."""
    output, index = g.merge([tf.placeholder(tf.float32, shape) for shape in shapes])
    assert sizes(output) == merged
    assert sizes(index) == []


@pytest.mark.parametrize("build", [lambda: g.switch(1.0, [True]), lambda: g.loop_cond([True])])
def test_conditions_are_scalars(build):
    """Said when the node is made."""
    with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1"):
        build()
