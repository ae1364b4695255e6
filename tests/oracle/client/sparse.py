"""Sparse tensors and sets: what each function makes, its gradients, static shapes, and errors."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def each(tf, functions):
    """What running what each function makes comes to, or its error."""
    with tf.Session() as session:
        return [attempt(lambda make=make: session.run(make())) for make in functions]


def some(tf, values, indices=((0, 1), (1, 0), (1, 2), (3, 1)), shape=(4, 3), dtype=None):
    made = tf.constant(values, dtype or tf.float32)
    return tf.SparseTensor([list(index) for index in indices], made, list(shape))


def first(tf, dtype=None):
    return some(tf, [1, -2, 3, 4], dtype=dtype)


def second(tf, dtype=None):
    return some(tf, [5, 2, -7], [(0, 2), (1, 0), (3, 1)], dtype=dtype)


def cube(tf):
    indices = [(0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 1, 0)]
    return some(tf, [0.5, 1.0, -1.0, 2.0, 3.0], indices, (2, 2, 2))


def unknown(tf, tensor):
    """A sparse tensor of which nothing is known but the types."""
    parts = [tf.placeholder_with_default(part, None) for part in (tensor.indices, tensor.values)]
    return tf.SparseTensor(parts[0], parts[1], tf.placeholder_with_default(tensor.dense_shape, None))


def unsized(tf, tensor):
    """A sparse tensor of which the sizes are not known."""
    return tf.SparseTensor(
        tensor.indices,
        tensor.values,
        tf.placeholder_with_default(tensor.dense_shape, tensor.dense_shape.shape),
    )


@program
def dense_and_sparse(tf):
    a = first(tf)
    strings = some(tf, ["x", "y"], [(0, 1), (2, 0)], (3, 2), tf.string)
    wrong = some(tf, [1, 2], [(1, 0), (0, 1)], (2, 2))
    ids = some(tf, [2, 0, 1], [(0, 0), (0, 1), (2, 0)], (3, 2), tf.int64)
    return each(
        tf,
        [
            lambda: tf.sparse.to_dense(a),
            lambda: tf.sparse_tensor_to_dense(strings, default_value="-"),
            lambda: tf.sparse.to_dense(wrong),
            lambda: tf.sparse.to_dense(wrong, validate_indices=False, default_value=9.0),
            lambda: tf.sparse.to_dense(unknown(tf, a)),
            lambda: tf.sparse.to_dense(3),
            lambda: tf.sparse_to_dense([1, 3], [5], 7),
            lambda: tf.sparse_to_dense([[0, 1]], [2, 2], [3.0], 1.5),
            lambda: tf.sparse.to_indicator(ids, 4),
            lambda: tf.sparse.from_dense([[0, 3], [4, 0]]),
            lambda: tf.sparse.from_dense([0.0, -1.5]),
            lambda: tf.sparse.eye(2, 3),
            lambda: tf.sparse.eye(3, dtype=tf.int32),
            lambda: tf.sparse.eye(1.5),
            lambda: tf.sparse.merge(ids, some(tf, [1, 2, 3], [(0, 0), (0, 1), (2, 0)], (3, 2)), 5),
            lambda: tf.sparse.merge([ids, ids], ids, [5, 6]),
            lambda: tf.sparse.merge([ids], ids, [5, 6]),
            lambda: tf.sparse.merge(ids, ids, 1.5),
            lambda: tf.sparse.reorder(wrong),
            lambda: tf.sparse.transpose(a),
            lambda: tf.sparse.transpose(cube(tf), [1, 0, 2]),
            lambda: tf.sparse.transpose(unknown(tf, a)),
            lambda: tf.sparse.expand_dims(a, 0),
            lambda: tf.sparse.expand_dims(a),
            lambda: tf.sparse.expand_dims(a, -2),
            lambda: tf.sparse.reset_shape(a),
            lambda: tf.sparse.reset_shape(a, [5, 7]),
            lambda: tf.sparse.reset_shape(a, [2, 7]),
            lambda: tf.sparse.reset_shape(unsized(tf, a), [2, 7]),
            lambda: tf.sparse.reset_shape(unsized(tf, a), [9, 7]),
        ],
    )


@program
def together(tf):
    a, b, n = first(tf), second(tf), tf.int32
    wide = some(tf, [1, 2], [(0, 0), (3, 4)], (4, 5))
    return each(
        tf,
        [
            lambda: tf.sparse.add(a, b),
            lambda: tf.sparse.add(first(tf, n), second(tf, n), threshold=1),
            lambda: tf.sparse_add(a, b, thresh=3.5),
            lambda: tf.sparse.add(a, np.ones([4, 3], "f4")),
            lambda: tf.sparse.add(np.ones([4, 3], "f4"), a),
            lambda: tf.sparse.add(a, wide),
            lambda: tf.sparse.add(unknown(tf, a), unknown(tf, wide)),
            lambda: tf.sparse.add(1, 2),
            lambda: tf.sparse.add(a, tf.SparseTensorValue([[0, 0]], np.ones([1], "f4"), [4, 3])),
            lambda: tf.sparse.maximum(a, b),
            lambda: tf.sparse.minimum(a, b),
            lambda: tf.sparse.maximum(first(tf, n), second(tf, n)),
            lambda: tf.sparse.minimum(unknown(tf, a), unknown(tf, wide)),
            lambda: tf.round(tf.sparse.softmax(a).values * 1e4),
            lambda: tf.round(tf.sparse.softmax(cube(tf)).values * 1e4),
            lambda: a * tf.constant([[1.0, 2.0, 3.0]]),
            lambda: a * tf.constant([[1.0], [2.0], [3.0], [4.0]]),
            lambda: a / tf.constant([2.0, 4.0, 8.0]),
            lambda: first(tf, n) * 3,
            lambda: a * tf.constant([1.0, 2.0]),
            lambda: a / 2.0,
            lambda: tf.sparse.concat(0, [a, b]),
            lambda: tf.sparse.concat(1, [a, wide]),
            lambda: tf.sparse.concat(-1, [a, wide]),
            lambda: tf.sparse.concat(0, [a, wide]),
            lambda: tf.sparse.concat(0, [a, wide], expand_nonconcat_dim=True),
            lambda: tf.sparse.concat(0, [unknown(tf, a), unknown(tf, wide)], expand_nonconcat_dim=True),
            lambda: tf.sparse.concat(2, [a, b]),
            lambda: tf.sparse.concat(0, a),
            lambda: tf.sparse.concat(0, [unknown(tf, a), unknown(tf, cube(tf))]),
            lambda: tf.sparse.split(sp_input=a, num_split=2, axis=0),
            lambda: tf.sparse.split(sp_input=wide, num_split=3, axis=1),
            lambda: tf.sparse.split(sp_input=a, num_split=5, axis=0),
            lambda: tf.sparse.split(sp_input=a, num_split=1, axis=2),
            lambda: tf.sparse.split(a, 2, 0),
            lambda: tf.sparse.split(sp_input=a, axis=0),
            lambda: tf.sparse.slice(a, [1, 0], [3, 2]),
            lambda: tf.sparse.slice(a, [1, 1], [9, 9]),
            lambda: tf.sparse.slice(a, [1], [3]),
            lambda: tf.sparse.slice(cube(tf), [0, 1, 0], [2, 1, 2]),
        ],
    )


@program
def reductions(tf):
    a, c = first(tf), cube(tf)
    found = []
    for reduce in (tf.sparse.reduce_sum, tf.sparse.reduce_max, tf.sparse.reduce_sum_sparse,
                   tf.sparse.reduce_max_sparse):  # fmt: skip
        for axis in (None, 0, 1, -1, [0, 1]):
            for keepdims in (False, True):
                found.append(lambda r=reduce, x=axis, k=keepdims: r(a, x, keepdims=k))
        found += [
            lambda r=reduce: r(c, [0, -1]),
            lambda r=reduce: r(c, 2),
            lambda r=reduce: r(unknown(tf, a), 1),
            lambda r=reduce: r(unknown(tf, a), 2),
            lambda r=reduce: r(first(tf, tf.int32), reduction_axes=1, keep_dims=True),
            lambda r=reduce: r(a, 1, reduction_axes=1),
        ]
    return each(tf, found)


@program
def products(tf):
    a, b = first(tf), tf.constant(np.arange(6.0).reshape(3, 2), tf.float32)
    long = tf.constant(np.arange(8.0).reshape(4, 2), tf.float32)
    multiply = tf.sparse_tensor_dense_matmul
    imaginary = tf.SparseTensor([[0, 1]], tf.constant([1 + 2j], tf.complex64), [2, 2])
    other = tf.constant([[1j, 2], [3 - 1j, 4]], tf.complex64)
    outside = some(tf, [1, 2], [(0, 0), (4, 1)])
    return each(
        tf,
        [
            lambda: multiply(a, b),
            lambda: multiply(a, long, adjoint_a=True),
            lambda: multiply(a, tf.transpose(b), adjoint_b=True),
            lambda: multiply(a, tf.transpose(long), True, True),
            lambda: multiply(unknown(tf, a), b),
            lambda: multiply(a, long),
            lambda: multiply(unknown(tf, a), long),
            lambda: multiply(imaginary, other, adjoint_a=True),
            lambda: multiply(imaginary, other, adjoint_b=True),
            lambda: multiply(outside, b),
            lambda: multiply(some(tf, [1, 2], [(0, 0), (1, 3)]), b),
            lambda: multiply(first(tf, tf.int32), tf.ones([3, 1], tf.int32)),
            lambda: multiply(b, b),
            lambda: multiply(a, [1.0, 2.0, 3.0]),
        ],
    )


@program
def derivatives(tf):
    values, dense = (
        tf.constant([1.0, -2.0, 3.0, 4.0]),
        tf.constant(np.arange(12.0).reshape(4, 3) - 5, tf.float32),
    )
    a = tf.SparseTensor([[0, 1], [1, 0], [1, 2], [3, 1]], values, [4, 3])
    b = second(tf)
    other = tf.sparse.reorder(tf.SparseTensor([[1, 0], [0, 1], [3, 1], [1, 2]], values, [4, 3]))
    weights = tf.constant(np.arange(1.0, 5.0), tf.float32)

    def of(output, *sources):
        weighted = output * (tf.cast(tf.range(tf.size(output)), tf.float32) + 1.0)
        return tf.gradients(weighted, list(sources))

    row = tf.constant([[2.0, 4.0, 8.0]])
    return each(
        tf,
        [
            lambda: of(tf.sparse.add(a, b).values, values, b.values),
            lambda: tf.gradients(tf.sparse.add(a, dense) * dense, [values, dense]),
            lambda: tf.gradients(tf.sparse.to_dense(a, 2.0) * dense, [values, dense]),
            lambda: of(other.values, values),
            lambda: tf.round(of(tf.sparse.softmax(a).values, values)[0] * 1e4),
            lambda: of((a * row).values, values, row),
            lambda: of((a / row).values, values, row),
            lambda: of((a * tf.constant([[1.0], [2.0], [3.0], [4.0]])).values, values),
            lambda: of(tf.reshape(tf.sparse.reduce_sum(a), [1]), values),
            lambda: of(tf.sparse.reduce_sum(a, 1), values),
            lambda: tf.gradients(tf.sparse.reduce_sum(a, 0, keepdims=True) * row, values),
            lambda: of(tf.sparse.slice(a, [1, 0], [3, 2]).values, values),
            lambda: tf.gradients(
                tf.sparse_tensor_dense_matmul(a, dense[:3, :2]) * dense[:, :2], [values, dense]
            ),
            lambda: tf.gradients(tf.sparse_tensor_dense_matmul(a, dense, True) * dense[:3], [values, dense]),
            lambda: tf.gradients(
                tf.sparse_tensor_dense_matmul(a, dense[:, :3], adjoint_b=True), [values, dense]
            ),
            lambda: tf.gradients(tf.sparse.concat(0, [a, b]).values, values),
            lambda: tf.gradients(tf.sparse.split(sp_input=a, num_split=2, axis=0)[0].values, values),
            lambda: tf.gradients(tf.sparse.reduce_max(a), values),
            lambda: tf.gradients(tf.reduce_sum(tf.sparse.transpose(a).values * weights), values),
        ],
    )


@program
def sets(tf):
    ints = tf.constant([[1, 2, 2], [4, 9, 3]]), tf.constant([[2, 5], [9, 4]])
    rows = [(0, 0), (0, 1), (2, 0), (2, 1), (2, 2)]
    sparse = some(tf, [5, 1, 3, 3, 2], rows, (3, 4), tf.int32)
    more = some(tf, [1, 7, 3, 9], [(0, 0), (1, 0), (2, 0), (2, 1)], (3, 2), tf.int32)
    words = tf.constant([["b", "a", "b"]]), tf.constant([["c", "b"]])
    dense = tf.constant([[1, 2], [7, 7], [3, 9]])
    bad = some(tf, [1, 2], [(1, 0), (0, 0)], (2, 2), tf.int32)
    found = [
        lambda: tf.sets.size(sparse),
        lambda: tf.sets.set_size(bad),
        lambda: tf.sets.size(bad, validate_indices=False),
        lambda: tf.sets.size(dense),
        lambda: tf.sets.size(first(tf)),
        lambda: tf.sets.size(some(tf, [1, 1, 2], [(0, 0, 0), (0, 0, 1), (1, 1, 0)], (2, 2, 2), tf.int64)),
        lambda: tf.sets.difference(*ints, aminusb=False),
        lambda: tf.sets.difference(sparse, dense),
        lambda: tf.sets.difference(sparse, dense, aminusb=False),
        lambda: tf.sets.intersection(ints[0], [1, 2]),
        lambda: tf.sets.intersection(ints[0], tf.constant([[1]])),
        lambda: tf.sets.intersection(tf.placeholder_with_default(ints[0], None), [[1]]),
        lambda: tf.sets.intersection(ints[0], tf.constant([[1], [2]], tf.int64)),
        lambda: tf.sets.union(tf.constant([[1.5]]), tf.constant([[1.5]])),
        lambda: tf.sets.union(sparse, bad),
    ]
    for combine in (tf.sets.set_intersection, tf.sets.set_union, tf.sets.set_difference):
        found += [
            lambda c=combine: c(*ints),
            lambda c=combine: c(*words),
            lambda c=combine: c(sparse, more),
            lambda c=combine: c(dense, more),
            lambda c=combine: c(more, dense),
        ]
    return each(tf, found)


@program
def static_shapes(tf):
    a, b = first(tf), second(tf)
    u = tf.sparse_placeholder(tf.float32)
    partly = tf.sparse_placeholder(tf.float32, [None, 3])
    dense = tf.placeholder(tf.float32, [3, None])
    made, one = [], tf.constant([[1]])
    for x in (a, u, partly):
        made += [tf.sparse.to_dense(x), tf.sparse_tensor_dense_matmul(x, dense), tf.sparse.reduce_sum(x, 0)]
        made += [tf.sparse.reduce_sum(x), tf.sparse.reduce_max(x, [1], keepdims=True)]
        parts = [tf.sparse.add(x, x), tf.sparse.concat(0, [x, b]), tf.sparse.reorder(x), tf.sparse.softmax(x)]
        parts += [tf.sparse.slice(x, [0, 0], [1, 1]), tf.sparse.split(sp_input=x, num_split=2, axis=0)[1]]
        parts += [tf.sparse.maximum(x, x), tf.sparse.transpose(x, [1, 0]), tf.sparse.reset_shape(x)]
        for part in parts + [tf.sets.union(one, one)]:
            made += [part.indices, part.values, part.dense_shape, part]
    return [str(part.shape) for part in made]
