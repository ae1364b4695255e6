"""What gradient rules build with: `functional.builder`."""

import ast
from pathlib import Path

import pytest

import perdure.ops
from perdure import tf
from perdure.functional.array.array import reshape
from perdure.functional.builder import g

OPS = Path(perdure.ops.__file__).parent


@pytest.mark.parametrize("path", sorted(OPS.rglob("*.py")), ids=lambda path: str(path.relative_to(OPS)))
def test_rules_ask_for_what_there_is(path):
    """Each `g.name` of a rule is a function of the builder or an op; else it would only fail when it runs."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "g":
            assert hasattr(g, node.attr), f"{path.name}:{node.lineno}: g.{node.attr}"


def test_a_name_is_the_function_below_the_face_or_the_raw_op():
    """Functions come before ops of the same name; `raw` has those."""
    assert g.reshape is reshape
    with tf.Graph().as_default():
        assert g.shape(tf.zeros([2])).op.type == "Const"  # known, as in `tf.shape`
        assert g.raw.shape(tf.zeros([2])).op.type == "Shape"
        assert g.mul(1.0, 2.0).op.type == "Mul"
        with pytest.raises(AttributeError, match="no op 'no_such_op'"):
            g.no_such_op  # noqa: B018


def test_a_program_that_replaces_public_functions_changes_no_gradient(monkeypatch):
    """Shims of the time replaced `tf.concat` and its like; TensorFlow's gradients never called those."""

    def replaced(*args, **kwargs):
        raise AssertionError("a gradient called a function that the program replaced")

    def gradient_types():
        with tf.Graph().as_default() as graph:
            x = tf.placeholder(tf.float32, [2, 3])
            y = tf.concat([x, tf.reduce_sum(x, 1, keepdims=True) * tf.gather(x, [0, 1])], 1)
            tf.gradients(tf.reduce_prod(tf.matmul(y, y, transpose_b=True), axis=0), x)
            return [op.type for op in graph.get_operations()]

    before = gradient_types()
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2, 3])
        y = tf.concat([x, tf.reduce_sum(x, 1, keepdims=True) * tf.gather(x, [0, 1])], 1)
        loss = tf.reduce_prod(tf.matmul(y, y, transpose_b=True), axis=0)
        forward = len(tf.get_default_graph().get_operations())
        for name in ("concat", "reshape", "shape", "cast", "matmul", "reduce_sum", "zeros", "size", "range"):
            monkeypatch.setattr(tf, name, replaced)
        (dx,) = tf.gradients(loss, x)
        after = [op.type for op in tf.get_default_graph().get_operations()]
    assert dx.shape.as_list() == [2, 3]
    assert len(after) > forward and after == before
