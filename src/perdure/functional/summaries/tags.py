"""Names, tags and collections of summaries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from perdure.graph.defaults import add_to_collection, name_scope
from perdure.platform import logging

_ILLEGAL = re.compile(r"[^-/\w\.]")


def collect(val: Any, collections: Sequence[str] | None, default_collections: Sequence[str]) -> None:
    """Add a summary to collections.

    Args:
        val: the summary.
        collections: the collections.
        default_collections: those to add it to if `collections` is None.
    """
    for key in default_collections if collections is None else collections:
        add_to_collection(key, val)


def clean_tag(name: str | None) -> str | None:
    """A tag as a node may be called: an underscore for each other letter, and no slash at the beginning."""
    if name is None:
        return None
    cleaned = _ILLEGAL.sub("_", name).lstrip("/")
    if cleaned != name:
        logging.info("Summary name %s is illegal; using %s instead.", name, cleaned)
    return cleaned


@contextmanager
def summary_scope(
    name: str | None,
    family: str | None = None,
    default_name: str | None = None,
    values: Sequence[Any] | None = None,
) -> Iterator[tuple[str, str]]:
    """A name scope for a summary.

    Args:
        name: the summary's name.
        family: what its tag is to begin with; TensorBoard shows a family together.
        default_name: the name if `name` is None.
        values: the tensors it is made of.

    Returns:
        The tag and the scope, each of them new.
    """
    name, family = clean_tag(name), clean_tag(family)
    base = name if family is None else f"{family}/{name}"
    with name_scope(base, default_name, values) as scope:
        tag = scope.rstrip("/")
        yield (tag if family is None else f"{family}/{tag}"), scope
