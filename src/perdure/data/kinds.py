"""The classes of datasets by name, so that the methods of their base find them.

The modules that define datasets stand on the base; each hands its classes down when it is imported, which the
package does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

K = TypeVar("K", bound=Callable[..., Any])

_kinds: dict[str, Callable[..., Any]] = {}


def kind(made: K) -> K:
    """Hand down a class of datasets, or a function that makes datasets."""
    _kinds[made.__name__] = made
    return made


def make(name: str, *arguments: Any, **keywords: Any) -> Any:
    """A dataset of a class, by its name."""
    return _kinds[name](*arguments, **keywords)
