"""tf.decode_csv."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    name: str | None = None,
    na_value: str = "",
    select_cols: Sequence[int] | None = None,
) -> list[Tensor]:
    """The columns of lines of comma-separated values.

    Args:
        records: strings of any shape, a line each.
        record_defaults: for each column a scalar or vector of its type, with what stands for an empty field;
            a vector without elements if no field may be empty.
        field_delim: the character between fields.
        use_quote_delim: whether quotation marks around a field protect what is in it.
        name: the name of the node.
        na_value: what counts as an empty field, too.
        select_cols: which columns are wanted, in ascending order; all when None.

    Returns:
        A tensor of the shape of `records` for each column.

    Raises:
        ValueError: `select_cols` is out of order, negative, or not as long as `record_defaults`.
    """
    if select_cols is not None:
        if any(first >= second for first, second in pairwise(select_cols)):
            raise ValueError("select_cols is not strictly increasing.")
        if select_cols[0] < 0:
            raise ValueError("select_cols contains negative values.")
        if len(select_cols) != len(record_defaults):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    found: list[Tensor] = g.decode_csv(
        records=records,
        record_defaults=record_defaults,
        field_delim=field_delim,
        use_quote_delim=use_quote_delim,
        na_value=na_value,
        select_cols=select_cols or [],
        name=name,
    )
    return found
