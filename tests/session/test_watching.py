"""Watched steps: RunOptions, RunMetadata, time limits, traces."""

import re
import threading

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.formats.messages import ConfigProto, RunMetadata, RunOptions
from perdure.graph import errors
from perdure.runtime.execution.observe import ObservedStep, run_observed
from perdure.runtime.execution.step import Step
from perdure.session import watching
from perdure.session.recording import Recording
from tests.clocks import StoppedClock

FULL = RunOptions(trace_level=RunOptions.FULL_TRACE)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def small_model():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.Variable(np.ones((3, 2), np.float32), name="w")
    return x, w, tf.reduce_sum(tf.matmul(x, w, name="product"), name="total")


def traced(session, fetches, feeds=None, **options):
    metadata = RunMetadata()
    value = session.run(fetches, feeds, options=RunOptions(**options), run_metadata=metadata)
    return value, metadata


def test_each_interpreted_operation_is_timed():
    """A node for every operation, with its inputs in the label, its times and what it made."""
    x, w, total = small_model()
    with tf.Session() as session, perdure.options(tier="interpret"):
        session.run(w.initializer)
        value, metadata = traced(session, total, {x: np.ones((4, 3))}, trace_level=3)
    (device,) = metadata.step_stats.dev_stats
    nodes = {node.node_name: node for node in device.node_stats}
    assert value == 24.0
    assert device.device == "/job:localhost/replica:0/task:0/device:CPU:0"
    labels = [node.timeline_label for node in device.node_stats]
    assert labels[:2] == ["_SOURCE = NoOp()", "_arg_x_0_0 = _Arg()"]
    assert nodes["product"].timeline_label == "product = MatMul(_arg_x_0_0, w/read)"
    assert nodes["product"].all_end_rel_nanos > 0 and nodes["product"].all_start_micros > 0
    (output,) = nodes["product"].output
    assert [dim.size for dim in output.tensor_description.shape.dim] == [4, 2]
    assert output.tensor_description.allocation_description.requested_bytes == 32
    assert nodes["w"].output[0].tensor_description.allocation_description.requested_bytes == 24
    assert nodes["_retval_total_0_0"].timeline_label == "_retval_total_0_0 = _Retval(total)"


def test_a_compiled_cluster_is_one_node_that_lists_its_operations():
    """What consumes a tensor of the cluster names the cluster as its source."""
    x, w, total = small_model()
    with tf.Session() as session, perdure.options(tier="compile"):
        session.run(w.initializer)
        _, metadata = traced(session, total, {x: np.ones((4, 3))}, trace_level=1)
    labels = [node.timeline_label for node in metadata.step_stats.dev_stats[0].node_stats]
    (cluster,) = [label for label in labels if "Cluster" in label]
    assert cluster.startswith("cluster_0 = Cluster[") and "product" in cluster and "total" in cluster
    assert "_retval_total_0_0 = _Retval(cluster_0)" in labels


def test_tracing_changes_nothing():
    """A traced step updates variables like any other, and a failing one does not."""
    v = tf.Variable(1.0)
    more = v.assign_add(1.0)
    x = tf.placeholder(tf.float32)
    with tf.control_dependencies([more]):
        broken = tf.matmul(x, x)
    with tf.Session() as session:
        session.run(v.initializer)
        session.run(more, options=FULL)
        assert session.run(v) == 2.0
        with pytest.raises(errors.InvalidArgumentError, match="MatMul"):
            session.run(broken, {x: np.ones((2, 3))}, options=FULL, run_metadata=RunMetadata())
        with tf.Session() as fresh, pytest.raises(errors.FailedPreconditionError, match="uninitialized"):
            fresh.run(v, options=FULL, run_metadata=RunMetadata())
        assert session.run(v) == 2.0


def test_fed_and_fetched_tensors_in_a_traced_step():
    """They come back as the arrays that were fed."""
    x = tf.placeholder(tf.float32, [])
    with tf.Session() as session:
        (echo, more), _ = traced(session, [x, x + 1], {x: 2}, trace_level=3)
        assert isinstance(echo, np.ndarray) and echo.shape == () and more == 3.0


def test_partition_graphs_and_costs():
    """One graph for each device, of what the step needed; costs if the session asks for them."""
    with tf.device("/cpu:1"):
        a = tf.constant(1.0, name="a")
    with tf.device("/cpu:0"):
        b = tf.add(a, 1.0, name="b")
    tf.constant(1, name="lost")
    config = ConfigProto(device_count={"CPU": 2})
    config.graph_options.build_cost_model = 1
    with tf.Session(config=config) as session:
        _, metadata = traced(session, b, output_partition_graphs=True)
    names = [[node.name for node in graph.node] for graph in metadata.partition_graphs]
    assert names == [["b/y", "b"], ["a"]]
    assert not metadata.HasField("step_stats")
    costs = {node.name: node for node in metadata.cost_graph.node}
    assert set(costs) == {"a", "b/y", "b"} and costs["a"].device.endswith("CPU:1")
    assert [info.preceding_node for info in costs["b"].input_info] == [costs["a"].id, costs["b/y"].id]


def test_devices_are_apart_in_the_stats():
    """Each device has its own list of nodes."""
    with tf.device("/cpu:1"):
        x = tf.placeholder(tf.float32, [], name="x")
        a = x * 2.0
    config = ConfigProto(device_count={"CPU": 2})
    with tf.Session(config=config) as session, perdure.options(tier="interpret"):
        _, metadata = traced(session, a + 1.0, {x: 1.0}, trace_level=3)
    stats = {d.device[-5:]: {n.node_name for n in d.node_stats} for d in metadata.step_stats.dev_stats}
    assert "mul" in stats["CPU:1"] and "add" in stats["CPU:0"]


def test_a_step_that_takes_too_long_changes_nothing(monkeypatch):
    """DeadlineExceeded between two operations, from RunOptions or from the session's config."""
    v = tf.Variable(0.0)
    more = v.assign_add(1.0)
    with tf.control_dependencies([more]):
        slow = tf.identity(v)
    config = ConfigProto(operation_timeout_in_ms=30)
    with tf.Session() as session, tf.Session(config=config) as impatient:
        session.run(v.initializer)
        impatient.run(v.initializer)
        clock = StoppedClock(monkeypatch)
        monkeypatch.setattr(Step, "begin_writing", slowly(Step.begin_writing, clock))
        with pytest.raises(errors.DeadlineExceededError, match="Timed out waiting"):
            session.run(slow, options=RunOptions(timeout_in_ms=30))
        with pytest.raises(errors.DeadlineExceededError, match="Timed out waiting"):
            impatient.run(slow)
        monkeypatch.undo()
        assert (session.run(v), impatient.run(v)) == (0.0, 0.0)
        assert session.run(slow, options=RunOptions(timeout_in_ms=60_000)) == 1.0


def slowly(method, clock):
    def call(*arguments):
        clock.advance(0.06)
        return method(*arguments)

    return call


def test_options_that_are_refused():
    """A pool of threads that is not there, and the debugger."""
    c = tf.constant(1)
    with tf.Session() as session:
        assert session.run(c, options=RunOptions(inter_op_thread_pool=-1)) == 1
        with pytest.raises(errors.InvalidArgumentError, match="Invalid inter_op_thread_pool: 3"):
            session.run(c, options=RunOptions(inter_op_thread_pool=3))
        debug = RunOptions()
        debug.debug_options.debug_tensor_watch_opts.add(node_name="c")
        with pytest.raises(errors.UnimplementedError, match="RunOptions.debug_options"):
            session.run(c, options=debug)


def test_what_takes_memory_is_told_when_there_is_none_left(monkeypatch):
    """report_tensor_allocations_upon_oom lists the largest variables."""
    _, w, total = small_model()
    options = RunOptions(report_tensor_allocations_upon_oom=True)
    with tf.Session() as session:
        session.run(w.initializer)

        def exhausted(*arguments):
            raise errors.ResourceExhaustedError(None, None, "no memory")

        monkeypatch.setattr(watching, "run_observed", exhausted)
        with pytest.raises(errors.ResourceExhaustedError, match=r"take 24 bytes.*\n +24 bytes  w"):
            session.run(w, options=options)
        with pytest.raises(errors.ResourceExhaustedError, match="no memory$"):
            session.run(w, options=FULL)


def test_a_recording_has_all_steps(monkeypatch):
    """Those of other threads, with RunOptions or RunMetadata, by callables, and those that fail."""
    recording = Recording()
    monkeypatch.setattr(watching, "recording", recording)
    x, w, total = small_model()
    with tf.Session() as session, perdure.options(tier="interpret"):
        session.run(w.initializer)
        worker = threading.Thread(target=lambda: session.run(total, {x: np.ones((1, 3))}), name="worker")
        worker.start()
        worker.join()
        session.run(total, {x: np.ones((1, 3))}, options=FULL, run_metadata=RunMetadata())
        session.run(total, {x: np.ones((1, 3))}, options=RunOptions(timeout_in_ms=60_000))
        assert session.run([x, total], {x: np.ones((1, 3))})[1] == 6.0
        session.make_callable(total, [x])(np.ones((1, 3)))
        with pytest.raises(errors.InvalidArgumentError, match="You must feed"):
            session.run(total)
        session.partial_run(session.partial_run_setup(total, [x]), total, {x: np.ones((1, 3))})
        assert "MatMul" in session.explain(total, [x])
    data = recording.data()
    assert data["sessions"][0].startswith(f"{__file__}:")
    assert {thread["name"]: thread["steps"] for thread in data["threads"]} == {"MainThread": 6, "worker": 1}
    counts = {(*kind["fetches"], "|", *kind["feeds"]): kind["count"] for kind in data["kinds"]}
    assert counts == {
        ("w/Assign", "|"): 1, ("total", "|", "x"): 4, ("x", "total", "|", "x"): 1, ("total", "|"): 1,
    }  # fmt: skip
    assert data["left_out"]["partial_runs"] == 1 and data["left_out"]["of_steps"] == 7
    (failed,) = [kept for thread in data["threads"] for kept in thread["kept"] if kept[6]]
    assert failed[6].startswith("InvalidArgumentError: ")
    spent = {data["operations"][number][0]: count for number, count, _, _ in data["spent"]}
    assert spent["product"] >= 1  # a worker may compile it, if the suite is run so


def test_nothing_is_wrapped_when_nobody_watches():
    """Steps of an ordinary session are plain executables."""
    c = tf.constant(1)
    with tf.Session() as session:
        session.run(c)
        (executable,) = session._executables.values()
        assert type(executable).__name__ == "Executable"


def test_tracing_changes_no_tier():
    """A cluster of a traced step becomes hot and is compiled as it would be otherwise."""
    x, w, total = small_model()
    compiled = []
    for is_traced in (False, True):
        with tf.Session() as session, perdure.options(tier="auto", cache=False):
            session.run(w.initializer)
            session.run(total, {x: np.ones((4, 3))})
            (cluster,) = list(session._executables.values())[-1].units
            cluster.compile_us = 0.0
            (chosen,) = cluster.specialisations.values()
            chosen.compiled_us = chosen.interpreted_us / 2
            metadata = RunMetadata()
            arguments = {"options": FULL, "run_metadata": metadata} if is_traced else {}
            session.run(total, {x: np.ones((4, 3))}, **arguments)
            compiled.append((chosen.runs, chosen.program is not None, chosen.compile_seconds > 0))
            assert chosen.refused is None
    assert compiled == [(1, True, True)] * 2


def test_explain_tells_what_compiling_took():
    """And for which shapes, after how many runs; or that it was done at once."""
    x, w, total = small_model()
    with tf.Session() as session:
        session.run(w.initializer)
        with perdure.options(tier="interpret"):
            session.run(total, {x: np.ones((4, 3))})
            assert "compiling it is estimated at" in session.explain(total, [x])
        with perdure.options(tier="compile", cache=False):
            session.run(total, {x: np.ones((4, 3))})
        told = session.explain(total, [x])
    assert re.search(r"compiled in [0-9.]+ m?s, at once, for shapes \[4, 3\]", told)
    assert "compiling it is estimated" not in told


def test_watched_operations_wait_side_by_side():
    """A traced step does not get stuck where another would not; its wait is told."""
    queue = tf.FIFOQueue(1, tf.float32, shapes=[()])
    taken, put = queue.dequeue(name="taken"), queue.enqueue(2.0, name="put")
    with tf.Session(config=ConfigProto(operation_timeout_in_ms=5000)) as session:
        (value, _), metadata = traced(session, [taken, put], trace_level=3)
        assert value == 2.0 and session.run([taken, put])[0] == 2.0
    names = {node.node_name for node in metadata.step_stats.dev_stats[0].node_stats}
    assert {"taken", "put"} <= names


def test_operations_of_a_branch_are_seen():
    """A conditional is a node of its own, and so is what the taken branch ran."""
    x = tf.placeholder(tf.float32, [], name="x")
    with tf.device("/cpu:0"):
        y = tf.cond(x > 0, lambda: tf.negative(x, name="less"), lambda: tf.square(x, name="more"))
    with tf.Session() as session, perdure.options(tier="interpret"):
        value, metadata = traced(session, y, {x: 3.0}, trace_level=3)
    names = [node.node_name for node in metadata.step_stats.dev_stats[0].node_stats]
    assert value == -3.0 and "cond/less" in names and "cond/more" not in names


def test_what_a_step_spent_its_time_on(monkeypatch):
    """Units, compiling and waiting, each with its times."""
    queue = tf.FIFOQueue(4, tf.float32, shapes=[()])
    put, doubled = queue.enqueue(3.0), queue.dequeue(name="taken") * 2.0
    v = tf.Variable(1.0)
    with tf.Session() as session, perdure.options(tier="compile", cache=False):
        executable = step_of(session, doubled)
        seen = ObservedStep()
        waits = calls_of(monkeypatch, "wait")
        feeder = threading.Thread(target=lambda: [waits.wait(60), session.run(put)])
        feeder.start()
        assert run_observed(executable, [], seen) == [6.0]
        feeder.join()
        kinds = {interval.kind: interval for interval in seen.intervals}
        assert set(kinds) == {"host", "waiting", "compiling", "compiled"}
        assert kinds["waiting"].note == "taken" and kinds["compiling"].note == ""
        assert kinds["waiting"].start_ns < kinds["waiting"].end_ns <= kinds["compiling"].start_ns
        assert kinds["compiling"].end_ns == kinds["compiled"].start_ns <= seen.end_ns
        session.run(v.initializer)
        session._resources.write_lock.acquire()
        writing = ObservedStep()
        step = step_of(session, v.assign_add(1.0).op)
        writer = threading.Thread(target=lambda: run_observed(step, [], writing))
        comes = calls_of(monkeypatch, "begin_writing")
        writer.start()
        assert comes.wait(60)
        session._resources.write_lock.release()
        writer.join()
        notes = [interval.note for interval in writing.intervals if interval.kind == "waiting"]
        assert notes == ["another step that writes variables"]


def calls_of(monkeypatch, name):
    """An event that is set when a step's method is called."""
    called, method = threading.Event(), getattr(Step, name)
    monkeypatch.setattr(Step, name, lambda self, *arguments: [called.set(), method(self, *arguments)][1])
    return called


def step_of(session, fetches):
    return session._step(session._mapping_of(fetches), ())
