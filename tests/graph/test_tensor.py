"""Tensor: what a symbolic value shows, and what it refuses."""

import copy

import numpy as np
import pytest

from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.graph import Graph
from perdure.session import Session


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


def test_printed_forms():
    """As TensorFlow 1.15 prints tensors and operations."""
    x = g.placeholder(dtype="float32", shape=[None, 3], name="x")
    assert repr(x) == "<tf.Tensor 'x:0' shape=(?, 3) dtype=float32>"
    assert str(x) == 'Tensor("x:0", shape=(?, 3), dtype=float32)'
    assert str(g.placeholder(dtype="int32", name="y")) == 'Tensor("y:0", dtype=int32)'
    assert repr(x.op) == "<tf.Operation 'x' type=Placeholder>"


def test_set_shape_narrows(graph):
    """Unknown sizes become known; contradictions are refused."""
    x = g.placeholder(dtype="float32", shape=[None, 3])
    x.set_shape([2, None])
    assert x.shape.as_list() == [2, 3]
    with pytest.raises(ValueError, match=r"Dimension 0 in both shapes must be equal, but are 2 and 4"):
        x.set_shape([4, 3])


@pytest.mark.parametrize(
    ("use", "message"),
    [(bool, "not allowed"), (list, "iterating over `tf.Tensor` is not"), (len, "len is not well defined")],
)
def test_python_protocols_that_need_a_value(use, message):
    """A symbolic tensor has no truth, length or elements."""
    with pytest.raises(TypeError, match=message):
        use(constant([1, 2]))


def test_copies_are_the_tensor_itself():
    """Copying a structure that holds tensors keeps the tensors."""
    c = constant(1)
    assert copy.copy(c) is c
    assert copy.deepcopy([c])[0] is c
    assert copy.deepcopy(c.op) is c.op


def test_arrays_on_the_left_give_tensors():
    """`array + tensor` must not become an array of tensors."""
    total = np.ones(2, np.float32) + constant([1.0, 2.0])
    with Session() as session:
        assert session.run(total).tolist() == [2.0, 3.0]


def test_eval_needs_a_session(graph):
    """No default session, or one of another graph, is TensorFlow's ValueError."""
    c = constant(1)
    with pytest.raises(ValueError, match="No default session is registered"):
        c.eval()
    with pytest.raises(ValueError, match="No default session is registered"):
        c.op.run()
    with Session(graph=Graph()) as other, graph.as_default():
        with pytest.raises(ValueError, match="Cannot use the default session to evaluate tensor"):
            c.eval()
        with pytest.raises(ValueError, match="Cannot use the given session to execute operation"):
            c.op.run(session=other)
    with Session():
        assert c.eval() == 1
