"""tf.summary.scalar and histogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.summaries.tags import collect, summary_scope
from perdure.graph.builder import g
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor


def scalar(
    name: str | None, tensor: Any, collections: Sequence[str] | None = None, family: str | None = None
) -> Tensor:
    """A summary of a number.

    Args:
        name: the name of the node, and the tag.
        tensor: a real number.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.
        family: what the tag begins with.

    Returns:
        A string, a serialized `Summary`.
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        made = g.scalar_summary(tags=tag, values=tensor, name=scope)
        collect(made, collections, [GraphKeys.SUMMARIES])
    return made


def histogram(
    name: str | None, values: Any, collections: Sequence[str] | None = None, family: str | None = None
) -> Tensor:
    """A summary of how numbers are distributed.

    Running it raises InvalidArgumentError if one of them is not finite.

    Args:
        name: the name of the node, and the tag.
        values: real numbers of any shape.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.
        family: what the tag begins with.

    Returns:
        A string, a serialized `Summary`.
    """
    scope_of = summary_scope(name, family, values=[values], default_name="HistogramSummary")
    with scope_of as (tag, scope):
        made = g.histogram_summary(tag=tag, values=values, name=scope)
        collect(made, collections, [GraphKeys.SUMMARIES])
    return made
