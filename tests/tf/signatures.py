"""Signatures written as in tests/golden/face/signatures.json, which TensorFlow 1.15.5 gave."""

import enum
import inspect
import re
from collections.abc import Callable
from typing import Any

from perdure.graph.dtypes import DType


def describe(value: Callable[..., Any]) -> str:
    """The parameters of a function, or of making an object of a class, with their defaults."""
    written = ["self"] if inspect.isclass(value) else []
    for parameter in inspect.signature(value).parameters.values():
        written.append(_describe_parameter(parameter))
    return f"({', '.join(written)})"


def _describe_parameter(parameter: inspect.Parameter) -> str:
    if parameter.kind is parameter.VAR_POSITIONAL:
        return f"*{parameter.name}"
    if parameter.kind is parameter.VAR_KEYWORD:
        return f"**{parameter.name}"
    if parameter.default is parameter.empty:
        return parameter.name
    return f"{parameter.name}={_describe_default(parameter.default)}"


def _describe_default(default: Any) -> str:
    if isinstance(default, DType):
        return f"tf.{default.name}"
    if isinstance(default, enum.Enum | str | int | float | tuple | list):
        return repr(default)
    if default is None:
        return "None"
    if inspect.isclass(default):
        return f"<class {default.__name__}>"
    return f"<{type(default).__name__}>"


def with_tuples(signature: str) -> str:
    """The same signature with tuples for lists: a list as a default could be changed by a caller."""
    return re.sub(r"=\[([^\[\]]*)\]", r"=(\1)", signature)
