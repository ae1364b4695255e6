"""What queues, staging areas and input pipelines do, as programs; compared with TensorFlow 1.15.5.

Python 3.7 imports this module for the oracle, too.  An error is recorded as its class and the first line of
its message, without the number that TensorFlow gives to an unshared queue.
"""

import re
import threading

import numpy as np

from tests.threads import settle

SCENARIOS = {}
TIMEOUT = 20.0


def scenario(function):
    def plain(tf):
        return {key: texts_as_bytes(value) for key, value in function(tf).items()}

    SCENARIOS[function.__name__] = plain
    return plain


def texts_as_bytes(value):
    array = np.array(value, object) if isinstance(value, (bytes, str)) else np.asarray(value)
    if array.dtype == object:
        items = [item.encode() if isinstance(item, str) else item for item in array.ravel()]
        array = np.empty(len(items), object)
        array[:] = items
        array = array.reshape(np.shape(value) if not isinstance(value, (bytes, str)) else ())
    return array


def said(function, *arguments, **keywords):
    """The error of a call, in a form that can be compared."""
    try:
        function(*arguments, **keywords)
    except Exception as error:
        message = re.sub(r"'_\d+_", "'_N_", str(error).split("\n")[0].split(" for '")[0])
        message = re.sub(r": ('Tensor|<tf.Tensor).*", "", message)  # how a tensor is printed
        message = re.sub(r"SparseTensors list: .*", "SparseTensors list", message)
        return np.array("%s: %s" % (type(error).__name__, message.strip()), object)
    return np.array("no error", object)


def in_thread(function, *arguments, **keywords):
    """Start a thread; returns a function that waits for it and returns what `function` did, or its error."""
    outcome = []

    def run():
        try:
            outcome.append((function(*arguments, **keywords), None))
        except Exception as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run)
    thread.daemon = True
    thread.start()

    def join():
        thread.join(TIMEOUT)
        assert not thread.is_alive(), "the thread is still waiting"
        result, error = outcome[0]
        if error is not None:
            raise error
        return result

    join.alive = thread.is_alive
    settle(thread)
    return join


@scenario
def fifo_round_trip(tf):
    queue = tf.FIFOQueue(10, [tf.int32, tf.float32, tf.string], [[], [2], []])
    with tf.Session() as session:
        session.run(queue.enqueue((1, [1.0, 2.0], "one")))
        session.run(queue.enqueue_many(([2, 3, 4], np.eye(3, 2, dtype="f4"), ["two", "three", "four"])))
        number, pair, text = session.run(queue.dequeue())
        many = session.run(queue.dequeue_many(2))
        size = session.run(queue.size())
        none = session.run(queue.dequeue_many(0))
        rest = session.run(queue.dequeue_up_to(1))
    return {
        "number": number, "pair": pair, "text": np.array(text, object), "size": size,
        "many0": many[0], "many1": many[1], "many2": many[2],
        "none0": none[0], "none1": none[1], "none2": none[2], "rest0": rest[0], "rest2": rest[2],
    }  # fmt: skip


@scenario
def closed_fifo(tf):
    queue = tf.FIFOQueue(10, tf.float32, [()], name="q")
    found = {}
    with tf.Session() as session:
        session.run(queue.enqueue_many([[1.0, 2.0, 3.0]]))
        found["open"] = session.run(queue.is_closed())
        session.run(queue.close())
        found["closed"] = session.run(queue.is_closed())
        found["close again"] = said(session.run, queue.close())
        found["cancel again"] = said(session.run, queue.close(cancel_pending_enqueues=True))
        found["enqueue"] = said(session.run, queue.enqueue(1.0))
        found["enqueue_many"] = said(session.run, queue.enqueue_many([[1.0]]))
        found["enqueue none"] = said(session.run, queue.enqueue_many([np.zeros([0], "f4")]))
        found["too many"] = said(session.run, queue.dequeue_many(4))
        found["size"] = session.run(queue.size())
        found["up to"] = session.run(queue.dequeue_up_to(2))
        found["one"] = session.run(queue.dequeue())
        found["empty"] = said(session.run, queue.dequeue())
        found["empty many"] = said(session.run, queue.dequeue_many(2))
        found["empty up to"] = said(session.run, queue.dequeue_up_to(2))
        found["empty none"] = session.run(queue.dequeue_many(0))
    return found


@scenario
def refused_values(tf):
    queue = tf.FIFOQueue(10, [tf.float32, tf.int32], [(), ()], name="q")
    number, counts = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    count = tf.placeholder(tf.int32, [])
    found = {
        "shape": said(queue.enqueue, ([1.0, 2.0], 3)),
        "type": said(queue.enqueue, (tf.constant(1.0), tf.constant(1.0))),
        "rank": said(queue.enqueue_many, (1.0, 2)),
        "rows": said(queue.enqueue_many, ([1.0, 2.0], [1])),
        "dictionary": said(queue.enqueue, {"a": 1.0}),
        "few": said(queue.enqueue, (1.0,)),
        "negative": said(queue.dequeue_many, -1),
    }
    with tf.Session() as session:
        many, one = queue.enqueue_many((number, counts)), queue.enqueue((number, counts))
        found["rows when run"] = said(session.run, many, {number: [1.0, 2.0], counts: [1]})
        found["shape when run"] = said(session.run, many, {number: [[1.0]], counts: [1]})
        found["one"] = said(session.run, one, {number: [[1.0]], counts: 1})
        found["negative when run"] = said(session.run, queue.dequeue_many(count), {count: -1})
        found["negative up to"] = said(session.run, queue.dequeue_up_to(count), {count: -1})
        found["size"] = session.run(queue.size())
        free = tf.FIFOQueue(10, tf.float32, name="free")
        session.run(free.enqueue([[1.0, 2.0]]))
        found["no shapes"] = said(session.run, free.dequeue_many(1))
        found["no shapes up to"] = said(session.run, free.dequeue_up_to(1))
        found["taken"] = session.run(free.dequeue())
    return found


@scenario
def refused_queues(tf):
    unknown = tf.TensorShape(None)
    return {
        "partial": said(tf.FIFOQueue, 10, tf.int32, [(None,)]),
        "unknown": said(tf.FIFOQueue, 10, tf.int32, [unknown]),
        "number": said(tf.FIFOQueue, 10, tf.int32, 3),
        "few shapes": said(tf.FIFOQueue, 10, [tf.int32, tf.int32], [()]),
        "names": said(tf.FIFOQueue, 10, [tf.int32], names=["a", "b"]),
        "no types": said(tf.FIFOQueue, 10, []),
        "padding none": said(tf.PaddingFIFOQueue, 10, tf.int32, None),
        "padding empty": said(tf.PaddingFIFOQueue, 10, [tf.int32], []),
        "padding few": said(tf.PaddingFIFOQueue, 10, [tf.int32, tf.int32], [()]),
        "padding unknown": said(tf.PaddingFIFOQueue, 10, [tf.int32], [unknown]),
        "priority names": said(tf.PriorityQueue, 10, [tf.string], [()], names=["a"]),
        "list": said(tf.QueueBase.from_list, 0, []),
        "list of others": said(tf.QueueBase.from_list, 0, [1]),
        "other types": said(
            tf.QueueBase.from_list, 0, [tf.FIFOQueue(1, tf.int32), tf.FIFOQueue(1, tf.float32)]
        ),
        "other names": said(
            tf.QueueBase.from_list,
            0,
            [tf.FIFOQueue(1, tf.int32, names=["a"]), tf.FIFOQueue(1, tf.int32, names=["b"])],
        ),
    }


@scenario
def names(tf):
    queue = tf.FIFOQueue(10, [tf.int32, tf.float32], [[], []], names=["i", "f"])
    found = {
        "no dictionary": said(queue.enqueue, (1, 2.0)),
        "keys": said(queue.enqueue, {"i": 1, "g": 2.0}),
        "missing": said(queue.enqueue_many, {"i": [1]}),
    }
    with tf.Session() as session:
        session.run(queue.enqueue({"f": 2.0, "i": 1}))
        session.run(queue.enqueue_many({"f": [3.0, 4.0], "i": [2, 3]}))
        found.update(session.run(queue.dequeue()))
        found.update({key + "s": value for key, value in session.run(queue.dequeue_many(2)).items()})
    return found


@scenario
def sharing(tf):
    def sizes(one, other):
        with tf.Session() as session:
            session.run(one.size())
            return session.run(other.size())

    fifo, shuffle, padding = tf.FIFOQueue, tf.RandomShuffleQueue, tf.PaddingFIFOQueue
    found = {
        "capacity": said(sizes, fifo(2, "float", shared_name="a"), fifo(3, "float", shared_name="a")),
        "types": said(sizes, fifo(2, "float", shared_name="a"), fifo(2, "int32", shared_name="a")),
        "shapes": said(sizes, fifo(2, "float", shared_name="a"), fifo(2, "float", [()], shared_name="a")),
        "kinds": said(sizes, fifo(2, "float", shared_name="a"), shuffle(2, 1, "float", shared_name="a")),
        "least": said(
            sizes, shuffle(2, 0, "float", shared_name="a"), shuffle(2, 1, "float", shared_name="a")
        ),
        "seeds": said(
            sizes,
            shuffle(2, 0, "float", seed=1, shared_name="a"),
            shuffle(2, 0, "float", seed=2, shared_name="a"),
        ),
        "compatible": said(
            sizes,
            padding(2, "float", [(None,)], shared_name="a"),
            padding(2, "float", [(2,)], shared_name="a"),
        ),
    }
    one, other = fifo(3, "float", [()], shared_name="same"), fifo(3, "float", [()], shared_name="same")
    with tf.Session() as session:
        session.run(one.enqueue(7.0))
        found["size"], found["value"] = session.run(other.size()), session.run(other.dequeue())
    with tf.Session() as session:
        found["another session"] = session.run(one.size())
    return found


@scenario
def waiting_dequeue(tf):
    queue = tf.FIFOQueue(10, tf.float32, [()])
    value, taken, many = tf.placeholder(tf.float32), queue.dequeue(), queue.dequeue_many(3)
    enqueue = queue.enqueue(value)
    with tf.Session() as session:
        first = in_thread(session.run, taken)
        assert first.alive()
        session.run(enqueue, {value: 1.0})
        found = {"first": first()}
        batch = in_thread(session.run, many)
        session.run(enqueue, {value: 2.0})
        session.run(enqueue, {value: 3.0})
        assert batch.alive()
        # What is taken bit by bit is no longer in the queue.
        found["size"] = session.run(queue.size())
        session.run(enqueue, {value: 4.0})
        found["batch"] = batch()
    return found


@scenario
def waiting_enqueue(tf):
    queue = tf.FIFOQueue(3, tf.int32, [()])
    with tf.Session() as session:
        fill = in_thread(session.run, queue.enqueue_many([np.arange(8)]))
        assert fill.alive()
        found = {"size": session.run(queue.size()), "five": session.run(queue.dequeue_many(5))}
        fill()
        found["rest"] = session.run(queue.dequeue_up_to(3))
        found["more than its capacity"] = None
        feeder = in_thread(session.run, queue.enqueue_many([np.arange(6)]))
        found["more than its capacity"] = session.run(queue.dequeue_many(6))
        feeder()
    return found


@scenario
def closing_while_waiting(tf):
    found = {}
    queue = tf.FIFOQueue(2, tf.float32, [()], name="q")
    with tf.Session() as session:
        taken = in_thread(session.run, queue.dequeue())
        session.run(queue.close())
        found["dequeue"] = said(taken)
    with tf.Session() as session:
        session.run(queue.enqueue(5.0))
        many = in_thread(session.run, queue.dequeue_many(3))
        session.run(queue.close())
        found["dequeue_many"] = said(many)
        found["put back"] = session.run(queue.dequeue_many(1))
    with tf.Session() as session:
        session.run(queue.enqueue(6.0))
        up_to = in_thread(session.run, queue.dequeue_up_to(3))
        session.run(queue.close())
        found["dequeue_up_to"] = up_to()
    with tf.Session() as session:
        session.run(queue.enqueue_many([[1.0, 2.0]]))
        one = in_thread(session.run, queue.enqueue(3.0))
        session.run(queue.close(cancel_pending_enqueues=True))
        found["cancelled"] = said(one)
        found["left"] = session.run(queue.dequeue_many(2))
    with tf.Session() as session:
        session.run(queue.enqueue_many([[1.0, 2.0]]))
        one = in_thread(session.run, queue.enqueue(3.0))
        close = in_thread(session.run, queue.close())
        assert close.alive(), "closing waits for what is being added"
        found["first"] = session.run(queue.dequeue_many(2))
        one()
        close()
        found["last"] = session.run(queue.dequeue_up_to(5))
        found["end"] = said(session.run, queue.dequeue())
    return found


@scenario
def closing_the_session(tf):
    empty, full = tf.FIFOQueue(5, tf.float32, [()]), tf.FIFOQueue(1, tf.float32, [()])
    session = tf.Session()
    session.run(full.enqueue(1.0))
    waiting = {
        "dequeue": in_thread(session.run, empty.dequeue()),
        "dequeue_many": in_thread(session.run, empty.dequeue_many(3)),
        "enqueue": in_thread(session.run, full.enqueue(2.0)),
        "enqueue_many": in_thread(session.run, full.enqueue_many([[2.0, 3.0]])),
    }
    session.close()
    return {name: said(join) for name, join in sorted(waiting.items())}


@scenario
def shuffled(tf):
    found = {}
    for seed in (1, 2):
        queue = tf.RandomShuffleQueue(100, 10, tf.int32, [()], seed=seed)
        with tf.Session() as session:
            session.run(queue.enqueue_many([np.arange(40)]))
            found["ones %d" % seed] = np.array([session.run(queue.dequeue()) for _ in range(5)])
            found["many %d" % seed] = session.run(queue.dequeue_many(20))
            session.run(queue.enqueue_many([np.arange(50, 55)]))
            session.run(queue.close())
            found["rest %d" % seed] = session.run(queue.dequeue_up_to(50))
            found["end %d" % seed] = said(session.run, queue.dequeue())
    tf.set_random_seed(5)
    queue = tf.RandomShuffleQueue(100, 0, [tf.int32, tf.string], [(), ()], shared_name="same")
    with tf.Session() as session:
        session.run(queue.enqueue_many([np.arange(9), list("abcdefghi")]))
        numbers, letters = session.run(queue.dequeue_many(9))
        found["numbers"], found["letters"] = numbers, letters
    with tf.Session() as session:
        wait = tf.RandomShuffleQueue(10, 3, tf.int32, [()])
        session.run(wait.enqueue_many([[1, 2, 3]]))
        taken = in_thread(session.run, wait.dequeue())
        assert taken.alive(), "three must stay"
        session.run(wait.close())
        found["taken"] = np.array(taken() in (1, 2, 3))
        found["negative"] = said(session.run, tf.RandomShuffleQueue(10, -1, tf.int32).size())
        found["large"] = said(session.run, tf.RandomShuffleQueue(10, 10, tf.int32).size())
        found["too many"] = said(session.run, wait.dequeue_many(4))
    return found


@scenario
def padded(tf):
    queue = tf.PaddingFIFOQueue(10, [tf.int32, tf.string, tf.float32], [[None], [None, None], [2]])
    number = tf.placeholder(tf.int32)
    found = {}
    with tf.Session() as session:
        session.run(queue.enqueue(([1, 2], [["a"]], [1.0, 2.0])))
        session.run(queue.enqueue(([3], [["b", "c"], ["d", "e"]], [3.0, 4.0])))
        session.run(queue.enqueue_many(([[4, 5, 6]] * 2, [[["f"]]] * 2, [[5.0, 6.0]] * 2)))
        found["first"] = session.run(queue.dequeue_many(2))[0]
        found["texts"] = session.run(queue.dequeue_many(1))[1]
        found["none"] = session.run(queue.dequeue_many(0))[1]
        found["one"] = session.run(queue.dequeue())[0]
        found["rank"] = said(session.run, queue.enqueue((number, [["a"]], [1.0, 2.0])), {number: 1})
        session.run(queue.close())
        found["end"] = said(session.run, queue.dequeue_many(2))
    return found


@scenario
def by_priority(tf):
    queue = tf.PriorityQueue(100, [tf.string], [()], name="q")
    found = {
        "shape": said(queue.enqueue, (np.array([1, 2]), "a")),
        "shape of many": said(queue.enqueue_many, (np.array([[1, 2]]), [["a", "b"]])),
    }
    priority = tf.placeholder(tf.int64)
    rng = np.random.RandomState(0)
    ranks = rng.randint(0, 8, 30)
    with tf.Session() as session:
        session.run(queue.enqueue_many((ranks, [str(i) for i in range(30)])))
        found["ranks"], found["texts"] = session.run(queue.dequeue_many(20))
        session.run(queue.enqueue((-5, "first")))
        rank, text = session.run(queue.dequeue())
        found["rank"], found["text"] = rank, np.array(text, object)
        found["when run"] = said(session.run, queue.enqueue((priority, "a")), {priority: [1, 2]})
        session.run(queue.close())
        # TensorFlow's priority queue loses what is left of it in a dequeue_up_to.
        found["rest"] = session.run(queue.dequeue_many(10))[1]
        found["end"] = said(session.run, queue.dequeue())
    return found


@scenario
def staging(tf):
    from tensorflow.python.ops.data_flow_ops import StagingArea

    x = tf.placeholder(tf.float32, [2])
    area = StagingArea([tf.float32, tf.int32], shapes=[[2], []], capacity=2)
    put, got = area.put([x, tf.constant(3)]), area.get()
    found = {
        "types": said(area.put, [x, x]),
        "number": said(area.put, [x, tf.constant(3), x]),
        "shapes": said(StagingArea, [tf.float32], shapes=[[], []]),
        "names": said(StagingArea, [tf.float32], names=["a", "b"]),
        "dictionary": said(area.put, {"a": x}),
        "shared": said(StagingArea, [tf.float32], shared_name=3),
    }
    with tf.Session() as session:
        session.run(put, {x: [1.0, 2.0]})
        session.run(put, {x: [3.0, 4.0]})
        found["size"] = session.run(area.size())
        wait = in_thread(session.run, put, {x: [5.0, 6.0]})
        assert wait.alive(), "there is room for two"
        found["peek"] = session.run(area.peek(1))[0]
        found["first"] = session.run(got)[0]
        wait()
        found["second"] = session.run(got)[0]
        found["third"] = session.run(got)[0]
        late = in_thread(session.run, got)
        session.run(put, {x: [7.0, 8.0]})
        found["late"] = late()[0]
        session.run(put, {x: [7.0, 8.0]})
        session.run(area.clear())
        found["cleared"] = session.run(area.size())
        small = StagingArea([tf.float32], memory_limit=4)
        found["memory"] = said(session.run, small.put([x]), {x: [1.0, 2.0]})
    return found


def all_of(session, tensors, times):
    return [session.run(tensors) for _ in range(times)]


@scenario
def producers(tf):
    found = {}
    text = tf.train.string_input_producer(["a", "b", "c"], num_epochs=2, seed=3)
    plain = tf.train.range_input_producer(4, num_epochs=2, shuffle=False)
    image, label = tf.train.slice_input_producer(
        [np.eye(3, dtype="f4"), tf.constant([5, 6, 7])], num_epochs=2, seed=4
    )
    forever = tf.train.input_producer([[1, 2], [3, 4]], shuffle=False, capacity=2)
    found["empty"] = said(tf.train.string_input_producer, [])
    found["shape"] = said(tf.train.input_producer, tf.placeholder(tf.float32))
    found["epochs"] = said(tf.train.limit_epochs, tf.constant(1), 0)
    found["slices"] = said(tf.train.slice_input_producer, [])
    taken = text.dequeue(), plain.dequeue(), forever.dequeue()
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        found["threads"] = np.array(len(threads))
        found["texts"] = np.array(all_of(session, taken[0], 6), object)
        found["numbers"] = np.array(all_of(session, taken[1], 8))
        pairs = all_of(session, [image, label], 6)
        found["images"] = np.array([pair[0] for pair in pairs])
        found["labels"] = np.array([pair[1] for pair in pairs])
        found["for ever"] = np.array(all_of(session, taken[2], 5))
        found["end"] = said(session.run, taken[0])
        found["end of numbers"] = said(session.run, taken[1])
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=TIMEOUT)
    return found


@scenario
def epochs(tf):
    limited = tf.train.limit_epochs(tf.constant(7), 2)
    with tf.Session() as session:
        found = {"uninitialized": said(session.run, limited)}
        session.run(tf.local_variables_initializer())
        found["values"] = np.array(all_of(session, limited, 2))
        found["end"] = said(session.run, limited)
    return found


@scenario
def batches(tf):
    number = tf.train.range_input_producer(10, num_epochs=1, shuffle=False).dequeue()
    square = tf.square(number)
    found = {}
    plain = tf.train.batch([number, square], 4, allow_smaller_final_batch=True)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        for i in range(3):
            found["numbers %d" % i], found["squares %d" % i] = session.run(plain)
        found["end"] = said(session.run, plain)
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=TIMEOUT)
    return found


@scenario
def batches_of_all_kinds(tf):
    number = tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
    ragged = tf.range(number % 4)
    padded = tf.train.batch({"number": number, "ragged": ragged}, 3, dynamic_pad=True)
    rows = tf.train.batch([tf.reshape(tf.range(6), [3, 2])], 2, enqueue_many=True)
    kept = tf.train.maybe_batch([tf.range(6)], np.arange(6) % 2 == 0, 5, enqueue_many=True)
    never = tf.train.maybe_batch([tf.range(6)], True, 2)
    joined = tf.train.batch_join([[tf.constant(1)], [tf.constant(1)]], 3)
    shuffled = tf.train.shuffle_batch([tf.constant(4)], 2, 10, 5)
    both = tf.train.shuffle_batch_join([{"a": tf.constant(4)}, {"a": tf.constant(4)}], 2, 10, 5)
    found = {}
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        for i in range(2):
            batch = session.run(padded)
            found["number %d" % i], found["ragged %d" % i] = batch["number"], batch["ragged"]
        found["rows"] = session.run(rows)
        found["kept"] = session.run(kept)
        found["never"] = session.run(never)
        found["joined"] = session.run(joined)
        found["shuffled"] = session.run(shuffled)
        found["both"] = session.run(both)["a"]
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=TIMEOUT)
    return found


@scenario
def kept_or_not(tf):
    def numbers():
        return tf.train.range_input_producer(12, num_epochs=1, shuffle=False).dequeue()

    one, two, three, four = numbers(), numbers(), numbers(), numbers()
    plain = tf.train.maybe_batch([one], tf.equal(one % 3, 0), 4)
    joined = tf.train.maybe_batch_join([[two], [tf.constant(1)]], two < 0, 2)
    shuffled = tf.train.maybe_shuffle_batch([three], 3, 10, 1, three > 7)
    both = tf.train.maybe_shuffle_batch_join([[four]], 3, 10, 1, four > 7)
    found = {}
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        found["plain"] = session.run(plain)
        found["none"] = said(session.run, joined)
        found["shuffled"] = np.array(session.run(shuffled).min() > 7)
        found["both"] = np.array(session.run(both).min() > 7)
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=TIMEOUT)
    return found


@scenario
def sparse_batches(tf):
    number = tf.train.range_input_producer(4, num_epochs=1, shuffle=False).dequeue()
    count = tf.cast(number, tf.int64)
    sparse = tf.SparseTensor([[count]], [number], [count + 1])
    numbers, batch = tf.train.batch([number, sparse], 2)
    rows = tf.train.batch([tf.SparseTensor([[0, 1], [2, 0]], ["a", "b"], [3, 4])], 3, enqueue_many=True)
    found = {}
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        for i in range(2):
            found["numbers %d" % i], value = session.run([numbers, batch])
            found["indices %d" % i], found["values %d" % i], found["shape %d" % i] = value
        found["rows"], found["texts"], found["shape"] = session.run(rows)
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=TIMEOUT)
    return found


@scenario
def refused_batches(tf):
    x, unknown = tf.zeros([2]), tf.placeholder(tf.float32)
    train = tf.train
    return {
        "none": said(train.batch, [], 2),
        "no sets": said(train.batch_join, [], 2),
        "rank": said(train.batch, [unknown], 2),
        "types": said(train.batch_join, [[x], [tf.constant([1, 2])]], 2),
        "shapes": said(train.batch_join, [[x], [tf.zeros([3])]], 2),
        "keys": said(train.batch_join, [{"a": x}, {"b": x}], 2),
        "capacity": said(train.shuffle_batch, [x], 2, 10, 10),
        "sparse lists": said(
            train.batch_join,
            [[tf.SparseTensor([[0]], [1.0], [3])], [tf.SparseTensor([[0, 0]], [1.0], [3, 3])]],
            2,
        ),
        "keep vector": said(train.maybe_batch, [x], [True, False], 2),
        "keep matrix": said(train.maybe_batch, [x], [[True]], 2, enqueue_many=True),
        "keep unknown": said(train.maybe_batch, [x], tf.placeholder(tf.bool), 2),
    }


@scenario
def runners(tf):
    found = {}
    queue = tf.FIFOQueue(5, tf.float32, [()], name="q")
    count = tf.constant(3.0)
    runner = tf.train.QueueRunner(queue, [queue.enqueue(count)])
    found["name"] = np.array(runner.name, object)
    found["nothing"] = said(tf.train.QueueRunner)
    found["error types"] = said(tf.train.QueueRunner, queue, [count], queue_closed_exception_types=ValueError)
    message = runner.to_proto()
    found["operations"] = np.array(list(message.enqueue_op_name), object)
    found["close"] = np.array([message.queue_name, message.close_op_name, message.cancel_op_name], object)
    found["codes"] = np.array(list(message.queue_closed_exception_types))
    again = tf.train.QueueRunner.from_proto(message)
    found["again"] = np.array([again.name] + [op.name for op in again.enqueue_ops], object)
    with tf.Session() as session:
        coordinator = tf.train.Coordinator()
        threads = runner.create_threads(session, coordinator, start=True)
        found["threads"] = np.array([re.sub("-.*-", "-", thread.name) for thread in threads], object)
        found["second time"] = np.array(len(runner.create_threads(session, coordinator)))
        found["values"] = np.array(all_of(session, queue.dequeue(), 5))
        coordinator.request_stop()
        coordinator.join(stop_grace_period_secs=TIMEOUT)
        found["enqueue"] = said(session.run, queue.enqueue(1.0))
    found["no session"] = said(tf.train.start_queue_runners)
    found["another class"] = said(tf.train.start_queue_runners, "session")
    return found


@scenario
def errors_in_runners(tf):
    found = {}
    queue = tf.FIFOQueue(5, tf.float32, [()], name="q")
    bad = tf.check_numerics(tf.constant(np.nan), "not a number")
    runner = tf.train.QueueRunner(queue, [queue.enqueue(bad)])
    with tf.Session() as session:
        coordinator = tf.train.Coordinator()
        threads = runner.create_threads(session, coordinator, start=True)
        found["join"] = said(coordinator.join, threads, stop_grace_period_secs=TIMEOUT)
        found["stopped"] = np.array(coordinator.should_stop())
        found["closed"] = said(session.run, queue.dequeue())
    return found


@scenario
def coordination(tf):
    found = {}
    coordinator = tf.train.Coordinator()
    found["at first"] = np.array([coordinator.should_stop(), coordinator.joined])
    found["in time"] = np.array(coordinator.wait_for_stop(0.01))
    try:
        raise ValueError("first")
    except ValueError as error:
        coordinator.request_stop(error)
    try:
        raise KeyError("second")
    except KeyError as error:
        coordinator.request_stop(error)
    found["stopped"] = np.array([coordinator.should_stop(), coordinator.joined])
    found["raised"] = said(coordinator.raise_requested_exception)
    found["join"] = said(coordinator.join)
    found["joined"] = np.array([coordinator.should_stop(), coordinator.joined])
    try:
        raise ValueError("late")
    except ValueError as error:
        found["late"] = said(coordinator.request_stop, error)
    coordinator.clear_stop()
    found["cleared"] = np.array([coordinator.should_stop(), coordinator.joined])
    with coordinator.stop_on_exception():
        raise tf.errors.OutOfRangeError(None, None, "end of input")
    found["clean"] = said(coordinator.join)
    patient = tf.train.Coordinator()
    release = threading.Event()
    thread = threading.Thread(target=release.wait, args=(TIMEOUT,), name="slow")
    thread.start()
    patient.register_thread(thread)
    patient.request_stop()
    found["straggler"] = said(patient.join, stop_grace_period_secs=0.02)
    patient.clear_stop()
    patient.request_stop()
    patient.register_thread(thread)
    found["ignored"] = said(patient.join, stop_grace_period_secs=0.02, ignore_live_threads=True)
    release.set()
    thread.join(TIMEOUT)
    picky = tf.train.Coordinator(clean_stop_exception_types=[KeyError])
    with picky.stop_on_exception():
        raise KeyError("clean")
    found["picky"] = said(picky.join)
    return found


@scenario
def loopers(tf):
    found = {}
    coordinator = tf.train.Coordinator()
    calls = []

    def count(limit):
        calls.append(1)
        if len(calls) == limit:
            coordinator.request_stop()

    looper = tf.train.LooperThread.loop(coordinator, 0.0, count, args=(3,))
    coordinator.join(stop_grace_period_secs=TIMEOUT)
    found["calls"] = np.array(len(calls))
    found["daemon"] = np.array(looper.daemon)
    found["no coordinator"] = said(tf.train.LooperThread, None, 1.0)
    found["no target"] = said(tf.train.LooperThread, coordinator, 1.0, args=(1,))
    coordinator.clear_stop()

    def fail():
        raise ValueError("in the loop")

    tf.train.LooperThread.loop(coordinator, None, fail)
    found["failed"] = said(coordinator.join, stop_grace_period_secs=TIMEOUT)
    return found
