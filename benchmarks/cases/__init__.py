"""The cases: small TensorFlow 1 programs.

A case is a function that builds its program and returns what is measured: for steady state a function of
no arguments that runs one step and returns numbers; for what happens once a function that does it.
Numbers are compared between the peers, so data and initial values come from NumPy.
Python 3.7 runs these files.
"""

import numpy as np

from benchmarks.adapter import tf


def initialised_session():
    """A session whose trainable variables have the same values under every peer."""
    session = tf.Session()
    random = np.random.RandomState(1)
    values = {}
    for variable in tf.trainable_variables():
        values[variable.initial_value] = initial_value(variable, random)
    session.run(tf.global_variables_initializer(), feed_dict=values)
    return session


def initial_value(variable, random):
    """Ones for scales, zeros for biases, and for weights what keeps the size of activations."""
    shape = variable.shape.as_list()
    if len(shape) < 2:
        return np.full(shape, 1.0 if "gamma" in variable.name else 0.0, np.float32)
    return (random.randn(*shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)


def dense(x, units, name, activation=None):
    """A layer written out, as `tf.layers` is not in TensorFlow 2."""
    with tf.variable_scope(name):
        weights = tf.get_variable("weights", [x.shape.as_list()[-1], units])
        bias = tf.get_variable("bias", [units], initializer=tf.zeros_initializer())
        product = tf.nn.bias_add(tf.matmul(x, weights), bias)
    return product if activation is None else activation(product)


def classes(random, count, number):
    """Random labels."""
    return random.randint(0, number, size=count).astype(np.int32)
