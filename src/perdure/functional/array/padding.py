"""tf.pad."""

from __future__ import annotations

import numbers
from typing import Any

from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.tensor import Tensor


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    name: str | None = None,
    constant_values: Any = 0,
) -> Tensor:
    """`tensor` with elements added around it.

    Args:
        tensor: a tensor.
        paddings: (rank, 2): how many before and after, for each axis.
        mode: "CONSTANT", "REFLECT" (mirrored, without the border element) or "SYMMETRIC"
            (mirrored with it); in any case of letters.
        name: the name of the node.
        constant_values: the value of what is added in mode CONSTANT.

    Raises:
        ValueError: the mode is none of these.
    """
    mode = mode.upper()
    if mode == "CONSTANT":
        if isinstance(constant_values, numbers.Number) and constant_values == 0:
            result = g.pad(tensor, paddings, name=name)
        else:
            result = g.pad_v2(tensor, paddings, constant_values, name=name)
    elif mode in ("REFLECT", "SYMMETRIC"):
        result = g.mirror_pad(tensor, paddings, mode=mode, name=name)
    else:
        raise ValueError(f"Unknown padding mode: {mode}")
    known = result.op.inputs[0]._shape
    if known is not None and not result.shape.is_fully_defined():
        pairs = constant_value(result.op.inputs[1], partial=True)
        if pairs is not None:
            result.set_shape(
                [
                    None
                    if size is None or pair is None or None in tuple(pair)
                    else size + sum(int(one) for one in pair)
                    for size, pair in zip(known, pairs, strict=True)
                ]
            )
    return result
