"""What programs say to TensorFlow's conversion of Python's control flow, which does not exist here.

Functions are traced as they are: an `if` on a tensor is an error that says so.  What only keeps
functions from being converted, or tells how, has nothing to do; what asks for the converted function is
refused.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Any, NoReturn

_UNSPECIFIED = object()


class Feature(enum.Enum):
    """Parts of the conversion that can be turned on."""

    ALL = "ALL"
    AUTO_CONTROL_DEPS = "AUTO_CONTROL_DEPS"
    ASSERT_STATEMENTS = "ASSERT_STATEMENTS"
    BUILTIN_FUNCTIONS = "BUILTIN_FUNCTIONS"
    EQUALITY_OPERATORS = "EQUALITY_OPERATORS"
    LISTS = "LISTS"
    NAME_SCOPES = "NAME_SCOPES"

    @classmethod
    def all(cls) -> tuple[Feature, ...]:
        """All of them."""
        return tuple(cls)

    @classmethod
    def all_but(cls, exclude: Any) -> tuple[Feature, ...]:
        """All but one, or but some."""
        left_out = exclude if isinstance(exclude, (list, tuple, set)) else (exclude,)
        return tuple(set(cls.all()) - set(left_out) - {cls.ALL})


class AutoGraphError(Exception):
    """What is raised for errors of the conversion."""


def do_not_convert(func: Callable[..., Any] | None = None) -> Any:
    """A function that is never converted, which is true of any.

    Args:
        func: the function; when None, a decorator is returned.
    """
    if func is None:
        return do_not_convert

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return wrapper


def trace(*args: Any) -> None:
    """Print values while a function is traced.

    Args:
        *args: what is printed.
    """
    print(*args)


def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """Say how much is told of conversions; there are none, so nothing is.

    Args:
        level: the larger, the more.
        alsologtostdout: whether it goes to standard output, too.
    """


def set_loop_options(
    parallel_iterations: Any = _UNSPECIFIED,
    back_prop: Any = _UNSPECIFIED,
    swap_memory: Any = _UNSPECIFIED,
    maximum_iterations: Any = _UNSPECIFIED,
) -> None:
    """Say how the loop around is converted; as in TensorFlow, a loop of Python's stays as it is.

    Args:
        parallel_iterations, back_prop, swap_memory, maximum_iterations: see `tf.while_loop`.
    """


def to_graph(
    entity: Any,
    recursive: bool = True,
    arg_values: Any = None,
    arg_types: Any = None,
    experimental_optional_features: Any = None,
) -> NoReturn:
    """Refuse to convert a function.

    Raises:
        NotImplementedError: always.
    """
    _refuse("to_graph")


def to_code(
    entity: Any,
    recursive: bool = True,
    arg_values: Any = None,
    arg_types: Any = None,
    indentation: str = "  ",
    experimental_optional_features: Any = None,
) -> NoReturn:
    """Refuse to show the code of a converted function.

    Raises:
        NotImplementedError: always.
    """
    _refuse("to_code")


def _refuse(name: str) -> NoReturn:
    raise NotImplementedError(
        f"tf.autograph.{name}: Python's control flow on tensors is not converted; write it with tf.cond and "
        "tf.while_loop"
    )
