"""Nested structures."""

from collections import OrderedDict, defaultdict, namedtuple

import pytest

from perdure import tf
from perdure.graph import nest

Point = namedtuple("Point", ["x", "y"])
STRUCTURE = {"b": [1, (2, 3)], "a": Point(4, {"z": 5})}


class Attributes:
    """A class as the package attrs makes them."""

    Attribute = namedtuple("Attribute", ["name"])
    __attrs_attrs__ = (Attribute("left"), Attribute("right"))

    def __init__(self, left, right):
        self.left, self.right = left, right


def test_flatten():
    """Leaves in order, dictionaries by sorted keys."""
    assert nest.flatten(STRUCTURE) == [4, 5, 1, 2, 3]
    assert nest.flatten("text") == ["text"]
    assert nest.flatten(None) == [None]
    assert nest.flatten([]) == []
    assert nest.flatten(Attributes(1, [2])) == [1, 2]
    assert nest.flatten({"k": 1}.values()) == [1]
    assert nest.flatten(range(3)) == [0, 1, 2]
    with pytest.raises(TypeError, match=r"nest only supports dicts with sortable keys"):
        nest.flatten({1: 0, "a": 0})


def test_what_is_nested():
    """Strings, arrays and sets are leaves."""
    assert all(map(tf.nest.is_nested, [[], (), {}, Point(1, 2), range(2), Attributes(1, 2)]))
    assert not any(map(tf.nest.is_nested, ["a", b"a", {1}, 3, None]))
    with tf.Graph().as_default():
        slices = tf.IndexedSlices(tf.ones([1, 2]), tf.constant([0]))
        sparse = tf.SparseTensor([[0]], [1.0], [2])
        assert not nest.is_nested(slices)
        assert nest.flatten([slices]) == [slices]
        assert nest.flatten([slices], expand_composites=True) == [slices.values, slices.indices]
        assert len(nest.flatten(sparse, expand_composites=True)) == 3


def test_pack():
    """The kinds of all parts are kept."""
    packed = nest.pack_sequence_as(STRUCTURE, list("vwxyz"))
    assert packed == {"b": ["x", ("y", "z")], "a": Point("v", {"z": "w"})}
    ordered = OrderedDict([("b", 1), ("a", 2)])
    packed = nest.pack_sequence_as(ordered, [10, 20])
    assert isinstance(packed, OrderedDict) and list(packed.items()) == [("b", 20), ("a", 10)]
    packed = nest.pack_sequence_as(defaultdict(list, a=1), [2])
    assert packed.default_factory is list and packed == {"a": 2}
    packed = nest.pack_sequence_as(Attributes(1, 2), [3, 4])
    assert (packed.left, packed.right) == (3, 4)
    assert nest.pack_sequence_as(range(2), [5, 6]) == [5, 6]
    assert nest.pack_sequence_as(0, [7]) == 7


REFUSED = [
    (lambda: nest.pack_sequence_as([1], 3), TypeError, r"flat_sequence must be a sequence"),
    (lambda: nest.pack_sequence_as(1, [1, 2]), ValueError, r"Structure is a scalar but .* == 2 > 1"),
    (lambda: nest.pack_sequence_as([1, 2], [1]), ValueError, r"Structure had 2 elements, .*had 1 elements"),
    (lambda: nest.map_structure(3, [1]), TypeError, r"func must be callable, got: 3"),
    (lambda: nest.map_structure(len), ValueError, r"Must provide at least one structure"),
    (lambda: nest.map_structure(len, [1], deep=1), ValueError, r"Only valid keyword .* not: `deep`"),
    (lambda: nest.assert_same_structure([1], 1), ValueError, r'"type=list str=\[1\]" is a sequence, while'),
    (lambda: nest.assert_same_structure([1], (1,)), TypeError, r"the same sequence type"),
    (lambda: nest.assert_same_structure([1], [1, 2]), ValueError, r"number of elements(.|\n)*Entire first"),
    (lambda: nest.assert_same_structure({"a": 1}, {"b": 1}), ValueError, r"the same set of keys"),
    (
        lambda: nest.assert_same_structure(Point(1, 2), namedtuple("Other", "x y")(1, 2)),
        TypeError,
        r"The two namedtuples don't have the same sequence type",
    ),
    (lambda: nest.flatten_up_to([1], 2), TypeError, r"If shallow structure is a sequence, input must also"),
    (lambda: nest.flatten_up_to([1], (2,)), TypeError, r"Input structure has type <class 'tuple'>"),
    (lambda: nest.flatten_up_to([1], [2, 3]), ValueError, r"same sequence length. .*length 2, .*length 1"),
    (lambda: nest.flatten_up_to([1, 2], [3], check_subtrees_length=False), ValueError, r"has fewer elements"),
    (lambda: nest.flatten_up_to({"a": 1}, {"b": 1}), ValueError, r"keys that are not in .*: \['a'\]"),
    (lambda: nest.map_structure_up_to([1], len), ValueError, r"Cannot map over no sequences"),
    (lambda: nest.get_traverse_shallow_structure(lambda s: [], 1), TypeError, r"for non-structure: 1"),
    (lambda: nest.get_traverse_shallow_structure(lambda s: 3, [1]), TypeError, r"a non-bool scalar: 3"),
    (lambda: nest.get_traverse_shallow_structure(lambda s: [3], [1]), TypeError, r"depth=1 structure of"),
    (lambda: nest.flatten_dict_items([1]), TypeError, r"input must be a dictionary"),
    (lambda: nest.flatten_dict_items({(1, 2): (3,)}), ValueError, r"Key had 2 elements, but value had 1"),
    (lambda: nest.flatten_dict_items({(1, 2): (3, 4), 1: 5}), ValueError, r"key 1 is not unique"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_refused(call, error, message):
    """Structures that do not fit are refused."""
    with pytest.raises(error, match=message):
        call()


def test_same_structure():
    """Mappings and lists of other types and named tuples of the same fields are the same."""

    class OwnList(list):
        """A list."""

    nest.assert_same_structure({"a": 1}, OrderedDict(a=2))
    nest.assert_same_structure([1], OwnList([2]))
    nest.assert_same_structure(Point(1, 2), namedtuple("Point", "x y")(1, 2))
    nest.assert_same_structure([1, (2,)], ((3), [4]), check_types=False)


def test_map():
    """One or several structures, with or without paths."""
    assert nest.map_structure(lambda a, b: a + b, [1, (2,)], [10, (20,)]) == [11, (22,)]
    assert nest.map_structure_with_paths(lambda path, a: (path, a), {"a": [5]}) == {"a": [("a/0", 5)]}
    paths = nest.map_structure_with_tuple_paths(lambda path, a: path, Point(1, [2]))
    assert paths == Point(("x",), [("y", 0)])
    assert nest.map_structure_up_to([0, 0], lambda a, b: (a, b), [1, [2]], [3, [4]]) == [(1, 3), ([2], [4])]
    assert nest.flatten_up_to({"a": 0}, {"a": [1], "b": 2}, check_subtrees_length=False) == [[1]]
    assert nest.flatten_with_joined_string_paths({"a": [5]}, ".") == [("a.0", 5)]
    assert list(nest.yield_flat_paths({"a": [5]})) == [("a", 0)]
    assert nest.flatten_dict_items({(1, (2,)): (3, (4,)), "k": 5}) == {1: 3, 2: 4, "k": 5}


def test_traverse():
    """Which parts to go into, by a function of the parts."""
    choose = lambda part: not isinstance(part, tuple)  # noqa: E731
    assert nest.get_traverse_shallow_structure(choose, [1, (2, 3), {"a": 4}]) == [True, False, {"a": True}]
    by_field = lambda part: Point(False, True) if isinstance(part, Point) else True  # noqa: E731
    assert nest.get_traverse_shallow_structure(by_field, [Point(1, 2)]) == [Point(False, True)]
