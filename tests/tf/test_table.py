"""The parser of the tables of names."""

import pytest

from perdure.tf._lazy import names_in, origins_of
from perdure.tf._table import read_table

TABLE = """\
# a comment
a.b
    x.y: one two=three
        four
    all of train

c
d e
    missing: because: it is so
f
    is x.z
g
    empty: it is so
"""


def test_names():
    """Under their own name or another."""
    assert names_in("a b=c") == {"a": "a", "b": "c"}
    assert origins_of({"x": "a b=c", "y": ""}) == {"a": ("perdure.x", "a"), "b": ("perdure.x", "c")}


def test_a_table():
    """Several modules may say the same; a line that is indented further goes on."""
    table = read_table(TABLE)
    assert [*table] == ["a.b", "c", "d", "e", "f", "g"]
    assert table["a.b"].origins == {
        "one": ("perdure.x.y", "one"),
        "two": ("perdure.x.y", "three"),
        "four": ("perdure.x.y", "four"),
    }
    assert table["a.b"].namespace == "train" and table["a.b"].reason is None
    assert {table[name].reason for name in "cde"} == {"because: it is so"}
    assert not table["d"].is_empty and table["g"].is_empty
    assert table["f"].alias == "perdure.x.z"


@pytest.mark.parametrize(
    "text, message",
    [("a\nb a\n    is x\n", "has a twice"), ("a\n    was x\n", "cannot say 'was x'")],
)
def test_mistakes(text, message):
    """Of whoever writes the table."""
    with pytest.raises(ValueError, match=message):
        read_table(text)
