"""Functions of the library of an imported graph."""

import pytest
from google.protobuf import text_format

from perdure import tf
from perdure.graph.func_graph import FuncGraph
from perdure.interchange.functions import function_def_to_graph, function_def_to_graph_def, is_function

TWICE = """
versions { producer: 134 }
node { name: 'a' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } }
  attr { key: 'value' value { tensor { dtype: DT_FLOAT tensor_shape { } float_val: 3 } } } }
library { function {
  signature { name: 'Twice' input_arg { name: 'x' type: DT_FLOAT } output_arg { name: 'y' type: DT_FLOAT } }
  node_def { name: 'split' op: 'IdentityN' input: 'x' input: 'x'
    attr { key: 'T' value { list { type: DT_FLOAT type: DT_FLOAT } } } }
  node_def { name: 'add' op: 'AddV2' input: 'split:output:0' input: 'split:output:1' input: '^split'
    attr { key: 'T' value { type: DT_FLOAT } } }
  ret { key: 'y' value: 'add:z:0' } } }
"""
CALL = """
node { name: 'call' op: 'PartitionedCall' input: 'a' attr { key: 'f' value { func { name: 'Twice' } } }
  attr { key: 'Tin' value { list { type: DT_FLOAT } } } attr { key: 'Tout' value { list { type: DT_FLOAT } }
  } }
"""


def parsed(text):
    """A GraphDef from text."""
    return text_format.Parse(text, tf.GraphDef())


@pytest.fixture(autouse=True)
def own_graph():
    """Each test has a graph of its own."""
    with tf.Graph().as_default() as graph:
        yield graph


def test_a_function_is_called(own_graph):
    """Its body becomes a graph when it is run; seeds of the program do not see it."""
    (call,) = tf.import_graph_def(parsed(TWICE + CALL), name="", return_elements=["call:0"])
    before = own_graph.version
    with tf.Session() as session:
        assert session.run(call) == 6.0
    assert own_graph.version == before
    assert is_function("Twice") and not is_function("Other")


def test_a_function_stays_as_it_was_written(own_graph):
    """Also one that nobody calls, and one whose body nobody could read."""
    made = parsed(TWICE)
    function = made.library.function.add()
    function.signature.name = "Odd"
    function.node_def.add(name="n", op="ThereIsNone")
    tf.import_graph_def(made, name="")
    assert own_graph.as_graph_def().library == made.library
    with pytest.raises(ValueError, match="Op type not registered 'ThereIsNone'"):
        _ = own_graph.functions["Odd"].graph


def test_a_call_by_name_runs(own_graph):
    """A node of the function's type has its outputs and a gradient, and is run."""
    node = "node { name: 'call' op: 'Twice' input: 'a' }"
    a, call = tf.import_graph_def(parsed(TWICE + node), name="", return_elements=["a:0", "call:0"])
    assert call.dtype == tf.float32 and call.op.type == "Twice"
    (gradient,) = tf.gradients(call, a)
    with tf.Session() as session:
        assert session.run([call, gradient]) == [6.0, 2.0]
    assert gradient.op.node_def.attr["f"].func.name == "Twice"


def test_a_function_that_calls_itself_is_refused(own_graph):
    """Clearly, when it is to run."""
    made = parsed(TWICE + "node { name: 'call' op: 'Twice' input: 'a' }")
    made.library.function[0].node_def.add(name="again", op="Twice", input=["x"])
    made.library.function[0].ret["y"] = "again:y:0"
    (call,) = tf.import_graph_def(made, name="", return_elements=["call:0"])
    with tf.Session() as session, pytest.raises(tf.errors.UnimplementedError, match="'Twice' calls itself"):
        session.run(call)


def test_the_body_as_a_graph():
    """With shapes for its arguments, as the messages of its nodes, and as a graph."""
    definition = parsed(TWICE).library.function[0]
    graph_def, names = function_def_to_graph_def(definition, [tf.TensorShape([2]).as_proto()])
    assert [node.name for node in graph_def.node] == ["x", "split", "add"]
    assert graph_def.node[2].input == ["split:0", "split:1", "^split"]
    assert names["add:z:0"] == "add:0" and names["x"] == "x:0"
    body = function_def_to_graph(definition, [[2]])
    assert isinstance(body, FuncGraph) and body.name == "Twice" and body.control_outputs == []
    assert [tensor.name for tensor in body.inputs] == ["x:0"]
    assert [str(tensor.shape) for tensor in body.outputs] == ["(2,)"]
    with pytest.raises(ValueError, match="Length of input_shapes must match the number of input_args"):
        function_def_to_graph(definition, [[2], [3]])
    definition.node_def[1].input[0] = "nothing:0"
    with pytest.raises(ValueError, match="node 'add' takes 'nothing:0', which there is not"):
        function_def_to_graph(definition)


def test_what_is_no_function():
    """A signature that names what there is not is refused when the graph is imported."""
    made = parsed(TWICE)
    made.library.function[0].signature.input_arg[0].type = 0
    made.library.function[0].signature.input_arg[0].type_attr = "T"
    with pytest.raises(ValueError, match="takes its type from the attr 'T'"):
        tf.import_graph_def(made)


def test_python_of_another_program_is_not_called():
    """A node that names a Python function imports, and fails when it is run."""
    node = """node { name: 'f' op: 'PyFunc' attr { key: 'Tin' value { list { } } } attr { key: 'token' value {
        s: 'pyfunc_of_another' } } attr { key: 'Tout' value { list { type: DT_FLOAT } } } }"""
    (f,) = tf.import_graph_def(parsed(node), return_elements=["f:0"])
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="is not found"):
        session.run(f)
