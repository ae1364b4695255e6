"""Queues of all kinds: how they are made, filled, emptied, shared and closed; half of it refused."""

import functools

import numpy as np

from tests.oracle.client import attempt, internal
from tests.oracle.client.barriers import in_thread, runner

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def for_all_kinds(function):
    """One program for each kind of queue: `function(tf, make)`."""
    for name, make in KINDS.items():

        def kind(tf, make=make):
            return function(tf, functools.partial(make, tf))

        kind.__name__ = "%s_%s" % (function.__name__, name)
        PROGRAMS.append(kind)
    return function


def fifo(tf, capacity, types, shapes=None, **kwargs):
    return tf.FIFOQueue(capacity, types, shapes, **kwargs)


def shuffling(tf, capacity, types, shapes=None, **kwargs):
    return tf.RandomShuffleQueue(capacity, 0, types, shapes, seed=87654, **kwargs)


def padding(tf, capacity, types, shapes=None, **kwargs):
    if shapes is None:
        shapes = [()] * (len(types) if isinstance(types, (list, tuple)) else 1)
    return tf.PaddingFIFOQueue(capacity, types, shapes, **kwargs)


KINDS = {"fifo": fifo, "shuffling": shuffling, "padding": padding}


def without_number(error):
    """The class of an error; its words hold the number of a private queue."""
    return type(error).__name__ if isinstance(error, Exception) else error


@for_all_kinds
def made(tf, make):
    q = make(10, (tf.int32, tf.float32), [(), (2,)], name="Q")
    attrs = q.queue_ref.op.node_def.attr
    return [
        q.name,
        q.queue_ref.op.type,
        [str(d) for d in q.dtypes],
        [s.as_list() for s in q.shapes],
        q.names,
        sorted(attrs),
        attrs["capacity"].i,
        len(attrs["shapes"].list.shape),
        [
            q.enqueue((1, [1.0, 2.0])).name,
            q.enqueue((1, [1.0, 2.0])).name,
            q.enqueue_many(([1], [[1.0, 2.0]])).name,
            q.dequeue()[0].op.name,
            q.dequeue_many(2)[0].op.name,
            q.dequeue_up_to(2)[0].op.name,
            q.size().op.name,
            q.close().name,
            q.is_closed().op.name,
            q.size(name="mine").op.name,
        ],
        [t.shape.as_list() for t in q.dequeue()],
        [t.shape.as_list() for t in q.dequeue_many(4)],
        [t.shape.as_list() for t in q.dequeue_up_to(4)],
        [t.shape.as_list() for t in q.dequeue_many(tf.placeholder(tf.int32))],
    ]


@for_all_kinds
def wrongly_made(tf, make):
    return [
        attempt(lambda: make(10, (tf.int32, tf.float32), ((),))),
        attempt(lambda: make(5, (tf.int32, tf.float32), [(), ()], names="i")),
        attempt(lambda: make(5, (tf.int32, tf.float32), [(), ()], names=["a"])),
        attempt(lambda: make(5, "no type")),
    ]


@for_all_kinds
def refused_while_building(tf, make):
    q = make(10, tf.float32)
    shaped = make(10, tf.float32, [(3, 2)])
    two = make(10, [tf.int32, tf.int32], [[], [2]])
    return [
        attempt(lambda: q.enqueue("x")),
        attempt(lambda: q.enqueue({"a": 1.0})),
        attempt(lambda: q.enqueue_many(5.0)),
        attempt(lambda: shaped.enqueue(np.zeros((2, 3), "f"))),
        attempt(lambda: shaped.enqueue_many(np.zeros((4, 2, 3), "f"))),
        attempt(lambda: two.enqueue_many([[1, 2, 3], [[1, 2]]])),
        attempt(lambda: q.dequeue_many(-1)),
        attempt(lambda: type(attempt(lambda: q.dequeue_many(1.5))).__name__),
    ]


@for_all_kinds
def refused_while_running(tf, make):
    q = make(10, tf.float32, [(3, 2)])
    two = make(10, [tf.int32, tf.int32], [[], []])
    x, y, n = tf.placeholder(tf.float32), tf.placeholder(tf.int32), tf.placeholder(tf.int32)
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: q.enqueue(x), {x: np.zeros((2, 3))}),
            run(lambda: q.enqueue_many(x), {x: np.zeros((4, 2, 3))}),
            run(lambda: two.enqueue_many([y, n]), {y: [1, 2], n: [1]}),
            run(lambda: q.dequeue_many(n), {n: -1}),
            run(lambda: q.dequeue_up_to(n), {n: -1}),
            run(lambda: q.dequeue_many(0)),
            run(lambda: q.size()),
        ]


@program
def many_of_unknown_shape(tf):
    with tf.Session() as session:
        run = runner(session)
        queues = [tf.FIFOQueue(5, tf.int32), tf.RandomShuffleQueue(5, 0, tf.int32)]
        return [
            run(lambda q=q, take=take: getattr(q, take)(1))
            for q in queues
            for take in ("dequeue_many", "dequeue_up_to")
        ]


@for_all_kinds
def named_components(tf, make):
    q = make(10, (tf.int32, tf.float32), [(), ()], names=["i", "f"])
    one = make(10, tf.int32, [()], names="only")
    with tf.Session() as session:
        run = runner(session)
        return [
            attempt(lambda: q.enqueue((1, 2.0))),
            attempt(lambda: q.enqueue({"i": 1})),
            attempt(lambda: q.enqueue({"i": 1, "x": 2.0})),
            attempt(lambda: q.enqueue_many([[1], [2.0]])),
            run(lambda: q.enqueue({"f": 1.0, "i": 2})),
            run(lambda: q.dequeue()),
            run(lambda: q.enqueue_many({"f": [3.0, 3.0], "i": [5, 5]})),
            run(lambda: q.dequeue_many(2)),
            run(lambda: one.enqueue({"only": 3})),
            run(lambda: one.dequeue()),
            q.names,
            one.names,
        ]


@for_all_kinds
def closed(tf, make):
    q = make(10, tf.float32, [()], shared_name="closed")
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: q.enqueue_many([[1.0, 1.0, 1.0]])),
            run(lambda: q.is_closed()),
            run(lambda: q.close()),
            run(lambda: [q.is_closed(), q.size()]),
            run(lambda: q.close()),
            run(lambda: q.enqueue(1.0)),
            run(lambda: q.enqueue_many([[1.0]])),
            run(lambda: q.enqueue_many(np.zeros(0, "f"))),
            run(lambda: q.dequeue_many(4)),
            run(lambda: q.size()),
            run(lambda: q.dequeue_up_to(4)),
            run(lambda: q.dequeue_up_to(4)),
            run(lambda: q.dequeue()),
            run(lambda: q.dequeue_many(0)),
            run(lambda: q.close(cancel_pending_enqueues=True)),
        ]


@for_all_kinds
def enqueue_waits(tf, make):
    q = make(2, tf.float32, [()])
    many, one, take = q.enqueue_many([[5.0, 5.0]]), q.enqueue(5.0), q.dequeue_many(2)
    with tf.Session() as session:
        session.run(many)
        join = in_thread(lambda: session.run(one))
        return [session.run(q.size()), session.run(take), join(), session.run(q.size())]


@for_all_kinds
def more_than_fits(tf, make):
    q = make(3, tf.float32, [()])
    many, take, size = q.enqueue_many([np.full(10, 2.0, "f")]), q.dequeue_many(5), q.size()
    with tf.Session() as session:
        join = in_thread(lambda: session.run(many))
        results = [session.run(take), session.run(take), join(), session.run(size)]
        return results


@for_all_kinds
def dequeue_waits(tf, make):
    q = make(10, tf.float32, [()])
    put, one, two, up_to = q.enqueue(7.0), q.dequeue(), q.dequeue_many(2), q.dequeue_up_to(3)
    with tf.Session() as session:
        joins = [in_thread(lambda step=step: session.run(step)) for step in (one, two, up_to)]
        for _ in range(6):
            session.run(put)
        return [join() for join in joins] + [session.run(q.size())]


@for_all_kinds
def closing_ends_waits(tf, make):
    q = make(10, tf.float32, [()])
    put, many, one, close = q.enqueue(7.0), q.dequeue_many(3), q.dequeue(), q.close()
    with tf.Session() as session:
        session.run(put)
        joins = [in_thread(lambda step=step: session.run(step)) for step in (many, one)]
        session.run(close)
        return [without_number(joins[0]()), joins[1](), without_number(attempt(lambda: session.run(one)))]


@for_all_kinds
def closing_ends_up_to(tf, make):
    q = make(10, tf.float32, [()])
    put, take, close = q.enqueue(7.0), q.dequeue_up_to(3), q.close()
    with tf.Session() as session:
        session.run(put)
        session.run(put)
        join = in_thread(lambda: session.run(take))
        session.run(close)
        return [join(), without_number(attempt(lambda: session.run(take)))]


@for_all_kinds
def cancelling(tf, make):
    q = make(2, tf.float32, [()])
    many, one, cancel = q.enqueue_many([[5.0, 5.0]]), q.enqueue(5.0), q.close(cancel_pending_enqueues=True)
    with tf.Session() as session:
        session.run(many)
        joins = [in_thread(lambda step=step: session.run(step)) for step in (one, many)]
        session.run(cancel)
        return [join() for join in joins] + [
            session.run([q.size(), q.is_closed()]),
            session.run(q.dequeue_many(2)),
        ]


@for_all_kinds
def in_a_closed_session(tf, make):
    q = make(2, tf.float32, [()])
    steps = [q.dequeue(), q.dequeue_many(2), q.dequeue_up_to(2)]
    session = tf.Session()
    joins = [in_thread(lambda step=step: session.run(step)) for step in steps]
    session.close()
    return [join() for join in joins] + [attempt(lambda: session.run(steps[0]))]


@for_all_kinds
def timing_out(tf, make):
    q = make(2, tf.float32, [()])
    take, put = q.dequeue(), q.enqueue(3.0)
    with tf.Session() as session:
        late = attempt(lambda: session.run(take, options=tf.RunOptions(timeout_in_ms=30)))
        session.run(put)
        return [late, session.run(take)]


@for_all_kinds
def shared(tf, make):
    with tf.Session() as session:
        run = runner(session)

        def size(*args, **kwargs):
            return run(lambda: make(*args, shared_name="s", **kwargs).size())

        return [
            size(10, tf.float32, [()]),
            size(10, tf.float32, [()]),
            size(15, tf.float32, [()]),
            size(10, tf.int32, [()]),
            size(10, tf.float32, [(1,)]),
            size(10, (tf.float32, tf.int32), [(), ()]),
        ]


@for_all_kinds
def shared_between_nodes(tf, make):
    q, same = (make(10, tf.float32, [()], shared_name="s", name=name) for name in ("a", "b"))
    other = make(10, tf.float32, [()], name="a")
    with tf.Session() as session, tf.Session() as second:
        session.run(q.enqueue(1.0))
        return [
            session.run([x.size() for x in (q, same, other)]),
            second.run(same.size()),
            session.run(same.dequeue()),
            q.name,
            same.name,
            other.name,
        ]


@program
def shared_with_another_kind(tf):
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: tf.FIFOQueue(5, tf.int32, [()], shared_name="s").size()),
            run(lambda: tf.RandomShuffleQueue(5, 0, tf.int32, [()], shared_name="s").size()),
            run(lambda: tf.PaddingFIFOQueue(5, tf.int32, [()], shared_name="s").size()),
            run(lambda: tf.PriorityQueue(5, tf.int32, [()], shared_name="s").size()),
        ]


@for_all_kinds
def one_of_several(tf, make):
    base = internal("ops.data_flow_ops").QueueBase
    queues = [make(10, tf.float32, [()], name="L%d" % i) for i in range(2)]
    index = tf.placeholder(tf.int32)
    chosen = base.from_list(index, queues)
    take, size = chosen.dequeue(), chosen.size()
    with tf.Session() as session:
        for i in range(2):
            session.run(queues[i].enqueue(float(i)))
        return [
            [session.run(take, {index: i}) for i in (1, 0)],
            attempt(lambda: session.run(size, {index: 5})),
            chosen.names,
            [s.as_list() for s in chosen.shapes],
            attempt(lambda: base.from_list(0, [1])),
            attempt(lambda: base.from_list(0, [])),
            attempt(lambda: base.from_list(0, tuple(queues))),
            attempt(lambda: base.from_list(0, [queues[0], make(10, tf.int32, [()])])),
            attempt(lambda: base.from_list(0, [queues[0], make(10, tf.float32, [()], names="x")])),
        ]


@for_all_kinds
def types(tf, make):
    results = []
    with tf.Session() as session:
        for dtype in (
            tf.float16,
            tf.float64,
            tf.int8,
            tf.uint8,
            tf.int64,
            tf.bool,
            tf.complex64,
            tf.uint16,
        ):
            q = make(5, dtype, [(2,)])
            session.run(q.enqueue_many([np.ones((2, 2), dtype.as_numpy_dtype)]))
            results.append(session.run(q.dequeue_many(2)))
        q = make(5, tf.string, [()])
        session.run(q.enqueue_many([["a\0b", "a\0b"]]))
        return results + [session.run(q.dequeue_many(2))]


# -- by priority -----------------------------------------------------------------------------


@program
def priorities(tf):
    q = tf.PriorityQueue(100, (tf.string,), ((),), name="PQ")
    with tf.Session() as session:
        session.run(q.enqueue_many(([3, 1, 2, 1, -5], ["c", "a", "b", "a", "z"])))
        results = [
            q.names,
            [str(d) for d in q.dtypes],
            [s.as_list() for s in q.shapes],
            session.run(q.dequeue()),
            session.run(q.dequeue_many(3)),
            session.run(q.size()),
        ]
        session.run(q.enqueue((0, "first")))
        return results + [session.run(q.dequeue()), session.run(q.dequeue())]


@program
def many_priorities(tf):
    q = tf.PriorityQueue(100, (tf.float32,), ((),))
    order = np.random.RandomState(0).permutation(40).astype("i8")
    with tf.Session() as session:
        session.run(q.enqueue_many((order, np.arange(40.0, dtype="f"))))
        return [session.run(q.dequeue_many(25)), session.run(q.dequeue_many(15))]


@program
def wrong_priorities(tf):
    q = tf.PriorityQueue(10, (tf.float32,), ((),), shared_name="s")
    x = tf.placeholder(tf.int64)
    with tf.Session() as session:
        run = runner(session)
        return [
            attempt(lambda: q.enqueue((1.5, 1.0))),
            attempt(lambda: tf.PriorityQueue(10, tf.float32, ((), ()))),
            run(lambda: q.enqueue((x, 1.0)), {x: [1, 2]}),
            run(lambda: q.size()),
            run(lambda: tf.PriorityQueue(10, (tf.float32,), ((2,),), shared_name="s").size()),
            run(lambda: tf.PriorityQueue(11, (tf.float32,), ((),), shared_name="s").size()),
        ]


# -- padding and shuffling -------------------------------------------------------------------


@program
def padded_batches(tf):
    q = tf.PaddingFIFOQueue(5, [tf.int32, tf.string], [(None, None), (None,)])
    with tf.Session() as session:
        session.run(q.enqueue((np.full((2, 1), 7, "i"), ["a"])))
        session.run(q.enqueue((np.full((1, 3), 8, "i"), ["b", "c"])))
        return [[t.shape.as_list() for t in q.dequeue_many(2)], session.run(q.dequeue_many(2))]


@program
def wrongly_padded(tf):
    q = tf.PaddingFIFOQueue(5, [tf.int32], [(None,)], shared_name="s")
    x = tf.placeholder(tf.int32)
    with tf.Session() as session:
        run = runner(session)
        return [
            attempt(lambda: tf.PaddingFIFOQueue(5, [tf.int32], None)),
            attempt(lambda: tf.PaddingFIFOQueue(5, [tf.int32], [None])),
            attempt(lambda: tf.PaddingFIFOQueue(5, [tf.int32], [(), ()])),
            attempt(lambda: tf.PaddingFIFOQueue(5, [tf.int32], [])),
            run(lambda: q.enqueue(x), {x: [[1]]}),
            run(lambda: q.size()),
            run(lambda: tf.PaddingFIFOQueue(5, [tf.int32], [(3, 2)], shared_name="s").size()),
        ]


@program
def shuffled_order(tf):
    q = tf.RandomShuffleQueue(50, 0, tf.int64, [()], seed=8)
    with tf.Session() as session:
        session.run(q.enqueue_many([np.arange(30)]))
        return [
            session.run(q.dequeue_many(7)),
            [session.run(q.dequeue()) for _ in range(5)],
            session.run(q.dequeue_up_to(18)),
        ]


@program
def held_back(tf):
    q = tf.RandomShuffleQueue(10, 3, tf.int32, [()], seed=8)
    take = q.dequeue()
    with tf.Session() as session:
        session.run(q.enqueue_many([[4, 4, 4]]))
        join = in_thread(lambda: session.run(take))
        before = session.run(q.size())
        session.run(q.enqueue(4))
        return [
            before,
            join(),
            session.run(q.size()),
            session.run(q.close()),
            session.run(take),
            session.run(q.size()),
        ]


@program
def wrongly_shuffled(tf):
    with tf.Session() as session:
        run = runner(session)

        def size(least, seed):
            return run(lambda: tf.RandomShuffleQueue(10, least, tf.int32, seed=seed, shared_name="s").size())

        return [
            run(lambda: tf.RandomShuffleQueue(10, 10, tf.int32).size()),
            run(lambda: tf.RandomShuffleQueue(10, -1, tf.int32).size()),
            size(0, 1),
            size(0, 2),
            size(1, 1),
            size(0, 1),
        ]
