"""Arguments that do not fit: errors of TensorFlow's classes, in words, while building or in the step."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []

HUGE = 2**70
LARGE = 2**40


def program(function):
    PROGRAMS.append(function)
    return function


def unknown(tf, value):
    """`value` as a tensor of which nothing is known while the graph is built."""
    return tf.placeholder_with_default(value, None)


def each(tf, *tries):
    """What each function makes, as the shape it has and its value; or the error."""

    def result(function):
        made = function()
        tensors = made if isinstance(made, (list, tuple)) else [made]
        shapes = [str(tensor.shape) for tensor in tensors if isinstance(tensor, tf.Tensor)]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            return [shapes, session.run(made)]

    return [attempt(lambda t=t: result(t)) for t in tries]


@program
def blocks(tf):
    x, four = tf.zeros([1, 2, 2, 1]), tf.zeros([4, 1, 1, 1])
    none = [[0, 0], [0, 0]]
    return each(
        tf,
        lambda: tf.space_to_batch(x, none, block_size=0),
        lambda: tf.space_to_batch(x, none, block_size=-1),
        lambda: tf.space_to_batch(x, none, block_size=LARGE),
        lambda: tf.space_to_batch(x, [0, 0], block_size=2),
        lambda: tf.space_to_batch(x, np.zeros([2, 3], np.int32), block_size=2),
        lambda: tf.space_to_batch(x, unknown(tf, np.int32([0, 0])), block_size=2),
        lambda: tf.space_to_batch(x, unknown(tf, np.int32(none)), block_size=2),
        lambda: tf.space_to_batch_nd(x, [-1, 2], none),
        lambda: tf.space_to_batch_nd(x, [0, 2], none),
        lambda: tf.space_to_batch_nd(x, 2, none),
        lambda: tf.space_to_batch_nd(x, [2], none),
        lambda: tf.space_to_batch_nd(x, [], none),
        lambda: tf.space_to_batch_nd(x, unknown(tf, np.int32([2, 2])), none),
        lambda: tf.space_to_batch_nd(x, tf.placeholder_with_default([2, 2], [2]), none),
        lambda: tf.batch_to_space(four, none, block_size=0),
        lambda: tf.batch_to_space(four, none, block_size=-2),
        lambda: tf.batch_to_space(four, 1, block_size=2),
        lambda: tf.batch_to_space(four, [[0, 0]], block_size=2),
        lambda: tf.batch_to_space_nd(four, [[2, 2]], none),
        lambda: tf.batch_to_space_nd(four, [0, 0], none),
        lambda: tf.space_to_depth(x, 0),
        lambda: tf.space_to_depth(x, 1),
        lambda: tf.space_to_depth(x, -1),
        lambda: tf.space_to_depth(unknown(tf, np.float32([1, 2])), 2),
        lambda: tf.depth_to_space(x, 1),
        lambda: tf.depth_to_space(x, 0),
        lambda: tf.depth_to_space(unknown(tf, np.float32([1, 2])), 2),
    )


@program
def axes(tf):
    x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    both = unknown(tf, np.int32([0, 1]))
    return each(
        tf,
        lambda: tf.concat([x, x], [0]),
        lambda: tf.concat([x, x], [0, 1]),
        lambda: tf.concat([x, x], both),
        lambda: tf.concat([x, x], 2),
        lambda: tf.gather(x, [0], axis=[0]),
        lambda: tf.gather(x, [0], axis=[0, 1]),
        lambda: tf.gather(x, [0], axis=5),
        lambda: tf.expand_dims(x, [0]),
        lambda: tf.expand_dims(x, [0, 1]),
        lambda: tf.expand_dims(x, []),
        lambda: tf.expand_dims(x, 7),
        lambda: tf.cumsum(x, [0]),
        lambda: tf.cumsum(x, [0, 1]),
        lambda: tf.cumsum(x, both),
        lambda: tf.cumprod(x, []),
        lambda: tf.argmax(x, both),
        lambda: tf.argmax(x, unknown(tf, np.int32(1))),
        lambda: tf.argmax(x, 9),
        lambda: tf.reverse(x, 0),
        lambda: tf.reverse(x, [0, 0]),
        lambda: tf.nn.softmax(x, axis=9),
        lambda: tf.reduce_sum(x, [0, 5]),
        lambda: tf.reduce_sum(x, unknown(tf, np.int32([1]))),
        lambda: tf.transpose(x, 1),
        lambda: tf.invert_permutation(1),
        lambda: tf.invert_permutation([0, 5]),
    )


@program
def sizes(tf):
    x = tf.constant([1.0, 2.0, 3.0, 4.0])
    vector, scalar = unknown(tf, np.int32([2, 2])), unknown(tf, np.int32(4))
    return each(
        tf,
        lambda: tf.fill(3, 1.0),
        lambda: tf.fill([[1]], 1.0),
        lambda: tf.fill([-1], 1.0),
        lambda: tf.fill([2], [1.0]),
        lambda: tf.fill([2], unknown(tf, np.float32([1.0, 2.0]))),
        lambda: tf.fill(scalar, 1.0),
        lambda: tf.fill(vector, 1.0),
        lambda: tf.broadcast_to(x, 4),
        lambda: tf.broadcast_to(x, -1),
        lambda: tf.broadcast_to(x, [[4]]),
        lambda: tf.reshape(x, 4),
        lambda: tf.reshape(x, -1),
        lambda: tf.reshape(x, vector),
        lambda: tf.reshape(x, tf.placeholder_with_default([2, 2], [2])),
        lambda: tf.reshape(x, [[2, 2]]),
        lambda: tf.tile(x, 2),
        lambda: tf.tile(x, [[2]]),
        lambda: tf.tile(x, [1, 2]),
        lambda: tf.pad(x, [1, 2]),
        lambda: tf.pad(x, [[1, 2, 3]]),
        lambda: tf.pad(x, [[0, 1]], constant_values=[1.0]),
        lambda: tf.pad(x, [[0, 1]], constant_values=[]),
        lambda: tf.pad(x, [[0, 1]], constant_values=unknown(tf, np.float32([1.0, 2.0]))),
        lambda: tf.range([1, 2]),
        lambda: tf.range(0, [3]),
        lambda: tf.lin_space(0.0, 1.0, [3]),
        lambda: tf.slice(x, 0, 2),
        lambda: tf.slice(x, [0], 2),
        lambda: tf.strided_slice(x, 0, 2),
        lambda: tf.broadcast_dynamic_shape(1, [2]),
        lambda: tf.scatter_nd([[0]], [1.0], 4),
        lambda: tf.zeros([2, -1]),
        lambda: tf.random_normal(tf.constant(3)),
        lambda: tf.placeholder_with_default(x, [2]),
    )


@program
def counts(tf):
    x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    return each(
        tf,
        lambda: tf.nn.top_k(x, [1]),
        lambda: tf.nn.top_k(x, -1),
        lambda: tf.nn.top_k(x, 9),
        lambda: tf.one_hot([1], [3]),
        lambda: tf.one_hot([1], [3, 4]),
        lambda: tf.one_hot([1], -1),
        lambda: tf.one_hot([1], 3, on_value=[1.0, 2.0, 3.0]),
        lambda: tf.one_hot([1], 3, off_value=unknown(tf, np.float32([1.0]))),
        lambda: tf.unsorted_segment_sum(x, [0, 1], [2]),
        lambda: tf.unsorted_segment_sum(x, [0, 1], -1),
        lambda: tf.bincount([1, 1], minlength=[2]),
        lambda: tf.histogram_fixed_width([1.0], [0.0, 5.0], nbins=[1, 2]),
        lambda: tf.histogram_fixed_width([1.0], [0.0, 5.0], nbins=0),
        lambda: tf.histogram_fixed_width([1.0], [0.0], nbins=3),
        lambda: tf.histogram_fixed_width_bins([1.0], [0.0, 5.0], nbins=3, dtype="nothing"),
        lambda: tf.multinomial(x, [1]),
        lambda: tf.dynamic_partition(x, [0, 1], LARGE),
        lambda: tf.dynamic_partition(x, [0, 1], HUGE),
        lambda: tf.dynamic_partition(x, [0, 1], 0),
        lambda: tf.split(x, 0),
        lambda: tf.split(x, 4),
        lambda: tf.unstack(x, 5),
        lambda: tf.eye(-1),
    )


@program
def shifts(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    return each(
        tf,
        lambda: tf.manip.roll(x, [[1, 2]], [0]),
        lambda: tf.manip.roll(x, [1, 2], [0]),
        lambda: tf.manip.roll(x, [1], [[0]]),
        lambda: tf.manip.roll(x, 1, 5),
        lambda: tf.manip.roll(1.0, 1, 0),
        lambda: tf.manip.roll(x, unknown(tf, np.int32([1])), unknown(tf, np.int32([0, 1]))),
        lambda: tf.manip.roll(x, 1.5, 0),
    )


@program
def windows(tf):
    x, filters = tf.ones([1, 4, 4, 2]), tf.ones([2, 2, 2, 3])
    volume = tf.ones([1, 4, 4, 4, 1])
    return each(
        tf,
        lambda: tf.nn.conv2d(x, filters, [1, LARGE, 1, 1], "SAME"),
        lambda: tf.nn.conv2d(x, filters, [1, 0, 1, 1], "SAME"),
        lambda: tf.nn.conv2d(x, filters, [1, 1, 1, 1], "SAME", dilations=[1, LARGE, 1, 1]),
        lambda: tf.nn.conv2d(x, filters, [1, HUGE, 1, 1], "SAME"),
        lambda: tf.nn.conv2d_transpose(tf.ones([1, 2, 2, 3]), 1.0, [1, 4, 4, 2], [1, 2, 2, 1]),
        lambda: tf.nn.conv3d(volume, tf.ones([2, 2, 2, 1, 2]), None, "SAME"),
        lambda: tf.nn.conv3d(volume, tf.ones([2, 2, 2, 1, 2]), 1, "SAME"),
        lambda: tf.nn.avg_pool(x, [1, 2, 2, 1], [1, LARGE, 1, 1], "SAME"),
        lambda: tf.nn.max_pool_with_argmax(x, None, [1, 1, 1, 1], "SAME"),
        lambda: tf.nn.max_pool_with_argmax(x, 2, [1, 1, 1, 1], "SAME"),
        lambda: tf.nn.atrous_conv2d(x, filters, LARGE, "SAME"),
        lambda: tf.nn.atrous_conv2d(x, filters, 0, "SAME"),
        lambda: tf.extract_image_patches(x, [[1, 2], 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME"),
        lambda: tf.extract_image_patches(x, [1, 2], [1, 1, 1, 1], [1, 1, 1, 1], "SAME"),
        lambda: tf.extract_image_patches(
            unknown(tf, np.float32([1, 2])), [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME"
        ),
    )


@program
def constants(tf):
    return each(
        tf,
        lambda: tf.constant([[1, 2], [3]]),
        lambda: tf.constant([1, [2]]),
        lambda: tf.constant(1, shape=[-1]),
        lambda: tf.constant(HUGE, tf.int32),
        lambda: tf.constant([HUGE], tf.int64),
        lambda: tf.constant(HUGE),
        lambda: tf.constant([np.ones(2), np.ones(3)]),
        lambda: tf.constant(np.array([[1, 2], [3]], dtype=object)),
        lambda: tf.convert_to_tensor([1, None]),
        lambda: tf.stack([np.ones(2), np.ones(3)]),
        lambda: tf.stack([]),
        lambda: tf.zeros([HUGE]),
    )


@program
def attributes(tf):
    x = tf.constant([1.0])
    return each(
        tf,
        lambda: tf.Print(x, [x], first_n=HUGE),
        lambda: tf.Print(x, [x], summarize=[1]),
        lambda: tf.FIFOQueue(HUGE, tf.float32).size(),
        lambda: tf.FIFOQueue(2, tf.float32, shapes=[[HUGE]]).size(),
        lambda: tf.placeholder(tf.float32, [HUGE]),
        lambda: tf.nn.embedding_lookup_sparse(
            x, tf.SparseTensor([[0, 0]], np.int64([0]), [1, 1]), None, combiner=["mean"]
        ),
        lambda: tf.norm(x, ord=[]),
        lambda: tf.norm(x, ord=-1),
        lambda: tf.nn.dropout(x, 0.5, seed=tf.constant(1)),
    )


@program
def layers(tf):
    x, sequence = np.ones((1, 4, 4, 2), np.float32), np.ones((1, 4, 2), np.float32)
    return each(
        tf,
        lambda: tf.layers.average_pooling1d(sequence, 2, None),
        lambda: tf.layers.average_pooling2d(x, 2, None),
        lambda: tf.layers.max_pooling2d(x, 2, None),
        lambda: tf.layers.max_pooling2d(x, None, 2),
        lambda: tf.layers.max_pooling2d(x, 2, HUGE),
        lambda: tf.layers.dense(x, 2, activation=3),
        lambda: tf.layers.dense(x, 2, activation=[]),
        lambda: tf.shape(tf.layers.conv2d(x, 0, 2)),
        lambda: tf.shape(tf.layers.dropout(x, training=None)),
        lambda: tf.shape(tf.layers.batch_normalization(x, training=None)),
        lambda: tf.layers.conv2d(x, 2, [1, 2, 3]),
        lambda: tf.layers.conv2d(x, 2, 2, padding="nothing"),
        lambda: tf.layers.conv2d(x[0], 2, 2),
    )


@program
def without_filters(tf):
    """What has no elements still has shapes, and gradients."""
    x = tf.placeholder(tf.float32, [None, 4, 4, 2])
    y = tf.layers.conv2d(x, 0, 2)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(y, {x: np.ones((3, 4, 4, 2))}).shape
