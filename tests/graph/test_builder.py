"""The raw op constructors."""

import pytest

from perdure import tf
from perdure.graph.builder import g


def test_attributes_by_position():
    """Behind the inputs come the attributes, those without a default first, and the name."""
    with tf.Graph().as_default():
        placed = g.mat_mul([[1.0]], [[2.0]], True, False, "product")
        assert placed.op.name == "product"
        assert placed.op.attrs["transpose_a"] is True and placed.op.attrs["transpose_b"] is False
        assert g.relu(1.0, "n").op.name == "n"
        queue = g.fifo_queue_v2([tf.float32], [[]], 5)
        assert queue.op.attrs["capacity"] == 5
        taken = g.queue_dequeue_many_v2(queue, 2, [tf.float32], 10, "take")
        assert taken[0].op.attrs["timeout_ms"] == 10 and taken[0].op.name == "take"


def test_too_many_or_the_same_twice():
    """What is left over, and what is given in two ways, is named."""
    with tf.Graph().as_default():
        with pytest.raises(TypeError, match="Relu takes at most 0 attributes and a name after its inputs"):
            g.relu(1.0, "n", 3)
        with pytest.raises(TypeError, match=r"MatMul got several values for \['transpose_a'\]"):
            g.mat_mul([[1.0]], [[1.0]], True, transpose_a=True)
