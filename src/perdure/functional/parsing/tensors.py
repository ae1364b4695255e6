"""tf.serialize_tensor and tf.parse_tensor."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def serialize_tensor(tensor: Any, name: str | None = None) -> Tensor:
    """A tensor as a string, a serialized TensorProto.

    Args:
        tensor: a tensor of any type.
        name: the name of the node.
    """
    return g.serialize_tensor(tensor, name=name)


def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Tensor:
    """A tensor that was made a string.

    Running it raises InvalidArgumentError if the string is none of a tensor of this type.

    Args:
        serialized: a string, a serialized TensorProto.
        out_type: the type of the tensor.
        name: the name of the node.
    """
    return g.parse_tensor(serialized, out_type=out_type, name=name)
