"""Versions that compare: `LooseVersion`, of anything, and `StrictVersion`, of numbers as `1.15.5`."""

from __future__ import annotations

import re
from functools import total_ordering
from typing import Any


@total_ordering
class Version:
    """What both kinds share: they compare with each other, and with texts, by what `parse` has found."""

    version: Any

    def __init__(self, vstring: str | None = None) -> None:
        if vstring:
            self.parse(vstring)

    def __repr__(self) -> str:
        return f"{type(self).__name__} ('{self}')"

    def __eq__(self, other: object) -> bool:
        found = self._beside(other)
        return found if found is NotImplemented else self._order() == found

    def __lt__(self, other: object) -> bool:
        found = self._beside(other)
        return found if found is NotImplemented else self._order() < found

    def _beside(self, other: object) -> Any:
        if isinstance(other, str):
            other = type(self)(other)
        return other._order() if isinstance(other, type(self)) else NotImplemented

    def _order(self) -> Any:
        return self.version

    def parse(self, vstring: str) -> None:
        """Read a version.

        Args:
            vstring: its text.
        """
        raise NotImplementedError


class LooseVersion(Version):
    """A version of any form: its runs of digits and of letters, one after the other."""

    component_re = re.compile(r"(\d+ | [a-z]+ | \.)", re.VERBOSE)

    def parse(self, vstring: str) -> None:
        self.vstring = vstring
        parts = (part for part in self.component_re.split(vstring) if part and part != ".")
        self.version = [int(part) if part.isdigit() else part for part in parts]

    def __str__(self) -> str:
        return self.vstring

    def __repr__(self) -> str:
        return f"LooseVersion ('{self}')"


class StrictVersion(Version):
    """A version of two or three numbers, with `a` or `b` and a number behind them before it is released."""

    version_re = re.compile(r"(\d+) \. (\d+) (?:\. (\d+))? (?:([ab]) (\d+))?", re.VERBOSE | re.ASCII)
    prerelease: tuple[str, int] | None

    def parse(self, vstring: str) -> None:
        match = self.version_re.fullmatch(vstring)
        if match is None:
            raise ValueError(f"invalid version number '{vstring}'")
        major, minor, patch, letter, number = match.groups()
        self.version = (int(major), int(minor), int(patch or 0))
        self.prerelease = (letter, int(number)) if letter else None

    def __str__(self) -> str:
        numbers = self.version if self.version[2] else self.version[:2]
        return ".".join(map(str, numbers)) + "".join(map(str, self.prerelease or ()))

    def _order(self) -> Any:
        return self.version, self.prerelease or ("release", 0)
