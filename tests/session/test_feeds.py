"""Feeds: what may be fed for what."""

import numpy as np
import pytest

from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices, IndexedSlicesValue, SparseTensor, SparseTensorValue
from perdure.graph.constants import constant
from perdure.graph.errors import InternalError
from perdure.graph.graph import Graph
from perdure.session import Session
from perdure.session.expansions import register_session_run_conversion_functions


@pytest.fixture(autouse=True)
def session():
    with Graph().as_default(), Session() as session:
        yield session


def placeholder(dtype="float32", shape=None, name="x"):
    return g.placeholder(dtype=dtype, shape=shape, name=name)


@pytest.mark.parametrize(
    ("dtype", "value", "expected"),
    [
        ("float32", 1, np.float32(1)),
        ("float32", [1, 2.5], np.float32([1, 2.5])),
        ("int32", True, np.int32(1)),
        ("int64", np.arange(3, dtype=np.int16), np.arange(3)),
    ],
)
def test_values_are_converted(session, dtype, value, expected):
    """Python numbers, lists and arrays of other types become the placeholder's type."""
    x = placeholder(dtype)
    result = session.run(x, {x: value})
    assert np.array_equal(result, expected) and result.dtype == expected.dtype


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", b"a"),
        (["a", b"b"], np.array([b"a", b"b"], object)),
        (np.array(["a", b"b"], object), np.array([b"a", b"b"], object)),
        ([["a"], ["ü"]], np.array([[b"a"], ["ü".encode()]], object)),
    ],
)
def test_strings_are_encoded(session, value, expected):
    """Operations get bytes; a fetch of what is fed gets it as it was (tests/oracle/client/echoes.py)."""
    x = placeholder("string")
    result, echo = session.run([g.identity(x), x], {x: value})
    assert np.array_equal(result, expected)
    assert all(type(item) is bytes for item in np.asarray(result, object).flat)
    assert np.array_equal(echo, np.array(value, object))


def test_fed_strings_are_the_users_own(session):
    """What comes back is a copy: changing it changes nothing else."""
    x = placeholder("string")
    value = np.array(["a"], object)
    handle = session.partial_run_setup([g.identity(x)], [x])
    for echo in (session.run(x, {x: value}), session.partial_run(handle, x, {x: value})):
        echo[0] = "changed"
    assert value.tolist() == ["a"] and value.flags.writeable


def test_keys_may_be_names(session):
    """A tensor's name stands for it."""
    x = placeholder()
    assert session.run(x + 1, {"x:0": 1}) == 2.0


def test_composite_feeds(session):
    """Sparse and indexed values are fed as their named tuples, or plain tuples; tuples of keys too."""
    sparse = SparseTensor(
        placeholder("int64", [None, 2], "i"),
        placeholder(shape=[None], name="v"),
        placeholder("int64", [2], "s"),
    )
    fed = SparseTensorValue([[0, 1]], [2.0], [2, 2])
    assert session.run(sparse.values, {sparse: fed}).tolist() == [2.0]
    assert session.run(sparse, {sparse: tuple(fed)}).indices.tolist() == [[0, 1]]
    slices = IndexedSlices(placeholder(name="a"), placeholder("int32", name="b"))
    assert session.run(slices, {slices: ([1.0], [3])}).indices.tolist() == [3]
    value = IndexedSlicesValue([1.0], [4], None)
    assert session.run(slices, {slices: value}).indices.tolist() == [4]
    x, y = placeholder(), placeholder()
    assert session.run(x + y, {(x, y): (1, 2)}) == 3.0
    assert session.run(x + y, {((x,), y): ([1], 2)}) == 3.0
    with pytest.raises(ValueError, match="Key had 2 elements, but value had 1 elements"):
        session.run(x + y, {(x, y): 1})
    with pytest.raises(TypeError, match="input must be a dictionary"):
        session.run(x + y, [x, y])


def test_registered_expansion(session):
    """A class of the program's own can be a key."""

    class Key:
        def __init__(self, tensor):
            self.tensor = tensor

    x = placeholder()
    register_session_run_conversion_functions(
        Key,
        lambda key: ([key.tensor], lambda values: values[0]),
        lambda key, value: [(key.tensor, value * 2)],
    )
    assert session.run(x, {Key(x): 3}) == 6.0

    class Silent(Key):
        pass

    register_session_run_conversion_functions(Silent, lambda key: ([key.tensor], list))
    with pytest.raises(TypeError, match="registered without a function that feeds it"):
        session.run(x, {Silent(x): 3})
    with pytest.raises(TypeError, match="without a function that feeds it in partial runs"):
        session.partial_run_setup(x, [Silent(x)])
    for kind in (SparseTensor, Silent, Key, object):
        with pytest.raises(ValueError, match="has already been registered so ignore it"):
            register_session_run_conversion_functions(kind, lambda key: ([key.tensor], list))


def test_wrong_shapes_are_refused(session):
    """The message has both shapes and the tensor's name."""
    x = placeholder(shape=[None, 2])
    message = r"Cannot feed value of shape \(3,\) for Tensor 'x:0', which has shape '\(\?, 2\)'"
    with pytest.raises(ValueError, match=message):
        session.run(x, {x: [1, 2, 3]})
    with pytest.raises(ValueError, match=r"shape \(1, 3\)"):
        session.run(x, {x: [[1, 2, 3]]})


def test_values_that_do_not_fit(session):
    """Tensors, integers that are too large, objects in a feed of strings, unknown keys."""
    x, i, s = placeholder(), placeholder("int32"), placeholder("string")
    with pytest.raises(TypeError, match="The value of a feed cannot be a tf.Tensor object"):
        session.run(x, {x: constant(1.0)})
    with pytest.raises(TypeError, match="not compatible with Tensor type"):
        session.run(i, {i: 2**40})
    for wrong in ([1], np.array([b"a", 1], object)):
        with pytest.raises(InternalError, match="Unsupported object type int"):
            session.run(g.identity(s), {s: wrong})
    with pytest.raises(TypeError, match="not compatible with Tensor type"):
        session.run(s, {s: 1})
    with pytest.raises(TypeError, match="Cannot interpret feed_dict key as Tensor"):
        session.run(x, {"nothing:0": 1})
    with pytest.raises(TypeError, match="Cannot interpret feed_dict key as Tensor"):
        session.run(x, {x.op: 1})


def test_unfeedable_tensors(session):
    """The graph may refuse feeds for a tensor."""
    x = placeholder()
    x.graph.prevent_feeding(x)
    with pytest.raises(ValueError, match="may not be fed"):
        session.run(x, {x: 1})
