"""Decorators that know what they decorate: `tensorflow.python.util.tf_decorator` and `tf_contextlib`."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable
from typing import Any


class TFDecorator:
    """What is known of a decorated function: the decorator and what it decorates.

    Args:
        decorator_name: the name of the decorator.
        target: what it decorates.
        decorator_doc: the docstring that it gives.
        decorator_argspec: the arguments that it gives, an ArgSpec or FullArgSpec, if they are other ones.
    """

    def __init__(
        self, decorator_name: str, target: Any, decorator_doc: str | None = "", decorator_argspec: Any = None
    ) -> None:
        self.decorated_target = target
        self._decorator_name = decorator_name
        self._decorator_doc = decorator_doc
        self._decorator_argspec = decorator_argspec
        for attribute in ("__name__", "__qualname__"):
            if hasattr(target, attribute):
                setattr(self, attribute, getattr(target, attribute))
        self.__doc__ = decorator_doc or getattr(target, "__doc__", None) or ""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.decorated_target.__get__(instance, owner)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.decorated_target(*args, **kwargs)

    @property
    def decorator_name(self) -> str:
        """The name of the decorator."""
        return self._decorator_name

    @property
    def decorator_doc(self) -> str | None:
        """The docstring that it gives."""
        return self._decorator_doc

    @property
    def decorator_argspec(self) -> Any:
        """The arguments that it gives, or None."""
        return self._decorator_argspec


def make_decorator(
    target: Any,
    decorator_func: Any,
    decorator_name: str | None = None,
    decorator_doc: str | None = "",
    decorator_argspec: Any = None,
) -> Any:
    """`decorator_func` with the names of `target`, and marked as what decorates that.

    Args:
        target: the function that is decorated.
        decorator_func: the function that takes its place.
        decorator_name: the name of the decorator; that of the function that calls this if None.
        decorator_doc: the docstring of `decorator_func`; that of `target` if empty.
        decorator_argspec: the arguments of `decorator_func`, if they are not those of `target`.
    """
    if decorator_name is None:
        decorator_name = sys._getframe(1).f_code.co_name
    decorator = TFDecorator(decorator_name, target, decorator_doc, decorator_argspec)
    decorator_func._tf_decorator = decorator
    for attribute in ("__name__", "__qualname__", "__module__"):
        if hasattr(target, attribute):
            setattr(decorator_func, attribute, getattr(target, attribute))
    for name, value in getattr(target, "__dict__", {}).items():
        decorator_func.__dict__.setdefault(name, value)
    if hasattr(target, "__doc__"):
        decorator_func.__doc__ = decorator.__doc__
    decorator_func.__wrapped__ = target
    decorator_func.__original_wrapped__ = target
    return decorator_func


def _decorator_of(value: Any) -> TFDecorator | None:
    if isinstance(value, TFDecorator):
        return value
    decorator = getattr(value, "_tf_decorator", None)
    return decorator if isinstance(decorator, TFDecorator) else None


def unwrap(maybe_tf_decorator: Any) -> tuple[list[TFDecorator], Any]:
    """The decorators of a function, outermost first, and what they decorate.

    Args:
        maybe_tf_decorator: the function.
    """
    decorators, current = [], maybe_tf_decorator
    while (decorator := _decorator_of(current)) is not None:
        decorators.append(decorator)
        current = decorator.decorated_target
    return decorators, current


def rewrap(decorator_func: Any, previous_target: Any, new_target: Any) -> Any:
    """A decorated function that decorates something else from now on.

    Args:
        decorator_func: the decorated function.
        previous_target: what is replaced: a function inside of it.
        new_target: what takes its place.

    Returns:
        `decorator_func`, or `new_target` if it is not decorated.
    """
    innermost, current = None, decorator_func
    while isinstance(getattr(current, "_tf_decorator", None), TFDecorator):
        innermost = current
        if current._tf_decorator.decorated_target is previous_target:
            break
        current = current._tf_decorator.decorated_target
    if innermost is None:
        assert decorator_func is previous_target
        return new_target
    innermost._tf_decorator.decorated_target = new_target
    function: Any = innermost.__func__ if inspect.ismethod(innermost) else innermost
    function.__wrapped__ = new_target
    return decorator_func


def contextmanager(target: Callable[..., Any]) -> Any:
    """`contextlib.contextmanager`, marked as a decorator."""
    return make_decorator(target, contextlib.contextmanager(target), "contextmanager")
