"""Patterns of names; tests/oracle/client/files.py compares them with TensorFlow."""

from perdure.filesystem.patterns import compiled


def test_patterns_that_are_unfinished_or_odd():
    """As fnmatch(3): an open bracket is a letter, the first bracket in a set belongs to it."""
    assert compiled("[ab").fullmatch("[ab") and compiled("a[]-]b").fullmatch("a]b")
    assert not compiled("a[!b]c").fullmatch("a/c") and compiled("a\\").fullmatch("a\\")
    assert compiled("[&~|]").fullmatch("&") and compiled("*").fullmatch("two\nlines")
