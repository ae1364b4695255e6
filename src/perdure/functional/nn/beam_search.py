"""tf.contrib.seq2seq.gather_tree: the sequences that the beams of a search stand for."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def gather_tree(
    step_ids: Any, parent_ids: Any, max_sequence_lengths: Any, end_token: Any, name: str | None = None
) -> Tensor:
    """The classes of the final beams, int32 (time, batch, beams), the end token behind their ends.

    Args:
        step_ids: the class that each beam took at each step, int32 (time, batch, beams).
        parent_ids: from which beam of the step before each came, like `step_ids`.
        max_sequence_lengths: how many steps count of each example, int32 (batch,).
        end_token: the class that ends a sequence, an int32 scalar.
        name: the name of the node.
    """
    return g.gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=name)
