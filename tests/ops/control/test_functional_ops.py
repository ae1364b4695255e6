"""If and While: what a condition may be, and what they do with variables in a step."""

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.ops.control.functional_ops import truth
from perdure.runtime.planning.effects import is_writer
from tests.runtime.functional_nodes import cond, while_loop


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.bool_(True), True),
        (np.int32(0), False),
        (np.float32(0.5), True),
        (b"", False),
        (b"x", True),
        (np.zeros([0]), False),
        (np.zeros([2]), True),
    ],
)
def test_truth(value, expected):
    """Numbers other than zero, strings and tensors that are not empty."""
    assert truth(value) is expected


def test_statefulness_and_writers():
    """The type of the node and its place in the order follow from its branches."""
    with tf.Graph().as_default():
        p, v = tf.placeholder(tf.bool, []), tf.Variable(1.0)
        reads = cond(p, lambda: v + 1.0, lambda: 0.0).op.inputs[0].op
        writes = cond(p, lambda: v.assign(1.0), lambda: v).op.inputs[0].op
        draws = cond(p, lambda: tf.random_uniform([]), lambda: 0.0).op.inputs[0].op
        nested = (
            while_loop(lambda i: i < 1.0, lambda i: i + cond(p, lambda: v.assign(1.0), lambda: v), [0.0])
            .op.inputs[0]
            .op
        )
    assert [op.type for op in (reads, draws)] == ["StatelessIf", "If"]
    assert [is_writer(op) for op in (reads, writes, draws, nested)] == [False, True, False, True]


def test_readers_precede_a_conditional_that_writes():
    """As they precede any other writer."""
    with tf.Graph().as_default(), tf.Session() as session:
        p, v = tf.placeholder(tf.bool, []), tf.Variable(1.0)
        change = cond(p, lambda: v.assign(7.0), lambda: v)
        doubled = v * 2.0
        session.run(v.initializer)
        assert session.run([change, doubled], {p: True})[1] == 2
        assert session.run(doubled) == 14


# A function that reads a variable, calls another one, and counts in the variable afterwards.
LIBRARY = """
library {
  function {
    signature {
      name: "outer" is_stateful: true control_output: "counted"
      input_arg { name: "a" type: DT_FLOAT } input_arg { name: "h" type: DT_RESOURCE }
      output_arg { name: "r" type: DT_FLOAT }
    }
    node_def { name: "read" op: "ReadVariableOp" input: "h" attr { key: "dtype" value { type: DT_FLOAT } } }
    node_def {
      name: "nested" op: "PartitionedCall" input: "a" input: "read:value:0"
      attr { key: "Tin" value { list { type: DT_FLOAT type: DT_FLOAT } } }
      attr { key: "Tout" value { list { type: DT_FLOAT } } }
      attr { key: "f" value { func { name: "inner" } } }
    }
    node_def {
      name: "one" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } }
      attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { } float_val: 1 } } }
    }
    node_def {
      name: "count" op: "AssignAddVariableOp" input: "h" input: "one:output:0" input: "^read"
      attr { key: "dtype" value { type: DT_FLOAT } }
    }
    ret { key: "r" value: "nested:output:0" } control_ret { key: "counted" value: "count" }
  }
  function {
    signature {
      name: "inner" input_arg { name: "a" type: DT_FLOAT } input_arg { name: "b" type: DT_FLOAT }
      output_arg { name: "r" type: DT_FLOAT }
    }
    node_def { name: "mul" op: "Mul" input: "a" input: "b" attr { key: "T" value { type: DT_FLOAT } } }
    ret { key: "r" value: "mul:z:0" }
  }
}
versions { producer: 134 }
"""


def call(function, op, *args):
    """A call of a function of LIBRARY in the default graph."""
    from perdure.formats.text import from_text

    graph = tf.get_default_graph()
    tf.import_graph_def(from_text(LIBRARY, tf.GraphDef()), name="")
    make = getattr(tf.raw_ops, op)
    return make(args=args, Tout=[tf.float32], f=graph.functions[function])[0]


def test_a_function_runs_all_of_its_control_outputs():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        v = tf.get_variable("v", initializer=3.0, use_resource=True)
        result = call("outer", "StatefulPartitionedCall", x, v.handle)
        session.run(v.initializer)
        values = [session.run(result, {x: [1.0, 2.0]}).tolist() for _ in range(3)]
        assert values == [[3.0, 6.0], [4.0, 8.0], [5.0, 10.0]] and session.run(v) == 6.0
        assert result.shape.ndims is None and is_writer(result.op)


def test_a_function_becomes_part_of_a_program():
    with tf.Graph().as_default(), perdure.options(tier="compile"), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2])
        result = call("inner", "PartitionedCall", x, x + 1.0) * 2.0
        assert session.run(result, {x: [1.0, 2.0]}).tolist() == [4.0, 12.0]
        assert "compiled" in session.explain(result, [x]) and "host" not in session.explain(result, [x])
