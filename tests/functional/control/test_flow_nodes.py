"""The nodes and contexts of conditionals and loops, as TensorFlow 1.15.5 makes them."""

import pytest

import perdure.compat
from perdure import tf
from perdure.functional.control.cond_context import CondContext
from perdure.functional.control.conditionals import cond
from perdure.functional.control.loops import while_loop
from perdure.functional.control.while_context import WhileContext


def nodes(graph):
    """Name, type, inputs and control inputs of each node."""
    return [
        (
            op.name,
            op.type,
            [tensor.name for tensor in op.inputs],
            [control.name for control in op.control_inputs],
        )
        for op in graph.get_operations()
    ]


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_a_branch_takes_its_inputs_in_by_switches(graph):
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [], name="x")
    cond(p, lambda: x * 2.0, lambda: x)
    assert nodes(graph)[2:] == [
        ("cond/Switch", "Switch", ["p:0", "p:0"], []),
        ("cond/switch_t", "Identity", ["cond/Switch:1"], []),
        ("cond/switch_f", "Identity", ["cond/Switch:0"], []),
        ("cond/pred_id", "Identity", ["p:0"], []),
        ("cond/mul/y", "Const", [], ["cond/switch_t"]),
        ("cond/mul", "Mul", ["cond/mul/Switch:1", "cond/mul/y:0"], []),
        ("cond/mul/Switch", "Switch", ["x:0", "cond/pred_id:0"], []),
        ("cond/Switch_1", "Switch", ["x:0", "cond/pred_id:0"], []),
        ("cond/Merge", "Merge", ["cond/Switch_1:0", "cond/mul:0"], []),
    ]


def test_a_loop_takes_invariants_in_by_constant_enters(graph):
    x = tf.placeholder(tf.float32, [], name="x")
    result = while_loop(lambda a: a < 9.0, lambda a: a + x, [x])
    assert nodes(graph)[1:] == [
        ("while/Enter", "Enter", ["x:0"], []),
        ("while/Merge", "Merge", ["while/Enter:0", "while/NextIteration:0"], []),
        ("while/Less/y", "Const", [], ["while/Merge"]),
        ("while/Less", "Less", ["while/Merge:0", "while/Less/y:0"], []),
        ("while/LoopCond", "LoopCond", ["while/Less:0"], []),
        ("while/Switch", "Switch", ["while/Merge:0", "while/LoopCond:0"], []),
        ("while/Identity", "Identity", ["while/Switch:1"], []),
        ("while/add", "AddV2", ["while/Identity:0", "while/add/Enter:0"], []),
        ("while/add/Enter", "Enter", ["x:0"], []),
        ("while/NextIteration", "NextIteration", ["while/add:0"], []),
        ("while/Exit", "Exit", ["while/Switch:0"], []),
    ]
    assert result.name == "while/Exit:0"
    enters = [op.get_attr("is_constant") for op in graph.get_operations() if op.type == "Enter"]
    assert enters == [False, True]


def test_contexts_know_what_lies_in_them(graph):
    p = tf.placeholder(tf.bool, [], name="p")
    inner = []
    while_loop(lambda i: i < 3, lambda i: cond(p, lambda: inner.append(i + 1) or i, lambda: i), [0])
    branch = inner[0].op._get_control_flow_context()
    assert isinstance(branch, CondContext) and branch.branch == 1
    assert isinstance(branch.outer_context, WhileContext) and branch.outer_context.outer_context is None
    assert tf.get_collection(tf.GraphKeys.WHILE_CONTEXT) == [branch.outer_context]
    assert tf.get_collection(tf.GraphKeys.COND_CONTEXT) == []
    assert graph._get_control_flow_context() is None


def loop_with_branches():
    p = tf.placeholder(tf.bool, [], name="p")
    while_loop(lambda i: i < 3, lambda i: cond(p, lambda: i + 1, lambda: i + 2), [0])
    (context,) = tf.get_collection(tf.GraphKeys.WHILE_CONTEXT)
    return context


def test_contexts_survive_protos(graph):
    proto = loop_with_branches().to_proto()
    assert [nested.cond_ctxt.branch for nested in proto.nested_contexts] == [1, 0]
    with tf.Graph().as_default() as again:
        loop_with_branches()
        read = WhileContext.from_proto(proto)
        assert read.to_proto() == proto
        assert again.get_operation_by_name("while/LoopCond")._get_control_flow_context() is read
        (branch, _) = read._nested_contexts
        assert again.get_operation_by_name("while/cond/add")._get_control_flow_context() is branch


def test_what_lies_in_a_loop_is_refused_outside(graph):
    kept = []
    while_loop(lambda i: i < 3, lambda i: kept.append(i * 2) or i + 1, [0])
    with pytest.raises(
        ValueError, match="Cannot use 'while/mul' as input to 'add' because 'while/mul' is in a"
    ):
        kept[0] + 1
    with pytest.raises(ValueError, match="because they are in different while loops"):
        while_loop(lambda i: i < 3, lambda i: i + kept[0], [0])


def test_the_gradient_of_a_loop_saves_what_it_needs(graph):
    x = tf.placeholder(tf.float32, [], name="x")
    _, result = while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.sin(a)), [0, x])
    (gradient,) = tf.gradients(result, x)
    assert gradient.name == "gradients/while/Enter_1_grad/Exit:0"
    push = graph.get_operation_by_name("gradients/while/Sin_grad/Cos/StackPushV2")
    assert [tensor.name for tensor in push.inputs] == [
        "gradients/while/Sin_grad/Cos/Enter:0",
        "while/Identity_1:0",
    ]
    assert [op.name for op in push.control_inputs] == ["gradients/Add"]
    counter = graph.get_operation_by_name("gradients/NextIteration")
    assert counter.control_inputs == [push]


def test_loops_have_first_gradients_only(graph):
    x = tf.placeholder(tf.float32, [], name="x")
    _, result = while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, x])
    (gradient,) = tf.gradients(result, x)
    with pytest.raises(TypeError, match="Second-order gradient for while loops not supported."):
        tf.gradients(gradient, x)


def test_variables_of_a_branch_need_functions(graph):
    p = tf.placeholder(tf.bool, [], name="p")
    for use_resource in (False, True):
        with pytest.raises(ValueError, match="is from inside a control-flow construct"):
            cond(p, lambda: tf.Variable(tf.zeros([]), use_resource=use_resource), lambda: 0.0)  # noqa: B023
        made = cond(p, lambda: tf.Variable(lambda: tf.zeros([]), use_resource=use_resource), lambda: 0.0)  # noqa: B023
        assert made.op.type == "Merge"


def test_arrays_hand_their_state_on(graph):
    array = tf.TensorArray(tf.float32, 3, clear_after_read=False)
    written = array.write(0, [1.0, 2.0])
    assert written.flow.op.type == "TensorArrayWriteV3" and written.handle is array.handle
    assert written.read(0).shape.as_list() == array.element_shape.as_list() == [2]
    with pytest.raises(ValueError, match="Inconsistent shapes: saw \\(3,\\) but expected \\(2,\\)"):
        written.write(1, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="Size must be provided if handle is not provided"):
        tf.TensorArray(tf.float32)
    with pytest.raises(ValueError, match="Cannot provide both a handle and size at the same time"):
        tf.TensorArray(tf.float32, size=3, handle=array.handle)


def test_gradients_of_arrays_have_arrays_of_their_own(graph):
    x = tf.placeholder(tf.float32, [3, 2])
    array = tf.TensorArray(tf.float32, 3).unstack(x)
    (first,) = tf.gradients(array.read(0), x)
    (second,) = tf.gradients(array.read(1), x)
    sources = [op.get_attr("source") for op in graph.get_operations() if op.type == "TensorArrayGradV3"]
    assert sources == [b"gradients", b"gradients", b"gradients_1", b"gradients_1"]
    assert first.op.type == second.op.type == "TensorArrayGatherV3"
    with pytest.raises(ValueError, match="Expected op/tensor name to start with gradients"):
        tf.gradients(array.read(0), x, name="other")


def test_modules_inside_of_tensorflow_ask_the_same_questions(graph):
    perdure.compat.install()
    try:
        from tensorflow.python.ops import control_flow_ops, control_flow_util
    finally:
        perdure.compat.uninstall()
    p = tf.placeholder(tf.bool, [])
    found = []
    control_flow_ops.while_loop(
        lambda i: i < 3, lambda i: control_flow_ops.cond(p, lambda: found.append(i + 1) or i, lambda: i), [0]
    )
    op = found[0].op
    assert control_flow_util.IsInWhileLoop(op) and control_flow_util.IsInCond(op)
    assert not control_flow_util.IsInXLAContext(op) and not control_flow_util.InXlaContext(graph)
    assert not control_flow_util.GraphOrParentsInXlaContext(graph)
    loop = control_flow_util.GetWhileContext(op)
    assert control_flow_util.TensorInContext(found[0], loop) and not control_flow_util.TensorInContext(
        p, loop
    )
    assert isinstance(loop, control_flow_ops.WhileContext)


def test_meta_graphs_bring_contexts_back():
    with tf.Graph().as_default():
        loop_with_branches()
        meta_graph = tf.train.export_meta_graph()
    with tf.Graph().as_default() as again:
        tf.train.import_meta_graph(meta_graph, import_scope="read")
        context = again.get_operation_by_name("read/while/cond/add")._get_control_flow_context()
        assert context.name == "read/while/cond/cond_text"
        assert context.outer_context.name == "read/while/while_context"
        frames = {op.get_attr("frame_name") for op in again.get_operations() if op.type == "Enter"}
        assert frames == {b"read/while/while_context"}
