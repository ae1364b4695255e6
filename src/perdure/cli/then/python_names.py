"""Names that Python's library has dropped, where they are more than second names of something it has."""

from __future__ import annotations

import errno as errno
import inspect
import math
import types
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from html import unescape as _unescape_text
from typing import Any

ArgSpec = namedtuple("ArgSpec", "args varargs keywords defaults")


def getargspec(func: Callable[..., Any]) -> ArgSpec:
    found = inspect.getfullargspec(func)
    if found.kwonlyargs or found.annotations:
        raise ValueError(
            "Function has keyword-only parameters or annotations, use getfullargspec() API "
            "which can support them"
        )
    return ArgSpec(found.args, found.varargs, found.varkw, found.defaults)


def formatargspec(
    args: Sequence[str],
    varargs: str | None = None,
    varkw: str | None = None,
    defaults: Sequence[Any] | None = None,
    kwonlyargs: Sequence[str] = (),
    kwonlydefaults: Mapping[str, Any] | None = None,
    annotations: Mapping[str, Any] | None = None,
) -> str:
    kind, noted = inspect.Parameter, annotations or {}
    without = len(args) - len(defaults or ())
    values = [inspect.Parameter.empty] * without + list(defaults or ())

    def parameter(name: str, of: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
        annotation = noted.get(name, inspect.Parameter.empty)
        return inspect.Parameter(name, of, default=default, annotation=annotation)

    parameters = [
        parameter(name, kind.POSITIONAL_OR_KEYWORD, value) for name, value in zip(args, values, strict=True)
    ]
    if varargs:
        parameters.append(parameter(varargs, kind.VAR_POSITIONAL))
    of_keywords = kwonlydefaults or {}
    parameters += [
        parameter(name, kind.KEYWORD_ONLY, of_keywords.get(name, inspect.Parameter.empty))
        for name in kwonlyargs
    ]
    if varkw:
        parameters.append(parameter(varkw, kind.VAR_KEYWORD))
    returns = noted.get("return", inspect.Signature.empty)
    return str(inspect.Signature(parameters, return_annotation=returns))


def gcd(a: int, b: int) -> int:
    result = math.gcd(a, b)
    return -result if b < 0 or (b == 0 and a < 0) else result


def coroutine(func: Callable[..., Any]) -> Callable[..., Any]:
    return types.coroutine(func)


def linux_distribution(*_: Any, **__: Any) -> tuple[str, str, str]:
    import platform

    try:
        facts = platform.freedesktop_os_release()
    except OSError:
        return "", "", ""
    return facts.get("NAME", ""), facts.get("VERSION_ID", ""), facts.get("VERSION_CODENAME", "")


def dist(*_: Any, **__: Any) -> tuple[str, str, str]:
    return linux_distribution()


def unescape(self: Any, s: str) -> str:
    return _unescape_text(s)


def isAlive(self: Any) -> bool:
    return self.is_alive()


def readfp(self: Any, fp: Any, filename: str | None = None) -> None:
    self.read_file(fp, source=filename)
