"""Placement: which device each operation is on, and what is said of devices that do not go together."""

import contextlib
import re

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def placed(tf, fetches, cpus=2, **options):
    """Where the operations of a step are, as name and device; or how the step was refused."""
    config = tf.ConfigProto(device_count={"CPU": cpus}, **options)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = -1
    graph = tf.get_default_graph()
    names = {op.name for op in graph.get_operations()}
    metadata = tf.RunMetadata()

    def run():
        with tf.Session(config=config) as session:
            session.run([v.initializer for v in tf.global_variables()])
            session.run(fetches, options=tf.RunOptions(output_partition_graphs=True), run_metadata=metadata)
        found = [[node.name, node.device] for part in metadata.partition_graphs for node in part.node]
        return sorted(entry for entry in found if entry[0] in names)

    return refused(attempt(run))


def refused(result):
    """An error without the devices that only TensorFlow has and the place in the program."""
    if isinstance(result, Exception):
        text = result.message.split("\n")[0].replace(", /job:localhost/replica:0/task:0/device:XLA_CPU:0", "")
        text = re.sub(r" \(defined at [^)]*\) ?", " ", text)
        text = re.sub(r" placed on device (No device .*? creation\. |\S+(?= and)|\S+(?=:))", "", text)
        text = text.split(" in node: {name")[0]
        return [type(result).__name__, text.replace("  ", " ").replace(" :", ":")]
    return result


def on(tf, device, make=None):
    """Where one operation is that asks for a device, with hard and with soft placement."""
    results = []
    for soft in (False, True):
        with tf.Graph().as_default(), tf.device(device):
            made = tf.no_op(name="made") if make is None else make()
            results.append(placed(tf, made, allow_soft_placement=soft))
    return results


@program
def one_operation(tf):
    return [
        on(tf, device)
        for device in (
            "",
            "/cpu:0",
            "/cpu:1",
            "/cpu:2",
            "/gpu:0",
            "/gpu:3",
            "/device:CPU:*",
            "/device:GPU:*",
            "/device:FOO:0",
            "/job:localhost",
            "/job:localhost/cpu:1",
            "/job:localhost/gpu:0",
            "/replica:0/task:0/cpu:1",
            "/task:1",
            "/replica:1",
            "/job:worker",
            "/job:worker/task:3/gpu:2",
            "/job:localhost/replica:0/task:0/device:CPU:1",
            "/job:localhost/task:1/cpu:0",
        )
    ]


@program
def scopes_merge(tf):
    results = []
    for devices in [
        ("/job:localhost", "/cpu:1"),
        ("/cpu:1", "/job:localhost"),
        ("/cpu:1", "/cpu:0"),
        ("/gpu:0", "/cpu:1"),
        ("/cpu:1", None),
        ("/device:CPU:*", "/device:CPU:1"),
        ("/cpu:1", "/device:CPU:*"),
        ("/job:worker", "/job:localhost/cpu:1"),
        ("/cpu:1", "/job:worker"),
    ]:
        with tf.Graph().as_default(), contextlib.ExitStack() as stack:
            for device in devices:
                stack.enter_context(tf.device(device))
            results.append(placed(tf, tf.no_op(name="made")))
    return results


@program
def what_produces_and_what_measures(tf):
    """Constants go where they are used, sizes where their input is."""
    c, d, unused = tf.constant(1.0, name="c"), tf.constant(2.0, name="d"), tf.constant([3.0], name="unused")
    p = tf.placeholder_with_default([1.0, 2.0], [None], name="p")
    with tf.device("/cpu:1"):
        a = tf.add(c, d, name="a")
        q = tf.multiply(p, a, name="q")
    f = tf.add(d, 1.0, name="f")
    s, z, r = tf.shape(q, name="s"), tf.size(q, name="z"), tf.rank(p, name="r")
    n = tf.negative(q, name="n")
    with tf.control_dependencies([a]):
        e = tf.constant(4.0, name="e")
    i = tf.identity(e, name="i")
    return placed(tf, [f, s, z, r, n, i, unused, q])


@program
def variables(tf):
    with tf.device("/cpu:1"):
        v = tf.Variable(1.0, name="v", use_resource=False)
        w = tf.Variable(1.0, name="w", use_resource=True)
    with tf.device("/cpu:0"):
        more = [
            v.assign_add(1.0),
            w.assign_add(2.0, read_value=False),
            tf.add(v, 1.0, name="total"),
            tf.raw_ops.Assign(ref=v, value=tf.constant(2.0, name="two"), name="raw"),
            w.read_value(),
        ]
    plain = tf.Variable(1.0, name="plain", use_resource=False)
    return [placed(tf, more), placed(tf, plain.assign(v)), placed(tf, more, allow_soft_placement=True)]


@program
def two_variables(tf):
    def apply(first, second, resource):
        with tf.Graph().as_default():
            with tf.device(first):
                v = tf.Variable(1.0, name="v", use_resource=resource)
            with tf.device(second):
                a = tf.Variable(1.0, name="a", use_resource=resource)
            call = tf.raw_ops.ResourceApplyMomentum if resource else tf.raw_ops.ApplyMomentum
            made = call(
                var=v.handle if resource else v,
                accum=a.handle if resource else a,
                lr=0.1,
                grad=1.0,
                momentum=0.9,
                name="apply",
            )
            return [placed(tf, made, allow_soft_placement=soft) for soft in (False, True)]

    return [
        apply(first, second, resource)
        for resource in (False, True)
        for first, second in [("/cpu:1", "/cpu:0"), ("/cpu:1", ""), ("", "/cpu:1"), ("/cpu:1", "/cpu:1")]
    ]


@program
def queues(tf):
    with tf.device("/cpu:1"):
        queue = tf.FIFOQueue(3, [tf.float32], [[]], name="q")
    with tf.device("/cpu:0"):
        made = [queue.enqueue(1.0), queue.size()]
    return placed(tf, made + [queue.is_closed()])


@program
def an_optimizer(tf):
    results = []
    for resource in (False, True):
        with tf.Graph().as_default():
            with tf.device("/cpu:1"):
                v = tf.get_variable("v", initializer=tf.ones([2]), use_resource=resource)
            loss = tf.reduce_sum(v * v, name="loss")
            made = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss, name="train")
            results.append(
                [
                    entry
                    for entry in placed(tf, made)
                    if entry[0].startswith("train") or entry[0].startswith("v") or entry[0] in ("mul", "loss")
                ]
            )
    return results


@program
def colocated(tf):
    def group(*nodes, **options):
        with tf.Graph().as_default() as graph:
            x = tf.placeholder_with_default(1.0, [], name="x")
            for node in nodes:
                with contextlib.ExitStack() as stack:
                    for other in node[2:]:
                        stack.enter_context(tf.colocate_with(graph.get_operation_by_name(other)))
                    made = tf.negative(x, name=node[0])
                made.op._set_device(node[1])
            return placed(tf, [graph.get_tensor_by_name(node[0] + ":0") for node in nodes], **options)

    return [
        group(("a", ""), ("b", "/device:GPU:0", "a")),
        group(("a", "/device:CPU:0"), ("b", "/device:GPU:0", "a")),
        group(("a", "/device:CPU:0"), ("b", "/device:GPU:0", "a"), allow_soft_placement=True),
        group(("a", "/job:ps"), ("b", "/job:worker", "a")),
        group(("a", "/task:0"), ("b", "/task:1", "a")),
        group(("a", "/replica:0"), ("b", "/replica:1", "a")),
        group(("a", "/job:localhost"), ("b", "/device:CPU:1", "a")),
        group(("a", "/device:CPU:*"), ("b", "/device:CPU:1", "a")),
        group(("a", "/device:CPU:1"), ("b", "/device:CPU:*", "a"), ("c", "", "b")),
        group(("a", "/device:CPU:1"), ("b", "/device:CPU:0"), ("d", "", "a", "b")),
        group(("b", "/device:CPU:1"), ("a", "/device:CPU:0"), ("d", "", "a", "b")),
        group(("a", "/device:CPU:1"), ("b", "/device:CPU:0"), ("d", "", "a", "b"), allow_soft_placement=True),
        group(("a", "/job:ps"), ("b", "/job:worker"), ("d", "", "a", "b"), allow_soft_placement=True),
        group(("a", "/cpu:1")),
        group(("a", "garbage")),
        group(("a", "/job:localhost"), ("b", "/device:GPU:1", "a")),
        group(("a", "/device:GPU:0"), ("b", "/device:GPU:1", "a")),
        group(("a", "/device:GPU:0"), ("b", "/device:GPU:1", "a"), allow_soft_placement=True),
    ]


@program
def colocated_while_building(tf):
    with tf.device("/cpu:1"):
        a = tf.constant(1.0, name="a")
    with tf.device("/cpu:0"), tf.colocate_with(a.op):
        b = tf.add(a, 2.0, name="b")
    with tf.colocate_with(b):
        c = tf.negative(b, name="c")
    return placed(tf, [b, c]), placed(tf, [b, c], cpus=1)


@program
def in_branches_and_loops(tf):
    """What is in the branches of a conditional and in the body of a loop is looked at as well."""

    def branch(device, **options):
        with tf.Graph().as_default():
            p, x = tf.placeholder_with_default(True, []), tf.placeholder_with_default(1.0, [])

            def inside():
                with tf.device(device):
                    return tf.add(1.0, x, name="inner")

            made = tf.cond(p, inside, lambda: 3.0 * x)
            result = placed(tf, made, **options)
            return result if isinstance(result[0], str) else "runs"

    def loop(device, **options):
        with tf.Graph().as_default():

            def body(i):
                with tf.device(device):
                    return tf.add(i, 1, name="inc")

            result = placed(tf, tf.while_loop(lambda i: i < 3, body, [tf.constant(0)]), **options)
            return result if isinstance(result[0], str) else "runs"

    return [
        place(device, allow_soft_placement=soft)
        for place in (branch, loop)
        for soft in (False, True)
        for device in ("/cpu:1", "/cpu:7", "/gpu:0", "/job:worker")
    ]


@program
def devices_that_are_returned(tf):
    """What a device function returns, whatever its form."""
    results = []
    for made in ("/cpu:1", "/CPU:1", "cpu:1", "/job:localhost/cpu:1", "", "/gpu:0"):
        with tf.Graph().as_default(), tf.device(lambda op, made=made: made):
            results.append(placed(tf, tf.no_op(name="made")))
    return results


@program
def what_is_not_needed(tf):
    with tf.device("/gpu:0"):
        tf.no_op(name="unused")
    made = tf.no_op(name="made")
    pruned = tf.GraphOptions(place_pruned_graph=True)
    return [
        placed(tf, made),
        placed(tf, made, graph_options=pruned),
        placed(tf, "unused", graph_options=pruned),
    ]
