"""Attributes of operations to AttrValue and back."""

from types import SimpleNamespace

import numpy as np
import pytest

from perdure.formats.graph.attr_values import (
    AttrValue,
    NameAttrList,
    attr_from_proto,
    attr_to_proto,
    type_of_value,
)
from perdure.formats.graph.tensors import make_tensor_proto
from perdure.graph import dtypes
from perdure.graph.tensor_shape import TensorShape

TYPED = [
    ("string", "SAME", "s"),
    ("string", "\N{GREEK SMALL LETTER MU}", "s"),
    ("string", b"\xff", "s"),
    ("int", -3, "i"),
    ("float", 0.5, "f"),
    ("bool", True, "b"),
    ("type", dtypes.int64, "type"),
    ("shape", (None, 3), "shape"),
    ("shape", (), "shape"),
    ("shape", None, "shape"),
    ("func", "body_1", "func"),
    ("list(string)", ["a", "b"], "list"),
    ("list(int)", [1, 1], "list"),
    ("list(float)", [0.5, 2.0], "list"),
    ("list(bool)", [True, False], "list"),
    ("list(type)", [dtypes.float32, dtypes.string], "list"),
    ("list(shape)", [(), None, (2, None)], "list"),
    ("list(func)", ["f", "g"], "list"),
    ("list(int)", [], "list"),
]


@pytest.mark.parametrize(("attr_type", "value", "field"), TYPED)
def test_there_and_back(attr_type, value, field):
    """The value lands in the field of its type and is read as it was."""
    proto = attr_to_proto(value, attr_type)
    assert proto.WhichOneof("value") == field
    assert attr_from_proto(proto) == value
    assert attr_from_proto(AttrValue.FromString(proto.SerializeToString())) == value


def test_tensors():
    """Arrays are tensors, alone and in lists."""
    array = np.array([[1.5, 2.5]], np.float32)
    np.testing.assert_array_equal(attr_from_proto(attr_to_proto(array, "tensor")), array)
    (read,) = attr_from_proto(attr_to_proto([array], "list(tensor)"))
    np.testing.assert_array_equal(read, array)
    assert attr_to_proto(make_tensor_proto(1), "tensor").tensor.int_val == [1]


@pytest.mark.parametrize(
    ("value", "attr_type"),
    [
        (True, "bool"),
        (np.int64(3), "int"),
        (1.5, "float"),
        ("x", "string"),
        (b"x", "string"),
        (dtypes.float32, "type"),
        (TensorShape([1, None]), "shape"),
        (np.zeros(2), "tensor"),
        (NameAttrList(name="f"), "func"),
        (SimpleNamespace(name="f"), "func"),
        (["loc:@a"], "list(string)"),
        ([(1, None), None], "list(shape)"),
        ((1, 2), "list(int)"),
        ([], "list()"),
    ],
)
def test_type_of_an_unknown_attribute(value, attr_type):
    """Attributes that no signature knows say by their value what they are."""
    assert type_of_value(value) == attr_type
    field = "list" if attr_type.startswith("list") else None
    assert attr_to_proto(value).WhichOneof("value") == (
        field or attr_to_proto(value, attr_type).WhichOneof("value")
    )


def test_a_message_is_passed_through():
    """The user may give the AttrValue himself; a function with attributes stays a message."""
    proto = AttrValue(i=3)
    assert attr_to_proto(proto, "int") is proto
    function = NameAttrList(name="f", attr={"T": AttrValue(type=1)})
    assert attr_from_proto(attr_to_proto(function)) == function


@pytest.mark.parametrize(
    ("attr_type", "value", "message"),
    [
        ("int", 1.5, "attribute of type int, got 1.5"),
        ("int", True, "an integer is needed"),
        ("bool", 1, "a bool is needed"),
        ("string", 1, "a string is needed"),
        ("type", "no_type", "attribute of type type, got 'no_type'"),
        ("func", 3, "a function or its name is needed"),
        ("list(int)", ["a"], r"attribute of type list\(int\), got 'a'"),
    ],
)
def test_wrong_values(attr_type, value, message):
    """A value of another type is refused with both named."""
    with pytest.raises(TypeError, match=message):
        attr_to_proto(value, attr_type)


def test_no_attribute_at_all():
    """Values without a type, messages without a value."""
    with pytest.raises(TypeError, match="No attribute can have the value"):
        attr_to_proto(object())
    with pytest.raises(ValueError, match="it has no value"):
        attr_from_proto(AttrValue())
    with pytest.raises(ValueError, match="the placeholder 'T' for a value"):
        attr_from_proto(AttrValue(placeholder="T"))
