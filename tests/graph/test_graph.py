"""Graph: operations by name, unique names, scopes, collections, seeds, finalizing."""

import threading

import pytest

from perdure.graph import devices
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.defaults import (
    get_default_graph,
    graph_of,
    name_scope,
    reset_default_graph,
)
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys


@pytest.fixture
def graph():
    with Graph().as_default() as graph:
        yield graph


def names(graph) -> list[str]:
    return [op.name for op in graph.get_operations()]


# -- names -----------------------------------------------------------------------------------


def test_names_are_made_unique_as_tensorflow_does(graph):
    """A taken name gets the next free number; names that differ only in case count as the same."""
    for name in ("a", "a", "A", "a_1", "a"):
        constant(0, name=name)
    assert names(graph) == ["a", "a_1", "A_2", "a_1_1", "a_3"]


def test_name_scopes_nest_and_are_unique(graph):
    """A scope opened twice gets a number; a name ending in "/" re-enters a scope."""
    with graph.name_scope("s") as scope:
        constant(0, name="c")
        with graph.name_scope("t"):
            constant(0, name="c")
    with graph.name_scope("s"):
        constant(0, name="c")
    with graph.name_scope(scope):
        constant(0, name="c")
        with graph.name_scope(None):
            constant(0, name="c")
    assert names(graph) == ["s/c", "s/t/c", "s_1/c", "s/c_1", "c"]
    assert scope == "s/"


def test_scope_is_left_on_an_exception(graph):
    """After an exception in a scope, names are again those of the outer scope."""
    with pytest.raises(KeyError), graph.name_scope("s"):
        raise KeyError
    assert graph.get_name_scope() == ""


@pytest.mark.parametrize("name", ["_a", "a b", "/a", "é"])
def test_illegal_names_are_refused(graph, name):
    """Node and scope names follow TensorFlow's pattern."""
    with pytest.raises(ValueError, match="is not a valid node name"):
        constant(0, name=name)
    with pytest.raises(ValueError, match="is not a valid scope name"), graph.name_scope(name):
        pass


def test_name_scope_needs_a_name_when_values_are_given():
    """`tf.name_scope(None, None, values)` is an error."""
    with pytest.raises(ValueError, match="At least one of name"):
        name_scope(None, None, [1])


# -- elements --------------------------------------------------------------------------------


def test_elements_are_found_by_name(graph):
    """Operations, tensors and what stands for them."""
    c = constant(0, name="c")
    assert graph.get_operation_by_name("c") is c.op
    assert graph.get_tensor_by_name("c:0") is c
    assert graph.as_graph_element(c) is c
    assert graph.as_graph_element("c") is c.op


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("d:0", KeyError, "does not exist"),
        ("c:1", KeyError, "only has 1 outputs"),
        ("c", ValueError, "refers to an Operation, not a Tensor"),
        ("d", ValueError, r"looks like an \(invalid\) Operation name"),
        ("c:x", ValueError, "not a valid one"),
    ],
)
def test_tensor_lookups_that_fail(graph, name, error, message):
    """A wrong tensor name is told apart: no operation, no such output, not a tensor name."""
    constant(0, name="c")
    with pytest.raises(error, match=message):
        graph.get_tensor_by_name(name)


def test_operation_lookups_that_fail(graph):
    """A wrong operation name, a tensor name, an object of another kind, another graph's tensor."""
    with pytest.raises(KeyError, match="refers to an Operation not in the graph"):
        graph.get_operation_by_name("d")
    with pytest.raises(ValueError, match="appears to refer to a Tensor, not a Operation"):
        graph.get_operation_by_name("c:0")
    with pytest.raises(TypeError, match="Operation names are strings"):
        graph.get_operation_by_name(1)
    with pytest.raises(TypeError, match="Tensor names are strings"):
        graph.get_tensor_by_name(1)
    with pytest.raises(TypeError, match="Can not convert a int into a Tensor or Operation"):
        graph.as_graph_element(1)
    with pytest.raises(TypeError, match="Can not convert a Tensor into a Operation"):
        graph.as_graph_element(constant(0), allow_tensor=False)
    with Graph().as_default():
        other = constant(0)
    with pytest.raises(ValueError, match="is not an element of this graph"):
        graph.as_graph_element(other)


def test_tensors_of_two_graphs_do_not_mix(graph):
    """Which graph an operation belongs to is settled by its inputs."""
    mine = constant(1)
    with Graph().as_default():
        other = constant(1)
        assert (mine + 1).graph is graph
    with pytest.raises(ValueError, match="must be from the same graph"):
        mine + other
    with pytest.raises(ValueError, match="not from the passed-in graph"):
        graph_of([other], graph)


def test_consumers_follow_changes(graph):
    """The reverse edges are those of the graph as it is now."""
    a, b = constant(1, name="a"), constant(2, name="b")
    total = a + b
    assert a.consumers() == [total.op]
    total.op._update_input(0, b)
    assert a.consumers() == []
    assert b.consumers() == [total.op, total.op]  # it takes it twice
    late = g.no_op()
    late._add_control_input(total.op)
    assert total.op._control_outputs == [late]


# -- devices, colocation, control inputs ---------------------------------------------------------


def test_device_scopes_merge(graph):
    """Inner fields win; None cuts off the outer scopes; functions see the operation."""
    with graph.device("/job:worker/device:CPU:0"):
        with graph.device("/device:GPU:1"):
            assert constant(0).device == "/job:worker/device:GPU:1"
        with graph.device(None):
            assert constant(0).device == ""
        with graph.device(lambda op: "/task:3" if op.type == "Const" else ""):
            assert constant(0).device == "/job:worker/task:3/device:CPU:0"
        with graph.device(devices.DeviceSpec(device_type="GPU")):
            assert constant(0).device == "/job:worker/device:GPU:0"


def test_colocation_takes_device_and_group(graph):
    """Colocated operations share the device and name the group; device scopes do not apply."""
    with graph.device("/cpu:0"):
        a = constant(0, name="a")
    with graph.device("/gpu:0"), graph.colocate_with(a):
        b = constant(0, name="b")
        with graph.colocate_with(b):
            c = constant(0, name="c")
    assert b.device == c.device == "/device:CPU:0"
    assert b.op.colocation_groups() == c.op.colocation_groups() == [b"loc:@a"]


def test_colocation_with_nothing_must_ignore_the_outer_scopes(graph):
    """`colocate_with(None)` alone is an error, as in TensorFlow."""
    with pytest.raises(ValueError, match="ignore_existing is not True"):
        graph.colocate_with(None)


def test_control_inputs_are_not_repeated(graph):
    """An operation whose input was made in the scope inherits its control inputs."""
    a = constant(0, name="a")
    with graph.control_dependencies([a]):
        b = constant(1, name="b")
        c = b + 1
        with graph.control_dependencies(None):
            d = constant(2)
    assert [op.name for op in b.op.control_inputs] == ["a"]
    assert c.op.control_inputs == []
    assert d.op.control_inputs == []


def test_control_inputs_must_be_graph_elements(graph):
    """Anything else is refused with TensorFlow's error."""
    with pytest.raises(TypeError, match="Can not convert a int"):
        graph.control_dependencies([1])


# -- attributes of scopes ----------------------------------------------------------------------


def test_container_is_given_to_stateful_operations(graph):
    """Variables made in a container keep their state there."""
    with graph.container("box"):
        v = g.variable_v2(shape=[], dtype="float32")
        c = constant(1.0)
    assert v.op.attrs["container"] == "box"
    assert "container" not in c.op.attrs


def test_gradient_override_map_sets_an_attribute(graph):
    """Operations made in the block name the gradient they use."""
    with graph.gradient_override_map({"Identity": "Mine"}):
        inside = g.identity(1.0)
    assert inside.op.get_attr("_gradient_op_type") == b"Mine"
    with pytest.raises(TypeError, match="mapping strings to strings"):
        graph.gradient_override_map({"Identity": 1})
    with pytest.raises(TypeError, match="must be a dictionary"):
        graph.gradient_override_map("Identity")


# -- collections, finalizing, defaults -----------------------------------------------------------


def test_collections(graph):
    """Copies, the list itself, filtering by scope, several names at once."""
    a, b = constant(0, name="s/a"), constant(0, name="b")
    graph.add_to_collections(["x", "y"], a)
    graph.add_to_collection("x", b)
    assert graph.get_collection("x") == [a, b]
    assert graph.get_collection("x", scope="s") == [a]
    graph.get_collection("x").clear()
    graph.get_collection_ref("y").append(b)
    assert graph.get_collection("x") == graph.get_collection("y") == [a, b]
    assert sorted(graph.get_all_collection_keys()) == ["x", "y"]
    graph.clear_collection("x")
    assert graph.get_collection(GraphKeys.GLOBAL_VARIABLES) == graph.get_collection("x") == []


def test_finalized_graph_refuses_changes(graph):
    """Operations and collections are closed once the graph is finalized."""
    graph.finalize()
    assert graph.finalized
    with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified"):
        constant(0)
    with pytest.raises(RuntimeError, match="finalized"):
        graph.add_to_collection("x", 1)


def test_default_graph_is_one_stack_a_thread():
    """Entering a graph in one thread does not change the default of another."""
    seen = []
    with Graph().as_default() as graph:
        thread = threading.Thread(target=lambda: seen.append(get_default_graph()))
        thread.start()
        thread.join()
        assert get_default_graph() is graph
    assert seen[0] is get_default_graph() is not graph


def test_reset_inside_a_graph_scope_is_refused():
    """Resetting the default graph is for the top level only; there it starts anew."""
    before = get_default_graph()
    with Graph().as_default(), pytest.raises(AssertionError, match="Do not use tf.reset_default_graph"):
        reset_default_graph()
    reset_default_graph()
    assert get_default_graph() is not before


def test_wrong_nesting_of_graph_scopes_is_noticed():
    """Leaving an outer graph scope before an inner one is a mistake in the program."""
    outer, inner = Graph().as_default(), Graph().as_default()
    outer.__enter__()
    inner.__enter__()
    with pytest.raises(AssertionError, match="Nesting violated"):
        outer.__exit__(None, None, None)
    from perdure.graph.stacks import graph_stack

    graph_stack.stack.clear()


def test_a_graph_is_left_in_the_thread_that_entered_it():
    """Else it would stay the default there; TensorFlow fails with IndexError, too."""
    graph = Graph()
    block = graph.as_default()
    block.__enter__()
    raised = []

    def leave():
        try:
            block.__exit__(None, None, None)
        except IndexError as error:
            raised.append(str(error))

    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
    assert len(raised) == 1 and "was entered in another thread" in raised[0]
    assert get_default_graph() is graph
    block.__exit__(None, None, None)
    assert get_default_graph() is not graph


def test_a_function_decorated_by_a_graph_is_called_in_several_threads():
    """Each call enters the graph by itself."""
    graph = Graph()
    both = threading.Barrier(2)
    seen = []

    @graph.as_default()
    def look():
        both.wait(60)
        seen.append(get_default_graph())

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [graph, graph]


def test_operations_know_the_line_that_made_them(graph):
    """The first frame outside perdure, with its text."""
    (line,) = constant(0).op.traceback  # this very line
    assert line.filename == __file__
    assert "this very line" in line.line
    assert line.name == "test_operations_know_the_line_that_made_them"


def test_scopes_decorate_functions(graph):
    """A scope is opened at each call, also at one inside another."""

    @graph.device("/cpu:0")
    @graph.name_scope("part")
    def make(deeper):
        made = constant(1.0, name="made")
        return [made.op, *(make(deeper - 1) if deeper else [])]

    assert [op.name for op in make(1)] == ["part/made", "part/part/made"]
    (again,) = make(0)
    assert again.name == "part_1/made" and again.device.endswith("0")
    outside = constant(1.0, name="outside").op
    assert outside.name == "outside" and outside.device == ""
