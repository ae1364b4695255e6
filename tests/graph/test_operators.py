"""Python's operators on tensors: the nodes they make, and their numbers."""

import ast
import operator
from pathlib import Path

import numpy as np
import pytest

import perdure.graph
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.graph import Graph
from perdure.graph.operators import OPERATORS
from perdure.session import Session


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


# (operator, op type, node name) as TensorFlow 1.15 makes them of floats
BINARY = [
    (operator.add, "AddV2", "add"),
    (operator.sub, "Sub", "sub"),
    (operator.mul, "Mul", "mul"),
    (operator.truediv, "RealDiv", "truediv"),
    (operator.floordiv, "FloorDiv", "floordiv"),
    (operator.mod, "FloorMod", "mod"),
    (operator.pow, "Pow", "pow"),
    (operator.lt, "Less", "Less"),
    (operator.le, "LessEqual", "LessEqual"),
    (operator.gt, "Greater", "Greater"),
    (operator.ge, "GreaterEqual", "GreaterEqual"),
]


@pytest.mark.parametrize(("apply", "op_type", "name"), BINARY)
def test_binary_operators(apply, op_type, name):
    """Tensor with tensor, and with a number on the right."""
    x, y = np.float32([1.5, -2.5]), np.float32([2.0, 3.0])
    made = apply(constant(x), constant(y))
    assert (made.op.type, made.op.name) == (op_type, name)
    with Session() as session:
        assert session.run(made) == pytest.approx(apply(x, y))
        assert session.run(apply(constant(x), 2.0)) == pytest.approx(apply(x, np.float32(2)))


@pytest.mark.parametrize(("apply", "op_type", "name"), BINARY[:7])
def test_reflected_operators(apply, op_type, name):
    """A number on the left becomes a constant called x in the node's scope."""
    made = apply(3.0, constant([1.5, 2.5]))
    assert [tensor.name for tensor in made.op.inputs] == [f"{name}/x:0", "Const:0"]
    with Session() as session:
        assert session.run(made) == pytest.approx(apply(3.0, np.float32([1.5, 2.5])))


@pytest.mark.parametrize(
    ("apply", "expected"),
    [
        (operator.and_, [False, False]),
        (operator.or_, [True, True]),
        (operator.xor, [True, True]),
    ],
)
def test_logical_operators(apply, expected):
    """`&`, `|` and `^` are for booleans."""
    with Session() as session:
        assert session.run(apply(constant([True, False]), constant([False, True]))).tolist() == expected


def test_unary_operators():
    """-x, ~x and abs(x)."""
    with Session() as session:
        assert session.run([-constant(2), ~constant(True), abs(constant(-3))]) == [-2, False, 3]


def test_true_division_of_integers_gives_floats():
    """As Python 3 divides; the casts lie in the node's scope."""
    made = constant(7) / 2
    assert made.dtype.name == "float64"
    assert [tensor.op.name for tensor in made.op.inputs] == ["truediv/Cast", "truediv/Cast_1"]
    with Session() as session:
        assert session.run(made) == 3.5


def test_true_division_refuses_mixed_and_other_types():
    """Types must agree, and be numbers."""
    with pytest.raises(TypeError, match="must have the same dtype"):
        constant(1.0) / constant(1)
    with pytest.raises(TypeError, match="Invalid dtype"):
        constant(True) / constant(True)


def test_strings_are_joined():
    """`+` of strings is the older Add."""
    assert (constant("a") + constant("b")).op.type == "Add"


def test_matmul_operator():
    """`@` multiplies matrices."""
    made = constant([[1.0, 2.0]]) @ constant([[3.0], [4.0]])
    assert made.op.type == "MatMul"
    with Session() as session:
        assert session.run(made).tolist() == [[11.0]]


def test_operand_of_an_unsuitable_type():
    """What cannot become a tensor of the other's type is a TypeError."""
    with pytest.raises(TypeError, match="Input .y. of .AddV2. Op has type string"):
        constant(1.0) + "a"


def test_operands_of_different_types():
    """TensorFlow never promotes."""
    with pytest.raises(TypeError, match="Input 'y' of 'AddV2' Op has type int32 that does not match"):
        constant(1.0) + constant(1)


def test_nodes_lie_in_the_graph_of_the_operands():
    """Operators work on tensors of a graph that is not the default one."""
    with Graph().as_default() as other:
        x = g.placeholder(dtype="float32")
    assert (x * 2).graph is other


def test_type_checkers_see_the_operators():
    """What is declared for them is what is attached."""
    (declared,) = [
        node
        for node in ast.parse(Path(perdure.graph.__file__).with_name("operator_types.pyi").read_text()).body
        if isinstance(node, ast.ClassDef)
    ]
    assert {item.name for item in declared.body} == set(OPERATORS)
