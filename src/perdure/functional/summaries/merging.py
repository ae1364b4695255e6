"""tf.summary.merge and merge_all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.summaries.tags import clean_tag, collect
from perdure.graph.builder import g
from perdure.graph.defaults import get_collection, name_scope
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor


def merge(inputs: Any, collections: Sequence[str] | None = None, name: str | None = None) -> Tensor:
    """A summary with the values of others.

    Running it raises InvalidArgumentError if two of them have the same tag.

    Args:
        inputs: a list of serialized `Summary` messages.
        collections: the collections it is added to; none if None.
        name: the name of the node.

    Returns:
        A string, a serialized `Summary`.
    """
    name = clean_tag(name)
    with name_scope(name, "Merge", inputs):
        made = g.merge_summary(inputs=inputs, name=name)
        collect(made, collections, [])
    return made


def merge_all(
    key: str = GraphKeys.SUMMARIES, scope: str | None = None, name: str | None = None
) -> Tensor | None:
    """A summary with the values of all that are in a collection of the default graph.

    Args:
        key: the collection.
        scope: a regular expression that the beginnings of their names match.
        name: the name of the node.

    Returns:
        A string, a serialized `Summary`; None if there are none.
    """
    found = get_collection(key, scope=scope)
    return merge(found, name=name) if found else None
