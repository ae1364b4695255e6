"""Servers of this process, and the sessions that share what they own."""

# ruff: noqa: B023 - functions made in a loop are not called after their turn

import functools
import re
import threading

import numpy as np

from tests.oracle.client import attempt, internal
from tests.threads import settle

PROGRAMS = []
_opened = []


def program(function):
    @functools.wraps(function)
    def closing(tf):
        try:
            return function(tf)
        finally:
            while _opened:
                attempt(_opened.pop().close)

    PROGRAMS.append(closing)
    return closing


def opened(session):
    """A session that is closed when the program is over."""
    _opened.append(session)
    return session


def server(tf, **arguments):
    return tf.train.Server.create_local_server(**arguments)


def said(function):
    """As `attempt`; without what TensorFlow says of the task and the file that an error is from."""
    result = attempt(function)
    if isinstance(result, Exception) and hasattr(result, "message"):
        lines = [line for line in result.message.split("\n") if not line.startswith("From /job:")]
        result._message = re.sub(r" \(defined at [^)]*\)", "", "\n".join(lines))
    return result


def waiting(function):
    """A thread that is waiting in `function` by now, and the list of what that comes to."""
    results = []
    thread = threading.Thread(target=lambda: results.append(said(function)))
    thread.daemon = True
    thread.start()
    settle(thread)
    return thread, results


def variable(tf, value=1.0, **arguments):
    return tf.get_variable(arguments.pop("name", "v"), initializer=tf.constant(value), **arguments)


def cpus(session):
    """The names of its CPU devices; TensorFlow lists those of XLA as well."""
    return [device.name for device in session.list_devices() if device.device_type == "CPU"]


def shared_queue(tf, capacity=2, name="shared"):
    return tf.FIFOQueue(capacity, tf.int32, shapes=[[]], shared_name=name)


# -- servers by themselves -------------------------------------------------------------------------


@program
def definition(tf):
    s = server(tf)
    d = s.server_def
    return [
        s.target.startswith("grpc://localhost:"),
        d.job_name,
        d.task_index,
        d.protocol,
        d.cluster.job[0].name,
        dict(d.cluster.job[0].tasks),
        s.target == s.target,
        server(tf).target == s.target,
    ]


@program
def definition_of_another_job(tf):
    cluster = tf.train.ClusterSpec({"worker": {3: "localhost:0"}})
    s = tf.train.Server(cluster, task_index=3, config=tf.ConfigProto(allow_soft_placement=True))
    again = tf.train.Server(s.server_def)
    with tf.Session(again.target) as session:
        return [
            s.server_def.job_name,
            s.server_def.task_index,
            cpus(session),
            again.server_def.default_session_config.allow_soft_placement,
        ]


@program
def starting(tf):
    s = server(tf, start=False)
    return [s.start(), s.start()]


@program
def joining_what_is_not_started(tf):
    s = server(tf, start=False)
    return [s.join(), said(s.start), s.join()]


@program
def starting_late(tf):
    s = server(tf, start=False)
    session = opened(tf.Session(s.target))
    s.start()
    return session.run(tf.constant(1))


@program
def wrong_tasks(tf):
    make = tf.train.Server
    return [
        said(lambda: make({"w": ["localhost:0"]}, "w", 3)),
        said(lambda: make({"w": ["localhost:0"]}, "x", 0)),
        said(lambda: make({"w": ["localhost:0"]}, protocol="post")),
        said(lambda: make({"w": ["localhost"]})),
        said(lambda: make(5)),
        said(lambda: make({"a": ["h:1"], "b": ["h:2"]})),
    ]


@program
def ports(tf):
    first = tf.train.Server({"w": ["somewhere:39817"]})
    return [str(first.target), said(lambda: tf.train.Server({"w": ["localhost:39817"]}))]


@program
def other_targets(tf):
    return [said(lambda: opened(tf.Session("nowhere"))), said(lambda: tf.Session.reset("nowhere"))]


# -- what sessions share ---------------------------------------------------------------------------


@program
def sharing_variables(tf):
    s, v = server(tf), variable(tf)
    more = v.assign_add(1.0)
    first, second = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    first.run(v.initializer)
    results = [second.run(v), second.run(more), first.run(v)]
    first.close()
    results.append(second.run(more))
    second.close()
    with tf.Session(s.target) as third:
        return [*results, third.run(v)]


@program
def resource_variables(tf):
    s, v = server(tf), variable(tf, [1.0, 2.0], use_resource=True)
    more = v.assign_add([1.0, 1.0])
    with tf.Session(s.target) as first:
        first.run(v.initializer)
    with tf.Session(s.target) as second:
        return [second.run(tf.is_variable_initialized(v)), second.run(more), second.run(v)]


@program
def servers_apart(tf):
    v = variable(tf)
    one, other = server(tf), server(tf)
    opened(tf.Session(one.target)).run(v.initializer)
    return [
        opened(tf.Session(one.target)).run(v),
        said(lambda: opened(tf.Session(other.target)).run(v)),
        said(lambda: opened(tf.Session()).run(v)),
    ]


@program
def graphs_of_their_own(tf):
    s, results = server(tf), []
    for value in (1.0, 5.0):
        with tf.Graph().as_default() as graph:
            v = variable(tf, value)
            with tf.Session(s.target, graph) as session:
                if value == 1.0:
                    session.run(v.initializer)
                results.append(session.run([v, v.assign_add(value)]))
    return results


@program
def other_shapes(tf):
    s, results = server(tf), []
    for value in (1.0, [1.0, 2.0]):
        with tf.Graph().as_default(), tf.Session(s.target) as session:
            v = variable(tf, value)
            results += [said(lambda: session.run(v.initializer)), session.run(v)]
    return results


@program
def partly_uninitialized(tf):
    s = server(tf)
    v, w = variable(tf), variable(tf, name="w")
    missing = tf.report_uninitialized_variables()
    with tf.Session(s.target) as session:
        session.run(v.initializer)
    with tf.Session(s.target) as session:
        return [session.run(missing), said(lambda: session.run(w)), session.run(v)]


@program
def isolated(tf):
    s, v = server(tf), variable(tf)
    config = tf.ConfigProto(isolate_session_state=True)
    session, alone = opened(tf.Session(s.target)), opened(tf.Session(s.target, config=config))
    session.run(v.initializer)
    results = [said(lambda: alone.run(v)), alone.run(v.initializer)]
    alone.run(v.assign_add(4.0))
    other = opened(tf.Session(s.target, config=config))
    results += [alone.run(v), session.run(v), said(lambda: other.run(v)), cpus(alone)]
    tf.Session.reset(s.target, ["nothing"])
    return [*results, type(said(lambda: alone.run(v))).__name__]


@program
def random_numbers(tf):
    s = server(tf)
    tf.set_random_seed(1)
    numbers = tf.random_uniform([2], seed=3)
    first, second = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    results = [first.run(numbers), first.run(numbers), second.run(numbers)]
    first.close()
    return [*results, second.run(numbers), opened(tf.Session(s.target)).run(numbers)]


@program
def failing_steps(tf):
    s, v = server(tf), variable(tf)
    x = tf.placeholder(tf.float32, [], name="x")
    with tf.control_dependencies([v.assign_add(0.0)]):
        check = tf.Assert(x > 0, ["x is", x])
    first, second = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    first.run(v.initializer)
    return [
        type(said(lambda: first.run(check, {x: -1.0}))).__name__,
        first.run(check, {x: 1.0}),
        second.run(v),
        said(lambda: second.run(x + 1)),
    ]


@program
def growing_graphs(tf):
    s, v = server(tf), variable(tf)
    first, second = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    first.run(v.initializer)
    results = []
    for value in (1.0, 2.0):
        more = v.assign_add(value)
        results += [first.run(more), second.run(more)]
    return results


@program
def many_threads(tf):
    s, v = server(tf), variable(tf, 0)
    more = v.assign_add(1, use_locking=True)
    sessions = [opened(tf.Session(s.target)) for _ in range(4)]
    sessions[0].run(v.initializer)

    def work(session):
        for _ in range(25):
            session.run(more)

    threads = [threading.Thread(target=work, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sessions[0].run(v)


@program
def containers_of_graphs(tf):
    s = server(tf)
    with tf.container("one"):
        v = variable(tf)
    opened(tf.Session(s.target)).run(v.initializer)
    with tf.Graph().as_default(), tf.Session(s.target) as session:
        w = variable(tf)
        with tf.container("one"):
            x = variable(tf, name="x")
        first = opened(tf.Session(s.target, v.graph))
        return [said(lambda: session.run(w)), said(lambda: session.run(x)), first.run(v)]


# -- queues and what else steps wait for -----------------------------------------------------------


@program
def sharing_queues(tf):
    s, q = server(tf), shared_queue(tf)
    put, take, size = q.enqueue(5), q.dequeue(), q.size()
    first, second = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    first.run(put)
    results = [second.run(size), second.run(take), first.run(size)]
    first.run(put)
    first.close()
    return [*results, second.run(size), opened(tf.Session(s.target)).run(take)]


@program
def queues_of_one_session(tf):
    s, q = server(tf), tf.FIFOQueue(2, tf.int32)
    put, size = q.enqueue(5), q.size()
    first, second = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    first.run(put)
    results = [first.run(size), second.run(size)]
    first.close()
    return [*results, opened(tf.Session(s.target)).run(size)]


@program
def objects_by_node(tf):
    data_flow = internal("ops.data_flow_ops")
    s = server(tf)
    area = data_flow.StagingArea([tf.int32])
    areas = data_flow.MapStagingArea([tf.int32])
    barrier = data_flow.Barrier(tf.int32, shapes=())
    accumulator = tf.ConditionalAccumulator(tf.float32, shape=[])
    shuffled = tf.RandomShuffleQueue(4, 0, tf.int32)
    one = tf.constant(1)
    puts = [
        area.put([one]),
        areas.put(tf.constant(3, tf.int64), [one], [0]),
        barrier.insert_many(0, ["a"], [1]),
        accumulator.apply_grad(1.0),
        shuffled.enqueue(1),
    ]
    sizes = [area.size(), areas.size(), barrier.ready_size(), accumulator.num_accumulated(), shuffled.size()]
    first, second = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    first.run(puts)
    results = [first.run(sizes), second.run(sizes)]
    first.close()
    return [*results, second.run(sizes)]


@program
def closing_while_others_wait(tf):
    s, q = server(tf), shared_queue(tf)
    put, take = q.enqueue(5), q.dequeue()
    first, second, third = (opened(tf.Session(s.target)) for _ in range(3))
    ended, end = waiting(lambda: first.run(take))
    waits, result = waiting(lambda: second.run(take))
    first.close()
    ended.join(10)
    results = [end, list(result)]
    third.run(put)
    waits.join(10)
    return [*results, result]


@program
def closed_queues(tf):
    s, q = server(tf), shared_queue(tf)
    put, take, close = q.enqueue(5), q.dequeue(), q.close()
    first, second = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    first.run(put)
    first.run(close)
    return [second.run(take), said(lambda: second.run(take)), said(lambda: second.run(put))]


@program
def other_capacities(tf):
    s = server(tf)
    with tf.Graph().as_default():
        first = opened(tf.Session(s.target))
        first.run(shared_queue(tf, 2).size())
    with tf.Graph().as_default():
        return said(lambda: opened(tf.Session(s.target)).run(shared_queue(tf, 3).size()))


@program
def time_limits(tf):
    s, q = server(tf), shared_queue(tf)
    with tf.Session(s.target, config=tf.ConfigProto(operation_timeout_in_ms=100)) as session:
        return type(said(lambda: session.run(q.dequeue()))).__name__


# -- reset -----------------------------------------------------------------------------------------


def three_containers(tf, s):
    variables = [variable(tf, 0.0, name="x0")]
    for number in (1, 2):
        with tf.container("c%d" % number):
            variables.append(variable(tf, float(number), name="x%d" % number))
    opened(tf.Session(s.target)).run([v.initializer for v in variables])
    return variables


def left(tf, s, variables):
    session = opened(tf.Session(s.target))
    return [said(lambda: session.run(v)) for v in variables]


@program
def resetting_one_container(tf):
    s = server(tf)
    variables = three_containers(tf, s)
    tf.Session.reset(s.target, ["c1"])
    return left(tf, s, variables)


@program
def resetting_the_default_container(tf):
    results = []
    for containers in (None, [], ["local"], ["localhost"], ["missing"], ["c1", "c2"]):
        with tf.Graph().as_default():
            s = server(tf)
            variables = three_containers(tf, s)
            tf.Session.reset(s.target, containers)
            results.append([type(value).__name__ for value in left(tf, s, variables)])
    return results


@program
def sessions_that_were_reset(tf):
    s, v = server(tf), variable(tf)
    session, other = opened(tf.Session(s.target)), opened(tf.Session(server(tf).target))
    session.run(v.initializer)
    other.run(v.initializer)
    run = session.make_callable(v.initializer)
    tf.Session.reset(s.target, ["missing"])
    errors = [
        said(lambda: session.run(v)),
        said(lambda: session.run(v)),
        said(session.list_devices),
        said(run),
        said(lambda: session.partial_run_setup([v.initializer])),
        said(session.close),
        said(session.close),
        said(lambda: session.run(v)),
        opened(tf.Session(s.target)).run(v),
    ]
    return [*(type(e).__name__ for e in errors), other.run(v), said(lambda: session.run(v))]


@program
def reset_in_blocks(tf):
    s, v = server(tf), variable(tf)

    def leave(error):
        with tf.Session(s.target) as session:
            session.run(v.initializer)
            tf.Session.reset(s.target)
            if error is not None:
                raise error

    return [type(said(lambda: leave(None))).__name__, type(said(lambda: leave(KeyError("k")))).__name__]


@program
def reset_while_a_step_waits(tf):
    s, q = server(tf), shared_queue(tf)
    take = q.dequeue()
    session = opened(tf.Session(s.target))
    thread, results = waiting(lambda: session.run(take))
    tf.Session.reset(s.target)
    thread.join(10)
    return [type(result).__name__ for result in results]


@program
def reset_before_the_first_step(tf):
    s, v = server(tf), variable(tf)
    session, unused = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    tf.Session.reset(s.target)
    results = [cpus(session), session.run(v.initializer), session.run(v)]
    tf.Session.reset(s.target, ["missing"])
    return [*results, said(unused.close), type(said(session.close)).__name__]


@program
def reset_of_servers_apart(tf):
    v = variable(tf)
    servers = [tf.train.Server({"local%d" % number: ["localhost:0"]}) for number in (0, 1)]
    for s in servers:
        opened(tf.Session(s.target)).run(v.initializer)
    results = []
    for containers in (["local1"], ["local0"]):
        tf.Session.reset(servers[0].target, containers)
        results += [type(said(lambda: opened(tf.Session(s.target)).run(v))).__name__ for s in servers]
    return results


@program
def reset_in_managed_sessions(tf):
    s, v = server(tf), variable(tf)
    more = v.assign_add(1.0)
    with tf.train.Supervisor(logdir=None).managed_session(s.target) as session:
        results = [session.run(more)]
        tf.Session.reset(s.target)
    supervisor = tf.train.Supervisor(logdir=None)
    calls = []

    def loop(session):
        calls.append(session.run(more))
        if len(calls) == 2:
            tf.Session.reset(s.target)
        if len(calls) == 4:
            supervisor.request_stop()

    tf.train.basic_train_loop(supervisor, lambda session: loop(session), master=s.target)
    return [*results, calls]


@program
def sparse_jobs(tf):
    s = tf.train.Server({"local": {37: "localhost:0"}})
    with tf.device("/job:local/task:37"):
        c = tf.constant(1.0)
    with tf.Session(s.target) as session:
        return [session.run(c), cpus(session)]


@program
def reset_of_this_process(tf):
    s, v = server(tf), variable(tf)
    session = opened(tf.Session(s.target))
    session.run(v.initializer)
    tf.Session.reset("")
    return session.run(v)


# -- sessions --------------------------------------------------------------------------------------


@program
def closed_sessions(tf):
    s, x = server(tf), tf.placeholder(tf.float32, [])
    session = opened(tf.Session(s.target))
    y = x + 1
    handle = session.partial_run_setup([y], [x])
    run = session.make_callable(tf.constant(1))
    session.run(y, {x: 1.0})
    results = [session.close(), session.close()]
    return [
        *results,
        said(lambda: session.run(y, {x: 1.0})),
        said(session.list_devices),
        said(run),
        said(lambda: session.partial_run(handle, y, {x: 1.0})),
    ]


@program
def kinds_of_sessions(tf):
    s, v = server(tf), variable(tf)
    session = opened(tf.Session(s.target))
    session.run(v.initializer)
    interactive = tf.InteractiveSession(s.target)
    results = [v.eval(), opened(tf.Session(session.sess_str)).run(v), session.sess_str == s.target.encode()]
    interactive.close()
    with session:
        return [*results, v.eval()]


@program
def partial_runs(tf):
    s = server(tf)
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    a = x + 1
    b = a * y
    session = opened(tf.Session(s.target))
    one, other = (session.partial_run_setup([a, b], [x, y]) for _ in range(2))
    results = [
        session.partial_run(one, a, {x: 1}),
        session.partial_run(other, a, {x: 3}),
        session.partial_run(other, b, {y: 3}),
        session.partial_run(one, b, {y: 3}),
    ]
    return [
        *results,
        said(lambda: session.partial_run(one, b, {y: 3})),
        said(lambda: session.partial_run("foo", a, {x: 1})),
        said(lambda: session.partial_run_setup([], [])),
    ]


@program
def partial_runs_with_variables(tf):
    s, v = server(tf), variable(tf)
    x = tf.placeholder(tf.float32, [])
    more = v.assign_add(x)
    first, second = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    first.run(v.initializer)
    handle = first.partial_run_setup([more], [x])
    results = [second.run(v.assign(10.0))]
    return [*results, first.partial_run(handle, more, {x: 5.0}), second.run(v)]


@program
def callables(tf):
    s, v = server(tf), variable(tf)
    x = tf.placeholder(tf.float32, [])
    session, other = opened(tf.Session(s.target)), opened(tf.Session(s.target))
    session.run(v.initializer)
    run, read = session.make_callable(v.assign_add(x), [x]), other.make_callable(v.read_value())
    return [run(2.0), read(), run(3.0), read()]


@program
def session_handles(tf):
    s = server(tf)
    with tf.Session(s.target) as session:
        return said(lambda: session.run(tf.get_session_handle(tf.constant([1.0, 2.0]))).eval())


@program
def feeds_and_fetches(tf):
    s = server(tf)
    x = tf.placeholder(tf.float32, [], name="x")
    with tf.Session(s.target) as session:
        return [
            session.run([x, x + 1], {x: 2.0}),
            session.run({"a": x * 2}, {"x:0": 2.0}),
            said(lambda: session.run("missing:0")),
            said(lambda: session.run(x, {x: "text"})),
        ]


@program
def empty_graphs(tf):
    with tf.Session(server(tf).target) as session:
        return said(lambda: session.run([]))


@program
def loops_and_branches(tf):
    s, x = server(tf), tf.placeholder(tf.int32, [])
    y = tf.while_loop(lambda i: i < x, lambda i: i + 1, [tf.constant(0)])
    z = tf.cond(x > 2, lambda: y * 2, lambda: y)
    with tf.Session(s.target) as session:
        return [session.run([y, z], {x: n}) for n in (1, 5)]


@program
def devices(tf):
    s = server(tf, config=tf.ConfigProto(device_count={"CPU": 2}))
    here = []
    for name in ("/cpu:1", "/job:local/task:0/cpu:0", "/job:local/replica:0/task:0/device:CPU:1"):
        with tf.device(name):
            here.append(tf.constant(1) + 1)
    with tf.Session(s.target, config=tf.ConfigProto(device_count={"CPU": 5})) as session:
        return [cpus(session), session.run(here)]


@program
def missing_devices(tf):
    s, results = server(tf), []
    for name in ("/job:localhost", "/job:worker/task:1", "/cpu:3", "/gpu:0"):
        with tf.Graph().as_default(), tf.Session(s.target) as session:
            with tf.device(name):
                c = tf.constant(1)
            results.append(said(lambda: session.run(c)))
    return results


@program
def whole_graphs_are_placed(tf):
    s = server(tf)
    with tf.device("/cpu:3"):
        tf.constant(1)
    c = tf.constant(2)
    graph_options = tf.GraphOptions(place_pruned_graph=True)
    session = opened(tf.Session(s.target, config=tf.ConfigProto(graph_options=graph_options)))
    return type(said(lambda: session.run(c))).__name__


@program
def soft_placement_by_default(tf):
    s = server(tf, config=tf.ConfigProto(allow_soft_placement=True))
    with tf.device("/cpu:3"):
        c = tf.constant(1)
    return opened(tf.Session(s.target)).run(c)


@program
def step_statistics(tf):
    s = server(tf)
    x = tf.placeholder(tf.int32, [])
    y = tf.identity(x * 2 + 1)
    metadata = tf.RunMetadata()
    with tf.Session(s.target) as session:
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, output_partition_graphs=True)
        value = session.run(y, {x: 3}, options, metadata)
    device = "/job:local/replica:0/task:0/device:CPU:0"
    return [
        value,
        device in [d.device for d in metadata.step_stats.dev_stats],
        all(
            node.device == device
            for graph in metadata.partition_graphs
            for node in graph.node
            if node.op == "Mul"
        ),
    ]


# -- training --------------------------------------------------------------------------------------


@program
def supervisors(tf):
    s, v = server(tf), variable(tf)
    more = v.assign_add(1.0)
    supervisor = tf.train.Supervisor(logdir=None)
    with supervisor.managed_session(s.target) as session:
        results = [session.run(more)]
    with tf.Session(s.target) as session:
        return [*results, session.run(v)]


@program
def workers_of_a_chief(tf):
    s = server(tf)
    step = tf.train.get_or_create_global_step()
    more = tf.assign_add(step, 1)
    results = []
    with tf.train.MonitoredTrainingSession(s.target) as chief:
        chief.run(more)
        with tf.train.MonitoredTrainingSession(s.target, is_chief=False) as worker:
            results += [worker.run(more), chief.run(step)]
        results.append(chief.run(more))
    with tf.train.MonitoredTrainingSession(s.target, is_chief=False) as worker:
        results.append(worker.run(more))
    return results


@program
def session_managers(tf):
    s, v = server(tf), variable(tf)
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
    prepared = opened(manager.prepare_session(s.target, init_op=tf.global_variables_initializer()))
    prepared.run(v.assign_add(1.0))
    waited = opened(manager.wait_for_session(s.target, max_wait_secs=10))
    recovered, initialized = manager.recover_session(s.target)
    opened(recovered)
    return [waited.run(v), initialized, recovered.run(v)]


@program
def recovery_after_reset(tf):
    s = server(tf)
    step = tf.train.get_or_create_global_step()
    more = tf.assign_add(step, 1)
    results = []
    with tf.train.MonitoredTrainingSession(s.target) as session:
        results += [session.run(more), session.run(more)]
        tf.Session.reset(s.target)
        results.append(session.run(more))
    return results


@program
def queue_runners(tf):
    s = server(tf)
    numbers = tf.train.range_input_producer(3, shuffle=False).dequeue()
    with tf.Session(s.target) as session:
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        results = [session.run(numbers) for _ in range(5)]
        coordinator.request_stop()
        coordinator.join(threads)
    return results


@program
def training(tf):
    s = server(tf)
    x = tf.placeholder(tf.float32, [None, 2])
    w = tf.get_variable("w", initializer=np.array([[1.0], [2.0]], np.float32))
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w)))
    step = tf.train.MomentumOptimizer(0.125, 0.5).minimize(loss)
    data = {x: [[1.0, 0.5], [0.5, 1.0]]}
    results = []
    with tf.Session(s.target) as session:
        session.run(tf.global_variables_initializer())
    for _ in range(3):
        with tf.Session(s.target) as session:
            session.run(step, data)
            results.append(session.run(loss, data))
    return results
