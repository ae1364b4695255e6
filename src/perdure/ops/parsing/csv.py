"""Lines of comma-separated values: DecodeCSV.

Names of inputs, outputs and attributes are rows of the signature table.
"""

import numpy as np

from perdure.graph.dtypes import word_of
from perdure.graph.shapes import with_rank_at_most
from perdure.ops.checks import invalid
from perdure.ops.parsing.examples import texts
from perdure.ops.registry import op

decode_csv = op("DecodeCSV", host=True)


@decode_csv.shape
def decode_csv_shape(records, record_defaults, *, OUT_TYPE):  # noqa: N803
    for default in record_defaults:
        with_rank_at_most(default, 1)
        if default and default[0] is not None and default[0] > 1:
            raise ValueError("Shape of a default must be a length-0 or length-1 vector, or a scalar.")
    return [records] * len(OUT_TYPE)


@decode_csv.kernel
def decode_csv_kernel(
    xp,
    records,
    record_defaults,
    *,
    OUT_TYPE,  # noqa: N803
    field_delim,
    use_quote_delim,
    na_value,
    select_cols,
):
    from perdure.formats.csv.columns import BadField, BadLine, Table

    (delimiter,), (absent,) = texts(field_delim), texts(na_value)
    if len(delimiter) != 1:
        raise invalid("field_delim should be only 1 char")
    if list(select_cols) != sorted({*select_cols}):
        raise invalid("select_cols should be strictly increasing indices")
    if select_cols and select_cols[0] < 0:
        raise invalid("select_cols should be non-negative indices")
    for i, default in enumerate(record_defaults):
        if np.size(default) > 1:
            raise invalid(f"There should only be 1 default per field but field {i} has {np.size(default)}")
    shape = np.shape(records)
    try:
        table = Table(texts(records), len(OUT_TYPE), delimiter, use_quote_delim, list(select_cols))
    except BadLine as error:
        raise invalid(str(error)) from error
    columns = []
    for i, (dtype, default) in enumerate(zip(OUT_TYPE, record_defaults, strict=True)):
        default = np.asarray(default)
        try:
            column = table.column(i, dtype.name, absent, default.item() if default.size else None)
        except BadField as error:
            if error.text is None:
                what = f"Field {i} is required but missing in record {error.row}!"
            else:
                text = error.text.decode("utf-8", "backslashreplace")
                what = f"Field {i} in record {error.row} is not a valid {word_of(dtype)}: {text}"
            raise invalid(what) from error
        columns.append(column.reshape(shape))
    return columns


decode_csv.not_differentiable("it reads text")
