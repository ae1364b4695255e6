"""Queues read in bulk, queues of strings, and queues that several nodes or graphs share."""

import threading

import numpy as np

from tests.oracle.client import attempt
from tests.threads import settle

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def strings_by_priority(tf):
    queue = tf.PriorityQueue(10, [tf.string], [[]])
    fill = queue.enqueue_many([np.int64([3, 1, 2, 1, 0]), ["three", "one", "two", "one again", "zero"]])
    found = []
    with tf.Session() as session:
        session.run(fill)
        found.append(session.run(queue.dequeue_many(3)))
        found.append(session.run(queue.dequeue()))
        session.run(queue.enqueue([np.int64(-1), "first"]))
        found.append(session.run(queue.dequeue_many(2)))
        found.append(session.run(queue.size()))
    return found


@program
def several_components_by_priority(tf):
    queue = tf.PriorityQueue(10, [tf.string, tf.float32, tf.string], [[2], [], []])
    words = [["a", "b"], ["c", "d"], ["", "\u4e2d"], ["g", "h"]]
    fill = queue.enqueue_many([np.int64([3, 1, 2, 1]), words, [1.0, 2.0, 3.0, 4.0], ["", "x", "y", "z"]])
    with tf.Session() as session:
        session.run(fill)
        return [session.run(queue.dequeue_many(2)), session.run(queue.dequeue_many(2))]


@program
def shapes_by_priority(tf):
    known = tf.PriorityQueue(10, [tf.string], [[2]])
    unknown = tf.PriorityQueue(10, [tf.string])
    made = [known.dequeue(), known.dequeue_many(3), known.dequeue_up_to(3), unknown.dequeue()]
    return [[[t.dtype.name, str(t.shape)] for t in tensors] for tensors in made]


@program
def strings_without_shapes(tf):
    queue = tf.PriorityQueue(10, [tf.string])
    with tf.Session() as session:
        session.run(queue.enqueue([np.int64(2), "two"]))
        session.run(queue.enqueue([np.int64(1), ["one", "uno"]]))
        return [
            session.run(queue.dequeue()),
            attempt(lambda: session.run(queue.dequeue_many(1))),
            attempt(lambda: session.run(queue.dequeue_up_to(1))),
            attempt(lambda: session.run(queue.enqueue_many([np.int64([1]), ["a"]]))),
        ]


@program
def up_to_by_priority(tf):
    queue = tf.PriorityQueue(10, [tf.string], [[]])
    with tf.Session() as session:
        session.run(queue.enqueue_many([np.int64([3, 1, 2]), ["three", "one", "two"]]))
        return [session.run(queue.dequeue_up_to(2)), session.run(queue.size())]


def meanwhile(*functions):
    """What functions return that wait in threads of their own, started one after the other."""
    found = [None] * len(functions)

    def run(i):
        found[i] = attempt(functions[i])

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(functions))]
    for thread in threads:
        thread.daemon = True
        thread.start()
        settle(thread)
    return found, threads


@program
def waits_for_all_by_priority(tf):
    """What is read in bulk is in order, so nothing is taken before there is enough."""
    queue = tf.PriorityQueue(20, [tf.string], [[]])
    fill = queue.enqueue_many([np.int64([2, 0, 1]), ["c", "a", "b"]])
    four, size = queue.dequeue_many(4), queue.size()
    with tf.Session() as session:
        found, threads = meanwhile(lambda: session.run(four))
        sizes = []
        for _ in range(2):
            session.run(fill)
            settle(*threads)
            sizes.append(session.run(size))
        threads[0].join(10)
        return [found, sizes]


@program
def more_than_a_queue_by_priority_holds(tf):
    queue = tf.PriorityQueue(4, [tf.string], [[]])
    fill = queue.enqueue_many([np.int64([5, 4, 3, 2, 1, 0]), list("fedcba")])
    two, four, size = queue.dequeue_many(2), queue.dequeue_many(4), queue.size()
    with tf.Session() as session:
        _, threads = meanwhile(lambda: session.run(fill))
        found = [session.run(size), session.run(two)]
        threads[0].join(10)
        return found + [session.run(size), session.run(four)]


@program
def closed_while_waiting_by_priority(tf):
    queue = tf.PriorityQueue(20, [tf.string], [[]])
    fill = queue.enqueue_many([np.int64([2, 0, 1]), ["c", "a", "b"]])
    four, two, close, size = queue.dequeue_many(4), queue.dequeue_many(2), queue.close(), queue.size()
    with tf.Session() as session:
        found, threads = meanwhile(lambda: session.run(four))
        session.run(fill)
        session.run(close)
        threads[0].join(10)
        return [found, session.run(size), session.run(two)]


@program
def one_before_many_by_priority(tf):
    queue = tf.PriorityQueue(20, [tf.string], [[]])
    priority = tf.placeholder(tf.int64, [])
    put = queue.enqueue([priority, "a"])
    three, one = queue.dequeue_many(3), queue.dequeue()
    with tf.Session() as session:
        found, threads = meanwhile(lambda: session.run(three), lambda: session.run(one))
        done = []
        for number in (7, 6, 5, 4):
            session.run(put, {priority: number})
            settle(*threads)
            done.append([thread.is_alive() for thread in threads])
        for thread in threads:
            thread.join(10)
        return [found, done]


@program
def nothing_in_bulk(tf):
    found = []
    for queue in (
        tf.PriorityQueue(10, [tf.string], [[]]),
        tf.FIFOQueue(10, [tf.int64, tf.string], [[], []]),
        tf.RandomShuffleQueue(10, 0, [tf.int64, tf.string], [[], []]),
        tf.PaddingFIFOQueue(10, [tf.int64, tf.string], [[], [None]]),
    ):
        with tf.Session() as session:
            found.append(attempt(lambda: session.run(queue.dequeue_many(0))))
            found.append(attempt(lambda: session.run(queue.dequeue_up_to(0))))
            found.append(attempt(lambda: session.run(queue.dequeue_many(-1))))
    return found


@program
def strings_in_bulk(tf):
    found = []
    for queue in (
        tf.FIFOQueue(10, [tf.string], [[2]]),
        tf.RandomShuffleQueue(10, 0, [tf.string], [[2]], seed=1),
        tf.PaddingFIFOQueue(10, [tf.string], [[None]]),
    ):
        with tf.Session() as session:
            session.run(queue.enqueue_many([[["a", "b"], ["c", "d"], ["e", "f"]]]))
            found.append(session.run(queue.dequeue_many(2)))
            session.run(queue.close())
            found.append(session.run(queue.dequeue_up_to(2)))
            found.append(attempt(lambda: session.run(queue.dequeue_many(1))))
    return found


@program
def padded_strings(tf):
    queue = tf.PaddingFIFOQueue(10, [tf.string], [[None]])
    with tf.Session() as session:
        session.run(queue.enqueue([["a"]]))
        session.run(queue.enqueue([["b", "c", "d"]]))
        return session.run(queue.dequeue_many(2))


@program
def priorities_that_are_refused(tf):
    queue = tf.PriorityQueue(10, [tf.string], [[]])
    with tf.Session() as session:
        return [
            attempt(lambda: session.run(queue.enqueue([1, "a"]))),
            attempt(lambda: session.run(queue.enqueue([np.int32(1), "a"]))),
            attempt(lambda: session.run(queue.enqueue([1.5, "a"]))),
            attempt(lambda: session.run(queue.enqueue([[1], "a"]))),
            attempt(lambda: session.run(queue.enqueue(["a"]))),
            attempt(lambda: session.run(queue.enqueue_many([np.int64([1, 2]), ["a"]]))),
            attempt(lambda: session.run(queue.enqueue_many([np.int64(1), ["a"]]))),
            attempt(lambda: session.run(queue.enqueue_many([np.int64([[1]]), ["a"]]))),
            attempt(lambda: session.run(queue.enqueue_many([np.int64([]), np.array([], object)]))),
            attempt(lambda: tf.PriorityQueue(10, [tf.string], [[], []])),
            attempt(lambda: tf.PriorityQueue(0, [tf.string], [[]])),
            attempt(lambda: session.run(tf.PriorityQueue(-5, [tf.string], [[]]).size())),
        ]


def drawn(tf, queues, per_queue):
    """What `queues`, one object of the session, give after two of them put 0 to 9 into it."""
    with tf.Session() as session:
        session.run(queues[0].enqueue_many([list(range(10))]))
        found = []
        for queue in queues * 2:
            found.append(session.run(queue.dequeue_many(per_queue)))
    return found


@program
def shared_with_seeds(tf):
    tf.set_random_seed(5)
    queues = [tf.RandomShuffleQueue(20, 0, [tf.int32], [[]], shared_name="q") for _ in range(2)]
    return attempt(lambda: drawn(tf, queues, 2))


@program
def shared_with_equal_seeds(tf):
    queues = [tf.RandomShuffleQueue(20, 0, [tf.int32], [[]], seed=4, shared_name="q") for _ in range(2)]
    return attempt(lambda: drawn(tf, queues, 2))


@program
def shared_with_other_seeds(tf):
    queues = [tf.RandomShuffleQueue(20, 0, [tf.int32], [[]], seed=s, shared_name="q") for s in (4, 5)]
    return attempt(lambda: drawn(tf, queues, 2))


@program
def shared_without_seeds(tf):
    queues = [tf.RandomShuffleQueue(20, 0, [tf.int32], [[]], shared_name="q") for _ in range(2)]
    found = attempt(lambda: drawn(tf, queues, 2))
    return found if isinstance(found, Exception) else [len(numbers) for numbers in found]


@program
def shared_with_a_seed_and_without(tf):
    queues = [tf.RandomShuffleQueue(20, 0, [tf.int32], [[]], seed=s, shared_name="q") for s in (None, 3)]
    found = attempt(lambda: drawn(tf, queues, 2))
    return found if isinstance(found, Exception) else [len(numbers) for numbers in found]


@program
def shared_without_a_seed_and_with(tf):
    queues = [tf.RandomShuffleQueue(20, 0, [tf.int32], [[]], seed=s, shared_name="q") for s in (3, None)]
    found = attempt(lambda: drawn(tf, queues, 2))
    return found if isinstance(found, Exception) else [len(numbers) for numbers in found]


@program
def shared_with_seeds_of_zero(tf):
    queues = [tf.RandomShuffleQueue(20, 0, [tf.int32], [[]], seed=0, shared_name="q") for _ in range(2)]
    return attempt(lambda: drawn(tf, queues, 2))


@program
def shared_among_graphs(tf):
    server = tf.train.Server.create_local_server()
    found = []
    for seeds in ((None, None), (2, 2), (2, 3), (None, 2)):
        name = "q%s" % (seeds,)
        for i, seed in enumerate(seeds):
            with tf.Graph().as_default():
                queue = tf.RandomShuffleQueue(20, 0, [tf.int32], [[]], seed=seed, shared_name=name)
                with tf.Session(server.target) as session:
                    if i == 0:
                        session.run(queue.enqueue_many([list(range(6))]))
                    else:
                        result = attempt(lambda: session.run(queue.dequeue_many(6)))
                        found.append(
                            sorted(result.tolist())
                            if isinstance(result, np.ndarray)
                            else type(result).__name__
                        )
    return found


@program
def shared_of_other_forms(tf):
    """Whatever else differs is refused."""
    with tf.Session() as session:
        first = tf.RandomShuffleQueue(20, 1, [tf.int32], [[]], seed=1, shared_name="q")
        session.run(first.size())
        return [
            attempt(lambda: session.run(make().size()))
            for make in (
                lambda: tf.RandomShuffleQueue(21, 1, [tf.int32], [[]], seed=1, shared_name="q"),
                lambda: tf.RandomShuffleQueue(20, 2, [tf.int32], [[]], seed=1, shared_name="q"),
                lambda: tf.RandomShuffleQueue(20, 1, [tf.int64], [[]], seed=1, shared_name="q"),
                lambda: tf.RandomShuffleQueue(20, 1, [tf.int32], [[1]], seed=1, shared_name="q"),
                lambda: tf.RandomShuffleQueue(20, 1, [tf.int32], seed=1, shared_name="q"),
                lambda: tf.RandomShuffleQueue(20, 1, [tf.int32], [[]], seed=9, shared_name="q"),
                lambda: tf.FIFOQueue(20, [tf.int32], [[]], shared_name="q"),
                lambda: tf.RandomShuffleQueue(20, 1, [tf.int32], [[]], shared_name="q"),
            )
        ]
