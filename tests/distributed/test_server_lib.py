"""Servers: what they refuse, who keeps what they own, and what closing a session leaves alone."""

import contextvars
import copy
import gc
import pickle
import subprocess
import sys
import threading
import time
import warnings
import weakref

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.distributed.server_lib import _make_server_def
from tests.signals import HEARS_CTRL_C
from tools import leaks


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def server():
    return tf.train.Server.create_local_server()


def eventually(condition):
    """Wait until something that another thread does is so."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it never was"
        time.sleep(0.001)


def in_thread(function):
    """A thread that calls `function` under the options of this one; a list gets its result, or the error."""
    results = []

    def call():
        try:
            results.append(function())
        except Exception as error:
            results.append(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(call,))
    thread.start()
    return thread, results


def number_waiting(server):
    """How many steps wait for something that the server owns."""
    found = [found for _, found in server._server.state.listed()]
    return sum(len(line) for each in found for line in (*each._lines(), *each._apart))


def queue_of(server, dtype=tf.int32, capacity=5):
    return tf.FIFOQueue(capacity, dtype, shapes=[[]], shared_name="shared")


# -- what is refused -----------------------------------------------------------------------------------


def test_what_is_no_task_is_refused_first():
    """Wrong arguments are named first."""
    with pytest.raises(
        TypeError, match="Could not convert `server_or_cluster_def` to a `tf.train.ServerDef`"
    ):
        tf.train.Server(5)
    with pytest.raises(ValueError, match="Must specify an explicit `job_name`"):
        tf.train.Server({"a": ["h:1"], "b": ["h:2"]})
    with pytest.raises(ValueError, match="Must specify an explicit `task_index`"):
        tf.train.Server({"a": ["h:1", "h:2"]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse port"):
        tf.train.Server({"a": ["h:99999"]})
    with pytest.raises(tf.errors.NotFoundError, match="No CPU devices"):
        tf.train.Server.create_local_server(tf.ConfigProto(device_count={"CPU": 0}))


def test_a_cluster_of_several_processes_is_refused():
    """The error names the tasks that are elsewhere."""
    with pytest.raises(
        tf.errors.UnimplementedError,
        match=r"task 1 of job 'b': perdure runs in one process only, but the cluster has /job:a/task:0 at "
        r"h:1, /job:b/task:0 at h:2; a server that is alone",
    ):
        tf.train.Server({"a": ["h:1"], "b": ["h:2", "h:3"]}, job_name="b", task_index=1)


def test_targets_that_no_server_has(server):
    """A plain string will do for one that is there."""
    with pytest.raises(tf.errors.UnimplementedError, match="'grpc://unknown:1': no server of this process"):
        tf.Session("grpc://unknown:1")
    tf.Session(str(server.target)).close()


def test_a_dropped_server_is_not_found():
    """Nobody has it, and its plain name keeps nothing."""
    name = str(tf.train.Server.create_local_server().target)
    gc.collect()
    with pytest.raises(tf.errors.UnimplementedError, match="no server of this process has it"):
        tf.Session(name)
    with pytest.raises(tf.errors.UnimplementedError, match="no server of this process has it"):
        tf.Session.reset(name)


def test_a_server_that_is_not_started_runs_nothing():
    """TensorFlow would wait for ever."""
    server = tf.train.Server.create_local_server(start=False)
    one = tf.constant(1)
    with tf.Session(server.target) as session:
        for act in (lambda: session.run(one), lambda: session.make_callable(one)):
            with pytest.raises(tf.errors.FailedPreconditionError, match="was not started: call its start"):
                act()
        server.start()
        assert session.run(one) == 1


def test_server_def():
    """A definition is completed by the other arguments."""
    config = tf.ConfigProto(allow_soft_placement=True)
    made = _make_server_def({"a": ["h:1"]}, None, None, None, config)
    assert (made.job_name, made.task_index, made.protocol) == ("a", 0, "grpc")
    assert made.default_session_config.allow_soft_placement
    again = _make_server_def(made, "b", 3, "other", None)
    assert (again.job_name, again.task_index, again.protocol) == ("b", 3, "other")
    assert again.cluster == made.cluster and made.job_name == "a"


def test_joining_a_started_server_does_not_return(server):
    """It waits as long as the process runs, and Ctrl-C ends it."""
    program = (
        f"{HEARS_CTRL_C}"
        "import os, threading\n"
        "from perdure import tf\n"
        "threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "try:\n"
        "    tf.train.Server.create_local_server().join()\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout == "interrupted\n", done.stderr


# -- who keeps what a server owns ----------------------------------------------------------------------


def test_target_and_sessions_keep_the_server():
    """So `tf.Session(Server.create_local_server().target)` works, and a session outlives the server."""
    v = tf.Variable(2.0)
    target = tf.train.Server.create_local_server().target
    gc.collect()
    with tf.Session(target) as session:
        session.run(v.initializer)
    for same in (copy.copy(target), copy.deepcopy([target])[0]):
        assert same is target
    assert type(pickle.loads(pickle.dumps(target))) is str
    session = tf.Session(target)
    name = str(target)
    del target, same
    gc.collect()
    assert session.run(v) == 2.0
    with tf.Session(name) as other:  # another session still has the server
        assert other.run(v) == 2.0
    session.close()


def test_live_servers_say_what_they_own(server):
    """The server owns variables and shared queues, the session its plans and what has no shared name."""
    v = tf.Variable(np.zeros(1000, np.float32), name="v")
    put = queue_of(server).enqueue(1)
    own = tf.FIFOQueue(3, tf.float32, name="own").enqueue(1.0)
    with tf.Session(server.target) as session:
        for step in (v.initializer, put, own):
            session.run(step)
        (live,) = [s for s in perdure.live_servers() if s.target == server.target]
        assert live.variables == {"v": 4000} and live.others == ("queue shared",) and live.sessions == 1
        assert __file__ in live.made_at
        (mine,) = [s for s in perdure.live_sessions() if s.target == server.target]
        assert mine.variables == {} and mine.others == ("queue own",) and mine.planned_steps == 3
        assert f"on {server.target}, which owns the variables" in str(mine)
    (live,) = [s for s in perdure.live_servers() if s.target == server.target]
    assert live.variables == {"v": 4000} and live.sessions == 0


def test_a_dropped_server_gives_everything_back():
    """Arrays are freed once nobody has server, target or session; there is nothing to warn of."""
    v = tf.Variable(np.zeros(1000, np.float32))
    server = tf.train.Server.create_local_server()
    with tf.Session(server.target) as session:
        session.run(v.initializer)
    state, gone = server._server.state, weakref.ref(server._server)
    (variable,) = state.objects["variable"].values()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        del session, server
        gc.collect()
    assert gone() is None and state.is_closed and variable.value is None and not state.objects["variable"]


def test_sessions_dropped_open_are_reported(server):
    """As those without a server are; their server stays."""
    v = tf.Variable(2.0)
    session = tf.Session(server.target)
    session.run(v.initializer)
    with pytest.warns(ResourceWarning, match="unclosed Session made at"):
        del session
        gc.collect()
    with tf.Session(server.target) as session:
        assert session.run(v) == 2.0
    assert not server._server._sessions


def test_isolated_sessions_give_their_state_back(server):
    """A session with its own state owns it."""
    v = tf.Variable(2.0, name="v")
    with tf.Session(server.target, config=tf.ConfigProto(isolate_session_state=True)) as session:
        session.run(v.initializer)
        (live,) = [s for s in perdure.live_sessions() if s.target == server.target]
        assert live.variables == {"v": 4}
        (variable,) = session._resources.variables.values()
    assert variable.value is None and not server._server.state.objects["variable"]


def test_many_servers_leave_nothing_behind():
    """Memory, threads, descriptors and device buffers, with compiled programs, queues and resets."""
    program = leaks.Program()

    def use(count):
        for number in range(count):
            server = tf.train.Server.create_local_server()
            with tf.Session(server.target, program.graph) as session:
                program.use(session, compiled=number % 8 == 0)
            with tf.Session(server.target, program.graph) as session:
                session.run(program.loss, {program.x: program.data})
            if number % 3 == 0:
                tf.Session.reset(server.target)
        del server, session
        gc.collect()

    use(8)
    before, servers = leaks.count(), len(perdure.live_servers())
    use(120)
    assert not leaks.leaked(before, leaks.count())
    assert len(perdure.live_servers()) == servers


def test_sessions_of_one_server_leave_nothing_behind(server):
    """However many are opened and closed on it."""
    program = leaks.Program()

    def use(count):
        for number in range(count):
            with tf.Session(server.target, program.graph) as session:
                program.use(session, compiled=number % 8 == 0)

    use(8)
    before = leaks.count()
    use(120)
    gc.collect()
    assert not leaks.leaked(before, leaks.count())
    assert not server._server._sessions


# -- closing -------------------------------------------------------------------------------------------


def test_closing_ends_the_waits_of_one_session(server):
    """From another thread; those of other sessions go on."""
    queue = queue_of(server)
    take, put = queue.dequeue(), queue.enqueue(7)
    first, second = tf.Session(server.target), tf.Session(server.target)
    threads, results = zip(*(in_thread(lambda s=s: s.run(take)) for s in (first, first, second)), strict=True)
    eventually(lambda: number_waiting(server) == 3)
    first.close()
    for thread in threads[:2]:
        thread.join(10)
    for (result,) in results[:2]:
        assert isinstance(result, tf.errors.CancelledError)
        assert "cancelled by a call to Session.close() while it waited" in result.message
    assert number_waiting(server) == 1 and not results[2]
    with tf.Session(server.target) as third:
        third.run(put)
    threads[2].join(10)
    assert results[2] == [7]
    second.close()


def test_what_a_cancelled_step_had_taken_is_there_for_others(server):
    """A step that waits for the rest of a batch gives its part back, and others that wait get it."""
    queue = queue_of(server)
    batch, pair = queue.dequeue_many(4), queue.dequeue_many(2)
    put, size = queue.enqueue_many([[1, 2, 3]]), queue.size()
    first, second = tf.Session(server.target), tf.Session(server.target)
    ended, end = in_thread(lambda: first.run(batch))
    eventually(lambda: number_waiting(server) == 1)
    second.run(put)
    waits, result = in_thread(lambda: second.run(pair))
    eventually(lambda: number_waiting(server) == 2)
    first.close()
    ended.join(10)
    waits.join(10)
    assert isinstance(end[0], tf.errors.CancelledError)
    assert result[0].tolist() == [1, 2] and second.run(size) == 1
    second.close()


def test_closing_ends_waits_for_every_kind_of_object(server):
    """Accumulators too, and a step of which several operations wait."""
    queue, other = queue_of(server), tf.FIFOQueue(1, tf.int32, shapes=[[]], shared_name="other")
    accumulator = tf.ConditionalAccumulator(tf.float32, shape=[], shared_name="accumulator")
    steps = [[queue.dequeue(), other.dequeue()], accumulator.take_grad(1)]
    session = tf.Session(server.target)
    threads, results = zip(*(in_thread(lambda s=s: session.run(s)) for s in steps), strict=True)
    eventually(lambda: number_waiting(server) == 3)
    session.close()
    for thread in threads:
        thread.join(10)
    assert all(isinstance(result, tf.errors.CancelledError) for (result,) in results)
    assert number_waiting(server) == 0


def test_a_step_that_comes_to_a_queue_after_close_does_not_wait(server):
    """Nobody would end its wait."""
    queue = queue_of(server)
    session = tf.Session(server.target)
    go, started = threading.Event(), threading.Event()

    def pause(value):
        started.set()
        go.wait(10)
        return value

    with tf.control_dependencies([tf.py_func(pause, [1], tf.int32)]):
        take = queue.dequeue()
    thread, results = in_thread(lambda: session.run(take))
    assert started.wait(10)
    session.close()
    go.set()
    thread.join(10)
    assert isinstance(results[0], tf.errors.CancelledError) and number_waiting(server) == 0


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_closing_while_others_write(server, tier):
    """Sessions come and go; no update is lost, and nothing but the end of a session is ever raised."""
    v = tf.Variable(np.zeros(10, np.float32))
    more = v.assign_add(np.ones(10, np.float32))
    with tf.Session(server.target) as session:
        session.run(v.initializer)
    done, wrong = [], []

    def work():
        for _ in range(20):
            with tf.Session(server.target, v.graph) as session:
                for _ in range(5):
                    try:
                        session.run(more)
                        done.append(1)
                    except Exception as error:
                        wrong.append(error)

    with perdure.options(tier=tier):
        threads = [in_thread(work)[0] for _ in range(3)]
        for thread in threads:
            thread.join(60)
    with tf.Session(server.target) as session:
        assert not wrong and session.run(v).tolist() == [300.0] * 10 and len(done) == 300


def test_reading_what_another_session_takes_over(server):
    """A compiled step of one session donates the memory that steps of another read."""
    v = tf.Variable(np.zeros(1000, np.float32))
    more = v.assign_add(np.ones(1000, np.float32))
    total = tf.reduce_max(v) - tf.reduce_min(v)
    writer, reader = tf.Session(server.target), tf.Session(server.target)
    writer.run(v.initializer)
    results = []
    with perdure.options(tier="compile"):
        writer.run(more)
        reader.run(total)
        thread, _ = in_thread(lambda: [writer.run(more) for _ in range(200)])
        while thread.is_alive():
            results.append(reader.run(total))
        thread.join(10)
    assert set(results) <= {0.0} and reader.run(v)[0] == 201.0
    writer.close()
    reader.close()


def test_a_failing_step_leaves_the_server_as_it_was(server):
    """Also rows that were changed in place, and whatever session the step was of."""
    v = tf.Variable(np.zeros((4, 2), np.float32))
    update = tf.scatter_add(v, [1, 3], np.ones((2, 2), np.float32))
    with tf.control_dependencies([update]):
        failing = tf.Assert(False, ["no"])
    first, second = tf.Session(server.target), tf.Session(server.target)
    first.run(v.initializer)
    second.run(update)
    with pytest.raises(tf.errors.InvalidArgumentError, match="no"):
        first.run(failing)
    assert second.run(v).sum() == 4.0
    first.close()
    second.close()


def test_an_interactive_session_that_was_reset_is_the_default_no_more(server):
    """Its `close` raises, as in TensorFlow, which leaves it the default."""
    c = tf.constant(1)
    session = tf.InteractiveSession(server.target)
    assert c.eval() == 1
    tf.Session.reset(server.target)
    with pytest.raises(tf.errors.AbortedError, match=r"is not found: Session.reset has closed it"):
        session.close()
    assert tf.get_default_session() is None
    session.close()


def test_handles_are_kept_by_a_session(server):
    """They name the server's device, and other sessions do not know them."""
    handle = tf.get_session_handle(tf.constant([1.0, 2.0]))
    x = tf.placeholder(tf.float32)
    with tf.Session(server.target) as session, tf.Session(server.target) as other:
        kept = session.run(handle)
        assert str(kept).endswith("/job:local/replica:0/task:0/device:CPU:0")
        assert session.run(x * 2, {x: kept}).tolist() == [2.0, 4.0] == (2 * kept.eval()).tolist()
        assert other._resources.listed() == []


def test_placement_is_logged_with_the_name_of_the_task(server, capsys):
    """As TensorFlow does."""
    c = tf.constant(1, name="c")
    with tf.Session(server.target, config=tf.ConfigProto(log_device_placement=True)) as session:
        session.run(c)
    assert "c: (Const): /job:local/replica:0/task:0/device:CPU:0\n" in capsys.readouterr().out
