"""What is assigned to attributes becomes a dependency."""

import collections

from perdure.tracking.auto import AutoTrackable, NotTrackable, delete_tracking
from perdure.tracking.lists import ListWrapper
from perdure.tracking.structures import NoDependency


def names(obj):
    return [name for name, _ in obj._checkpoint_dependencies]


def test_attributes_can_be_assigned_again():
    root = AutoTrackable()
    root.leaf = AutoTrackable()
    first = root.leaf
    root.leaf = AutoTrackable()
    assert names(root) == ["leaf"] and root._lookup_dependency("leaf") is root.leaf is not first
    wrapped = root.lists = []
    assert isinstance(root.lists, ListWrapper) and root.lists is not wrapped
    kept = root.lists
    root.lists = kept
    assert root.lists is kept


def test_attributes_can_be_deleted():
    root = AutoTrackable()
    root.a, root.plain = AutoTrackable(), 3
    del root.a, root.plain
    assert names(root) == [] and not hasattr(root, "a")
    root.b = AutoTrackable()
    delete_tracking(root, "b")
    delete_tracking(root, "unknown")
    assert names(root) == [] and hasattr(root, "b")


def test_no_dependency_is_unwrapped():
    root, leaf = AutoTrackable(), AutoTrackable()
    root.leaf = NoDependency(leaf)
    root.plain = root._no_dependency([1])
    assert root.leaf is leaf and type(root.plain) is list and names(root) == []


def test_only_plain_structures_are_wrapped():
    class Own(list):
        pass

    root = AutoTrackable()
    root.own, root.counter, root.pair = Own(), collections.Counter(), (AutoTrackable(),)
    root.ordered = collections.OrderedDict(x=AutoTrackable())
    assert names(root) == ["ordered"] and names(root.ordered) == ["x"]
    root.ordered.move_to_end("x")  # what an OrderedDict has beside is there


def test_what_must_not_be_saved_can_be_assigned():
    class Both(NotTrackable, AutoTrackable):
        pass

    root = AutoTrackable()
    root.both = Both()
    assert names(root) == ["both"]
