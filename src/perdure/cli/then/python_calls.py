"""Functions of Python's library as they were: what a program's calls go to."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any

import numpy as np

from perdure.cli.then.operands import total

_Function = Callable[..., Any]


def sample(original: _Function) -> _Function:
    def choose(population: Any, k: int, **kwargs: Any) -> list[Any]:
        if isinstance(population, Set):
            population = tuple(population)
        return original(population, k, **kwargs)

    return choose


def shuffle(original: _Function) -> _Function:
    def mix(x: Any, random: Callable[[], float] | None = None) -> None:
        if random is None:
            return original(x)
        for i in reversed(range(1, len(x))):
            j = int(random() * (i + 1))
            x[i], x[j] = x[j], x[i]
        return None

    return mix


def _of_whole_numbers(original: _Function) -> _Function:
    def call(*args: Any, **kwargs: Any) -> Any:
        whole = [int(x) if isinstance(x, float) and x.is_integer() else x for x in args]
        return original(*whole, **kwargs)

    return call


randint = randrange = factorial = _of_whole_numbers


def sum(original: _Function) -> _Function:
    def add(iterable: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(iterable, (list, tuple)) and not any(isinstance(x, np.generic) for x in iterable[:2]):
            return original(iterable, *args, **kwargs)
        return total(iterable, *args, **kwargs)

    return add


def with_encoding(original: _Function) -> _Function:
    def read(s: Any, **kwargs: Any) -> Any:
        kwargs.pop("encoding", None)  # ignored since Python 3.1
        return original(s, **kwargs)

    return read


def open(original: _Function) -> _Function:
    def open_file(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if isinstance(mode, str) and "U" in mode:  # what text files do by themselves
            mode = mode.replace("U", "") or "r"
            mode = mode if set(mode) & set("rwax") else f"r{mode}"
        return original(file, mode, *args, **kwargs)

    return open_file
