"""How often a loop runs at most, as far as that can be known."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.builder import g
from perdure.runtime.planning.lifting.lift import lift
from perdure.runtime.planning.prune import needed_operations
from perdure.runtime.xla.trip_counts import most_iterations
from tests.runtime.control_nodes import beside, loop


def most(goes_on, step=1, start=0, known=None):
    """The bound of a loop that goes on while `goes_on` of its counter and `limit` holds."""
    limit = tf.placeholder(tf.int32, [], "limit")
    left = loop(goes_on, lambda i, n: [i + beside(i, step)], [tf.constant(start)], [limit])
    lifted = lift(needed_operations((), left, {limit}), left, (), {limit})
    (made,) = [op for op in lifted.operations if op.type == "While"]
    return most_iterations(made, lambda tensor: known if tensor is limit else None)


@pytest.mark.parametrize(
    ("goes_on", "bound"),
    [
        (lambda i, n: g.less(i, beside(i, 7)), 7),
        (lambda i, n: g.less_equal(i, beside(i, 7)), 8),
        (lambda i, n: g.less(g.identity(i), beside(i, 7)), 7),
        (lambda i, n: g.logical_and(g.less(i, beside(i, 7)), g.less(i, n)), 7),
        (lambda i, n: g.less(i, n), None),
        (lambda i, n: g.greater(n, i), None),
        (lambda i, n: g.logical_or(g.less(i, beside(i, 7)), g.less(i, n)), None),
    ],
)
def test_what_the_condition_says(goes_on, bound):
    """The least of what must hold."""
    assert most(goes_on) == bound


@pytest.mark.parametrize(
    ("step", "start", "bound"), [(2, 0, 4), (3, 1, 2), (1, 9, 0), (-1, 0, None), (0, 0, None)]
)
def test_counters(step, start, bound):
    """Whatever they add, and wherever they begin."""
    assert most(lambda i, n: g.less(i, beside(i, 7)), step, start) == bound


def test_a_limit_that_is_known():
    """When the program is compiled, that is; not what is traced."""
    assert most(lambda i, n: g.less(i, n), known=np.int32(5)) == 5
    assert most(lambda i, n: g.less(i, n), known=object()) is None


@pytest.mark.parametrize(
    ("goes_on", "step", "bound"),
    [
        (lambda i, n: g.greater_equal(i, beside(i, 1)), 1, 5),
        (lambda i, n: g.greater(i, beside(i, 1)), 1, 4),
        (lambda i, n: g.greater(i, beside(i, 0)), 2, 3),
        (lambda i, n: g.greater(i, beside(i, 9)), 1, 0),
        (lambda i, n: g.greater(i, n), 1, None),
        (lambda i, n: g.greater(i, beside(i, 1)), -1, None),
    ],
)
def test_counting_down(goes_on, step, bound):
    """From what is known to be the most, which another loop may have counted."""
    limit = tf.placeholder(tf.int32, [], "limit")
    # A loop that runs for five times at most.
    up = loop(
        lambda i, n: g.logical_and(g.less(i, beside(i, 5)), g.less(i, n)),
        lambda i, n: [i + beside(i, 1)],
        [tf.constant(0)],
        [limit],
        "up",
    )
    down = loop(goes_on, lambda i, n: [g.sub(i, beside(i, step))], [up[0]], [limit], "down")
    lifted = lift(needed_operations((), down, {limit}), down, (), {limit})
    made = [op for op in lifted.operations if op.type == "While"]
    (last,) = [op for op in made if op.attrs["body"].name.startswith("down")]
    assert most_iterations(last, lambda tensor: None) == bound
