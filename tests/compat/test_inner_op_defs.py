"""Definitions of ops as TensorFlow's unit tests and older libraries ask for them."""

import subprocess
import sys

import pytest

from perdure import tf
from perdure.compat import inner_op_defs
from perdure.formats.graph.meta_graphs import OpList


def test_all_ops_are_there():
    """By name, each made once."""
    found = inner_op_defs.get_registered_ops()
    assert len(found) > 1200
    assert found["MatMul"] is inner_op_defs.get("MatMul")
    assert [argument.name for argument in found["MatMul"].input_arg] == ["a", "b"]
    assert inner_op_defs.get("ThereIsNone") is None


def test_an_op_is_registered_once():
    """As it is, or not at all."""
    inner_op_defs.register_op_list(OpList(op=[inner_op_defs.get("MatMul")]))
    other = OpList(op=[inner_op_defs.get("MatMul")])
    other.op[0].is_stateful = True
    with pytest.raises(ValueError, match="not equal to op_def to register"):
        inner_op_defs.register_op_list(other)
    with pytest.raises(TypeError, match="not an op_def_pb2.OpList"):
        inner_op_defs.register_op_list("text")
    assert inner_op_defs.sync() is None


PROGRAM = """
import tensorflow as tf
from tensorflow.python.framework import test_ops, op_def_registry
pair = test_ops.int_output_float_output(name="pair")
assert [tensor.dtype for tensor in pair] == [tf.int32, tf.float32]
assert op_def_registry.get_registered_ops()["IntOutputFloatOutput"].output_arg[1].name == "b"
graph_def = tf.get_default_graph().as_graph_def()
(b,) = tf.import_graph_def(graph_def, return_elements=["pair:1"])
assert b.op.type == "IntOutputFloatOutput" and b.dtype == tf.float32
"""


def test_the_ops_of_unit_tests():
    """They are known when their module is imported, in a process of its own since they stay known."""
    code = f"import perdure.compat; perdure.compat.install()\n{PROGRAM}"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    assert not hasattr(tf.raw_ops, "IntOutputFloatOutput")
