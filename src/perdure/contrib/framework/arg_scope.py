"""Scopes that give functions default arguments: `arg_scope`, `add_arg_scope`.

Example::

    @add_arg_scope
    def layer(inputs, units, activation=None): ...

    with arg_scope([layer], activation=tf.nn.relu):
        layer(x, 10)                    # as layer(x, 10, activation=tf.nn.relu)
        layer(x, 10, activation=None)   # what is given at the call counts more
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
Scope = dict[Any, dict[str, Any]]

# The names of the arguments of each function that takes part in scopes.
_arguments: dict[Any, tuple[str, ...]] = {}


class _Scopes(threading.local):
    """The open scopes of a thread, outermost first."""

    def __init__(self) -> None:
        self.stack: list[Scope] = [{}]


_scopes = _Scopes()


def current_arg_scope() -> Scope:
    """The open scope: the default arguments of each function, by its key."""
    return _scopes.stack[-1]


def arg_scope_func_key(op: Any) -> Any:
    """What a scope knows a function by."""
    return getattr(op, "_key_op", str(op))


@contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[Scope]:
    """Give functions default arguments in the block, beside those of the scopes around it.

    Args:
        list_ops_or_scope: a list of functions that were decorated with `add_arg_scope`; or a scope that was
            opened before (`with arg_scope(...) as scope`), to open it again.
        **kwargs: the arguments.

    Yields:
        The scope.

    Raises:
        TypeError: no list and no scope.
        ValueError: a function is not decorated, or there are arguments beside a scope.
    """
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError(
                "When attempting to re-use a scope by suppling adictionary, kwargs must be empty."
            )
        scope = list_ops_or_scope.copy()
    elif isinstance(list_ops_or_scope, (list, tuple)):
        scope = current_arg_scope().copy()
        for op in list_ops_or_scope:
            if not has_arg_scope(op):
                raise ValueError(f"{(op.__module__, op.__name__)} is not decorated with @add_arg_scope")
            key = arg_scope_func_key(op)
            scope[key] = {**scope.get(key, {}), **kwargs}
    else:
        raise TypeError("list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)")
    _scopes.stack.append(scope)
    try:
        yield scope
    finally:
        _scopes.stack.pop()


def add_arg_scope(func: Function) -> Function:
    """Let a function take part in scopes: a decorator.

    Args:
        func: the function.
    """
    key = arg_scope_func_key(func)

    @functools.wraps(func)
    def with_scope(*args: Any, **kwargs: Any) -> Any:
        scope = current_arg_scope()
        if key in scope:
            kwargs = {**scope[key], **kwargs}
        return func(*args, **kwargs)

    _arguments[key] = _names_with_defaults(func)
    with_scope._key_op = key  # type: ignore[attr-defined]
    return with_scope  # type: ignore[return-value]


def has_arg_scope(func: Any) -> bool:
    """Whether a function was decorated with `add_arg_scope`."""
    return arg_scope_func_key(func) in _arguments


def arg_scoped_arguments(func: Any) -> tuple[str, ...]:
    """The names of the arguments of a decorated function that scopes can give it.

    Raises:
        AssertionError: it is not decorated.
    """
    if not has_arg_scope(func):
        raise AssertionError(f"{(func.__module__, func.__name__)} is not decorated with @add_arg_scope")
    return _arguments[arg_scope_func_key(func)]


def _names_with_defaults(func: Any) -> tuple[str, ...]:
    code = func.__code__
    # Without defaults all of them, as in TensorFlow.
    first = -len(func.__defaults__) if func.__defaults__ else 0
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount][first:]
    return names
