"""Cast from every type to every other: which pairs there are, and what happens at the edges of each."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []

FLOATS = ["float16", "float32", "float64", "bfloat16"]
INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
COMPLEX = ["complex64", "complex128"]
QUANTIZED = ["qint8", "quint8", "qint16", "quint16", "qint32"]
NUMBERS = FLOATS + INTEGERS + ["bool"] + COMPLEX + QUANTIZED


def program(function):
    PROGRAMS.append(function)
    return function


def edges(name):
    """Numbers around the limits of a type, as an array that can be fed and cast to the type."""
    if name in FLOATS:
        ordinary = [0.0, -0.0, 0.4, 1.0, -1.0, 1.7, -1.7, 2.5, -2.5, 127.0, 128.0, 255.0, 256.0, -128.0]
        ordinary += [300.7, -300.7, 32767.0, -32768.0, 65504.0, np.nan, np.inf, -np.inf, 6e-8, 1e-20]
        if name != "float16":
            ordinary += [65535.0, 65536.0, 70000.0, -70000.0, 2.0**31 - 128, 2.0**31, -(2.0**31), -3e9, 3e9]
            ordinary += [2.0**32, 2.0**53, 2.0**63, -(2.0**63), 2.0**64, -(2.0**64), 5e18, 1e19, 3e38, -3e38]
        if name == "float64":
            ordinary += [
                2.0**31 - 1,
                2.0**31 - 0.5,
                2.0**53 - 1,
                1e300,
                -1e300,
                0.1,
                3.4028236e38,
                65520.0,
                65519.0,
            ]
        return np.array(ordinary, np.float64)
    if name in COMPLEX:
        parts = [0.0, 1.5, -1.5, 300.0, 70000.0, np.nan, np.inf]
        return np.array([complex(a, b) for a in parts for b in parts], np.complex128)
    if name == "bool":
        return np.array([True, False])
    stored = np.iinfo(name.replace("qu", "u").replace("q", ""))
    small = [0, 1, 2, 100, 127, 128, 200, 255, 256, 300, 2**15 - 1, 2**15, 2**16 - 1, 2**16, 2049, 257]
    large = [2**24 + 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1]
    numbers = small + large + [-n for n in small + large]
    return np.array(
        [n for n in numbers if stored.min <= n <= stored.max], np.uint64 if name == "uint64" else np.int64
    )


def readable(tf, name, tensor):
    """`tensor` in a type that NumPy has, without loss."""
    if name == "bfloat16":
        return tf.raw_ops.Cast(x=tensor, DstT=tf.float32)
    if name in QUANTIZED:
        return tf.raw_ops.Cast(x=tensor, DstT=tf.int32)
    return tensor


def table(tf, source):
    """What the edges of a type become in all others."""
    values = edges(source)
    fed = tf.placeholder(values.dtype, [None])
    start = fed if values.dtype.name == source else tf.raw_ops.Cast(x=fed, DstT=tf.as_dtype(source))
    made = [readable(tf, name, tf.raw_ops.Cast(x=start, DstT=tf.as_dtype(name))) for name in NUMBERS]
    with tf.Session() as session:
        return dict(zip(NUMBERS, session.run(made, {fed: values})))


def make(source):
    def cast(tf):
        return table(tf, source)

    cast.__name__ = "from_" + source
    PROGRAMS.append(cast)


for _source in NUMBERS:
    make(_source)


@program
def bits_that_are_dropped(tf):
    values = edges("float32")
    fed = tf.placeholder(tf.float64, [None])
    found = []
    for name in NUMBERS:
        start = tf.raw_ops.Cast(x=fed, DstT=tf.as_dtype(name))
        for target in FLOATS + COMPLEX:
            made = tf.raw_ops.Cast(x=start, DstT=tf.as_dtype(target), Truncate=True)
            found.append(readable(tf, target, made))
    with tf.Session() as session:
        return session.run(found, {fed: values})


@program
def pairs_that_there_are_not(tf):
    results = []
    with tf.Session() as session:
        for name in NUMBERS:
            fed = tf.placeholder(edges(name).dtype)
            number = tf.raw_ops.Cast(x=fed, DstT=tf.as_dtype(name))
            words = tf.placeholder(tf.string)
            for tensor, target in (number, "string"), (words, name):
                made = tf.raw_ops.Cast(x=tensor, DstT=tf.as_dtype(target))
                feeds = {fed: edges(name)[:2], words: ["1", "2"]}
                results.append(attempt(lambda made=made, feeds=feeds: session.run(made.op, feeds)))
    return results


@program
def handles(tf):
    variable = tf.get_variable("v", initializer=1.0, use_resource=True)
    results = []
    with tf.Session() as session:
        for target in (tf.string, tf.variant, tf.float32, tf.int64):
            made = tf.raw_ops.Cast(x=variable.handle, DstT=target)
            results.append(attempt(lambda made=made: session.run(made.op)))
        for source in (tf.ones([2]), tf.constant(["a"]), tf.constant([True])):
            for target in (tf.resource, tf.variant):
                made = tf.raw_ops.Cast(x=source, DstT=target)
                results.append(attempt(lambda made=made: session.run(made.op)))
    return results


@program
def text(tf):
    with tf.Session() as session:
        a = tf.constant(["1", "a"])
        return [
            session.run(tf.cast(a, tf.string)),
            session.run(tf.raw_ops.Cast(x=a, DstT=tf.string)),
            attempt(lambda: session.run(tf.cast(a, tf.int32))),
            attempt(lambda: session.run(tf.cast(a, tf.float32) + 1)),
            attempt(lambda: session.run(tf.cast([1.5], tf.string))),
            attempt(lambda: session.run(tf.cast(a[:0], tf.int32))),
            attempt(lambda: session.run(tf.cast(tf.zeros([0]), tf.string))),
            attempt(lambda: session.run(tf.to_float(a))),
            attempt(lambda: session.run(tf.saturate_cast(a, tf.int32))),
            attempt(lambda: tf.get_static_value(tf.cast(a, tf.int32))),
            attempt(lambda: tf.get_static_value(tf.cast([1.5], tf.string))),
            attempt(lambda: tf.get_static_value(tf.cast([1j, 1 + 1j], tf.bool))),
        ]


@program
def complex_numbers(tf):
    with tf.Session() as session:
        z = tf.constant([1j, 1 + 1j, 2.5 - 1j, -300 + 0j])
        return [session.run(tf.cast(z, name)) for name in ("bool", "float32", "int32", "uint8", "complex64")]


@program
def gradients_of_casts(tf):
    results = []
    x = tf.constant([1.5, 2.5])
    with tf.Session() as session:
        for name in NUMBERS:
            slope = attempt(
                lambda name=name: tf.gradients(tf.cast(x, name), x, grad_ys=tf.cast([1, 2], name))
            )
            if isinstance(slope, list) and slope[0] is not None:
                slope = session.run(slope)
            results.append(slope)
    return results


@program
def arguments(tf):
    tries = [
        lambda: tf.cast([1.5], "int32").dtype.name,
        lambda: tf.cast([1.5], np.int32).dtype.name,
        lambda: tf.cast([1.5], int).dtype.name,
        lambda: tf.cast([1.5], float).dtype.name,
        lambda: tf.cast([1.5], bool).dtype.name,
        lambda: tf.cast([1.5], str).dtype.name,
        lambda: tf.cast([1.5], None).dtype.name,
        lambda: tf.cast([1.5], "integer").dtype.name,
        lambda: tf.cast([1.5], tf.int32_ref).dtype.name if hasattr(tf, "int32_ref") else "int32",
        lambda: tf.cast(None, tf.int32),
        lambda: tf.cast([[1], [2, 3]], tf.int32),
        lambda: tf.cast({"a": 1}, tf.int32),
        lambda: tf.cast(tf.SparseTensor([[0]], [1.5], [1]), tf.int32).dtype.name,
        lambda: tf.cast(tf.IndexedSlices(tf.ones([1]), tf.constant([0])), tf.int32).dtype.name,
        lambda: tf.saturate_cast([300.0, -1.0], tf.uint8).dtype.name,
        lambda: tf.bitcast(tf.ones([2]), tf.int64).shape.as_list(),
        lambda: tf.bitcast(tf.ones([3]), tf.int64).shape.as_list(),
        lambda: tf.bitcast(tf.constant(["a"]), tf.int64),
        lambda: tf.bitcast(tf.ones([2]), tf.string),
        lambda: tf.bitcast(tf.ones([2]), tf.bool),
        lambda: tf.bitcast(1.0, tf.float64),
    ]
    return [attempt(t) for t in tries]
