"""Regular expressions in the syntax of RE2 (github.com/google/re2/wiki/Syntax)."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """Whether a pattern matches the whole of each string.

    Args:
        input: a tensor of strings.
        pattern: a string, or a scalar tensor.
        name: the name of the node.

    Returns:
        A bool tensor of the shape of `input`.

    Raises:
        InvalidArgumentError: when run, if the pattern is none.
    """
    if isinstance(pattern, str | bytes):
        return g.static_regex_full_match(input, pattern=pattern, name=name)
    return g.regex_full_match(input, pattern, name=name)


def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Tensor:
    r"""Strings with what a pattern matches replaced.

    Args:
        input: a tensor of strings.
        pattern: a string, or a scalar tensor.
        rewrite: what replaces a match, with `\0` to `\9` for the match and its groups; likewise.
        replace_global: replace all matches, not the first one alone.
        name: the name of the node.

    Raises:
        InvalidArgumentError: when run, if the pattern is none.
    """
    if isinstance(pattern, str | bytes) and isinstance(rewrite, str | bytes):
        return g.static_regex_replace(
            input, pattern=pattern, rewrite=rewrite, replace_global=replace_global, name=name
        )
    return g.regex_replace(input, pattern, rewrite, replace_global=replace_global, name=name)
