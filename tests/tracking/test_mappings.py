"""Mappings to trackable objects, and plain dictionaries that are assigned to attributes."""

import copy
import json
import pickle

import pytest

from perdure.tracking.mappings import Mapping, _DictWrapper
from perdure.tracking.structures import NoDependency
from perdure.tracking.trackable import Trackable


def names(obj):
    return [name for name, _ in obj._checkpoint_dependencies]


def test_a_mapping_only_grows():
    a, b = Trackable(), Trackable()
    known = Mapping(a=a)
    known["b"] = b
    known.update(c={})
    assert names(known) == ["a", "b", "c"] and list(known) == ["a", "b", "c"] and known["b"] is b
    with pytest.raises(ValueError, match="append-only"):
        known["a"] = b
    with pytest.raises(TypeError, match="only string keys"):
        known[1] = b
    with pytest.raises(ValueError, match="Only trackable"):
        known["d"] = 3
    assert known != Mapping(known) and len(copy.copy(known)) == 3 and repr(Mapping()) == "Mapping({})"


def test_a_wrapped_dictionary_is_a_dictionary():
    plain = {"a": 1, 2: "b"}
    wrapped = _DictWrapper(plain)
    assert isinstance(wrapped, dict) and wrapped == plain and plain == wrapped and not wrapped != plain
    assert dict(wrapped) == {**wrapped} == plain and list(reversed(wrapped)) == [2, "a"]
    assert wrapped.get("c", 4) == 4 and "a" in wrapped and len(wrapped) == 2 and wrapped | {3: 4}
    wrapped["c"] = 5
    assert plain["c"] == 5 and repr(wrapped) == f"DictWrapper({plain})"
    assert pickle.loads(pickle.dumps(wrapped)) == copy.deepcopy(wrapped) == wrapped.copy() == plain
    assert _DictWrapper() == {} and _DictWrapper([("x", 1)]) == {"x": 1}
    with pytest.raises(TypeError, match="unhashable"):
        hash(wrapped)
    with pytest.raises(TypeError, match="not JSON serializable"):  # and not an empty object
        json.dumps(wrapped)
    assert json.dumps(wrapped, default=dict) == json.dumps(plain)
    with pytest.raises(AttributeError):
        wrapped.__class__ = dict


def test_dependencies_of_a_wrapped_dictionary():
    wrapped = _DictWrapper({"a": Trackable(), "n": 3})
    wrapped["b"] = Trackable()
    wrapped["a"] = Trackable()
    wrapped |= {"c": {}}
    assert names(wrapped) == ["a", "b", "c"]
    del wrapped["n"]
    assert names(wrapped) == ["a", "b", "c"]


def test_keys_that_are_no_strings():
    wrapped = _DictWrapper({1: 2})
    wrapped[3] = NoDependency(Trackable())
    assert names(wrapped) == []
    wrapped[4] = []
    with pytest.raises(ValueError, match="non-string key"):
        wrapped._checkpoint_dependencies  # noqa: B018
    with pytest.raises(ValueError, match="non-string key"):
        copy.copy(_DictWrapper({1: Trackable()}))._checkpoint_dependencies  # noqa: B018


@pytest.mark.parametrize(
    "change",
    [
        lambda plain, wrapped: plain.update(c=3),
        lambda plain, wrapped: wrapped.pop("a"),
        lambda plain, wrapped: wrapped.popitem(),
        lambda plain, wrapped: wrapped.clear(),
        lambda plain, wrapped: wrapped.setdefault("d", 4),
    ],
)
def test_a_wrapped_dictionary_that_was_changed_behind_its_back_is_not_saved(change):
    plain = {"a": Trackable()}
    wrapped = _DictWrapper(plain)
    change(plain, wrapped)
    with pytest.raises(ValueError, match="modified outside the wrapper"):
        wrapped._checkpoint_dependencies  # noqa: B018
