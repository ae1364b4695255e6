"""A word to those whose program is written for Python 2, added to the error that ends it."""

from __future__ import annotations

import re

from perdure.cli.then.table import PYTHON_2

# How today's compiler words what it makes of Python 2's statements.
_SYNTAX = re.compile(
    r"Missing parentheses in call to '(print|exec)'|multiple exception types must be parenthesized|"
    r"leading zeros in decimal integer literals|inconsistent use of tabs|invalid decimal literal|"
    r"Did you mean print"
)
_FUNCTIONS, _MODULES, _METHODS, _STATEMENTS = PYTHON_2


def add_note(error: BaseException) -> None:
    """Say below an error that Python 2's names or syntax are its cause, if they are."""
    name = _cause(error)
    note = f"perdure: {name} is Python 2; {_FUNCTIONS.by}"
    if name and note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def _cause(error: BaseException) -> str | None:
    if isinstance(error, TabError):
        return "a mixture of tabs and blanks"
    if isinstance(error, SyntaxError):
        return "this syntax" if _SYNTAX.search(error.msg or "") or _is_old(error) else None
    name = getattr(error, "name", None)
    if isinstance(error, AttributeError) and isinstance(error.obj, dict):
        return f"dict.{name}" if name in _METHODS.names.split() else None
    for kind, change in ((NameError, _FUNCTIONS), (ModuleNotFoundError, _MODULES)):
        if isinstance(error, kind) and name in change.names.split():
            return str(name)
    return None


def _is_old(error: SyntaxError) -> bool:
    """Whether a line that makes no sense has Python 2's quotes, inequality, numbers or raise."""
    line = error.text or ""
    return re.search(r"`\w+`|<>|\b\d+L\b|\bur['\"]|^\s*raise\s+\w+\s*,|^\s*print\s+[^(=]", line) is not None
