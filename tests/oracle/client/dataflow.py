"""Arrays of tensors, stacks, and loops over references, node by node."""

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def arrays(tf):
    array = tf.TensorArray(tf.float32, size=4, element_shape=[2], clear_after_read=False)
    array = array.write(0, [1.0, 2.0]).write(1, [3.0, 4.0])
    array = array.scatter([2, 3], [[5.0, 6.0], [7.0, 8.0]])
    parts = tf.TensorArray(tf.int32, size=2, infer_shape=False).split([1, 2, 3], [1, 2])
    with tf.Session() as session:
        return session.run(
            [array.stack(), array.size(), array.gather([3, 1]), array.concat(), parts.concat(), parts.close()]
        )


@program
def reading(tf):
    array = tf.TensorArray(tf.int32, size=3, clear_after_read=False).unstack([5, 6, 7])
    cleared = tf.TensorArray(tf.int32, size=2).unstack([1, 2])
    with tf.control_dependencies([cleared.read(0)]):
        again = cleared.read(0)
    growing = tf.TensorArray(tf.float32, size=0, dynamic_size=True, element_shape=[1]).write(2, [1.0])
    with tf.Session() as session:
        return (
            session.run([array.read(2), array.read(2), growing.size(), growing.read(0)]),
            attempt(lambda: session.run(again)),
            attempt(lambda: session.run(array.read(3))),
            attempt(lambda: session.run(growing.write(2, [2.0]).flow)),
        )


@program
def gradients_of_arrays(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    array = tf.TensorArray(tf.float32, size=2, clear_after_read=False).unstack(x)
    y = array.read(0) * 2.0 + array.read(1) * 3.0
    joined = tf.TensorArray(tf.float32, size=2).split(tf.reshape(x, [-1]), [1, 3]).concat()
    with tf.Session() as session:
        return session.run(tf.gradients(y, x) + tf.gradients(joined * 5.0, x))


@program
def accumulators_with_shapes(tf):
    array = tf.TensorArray(tf.float32, size=2, element_shape=[2], clear_after_read=False).unstack(
        [[1.0, 2.0], [3.0, 4.0]]
    )
    made = tf.raw_ops.TensorArrayGradWithShape(
        handle=array.handle, flow_in=array.flow, shape_to_prepend=[3], source="given"
    )
    written = tf.raw_ops.TensorArrayWriteV3(
        handle=made.grad_handle, index=1, value=[[1.0, 1.0]] * 3, flow_in=made.flow_out
    )
    read = tf.raw_ops.TensorArrayReadV3(handle=made.grad_handle, index=1, flow_in=written, dtype=tf.float32)
    with tf.Session() as session:
        return session.run(read)


@program
def stacks(tf):
    made = tf.raw_ops.StackV2(max_size=2, elem_type=tf.float32, stack_name="s")
    first = tf.raw_ops.StackPushV2(handle=made, elem=1.5)
    with tf.control_dependencies([first]):
        second = tf.raw_ops.StackPushV2(handle=made, elem=[2.5, 3.5])
    with tf.control_dependencies([second]):
        popped = tf.raw_ops.StackPopV2(handle=made, elem_type=tf.float32)
    with tf.control_dependencies([popped]):
        last = tf.raw_ops.StackPopV2(handle=made, elem_type=tf.float32)
    with tf.control_dependencies([last]):
        empty = tf.raw_ops.StackPopV2(handle=made, elem_type=tf.float32)
        closed = tf.raw_ops.StackCloseV2(handle=made)
    with tf.control_dependencies([second]):
        third = tf.raw_ops.StackPushV2(handle=made, elem=0.0)
    with tf.control_dependencies([third]):  # without a pop TensorFlow leaves pushes out
        late = tf.raw_ops.StackPopV2(handle=made, elem_type=tf.float32)
    with tf.Session() as session:
        return (
            session.run([first, popped, last, closed]),
            attempt(lambda: session.run(empty)),
            attempt(lambda: session.run(late)),
        )


@program
def stacks_of_old(tf):
    ops = internal("ops.gen_data_flow_ops")
    made = ops._stack(elem_type=tf.int32, stack_name="old") if hasattr(ops, "_stack") else ops.stack(tf.int32)
    push, pop, close = ops.stack_push, ops.stack_pop, ops.stack_close
    pushed = push(made, 7)
    with tf.control_dependencies([pushed]):
        popped = pop(made, tf.int32)
    with tf.control_dependencies([popped]):
        closed = close(made)
    with tf.Session() as session:
        return session.run([pushed, popped, closed])


@program
def a_loop_over_a_reference(tf):
    flow = internal("ops.gen_control_flow_ops")
    v = tf.Variable([1.0, 2.0], name="v")
    entered = flow.ref_enter(v._ref(), frame_name="frame", is_constant=False, parallel_iterations=10)
    counter = flow.enter(tf.constant(0), frame_name="frame")
    merged = flow.ref_merge([entered, entered])
    count = flow.merge([counter, counter])
    limit, one, ones = [
        flow.enter(tf.constant(value), frame_name="frame", is_constant=True) for value in (3, 1, [1.0, 1.0])
    ]
    goes_on = flow.loop_cond(tf.less(count.output, limit))
    switched = flow.ref_switch(merged.output, goes_on)
    counted = flow.switch(count.output, goes_on)
    added = tf.assign_add(switched.output_true, ones)
    merged.output.op._update_input(1, flow.ref_next_iteration(added))
    count.output.op._update_input(1, flow.next_iteration(counted.output_true + one))
    left = flow.ref_exit(switched.output_false)
    with tf.Session() as session:
        session.run(v.initializer)
        return session.run(tf.identity(left)), session.run(v)
