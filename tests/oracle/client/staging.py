"""Staging areas with and without keys."""

import functools

from tests.oracle.client import attempt, internal
from tests.oracle.client.barriers import in_thread, runner

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def both(function):
    """The outcomes for an unordered and an ordered area."""
    area = internal("ops.data_flow_ops").MapStagingArea
    return [function(area), function(functools.partial(area, ordered=True))]


def values_of(tf):
    return tf.constant(1.0), tf.constant(5), tf.placeholder(tf.int64, [])


@program
def whole_tuples(tf):
    def try_it(area):
        x, v, k = values_of(tf)
        m = area([tf.float32, tf.int32], shapes=[[], []], names=["x", "v"])
        put = m.put(k, {"x": x, "v": v})
        with tf.Session() as session:
            run = runner(session)
            for key in (3, 1, 2):
                session.run(put, {k: key})
            return [
                m.name,
                put.type,
                run(lambda: [m.size(), m.incomplete_size()]),
                run(lambda: m.get(k)[1], {k: 2}),
                run(lambda: m.peek(k), {k: 3}),
                run(lambda: m.peek(k, indices=["v"]), {k: 3}),
                run(lambda: [m.size(), m.incomplete_size()]),
                run(lambda: m.clear()),
                run(lambda: [m.size(), m.incomplete_size()]),
            ]

    return both(try_it)


@program
def pieces(tf):
    def try_it(area):
        x, v, k = values_of(tf)
        m = area([tf.float32, tf.int32], names=["x", "v"])
        first, second = m.put(k, {"x": x}), m.put(k, {"v": v})
        sizes = [m.size(), m.incomplete_size()]
        with tf.Session() as session:
            run = runner(session)
            results = []
            for step in (
                first,
                sizes,
                first,
                second,
                sizes,
                first,
                sizes,
                m.get(k, ["x"])[1],
                m.get(k, ["x"])[1],
                sizes,
                m.get(k, [1])[1],
                sizes,
            ):
                results.append(run(lambda step=step: step, {k: 7}))
            return results

    return both(try_it)


@program
def any_tuple(tf):
    def try_it(area):
        x, v, k = values_of(tf)
        m = area([tf.float32, tf.int32])
        put = m.put(k, [x, v], [0, 1])
        key, got = m.get()
        with tf.Session() as session:
            run = runner(session)
            session.run(put, {k: 8})
            results = [key.op.type, len(got), session.run([key, got])]
            session.run(put, {k: 9})
            return results + [
                run(lambda: m.get(indices=[0])),
                run(lambda: m.get(indices=[1])),
                run(lambda: m.size()),
            ]

    return both(try_it)


@program
def smallest_first(tf):
    x, v, k = values_of(tf)
    m = internal("ops.data_flow_ops").MapStagingArea([tf.float32], ordered=True)
    put, got = m.put(k, [x], [0]), m.get()[0]
    with tf.Session() as session:
        for key in (5, -1, 3, 7):
            session.run(put, {k: key})
        return [session.run(got) for _ in range(4)]


@program
def refused_pieces(tf):
    def try_it(area):
        x, v, k = values_of(tf)
        m = area([tf.float32, tf.int32], names=["x", "v"])
        n = area([tf.float32, tf.int32])
        return [
            attempt(lambda: m.get(k, indices=[5])),
            attempt(lambda: m.get(k, indices=[])),
            attempt(lambda: m.get(k, indices="x")),
            attempt(lambda: m.get(k, indices=[0, "x"])),
            attempt(lambda: m.put(k, [x, v])),
            attempt(lambda: m.put(k, {"x": x, "z": v})),
            attempt(lambda: m.put(k, {"x": v})),
            attempt(lambda: n.get(k, indices=["x"])),
            attempt(lambda: n.put(k, [x, v])),
            attempt(lambda: n.put(k, [x], [1])),
            attempt(lambda: n.put(k, [x, v], [1])),
            attempt(lambda: n.put(k, {"x": x})),
            attempt(lambda: n.put(k, [x, v, v], [0, 1, 2])),
        ]

    return both(try_it)


@program
def wrong_order(tf):
    def try_it(area):
        x, v, k = values_of(tf)
        n = area([tf.float32, tf.int32])
        with tf.Session() as session:
            return attempt(lambda: session.run(n.put(k, [v, x], [1, 0]), {k: 1}))

    return both(try_it)


@program
def full_maps(tf):
    def try_it(area):
        x, v, k = values_of(tf)
        m = area([tf.float32], capacity=2)
        put, get = m.put(k, [x], [0]), m.get(k)[1]
        with tf.Session() as session:
            session.run(put, {k: 1})
            session.run(put, {k: 0})
            join = in_thread(lambda: session.run(put, {k: 2}))
            before = session.run(m.size())
            return [before, session.run(get, {k: 0}), join(), session.run(m.size())]

    return both(try_it)


@program
def waiting_for_a_key(tf):
    def try_it(area):
        x, v, k = values_of(tf)
        m = area([tf.float32])
        put, get, peek = m.put(k, [x], [0]), m.get(k)[1], m.peek(k)
        with tf.Session() as session:
            looking = in_thread(lambda: session.run(peek, {k: 9}))
            session.run(put, {k: 8})
            session.run(put, {k: 9})
            seen = looking()
            return [seen, session.run(get, {k: 9}), session.run(m.size())]

    return both(try_it)


@program
def memory_of_maps(tf):
    def try_it(area):
        k = tf.placeholder(tf.int64, [])
        m = area([tf.int32], memory_limit=8)
        large, small = m.put(k, [tf.constant([1, 2, 3])], [0]), m.put(k, [tf.constant([1])], [0])
        get = m.get(k)[1]
        with tf.Session() as session:
            too_large = attempt(lambda: session.run(large, {k: 0}))
            session.run(small, {k: 0})
            session.run(small, {k: 1})
            join = in_thread(lambda: session.run(small, {k: 2}))
            return [too_large, session.run(get, {k: 0}), join(), session.run(m.size())]

    return both(try_it)


@program
def shared_maps(tf):
    def try_it(area):
        x, v, k = values_of(tf)
        m, n = area([tf.float32], shared_name="s"), area([tf.float32], shared_name="s")
        with tf.Session() as session:
            session.run(m.put(k, [x], [0]), {k: 1})
            return [
                m.name,
                n.name,
                session.run(n.size()),
                attempt(lambda: area([tf.float32], shared_name=5)),
                attempt(lambda: area([tf.float32], shapes=[[], []])),
                attempt(lambda: area([tf.float32], names=["x", "y"])),
                n.capacity,
                n.memory_limit,
                [str(d) for d in n.dtypes],
                [s.ndims for s in n.shapes],
                n.names,
            ]

    return both(try_it)


# -- without keys ----------------------------------------------------------------------------


def staging_area(*args, **kwargs):
    return internal("ops.data_flow_ops").StagingArea(*args, **kwargs)


@program
def line(tf):
    s = staging_area([tf.float32, tf.int32], shapes=[[], []], names=["x", "v"])
    x = tf.placeholder(tf.float32, [])
    put = s.put({"x": x, "v": tf.constant(2)})
    with tf.Session() as session:
        for value in (1.0, 2.0, 3.0):
            session.run(put, {x: value})
        return [
            s.name,
            put.type,
            session.run(s.size()),
            session.run(s.peek(1)),
            session.run(s.get()),
            session.run(s.get()),
            session.run(s.size()),
            session.run(s.clear()),
            session.run(s.size()),
        ]


@program
def refused_lines(tf):
    s, n = staging_area([tf.float32, tf.int32]), staging_area([tf.float32], names=["x"])
    x, v = tf.constant(1.0), tf.constant(2)
    return [
        attempt(lambda: s.put([x, v, v])),
        attempt(lambda: s.put([v, x])),
        attempt(lambda: s.put({"x": x})),
        attempt(lambda: n.put([x])),
        attempt(lambda: n.put({"y": x})),
        attempt(lambda: staging_area([tf.float32], shapes=[[2]]).put([x])),
        attempt(lambda: staging_area([tf.float32], shared_name=1)),
        attempt(lambda: staging_area([tf.float32], shapes=[])),
        attempt(lambda: staging_area([tf.float32], names=["x", "y"])),
    ]


@program
def full_lines(tf):
    s = staging_area([tf.int32], shapes=[[]], capacity=1)
    x = tf.placeholder(tf.int32, [])
    put, get = s.put([x]), s.get()
    with tf.Session() as session:
        session.run(put, {x: 1})
        join = in_thread(lambda: session.run(put, {x: 2}))
        return [session.run(get), join(), session.run(get)]


@program
def stage_and_get_in_one_step(tf):
    s = staging_area([tf.int32], shapes=[[]])
    x = tf.placeholder(tf.int32, [])
    put, get = s.put([x]), s.get()
    with tf.Session() as session:
        session.run(put, {x: -1})
        return [session.run([put, get], {x: i})[1] for i in range(4)]
