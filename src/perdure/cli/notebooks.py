"""Notebooks as programs: their cells of code, in order, without what is meant for IPython.

The format is nbformat's, versions 3 and 4 (https://nbformat.readthedocs.io): JSON with cells, whose source is
a text or a list of lines.  Lines of IPython's own (`%matplotlib inline`, `!ls`, `tf.add?`) become `pass`, so
every line keeps its number; `%time statement` and `%%time` leave what they measure.  Cells in other languages
(`%%bash`) are empty.  What is left out, and could be missed, is said on standard error.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from perdure.cli.then.rewriting import compile_program

# Magics that only say how a cell is run or shown: the cell means the same without them.
_OF_CELLS = frozenset("time timeit capture prun matplotlib".split())
_HARMLESS = frozenset(
    "alias autoreload automagic autosave colors config load_ext logstart matplotlib pdb pinfo precision "
    "reload_ext who whos xmode".split()
)
_MAGIC = re.compile(r"(\s*)(%{1,2}|!{1,2}|\?{1,2})\s*([\w.]*)(.*)")
_HELP = re.compile(r"(\s*)%?[\w.*]+\?{1,2}\s*")


class NotANotebookError(Exception):
    """The file is no notebook that is known; its text says why."""


@dataclass(frozen=True)
class Cell:
    """A cell of code: its name in tracebacks, its source in Python, the lines that were left out of it."""

    name: str
    source: str
    left_out: tuple[str, ...]

    def compile(self) -> CodeType:
        """Compile it, so that the value of an expression at its end is shown, as in a notebook.

        Raises:
            SyntaxError: as Python's compiler, with the cell's name.
        """
        lines = self.source.splitlines(keepends=True)
        linecache.cache[self.name] = (len(self.source), None, lines, self.name)
        return compile_program(self.source, self.name, shows_last=not self.source.rstrip().endswith(";"))


def read_notebook(source: str | bytes, path: str) -> Iterator[Cell]:
    """The cells of code of a notebook.

    Args:
        source: the file.
        path: its name, for tracebacks.

    Raises:
        NotANotebookError: if it is no JSON, or has no cells.
    """
    try:
        notebook = json.loads(source)
        sheets = notebook.get("worksheets") or [notebook]  # version 3 has sheets of cells
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        sources = [_text_of(cell) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotANotebookError(f"{path!r} is not a notebook: {type(error).__name__}: {error}") from None
    for number, text in enumerate(sources, 1):
        python, left_out = _without_magics(text)
        yield Cell(f"{path}, cell {number}", python, tuple(left_out))


def run_cells(cells: Iterator[Cell], namespace: dict[str, Any]) -> None:
    """Run cells one after the other; what one raises ends the program."""
    for cell in cells:
        for line in cell.left_out:
            print(f"perdure: {Path(cell.name).name}: left out: {line}", file=sys.stderr)
        exec(cell.compile(), namespace)


def _text_of(cell: dict[str, Any]) -> str:
    text = cell["source"] if "source" in cell else cell["input"]
    return text if isinstance(text, str) else "".join(text)


def _without_magics(text: str) -> tuple[str, list[str]]:
    """The Python of a cell, and the lines of it that are left out and may be missed."""
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is not None and lines[first].startswith("%%"):
        name = lines[first][2:].split(maxsplit=1)[0] if lines[first][2:].strip() else ""
        if name not in _OF_CELLS:
            return "", [lines[first]]
        lines[first] = ""
    if _is_python("\n".join(lines)):
        return "\n".join(lines) + "\n", []
    python: list[str] = []
    left_out = []
    continued = False  # the command above ends with a backslash
    for line in lines:
        magic = _MAGIC.fullmatch(line)
        if continued:
            continued = line.rstrip().endswith("\\")
            python.append("")
        elif not (magic or _HELP.fullmatch(line)) or _is_inside_of_statement(python):
            python.append(line)
        elif magic and magic[2] == "%" and magic[3] == "time" and magic[4].strip():
            python.append(magic[1] + magic[4].strip())
        else:
            indentation = line[: len(line) - len(line.lstrip())]
            python.append(f"{indentation}pass")
            continued = line.rstrip().endswith("\\")
            if magic and magic[2][0] != "?" and not (magic[2][0] == "%" and magic[3] in _HARMLESS):
                left_out.append(line.strip())
    return "\n".join(python) + "\n", left_out


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _is_inside_of_statement(lines: list[str]) -> bool:
    """Whether the line behind these belongs to a bracket, a text or a backslash that they leave open."""
    if lines and lines[-1].rstrip().endswith("\\"):
        return True
    try:
        for _ in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
            pass
    except tokenize.TokenError as error:
        return "EOF in multi-line" in str(error) or "unexpected EOF" in str(error)
    except SyntaxError:  # of indentation, which the compiler will say
        return False
    return False
