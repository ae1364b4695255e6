"""Session: running, state, failures, lifetime."""

import gc
import threading
import warnings

import numpy as np
import pytest

from perdure.formats.messages import ConfigProto, RunMetadata, RunOptions
from perdure.graph import errors
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.defaults import control_dependencies, get_default_graph, get_default_session
from perdure.graph.graph import Graph
from perdure.session import InteractiveSession, Session


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


def variable(value, name="v"):
    """A ref variable and the operation that gives it its first value."""
    value = np.asarray(value, np.float32)
    v = g.variable_v2(shape=value.shape, dtype="float32", name=name)
    return v, g.assign(v, value).op


# -- running -------------------------------------------------------------------------------------


def test_a_step_computes_what_was_fetched():
    """Constants, placeholders and arithmetic."""
    x = g.placeholder(dtype="float32", shape=[None])
    with Session() as session:
        assert session.run(x * 2 + 1, {x: [1, 2]}).tolist() == [3.0, 5.0]
        assert session.run(constant(2) + 3) == 5


def test_scalars_are_numpy_scalars():
    """A 0-d result has the scalar type of its dtype; strings are bytes."""
    with Session() as session:
        assert type(session.run(constant(1.0))) is np.float32
        assert type(session.run(constant(True))) is np.bool_
        assert session.run(constant("a")) == b"a"


def test_a_placeholder_must_be_fed():
    """The error names the placeholder, its type and the line that made it."""
    x = g.placeholder(dtype="float32", shape=[2], name="x")
    with (
        Session() as session,
        pytest.raises(
            errors.InvalidArgumentError,
            match="You must feed a value for placeholder tensor 'x' with dtype float and shape",
        ) as caught,
    ):
        session.run(x + 1)
    assert caught.value.op is x.op
    assert caught.value.node_def.name == "x"
    assert caught.value.error_code == errors.INVALID_ARGUMENT
    assert __file__ in str(caught.value)


def test_any_tensor_may_be_fed():
    """Feeding an intermediate tensor cuts off what it was made of."""
    x = g.placeholder(dtype="float32")
    y = x * 2
    with Session() as session:
        assert session.run(y + 1, {y: 5}) == 6.0
        assert session.run([y, y + 1], {y: 5}) == [5.0, 6.0]


def test_changing_the_graph_after_a_run_is_seen():
    """A plan made before an operation's input was changed is not used again."""
    a, b = constant(1), constant(2)
    total = a + a
    with Session() as session:
        assert session.run(total) == 2
        total.op._update_input(1, b)
        assert session.run(total) == 3


def test_an_op_without_a_kernel_fails_when_it_is_run():
    """Any op of the table can be part of a graph; running it names what is missing."""
    lost = g.abort(error_msg="x")
    fine = constant(1)
    with Session() as session:
        assert session.run(fine) == 1
        with pytest.raises(errors.UnimplementedError, match="Abort is an op .* no kernel") as caught:
            session.run(lost)
    assert caught.value.op is lost


# -- aliasing ------------------------------------------------------------------------------------


def test_fetches_never_alias_feeds_constants_or_variables():
    """What a step returns may be written to without changing anything else."""
    x = g.placeholder(dtype="float32")
    c = constant([1.0, 2.0])
    v, init = variable([1, 2])
    fed = np.float32([1, 2])
    with Session() as session:
        session.run(init)
        for fetch in (x, c, v, g.identity(x), g.identity(v), g.reshape(c, [2, 1])):
            result = session.run(fetch, {x: fed})
            result += 100
            assert session.run(fetch, {x: fed}).ravel().tolist() == [1.0, 2.0]
    assert fed.tolist() == [1.0, 2.0]


def test_variables_never_alias_feeds():
    """Changing an array that was assigned to a variable does not change the variable."""
    x = g.placeholder(dtype="float32", shape=[2])
    v = g.variable_v2(shape=[2], dtype="float32")
    update = g.assign(v, x)
    fed = np.float32([1, 2])
    with Session() as session:
        session.run(update.op, {x: fed})
        fed[:] = 9
        assert session.run(v).tolist() == [1.0, 2.0]


# -- variables -----------------------------------------------------------------------------------


def test_reading_before_the_first_value():
    """FailedPrecondition, naming the variable."""
    v, _ = variable(1.0, "weights")
    with (
        Session() as session,
        pytest.raises(errors.FailedPreconditionError, match="Attempting to use uninitialized value weights"),
    ):
        session.run(v * 2)


def test_state_belongs_to_the_session():
    """Two sessions of one graph have their own values."""
    v, init = variable(1.0)
    bump = g.assign_add(v, 1.0)
    with Session() as one, Session() as other:
        one.run(init)
        other.run(init)
        one.run(bump.op)
        assert (one.run(v), other.run(v)) == (2.0, 1.0)


def test_a_read_is_made_where_it_is_consumed():
    """A consumer of a variable sees the updates that its control inputs made."""
    v, init = variable(1.0)
    bump = g.assign_add(v, 10.0)
    before = v * 1
    with control_dependencies([bump]):
        after = g.identity(v)
    with Session() as session:
        session.run(init)
        assert session.run([before, after]) == [1.0, 11.0]


def test_unordered_readers_come_before_writers():
    """What is computed from a variable, with no order between that and an update, is of the old value."""
    v, init = variable(1.0)
    bump = g.assign_add(v, 1.0)
    with Session() as session:
        session.run(init)
        old, _ = session.run([v * 1, bump.op])
        assert (old, session.run(v)) == (1.0, 2.0)


def test_a_variable_fetched_with_its_updates_has_its_last_value():
    """As with TensorFlow, where fetches of a variable, of its updates and its identities share its memory."""
    v, init = variable([1.0])
    first = g.assign_add(v, [1.0])
    with control_dependencies([first]):
        second = g.assign_sub(v, [5.0])
    with Session() as session:
        session.run(init)
        fetched = session.run([v, first, g.identity(g.identity(v)), second.op, second])
        assert [value.tolist() for value in fetched if value is not None] == [[-3.0]] * 4


def test_a_value_fed_for_a_variable():
    """It takes the variable's place for the step; the step cannot change it."""
    v, init = variable([1.0])
    with Session() as session:
        session.run(init)
        snapshot = g.identity(v)
        assert [x.tolist() for x in session.run([v, snapshot, v + 1.0], {v: [7.0]})] == [[7.0], [7.0], [8.0]]
        with pytest.raises(errors.InvalidArgumentError, match="a value was fed for .*, which the oper"):
            session.run(g.assign_add(v, [1.0]).op, {v: [7.0]})
        assert session.run(v).tolist() == [1.0]


def test_a_failed_step_changes_no_variable():
    """An update that was made before the failure is dropped."""
    v, init = variable([1.0])
    x = g.placeholder(dtype="float32", shape=None)
    bump = g.assign_add(v, [1.0])
    with control_dependencies([bump]):
        broken = g.mat_mul(x, x)
    with Session() as session:
        session.run(init)
        with pytest.raises(errors.InvalidArgumentError):
            session.run(broken, {x: np.ones((2, 3))})
        assert session.run(v).tolist() == [1.0]
        session.run(bump.op)
        assert session.run(v).tolist() == [2.0]


def test_updates_of_many_threads_all_count():
    """Steps that update a variable do not interleave."""
    v, init = variable(0.0)
    bump = g.assign_add(v, 1.0).op
    with Session() as session:
        session.run(init)
        threads = [threading.Thread(target=lambda: [session.run(bump) for _ in range(50)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert session.run(v) == 200.0


# -- make_callable -------------------------------------------------------------------------------


def test_make_callable():
    """A function of the fed values; the structure of the fetches is kept."""
    x = g.placeholder(dtype="float32", shape=[None])
    with Session() as session:
        step = session.make_callable({"y": x * 2}, [x])
        assert step([1, 2])["y"].tolist() == [2.0, 4.0]
        with pytest.raises(errors.InvalidArgumentError, match="You must feed a value"):
            step()
        with pytest.raises(TypeError, match="`feed_list` must be a list or tuple"):
            session.make_callable(x, x)
    with pytest.raises(RuntimeError, match="closed Session"):
        step([1])


# -- lifetime ------------------------------------------------------------------------------------


def test_a_closed_session_refuses_to_run():
    """Closing twice is silent; running says that the session is closed."""
    c = constant(1)
    session = Session()
    session.run(c)
    session.close()
    session.close()
    with pytest.raises(RuntimeError, match="Attempted to use a closed Session"):
        session.run(c)


def test_an_empty_graph_cannot_be_run():
    """There is nothing to fetch yet."""
    with Session() as session, pytest.raises(RuntimeError, match="The Session graph is empty"):
        session.run("x:0")


def test_with_block_sets_the_defaults_and_closes():
    """Inside the block graph and session are the defaults; an exception leaves both stacks right."""
    graph = Graph()
    outer = get_default_graph()
    with pytest.raises(KeyError), Session(graph=graph) as session:
        assert get_default_graph() is graph
        assert get_default_session() is session
        raise KeyError
    assert get_default_graph() is outer
    assert get_default_session() is None
    with pytest.raises(RuntimeError, match="closed"):
        session.run("x")


def test_entering_a_session_twice():
    """`with session` inside itself is refused; `as_default` may be nested and does not close."""
    c = constant(1)
    with Session() as session:
        with session.as_default(), session.as_default():
            assert c.eval() == 1
        with pytest.raises(RuntimeError, match="not re-entrant"), session:
            pass
        assert session.run(c) == 1


def _in_thread(body):
    """What `body` raises in another thread."""
    raised = []

    def attempt():
        try:
            body()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    (error,) = raised
    return error


def test_leaving_a_session_in_another_thread():
    """Its defaults belong to the first one, so it is refused, as by TensorFlow; the session stays open."""
    graph = Graph()
    with graph.as_default():
        one = constant(1)

    def leave():
        session.__exit__(None, None, None)

    def leave_from_another_graph():
        with Graph().as_default():
            leave()

    def leave_from_another_session():
        with Graph().as_default(), Session():
            leave()

    session = Session(graph=graph)
    session.__enter__()
    error = _in_thread(leave)
    assert isinstance(error, IndexError) and "was entered in another thread" in str(error)
    for body, what in ((leave_from_another_graph, "graph.Graph"), (leave_from_another_session, "Session")):
        error = _in_thread(body)
        assert isinstance(error, AssertionError) and what in str(error)
        assert "Nesting violated for default stack" in str(error)
    assert get_default_session() is session and get_default_graph() is graph
    assert session.run(one) == 1
    leave()
    assert get_default_session() is None and get_default_graph() is not graph
    with pytest.raises(RuntimeError, match="closed"):
        session.run(one)


def test_sessions_that_are_left_in_the_wrong_order():
    """The outer one stays open until the inner one is left, as in TensorFlow."""
    outer, inner = Session(graph=Graph()), Session(graph=Graph())
    outer.__enter__()
    inner.__enter__()
    with pytest.raises(AssertionError, match="Nesting violated for default stack of .*Session"):
        outer.__exit__(None, None, None)
    assert get_default_session() is inner and get_default_graph() is inner.graph
    inner.__exit__(None, None, None)
    assert get_default_session() is outer and get_default_graph() is outer.graph
    outer.__exit__(None, None, None)
    assert get_default_session() is None and outer._closed and inner._closed


def test_a_dropped_session_is_released_and_reported():
    """The warning names the line that made the session; its variables are given back."""
    v, init = variable([1.0])
    session = Session()
    session.run(init)
    resources = session._resources
    with pytest.warns(ResourceWarning, match=rf"unclosed Session made at .*{__name__[-12:]}"):
        del session
        gc.collect()
    assert resources.variables == {}


def test_a_closed_session_is_not_reported():
    """Nor one that a `with` block closed."""
    with warnings.catch_warnings(record=True) as reported:
        warnings.simplefilter("always")
        session = Session()
        session.close()
        del session
        with Session() as session:
            pass
        del session
        gc.collect()
    assert [str(warning.message) for warning in reported] == []


# -- arguments -----------------------------------------------------------------------------------


def test_arguments_are_checked():
    """Each wrong argument is named; a config in the place of the target gets a hint."""
    with pytest.raises(TypeError, match=r"target must be a string.*Session\(config=config\)"):
        Session(ConfigProto())
    with pytest.raises(TypeError, match="graph must be a tf.Graph"):
        Session(graph=1)
    with pytest.raises(TypeError, match="config must be a tf.ConfigProto"):
        Session(config=1)
    with pytest.raises(errors.UnimplementedError, match="grpc://x"):
        Session("grpc://x")


def test_run_options_that_ask_for_nothing_are_accepted():
    """A step without a trace leaves its RunMetadata empty."""
    metadata = RunMetadata()
    metadata.partition_graphs.add()
    with Session() as session:
        value = session.run(constant(1), options=RunOptions(), run_metadata=metadata)
        assert (value, metadata) == (1, RunMetadata())


# -- InteractiveSession --------------------------------------------------------------------------


def test_interactive_session_is_the_default_until_it_is_closed():
    """`eval` works without a `with` block."""
    c = constant(3)
    session = InteractiveSession()
    assert c.eval() == 3
    session.close()
    session.close()
    assert get_default_session() is None


def test_a_second_interactive_session_warns():
    """Two at once are most likely a mistake; closing the first leaves the second in place."""
    first = InteractiveSession()
    with pytest.warns(UserWarning, match="An interactive session is already active"):
        second = InteractiveSession(graph=Graph())
    assert get_default_graph() is second.graph
    first.close()
    assert get_default_session() is second
    second.close()


# -- placement -----------------------------------------------------------------------------------


def test_a_device_that_does_not_exist():
    """An explicit GPU is refused without one, unless soft placement moves the node to the CPU."""
    with get_default_graph().device("/gpu:0"):
        c = constant(1, name="c")
    with (
        Session() as session,
        pytest.raises(
            errors.InvalidArgumentError, match="Cannot assign a device for operation c.*device:CPU:0"
        ),
    ):
        session.run(c)
    with Session(config=ConfigProto(allow_soft_placement=True)) as session:
        assert session.run(c) == 1


def test_placement_is_logged(capsys):
    """One line an operation, as TensorFlow words it."""
    with Session(config=ConfigProto(log_device_placement=True)) as session:
        session.run(constant(1, name="c"))
    assert "c: (Const): /job:localhost/replica:0/task:0/device:CPU:0\n" in capsys.readouterr().out


def test_placement_is_logged_when_the_graph_has_grown(capsys):
    """All of it again, before the next step of any kind; a callable without feeds is bound to what was."""

    def logged():
        return [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]

    with Session(config=ConfigProto(log_device_placement=True)) as session:
        a = constant(1.0, name="a")
        b = g.neg(a, name="b")
        session.run(b)
        assert logged() == ["b", "a"]
        session.run([b, a])
        assert logged() == []
        x = g.placeholder(dtype="float32", name="x")
        session.run(b)
        assert logged() == ["b", "a", "x"]
        bound, fed = session.make_callable(b), session.make_callable(g.neg(x, name="y"), [x])
        bound()
        session.run(x, {x: 1.0})
        session.run([])
        assert logged() == []
        fed(1.0)
        assert logged() == ["b", "y", "a", "x"]
        c = g.neg(a, name="c")
        handle = session.partial_run_setup([c], [x])
        assert logged() == ["b", "y", "c", "a", "x"]
        constant(2.0, name="d")
        session.partial_run(handle, c)
        assert logged() == []


def test_a_bad_device_stops_every_step():
    """Also those that ran before; what is bound to the graph as it was goes on, and pruned placement."""
    b = g.neg(constant(1.0))
    config = ConfigProto()
    config.graph_options.place_pruned_graph = True
    with Session() as session, Session(config=config) as pruned:
        bound = session.make_callable(b)
        assert session.run(b) == pruned.run(b) == -1.0
        with get_default_graph().device("/gpu:0"):
            constant(1, name="c")
        for _ in range(2):
            with pytest.raises(errors.InvalidArgumentError, match="Cannot assign a device for operation c"):
                session.run(b)
        assert bound() == pruned.run(b) == -1.0


def test_a_reference_can_be_passed_on():
    """RefIdentity stands for the variable: assigning to it assigns to the variable."""
    v, init = variable([1.0])
    again = g.ref_identity(v)
    bump = g.assign_add(again, [1.0])
    with Session() as session:
        session.run(init)
        assert session.run(again * 2.0).tolist() == [2.0]
        assert session.run(bump).tolist() == [2.0]
        assert session.run([v, again])[1].tolist() == [2.0]
