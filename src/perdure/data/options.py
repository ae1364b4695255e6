"""Objects with options that are set as attributes, merged, and compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class OptionsBase:
    """Options by name; one that was not set has its default."""

    _options: dict[str, Any]

    def __init__(self) -> None:
        object.__setattr__(self, "_options", {})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        names = {*self._options, *other._options}
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def __ne__(self, other: object) -> bool:
        return not self == other if isinstance(other, self.__class__) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: Any) -> None:
        if not hasattr(self, name):
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")
        object.__setattr__(self, name, value)


def create_option(
    name: str, ty: Any, docstring: str, default_factory: Callable[[], Any] = lambda: None
) -> Any:
    """A property for an option.

    Args:
        name: its name.
        ty: the class, or classes, of its values.
        docstring: what it says.
        default_factory: makes its value if it is not set.
    """

    def get(options: Any) -> Any:
        if name not in options._options:
            options._options[name] = default_factory()
        return options._options[name]

    def put(options: Any, value: Any) -> None:
        if not isinstance(value, ty):
            raise TypeError(f'Property "{name}" must be of type {ty}, got: {value!r} (type: {type(value)!r})')
        options._options[name] = value

    return property(get, put, None, docstring)


def merge_options(*options_list: Any) -> Any:
    """Several options in one; what is set in one of them counts.

    Raises:
        ValueError: there are none, or two of them set an option to different values.
        TypeError: they are of different kinds.
    """
    if not options_list:
        raise ValueError("At least one options should be provided")
    kind = type(options_list[0])
    for options in options_list:
        if not isinstance(options, kind):
            raise TypeError(f"Incompatible options type: {kind!r} vs {type(options)!r}")
    if not isinstance(options_list[0], OptionsBase):
        raise TypeError("The inputs should inherit from `OptionsBase`")
    defaults, merged = kind(), kind()
    for options in options_list:
        for name in options._options:
            old, new, default = getattr(merged, name), getattr(options, name), getattr(defaults, name)
            if new == default:
                continue
            if old == default:
                setattr(merged, name, new)
            elif isinstance(old, OptionsBase):
                setattr(merged, name, merge_options(old, new))
            elif old != new:
                raise ValueError(f"Cannot merge incompatible values ({old!r} and {new!r}) of option: {name}")
    return merged
