"""The array functions of TensorFlow, and the gradients of all of them."""

import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 3], name="x")
a = tf.constant(np.arange(6, dtype=np.float32).reshape(2, 3), name="a")
u = tf.placeholder(tf.float32, None, name="u")
n = tf.placeholder(tf.int32, [], name="n")
image = tf.placeholder(tf.float32, [2, 4, 4, 4], name="image")
results = []


def keep(*tensors):
    """Remember what has a gradient."""
    results.extend(t for t in tensors if t.dtype == tf.float32)


# identities and checks
keep(tf.identity(x), tf.identity(a, name="same"), *tf.identity_n([x, a]))
tf.identity([1, 2])
keep(tf.stop_gradient(x), tf.ensure_shape(x, [2, None])), tf.guarantee_const(x)
keep(tf.check_numerics(x, "bad"), tf.verify_tensor_all_finite(x, "bad"))
tf.verify_tensor_all_finite(x=a, message="bad", name="finite")
tf.bitcast(x, tf.int32)
keep(tf.placeholder_with_default(a, [None, 3]), tf.placeholder_with_default(a, None, name="d"))
tf.placeholder(tf.string)
tf.placeholder(tf.int64, [2, None], "feed")
tf.sparse_placeholder(tf.float32)
tf.sparse_placeholder(tf.float32, [None, 3], name="sparse")
tf.sparse_placeholder(tf.float32, [2, 3], name="sparse_known")

# shapes
tf.shape(x), tf.shape(a), tf.shape(u), tf.shape(a, out_type=tf.int64), tf.shape(x, name="s")
tf.shape_n([x, a]), tf.size(x), tf.size(a), tf.size(tf.placeholder(tf.float32, [None, 0]))
tf.rank(x), tf.rank(u), tf.rank([1.0])
keep(
    tf.reshape(x, [3, -1]),
    tf.reshape(x, [-1]),
    tf.reshape(x, tf.stack([3, n])),
    tf.reshape(u, tf.shape(x)),
    tf.reshape(a, (6,), name="flat"),
)
keep(tf.expand_dims(x, 0), tf.expand_dims(x, -1), tf.expand_dims(x, dim=1), tf.expand_dims(a, n))
keep(
    tf.squeeze(tf.expand_dims(x, 0)),
    tf.squeeze(tf.expand_dims(x, 1), [1]),
    tf.squeeze(tf.expand_dims(x, 1), axis=1),
    tf.squeeze(x[:, :1], squeeze_dims=[-1]),
)

# constants
tf.zeros([2, 3]), tf.zeros(5), tf.zeros([]), tf.zeros([40, 40]), tf.zeros([n, 3]), tf.zeros(n)
tf.zeros([2], tf.string), tf.zeros((2,), tf.bool), tf.zeros(tf.shape(x)), tf.zeros(a.shape)
tf.zeros(tf.constant([2, 2])), tf.zeros([2, 3], tf.int64, name="z"), tf.zeros([n])
tf.ones([2, 3]), tf.ones([2000]), tf.ones(tf.shape(x)[:1]), tf.ones((), tf.bool)
tf.ones([tf.shape(x)[0], n])
keep(tf.zeros_like(x), tf.zeros_like(a), tf.ones_like(x), tf.ones_like(a))
tf.zeros_like(x, tf.int32), tf.ones_like(x, dtype=tf.int32), tf.zeros_like(a, tf.float64)
tf.zeros_like(u), tf.ones_like(u), tf.zeros_like([1, 2]), tf.zeros_like(a, optimize=False)
tf.zeros_like(x, optimize=False), tf.ones_like(a, optimize=False)
keep(tf.fill([2, n], x[0, 0]), tf.fill([2], 3.0), tf.fill(tf.shape(x), a[0, 0]))
tf.eye(3), tf.eye(2, 3), tf.eye(n), tf.eye(2, batch_shape=[4]), tf.eye(n, 3, dtype=tf.float64)
tf.eye(3, 3), tf.eye(2, batch_shape=tf.shape(x)[:1])

# joining
keep(
    tf.concat([x, x], 0),
    tf.concat([x, a], axis=0),
    tf.concat([a, a], 1),
    tf.concat([x], 0),
    tf.concat(x, 0),
    tf.concat([x, x], -1, name="joined"),
    tf.concat([a] * 17, 0),
    tf.concat([u, u], 1),
)
keep(tf.stack([x, x]), tf.stack([x, x], axis=1), tf.stack([x, x], -1), tf.stack([x[0], [1, 2, 3.0]]))
tf.stack([1, 2]), tf.stack([1, n]), tf.stack([[1, n], [2, 3]], name="nested"), tf.stack([1.0, 2], 0)
keep(*tf.unstack(a)), keep(*tf.unstack(x, axis=1)), keep(*tf.unstack(x, num=2, name="two"))
tf.parallel_stack([a, a])
keep(*tf.split(x, 3, 1)), keep(*tf.split(x, [1, 2], axis=1)), keep(*tf.split(a, 2))
keep(*tf.split(x, tf.stack([n, -1]), -1)), keep(*tf.split(x, [1, -1], -1, name="rest"))
tf.meshgrid([1, 2, 3], [4, 5]), tf.meshgrid(x[0], x[:, 0], indexing="ij")
tf.meshgrid(x[0])

# rearranging
keep(
    tf.transpose(x),
    tf.transpose(image, [0, 3, 1, 2]),
    tf.transpose(u),
    tf.transpose(a),
    tf.transpose(x, name="turned"),
    tf.matrix_transpose(x),
    tf.matrix_transpose(u),
    tf.matrix_transpose(image),
    tf.transpose(x[0, 0]),
)
tf.transpose(tf.complex(a, a), conjugate=True)
keep(tf.reverse(x, [0]), tf.reverse(x, axis=[-1]), tf.reverse_v2(x, [0, 1]))
keep(
    tf.reverse_sequence(x, [1, 2], seq_axis=1),
    tf.reverse_sequence(x, [1, 2, 1], 0, batch_axis=1),
    tf.reverse_sequence(x, [1, 2], seq_dim=1, batch_dim=0),
)
keep(tf.roll(x, 1, 0), tf.roll(x, [1, -1], [0, 1]))
keep(tf.tile(x, [2, 1]), tf.tile(x, tf.stack([n, 2])), tf.tile(a, [1, 3], name="tiled"))
keep(tf.broadcast_to(a, [4, 2, 3]), tf.broadcast_to(x, tf.stack([n, 3])))
tf.broadcast_dynamic_shape(tf.shape(x), [1])
keep(
    tf.pad(x, [[1, 1], [2, 0]]),
    tf.pad(x, [[1, 0], [0, 0]], constant_values=1.0),
    tf.pad(x, [[0, 0], [1, 1]], "REFLECT"),
    tf.pad(x, [[0, 0], [1, 1]], mode="symmetric"),
    tf.pad(x, tf.stack([[n, 0], [1, 1]])),
)
tf.invert_permutation([2, 0, 1])
keep(
    tf.space_to_batch(image, [[0, 0], [0, 0]], 2),
    tf.space_to_batch_nd(image, [2], [[0, 0]]),
    tf.batch_to_space(
        tf.space_to_batch(image, [[0, 0], [0, 0]], block_size=2), [[0, 0], [0, 0]], block_size=2
    ),
    tf.batch_to_space_nd(image, [2], [[0, 1]]),
    tf.space_to_depth(image, 2),
    tf.depth_to_space(image, 2, name="deep"),
    tf.depth_to_space(image, 2, data_format="NCHW"),
)
tf.required_space_to_batch_paddings([5, 7], [2, 3])
tf.required_space_to_batch_paddings(tf.stack([n, 7]), [2, 3], base_paddings=[[1, 1], [0, 0]])
tf.extract_image_patches(image, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")

# choosing
keep(
    tf.boolean_mask(x, [True, False]),
    tf.boolean_mask(x, [True, False, True], axis=1),
    tf.boolean_mask(a, a > 1),
    tf.boolean_mask(x, x[:, 0] > 0, name="chosen"),
)
tf.where(x > 0), tf.where([True, False]), tf.where([1.0, 0.0])
keep(tf.where(x > 0, x, -x), tf.where(x[:, 0] > 0, x, x * 2, name="rows"))
keep(tf.where_v2(x > 0, x, 1.0), tf.where_v2([True, False, True], x, a[:1]))
tf.unique([1, 2, 1]), tf.unique_with_counts([1, 2, 1], tf.int64), tf.setdiff1d([1, 2], [2])
tf.one_hot([0, 2], 3), tf.one_hot([0], n, on_value=5.0), tf.one_hot([0], 3, dtype=tf.int32)
tf.one_hot([0], 3, True, False), tf.one_hot([[1]], 3, axis=1, name="hot"), tf.one_hot(n, 3, 2, 0, 0)
tf.one_hot([0], 3, off_value=1), tf.one_hot([0], 3, 1.0, 0.0, dtype=tf.float32)
tf.sequence_mask([1, 2]), tf.sequence_mask([1, 2], 5), tf.sequence_mask(n, 4, tf.float32)
tf.sequence_mask([[1], [2]], maxlen=n, dtype=tf.int64, name="mask")
tf.searchsorted([[1, 2, 3]], [[2, 4]]), tf.searchsorted([1.0, 2], [1.5], side="right")
keep(tf.repeat(x, 2, axis=0), tf.repeat(x, [1, 2, 1], axis=1), tf.repeat(x, 3))
parts = tf.dynamic_partition(x, [0, 1, 0], 2)
keep(*parts)
keep(tf.dynamic_stitch([[0, 2], [1]], parts), tf.dynamic_stitch([n, [1]], [x[0], x[:1]]))

# matrices
square = tf.placeholder(tf.float32, [2, 3, 3], name="square")
keep(
    tf.diag(x[0]),
    tf.diag_part(tf.matmul(x, x, transpose_a=True)),
    tf.matrix_diag(x),
    tf.matrix_diag_part(square),
    tf.matrix_diag_part(x),
    tf.matrix_band_part(square, -1, 0),
    tf.matrix_set_diag(square, a),
    tf.matrix_set_diag(x, x[0]),
    tf.matrix_band_part(x, n, n),
)

for result in results:
    tf.gradients(result, [x, a, u, image, square], name="one")
