"""Barriers and accumulators."""

import threading

import numpy as np

from tests.oracle.client import attempt, internal
from tests.threads import settle

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def barrier(tf, *args, **kwargs):
    return internal("ops.data_flow_ops").Barrier(*args, **kwargs)


def runner(session):
    """A function that runs what a function makes, or returns the error of making or running it."""
    return lambda make, feeds=None: attempt(lambda: session.run(make(), feeds))


def in_thread(function):
    """Start `attempt(function)`; returns a function that waits for its outcome."""
    outcome = []
    thread = threading.Thread(target=lambda: outcome.append(attempt(function)))
    thread.daemon = True
    thread.start()
    settle(thread)

    def join():
        thread.join(20)
        return outcome[0]

    return join


@program
def barrier_round_trip(tf):
    b = barrier(tf, (tf.float32, tf.int32), shapes=((), (2,)), name="b")
    taken = b.take_many(2)
    with tf.Session() as session:
        run = runner(session)
        return [
            b.name,
            b.barrier_ref.op.type,
            [str(t.dtype) for t in taken[:2]],
            [t.shape.as_list() for t in taken[2]],
            b.take_many(2, True)[0].shape.as_list(),
            run(lambda: b.insert_many(0, ["x", "y", "z"], [1.0, 2.0, 3.0])),
            run(lambda: [b.ready_size(), b.incomplete_size()]),
            run(lambda: b.insert_many(1, ["z", "x"], [[1, 2], [3, 4]])),
            run(lambda: [b.ready_size(), b.incomplete_size()]),
            list(session.run(taken)),
            run(lambda: [b.ready_size(), b.incomplete_size()]),
        ]


@program
def barrier_order(tf):
    b = barrier(tf, (tf.float32, tf.float32), shapes=((), ()))
    with tf.Session() as session:
        for key in ("late", "early", "middle"):
            session.run(b.insert_many(0, [key], [1.0]))
        session.run(b.insert_many(1, ["middle"], [2.0]))
        session.run(b.insert_many(1, ["early", "late"], [3.0, 4.0]))
        return list(session.run(b.take_many(3)))


@program
def barrier_refuses(tf):
    b = barrier(tf, (tf.float32, tf.float32), shapes=((), ()), shared_name="b")
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: b.insert_many(0, ["x"], [1.0])),
            run(lambda: b.insert_many(0, ["x"], [1.0])),
            run(lambda: b.insert_many(0, ["q", "r"], [1.0])),
            run(lambda: b.insert_many(2, ["q"], [1.0])),
            run(lambda: b.insert_many(0, ["q"], [1])),
            run(lambda: b.insert_many(0, [["q"]], [1.0])),
            run(lambda: b.insert_many(0, "q", 1.0)),
            run(lambda: b.take_many(-1)),
            run(lambda: b.take_many([1])),
            run(lambda: b.take_many(1, timeout=5)),
            run(lambda: [b.ready_size(), b.incomplete_size()]),
        ]


@program
def barrier_without_elements(tf):
    b = barrier(tf, (tf.float32,), shapes=((),))
    x = tf.placeholder(tf.float32)
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: b.insert_many(0, np.zeros(0, "S1"), np.zeros(0, "f4"))),
            list(session.run(b.take_many(0))[:2]),
            type(run(lambda: b.insert_many(0, ["k"], x), {x: np.zeros((1, 0))})).__name__,
        ]


@program
def barrier_shapes(tf):
    b = barrier(tf, (tf.float32,), shapes=([2, 2],))
    return [
        attempt(lambda: barrier(tf, (tf.float32,), shapes=([None],))),
        attempt(lambda: barrier(tf, (tf.float32,), shapes=([0],))),
        attempt(lambda: barrier(tf, (tf.float32,), shapes=5)),
        b.take_many(3)[2][0].shape.as_list(),
        b.take_many(3, allow_small_batch=True)[2][0].shape.as_list(),
    ]


@program
def barrier_shared(tf):
    with tf.Session() as session:
        run = runner(session)

        def size(types, shapes):
            return run(lambda: barrier(tf, types, shapes=shapes, shared_name="s").ready_size())

        return [
            size((tf.float32,), ((),)),
            size((tf.float32,), ((),)),
            size((tf.int32,), ((),)),
            size((tf.float32,), ((2,),)),
            size((tf.float32, tf.float32), ((), ())),
        ]


@program
def barrier_closed(tf):
    b = barrier(tf, (tf.float32, tf.float32), shapes=((), ()), shared_name="c")
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: b.insert_many(0, ["x", "y"], [1.0, 2.0])),
            run(lambda: b.close()),
            run(lambda: b.close()),
            run(lambda: b.insert_many(0, ["new"], [1.0])),
            run(lambda: b.insert_many(1, ["x"], [3.0])),
            run(lambda: b.take_many(3)),
            list(session.run(b.take_many(1))),
            run(lambda: b.take_many(1, allow_small_batch=True)),
            run(lambda: b.insert_many(1, ["y"], [3.0])),
            list(session.run(b.take_many(5, allow_small_batch=True))),
            run(lambda: b.take_many(1)),
            run(lambda: b.insert_many(1, ["y"], [3.0])),
            run(lambda: b.close(cancel_pending_enqueues=True)),
            run(lambda: b.close(cancel_pending_enqueues=True)),
        ]


@program
def barrier_cancelled(tf):
    b = barrier(tf, (tf.float32, tf.float32), shapes=((), ()), shared_name="c")
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: b.insert_many(0, ["x", "y"], [1.0, 2.0])),
            run(lambda: b.close(True)),
            run(lambda: b.insert_many(1, ["x"], [3.0])),
            run(lambda: b.insert_many(1, np.zeros(0, "S1"), np.zeros(0, "f4"))),
            run(lambda: [b.ready_size(), b.incomplete_size()]),
            run(lambda: b.take_many(1)),
        ]


@program
def barrier_waits(tf):
    b = barrier(tf, (tf.float32, tf.float32), shapes=((), ()))
    with tf.Session() as session:
        take, finish = b.take_many(2), b.insert_many(1, ["y"], [5.0])
        first = in_thread(lambda: list(session.run(take)))
        session.run(b.insert_many(0, ["x", "y", "z"], [1.0, 2.0, 3.0]))
        session.run(b.insert_many(1, ["z"], [1.0]))
        session.run(b.close())
        session.run(finish)
        return [first(), attempt(lambda: session.run(take))]


@program
def barrier_closed_while_waiting(tf):
    b = barrier(tf, (tf.float32, tf.float32), shapes=((), ()))
    with tf.Session() as session:
        take = b.take_many(2)
        session.run(b.insert_many(0, ["x"], [1.0]))
        join = in_thread(lambda: session.run(take))
        session.run(b.close(cancel_pending_enqueues=True))
        return type(join()).__name__


@program
def barrier_in_a_closed_session(tf):
    take = barrier(tf, (tf.float32,), shapes=((),)).take_many(1)
    session = tf.Session()
    join = in_thread(lambda: session.run(take))
    session.close()
    return type(join()).__name__


# -- dense accumulators ----------------------------------------------------------------------


@program
def accumulator_means(tf):
    results = []
    for dtype in (tf.float16, tf.float32, tf.float64):
        for reduction in ("MEAN", "SUM"):
            a = tf.ConditionalAccumulator(dtype, [2], reduction_type=reduction)
            with tf.Session() as session:
                for row in ([1.0, 2.0], [3.0, 4.0], [5.0, 9.0]):
                    session.run(a.apply_grad(row))
                results += [session.run(a.num_accumulated()), session.run(a.take_grad(2))]
                results.append(session.run(a.num_accumulated()))
    return results


@program
def accumulator_names(tf):
    with tf.name_scope("s"):
        a = tf.ConditionalAccumulator(tf.float32, [None, 2], name="Q")
        size = a.num_accumulated()
    b = tf.SparseConditionalAccumulator(tf.float32, name="P")
    return [
        a.name,
        a.accumulator_ref.op.name,
        a.accumulator_ref.op.type,
        str(a.dtype),
        size.op.name,
        a.take_grad(1).shape.as_list(),
        a.take_grad(1).op.name,
        a.apply_grad([[1.0, 2.0]]).name,
        a.set_global_step(1).name,
        b.name,
        b.accumulator_ref.op.type,
        b.num_accumulated().op.name,
        b.take_grad(1)._fields,
        b.take_indexed_slices_grad(1).values.op.type,
        isinstance(a, tf.ConditionalAccumulatorBase),
    ]


@program
def accumulator_is_stale(tf):
    a = tf.ConditionalAccumulator(tf.float32, [])
    step = tf.placeholder(tf.int32, [])
    apply, take, size = a.apply_grad(1.0, local_step=step), a.take_grad(1), a.num_accumulated()
    with tf.Session() as session:
        results = []
        for event in (0, "take", 0, 1, "take", 1, 2, 3, "take"):
            results.append(session.run(take) if event == "take" else session.run(apply, {step: event}))
            results.append(session.run(size))
        session.run(a.set_global_step(7))
        session.run(apply, {step: 6})
        results.append(session.run(size))
        session.run(apply, {step: 7})
        return results + [session.run(size)]


@program
def accumulator_shapes(tf):
    any_shape = tf.ConditionalAccumulator(tf.float32)
    fixed = tf.ConditionalAccumulator(tf.float32, [2])
    x = tf.placeholder(tf.float32)
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: any_shape.apply_grad([1.0, 2.0])),
            run(lambda: any_shape.apply_grad([1.0])),
            run(lambda: any_shape.take_grad(1)),
            run(lambda: any_shape.apply_grad([3.0], local_step=1)),
            run(lambda: any_shape.take_grad(1)),
            attempt(lambda: fixed.apply_grad([1.0])),
            run(lambda: fixed.apply_grad(x), {x: [1.0]}),
            run(lambda: fixed.num_accumulated()),
            attempt(lambda: fixed.apply_grad([1.0, 2.0], local_step=[1, 2])),
            attempt(lambda: fixed.set_global_step([1, 2])),
            attempt(lambda: fixed.take_grad([1])),
        ]


@program
def accumulator_refuses(tf):
    a = tf.ConditionalAccumulator(tf.float32, [])
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: a.take_grad(0)),
            run(lambda: a.take_grad(-1)),
            type(attempt(lambda: a.apply_grad(tf.constant(1)))).__name__,
            attempt(lambda: tf.ConditionalAccumulator(tf.float32, reduction_type="FOO")),
            attempt(lambda: tf.ConditionalAccumulator(tf.string)),
            attempt(lambda: tf.ConditionalAccumulator(tf.float32, shape="x")),
        ]


@program
def accumulator_of_integers(tf):
    a = tf.ConditionalAccumulator(tf.int32, [])
    with tf.Session() as session:
        return type(attempt(lambda: session.run(a.num_accumulated()))).__name__


@program
def accumulator_waits(tf):
    a = tf.ConditionalAccumulator(tf.float32, [])
    take, apply = a.take_grad(3), a.apply_grad(2.0, local_step=100)
    with tf.Session() as session:
        first = in_thread(lambda: session.run(take))
        session.run(apply)
        session.run(apply)
        size = session.run(a.num_accumulated())
        session.run(apply)
        return [size, first(), session.run(a.num_accumulated())]


@program
def accumulator_takes_in_turn(tf):
    a = tf.ConditionalAccumulator(tf.float32, [])
    x = tf.placeholder(tf.float32, [])
    apply, two, one = a.apply_grad(x, local_step=100), a.take_grad(2), a.take_grad(1)
    with tf.Session() as session:
        first = in_thread(lambda: session.run(two))
        second = in_thread(lambda: session.run(one))
        for value in (1.0, 3.0, 10.0):
            session.run(apply, {x: value})
        return [first(), second()]


@program
def accumulator_in_a_closed_session(tf):
    takes = [
        tf.ConditionalAccumulator(tf.float32, []).take_grad(1),
        tf.SparseConditionalAccumulator(tf.float32).take_grad(1).values,
    ]
    session = tf.Session()
    joins = [in_thread(lambda take=take: session.run(take)) for take in takes]
    session.close()
    return [join() for join in joins]


@program
def accumulator_shared(tf):
    a = tf.ConditionalAccumulator(tf.float32, [], shared_name="a")
    b = tf.ConditionalAccumulator(tf.float32, [], shared_name="a", name="other")
    c = tf.ConditionalAccumulator(tf.float32, [])
    with tf.Session() as session, tf.Session() as second:
        session.run(a.apply_grad(4.0))
        return [
            session.run([x.num_accumulated() for x in (a, b, c)]),
            second.run(b.num_accumulated()),
            session.run(b.take_grad(1)),
        ]


# -- sparse accumulators ---------------------------------------------------------------------


def sparse(tf, *args, **kwargs):
    a = tf.SparseConditionalAccumulator(*args, **kwargs)

    def apply(indices, values, shape=None, step=0):
        return a.apply_grad(np.array(indices, "i8"), np.array(values, "f4"), shape, step)

    return a, apply


@program
def sparse_means(tf):
    results = []
    for reduction in ("MEAN", "SUM"):
        a, apply = sparse(tf, tf.float32, reduction_type=reduction)
        with tf.Session() as session:
            session.run(apply([0, 2], [[0, 1], [3, 4]], [3, 2]))
            session.run(apply([0, 1], [[10, 10], [3, 4]], [3, 2]))
            results += [
                session.run(a.num_accumulated()),
                list(session.run(a.take_grad(1))),
                session.run(a.num_accumulated()),
            ]
            session.run(apply([2, 0], [5, 7], None, 1))
            results.append(list(session.run(a.take_indexed_slices_grad(1))))
    return results


@program
def sparse_out_of_order(tf):
    a, apply = sparse(tf, tf.float32, [3])
    with tf.Session() as session:
        session.run(apply([2, 0], [1, 3]))
        session.run(apply([1, 0], [10, 3]))
        first = list(session.run(a.take_grad(1)))
        session.run(apply([0, 0], [1, 3], None, 1))
        session.run(apply([0, 0], [2, 4], None, 1))
        return [first, list(session.run(a.take_grad(1)))]


@program
def sparse_refuses(tf):
    a, apply = sparse(tf, tf.float32, [3, 2])
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: apply([0], [[1, 1]])),
            run(lambda: apply([0], [[1, 1]], [4, 2])),
            run(lambda: apply([[0]], [[1, 1]], [3, 2])),
            run(lambda: apply([5], [[1, 1]], [3, 2])),
            run(lambda: apply([0, 1], [[1, 1]], [3, 2])),
            run(lambda: apply([0], [1], [3, 2])),
            run(lambda: apply([0], [[1, 1, 1]], [3, 2])),
            run(lambda: apply([0], 1.0, [3, 2])),
            run(lambda: apply([], np.zeros((0, 2)), [3, 2])),
            run(lambda: a.take_grad(0)),
            run(lambda: a.apply_grad([0], np.array([[1.0]]))),
            run(lambda: a.num_accumulated()),
        ]


@program
def sparse_unknown_shapes(tf):
    a, apply = sparse(tf, tf.float32, [None, 2])
    with tf.Session() as session:
        run = runner(session)
        return [
            run(lambda: apply([0], [[1, 1]], [4, 2])),
            run(lambda: apply([0], [[1, 1, 1]], [4, 3])),
            run(lambda: apply([6], [[1, 1]], [7, 2])),
            list(session.run(a.take_grad(1))),
        ]


@program
def sparse_slices(tf):
    a, _ = sparse(tf, tf.float32)
    slices = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([3]))
    whole = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([0]), tf.constant([1, 2]))
    with tf.Session() as session:
        session.run(a.apply_indexed_slices_grad(slices, 5))
        session.run(a.apply_indexed_slices_grad(whole, 5))
        return session.run(a.take_indexed_slices_grad(2))


@program
def sparse_at_random(tf):
    numbers = np.random.RandomState(5)

    def size():
        return int(numbers.randint(1, 4))

    def like(known, i):
        free = known is None or i >= len(known) or known[i] is None or numbers.rand() < 0.3
        return size() if free else known[i]

    results = []
    for _ in range(40):
        rank = numbers.randint(0, 4)
        known = [None if numbers.rand() < 0.3 else size() for _ in range(rank)] if rank else None
        with tf.Graph().as_default(), tf.Session() as session:
            a, apply = sparse(tf, tf.float32, known)
            for step in range(4):
                rows = int(numbers.randint(0, 3))
                shape = [rows + int(numbers.rand() < 0.1)] + [like(known, i) for i in range(1, size())]
                whole = (
                    [like(known, i) for i in range(numbers.randint(0, 4))] if numbers.rand() < 0.5 else None
                )
                indices = np.sort(numbers.choice(4, rows, replace=False))
                values = (np.arange(np.prod(shape)) + step).reshape(shape)
                results.append(attempt(lambda: session.run(apply(indices, values, whole, step))))  # noqa: B023
            count = session.run(a.num_accumulated())
            results.append(list(session.run(a.take_grad(1))) if count else count)
    return results
