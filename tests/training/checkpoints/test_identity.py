"""Mappings by identity."""

from perdure.tracking.lists import ListWrapper
from perdure.training.checkpoints.identity import WeakIdentityMap


class Named:
    """Compares by value."""

    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return self.name == other.name

    __hash__ = None


def test_objects_that_are_equal_are_two():
    a, b = Named("a"), Named("a")
    known = WeakIdentityMap()
    assert known.setdefault(a, 1) == 1 and known.setdefault(b, 2) == 2 and known.setdefault(a, 3) == 1
    assert (known.get(a), known.get(b), known.get(Named("a"))) == (1, 2, None)
    assert list(known) == [a, b]
    known.pop(a)
    assert known.get(a) is None and [value for _, value in known.items()] == [2]


def test_objects_are_not_kept():
    known = WeakIdentityMap()
    gone = ListWrapper([])
    known.setdefault(gone, "gone")
    del gone
    assert list(known) == [] and known._entries == {}


def test_a_number_that_is_used_again_is_another_object():
    known = WeakIdentityMap()
    old, new = Named("old"), Named("new")
    known.setdefault(old, 1)
    known._entries[id(new)] = known._entries.pop(id(old))
    assert known.get(new) is None
