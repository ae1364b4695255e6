"""tf.nn.ctc_loss: connectionist temporal classification (Graves et al., 2006) of sparse labels."""

from __future__ import annotations

from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.array.rearranging import transpose
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.tensor import Tensor


def ctc_loss(
    labels: Any,
    inputs: Any = None,
    sequence_length: Any = None,
    preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True,
    ignore_longer_outputs_than_inputs: bool = False,
    time_major: bool = True,
    logits: Any = None,
) -> Tensor:
    """Minus the log-probability of labels, wherever a network puts them, (batch,).

    Args:
        labels: an int32 SparseTensor (batch, label).
        inputs: logits (time, batch, classes), the last of which is the blank.
        sequence_length: int32 (batch,): how many steps each example has.
        preprocess_collapse_repeated: whether labels that repeat the one before are left out first.
        ctc_merge_repeated: whether labels that a network repeats are one label.
        ignore_longer_outputs_than_inputs: whether examples with more labels than steps have no loss, instead
            of being an error.
        time_major: whether logits are (time, batch, classes), or (batch, time, classes).
        logits: a newer name of `inputs`.

    Raises:
        TypeError: labels are no SparseTensor.
        ValueError: there are logits under both names.
    """
    if not isinstance(labels, SparseTensor):
        raise TypeError("Expected labels (first argument) to be a SparseTensor")
    inputs = renamed("logits", logits, "inputs", inputs)
    if not time_major:
        inputs = transpose(inputs, [1, 0, 2])
    return g.ctc_loss(
        inputs,
        labels.indices,
        labels.values,
        sequence_length,
        preprocess_collapse_repeated=preprocess_collapse_repeated,
        ctc_merge_repeated=ctc_merge_repeated,
        ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs,
    ).loss
