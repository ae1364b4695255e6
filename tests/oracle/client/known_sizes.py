"""What is known of the shape that an integer vector describes: `constant_value_as_shape`."""

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def shapes_of_vectors(tf):
    known = internal("framework.tensor_util").constant_value_as_shape
    x = tf.placeholder(tf.float32, [None, 4, 6])
    y = tf.placeholder(tf.float32)
    z = tf.placeholder(tf.float32, [2, 3])
    shape = tf.shape(x)
    vectors = [
        shape,
        tf.shape(y),
        shape[1:],
        shape[:2],
        shape[::-1],
        shape[-1:],
        tf.shape(y)[1:],
        tf.strided_slice(shape, [0], [2], [1]),
        tf.stack([2, shape[0], shape[1]]),
        tf.stack([tf.constant(-1), 3]),
        tf.concat([shape, [3, -1]], 0),
        tf.concat([tf.shape(y), [1]], 0),
        tf.concat([[2], shape[0:0]], 0),
        tf.shape(z) + 1,
        tf.identity(tf.shape(z)),
        tf.cast(tf.shape(z), tf.int64),
        tf.cast(shape, tf.int64),
        tf.constant([2, -1]),
        tf.constant([], tf.int32),
        tf.fill([2], 3),
        tf.range(3),
        tf.placeholder(tf.int32, [2]),
        tf.placeholder(tf.int32, [None]),
        tf.placeholder(tf.int32),
        tf.constant(-1),
    ]
    refused = [tf.constant(3), tf.placeholder(tf.int32, []), tf.constant([[1]])]
    return [str(known(vector)) for vector in vectors] + [attempt(lambda: known(v)) for v in refused]  # noqa: B023
