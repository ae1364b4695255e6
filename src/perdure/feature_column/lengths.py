"""How long the sequences of a feature are."""

from __future__ import annotations

from perdure.functional.array.array import ones_like, shape, zeros
from perdure.functional.array.joining import concat
from perdure.functional.math.cast import cast
from perdure.functional.math.segments import segment_max
from perdure.functional.math.unary import ceil
from perdure.graph import dtypes
from perdure.graph.composite import SparseTensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def sequence_length_from_sparse_tensor(sp_tensor: SparseTensor, num_elements: int = 1) -> Tensor:
    """The length of each row of a sparse tensor: where its last entry is.

    Args:
        sp_tensor: the tensor, (batch, time, ...).
        num_elements: how many entries are one step.

    Returns:
        A vector of int64; 0 for rows without entries.
    """
    with name_scope(None, "sequence_length") as scope:
        rows, places = sp_tensor.indices[:, 0], sp_tensor.indices[:, 1]
        places += ones_like(places)
        lengths = segment_max(places, segment_ids=rows)
        lengths = cast(ceil(lengths / num_elements), dtypes.int64)
        missing = shape(sp_tensor)[:1] - shape(lengths)[:1]
        return concat([lengths, zeros(missing, dtype=lengths.dtype)], axis=0, name=scope)
