"""`perdure run x.ipynb`: cells in order, without what only IPython reads."""

import builtins
import json

import pytest

from perdure.cli.notebooks import NotANotebookError, read_notebook, run_cells
from perdure.cli.then import meanings
from tests.cli.test_run import perdure_run


@pytest.fixture(autouse=True)
def then(monkeypatch):
    """The module that compiled cells call, among the builtins, as `perdure run` puts it there."""
    monkeypatch.setattr(builtins, meanings.NAME, meanings, raising=False)


def notebook(*cells, version=4):
    """The text of a notebook: cells of code are texts, others pairs of kind and text."""
    pairs = [cell if isinstance(cell, tuple) else ("code", cell) for cell in cells]
    if version == 3:
        old = [{"cell_type": kind, "input" if kind == "code" else "source": text} for kind, text in pairs]
        return json.dumps({"nbformat": 3, "worksheets": [{"cells": old}]})
    new = [{"cell_type": kind, "source": text.splitlines(keepends=True)} for kind, text in pairs]
    return json.dumps({"nbformat": 4, "cells": new, "metadata": {}})


def run(*cells, version=4):
    """Run cells here; return their names."""
    namespace = {}
    run_cells(read_notebook(notebook(*cells, version=version), "n.ipynb"), namespace)
    return namespace


@pytest.mark.parametrize("version", [3, 4])
def test_cells_run_in_order_and_text_is_no_code(version):
    """Both formats, with sources that are texts or lists of lines."""
    names = run(("markdown", "# x = 9"), "x = 1", ("raw", "x ="), "y = x + 1", version=version)
    assert (names["x"], names["y"]) == (1, 2)


def test_lines_of_ipython_are_left_out():
    """Magics, commands and questions, also alone in a block; what matters is said."""
    names = run(
        "%matplotlib inline\nx = 1\n!pip install \\\n  something\nif x:\n    %matplotlib inline\nx.real?\n?x",
        "%time y = x + 1",
        "%%time\nz = 3",
        "%%bash\nrm -rf nothing",
    )
    assert [names[name] for name in "xyz"] == [1, 2, 3]


def test_what_is_left_out_and_may_be_missed_is_said(capsys):
    """Not what only concerns the notebook's looks."""
    run("%matplotlib inline\n%run other.py\n!ls", "%%bash\nls")
    assert capsys.readouterr().err.splitlines() == [
        "perdure: n.ipynb, cell 1: left out: %run other.py",
        "perdure: n.ipynb, cell 1: left out: !ls",
        "perdure: n.ipynb, cell 2: left out: %%bash",
    ]


def test_a_percent_sign_inside_of_a_statement_is_none_of_ipython():
    """Brackets and texts that are open, with a magic in the same cell."""
    names = run("%matplotlib inline\nx = ('%d'\n%5)\ny = '''\n!ls\n'''\nz = 7 \\\n% 4")
    assert (names["x"], names["y"], names["z"]) == ("5", "\n!ls\n", 3)


def test_the_value_at_the_end_of_a_cell_is_shown(capsys):
    """Unless it is None, or a semicolon says not to."""
    run("1\n2", "x = 3", "4;", "None", "'a'")
    assert capsys.readouterr().out == "2\n'a'\n"


@pytest.mark.parametrize("text", ["x = 1", "[1]", "{}", '{"cells": [{}]}'])
def test_what_is_no_notebook_is_refused(text):
    """By name."""
    with pytest.raises(NotANotebookError, match="'n.ipynb' is not a notebook"):
        list(read_notebook(text, "n.ipynb"))


def test_a_notebook_is_a_program(tmp_path):
    """It has no file, finds what stands beside it, and NumPy is as it was; tracebacks show its cells."""
    (tmp_path / "beside.py").write_text("value = 5\n")
    (tmp_path / "n.ipynb").write_text(
        notebook(
            "import sys, numpy as np, beside\nprint(sys.argv, __name__, '__file__' in globals())",
            "float(np.array([beside.value]))",
            "def fail():\n    1 / 0\n",
            "fail()",
        )
    )
    result = perdure_run("n.ipynb", "x", cwd=tmp_path)
    assert result.stdout == "['n.ipynb', 'x'] __main__ False\n5.0\n"
    assert result.returncode == 1
    path = tmp_path / "n.ipynb"
    assert result.stderr.splitlines()[:3] == [
        "Traceback (most recent call last):",
        f'  File "{path}, cell 4", line 1, in <module>',
        "    fail()",
    ]
    assert "    1 / 0" in result.stderr and "perdure/cli" not in result.stderr


def test_an_error_of_syntax_names_its_cell(tmp_path):
    """As the compiler says it, without perdure's own frames."""
    (tmp_path / "n.ipynb").write_text(notebook("x = 1", "y = = 2"))
    result = perdure_run("n.ipynb", cwd=tmp_path)
    assert 'n.ipynb, cell 2", line 1' in result.stderr and "perdure" not in result.stderr
    (tmp_path / "n.ipynb").write_text("no JSON")
    result = perdure_run("n.ipynb", cwd=tmp_path)
    assert result.returncode == 1 and "is not a notebook" in result.stderr
