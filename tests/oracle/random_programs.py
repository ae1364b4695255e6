"""Small programs whose random numbers TensorFlow 1.15.5 and perdure must draw alike.

Each takes `tf` and returns the tensor to run; the graph's seed is SEED.  Python 3.7 language only.
"""

SEED = 20191015


def _ahead(tf):
    # Nodes before an op change its seed.
    tf.constant(1.0)
    tf.constant(2.0)


def _after_others(tf):
    _ahead(tf)
    return tf.random_normal([257], stddev=0.3)


PROGRAMS = {
    "random_uniform": lambda tf: tf.random_uniform([2, 3, 5]),
    "random_uniform-range": lambda tf: tf.random_uniform([1000], -0.7, 0.3),
    "random_uniform-int": lambda tf: tf.random_uniform([100], 5, 17, tf.int32),
    "random_uniform-int64": lambda tf: tf.random_uniform([100], maxval=10**12, dtype=tf.int64),
    "random_uniform-seed": lambda tf: tf.random_uniform([10], seed=3),
    "random_uniform-half": lambda tf: tf.random_uniform([100], -2, 3, tf.float16),
    "random_normal": lambda tf: tf.random_normal([100, 7], mean=2.0, stddev=0.5),
    "random_normal-double": lambda tf: tf.random_normal([1001], 2.0, 0.5, tf.float64),
    "random_normal-after-others": _after_others,
    "truncated_normal": lambda tf: tf.truncated_normal([5, 5, 3, 32], stddev=0.1),
    "random_shuffle": lambda tf: tf.random_shuffle(list(range(100))),
    "random_shuffle-seed": lambda tf: tf.random_shuffle([[1, 2], [3, 4], [5, 6]], seed=9),
    "multinomial": lambda tf: tf.multinomial([[1.0, 2.0, 0.5], [0.0, 3.0, -1.0]], 20),
    "categorical": lambda tf: tf.random.categorical([[1.0, 2.0, 0.5]], 20, dtype=tf.int32),
    "random_gamma": lambda tf: tf.random_gamma([20], [[0.5], [2.0]]),
    "random_poisson": lambda tf: tf.random_poisson([0.5, 20.0], [20]),
    "stateless_uniform": lambda tf: tf.random.stateless_uniform([50], [3, 4], -1.0, 1.0),
    "stateless_uniform-int": lambda tf: tf.random.stateless_uniform([50], [3, 4], 0, 100, tf.int64),
    "stateless_normal": lambda tf: tf.random.stateless_normal([50], [3, 4], 1.0, 2.0),
    "stateless_truncated_normal": lambda tf: tf.random.stateless_truncated_normal([50], [3, 4]),
    "stateless_categorical": lambda tf: tf.random.stateless_categorical([[1.0, 2.0]], 9, [3, 4]),
    "stateless_multinomial": lambda tf: tf.random.stateless_multinomial([[1.0, 2.0]], 9, [3, 4]),
    "zeros": lambda tf: tf.zeros_initializer()([3, 4]),
    "ones": lambda tf: tf.ones_initializer(tf.int32)([3, 4]),
    "constant": lambda tf: tf.constant_initializer([1, 2, 3])([2, 3]),
    "constant-fill": lambda tf: tf.constant_initializer([1, 2, 3])([3, 3]),
    "random_uniform_initializer": lambda tf: tf.random_uniform_initializer(-0.1, 0.1)([30, 7]),
    "random_normal_initializer": lambda tf: tf.random_normal_initializer(stddev=0.02)([30, 7]),
    "truncated_normal_initializer": lambda tf: tf.truncated_normal_initializer(stddev=0.02, seed=4)([30, 7]),
    "uniform_unit_scaling": lambda tf: tf.uniform_unit_scaling_initializer(1.43)([5, 5, 3, 8]),
    "variance_scaling": lambda tf: tf.variance_scaling_initializer()([30, 7]),
    "variance_scaling-uniform": lambda tf: tf.variance_scaling_initializer(
        2.0, "fan_avg", "uniform", dtype=tf.float64
    )([3, 3, 8, 16]),
    "variance_scaling-untruncated": lambda tf: tf.variance_scaling_initializer(
        2.0, "fan_out", "untruncated_normal"
    )([3, 3, 8, 16]),
    "variance_scaling-vector": lambda tf: tf.variance_scaling_initializer()([7]),
    "variance_scaling-scalar": lambda tf: tf.variance_scaling_initializer()([]),
    "glorot_uniform": lambda tf: tf.glorot_uniform_initializer()([784, 100]),
    "glorot_normal": lambda tf: tf.glorot_normal_initializer(seed=1)([784, 100]),
    "he_normal": lambda tf: tf.initializers.he_normal()([3, 3, 16, 32]),
    "he_uniform": lambda tf: tf.initializers.he_uniform()([3, 3, 16, 32]),
    "lecun_normal": lambda tf: tf.initializers.lecun_normal()([100, 20]),
    "lecun_uniform": lambda tf: tf.initializers.lecun_uniform()([100, 20]),
}
# These call linear algebra, whose last bits are LAPACK's and not to be repeated, and Assert.
CLOSE_PROGRAMS = {
    "orthogonal": lambda tf: tf.orthogonal_initializer(gain=1.5)([20, 7]),
    "orthogonal-wide": lambda tf: tf.orthogonal_initializer()([2, 3, 20]),
    "identity": lambda tf: tf.initializers.identity(2.0)([3, 4]),
}
