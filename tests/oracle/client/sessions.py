"""Sessions: defaults, lifetime, callables, partial runs, kept tensors, options, devices."""

import sys
import threading

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


# -- making one ------------------------------------------------------------------------------


@program
def arguments(tf):
    tf.constant(1)
    return [
        attempt(lambda: tf.Session(1)),
        attempt(lambda: tf.Session(tf.ConfigProto())),
        attempt(lambda: tf.Session(graph=1)),
        attempt(lambda: tf.Session(config=1)),
        attempt(lambda: tf.Session(config={})),
        attempt(lambda: tf.InteractiveSession(graph="x")),
    ]


@program
def unknown_target(tf):
    error = attempt(lambda: tf.Session("INVALID_TARGET"))
    return [type(error).__name__, "No session factory registered for the given session options" in str(error)]


@program
def no_target(tf):
    tf.constant(1)
    with tf.Session(None) as session, tf.Session("") as other, tf.Session(b"") as third:
        return [session.sess_str, other.sess_str, third.sess_str]


@program
def attributes(tf):
    c = tf.constant(1, name="c")
    with tf.Session() as session:
        return [
            session.graph is c.graph,
            [node.name for node in session.graph_def.node],
            isinstance(session, tf.Session),
            hasattr(tf.InteractiveSession, "__enter__"),
        ]


@program
def shapes_in_graph_def(tf):
    tf.constant([1, 2], name="c")
    config = tf.ConfigProto(graph_options=tf.GraphOptions(infer_shapes=True))
    with tf.Session() as plain, tf.Session(config=config) as session:
        return [["_output_shapes" in s.graph_def.node[0].attr] for s in (plain, session)]


@program
def no_cpu(tf):
    tf.constant(1)
    return tf.Session(config=tf.ConfigProto(device_count={"CPU": 0}))


# -- defaults --------------------------------------------------------------------------------


@program
def no_default_session(tf):
    c = tf.constant(1)
    return [attempt(lambda: c.eval()), attempt(lambda: c.op.run()), tf.get_default_session()]


@program
def session_of_another_graph(tf):
    c = tf.constant(1)
    with tf.Session(graph=tf.Graph()) as session:
        return [
            attempt(lambda: c.eval()),
            attempt(lambda: c.op.run()),
            attempt(lambda: c.eval(session=session)),
            attempt(lambda: c.op.run(session=session)),
        ]


@program
def empty_graph(tf):
    with tf.Session() as session:
        return [attempt(lambda: session.run([])), attempt(lambda: session.partial_run_setup([]))]


@program
def nested_sessions(tf):
    c = tf.constant(1)
    seen = []
    with tf.Session() as outer:
        with tf.Session() as inner:
            seen.append(tf.get_default_session() is inner)
            with outer.as_default():
                seen.append(tf.get_default_session() is outer)
            seen.append(tf.get_default_session() is inner)
        seen.append(tf.get_default_session() is outer)
        seen.append(c.eval())
    seen.append(tf.get_default_session())
    return seen


@program
def entered_twice(tf):
    tf.constant(1)
    with tf.Session() as session:
        return attempt(lambda: session.__enter__())


@program
def entered_again_after_its_end(tf):
    c = tf.constant(1)
    session = tf.Session()
    with session:
        pass
    with session:
        return attempt(lambda: session.run(c))


@program
def wrong_nesting(tf):
    tf.constant(1)
    graph = tf.get_default_graph()
    seen = []

    def run():  # in a thread of its own, since it leaves the thread's stack of sessions in disorder
        with tf.Session(graph=graph) as first, tf.Session(graph=graph) as second:
            outer, inner = first.as_default(), second.as_default()
            outer.__enter__()
            inner.__enter__()
            seen.append(attempt(lambda: outer.__exit__(None, None, None)))

    thread = threading.Thread(target=lambda: attempt(run))
    thread.start()
    thread.join()
    return [type(error).__name__ for error in seen]


@program
def graph_of_with_block(tf):
    graph = tf.Graph()
    outer = tf.get_default_graph()
    with tf.Session(graph=graph):
        inside = tf.get_default_graph() is graph
    return [inside, tf.get_default_graph() is outer]


@program
def as_default_leaves_the_graph(tf):
    graph = tf.Graph()
    outer = tf.get_default_graph()
    with tf.Session(graph=graph) as session:
        pass
    with session.as_default():
        return tf.get_default_graph() is outer


@program
def default_session_of_another_thread(tf):
    tf.constant(1)
    seen = []
    with tf.Session():
        thread = threading.Thread(target=lambda: seen.append(tf.get_default_session()))
        thread.start()
        thread.join()
    return seen


@program
def exception_in_with_block(tf):
    c = tf.constant(1)
    graph = tf.get_default_graph()
    session = tf.Session()
    try:
        with session:
            raise KeyError("x")
    except KeyError:
        pass
    return [tf.get_default_session(), tf.get_default_graph() is graph, attempt(lambda: session.run(c))]


@program
def interactive(tf):
    c = tf.constant(3)
    session = tf.InteractiveSession()
    value = c.eval()
    session.close()
    session.close()
    return [value, tf.get_default_session(), attempt(lambda: session.run(c))]


@program
def interactive_places_what_it_needs(tf):
    with tf.device("/gpu:7"):
        tf.constant(1)
    c = tf.constant(2)
    session = tf.InteractiveSession()
    value = attempt(c.eval)
    session.close()
    with tf.Session() as plain:
        return [value, type(attempt(lambda: plain.run(c))).__name__]


# -- closing ---------------------------------------------------------------------------------


@program
def run_after_close(tf):
    c = tf.constant(1)
    session = tf.Session()
    step, fed = session.make_callable(c), session.make_callable(c, [])
    session.close()
    session.close()
    return [
        attempt(lambda: session.run(c)),
        attempt(step),
        attempt(fed),
        attempt(lambda: session.partial_run_setup(c)),
        attempt(lambda: session.partial_run("x", c)),
        attempt(session.list_devices),
        attempt(lambda: c.eval(session=session)),
    ]


@program
def reset(tf):
    v = tf.Variable(1.0)
    session = tf.Session()
    session.run(v.initializer)
    tf.Session.reset("")
    error = attempt(lambda: session.run(v))
    session.close()
    with tf.Session() as other:
        other.run(v.initializer)
        return [error, other.run(v)]


@program
def reset_container(tf):
    with tf.container("box"):
        v = tf.Variable(1.0)
    session = tf.Session()
    session.run(v.initializer)
    tf.Session.reset("", ["box"])
    error = attempt(lambda: session.run(v))
    session.close()
    return error


@program
def state_belongs_to_the_session(tf):
    v = tf.Variable(1.0)
    more = v.assign_add(1.0)
    with tf.Session() as one, tf.Session() as two:
        one.run(v.initializer)
        two.run(v.initializer)
        one.run(more)
        return [one.run(v), two.run(v)]


@program
def finalized_graph(tf):
    c = tf.constant(1)
    tf.get_default_graph().finalize()
    with tf.Session() as session:
        return [session.run(c), attempt(lambda: tf.constant(2)), attempt(lambda: c + 1)]


@program
def graph_grows_between_runs(tf):
    c = tf.constant(1)
    with tf.Session() as session:
        values = [session.run(c)]
        for _ in range(3):
            c = c + 1
            values.append(session.run(c))
        return values


@program
def errors_name_the_operation(tf):
    x = tf.placeholder(tf.float32, name="x")
    m = tf.matmul(x, x, name="product")
    with tf.Session() as session:
        error = attempt(lambda: session.run(m, {x: np.ones((2, 3))}))
        return [type(error).__name__, error.op.name, error.node_def.op, error.error_code]


@program
def failed_step_and_next_one(tf):
    x = tf.placeholder(tf.int32)
    v = tf.Variable([1, 2, 3])
    part = tf.gather(v, x)
    with tf.Session() as session:
        session.run(v.initializer)
        return [type(attempt(lambda: session.run(part, {x: 7}))).__name__, session.run(part, {x: 2})]


# -- make_callable -----------------------------------------------------------------------------


@program
def callables(tf):
    x = tf.placeholder(tf.float32, name="x")
    y = x * 2
    c = tf.constant([1, 2])
    with tf.Session() as session:
        return [
            session.make_callable(y, [x])(3),
            session.make_callable({"y": [y]}, [x])(4),
            session.make_callable(c)(),
            session.make_callable(c.op)(),
            session.make_callable([c, c.op], [])(),
            session.make_callable(y, (x,))([1, 2]),
            session.make_callable("mul:0", ["x:0"])(5),
        ]


@program
def callable_arguments(tf):
    x = tf.placeholder(tf.float32, name="x")
    y = x * 2
    with tf.Session() as session:
        return [
            attempt(lambda: session.make_callable(y, [x])()),
            attempt(lambda: session.make_callable(y, [x])(1, 2)),
            attempt(lambda: session.make_callable(y, x)),
            attempt(lambda: session.make_callable(y, "x:0")),
            type(attempt(lambda: session.make_callable(x.op)(1))).__name__,
            attempt(lambda: session.make_callable(None)),
            attempt(lambda: session.make_callable("nothing:0")),
        ]


@program
def callable_with_options(tf):
    c = tf.constant(1, name="c")
    metadata = tf.RunMetadata()
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    with tf.Session() as session:
        step = session.make_callable(c, accept_options=True)
        fed = session.make_callable(c, [], accept_options=True)
        result = [step(), step(options=options, run_metadata=metadata)]
        result.append(len(metadata.step_stats.dev_stats) > 0)
        return result + [fed(options=options), session.make_callable(c, [])(run_metadata=metadata)]


@program
def callable_with_sparse_feed(tf):
    x = tf.sparse_placeholder(tf.float32)
    with tf.Session() as session:
        return session.make_callable(x.values, [x])(([[0, 0]], [1.5], [1, 1]))


def options_callable(tf, session, feed=(), fetch=(), target=(), connect=()):
    # Not a public name: taken from where its public neighbour is.
    protos = sys.modules[tf.RunOptions.__module__]
    options = protos.CallableOptions(feed=feed, fetch=fetch, target=target)
    for source, destination in connect:
        options.tensor_connection.add(from_tensor=source, to_tensor=destination)
    return session._make_callable_from_options(options)


@program
def callables_from_options(tf):
    a = tf.constant(10.0, name="a")
    tf.add(a, tf.constant([1.0, 2.0], name="b"), name="c")
    v = tf.Variable(1.0, name="v", use_resource=False)
    with tf.Session() as session:
        session.run(v.initializer)
        fed = options_callable(tf, session, feed=["a:0"], fetch=["c:0"])
        wrong = attempt(lambda: fed(np.float64(1)))
        return [
            fed(np.float32(1)),
            type(attempt(fed)).__name__,
            wrong.error_code,
            options_callable(tf, session, target=["c"])(),
            options_callable(tf, session, fetch=["c:0", "a:0"])(),
            options_callable(tf, session, fetch=["c:0"], connect=[("a:0", "b:0")])(),
            type(attempt(lambda: options_callable(tf, session, fetch=["zz:0"])())).__name__,
        ]


# -- partial runs ------------------------------------------------------------------------------


def three(tf):
    a, b, c = [tf.placeholder(tf.float32, [], name=name) for name in "abc"]
    first = tf.add(a, b, name="first")
    return a, b, c, first, tf.multiply(first, c, name="second")


@program
def partial_run(tf):
    a, b, c, first, second = three(tf)
    with tf.Session() as session:
        handle = session.partial_run_setup([first, second], [a, b, c])
        result = session.partial_run(handle, first, {a: 1, b: 2})
        return [result, session.partial_run(handle, second, {c: result * 17})]


@program
def partial_run_handle(tf):
    a, b, c, first, second = three(tf)
    with tf.Session() as session:
        return [session.partial_run_setup([first, second.op], [a, b, c]), session.partial_run_setup(first, a)]


@program
def partial_run_of_structures(tf):
    a, b, c, first, second = three(tf)
    with tf.Session() as session:
        handle = session.partial_run_setup([first, second], [a, b, c])
        result = session.partial_run(handle, {"f": [first]}, {a: 1, b: 2})
        return [result, session.partial_run(handle, (second,), {"c:0": 3})]


@program
def partial_run_interleaved(tf):
    a, b, c, first, second = three(tf)
    with tf.Session() as session:
        one = session.partial_run_setup([first, second], [a, b, c])
        two = session.partial_run_setup([first, second], [a, b, c])
        return [
            session.partial_run(one, first, {a: 1, b: 2}),
            session.partial_run(two, first, {a: 3, b: 4}),
            session.partial_run(two, second, {c: 5}),
            session.partial_run(one, second, {c: 6}),
        ]


@program
def partial_run_updates_once(tf):
    x = tf.placeholder(tf.float32, [])
    v = tf.Variable(1.0)
    more = v.assign_add(1.0)
    with tf.control_dependencies([more]):
        before = tf.identity(v)
        after = before + x
    with tf.Session() as session:
        session.run(v.initializer)
        handle = session.partial_run_setup([before, after], [x])
        return [
            session.partial_run(handle, before),
            session.partial_run(handle, after, {x: 10}),
            session.run(v),
        ]


@program
def partial_run_refusals(tf):
    a, b, c, first, second = three(tf)
    with tf.Session() as session:

        def setup(*fetches):
            return session.partial_run_setup(list(fetches), [a, b, c])

        unfed, other, again, twice, target = (
            setup(first, second),
            setup(first),
            setup(first, second),
            setup(first, second),
            setup(first, second.op),
        )
        session.partial_run(again, first, {a: 1, b: 2})
        session.partial_run(twice, first, {a: 1, b: 2})
        return [
            attempt(lambda: session.partial_run(unfed, second, {a: 1, b: 2})).error_code,
            attempt(lambda: session.partial_run(other, second, {a: 1, b: 2, c: 3})),
            attempt(lambda: session.partial_run(again, second, {a: 1, c: 3})),
            attempt(lambda: session.partial_run(twice, first)),
            attempt(lambda: session.partial_run(target, second.op, {a: 1, b: 2})),
            attempt(lambda: session.partial_run("nothing", first, {a: 1})),
            attempt(lambda: session.partial_run_setup([], [])),
            attempt(lambda: session.partial_run_setup(None)),
            attempt(lambda: session.partial_run_setup("zz:0")),
        ]


@program
def partial_run_is_over(tf):
    a, b, c, first, second = three(tf)
    with tf.Session() as session:
        handle = session.partial_run_setup([first], [a, b])
        value = session.partial_run(handle, first, {a: 1, b: 2})
        return [value, attempt(lambda: session.partial_run(handle, first, {a: 1, b: 2}))]


@program
def partial_run_without_feeds(tf):
    c = tf.constant(2.0, name="c")
    d = c * 3
    with tf.Session() as session:
        handle = session.partial_run_setup([c, d])
        return [session.partial_run(handle, c), session.partial_run(handle, d)]


@program
def partial_run_and_run(tf):
    a, b, c, first, second = three(tf)
    with tf.Session() as session:
        handle = session.partial_run_setup([first, second], [a, b, c])
        return [
            session.partial_run(handle, first, {a: 1, b: 2}),
            session.run(second, {a: 0, b: 1, c: 2}),
            session.partial_run(handle, second, {c: 3}),
            session.partial_run(handle, []),
        ]


@program
def partial_run_wrong_values(tf):
    a, b, c, first, second = three(tf)
    with tf.Session() as session:
        handle = session.partial_run_setup([first], [a, b])
        return [
            attempt(lambda: session.partial_run(handle, first, {a: [1], b: 2})),
            attempt(lambda: session.partial_run(handle, first, {"zz:0": 2})),
            attempt(lambda: session.partial_run(handle, None)),
        ]


# -- tensors that stay -------------------------------------------------------------------------


@program
def session_handles(tf):
    c = tf.constant([1.0, 2.0], name="c") * 2
    with tf.Session() as session:
        handle = session.run(tf.get_session_handle(c))
        holder, tensor = tf.get_session_tensor(handle.handle, tf.float32)
        result = [
            type(handle).__name__,
            handle.handle,
            str(handle),
            handle.eval(),
            session.run(tensor + 1, {holder: handle.handle}),
        ]
        handle.delete()
        return result


@program
def session_handle_fed_directly(tf):
    c = tf.constant([1.0, 2.0], name="c")
    x = tf.placeholder(tf.float32)
    with tf.Session() as session:
        handle = session.run(tf.get_session_handle(c))
        return session.run(x * 2, {x: handle})


@program
def session_handles_in_structures(tf):
    c = tf.constant(1, name="c")
    h = tf.get_session_handle(c)
    with tf.Session() as session:
        result = session.run({"h": [h], "c": c})
        return [type(result["h"][0]).__name__, result["h"][0].eval(), result["c"]]


@program
def deleted_session_tensor(tf):
    c = tf.constant([1.0, 2.0], name="c")
    with tf.Session() as session:
        handle = session.run(tf.get_session_handle(c))
        holder, tensor = tf.get_session_tensor(handle.handle, tf.float32)
        handle.delete()
        return [
            attempt(handle.delete),
            attempt(handle.eval),
            attempt(lambda: session.run(tensor, {holder: handle.handle})),
        ]


@program
def delete_session_tensor(tf):
    c = tf.constant([1.0, 2.0], name="c")
    with tf.Session() as session:
        raw = session.run(tf.get_session_handle(c)).get_raw_handle()
        holder, deleter = tf.delete_session_tensor(raw)
        return [
            raw,
            session.run(deleter, {holder: raw}),
            attempt(lambda: session.run(deleter, {holder: raw})),
            attempt(lambda: session.run(deleter, {holder: "nothing"})),
        ]


@program
def handle_of_no_tensor(tf):
    return tf.get_session_handle(3)


@program
def nodes_of_session_handles(tf):
    c = tf.constant(1.0, name="c")
    with tf.Session() as session:
        handle = session.run(tf.get_session_handle(c))
        handle.eval()
        handle.eval()
        holder, tensor = tf.get_session_tensor(handle.handle, tf.float32)
        holder, tensor = tf.delete_session_tensor(handle.handle, name="gone")
        return [[op.name, op.type, op.device] for op in tf.get_default_graph().get_operations()]


# -- options -----------------------------------------------------------------------------------


@program
def wrong_options(tf):
    c = tf.constant(1)
    with tf.Session() as session:
        return [
            type(attempt(lambda: session.run(c, options="x"))).__name__,
            type(attempt(lambda: session.run(c, options=1))).__name__,
            type(attempt(lambda: session.run(c, run_metadata=1))).__name__,
        ]


@program
def thread_pools(tf):
    c = tf.constant(1)
    config = tf.ConfigProto()
    config.session_inter_op_thread_pool.add(num_threads=1)
    config.session_inter_op_thread_pool.add(num_threads=2)
    with tf.Session(config=config) as session:
        return [
            attempt(lambda i=i: session.run(c, options=tf.RunOptions(inter_op_thread_pool=i)))
            for i in (0, 1, 2)
        ]


@program
def metadata_of_a_trace(tf):
    x = tf.placeholder(tf.float32, name="x")
    y = tf.add(x, 1.0, name="y")
    metadata = tf.RunMetadata()
    with tf.Session() as session:
        session.run(
            y, {x: 1}, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=metadata
        )
        (device,) = [d for d in metadata.step_stats.dev_stats if d.device.endswith("CPU:0")]
        nodes = {node.node_name: node for node in device.node_stats}
        return [
            device.device,
            [name for name in ("_SOURCE", "y", "y/y") if name in nodes],
            nodes["y"].timeline_label,
            nodes["_arg_x_0_0"].timeline_label,
            [str(output.tensor_description.dtype) for output in nodes["y"].output],
        ]


@program
def metadata_without_a_trace(tf):
    c = tf.constant(1)
    metadata = tf.RunMetadata()
    metadata.partition_graphs.add()
    with tf.Session() as session:
        session.run(c, run_metadata=metadata)
        return metadata.ByteSize()


@program
def partition_graphs(tf):
    x = tf.placeholder(tf.float32, name="x")
    y = tf.add(x, 1.0, name="y")
    tf.constant(7, name="not_needed")
    metadata = tf.RunMetadata()
    with tf.Session() as session:
        session.run(y, {x: 1}, options=tf.RunOptions(output_partition_graphs=True), run_metadata=metadata)
        (graph,) = metadata.partition_graphs
        names = [node.name for node in graph.node]
        return ["y" in names, "not_needed" in names, metadata.HasField("step_stats")]


@program
def devices(tf):
    tf.constant(1)
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as session:
        listed = [d for d in session.list_devices() if d.device_type == "CPU"]
        return [[d.name, d.device_type, d.memory_limit_bytes, repr(d).split(", ")[:3]] for d in listed]


@program
def timeout_that_is_long_enough(tf):
    c = tf.constant(1)
    with tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=60000)) as session:
        return [session.run(c), session.run(c, options=tf.RunOptions(timeout_in_ms=60000))]


@program
def timeout_in_a_queue(tf):
    item = tf.FIFOQueue(1, tf.float32).dequeue()
    session = tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=50))
    error = attempt(lambda: session.run(item))
    session.close()
    return error


@program
def timeout_of_one_step(tf):
    item = tf.FIFOQueue(1, tf.float32).dequeue()
    session = tf.Session()
    error = attempt(lambda: session.run(item, options=tf.RunOptions(timeout_in_ms=50)))
    session.close()
    return error


@program
def device_that_is_not_there(tf):
    with tf.device("/gpu:5"):
        c = tf.constant(1, name="c")
    with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as soft, tf.Session() as hard:
        return [soft.run(c), type(attempt(lambda: hard.run(c))).__name__]
