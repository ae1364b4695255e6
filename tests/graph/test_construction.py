"""Making operations: conversion, attribute inference, type checks."""

import numpy as np
import pytest

from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import (
    convert_n_to_tensor,
    convert_to_tensor,
    register_tensor_conversion_function,
)
from perdure.graph.errors import NotFoundError
from perdure.graph.graph import Graph
from perdure.graph.tensor_shape import Dimension, TensorShape


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


def test_attributes_follow_from_inputs_and_defaults():
    """Types from tensors, lengths from lists, the rest from the table."""
    made = g.pack([constant(1.0), 2.0])
    assert made.op.attrs == {"N": 2, "T": dtypes.float32, "axis": 0}
    assert [tensor.name for tensor in made.op.inputs] == ["Const:0", "Pack/values_1:0"]


def test_values_become_constants_in_the_scope_of_the_node(graph):
    """The name is taken first; the constants are called as the inputs."""
    g.reshape(np.zeros(6, np.float32), [2, 3])
    assert [op.name for op in graph.get_operations()] == [
        "Reshape/tensor",
        "Reshape/shape",
        "Reshape",
    ]


def test_results_have_the_form_of_the_signature():
    """An operation, a tensor, a list, or a named tuple."""
    assert g.no_op().type == "NoOp"
    assert isinstance(g.unpack(constant([1, 2]), num=2), list)
    values = g.unique(constant([1, 1]))
    assert values.y is values[0] and values.idx is values[1]


def test_inputs_by_name():
    """The raw constructors take inputs positionally or by name."""
    x = constant(1.0)
    assert list(g.sub(x=x, y=2.0).op.inputs)[0] is x
    with pytest.raises(TypeError, match=r"Sub needs inputs \['y'\] as well"):
        g.sub(x)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: g.mat_mul(constant([[1.0]]), constant([[1]])),
            TypeError,
            "Input 'b' of 'MatMul' Op has type int32 that does not match type float32 of argument 'a'",
        ),
        (
            lambda: g.mat_mul(constant([["a"]]), constant([["a"]])),
            TypeError,
            "parameter 'a' has DataType string not in list of allowed values",
        ),
        (
            lambda: g.mat_mul(constant([[1.0]]), [["a"]]),
            TypeError,
            "Expected float32 passed to parameter 'b' of op 'MatMul', got .* of type 'list' instead",
        ),
        (
            lambda: g.logical_not(constant(1)),
            TypeError,
            "Input 'x' of 'LogicalNot' Op has type int32 that does not match expected type of bool",
        ),
        (lambda: g.pack(constant(1)), TypeError, "Expected list for 'values' argument to 'Pack' Op"),
        (lambda: g.pack([]), ValueError, "'Pack' Op with length 0 shorter than minimum length 1"),
        (
            lambda: g.pack([constant(1), constant(1.0)]),
            TypeError,
            "Tensors in list passed to 'values' of 'Pack' Op have types .int32, float32. that don't",
        ),
        (
            lambda: g.assign(constant(1), 1),
            TypeError,
            "'Assign' Op requires that input 'ref' be a mutable tensor",
        ),
        (lambda: g.relu(1.0, T="float32"), TypeError, "Should not specify value for inferred attr 'T'"),
        (lambda: g.relu(1.0, alpha=1), TypeError, "Relu got unexpected keyword argument 'alpha'"),
        (lambda: g.relu(), TypeError, r"Relu needs inputs \['features'\]"),
        (lambda: g.relu(1.0, 2.0), TypeError, r"Relu takes 1 inputs \(features\), got 2"),
        (lambda: g.placeholder(), TypeError, "Expected DataType for argument 'dtype' not None"),
        (lambda: g.pack([1], axis="x"), TypeError, "Expected int for argument 'axis' not 'x'"),
        (
            lambda: g.mat_mul([[1.0]], [[1.0]], transpose_a=1),
            TypeError,
            "Expected bool for argument 'transpose_a' not 1",
        ),
        (lambda: g.elu(1.0, name=None).op.get_attr("no"), ValueError, "no"),
        (lambda: g.placeholder(dtype="floaty"), TypeError, "Expected DataType for argument 'dtype'"),
        (
            lambda: g.placeholder(dtype="float32", shape="x"),
            TypeError,
            "Error converting shape to a TensorShape",
        ),
        (
            lambda: g.max_pool(np.ones((1, 2, 2, 1)), ksize=1, strides=[1] * 4, padding="SAME"),
            TypeError,
            "Expected list for 'ksize' argument to 'MaxPool' Op, not 1",
        ),
        (
            lambda: g.max_pool(np.ones((1, 2, 2, 1), "f"), ksize=[1], strides=[1] * 4, padding="SAME"),
            ValueError,
            "passed list of length 1 less than minimum 4",
        ),
        (
            lambda: g.max_pool(np.ones((1, 2, 2, 1), "f"), ksize=[1] * 4, strides=[1] * 4, padding="S"),
            ValueError,
            "Attr 'padding' of 'MaxPool' Op passed string 'S' not in: \"SAME\", \"VALID\"",
        ),
        (lambda: g.no_such_op(), AttributeError, "TensorFlow 1.15 has no op 'no_such_op'"),
    ],
)
def test_mistakes(make, error, message):
    """Each with TensorFlow's class and the sense of its words."""
    with pytest.raises(error, match=message):
        make()


# -- conversion -----------------------------------------------------------------------------------


def test_lists_with_tensors_are_packed(graph):
    """Nested, with numbers between the tensors."""
    a = constant(1.0, name="a")
    made = convert_to_tensor([[a, 2.0], [3.0, a]])
    assert made.op.type == "Pack" and made.shape.as_list() == [2, 2]
    assert [op.name for op in graph.get_operations()] == [
        "a",
        "packed/0/1",
        "packed/0",
        "packed/1/0",
        "packed/1",
        "packed",
    ]
    with pytest.raises(TypeError, match="Cannot convert a list containing a tensor of dtype"):
        convert_to_tensor([a, constant(1)])


def test_shapes_and_dimensions():
    """Fully known shapes become integer vectors."""
    assert convert_to_tensor(TensorShape([2, 3])).op.name == "shape_as_tensor"
    assert convert_to_tensor(Dimension(3)).dtype == "int32"
    assert convert_to_tensor(TensorShape([2**40])).dtype == "int64"
    for value, message in (
        (TensorShape([None]), "partially known TensorShape"),
        (Dimension(None), "unknown Dimension"),
    ):
        with pytest.raises(ValueError, match=message):
            convert_to_tensor(value)
    with pytest.raises(ValueError, match="a dimension is too large"):
        convert_to_tensor(TensorShape([2**40]), dtype="int32")
    with pytest.raises(TypeError, match="Cannot convert a TensorShape to dtype float32"):
        convert_to_tensor(TensorShape([1]), dtype="float32")


def test_a_preferred_type_is_only_a_wish():
    """It is used if the value allows it."""
    assert convert_to_tensor(1, preferred_dtype="float32").dtype == "float32"
    assert convert_to_tensor("a", dtype_hint="float32").dtype == "string"


def test_a_tensor_keeps_its_type():
    """Asking for another is a ValueError."""
    with pytest.raises(ValueError, match="Tensor conversion requested dtype int32 for Tensor with dtype"):
        convert_to_tensor(constant(1.0), "int32")


def test_n_values():
    """Each gets a number in its name."""
    made = convert_n_to_tensor([1, 2], name="value")
    assert [tensor.op.name for tensor in made] == ["value_0", "value_1"]
    with pytest.raises(TypeError, match="values must be a sequence"):
        convert_n_to_tensor(1)


def test_registered_conversions():
    """A program's own types, by priority; what they return is checked."""

    class Mine:
        result = None

    def convert(value, dtype=None, name=None, as_ref=False):
        return value.result

    register_tensor_conversion_function(Mine, convert)
    mine = Mine()
    mine.result = constant(5)
    assert convert_to_tensor(mine) is mine.result
    with pytest.raises(RuntimeError, match="returned incompatible dtype"):
        convert_to_tensor(mine, "float32")
    mine.result = 5
    with pytest.raises(RuntimeError, match="returned non-Tensor: 5"):
        convert_to_tensor(mine)
    for arguments, message in (
        ((1, convert), "base_type must be a type"),
        ((int, convert), "Cannot register conversions for Python numeric types"),
        ((Mine, 1), "conversion_func must be callable"),
    ):
        with pytest.raises(TypeError, match=message):
            register_tensor_conversion_function(*arguments)


# -- Graph.create_op -------------------------------------------------------------------------------


def test_create_op(graph):
    """The older way to add an operation, from tensors alone."""
    a, b = constant([[1.0]]), constant([[2.0]])
    op = graph.create_op("MatMul", [a, b], [dtypes.float32], attrs={"transpose_a": True}, name="m")
    assert op.name == "m" and op.attrs["transpose_a"] and not op.attrs["transpose_b"]
    packed = graph.create_op("Pack", [a, b], attrs={"N": 2, "T": dtypes.float32})
    assert packed.outputs[0].shape.as_list() == [2, 1, 1]
    with pytest.raises(ValueError, match="MatMul takes 2 inputs, got 1"):
        graph.create_op("MatMul", [a])
    with pytest.raises(TypeError, match="dtypes="):
        graph.create_op("MatMul", [a, b], [dtypes.int32])
    with pytest.raises(NotFoundError, match="Op type not registered 'Convolve'"):
        graph.create_op("Convolve", [a])
