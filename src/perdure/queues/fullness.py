"""The summaries that input pipelines add, of how full their queues are."""

from __future__ import annotations

import re
from typing import Any

from perdure.graph.builder import g
from perdure.graph.defaults import add_to_collection, name_scope
from perdure.graph.keys import GraphKeys


def add_fullness_summary(name: str, fraction: Any) -> None:
    """Add a scalar summary to the graph and to the collection of summaries.

    Args:
        name: its name; the tag is this name within the current name scope.
        fraction: a float tensor.
    """
    clean = re.sub(r"[^-/\w\.]", "_", name).lstrip("/")
    with name_scope(clean, None, [fraction]) as scope:
        summary = g.scalar_summary(scope.rstrip("/"), fraction, name=scope)
    add_to_collection(GraphKeys.SUMMARIES, summary)
