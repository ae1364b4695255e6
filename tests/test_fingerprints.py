"""A digest says whether the program that a golden was made from has changed."""

import importlib.util
import itertools
import textwrap

import pytest

from tests import fingerprints

PROGRAM = """
    LIMIT = 3
    SCENARIOS = {}

    def scenario(function):
        SCENARIOS[function.__name__] = function
        return function

    def helper(x):
        return x + LIMIT

    @scenario
    def first(tf):
        "What it does."
        return helper(tf.zeros([2, 3])[..., 0:1, 1])

    def made(rate):
        return lambda tf, kind="plain": tf.fill([2], rate)

    SCENARIOS["second"] = made(0.5)
"""
NUMBERS = itertools.count()


def digests(folder, *changes):
    """The digests of the two scenarios of a module whose text is changed."""
    text = textwrap.dedent(PROGRAM)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = folder / f"program{next(NUMBERS)}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(f"tests.{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [fingerprints.of_function(module.SCENARIOS[name]) for name in ("first", "second")]


def test_layout_comments_and_neighbours_do_not_count(tmp_path):
    """A moved, commented, documented or newly neighboured program is the same."""
    before = digests(tmp_path)
    assert before[0] != before[1]
    changes = [
        ("LIMIT = 3", "# How many.\nLIMIT = (\n    3\n)"),
        ('"What it does."', '"Something else."'),
        ("@scenario", "@scenario\ndef third(tf):\n    return LIMIT\n\n@scenario"),
        ("[2, 3]", "[2,\n        3]"),
    ]
    assert digests(tmp_path, *changes) == before


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (("[2, 3]", "[2, 4]"), [True, False]),
        (("[..., 0:1, 1]", "[..., 0:1, 2]"), [True, False]),
        (("x + LIMIT", "x - LIMIT"), [True, False]),
        (("LIMIT = 3", "LIMIT = 4"), [True, False]),
        (("made(0.5)", "made(0.25)"), [False, True]),
        (('kind="plain"', 'kind="other"'), [False, True]),
        (("tf.fill([2], rate)", "tf.fill([3], rate)"), [False, True]),
    ],
)
def test_what_a_program_uses_counts(change, changed, tmp_path):
    """Its own code, helpers, constants, what it closes over and defaults."""
    pairs = zip(digests(tmp_path), digests(tmp_path, change), strict=True)
    assert [before != after for before, after in pairs] == changed


def test_a_file_is_a_program(tmp_path):
    """Of a program that is a file, all but comments and docstrings counts."""
    path, other, third = tmp_path / "one.py", tmp_path / "two.py", tmp_path / "three.py"
    path.write_text('"""Text."""\nx = [1, 2]\n')
    other.write_text("# Comment.\nx = [\n    1,\n    2,\n]\n")
    third.write_text("x = [1, 3]\n")
    assert fingerprints.of_file(str(path)) == fingerprints.of_file(str(other))
    assert fingerprints.of_file(str(path)) != fingerprints.of_file(str(third))
