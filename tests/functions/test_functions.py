"""Functions of the library that are made of Python functions (nodes: tests/oracle/programs/functions.py)."""

import numpy as np
import pytest

from perdure import tf
from perdure.functions.polymorphic import defun
from perdure.runtime import options


@pytest.fixture(autouse=True)
def graph():
    """Each test has a graph of its own."""
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture(params=["interpret", "compile"])
def session(request, graph):
    """A session of either tier."""
    with options.options(tier=request.param), tf.Session() as session:
        yield session


def test_captured_tensors_variables_and_effects(session):
    """Effects happen in the order of the program, whether their values are asked for or not."""
    c, v = tf.constant([1.0, 2.0]), tf.get_variable("v", initializer=3.0, use_resource=True)

    @defun
    def f(x):
        v.assign_add(1.0)
        y = v + x
        v.assign_add(10.0)
        return {"y": y * c, "none": None}

    result = f(c)
    assert result["none"] is None
    (slope,) = tf.gradients(result["y"], v)
    session.run(tf.global_variables_initializer())
    y, gradient = session.run([result["y"], slope])
    np.testing.assert_allclose(y, [5.0, 12.0])
    assert gradient == 3.0
    assert session.run(v) == 14.0
