"""`inspect` that looks through decorators: `tensorflow.python.util.tf_inspect` and `function_utils`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from inspect import FullArgSpec
from typing import Any, NamedTuple

from perdure.compat.inner_decorators import unwrap


class ArgSpec(NamedTuple):
    """What `inspect.getargspec` returned until Python 3.10."""

    args: list[str]
    varargs: str | None
    keywords: str | None
    defaults: tuple[Any, ...] | None


def getfullargspec(obj: Any) -> FullArgSpec:
    """The arguments of a function, or those that one of its decorators gives.

    Args:
        obj: the function.
    """
    decorators, target = unwrap(obj)
    for decorator in decorators:
        given = decorator.decorator_argspec
        if given is not None:
            return given if isinstance(given, FullArgSpec) else _full(given)
    return inspect.getfullargspec(target)


def _full(spec: Any) -> FullArgSpec:
    return FullArgSpec(spec.args, spec.varargs, spec.keywords, spec.defaults, [], None, {})


def getargspec(obj: Any) -> ArgSpec:
    """The arguments of a function, a class, an object that can be called, or a `functools.partial`.

    Args:
        obj: it.

    Raises:
        ValueError: a partial gives an argument that is followed by one without a default.
    """
    if isinstance(obj, functools.partial):
        return _of_partial(obj)
    decorators, target = unwrap(obj)
    for decorator in decorators:
        if decorator.decorator_argspec:
            return decorator.decorator_argspec
    tries: list[Any] = [target]
    if isinstance(target, type):
        tries += [target.__init__, target.__new__]  # type: ignore[misc]
    for function in tries:
        try:
            return ArgSpec(*inspect.getfullargspec(function)[:4])
        except TypeError:
            pass
    return ArgSpec(*inspect.getfullargspec(type(target).__call__)[:4])


def _of_partial(obj: functools.partial[Any]) -> ArgSpec:
    args, varargs, keywords, defaults = getargspec(obj.func)
    args = args[len(obj.args) :]
    known = dict(zip(args[-len(defaults) :], defaults, strict=False)) if defaults else {}
    for name, value in obj.keywords.items():
        if name in args:
            known[name] = value
        elif not keywords:
            raise ValueError(
                "Function does not have **kwargs parameter, but contains an unknown partial keyword."
            )
    first = next((i for i, name in enumerate(args) if name in known), None)
    if first is None:
        return ArgSpec(args, varargs, keywords, None)
    missing = [name for name in args[first:] if name not in known]
    if missing:
        raise ValueError(
            f"Some arguments {missing} do not have default value, but they are positioned after those with "
            "default values. This can not be expressed with ArgSpec."
        )
    return ArgSpec(args, varargs, keywords, tuple(known[name] for name in args[first:]))


def getcallargs(*func_and_positional: Any, **named: Any) -> dict[str, Any]:
    """The values that the arguments of a function have in a call.

    Args:
        *func_and_positional: the function, and the positional arguments of the call.
        **named: the others.
    """
    func, *positional = func_and_positional
    spec = getfullargspec(func)
    if ismethod(func) and func.__self__:
        positional = [func.__self__, *positional]
    values = dict(named)
    values.update(zip([name for name in spec.args if name not in values], positional, strict=False))
    defaults = spec.defaults or ()
    for name, value in zip(spec.args[len(spec.args) - len(defaults) :], defaults, strict=True):
        values.setdefault(name, value)
    return {**(spec.kwonlydefaults or {}), **values}


def currentframe() -> Any:
    """The frame of the function that calls this."""
    return inspect.stack()[1][0]


def stack(context: int = 1) -> list[Any]:
    """The stack of the function that calls this."""
    return inspect.stack(context)[1:]


def getfile(object: Any) -> str:  # noqa: A002 - TensorFlow's name
    """The file that defines something, a frame also."""
    target = unwrap(object)[1]
    return getattr(target, "f_globals", {}).get("__file__") or inspect.getfile(target)


def _of_target(name: str) -> Callable[[Any], Any]:
    function = getattr(inspect, name)

    def look(object: Any) -> Any:  # noqa: A002 - TensorFlow's name
        return function(unwrap(object)[1])

    look.__name__ = look.__qualname__ = name
    look.__doc__ = f"`inspect.{name}` of what is decorated."
    return look


getsource = _of_target("getsource")
getsourcefile = _of_target("getsourcefile")
getsourcelines = _of_target("getsourcelines")
isbuiltin = _of_target("isbuiltin")
isclass = _of_target("isclass")
isfunction = _of_target("isfunction")
isframe = _of_target("isframe")
isgenerator = _of_target("isgenerator")
isgeneratorfunction = _of_target("isgeneratorfunction")
ismethod = _of_target("ismethod")
ismodule = _of_target("ismodule")
isroutine = _of_target("isroutine")
getdoc = inspect.getdoc
getframeinfo = inspect.getframeinfo
getmembers = inspect.getmembers
getmodule = inspect.getmodule
getmro = inspect.getmro
_inspect = inspect


# -- function_utils -----------------------------------------------------------------------


def fn_args(fn: Any) -> tuple[str, ...]:
    """The names of the arguments that a function still takes: not `self`, nor what a partial gives.

    Args:
        fn: a function, a method, a partial or an object that can be called.
    """
    if isinstance(fn, functools.partial):
        return tuple(name for name in fn_args(fn.func)[len(fn.args) :] if name not in fn.keywords)
    if ismethod(getattr(fn, "__call__", None)):  # noqa: B004 - an object of a class with that method
        fn = fn.__call__
    names = getfullargspec(fn).args
    return tuple(names[1:] if ismethod(fn) else names)


def has_kwargs(fn: Any) -> bool:
    """Whether a function takes arguments of any name.

    Raises:
        TypeError: it cannot be called.
    """
    if isinstance(fn, functools.partial):
        fn = fn.func
    elif ismethod(getattr(fn, "__call__", None)):  # noqa: B004 - an object of a class with that method
        fn = fn.__call__
    elif not callable(fn):
        raise TypeError(f"fn should be a function-like object, but is of type {type(fn)}.")
    return getfullargspec(fn).varkw is not None


def get_func_name(func: Any) -> str:
    """The name of a function; for a method with that of its class.

    Raises:
        ValueError: it cannot be called.
    """
    func = unwrap(func)[1]
    if not callable(func):
        raise ValueError("Argument must be callable")
    if inspect.isfunction(func):
        return func.__name__
    if inspect.ismethod(func):
        return f"{type(func.__self__).__name__}.{func.__func__.__name__}"
    return str(type(func))


def get_func_code(func: Any) -> Any:
    """The code of a function, or None if it has none.

    Raises:
        ValueError: it cannot be called.
    """
    func = unwrap(func)[1]
    if not callable(func):
        raise ValueError("Argument must be callable")
    if inspect.isfunction(func) or inspect.ismethod(func):
        return func.__code__
    return getattr(func.__call__, "__code__", None)
