"""Fetch structures: everything `Session.run` takes apart and puts together again."""

import collections
from types import SimpleNamespace

import numpy as np
import pytest

from perdure.graph.builder import g
from perdure.graph.composite import (
    IndexedSlices,
    IndexedSlicesValue,
    SparseTensor,
    SparseTensorValue,
)
from perdure.graph.constants import constant
from perdure.graph.errors import InaccessibleTensorError
from perdure.graph.graph import Graph
from perdure.session import Session
from perdure.session.expansions import register_session_run_conversion_functions
from perdure.session.fetches import map_fetches, structure_key

Point = collections.namedtuple("Point", "x y")


@pytest.fixture(autouse=True)
def session():
    with Graph().as_default(), Session() as session:
        yield session


def test_structures_are_kept(session):
    """Lists, tuples, named tuples and dictionaries, nested; operations give None."""
    a, b = constant(1, name="a"), constant(2)
    assert session.run([a, (b, a)]) == [1, (2, 1)]
    assert session.run(Point(a, [b])) == Point(1, [2])
    ordered = session.run(collections.OrderedDict([("z", a), ("y", b)]))
    assert list(ordered.items()) == [("z", 1), ("y", 2)]
    assert session.run({"a": a, "n": None or a.op, "names": ["a:0", "a"]}) == {
        "a": 1,
        "n": None,
        "names": [1, None],
    }
    assert session.run([]) == [] and session.run(()) == () and session.run({}) == {}


def test_a_tensor_fetched_twice_is_computed_once():
    """Duplicates share one slot."""
    a = constant(1)
    mapping = map_fetches([a, (a, a.op)], a.graph)
    assert mapping.tensors == (a,) and mapping.targets == (a.op,)


def test_composite_values(session):
    """Sparse values come back as named tuples of arrays."""
    slices = IndexedSlices(constant([[1.0]]), constant([3]), constant([5, 1]))
    value = session.run(slices)
    assert isinstance(value, IndexedSlicesValue)
    assert (value.values.tolist(), value.indices.tolist(), value.dense_shape.tolist()) == (
        [[1.0]],
        [3],
        [5, 1],
    )
    assert session.run(IndexedSlices(slices.values, slices.indices)).dense_shape is None
    sparse = SparseTensor([[0, 1]], [2.0], [2, 2])
    value = session.run(sparse)
    assert isinstance(value, SparseTensorValue) and value.indices.tolist() == [[0, 1]]
    assert sparse.eval(session=session).values.tolist() == [2.0]


def test_what_cannot_be_fetched(session):
    """None, other objects, unknown names, tensors of other graphs and unfetchable operations."""
    constant(0)
    with pytest.raises(TypeError, match="Fetch argument None has invalid type"):
        session.run(None)
    with pytest.raises(TypeError, match="must be a string or Tensor"):
        session.run([1])
    with pytest.raises(ValueError, match="cannot be interpreted as a Tensor"):
        session.run("nothing:0")
    with Graph().as_default():
        other = constant(1)
    with pytest.raises(ValueError, match="is not an element of this graph"):
        session.run(other)
    c = constant(1)
    c.graph.prevent_fetching(c.op)
    with pytest.raises(InaccessibleTensorError, match="marked as not fetchable"):
        session.run(c)


def test_registered_expansion(session):
    """A class of the program's own can be fetched once it says what it consists of."""

    class Pair:
        def __init__(self, left, right):
            self.left, self.right = left, right

    register_session_run_conversion_functions(
        Pair, lambda p: ([p.left, p.right], lambda values: Pair(*values))
    )
    pair = session.run([Pair(constant(1), constant(2))])[0]
    assert (pair.left, pair.right) == (1, 2)


def test_unhashable_fetches_work_without_a_cache(session):
    """An object that stands for a tensor need not be hashable."""

    class Stand:
        __hash__ = None

        def __init__(self, tensor):
            self.tensor = tensor

        def _as_graph_element(self):
            return self.tensor

    assert session.run([Stand(constant(4))]) == [4]


def test_keys_tell_structures_apart():
    """A list is not a tuple, and dictionaries differ by their keys."""
    a = constant(1)
    keys = [structure_key(s) for s in (a, [a], (a,), {"x": a}, {"y": a}, Point(a, a), [a, a])]
    assert len(set(keys)) == len(keys)


def test_keys_of_classes():
    """Attrs classes are told apart by their class and fields; a subclass of list gives a list."""
    a, b = constant(1), constant(2)

    class Attrs:  # as `attr.s` leaves a class; what is compared by its fields cannot be hashed
        __attrs_attrs__ = (SimpleNamespace(name="value"),)
        __hash__ = None

        def __init__(self, value):
            self.value = value

    class Lists(list):
        pass

    assert structure_key(Attrs(a)) == structure_key(Attrs(a)) != structure_key(Attrs(b))
    assert structure_key(Lists([a])) == structure_key([a])


def test_results_are_of_the_right_type(session):
    """Empty and zero-dimensional results."""
    assert session.run(g.zeros_like(np.zeros((0, 3), np.int64))).shape == (0, 3)
    assert type(session.run(constant(1, "int64"))) is np.int64
