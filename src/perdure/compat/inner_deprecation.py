"""Decorators that say what is deprecated: `tensorflow.python.util.deprecation` and `decorator_utils`."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from perdure.compat.inner_decorators import make_decorator
from perdure.compat.inner_inspect import getcallargs, getfullargspec
from perdure.platform import logging
from perdure.platform.deprecation import silence_when

_warned: set[Any] = set()
# A switch that programs set themselves, so that it has TensorFlow's name.
_PRINT_DEPRECATION_WARNINGS = True
silence_when(lambda: not _PRINT_DEPRECATION_WARNINGS)


class DeprecatedNamesAlreadySet(Exception):  # noqa: N818 - TensorFlow's name
    """A function was given deprecated names twice."""


def deprecated(date: str | None, instructions: str, warn_once: bool = True) -> Callable[..., Any]:
    """A decorator of functions that are deprecated: calling them logs a warning.

    Args:
        date: the day after which it may be gone, "YYYY-MM-DD"; some day if None.
        instructions: what to do instead.
        warn_once: whether the warning is logged once only.

    Raises:
        ValueError: the date is written otherwise, or there are no instructions.
    """
    when = _checked_date(date, instructions)

    def decorate(func: Any) -> Any:
        validate_callable(func, "deprecated")

        @functools.wraps(func)
        def warning(*args: Any, **kwargs: Any) -> Any:
            _warn(
                func,
                warn_once,
                "From %s: %s (from %s) is deprecated and will be removed %s.\nInstructions for updating:\n%s",
                get_qualified_name(func),
                func.__module__,
                when,
                instructions,
            )
            return func(*args, **kwargs)

        notice = [f"THIS FUNCTION IS DEPRECATED. It will be removed {when}.", "Instructions for updating:"]
        doc = add_notice_to_docstring(
            func.__doc__, instructions, "DEPRECATED FUNCTION", "(deprecated)", notice
        )
        return make_decorator(func, warning, "deprecated", doc)

    return decorate


def deprecated_alias(deprecated_name: str, name: str, func_or_class: Any, warn_once: bool = True) -> Any:
    """A function or class under an older name: using it logs a warning.

    Args:
        deprecated_name: the older name.
        name: the name to use instead.
        func_or_class: the function or class.
        warn_once: whether the warning is logged once only.
    """
    text = "From %s: The name %s is deprecated. Please use %s instead.\n"
    if isinstance(func_or_class, type):

        class Alias(func_or_class):  # type: ignore[misc]
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                _warn((Alias, "alias"), warn_once, text, deprecated_name, name)
                super().__init__(*args, **kwargs)

        Alias.__name__ = func_or_class.__name__
        Alias.__qualname__ = func_or_class.__qualname__
        Alias.__doc__ = add_notice_to_docstring(
            func_or_class.__doc__,
            f"Please use {name} instead.",
            "DEPRECATED CLASS",
            "(deprecated)",
            ["THIS CLASS IS DEPRECATED. It will be removed in a future version. "],
        )
        return Alias
    validate_callable(func_or_class, "deprecated")

    @functools.wraps(func_or_class)
    def alias(*args: Any, **kwargs: Any) -> Any:
        _warn((alias, "alias"), warn_once, text, deprecated_name, name)
        return func_or_class(*args, **kwargs)

    return make_decorator(func_or_class, alias, "deprecated")


def deprecated_endpoints(*args: str) -> Callable[..., Any]:
    """A decorator that notes the deprecated names of a function.

    Raises:
        DeprecatedNamesAlreadySet: by the decorator, if it has some.
    """

    def decorate(func: Any) -> Any:
        if "_tf_deprecated_api_names" in func.__dict__:
            raise DeprecatedNamesAlreadySet(
                f"Cannot set deprecated names for {func.__name__} to {args}. Deprecated names are already "
                f"set to {func._tf_deprecated_api_names}."
            )
        func._tf_deprecated_api_names = args
        return func

    return decorate


def deprecated_args(
    date: str | None,
    instructions: str,
    *deprecated_arg_names_or_tuples: Any,
    warn_once: bool = True,
    **kwargs: Any,
) -> Callable[..., Any]:
    """A decorator of functions with deprecated arguments: giving them logs a warning.

    Args:
        date, instructions, warn_once: see `deprecated`.
        *deprecated_arg_names_or_tuples: the names; a tuple of a name and the one value that may be given.

    Raises:
        ValueError: no names, other arguments, or by the decorator, if the function has no such argument.
    """
    when = _checked_date(date, instructions)
    if not deprecated_arg_names_or_tuples:
        raise ValueError("Specify which argument is deprecated.")
    if kwargs:
        raise ValueError(f"Illegal argument to deprecated_args: {kwargs}")
    allowed: dict[str, tuple[Any, ...]] = {
        (item[0] if isinstance(item, tuple) else item): (item[1:2] if isinstance(item, tuple) else ())
        for item in deprecated_arg_names_or_tuples
    }

    def decorate(func: Any) -> Any:
        validate_callable(func, "deprecated_args")
        spec = getfullargspec(func)
        known = [*spec.args, spec.varargs, spec.varkw]
        missing = [name for name in allowed if name not in known]
        if missing:
            raise ValueError(
                f"The following deprecated arguments are not present in the function signature: {missing}. "
                f"Found next arguments: {known}."
            )

        @functools.wraps(func)
        def warning(*args: Any, **given: Any) -> Any:
            values = getcallargs(func, *args, **given)
            for name, allowed_value in allowed.items():
                if name == spec.varargs:
                    is_given = len(args) > len(spec.args)
                elif name == spec.varkw:
                    is_given = bool(given)
                else:
                    is_given = name in given or spec.args.index(name) < len(args)
                    is_given &= not (allowed_value and _same(values[name], allowed_value[0]))
                if is_given:
                    _warn_of_argument(func, name, name, when, instructions, warn_once)
            return func(*args, **given)

        notice = [
            f"SOME ARGUMENTS ARE DEPRECATED: `({', '.join(sorted(allowed))})`. They will be removed {when}.",
            "Instructions for updating:",
        ]
        doc = add_notice_to_docstring(
            func.__doc__, instructions, "DEPRECATED FUNCTION ARGUMENTS", "(deprecated arguments)", notice
        )
        return make_decorator(func, warning, "deprecated", doc)

    return decorate


def deprecated_arg_values(
    date: str | None, instructions: str, warn_once: bool = True, **deprecated_kwargs: Any
) -> Callable[..., Any]:
    """A decorator of functions whose arguments have deprecated values: giving these logs a warning.

    Args:
        date, instructions, warn_once: see `deprecated`.
        **deprecated_kwargs: the values by the names of the arguments.

    Raises:
        ValueError: there are none.
    """
    when = _checked_date(date, instructions)
    if not deprecated_kwargs:
        raise ValueError("Specify which argument values are deprecated.")

    def decorate(func: Any) -> Any:
        validate_callable(func, "deprecated_arg_values")

        @functools.wraps(func)
        def warning(*args: Any, **kwargs: Any) -> Any:
            values = getcallargs(func, *args, **kwargs)
            for name, value in deprecated_kwargs.items():
                if name in values and _same(values[name], value):
                    _warn_of_argument(func, name, f"{name}={value}", when, instructions, warn_once)
            return func(*args, **kwargs)

        listed = ", ".join(f"{name}={value!r}" for name, value in sorted(deprecated_kwargs.items()))
        notice = [
            f"SOME ARGUMENT VALUES ARE DEPRECATED: `({listed})`. They will be removed {when}.",
            "Instructions for updating:",
        ]
        doc = add_notice_to_docstring(
            func.__doc__,
            instructions,
            "DEPRECATED FUNCTION ARGUMENT VALUES",
            "(deprecated argument values)",
            notice,
        )
        return make_decorator(func, warning, "deprecated", doc)

    return decorate


def deprecated_argument_lookup(new_name: str, new_value: Any, old_name: str, old_value: Any) -> Any:
    """The value of an argument that has an older name.

    Raises:
        ValueError: both are given.
    """
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    return old_value


def rewrite_argument_docstring(old_doc: str, old_argument: str, new_argument: str) -> str:
    """A docstring with another name for an argument."""
    renamed = old_doc.replace(f"`{old_argument}`", f"`{new_argument}`")
    return renamed.replace(f"{old_argument}:", f"{new_argument}:")


@contextmanager
def silence() -> Iterator[None]:
    """A block in which these decorators log nothing."""
    global _PRINT_DEPRECATION_WARNINGS
    outer, _PRINT_DEPRECATION_WARNINGS = _PRINT_DEPRECATION_WARNINGS, False
    try:
        yield
    finally:
        _PRINT_DEPRECATION_WARNINGS = outer


class HiddenTfApiAttribute(property):
    """An attribute that raises AttributeError with a message.

    Args:
        deprecation_message: the message.
    """

    def __init__(self, deprecation_message: str) -> None:
        def refuse(_: Any) -> Any:
            raise AttributeError(deprecation_message)

        super().__init__(refuse)


hide_attribute_from_api = HiddenTfApiAttribute
HIDDEN_ATTRIBUTE = HiddenTfApiAttribute("This attribute has been deprecated.")


def _checked_date(date: str | None, instructions: str) -> str:
    if date is not None and not re.match(r"20\d\d-[01]\d-[0123]\d", date):
        raise ValueError("Date must be YYYY-MM-DD.")
    if not instructions:
        raise ValueError("Don't deprecate things without conversion instructions!")
    return "in a future version" if date is None else f"after {date}"


def _warn_of_argument(func: Any, name: str, what: str, when: str, instructions: str, warn_once: bool) -> None:
    _warn(
        (func, name),
        warn_once,
        "From %s: calling %s (from %s) with %s is deprecated and will be removed %s.\n"
        "Instructions for updating:\n%s",
        get_qualified_name(func),
        func.__module__,
        what,
        when,
        instructions,
        depth=4,
    )


def _warn(key: Any, once: bool, text: str, *words: Any, depth: int = 3) -> None:
    """Log a warning that starts with the place `depth` calls up, unless it has been."""
    if not _PRINT_DEPRECATION_WARNINGS or key in _warned:
        return
    if once:
        _warned.add(key)
    frame = sys._getframe(depth - 1)
    logging.warning(text, f"{frame.f_code.co_filename}:{frame.f_lineno}", *words)


def _same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    try:
        equal = a == b
    except TypeError:
        return False
    return equal if isinstance(equal, bool) else False  # what arrays and tensors say is no answer


# -- decorator_utils ----------------------------------------------------------------------


def get_qualified_name(function: Any) -> str:
    """The name of a function with that of its class."""
    return getattr(function, "__qualname__", None) or function.__name__


def validate_callable(func: Any, decorator_name: str) -> None:
    """Refuse to decorate what cannot be called, such as a property.

    Raises:
        ValueError: it cannot.
    """
    if not hasattr(func, "__call__"):  # noqa: B004 - also classes with such an attribute
        raise ValueError(
            f"{func} is not a function. If this is a property, make sure @property appears before "
            f"@{decorator_name} in your source code:\n\n@property\n@{decorator_name}\ndef method(...)"
        )


def add_notice_to_docstring(
    doc: str | None, instructions: str, no_doc_str: str, suffix_str: str, notice: list[str]
) -> str:
    """A docstring with a warning behind its first line.

    Args:
        doc: the docstring, if there is one.
        instructions: what to do instead.
        no_doc_str: the first line, if there is none.
        suffix_str: what is added to the first line.
        notice: the lines of the warning.

    Raises:
        ValueError: the warning is empty.
    """
    if not notice:
        raise ValueError("The `notice` arg must not be empty.")
    lines = _without_indent(doc) if doc else []
    first = f"{lines[0]} {suffix_str}" if lines else no_doc_str
    warning = ["", f"Warning: {notice[0]}", *notice[1:], *([instructions] if instructions else [])]
    rest = lines[1:]
    if rest and rest[0].strip():
        warning.append("")
    return "\n".join([first, *warning, *rest])


def _without_indent(doc: str) -> list[str]:
    lines = doc.expandtabs().splitlines()
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    trimmed = [lines[0].strip()] + [line[min(indents, default=0) :].rstrip() for line in lines[1:]]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    while trimmed and not trimmed[0]:
        trimmed.pop(0)
    return trimmed


class classproperty:  # noqa: N801 - TensorFlow's name
    """A property of a class.

    Args:
        func: a function of the class.
    """

    def __init__(self, func: Callable[[Any], Any]) -> None:
        self._func = func

    def __get__(self, owner_self: Any, owner_cls: Any) -> Any:
        return self._func(owner_cls)


def keyword_args_only(func: Any) -> Any:
    """A decorator of functions that take no positional arguments.

    Raises:
        ValueError: by the function, if it is given some.
    """
    validate_callable(func, "keyword_args_only")

    @functools.wraps(func)
    def refusing(*args: Any, **kwargs: Any) -> Any:
        if args:
            raise ValueError(f"Must use keyword args to call {func.__name__}.")
        return func(**kwargs)

    return refusing
