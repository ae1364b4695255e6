"""Reductions, running reductions, norms, counts, segments and assertions, with gradients."""

import tensorflow as tf

x = tf.placeholder(tf.float32, [2, 3, 4], "x")
u = tf.placeholder(tf.float32, [None, 3], "u")
anything = tf.placeholder(tf.float32, None, "anything")
axes = tf.placeholder(tf.int32, [None], "axes")
flags = tf.placeholder(tf.bool, [2, 3], "flags")
n = tf.placeholder(tf.int32, [None], "n")

for name in "reduce_sum reduce_mean reduce_prod reduce_max reduce_min reduce_logsumexp".split():
    function = getattr(tf, name)
    with tf.name_scope(name):
        for source, axis, keep in (
            (x, None, None),
            (x, 1, None),
            (x, [0, -1], True),
            (x, [0, 1, 2], None),
            (x, [], None),
            (u, None, None),
            (u, 0, None),
            (u, [1], True),
            (anything, None, None),
            (anything, 0, True),
            (x, axes, None),
        ):
            result = function(source, axis, keepdims=keep)
            first = tf.gradients(result, source)[0]
            if axis == 1:
                tf.gradients(first, source)
    with tf.name_scope(name + "_old"):
        function(x, reduction_indices=[1], keep_dims=True, name="named")
with tf.name_scope("scalar"):
    s = tf.constant(2.0)
    tf.gradients(tf.reduce_mean(tf.reduce_sum(s)), s)
with tf.name_scope("booleans"):
    tf.reduce_all(flags)
    tf.reduce_any(flags, 1)
    tf.reduce_any(flags, axis=[0], keepdims=True)
with tf.name_scope("moments"):
    tf.math.reduce_variance(x, 1)
    tf.math.reduce_std(x, [0, 1], keepdims=True)
    tf.math.reduce_euclidean_norm(x, 1)
    tf.gradients(tf.math.reduce_std(u), u)
with tf.name_scope("counts"):
    tf.count_nonzero(x)
    tf.count_nonzero(u, axis=1, keepdims=True, dtype=tf.int32)
    tf.count_nonzero(flags, 0)
    tf.bincount(n)
    tf.bincount(n, minlength=3, maxlength=5, dtype=tf.float32)
    tf.bincount(n, weights=tf.cast(n, tf.float32))
with tf.name_scope("positions"):
    tf.argmax(x, 1)
    tf.argmax(x, axis=-1, output_type=tf.int32)
    tf.argmin(x, dimension=0)
    tf.argmax(u)
    tf.arg_max(x, 1)
    tf.arg_min(x, 2, name="least")
with tf.name_scope("running"):
    for exclusive in (False, True):
        for reverse in (False, True):
            tf.gradients(tf.cumsum(x, 1, exclusive, reverse), x)
            tf.gradients(tf.cumprod(x, axis=-1, exclusive=exclusive, reverse=reverse), x)
            tf.gradients(tf.math.cumulative_logsumexp(x, 1, exclusive, reverse), x)
with tf.name_scope("norms"):
    for ord, axis in (
        ("euclidean", None),
        ("euclidean", 1),
        (1, None),
        (1, 2),
        (2, 0),
        (3, 1),
        (float("inf"), 1),
        ("fro", (0, 1)),
        (1, (1, 2)),
        (float("inf"), [0, 2]),
    ):
        tf.norm(x, ord, axis)
    tf.gradients(tf.norm(x, axis=1, keepdims=True), x)
    tf.norm(u, keep_dims=True, name="long")
with tf.name_scope("segments"):
    ids = tf.constant([0, 0, 1])
    for name in "segment_sum segment_mean segment_max segment_min".split():
        tf.gradients(getattr(tf, name)(u, ids), u)
    tf.segment_prod(u, ids)
    for name in "sum mean max min prod sqrt_n".split():
        tf.gradients(getattr(tf, "unsorted_segment_" + name)(u, ids, 3), u)
    tf.unsorted_segment_sum(x, [[0, 1, 1], [2, 2, 0]], n[0])
    for name in "sum mean sqrt_n".split():
        function = getattr(tf, "sparse_segment_" + name)
        tf.gradients(function(u, [0, 1, 1], [0, 0, 1]), u)
        tf.gradients(function(u, [0, 1, 1], [0, 0, 1], num_segments=4), u)
with tf.name_scope("assertions"):
    tf.assert_equal(n, 3)
    tf.assert_equal(n, n)
    tf.assert_none_equal(n, 3, message="wrong")
    tf.assert_less(n, [5], summarize=4)
    tf.assert_less_equal(n, 5, data=["data", n])
    tf.assert_greater(n, -1, name="above")
    tf.assert_greater_equal(2, 1)
    tf.assert_positive(n)
    tf.assert_negative(-n)
    tf.assert_non_negative(n, message="not allowed")
    tf.assert_non_positive(n)
    tf.assert_rank(x, 3)
    tf.assert_rank(anything, 2)
    tf.assert_rank_at_least(x, 1)
    tf.assert_rank_at_least(anything, 1, message="low")
    tf.assert_rank_in(x, [2, 3])
    tf.assert_rank_in(anything, (0, 1))
    tf.assert_integer(n)
    tf.assert_type(x, tf.float32)
    tf.assert_scalar(3)
    tf.debugging.assert_shapes([(u, ("n", 3)), (x, (..., 4)), (x, ("*", "m", 4))])
    tf.debugging.assert_shapes([(u, ("n", 3)), (tf.square(u), ("n", "m"))], message="sizes")
with tf.name_scope("counting"):
    tf.histogram_fixed_width(u, [0.0, 1.0], nbins=5)
    tf.histogram_fixed_width_bins(x, [0.0, 1.0], nbins=5)
