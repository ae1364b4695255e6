"""Lists of trackable objects, and plain lists that are assigned to attributes."""

import copy
import pickle

import pytest

from perdure.tracking.lists import List, ListWrapper
from perdure.tracking.trackable import Trackable


def names(obj):
    return [name for name, _ in obj._checkpoint_dependencies]


def test_a_list_names_its_elements_by_number():
    a, b = Trackable(), Trackable()
    known = List([a])
    known.append(b)
    known += [[a]]
    assert names(known) == ["0", "1", "2"] and isinstance(known[2], ListWrapper)
    assert list(known[:2]) == [a, b] and len(known) == 3 and b in known
    assert known != List(known) and hash(known) == id(known)


def test_a_list_holds_trackable_objects_only():
    with pytest.raises(ValueError, match="Only trackable objects .* Got 3"):
        List([3])
    with pytest.raises(ValueError, match="removes elements"):
        known = List([])
        known *= 0


def test_lists_are_added_and_multiplied():
    a, b = Trackable(), Trackable()
    assert list(List([a]) + [b]) == list([a] + List([b])) == [a, b]
    doubled = 2 * List([a])
    doubled *= 2
    assert list(doubled) == [a] * 4 and names(doubled) == ["0", "1", "2", "3"]
    assert repr(List([])) == "List([])"


def test_a_wrapped_list_is_a_list():
    plain = [1, 2]
    wrapped = ListWrapper(plain)
    assert isinstance(wrapped, list) and wrapped == plain and wrapped >= [1] and not wrapped != plain
    assert wrapped < [2] and wrapped <= [1, 2] and wrapped > [0]
    wrapped.append(3)
    assert plain == [1, 2, 3] and repr(wrapped) == "ListWrapper([1, 2, 3])"
    assert pickle.loads(pickle.dumps(wrapped)) == copy.copy(wrapped) == copy.deepcopy(wrapped) == plain
    with pytest.raises(TypeError, match="unhashable"):
        hash(wrapped)


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.insert(0, Trackable()),
        lambda x: x.sort(key=id),
        lambda x: x.pop(),
        lambda x: x.__setitem__(0, Trackable()),
        lambda x: x.__setitem__(slice(0, 2), [Trackable()]),
        lambda x: x.__delitem__(0),
        lambda x: x.__imul__(-1),
        lambda x: x.clear(),
        lambda x: x.reverse(),
    ],
)
def test_a_wrapped_list_whose_elements_moved_is_not_saved(change):
    wrapped = ListWrapper([Trackable(), Trackable()])
    change(wrapped)
    with pytest.raises(ValueError, match="Unable to save .* append-only"):
        wrapped._checkpoint_dependencies  # noqa: B018
    with pytest.raises(ValueError, match="append-only"):
        copy.copy(wrapped)._checkpoint_dependencies  # noqa: B018


def test_a_wrapped_list_that_was_changed_behind_its_back_is_not_saved():
    plain = []
    wrapped = ListWrapper(plain)
    plain.append(Trackable())
    with pytest.raises(ValueError, match="modified outside the wrapper"):
        wrapped._checkpoint_dependencies  # noqa: B018


def test_plain_elements_can_be_replaced():
    wrapped = ListWrapper([3, 4])
    wrapped[1:] = [5, Trackable()]
    wrapped[0] = Trackable()
    assert names(wrapped) == ["2", "0"]
    wrapped *= 1
    assert len(wrapped) == 3
