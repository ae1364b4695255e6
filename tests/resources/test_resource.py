"""Kinds of objects that sessions own: what follows from the class alone."""

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.graph import errors
from perdure.graph.builder import g
from perdure.ops import registry
from perdure.ops.traits import Traits
from perdure.resources.resource import Resource, Sharing
from perdure.resources.resources import Resources, Variable
from tests.ops.test_registry import definition


class Tally(Resource):
    """A toy: a number that steps add to."""

    kind = "tally"
    tensorflow_class = "tensorflow::Tally"

    def __init__(self, name, start):
        super().__init__(name)
        self.start = self.total = start
        self.is_closed = False

    @property
    def nbytes(self):
        return 8

    @property
    def state(self):
        return f"at {self.total}"

    def check_same(self, other):
        if other.start != self.start:
            raise errors.InvalidArgumentError(None, None, f"it starts at {self.start}")

    def cancel(self):
        self.is_closed = True


@pytest.fixture(autouse=True)
def tally_ops(monkeypatch):
    """One op that makes tallies and one that uses them; both take the signatures of a queue's ops."""
    made = definition("FIFOQueueV2", makes=Tally, traits=Traits(setup=True))
    used = definition("QueueSizeV2", handles={"handle": Tally}, traits=Traits(host=True))
    made.shape(lambda: ())
    used.shape(lambda: ())

    @made.kernel
    def tally_kernel(xp, *, obtain, capacity):
        return obtain(start=capacity)

    @used.kernel
    def add_kernel(xp, handle):
        handle.total += 1
        return np.int32(handle.total)

    for toy in (made, used):
        assert registry.lookup(toy.type) is not None
        monkeypatch.setitem(registry._found, toy.type, toy)
    with tf.Graph().as_default():
        yield


def tally(start=0, name=None, shared_name="", container=""):
    return g.fifo_queue_v2(
        component_types=[tf.int32], capacity=start, name=name, shared_name=shared_name, container=container
    )


def add(handle):
    return g.queue_size_v2(handle)


def test_nodes_of_a_shared_name_share():
    """By container and shared name; what has none belongs to its node, also in several steps."""
    one, same, elsewhere = (tally(shared_name="t", container=c) for c in ("", "", "c"))
    own, other = tally(name="own"), tally(name="other")
    with tf.Session() as session:
        totals = [session.run(add(handle)) for handle in (one, same, elsewhere, own, other, own)]
    assert totals == [1, 2, 1, 1, 1, 2]


def test_a_node_that_means_another_is_refused():
    """`check_same` compares the object that is there with the one the node would have made."""
    first, other = tally(3, shared_name="t"), tally(4, shared_name="t")
    with tf.Session() as session:
        assert session.run(add(first)) == 4
        with pytest.raises(errors.InvalidArgumentError, match="it starts at 3"):
            session.run(add(other))


def test_it_is_reported_and_closed_with_its_session():
    """`live_sessions`, the page of a notebook, and `close` ask the class."""
    with tf.Session() as session:
        session.run([add(tally(name="own")), add(tally(shared_name="t"))])
        (mine,) = [live for live in perdure.live_sessions() if live.made_at == session.made_at]
        assert set(mine.others) == {"tally own", "tally t"} and mine.others_nbytes == 16 == mine.nbytes
        assert "at 1" in session._repr_html_()
        found = [found for _, found in session._resources.listed()]
        assert [each.name for each in found] == ["_0_own", "t"]
        assert not any(each.is_closed for each in found)
    assert all(each.is_closed for each in found)


def test_sessions_of_a_server_share_what_has_a_name():
    """It outlives them; what belongs to a node ends with its session."""
    server = tf.train.Server.create_local_server()
    handles = tally(shared_name="t"), tally(name="own")
    totals = []
    for _ in range(2):
        with tf.Session(server.target) as session:
            totals.append([session.run(add(handle)) for handle in handles])
    assert totals == [[1, 1], [2, 1]]
    (live,) = [live for live in perdure.live_servers() if live.target == server.target]
    assert live.others == ("tally t",) and live.others_nbytes == 8


def test_handles_of_another_kind_are_refused():
    """As by TensorFlow 1.15.5: the kind that the handle has comes first."""
    variable = g.var_handle_op(dtype=tf.float32, shape=[], name="v")
    with tf.Session() as session:
        with pytest.raises(
            errors.InvalidArgumentError,
            match="^Trying to access resource using the wrong type. Expected N10tensorflow3VarE got "
            "N10tensorflow5TallyE",
        ):
            session.run(add(variable))
        with pytest.raises(errors.InvalidArgumentError, match="Expected N10tensorflow5TallyE got N10tensor"):
            session.run(g.assign_variable_op(tally(), 1.0))
        with pytest.raises(errors.FailedPreconditionError, match="^Error while reading resource variable"):
            session.run(g.read_variable_op(tally(), dtype=tf.float32))
        assert not session.run(g.var_is_initialized_op(tally()))
        with pytest.raises(errors.InvalidArgumentError, match="a handle of a queue is required"):
            handle = g.fifo_queue(component_types=[tf.int32])
            session.run(g.queue_size(handle), {handle: ["localhost", "q"]})


def test_reference_handles_of_another_kind_are_refused():
    """The older ops look for the name among the objects of their kind, so it is not found."""
    queue, barrier = (
        g.fifo_queue(component_types=[tf.int32], name="q"),
        g.barrier(component_types=[tf.int32], shapes=[[]], name="b"),
    )
    accumulator = g.conditional_accumulator(dtype=tf.float32, shape=[])
    with tf.Session() as session:
        for fetch, what in (
            (g.barrier_ready_size(queue), "_0_q/N10tensorflow7barrier7BarrierE"),
            (g.queue_size(barrier), "_1_b/N10tensorflow14QueueInterfaceE"),
            (g.barrier_ready_size(accumulator), "N10tensorflow7barrier7BarrierE"),
            (g.accumulator_num_accumulated(queue), "N10tensorflow26ConditionalAccumulatorBaseE"),
        ):
            with pytest.raises(errors.NotFoundError, match=f"^Resource localhost/.*{what} does not exist"):
                session.run(fetch)


# -- the store ---------------------------------------------------------------------------------------


def kind_of(how, kind="a"):
    return type("Kept", (Resource,), {"kind": kind, "sharing": how, "cancel": lambda self: gone.append(self)})


gone = []


def test_who_shares_follows_from_the_class():
    """Names, names of nodes, nodes, sessions and steps; kinds of one name are apart."""
    gone.clear()
    resources = Resources()
    named, by_node, node, session, step = map(kind_of, Sharing)
    get = resources.get
    assert get(named, "x", shared_name="s") is get(named, "y", shared_name="s")
    assert get(named, "x") is get(named, "x") is not get(named, "y")
    assert get(named, "x", "elsewhere") is not get(named, "x")
    by_node.kind = "b"
    assert get(by_node, "x") is get(by_node, "y", shared_name="x")
    node.kind = "c"
    assert get(node, "x", shared_name="s") is get(node, "x") is not get(node, "y", shared_name="s")
    session.kind = "d"
    assert get(session, "x") is get(session)
    assert get(step, "x") is not get(step, "x")
    count = len(resources.listed())
    assert count == 8
    resources.close()
    assert len(gone) == count and not resources.listed()
    with pytest.raises(errors.CancelledError, match="Session has been closed"):
        get(named, "x")


def test_a_name_that_another_class_of_the_kind_has():
    """Classes of one kind share their names; without `check_same` of its own the other is refused."""
    resources = Resources()
    one, other = kind_of(Sharing.NAME), kind_of(Sharing.NAME)
    resources.get(one, "x", shared_name="s")
    with pytest.raises(errors.InvalidArgumentError, match="Shared a 's' is a Kept, not a Kept"):
        resources.get(other, "x", shared_name="s")


def test_variables_are_a_kind():
    """They are found by container and name, and another type is refused."""
    resources = Resources()
    v = resources.get(Variable, "v", dtype=tf.float32, declared_shape=(2,))
    assert resources.get(Variable, "w", shared_name="v", dtype=tf.float32, declared_shape=(2,)) is v
    assert resources.variables == {("", "v"): v} and resources.listed() == [] and not v.initialized
    with pytest.raises(errors.InvalidArgumentError, match="variable v holds float32, not int32"):
        resources.get(Variable, "v", dtype=tf.int32, declared_shape=(2,))


def test_op_lines_that_contradict_their_kernels():
    """`makes` and `obtain` belong together, and what each step makes is not set up."""
    made = definition("FIFOQueueV2", makes=Tally)
    made.kernel(lambda xp, *, capacity: ())
    with pytest.raises(TypeError, match="asks for `obtain`"):
        made.check()
    made = definition("FIFOQueueV2", makes=kind_of(Sharing.STEP), traits=Traits(setup=True))
    made.kernel(lambda xp, *, obtain: obtain())
    with pytest.raises(TypeError, match="nothing is set up"):
        made.check()


def test_each_run_makes_an_object_of_a_step(monkeypatch):
    """It goes from node to node of the step, and no later step finds it."""
    fleeting = type("Fleeting", (Tally,), {"kind": "fleeting", "sharing": Sharing.STEP})
    made = definition("FIFOQueueV2", makes=fleeting, traits=Traits(host=True))
    made.shape(lambda: ())
    made.kernel(lambda xp, *, obtain, capacity: obtain(start=capacity))
    monkeypatch.setitem(registry._found, "FIFOQueueV2", made)
    handle = tally(5, shared_name="t")
    first = add(handle)
    with tf.control_dependencies([first]):
        second = add(handle)
    with tf.Session() as session:
        assert session.run([first, second]) == [6, 7] == session.run([first, second])
        assert session._resources.listed() == []
