"""Elementwise functions, division, types and sequences, with their gradients of both orders."""

import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [2, 3], "x")
y = tf.placeholder(tf.float32, [3], "y")
u = tf.placeholder(tf.float32, [None, 3], "u")
n = tf.placeholder(tf.int32, [4], "n")
anything = tf.placeholder(tf.float32, None, "anything")
z = tf.placeholder(tf.complex64, [2, 2], "z")

UNARY = (
    "abs negative sign square sqrt rsqrt exp expm1 log log1p sin cos tan asin acos atan sinh cosh "
    "tanh asinh acosh atanh sigmoid reciprocal erf erfc lgamma digamma floor ceil round"
).split()
for name in UNARY:
    function = getattr(tf, name, None) or getattr(tf.math, name)
    with tf.name_scope(name):
        result = function(x)
        first = tf.gradients(result, x)[0]
        if first is not None and name not in ("abs", "sign", "digamma"):
            tf.gradients(first, x)
with tf.name_scope("special"):
    for name in "rint is_nan is_inf is_finite bessel_i0 bessel_i1 bessel_i0e bessel_i1e lbeta".split():
        getattr(tf.math, name)(x)
    tf.gradients(tf.math.bessel_i0e(x) + tf.math.bessel_i1e(x), x)
    tf.gradients([tf.igamma(x, y), tf.igammac(x, y), tf.zeta(x, y), tf.polygamma(x, y)], [x, y])
    tf.gradients(tf.betainc(y, y, y), y)
    tf.log_sigmoid(x)
    tf.math.reciprocal_no_nan(x)
    tf.math.polyval([1.0, 2.0, y], x)

BINARY = (
    "add subtract multiply divide truediv realdiv floordiv floor_div mod floormod div div_no_nan pow "
    "maximum minimum squared_difference"
).split()
for name in BINARY:
    function = getattr(tf, name)
    for label, left, right in (
        ("same", x, x + 1.0),
        ("row", x, y),
        ("partial", u, y),
        ("scalar", x, 2.0),
        ("anything", anything, x),
    ):
        with tf.name_scope("%s_%s" % (name, label)):
            result = function(left, right)
            sources = [t for t in (left, right) if isinstance(t, tf.Tensor)]
            first = [t for t in tf.gradients(result, sources) if t is not None]
            if first and label in ("same", "row"):
                tf.gradients(first, sources)
with tf.name_scope("more_binary"):
    tf.gradients(tf.atan2(x, x * 2.0), x)
    for name in ("xlogy", "xdivy", "multiply_no_nan", "nextafter"):
        tf.gradients(getattr(tf.math, name)(x, y), [x, y])
    for name in "equal not_equal less less_equal greater greater_equal".split():
        getattr(tf, name)(x, y)
    truth = tf.less(x, y)
    tf.logical_and(truth, True)
    tf.logical_or(truth, truth)
    tf.logical_not(truth)
    tf.logical_xor(truth, truth)
    tf.logical_xor(truth, truth, name="mine")
    for name in "bitwise_and bitwise_or bitwise_xor left_shift right_shift".split():
        getattr(tf.bitwise, name)(n, 3)
    tf.bitwise.invert(n)
    tf.cross(x, x)
    tf.gradients(tf.cross(x, x + 1.0), x)
    tf.scalar_mul(3.0, x)
    tf.div(n, 3)
    tf.truediv(n, 3)
    tf.divide(n, n, name="named")
    tf.truncatediv(n, 3)
    tf.truncatemod(n, 3)
    tf.add(x, 1.0, name="sum")

with tf.name_scope("complex"):
    for name in "abs real imag angle conj negative square exp".split():
        result = getattr(tf, name)(z)
        tf.gradients(result, z, grad_ys=None if result.dtype == tf.float32 else z)
    tf.real(x)
    tf.imag(x)
    tf.angle(x)
    tf.conj(x)
    pairs = tf.complex(x, y)
    tf.gradients(pairs, [x, y], grad_ys=pairs)
    tf.gradients(z * tf.conj(z) / (z + 1.0), z, grad_ys=z)

with tf.name_scope("types"):
    tf.cast(x, tf.int32)
    tf.cast(x, tf.float32)
    tf.cast(2.5, tf.float32)
    tf.cast([1, 2], tf.float32)
    tf.gradients(tf.cast(x, tf.float64), x)
    tf.gradients(tf.abs(tf.cast(tf.cast(x, tf.float16), tf.complex64)), x)
    tf.saturate_cast(x, tf.uint8)
    tf.saturate_cast(n, tf.uint8)
    for name in "to_float to_double to_int32 to_int64 to_bfloat16 to_complex64 to_complex128".split():
        getattr(tf, name)(n)
    tf.round(n)

with tf.name_scope("sequences"):
    tf.range(5)
    tf.range(1, 10, 3)
    tf.range(n[0], n[1])
    tf.range(0.0, 1.0, 0.25)
    tf.range(3, delta=1, dtype=tf.float32)
    tf.range(tf.constant(2, tf.int64), 5)
    tf.linspace(0.0, 1.0, 5)
    tf.lin_space(0.0, 1.0, 5, name="line")

with tf.name_scope("sums"):
    tf.add_n([x])
    tf.add_n([x], name="alone")
    tf.gradients(tf.add_n([x, x * 2.0, x]), x)
    tf.accumulate_n([x, x * 2.0])
    tf.accumulate_n([x], name="one")
    tf.accumulate_n([u, x], shape=[2, 3], tensor_dtype=tf.float32)
    tf.clip_by_value(x, 0.0, 1.0)
    tf.gradients(tf.clip_by_value(u, 0.0, y), [u, y])

with tf.name_scope("shared"):  # nodes that ask for the axes are made once for each pair of shapes
    a = tf.constant(np.ones((2, 3), np.float32))
    b = tf.constant(np.ones((3,), np.float32))
    tf.gradients(a * b + a * b, [a, b])
    tf.gradients(b - a, [a, b])
