"""Operations that programs seldom make themselves: queues by reference, old variables, handles of tensors."""

import os
import shutil
import tempfile

import numpy as np

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def life_of(tf, make, *components):
    """What the operations by reference do with a queue; `make` takes the module of operations."""
    ops = internal("ops.gen_data_flow_ops")
    queue = make(ops)
    many = [tf.constant(values) for values in components]
    types = [component.dtype for component in many]
    one, three = list(ops.queue_dequeue(queue, types)), list(ops.queue_dequeue_many(queue, 3, types))
    rest = list(ops.queue_dequeue_up_to(queue, 2, types))
    size, closed = ops.queue_size(queue), ops.queue_is_closed(queue)
    put = ops.queue_enqueue(queue, [component[0] for component in many])
    put_many, close = ops.queue_enqueue_many(queue, many), ops.queue_close(queue)
    results = [queue.dtype.name, [str(item[0].shape) for item in (one, three, rest)]]
    with tf.Session() as session:
        for step in (put_many, size, one, three, size, put, rest, closed, put_many, close, closed, rest, put):
            results.append(attempt(lambda: session.run(step)))
    return results


NUMBERS, WORDS = [5, 3, 8, 1, 9], ["a", "b", "c", "d", "e"]


@program
def fifo_queue(tf):
    details = dict(component_types=[tf.int32, tf.string], shapes=[[], []])
    return life_of(tf, lambda ops: ops.fifo_queue(**details), NUMBERS, WORDS)


@program
def padding_queue(tf):
    details = dict(component_types=[tf.int32, tf.string], shapes=[[], []])
    return life_of(tf, lambda ops: ops.padding_fifo_queue(**details), NUMBERS, WORDS)


@program
def priority_queue(tf):
    details = dict(component_types=[tf.string], shapes=[[]])
    return life_of(tf, lambda ops: ops.priority_queue(**details), np.array(NUMBERS), WORDS)


@program
def shuffling_queue(tf):
    details = dict(component_types=[tf.int32, tf.string], shapes=[[], []], seed=3, seed2=4)
    return life_of(tf, lambda ops: ops.random_shuffle_queue(**details), NUMBERS, WORDS)


@program
def queue_is_closed(tf):
    queue = tf.FIFOQueue(3, tf.float32)
    with tf.Session() as session:
        return [session.run(queue.is_closed()), session.run(queue.close()), session.run(queue.is_closed())]


@program
def accumulator(tf):
    ops = internal("ops.gen_data_flow_ops")
    handle = ops.conditional_accumulator(dtype=tf.float32, shape=[2], name="sums")
    step, gradient = tf.placeholder(tf.int64, []), tf.placeholder(tf.float32, [2])
    apply = ops.accumulator_apply_gradient(handle, step, gradient)
    take = ops.accumulator_take_gradient(handle, 2, tf.float32)
    set_step = ops.accumulator_set_global_step(handle, step)
    count = ops.accumulator_num_accumulated(handle)
    results = [handle.dtype.name, str(take.shape)]
    with tf.Session() as session:
        for number in (0, 1, 0):
            results.append(session.run(apply, {step: number, gradient: [1.0 + number, 2.0]}))
            results.append(session.run(count))
        results += [session.run(take), session.run(count), session.run(set_step, {step: 5})]
        # Gradients of a step that is past are dropped.
        session.run(apply, {step: 4, gradient: [1.0, 2.0]})
        return results + [session.run(count)]


@program
def old_variable(tf):
    variable = internal("ops.gen_state_ops").variable(shape=[2], dtype=tf.float32, name="v")
    update = tf.assign(variable, [1.0, 2.0])
    with tf.Session() as session:
        unset = attempt(lambda: session.run(variable + 1.0))
        return [variable.dtype.name, type(unset).__name__, session.run(update), session.run(variable * 2.0)]


@program
def old_handle_of_a_tensor(tf):
    ops = internal("ops.gen_data_flow_ops")
    handle = ops.get_session_handle(tf.constant([1.0, 2.0]) * 3.0)
    holder = tf.placeholder(tf.string, [])
    back, gone = ops.get_session_tensor(holder, tf.float32), ops.delete_session_tensor(holder)
    with tf.Session() as session:
        kept = session.run(handle).handle
        results = [session.run(back, {holder: kept}), session.run(gone, {holder: kept})]
        return results + [type(attempt(lambda: session.run(back, {holder: kept}))).__name__]


@program
def resource_of_a_tensor(tf):
    handle = internal("ops.gen_data_flow_ops").get_session_handle_v2(tf.constant([1.0, 2.0]) * 3.0)
    with tf.Session() as session:
        return [handle.dtype.name, str(handle.shape), session.run(handle.op)]


@program
def handle_of_a_tensor(tf):
    x = tf.placeholder(tf.float32, [2])
    handle = tf.get_session_handle(x * 3.0)
    with tf.Session() as session:
        kept = session.run(handle, {x: [1.0, 2.0]})
        holder, value = tf.get_session_tensor(kept.handle, tf.float32)
        deleter, gone = tf.delete_session_tensor(kept.handle)
        doubled = session.run(value * 2.0, {holder: kept.handle})
        return [kept.eval(), doubled, session.run(gone, {deleter: kept.handle})]


@program
def names_of_files(tf):
    folder = tempfile.mkdtemp()
    try:
        for name in ("b.txt", "a.txt", ".hidden.txt", "c.dat"):
            open(os.path.join(folder, name), "w").close()
        results = []
        with tf.Session() as session:
            for patterns in (["*.txt"], ["*"], ["[ab].txt"], ["?.dat", "a*"], ["nothing*"]):
                names = tf.matching_files([os.path.join(folder, pattern) for pattern in patterns])
                results.append([os.path.basename(name) for name in session.run(names)])
        return results
    finally:
        shutil.rmtree(folder)


@program
def functions_and_formats(tf):
    x = tf.constant([1.5, -2.0])
    doubled = tf.py_func(lambda a: a * 2, [x], tf.float32)
    pure = tf.py_func(lambda a: a + 1, [x], tf.float32, stateful=False)
    shown = tf.print("shown", x, output_stream="file://" + os.devnull)
    with tf.Session() as session:
        return [session.run([doubled, pure]), session.run(shown), doubled.op.type, pure.op.type]
