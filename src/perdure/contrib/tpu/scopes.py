"""The scope of programs that compute in bfloat16."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from perdure.functional.math.cast import cast
from perdure.graph.dtypes import bfloat16, float32
from perdure.variables.scope import VariableScope
from perdure.variables.variable_scope import variable_scope


@contextmanager
def bfloat16_scope() -> Iterator[VariableScope]:
    """Variables that are asked for in bfloat16 are kept in float32 and cast when they are read."""
    with variable_scope("", custom_getter=_kept_in_float32) as scope:
        yield scope


def _kept_in_float32(getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    if kwargs["dtype"] != bfloat16:
        return getter(*args, **kwargs)
    return cast(getter(*args, **{**kwargs, "dtype": float32}), bfloat16)
