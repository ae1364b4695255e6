"""tf.gradients: numbers, nodes, options and errors."""

import numpy as np
import pytest

from perdure import tf
from perdure.functional.math.products import matmul
from perdure.functional.math.reductions import reduce_sum
from perdure.gradients import (
    AggregationMethod,
    NotDifferentiable,
    RegisterGradient,
    UnconnectedGradients,
    custom_gradient,
    gradients,
    hessians,
)
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant
from perdure.graph.defaults import get_default_graph
from perdure.graph.graph import Graph
from perdure.session import Session


@pytest.fixture(autouse=True)
def session():
    with Graph().as_default(), Session() as session:
        yield session


def new_nodes(make):
    """The (type, name) of the nodes that `make` adds to the graph."""
    graph = get_default_graph()
    before = len(graph.get_operations())
    make()
    return [(op.type, op.name) for op in graph.get_operations()[before:]]


def test_a_chain(session):
    """d(x² · 3)/dx = 6x, summed over ys."""
    x = constant([1.0, 2.0])
    y = x * x * 3.0
    assert session.run(gradients(y, x))[0].tolist() == [6.0, 12.0]
    assert session.run(gradients([y, y], [x]))[0].tolist() == [12.0, 24.0]


def test_nodes_and_names_are_tensorflows():
    """As TensorFlow 1.15.5 makes them, in its order."""
    x, w = constant([[1.0, 2.0]], name="x"), constant([[3.0], [4.0]], name="w")
    y = matmul(x, w)
    assert new_nodes(lambda: gradients(y, [x, w])) == [
        ("Const", "gradients/Shape"),
        ("Const", "gradients/grad_ys_0"),
        ("Fill", "gradients/Fill"),
        ("MatMul", "gradients/MatMul_grad/MatMul"),
        ("MatMul", "gradients/MatMul_grad/MatMul_1"),
    ]


def test_incoming_gradients(session):
    """`grad_ys` takes the place of ones; its type must be of the kind of y's."""
    x = constant([1.0, 2.0])
    y = x * 2.0
    assert session.run(gradients(y, x, grad_ys=[constant([10.0, 1.0])]))[0].tolist() == [20.0, 2.0]
    with pytest.raises(TypeError, match="must be real"):
        gradients(y, x, grad_ys=constant([1j, 2]))
    with pytest.raises(ValueError, match="Passed 2 grad_ys for 1 ys"):
        gradients(y, x, grad_ys=[None, None])


def test_stop_gradients(session):
    """Tensors that count as constants, given or built into the graph."""
    x = constant(3.0)
    y = x * x
    z = y * x
    assert session.run(gradients(z, x)) == [27.0]
    assert session.run(gradients(z, x, stop_gradients=[y])) == [9.0]
    assert session.run(gradients(g.stop_gradient(y) * x, x)) == [9.0]


def test_unconnected(session):
    """None, or zeros when asked for."""
    x, other = constant([1.0, 2.0]), constant(1.0)
    assert gradients(other * 2.0, x) == [None]
    zeros = gradients(other, x, unconnected_gradients=UnconnectedGradients.ZERO)
    assert session.run(zeros)[0].tolist() == [0.0, 0.0]
    assert session.run(gradients(other, x, unconnected_gradients="zero"))[0].tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match="ones"):
        gradients(other, x, unconnected_gradients="ones")


def test_gradient_of_a_tensor_with_respect_to_itself(session):
    """One, and for a tensor between two others both paths count."""
    x = constant(2.0)
    y = x * 3.0
    assert session.run(gradients(y, [x, y])) == [3.0, 1.0]


@pytest.mark.parametrize(
    ("method", "types"),
    [
        (AggregationMethod.ADD_N, ["AddN"]),
        (AggregationMethod.EXPERIMENTAL_TREE, ["AddN", "AddN"]),
        (AggregationMethod.EXPERIMENTAL_ACCUMULATE_N, ["AccumulateNV2"]),
    ],
)
def test_aggregation(session, method, types):
    """Several gradients of one tensor are added up in the way asked for."""
    x = constant(2.0)
    y = g.add_n([g.square(x), g.square(x), g.square(x)])
    made = []
    nodes = new_nodes(lambda: made.extend(gradients(y, x, aggregation_method=method)))
    assert [kind for kind, _ in nodes if kind.startswith(("Add", "Acc"))] == types
    assert session.run(made) == [12.0]
    with pytest.raises(ValueError, match="Invalid aggregation_method specified 7"):
        gradients(y, x, aggregation_method=7)


def test_gated_gradients():
    """With gates the gradients of one operation's inputs wait for each other."""
    x, y = constant(1.0), constant(2.0)
    nodes = new_nodes(lambda: gradients(x * y, [x, y], gate_gradients=True))
    assert ("NoOp", "gradients/mul_grad/tuple/group_deps") in nodes


def test_colocated_gradients(session):
    """Gradient nodes name the operation they belong to."""
    x = constant(1.0, name="x")
    y = g.square(x, name="y")
    (gradient,) = gradients(y, x, colocate_gradients_with_ops=True)
    assert gradient.op.colocation_groups() == [b"loc:@y"]


def test_gather_gives_indexed_slices(session):
    """Rows of a table, alone and mixed with a dense gradient."""
    table = constant(np.arange(6.0, dtype=np.float32).reshape(3, 2))
    rows = g.gather_v2(table, [2, 0, 2], 0)
    (sparse,) = gradients(rows, table)
    assert isinstance(sparse, IndexedSlices)
    value = session.run(sparse)
    assert value.indices.tolist() == [2, 0, 2] and value.values.tolist() == [[1.0, 1.0]] * 3
    (both,) = gradients([rows, table * 2.0], table)
    assert session.run(both).tolist() == [[3.0, 3.0], [2.0, 2.0], [4.0, 4.0]]
    (twice,) = gradients([rows, g.gather_v2(table, [1], 0)], table)
    assert session.run(twice).indices.tolist() == [2, 0, 2, 1]


def test_second_order(session):
    """Gradients of gradients."""
    x = constant(2.0)
    (first,) = gradients(x * x * x, x)
    assert session.run(gradients(first, x)) == [12.0]


def test_hessians(session):
    """The matrix of second derivatives of a quadratic form is its matrix, symmetrised."""
    matrix = np.float32([[1, 2], [3, 4]])
    x = constant([1.0, 1.0])
    form = reduce_sum(g.reshape(x, [2, 1]) * matmul(constant(matrix), g.reshape(x, [2, 1])))
    assert session.run(hessians(form, x))[0].tolist() == (matrix + matrix.T).tolist()
    unknown = g.placeholder(dtype="float32")
    (cubes,) = hessians(reduce_sum(unknown * unknown * unknown), unknown)
    assert session.run(cubes, {unknown: [1.0, 2.0]}).tolist() == [[6, 0], [0, 12]]
    with pytest.raises(ValueError, match="None values not supported"):
        hessians(form, constant(1.0))


# -- functions of the program ------------------------------------------------------------------


def test_registered_gradient_overrides(session):
    """A gradient registered under a name replaces that of the ops it is mapped to."""

    @RegisterGradient("TenTimesIdentity")
    def ten_times(op, d_output):
        assert op.type == "Identity"
        return d_output * 10.0

    x = constant(1.0)
    with x.graph.gradient_override_map({"Identity": "TenTimesIdentity"}):
        y = g.identity(x)
    assert session.run(gradients(y, x)) == [10.0]
    with pytest.raises(KeyError, match="TenTimesIdentity"):
        RegisterGradient("TenTimesIdentity")(ten_times)
    with pytest.raises(KeyError, match="MatMul"):
        RegisterGradient("MatMul")(ten_times)
    for register in (RegisterGradient, NotDifferentiable):
        with pytest.raises(TypeError, match="op_type must be a string"):
            register(1)


def test_a_registered_statement_that_there_is_no_gradient(session):
    """Nothing flows through such an op."""
    NotDifferentiable("NoGradientHere")
    x = constant(1.0)
    with x.graph.gradient_override_map({"Identity": "NoGradientHere"}):
        y = g.identity(x)
    assert gradients(y, x) == [None]


def test_ops_that_tensorflow_has_no_gradient_for():
    """Asking for a gradient through them is an error, not None."""
    x = constant([3.0, 1.0])
    for y in (g.unique(x).y, g.random_shuffle(x), g.bitcast(x, type="float32")):
        with pytest.raises(LookupError, match=rf"No gradient defined for operation '{y.op.name}'"):
            gradients(y, x)


def test_missing_and_wrong_gradients():
    """No gradient at all is an error; so is one that returns too few."""
    x = constant(["a"])
    y = g.decode_raw(x, out_type="float32")
    z = g.batch_fft(g.cast(constant([1.0]), DstT="complex64"))
    source = z.op.inputs[0]
    with pytest.raises(LookupError, match="No gradient defined for operation 'BatchFFT'"):
        gradients(z, source, grad_ys=z)
    assert gradients(y, constant(1.0)) == [None]

    @RegisterGradient("TooFew")
    def too_few(op, d_output):
        return [d_output]

    a = constant(1.0)
    with a.graph.gradient_override_map({"Mul": "TooFew"}):
        product = a * 2.0
    with pytest.raises(ValueError, match="Num gradients 1 generated for op Mul 'mul' do not match"):
        gradients(product, a)


def test_gradient_of_another_shape_is_refused():
    """The static shapes of an input and its gradient must fit."""

    @RegisterGradient("WrongShape")
    def wrong_shape(op, d_output):
        return constant([1.0, 2.0, 3.0])

    x = constant([1.0, 2.0])
    with x.graph.gradient_override_map({"Identity": "WrongShape"}):
        y = g.identity(x)
    with pytest.raises(ValueError, match="Incompatible shapes between op input and calculated input"):
        gradients(y, x)


def test_complex_ys_need_incoming_gradients():
    """There is no natural one for a complex number."""
    x = constant(1j, dtype="complex64")
    with pytest.raises(TypeError, match="Gradients of complex tensors must set grad_ys"):
        gradients(x * x, x)


def test_custom_gradient(session):
    """The function's own gradient is used, for one result and for several."""

    @custom_gradient
    def clipped(x, y):
        return (x * y, x + y), lambda dz, ds: (dz * 100.0, ds * 7.0)

    x, y = constant(2.0), constant(3.0)
    product, total = clipped(x, y)
    assert session.run([product, total]) == [6.0, 5.0]
    assert session.run(gradients([product, total], [x, y])) == [100.0, 7.0]
    with pytest.raises(ValueError, match="keywords arguments"):
        clipped(x, y=y)


def test_custom_gradient_with_variables(session):
    """Resource variables that the function reads get gradients of their own; ref variables are refused."""

    @custom_gradient
    def scaled(x):
        with tf.variable_scope("s", use_resource=True):
            w = tf.get_variable("w", initializer=constant(3.0))
        return x * w, lambda dy, variables: (dy * 2.0, [dy * 5.0])

    x = constant(1.0)
    y = scaled(x)
    (w,) = [v for v in x.graph.get_collection("variables") if v.op.name == "s/w"]
    session.run(tf.global_variables_initializer())
    assert session.run([y, *gradients(y, [x, w])]) == [3.0, 2.0, 5.0]

    @custom_gradient
    def with_ref(x):
        tf.Variable(1.0)
        return x, lambda dy: dy

    with pytest.raises(TypeError, match="must be `ResourceVariable`s"):
        with_ref(x)

    @custom_gradient
    def forgetful(x):
        with tf.variable_scope("f", use_resource=True):
            return x * tf.get_variable("w", initializer=constant(3.0)), lambda dy: dy

    with pytest.raises(TypeError, match="must accept a keyword argument 'variables'"):
        forgetful(x)


def test_second_call_has_a_scope_of_its_own():
    """The nodes of a second call lie in gradients_1."""
    x = constant(1.0)
    y = g.square(x)
    gradients(y, x)
    assert all(name.startswith("gradients_1/") for _, name in new_nodes(lambda: gradients(y, x))[0:1])
