"""Queues and batches in the manner of TensorFlow's unit tests: one small claim after the other."""

import threading

import numpy as np

from tests.oracle.client import attempt, internal
from tests.threads import settle

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def in_thread(function):
    """A started thread that runs `function`, and the list that gets what it comes to."""
    found = []
    thread = threading.Thread(target=lambda: found.append(attempt(function)))
    thread.daemon = True
    thread.start()
    return thread, found


@program
def constructors_of_queues(tf):
    flow = internal("ops.data_flow_ops")
    queues = [
        flow.FIFOQueue(10, tf.float32, name="Q"),
        flow.FIFOQueue(5, (tf.int32, tf.float32), shared_name="foo", name="Q"),
        flow.FIFOQueue(
            5,
            (tf.int32, tf.float32),
            shapes=(tf.TensorShape([1, 1, 2, 3]), tf.TensorShape([5, 8])),
            name="Q",
        ),
        flow.RandomShuffleQueue(10, 5, tf.float32, name="Q"),
        flow.PaddingFIFOQueue(5, (tf.int32, tf.float32), shapes=((), (None, 2)), name="Q"),
        flow.PriorityQueue(2, (tf.string,), shapes=((),), name="Q"),
    ]
    return [
        [
            type(q).__name__,
            q.queue_ref.op.type,
            q.queue_ref.op.name,
            q.name,
            len(q.dtypes),
            str(q.shapes),
            q.names,
            str(q.queue_ref.dtype),
            sorted(str(k) for k in q.queue_ref.op.node_def.attr),
        ]
        for q in queues
    ]


@program
def wrong_constructors(tf):
    flow = internal("ops.data_flow_ops")
    return [
        attempt(lambda: flow.FIFOQueue(10, [tf.int32, tf.float32], shapes=[()])),
        attempt(lambda: flow.PaddingFIFOQueue(10, tf.int32, None)),
        attempt(lambda: flow.FIFOQueue(10, tf.int32, names=["a", "b"])),
        attempt(lambda: flow.FIFOQueue(10, tf.int32, names=[3])),
        attempt(lambda: flow.PaddingFIFOQueue(1, [tf.int32, tf.int32], [()])),
        attempt(lambda: flow.FIFOQueue()),
        attempt(lambda: flow.RandomShuffleQueue(3, 1)),
    ]


@program
def enqueue_many_and_shapes(tf):
    q = tf.FIFOQueue(10, [tf.int32, tf.int32], shapes=[(), (2,)])
    a = q.enqueue_many([[1, 2, 3, 4], [[1, 1], [2, 2], [3, 3], [4, 4]]])
    d = q.dequeue_many(2)
    one = q.dequeue()
    with tf.Session() as sess:
        sess.run(a)
        return [
            [str(t.get_shape()) for t in d],
            [str(t.get_shape()) for t in one],
            sess.run(d),
            sess.run(one),
            attempt(lambda: q.enqueue(([1, 2, 3], [1, 2]))),
            attempt(lambda: q.enqueue_many(([1, 2], [[1, 2]]))),
            attempt(lambda: q.enqueue((1, [1, 2, 3]))),
            attempt(lambda: q.enqueue((1,))),
            attempt(lambda: q.enqueue(["a", [1, 2]])),
            attempt(lambda: q.enqueue_many([1, [1, 1]])),
        ]


@program
def queues_with_names(tf):
    q = tf.FIFOQueue(10, dtypes=(tf.int32, tf.float32), names=("i", "j"), shapes=((), ()))
    put = [q.enqueue({"i": 123, "j": 1.5}), q.enqueue_many({"i": [1, 2], "j": [2.5, 3.5]})]
    d, many = q.dequeue(), q.dequeue_many(2)
    with tf.Session() as sess:
        sess.run(put[0])
        sess.run(put[1])
        return [
            sess.run(d),
            sess.run(many),
            attempt(lambda: q.enqueue(123)),
            attempt(lambda: q.enqueue({"x": 12})),
            attempt(lambda: q.enqueue({"i": 5, "j": 1.0, "s": "a"})),
            attempt(lambda: q.enqueue_many((12,))),
            attempt(lambda: tf.FIFOQueue(10, tf.float32).enqueue({"i": 1.0})),
        ]


@program
def dequeue_from_closed(tf):
    q = tf.FIFOQueue(10, tf.float32)
    put, close, get = q.enqueue_many([[10.0, 20.0]]), q.close(), q.dequeue()
    with tf.Session() as sess:
        sess.run(put)
        sess.run(close)
        return [
            sess.run(get),
            sess.run(get),
            attempt(lambda: sess.run(get)),
            attempt(lambda: sess.run(put)),
            sess.run(q.is_closed()),
            attempt(lambda: sess.run(close)),
        ]


@program
def blocked_dequeue_many_from_closed(tf):
    q = tf.FIFOQueue(10, tf.float32, ())
    put, close, get, rest = (
        q.enqueue_many([[1.0, 2.0, 3.0]]),
        q.close(),
        q.dequeue_many(4),
        q.dequeue_up_to(4),
    )
    with tf.Session() as sess:
        sess.run(put)
        thread, found = in_thread(lambda: sess.run(get))
        settle(thread)
        sess.run(close)
        thread.join()
        return found + [sess.run(rest), attempt(lambda: sess.run(rest))]


@program
def blocked_enqueue_before_close(tf):
    q = tf.FIFOQueue(2, tf.float32, ())
    put, more, close, get = (
        q.enqueue_many([[1.0, 2.0]]),
        q.enqueue_many([[3.0, 4.0]]),
        q.close(),
        q.dequeue(),
    )
    with tf.Session() as sess:
        sess.run(put)
        thread, found = in_thread(lambda: sess.run(more))
        settle(thread)
        closing, closed = in_thread(lambda: sess.run(close))
        settle(closing)
        got = [sess.run(get) for _ in range(4)]
        thread.join()
        closing.join()
        return [got, found, closed, attempt(lambda: sess.run(get)), sess.run(q.size())]


@program
def cancelled_enqueue_on_close(tf):
    q = tf.FIFOQueue(2, tf.float32, ())
    put, more, close = (
        q.enqueue_many([[1.0, 2.0]]),
        q.enqueue_many([[3.0, 4.0]]),
        q.close(cancel_pending_enqueues=True),
    )
    with tf.Session() as sess:
        sess.run(put)
        thread, found = in_thread(lambda: sess.run(more))
        settle(thread)
        sess.run(close)
        thread.join()
        return found + [sess.run(q.dequeue()), sess.run(q.size())]


@program
def blocking_operations_are_cancelled_by_the_session(tf):
    empty, full = tf.FIFOQueue(5, tf.float32, ()), tf.FIFOQueue(5, tf.float32, ())
    ops = [
        empty.dequeue(),
        empty.dequeue_many(1),
        empty.dequeue_up_to(1),
        full.enqueue((10.0,)),
        full.enqueue_many(([10.0],)),
    ]
    fill = full.enqueue_many(([1.0, 2.0, 3.0, 4.0, 5.0],))
    sess = tf.Session()
    sess.run(fill)
    threads = [in_thread(lambda op=op: sess.run(op)) for op in ops]
    settle(*[thread for thread, _ in threads])
    sess.close()
    for thread, _ in threads:
        thread.join()
    return [found[0] for _, found in threads]


@program
def selected_queues(tf):
    q0, q1 = tf.FIFOQueue(10, [tf.float32]), tf.FIFOQueue(15, [tf.float32])
    index = tf.placeholder(tf.int32)
    chosen = tf.QueueBase.from_list(index, [q0, q1])
    put, size = chosen.enqueue((10.0,)), chosen.size()
    with tf.Session() as sess:
        for i in (0, 1, 1):
            sess.run(put, {index: i})
        return [
            sess.run(size, {index: 0}),
            sess.run(size, {index: 1}),
            sess.run([q0.size(), q1.size()]),
            attempt(lambda: tf.QueueBase.from_list(index, [q0, "q_1"])),
            attempt(lambda: tf.QueueBase.from_list(index, [q0, tf.FIFOQueue(15, [tf.int32])])),
            attempt(lambda: tf.QueueBase.from_list(index, 3)),
            type(attempt(lambda: sess.run(size, {index: 7}))).__name__,
        ]


@program
def dequeue_in_dtypes(tf):
    dtypes = [
        tf.float32,
        tf.float64,
        tf.int32,
        tf.uint8,
        tf.int16,
        tf.int8,
        tf.int64,
        tf.uint16,
        tf.bool,
        tf.complex64,
        tf.complex128,
        tf.string,
    ]
    shape = (3, 2)
    q = tf.FIFOQueue(10, dtypes, [shape] * len(dtypes))
    values = [
        np.arange(6).reshape(shape).astype(d.as_numpy_dtype if d != tf.string else "S1") for d in dtypes
    ]
    put, get = q.enqueue(values), q.dequeue()
    with tf.Session() as sess:
        sess.run(put)
        return sess.run(get)


@program
def dequeue_up_to_and_zero(tf):
    q = tf.FIFOQueue(10, tf.float32, shapes=[()])
    put, n = q.enqueue_many(([1.0, 2.0, 3.0],)), tf.placeholder(tf.int32)
    many, up_to = q.dequeue_many(n), q.dequeue_up_to(n)
    with tf.Session() as sess:
        sess.run(put)
        return [
            sess.run(many, {n: 0}),
            sess.run(up_to, {n: 0}),
            sess.run(up_to, {n: 2}),
            many.get_shape().as_list(),
            attempt(lambda: sess.run(many, {n: -1})),
            sess.run(q.enqueue_many((np.zeros([0], np.float32),))),
            sess.run(q.size()),
        ]


@program
def without_shapes(tf):
    q = tf.FIFOQueue(10, tf.float32)
    put, get, many = q.enqueue(([1.0, 2.0],)), q.dequeue(), attempt(lambda: q.dequeue_many(2))
    with tf.Session() as sess:
        sess.run(put)
        return [str(get.get_shape()), sess.run(get), attempt(lambda: sess.run(many))]


@program
def shared_names(tf):
    a = tf.FIFOQueue(1, tf.float32, shared_name="shared")
    b = tf.FIFOQueue(1, tf.float32, shared_name="shared")
    wrong = [
        tf.FIFOQueue(15, tf.float32, shared_name="shared"),
        tf.FIFOQueue(1, tf.int32, shared_name="shared"),
        tf.FIFOQueue(1, (tf.float32, tf.int32), shared_name="shared"),
        tf.RandomShuffleQueue(1, 0, tf.float32, shared_name="shared"),
        tf.FIFOQueue(1, tf.float32, shapes=[(1, 1)], shared_name="shared"),
    ]
    with tf.Session() as sess:
        sess.run(a.enqueue((10.0,)))
        return [sess.run(b.size()), sess.run(b.dequeue())] + [
            attempt(lambda: sess.run(q.queue_ref.op)) for q in wrong
        ]


@program
def enqueued_objects_and_indices(tf):
    q = tf.FIFOQueue(2, tf.int32, shapes=((),))
    with tf.Session() as sess:
        sess.run(q.enqueue(tf.constant(1)))
        sess.run(q.enqueue([2]))
        full, found = in_thread(
            lambda: sess.run(q.enqueue(np.int32(3)), options=tf.RunOptions(timeout_in_ms=50))
        )
        full.join()
        return [sess.run(q.dequeue_many(2)), type(found[0]).__name__]


@program
def big_elements_and_order(tf):
    q = tf.FIFOQueue(100, [tf.int32, tf.string], shapes=[[4, 4], []])
    with tf.Session() as sess:
        for i in range(5):
            sess.run(q.enqueue((np.full([4, 4], i), str(i))))
        numbers, texts = sess.run(q.dequeue_many(5))
        return [numbers[:, 0, 0], texts]


@program
def padding(tf):
    q = tf.PaddingFIFOQueue(10, (tf.string, tf.int32, tf.float32), ((None,), (None, 1), (2, None)))
    with tf.Session() as sess:
        sess.run(q.enqueue((["a"], [[1]], [[1.0], [2.0]])))
        sess.run(q.enqueue((["b", "c"], np.zeros([0, 1], np.int32), np.ones([2, 3], np.float32))))
        sess.run(q.enqueue_many(([["x"]], [[[7]]], np.zeros([1, 2, 0], np.float32))))
        many, one = q.dequeue_many(3), q.dequeue()
        return [
            [str(t.get_shape()) for t in many],
            [str(t.get_shape()) for t in one],
            sess.run(many),
            attempt(lambda: q.enqueue((["a"], [[1, 2]], [[1.0], [2.0]]))),
            attempt(lambda: q.enqueue(("a", [[1]], [[1.0], [2.0]]))),
        ]


@program
def priority_order(tf):
    q = tf.PriorityQueue(2000, (tf.string, tf.string), ((), ()))
    many = q.enqueue_many(([3, 1, 2, 1], ["c", "a", "b", "a2"], ["C", "A", "B", "A2"]))
    with tf.Session() as sess:
        sess.run(many)
        sess.run(q.enqueue((-5, "first", "First")))
        all_ = q.dequeue_many(5)
        return [
            sess.run(all_),
            [t.dtype.name for t in all_],
            attempt(lambda: sess.run(q.enqueue(("a", "b", "c")))),
            attempt(lambda: q.enqueue_many(([[1, 2]], ["a"], ["b"]))),
            attempt(lambda: q.enqueue((1, "a"))),
        ]


@program
def random_shuffle_keeps_a_minimum(tf):
    q = tf.RandomShuffleQueue(10, 5, tf.float32, ((),), seed=1)
    put, get, close = (
        q.enqueue_many([np.arange(10, dtype=np.float32)]),
        q.dequeue_many(5),
        q.close(),
    )
    with tf.Session() as sess:
        sess.run(put)
        first = sess.run(get)
        thread, found = in_thread(lambda: sess.run(q.dequeue()))
        settle(thread)
        waiting = not found
        sess.run(close)
        thread.join()
        rest = [sess.run(q.dequeue()) for _ in range(4)]
        everything = sorted(float(x) for x in list(first) + found + rest)
        return [waiting, everything, attempt(lambda: sess.run(q.dequeue()))]


@program
def staging(tf):
    flow = internal("ops.data_flow_ops")
    x, pi = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    area = flow.StagingArea([tf.float32, tf.float32], shapes=[[], [128, 128]], names=["x", "v"], capacity=2)
    stage = area.put({"x": x, "v": tf.fill([128, 128], x)})
    peek, get, clear, size = area.peek(pi), area.get(), area.clear(), area.size()
    with tf.Session() as sess:
        sess.run(stage, {x: 1})
        sess.run(stage, {x: 2})
        out = [sess.run(size), sess.run(peek["x"], {pi: 1}), sess.run(get["x"]), sess.run(size)]
        sess.run(clear)
        return out + [
            sess.run(size),
            area.name[:11],
            area.capacity,
            area.memory_limit,
            area.names,
            attempt(lambda: area.put({"x": x})),
            attempt(lambda: area.put([x, x])),
            attempt(lambda: area.put({"x": x, "v": x, "w": x})),
        ]


@program
def map_staging(tf):
    flow = internal("ops.data_flow_ops")
    x, k, g = tf.placeholder(tf.float32), tf.placeholder(tf.int64), tf.placeholder(tf.int64)
    area = flow.MapStagingArea([tf.float32, tf.float32], names=["x", "v"], ordered=True)
    put_all, put_x, put_v = (
        area.put(k, {"x": x, "v": x * 2}),
        area.put(k, {"x": x}),
        area.put(k, {"v": x}),
    )
    key, values = area.get()
    with tf.Session() as sess:
        sess.run(put_all, {k: 5, x: 1})
        sess.run(put_x, {k: 2, x: 3})
        out = [sess.run([area.size(), area.incomplete_size()])]
        sess.run(put_v, {k: 2, x: 4})
        out += [
            sess.run([area.size(), area.incomplete_size()]),
            sess.run([key, values]),
            sess.run(area.get(g), {g: 5}),
        ]
        return out + [
            attempt(lambda: area.put(k, {"q": x})),
            attempt(lambda: area.put(k, [x], [0, 1])),
            attempt(lambda: area.put(tf.constant(1), {"x": x})),
        ]


@program
def barriers(tf):
    flow = internal("ops.data_flow_ops")
    b = flow.Barrier((tf.float32, tf.float32), shapes=((), ()), name="B")
    size, incomplete = b.ready_size(), b.incomplete_size()
    i0, i1 = (
        b.insert_many(0, [b"a", b"b", b"c"], [10.0, 20.0, 30.0]),
        b.insert_many(1, [b"a", b"b"], [1.0, 2.0]),
    )
    take = b.take_many(2)
    with tf.Session() as sess:
        before = sess.run([size, incomplete])
        i0.run()
        i1.run()
        middle = sess.run([size, incomplete])
        got = sess.run(take)
        again = attempt(i0.run)
        b.close(cancel_pending_enqueues=True).run()
        return [
            before,
            middle,
            [type(each).__name__ for each in got],
            got[0],
            list(got[1]),
            got[2],
            again,
            attempt(lambda: sess.run(b.take_many(1))),
            attempt(lambda: sess.run(b.insert_many(0, ["z"], [1.0]))),
            b.barrier_ref.op.type,
            str(b.barrier_ref.dtype),
        ]


@program
def accumulators(tf):
    with tf.Session() as sess:
        q = tf.ConditionalAccumulator(tf.float32, name="Q", shape=tf.TensorShape([1]))
        put = [q.apply_grad(x) for x in ([10.0], [20.0], [60.0])]
        take = q.take_grad(3)
        for each in put:
            each.run()
        n = q.num_accumulated().eval()
        mean = take.eval()
        q.set_global_step(2).run()
        q.apply_grad([1.0], local_step=1).run()
        stale = q.num_accumulated().eval()
        s = tf.SparseConditionalAccumulator(tf.float32, shape=(3, 3))
        s.apply_indexed_slices_grad(
            tf.IndexedSlices(np.ones([1, 3], np.float32), np.array([1]), [3, 3])
        ).run()
        s.apply_grad([0, 1], np.ones([2, 3], np.float32)).run()
        taken = sess.run(s.take_indexed_slices_grad(2))
        return [
            n,
            mean,
            stale,
            taken.indices,
            taken.values,
            q.accumulator_ref.op.type,
            str(q.dtype),
            attempt(lambda: q.apply_grad([1.0, 2.0]).run()),
            attempt(lambda: q.take_grad(0).eval()),
            attempt(lambda: tf.ConditionalAccumulator(tf.float32, reduction_type="Invalid")),
            q.name,
        ]


# -- producers and batches -------------------------------------------------------------------


def started(tf, sess):
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    coord = tf.train.Coordinator()
    return coord, tf.train.start_queue_runners(sess, coord)


def until_the_end(tf, fetch, init=None):
    out = []
    with tf.Session() as sess:
        coord, threads = started(tf, sess)
        while True:
            got = attempt(lambda: sess.run(fetch))
            if isinstance(got, Exception):
                break
            out.append(got)
        coord.request_stop()
        attempt(lambda: coord.join(threads))
        return out + [type(got).__name__, all(not t.is_alive() for t in threads)]


@program
def string_producers(tf):
    q = tf.train.string_input_producer(["a", "b"], num_epochs=2, shuffle=False, shared_name="S", name="p")
    return until_the_end(tf, q.dequeue_up_to(3)) + [
        q.queue_ref.op.node_def.attr["shared_name"].s,
        q.capacity if hasattr(q, "capacity") else None,
    ]


@program
def wrong_producers(tf):
    p = tf.train
    empty = p.string_input_producer(tf.constant([], tf.string), shuffle=False)
    return [
        attempt(lambda: p.string_input_producer([])),
        attempt(lambda: p.string_input_producer(["a"], num_epochs=-1)),
        attempt(lambda: p.input_producer(tf.placeholder(tf.float32))),
        attempt(lambda: p.input_producer(tf.constant(1))),
        attempt(lambda: p.slice_input_producer([])),
        attempt(lambda: p.slice_input_producer([tf.constant(3)])),
        attempt(lambda: p.limit_epochs(tf.constant(1), 0)),
        attempt(lambda: p.slice_input_producer(None)),
        until_the_end(tf, empty.dequeue()),
    ]


@program
def range_producers(tf):
    shuffled = tf.train.range_input_producer(5, num_epochs=1, shuffle=True, seed=3).dequeue_many(5)
    plain = tf.train.range_input_producer(3, num_epochs=2, shuffle=False).dequeue()
    with tf.Session() as sess:
        coord, threads = started(tf, sess)
        out = [
            sorted(sess.run(shuffled).tolist()),
            [sess.run(plain) for _ in range(6)],
            attempt(lambda: sess.run(plain)),
        ]
        coord.request_stop()
        coord.join(threads)
        return out


@program
def slice_producers(tf):
    letters, numbers = tf.constant(["a", "b", "c"]), tf.constant([1.0, 2.0, 3.0])
    return until_the_end(tf, tf.train.slice_input_producer([letters, numbers], num_epochs=1, shuffle=False))


@program
def limited_epochs(tf):
    return until_the_end(tf, tf.train.limit_epochs([b"a", b"b"], 2)) + [len(tf.local_variables())]


@program
def batches(tf):
    n = tf.train.range_input_producer(10, num_epochs=1, shuffle=False).dequeue()
    batch = tf.train.batch(
        {"n": n, "s": n * 2, "sp": tf.SparseTensor([[0, 0]], tf.stack([n]), [1, 1])},
        batch_size=4,
        allow_smaller_final_batch=True,
        capacity=9,
        name="b",
        shared_name="SHARED",
    )
    shapes = {k: str(v.get_shape()) for k, v in batch.items()}
    queue = [op for op in tf.get_default_graph().get_operations() if op.type == "FIFOQueueV2"][-1]
    return [
        shapes,
        queue.get_attr("shared_name"),
        queue.get_attr("capacity"),
        queue.name,
    ] + until_the_end(tf, batch)


@program
def batches_of_many_and_padded(tf):
    n = tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
    many = tf.train.batch([tf.stack([n, n * 10])], batch_size=3, enqueue_many=True)
    m = tf.train.range_input_producer(4, num_epochs=1, shuffle=False).dequeue()
    padded = tf.train.batch([tf.fill([m], m)], batch_size=2, dynamic_pad=True)
    with tf.Session() as sess:
        coord, threads = started(tf, sess)
        out = (
            [sess.run(many) for _ in range(4)]
            + [sess.run(padded) for _ in range(2)]
            + [attempt(lambda: sess.run(padded))]
        )
        coord.request_stop()
        coord.join(threads)
        return out


@program
def batches_that_keep_some(tf):
    def make(**options):
        n = tf.train.range_input_producer(8, num_epochs=1, shuffle=False).dequeue()
        return n, options

    n, _ = make()
    some = tf.train.maybe_batch([n], tf.equal(n % 2, 0), batch_size=2)
    m, _ = make()
    which = tf.train.maybe_batch([tf.stack([m, -m])], [True, False], batch_size=2, enqueue_many=True)
    k, _ = make()
    joined = tf.train.maybe_batch_join([[k], [k + 100]], tf.greater(k, 5), batch_size=2)
    with tf.Session() as sess:
        coord, threads = started(tf, sess)
        out = [sess.run(some) for _ in range(2)] + [sess.run(which) for _ in range(2)]
        out.append([type(attempt(lambda: sess.run(each))).__name__ for each in (some, which)])
        out.append(sess.run(joined).shape)
        coord.request_stop()
        coord.join(threads)
        return out


@program
def batches_joined(tf):
    n = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue()
    m = tf.train.range_input_producer(5, num_epochs=1, shuffle=False).dequeue() + 10
    batch = tf.train.batch_join([[n, "a"], [m, "b"]], batch_size=4, allow_smaller_final_batch=False)
    found = until_the_end(tf, batch)
    return [
        sorted(x for got in found[:2] for x in got[0].tolist()),
        len(found),
        found[2:],
        [str(t.get_shape()) for t in batch],
    ]


@program
def shuffled_batches(tf):
    n = tf.train.range_input_producer(12, num_epochs=1, shuffle=False).dequeue()
    batch = tf.train.shuffle_batch(
        [n, n * 2],
        batch_size=5,
        capacity=16,
        min_after_dequeue=5,
        seed=4,
        allow_smaller_final_batch=True,
    )
    found = until_the_end(tf, batch)
    numbers = [x for got in found[:3] for x in got[0].tolist()]
    return [
        sorted(numbers),
        [len(got[0]) for got in found[:3]],
        found[3:],
        str(batch[0].get_shape()),
    ]


@program
def shuffled_batches_joined(tf):
    n = tf.train.range_input_producer(4, num_epochs=1, shuffle=False).dequeue()
    batch = tf.train.shuffle_batch_join(
        [{"a": n}, {"a": n + 100}], batch_size=2, capacity=16, min_after_dequeue=2, shared_name="X"
    )
    found = until_the_end(tf, batch)
    return [[key for key in batch], sum(len(got["a"]) for got in found[:-2]), found[-2:]]


@program
def wrong_batches(tf):
    t, x = tf.train, tf.placeholder(tf.float32)
    return [
        attempt(lambda: t.batch([x], 2)),
        attempt(lambda: t.batch([], 2)),
        attempt(lambda: t.batch(None, 2)),
        attempt(lambda: t.batch_join([], 2)),
        attempt(lambda: t.batch_join([[1, 2], [1]], 2)),
        attempt(lambda: t.batch_join([{"a": 1}, {"b": 1}], 2)),
        attempt(lambda: t.batch_join([[1], ["a"]], 2)),
        attempt(lambda: t.maybe_batch([1], [True, False], 2)),
        attempt(lambda: t.batch([1], 2, enqueue_many=True)),
        attempt(lambda: t.maybe_batch([[1, 2]], tf.placeholder(tf.bool), 2, enqueue_many=True)),
        attempt(lambda: t.batch_join([[tf.SparseTensor([[0]], [1], [1])], [1]], 2)),
        attempt(lambda: t.shuffle_batch([x], 2, 10, 2)),
        attempt(lambda: t.maybe_batch([1], 1, 2)),
    ]


@program
def batches_of_sparse(tf):
    n = tf.cast(tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue(), tf.int64)
    sparse = tf.SparseTensor(
        tf.reshape(tf.stack([n]), [1, 1]), tf.stack([tf.cast(n, tf.float32)]), tf.stack([n + 1])
    )
    batch = tf.train.batch([n, sparse], batch_size=2)
    found = until_the_end(tf, batch)
    return [
        [got[1].indices.tolist(), got[1].values.tolist(), got[1].dense_shape.tolist()] for got in found[:3]
    ] + [found[3:], type(batch[1]).__name__]


@program
def runners_in_collections(tf):
    tf.train.string_input_producer(["a"])
    tf.train.batch([tf.constant(1)], 2)
    runners = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    return [
        [
            r.name,
            len(r.enqueue_ops),
            r.queue.name,
            r.close_op.name,
            r.cancel_op.name,
            [e.__name__ for e in r.queue_closed_exception_types],
        ]
        for r in runners
    ] + [sorted(tf.get_default_graph().get_all_collection_keys())]


@program
def runner_messages_go_around(tf):
    queue_runner = internal("training.queue_runner_impl")
    q = tf.FIFOQueue(10, tf.float32, name="queue")
    enqueue = q.enqueue((10.0,), name="enqueue")
    qr = queue_runner.QueueRunner(
        q,
        [enqueue] * 2,
        queue_closed_exception_types=(tf.errors.OutOfRangeError, tf.errors.CancelledError),
    )
    proto = qr.to_proto()
    again = queue_runner.QueueRunner.from_proto(proto)
    return [
        str(proto),
        again.name,
        [op.name for op in again.enqueue_ops],
        again.queue.name,
        [e.__name__ for e in again.queue_closed_exception_types],
        attempt(lambda: queue_runner.QueueRunner(q, [enqueue], queue_closed_exception_types=[KeyError])),
        attempt(lambda: queue_runner.QueueRunner(queue_runner_def=proto, queue=q)),
        attempt(lambda: queue_runner.QueueRunner()),
    ]


@program
def runner_threads(tf):
    queue_runner = internal("training.queue_runner_impl")
    v = tf.Variable(0)
    up = v.assign_add(1)
    until = tf.count_up_to(v, 3)
    q = tf.FIFOQueue(10, tf.float32)
    qr = queue_runner.QueueRunner(q, [until, q.enqueue((tf.placeholder(tf.float32),), name="bad")])
    with tf.Session() as sess:
        sess.run(v.initializer)
        threads = qr.create_threads(sess)
        names = sorted(t.name for t in threads)
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        raised = [type(e).__name__ for e in qr.exceptions_raised]
        again = attempt(lambda: qr.create_threads(sess))
        coord = tf.train.Coordinator()
        failing = queue_runner.QueueRunner(q, [q.enqueue((tf.placeholder(tf.float32),))])
        more = failing.create_threads(sess, coord, start=True)
        return [
            names,
            raised,
            len(again),
            len(more),
            attempt(lambda: coord.join()),
            sess.run(v),
            up is not None,
        ]


@program
def starting_in_collections(tf):
    queue_runner = internal("training.queue_runner_impl")
    q = tf.FIFOQueue(10, tf.float32)
    v = tf.Variable(0)
    queue_runner.add_queue_runner(queue_runner.QueueRunner(q, [tf.count_up_to(v, 3)]), "mine")
    none = attempt(lambda: queue_runner.start_queue_runners())
    with tf.Session() as sess:
        sess.run(v.initializer)
        threads = queue_runner.start_queue_runners(sess, collection="mine")
        for t in threads:
            t.join()
        return [
            none,
            len(threads),
            sess.run(v),
            len(queue_runner.start_queue_runners(sess)),
            attempt(lambda: queue_runner.start_queue_runners("not a session")),
            len(queue_runner.start_queue_runners(sess, start=False, collection="mine", daemon=False)),
        ]


@program
def matching_files(tf):
    import os
    import tempfile

    folder = tempfile.mkdtemp()
    for name in ("a.txt", "b.txt", "c.dat"):
        open(os.path.join(folder, name), "w").close()
    one = tf.train.match_filenames_once(os.path.join(folder, "*.txt"))
    none = tf.train.match_filenames_once(os.path.join(folder, "nothing*"))
    with tf.Session() as sess:
        unset = attempt(lambda: sess.run(one))
        sess.run(tf.local_variables_initializer())
        return [
            type(unset).__name__,
            sorted(os.path.basename(f).decode() for f in sess.run(one)),
            sess.run(none).shape,
        ]
