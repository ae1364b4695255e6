"""tf.GradientTape in graphs, and tf.config on a machine without GPUs."""

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def values(tf, tensors):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return [None if t is None else session.run(t) for t in tensors]


def variable(tf, name, value, **kwargs):
    return tf.get_variable(name, initializer=value, use_resource=True, **kwargs)


@program
def tensors_and_variables(tf):
    x, v = tf.constant(3.0), variable(tf, "v", 2.0)
    w, u = variable(tf, "w", 1.0, trainable=False), variable(tf, "u", 4.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x * v * w * u
    found = tape.gradient(y, [x, v, w, u])
    return values(tf, found), attempt(lambda: tape.gradient(y, x))


@program
def what_is_not_watched(tf):
    x, v = tf.constant(3.0), variable(tf, "v", 2.0)
    with tf.GradientTape() as tape:
        y = x * x
    nothing = tape.gradient(y, x)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        y = v * 2.0
    unwatched = tape.gradient(y, v)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(v)
        y = v * 2.0
    watched = tape.gradient(y, v)
    with tf.GradientTape() as tape:
        y = tf.constant(1.0)
    zero = tape.gradient(y, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    with tf.GradientTape() as tape:
        tape.watch(x)
    outside = tape.gradient(x * 2.0, x)
    return values(tf, [nothing, unwatched, watched, zero, outside])


@program
def several_questions(tf):
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    found = tape.gradient(z, {"x": x, "more": [y]})
    weighted = tape.gradient([y, z], x, output_gradients=[tf.constant(5.0), tf.constant(1.0)])
    return values(tf, [found["x"], found["more"][0], tape.gradient(y, x), weighted])


@program
def tapes_in_tapes(tf):
    x = tf.constant(3.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x * x * x
        first = inner.gradient(y, x)
    return values(tf, [first, outer.gradient(first, x)])


@program
def parts_that_are_left_out(tf):
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with tape.stop_recording():
            q = x * x
        y = x * x + q
    some = tape.gradient(y, x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        before = x * 2.0
        tape.reset()
        after = before * 3.0
    nothing = tape.gradient(after, x)
    between = tf.constant(1.0) * 2.0
    with tf.GradientTape() as tape:
        tape.watch(between)
        tape.watch(x)
        y = between * x
    return values(tf, [some, nothing] + tape.gradient(y, [between, x]))


@program
def matrices_of_derivatives(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    whole = tape.jacobian(y, x, experimental_use_pfor=False)
    rows = tape.batch_jacobian(y, x, experimental_use_pfor=False)
    v = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(v)
        z = tf.reduce_sum(v * v) * v
    return values(tf, [whole, rows, tape.jacobian(z, v, experimental_use_pfor=False)]), whole.shape.as_list()


@program
def wrong_uses(tf):
    tape = tf.GradientTape()
    with tape:
        pass
    return (
        attempt(lambda: tf.GradientTape().watch(3.0)),
        attempt(lambda: tape.batch_jacobian(tf.zeros([2, 3]), tf.zeros([3, 3]))),
    )


@program
def devices_of_the_machine(tf):
    devices = tf.config.experimental
    (cpu,) = devices.list_physical_devices("CPU")
    return (
        cpu.name,
        cpu.device_type,
        devices.list_physical_devices("GPU"),
        devices.get_visible_devices("CPU") == [cpu],
        devices.get_virtual_device_configuration(cpu),
        attempt(lambda: devices.set_memory_growth(cpu, True)),
        attempt(lambda: devices.set_memory_growth(devices.VirtualDeviceConfiguration(1), True)),
        attempt(lambda: devices.set_device_policy("x")),
        devices.VirtualDeviceConfiguration(memory_limit=10).memory_limit,
        devices.set_visible_devices([], "GPU"),
    )
