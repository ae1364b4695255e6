"""perdure.op: ops that a program defines."""

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.graph import signatures

join_scaled = perdure.op(
    "TestJoinScaled",
    inputs=["parts: N * T", "factor: int32"],
    outputs=["total: T", "count: int32"],
    attrs=[
        "T: {float, double}",
        "power: int = 2",
        "double: bool = false",
        "label: string = x",
        "wanted: shape = [2, ?]",
        "Kind: type = float",
    ],
    static=["factor"],
)


@join_scaled.shape
def join_scaled_shape(parts):
    return [parts[0], ()]


@join_scaled.kernel
def join_scaled_kernel(xp, parts, factor, *, power, double):
    total = sum(part**power for part in parts) * xp.asarray(factor * (1 + double), parts[0].dtype)
    return total, np.int32(len(parts))


@join_scaled.gradient
def join_scaled_gradient(g, d_total, parts, factor, *, power):
    return {"parts": [d_total * power * part * tf.cast(factor, part.dtype) for part in parts]}


@pytest.fixture(autouse=True)
def graph():
    """A graph of its own for each test."""
    with tf.Graph().as_default() as graph:
        yield graph


def test_a_custom_op_is_an_op():
    """Lists, static inputs, several outputs, attributes, gradients, exported graphs."""
    a, b = tf.placeholder(tf.float32, [2]), tf.constant([1.0, 2.0])
    made = join_scaled([a, b], 3, name="joined")
    assert made.total.op.name == "joined" and made.total.shape == (2,) and made.count.shape == ()
    op = made.total.op
    assert op.get_attr("power") == 2 and op.get_attr("label") == b"x" and op.get_attr("Kind") == tf.float32
    assert op.attrs["wanted"] == (2, None) and op.attrs["double"] is False
    slopes = tf.gradients(made.total, [a, b])
    with tf.Session() as session:
        total, count, da, db = session.run([*made, *slopes], {a: [3, 4]})
        twice = session.run(join_scaled([a, b], 1, double=True, power=1).total, {a: [3, 4]})
    assert total.tolist() == [30, 60] and count == 2
    assert da.tolist() == [18, 24] and db.tolist() == [6, 12] and twice.tolist() == [8, 12]
    assert tf.get_default_graph().as_graph_def().node[-1].op == "TestJoinScaled"


def test_attributes_are_checked():
    """As those of TensorFlow's ops."""
    with pytest.raises(TypeError, match="not in list of allowed values: float32, float64"):
        join_scaled([tf.constant(1)], 1)
    with pytest.raises(ValueError, match="no op|N|minimum length 1"):
        join_scaled([], 1)


def test_errors_of_the_kernel_name_the_node():
    """What a kernel raises becomes an error of the step."""
    fails = perdure.op("TestFails", inputs=["x: float"], outputs=["y: float"], host=True)

    @fails.kernel
    def fails_kernel(xp, x):
        raise ValueError("on purpose")

    fails.not_differentiable("it fails")
    y = fails(1.0, name="here")
    assert y.shape.ndims is None and tf.gradients(y, y.op.inputs[0]) == [None]
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="on purpose") as info:
        session.run(y)
    assert info.value.op.name == "here"


@pytest.mark.parametrize(
    ("op_type", "options", "message"),
    [
        ("MatMul", {}, "there is an op of type 'MatMul' already"),
        ("TestJoinScaled", {}, "there is an op of type 'TestJoinScaled' already"),
        ("lower", {}, "an op type is written in CamelCase, got 'lower'"),
        ("TestWrong", {"inputs": ["x"]}, "expected \"name: type\", got 'x'"),
        ("TestWrong", {"inputs": ["x: U"]}, "x: 'U' is neither a dtype nor one of the attributes"),
        ("TestWrong", {"attrs": ["a: list"]}, "attribute a: 'list' is none of int, float"),
        ("TestWrong", {"attrs": ["a: bool = 1"]}, "the default of a bool is true or false, got '1'"),
    ],
)
def test_what_is_refused(op_type, options, message):
    """Names that are taken, and what cannot be read."""
    with pytest.raises(ValueError, match=message):
        perdure.op(op_type, **options)
    assert signatures.find("TestWrong") is None


def test_rules_are_checked():
    """A kernel that asks for what the signature does not have is named when the op is used."""
    wrong = perdure.op("TestWrongKernel", inputs=["x: float"], outputs=["y: float"])

    @wrong.kernel
    def wrong_kernel(xp, z):
        return z

    with pytest.raises(TypeError, match="kernel wrong_kernel of TestWrongKernel: parameter 'z' is none of"):
        wrong(1.0)
