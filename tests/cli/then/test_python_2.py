"""Programs for Python 2 are told so."""

import pytest

from perdure.cli import tracebacks
from perdure.cli.then.rewriting import compile_program
from perdure.cli.then.table import PYTHON_2


def shown(source, capsys):
    try:
        exec(compile_program(source, "program.py"), {"__name__": "program"})
    except Exception as error:
        tracebacks.print_without_perdure(type(error), error, error.__traceback__)
    return capsys.readouterr().err


@pytest.mark.parametrize(
    "source, what",
    [
        ("xrange(3)", "xrange"),
        ("unicode('a')", "unicode"),
        ("raw_input()", "raw_input"),
        ("import cPickle", "cPickle"),
        ("import urllib2", "urllib2"),
        ("{}.iteritems()", "dict.iteritems"),
        ("{}.has_key(1)", "dict.has_key"),
        ("print 'a'", "this syntax"),
        ("print x, y", "this syntax"),
        ("exec 'a'", "this syntax"),
        ("try:\n    pass\nexcept ValueError, e:\n    pass", "this syntax"),
        ("raise ValueError, 'x'", "this syntax"),
        ("a = 0777", "this syntax"),
        ("a = 10L", "this syntax"),
        ("a = `b`", "this syntax"),
        ("a <> b", "this syntax"),
        ("if 1:\n\tpass\n        pass", "a mixture of tabs and blanks"),
    ],
)
def test_python_2_is_named(source, what, capsys):
    """Below the error that Python itself reports."""
    note = f"perdure: {what} is Python 2; {PYTHON_2[0].by}"
    assert shown(source, capsys).splitlines()[-1] == note


@pytest.mark.parametrize("source", ["nothing", "import nothing", "{}.nothing", "x = = 2", "[].iteritems()"])
def test_other_mistakes_are_not(source, capsys):
    """An error that has nothing to do with it is shown as it is."""
    text = shown(source, capsys)
    assert "Error" in text and "Python 2" not in text
