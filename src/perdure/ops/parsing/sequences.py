"""Serialized SequenceExamples: ParseSequenceExample, ParseSingleSequenceExample.

Names of inputs, outputs and attributes are rows of the signature table.
"""

import numpy as np

from perdure.graph.dtypes import word_of
from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.parsing.assembling import shown, sparse
from perdure.ops.parsing.examples import keys_of, texts
from perdure.ops.registry import op

_FIELDS = {"float32": "float_list", "int64": "int64_list", "string": "bytes_list"}
_VALUES = {"float32": "float", "int64": "int64", "string": "bytes"}

# -- shared by the family ------------------------------------------------------------------------


def outputs(context, lists, lengths=()):
    """The shapes of all outputs: sparse parts and dense values of a context and of lists."""
    found = []
    for rank, count, dense in (context, lists):
        found += [(None, rank)] * count + [(None,)] * count + [(rank,)] * count + list(dense)
    return found + list(lengths)


def mismatch(dtype, found):
    kind = f"{_FIELDS[found]} {{" if found else ""
    return f"Data types don't match. Expected type: {word_of(dtype)}  Feature is: {kind}"


def sparse_rows(rows):
    """The indices, values and shape of lists of lists: message, row and place."""
    counts = np.maximum(rows.column.counts, 0)
    lengths = np.maximum(rows.lengths, 0)
    message = np.repeat(np.arange(len(lengths)), lengths)
    row = np.arange(len(counts)) - (np.cumsum(lengths) - lengths)[message]
    indices, values, _ = sparse(rows.column)
    places = np.stack([message[indices[:, 0]], row[indices[:, 0]], indices[:, 1]], axis=1)
    shape = [len(lengths), lengths.max(initial=0), counts.max(initial=0)]
    return places.astype(np.int64), values, np.array(shape, np.int64)


def by_part(parts):
    """The indices, the values and the shapes of several sparse tensors."""
    return tuple([each[i] for each in parts] for i in range(3))


# -- ParseSingleSequenceExample ------------------------------------------------------------------

parse_single = op("ParseSingleSequenceExample", host=True)


@parse_single.shape
def parse_single_sequence_example_shape(
    serialized,
    *,
    context_sparse_types,
    context_dense_shapes,
    feature_list_sparse_types,
    feature_list_dense_shapes,
):
    with_rank(serialized, 0)
    denses = [None if shape is None else (None, *shape) for shape in feature_list_dense_shapes]
    return outputs(
        (1, len(context_sparse_types), context_dense_shapes), (2, len(feature_list_sparse_types), denses)
    )


@parse_single.kernel
def parse_single_sequence_example_kernel(
    xp,
    serialized,
    feature_list_dense_missing_assumed_empty,
    context_sparse_keys,
    context_dense_keys,
    feature_list_sparse_keys,
    feature_list_dense_keys,
    context_dense_defaults,
    debug_name,
    *,
    context_sparse_types,
    Tcontext_dense,  # noqa: N803
    context_dense_shapes,
    feature_list_sparse_types,
    feature_list_dense_types,
    feature_list_dense_shapes,
):
    from perdure.formats.examples.columns import BadExample, BadFeature
    from perdure.formats.examples.sequences import sequences_of

    if np.ndim(serialized):
        raise invalid(f"Expected serialized to be a scalar, got shape: {format_shape(np.shape(serialized))}")
    (record,), (name,) = texts(serialized), texts(debug_name)
    about = f"Name: {shown(name)}, "
    optional = set(texts(feature_list_dense_missing_assumed_empty))
    sparse_keys, dense_keys = keys_of(context_sparse_keys), keys_of(context_dense_keys)
    list_sparse_keys, list_dense_keys = keys_of(feature_list_sparse_keys), keys_of(feature_list_dense_keys)
    context = dict(zip((*sparse_keys, *dense_keys), (*context_sparse_types, *Tcontext_dense), strict=True))
    list_types = (*feature_list_sparse_types, *feature_list_dense_types)
    lists = dict(zip((*list_sparse_keys, *list_dense_keys), list_types, strict=True))
    try:
        columns, _ = sequences_of([record], {key: dtype.name for key, dtype in context.items()}, {})
        _check_missing(record, lists, list_dense_keys, optional, about)
        _, rows = sequences_of([record], {}, {key: dtype.name for key, dtype in lists.items()})
    except BadExample as error:
        raise invalid(f"Could not parse example input, value: '{shown(record)}'") from error
    except BadFeature as error:
        in_list = error.key in lists and (error.key not in context or "columns" in locals())
        if in_list:
            word = "Feature list" if error.key in list_dense_keys else "Feature List"
            where = f"{word}: {shown(error.key)}, Index: {error.row}"
        else:
            where = f"Context feature: {shown(error.key)}"
        dtype = (lists if in_list else context)[error.key]
        raise invalid(f"{about}{where}.  {mismatch(dtype, error.found)}") from error
    sparses = []
    for key in sparse_keys:
        indices, values, shape = sparse(columns[key])
        sparses.append((indices[:, 1:], values, shape[1:]))
    denses = []
    for key, dtype, shape, default in zip(
        dense_keys, Tcontext_dense, context_dense_shapes, context_dense_defaults, strict=True
    ):
        column = columns[key]
        if column.counts[0] < 0:
            if not np.size(default):
                raise invalid(f"{about}Context feature '{shown(key)}' is required but could not be found.")
            denses.append(np.asarray(default))
            continue
        if column.counts[0] != int(np.prod(shape, dtype=np.int64)):
            raise invalid(
                f"{about}Key {shown(key)}, Index: 0.  Number of {_VALUES[dtype.name]} values != expected.  "
                f"Values size: {column.counts[0]} but output shape: {format_shape(shape)}"
            )
        denses.append(column.values.reshape(shape))
    list_sparses = []
    for key in list_sparse_keys:
        indices, values, shape = sparse_rows(rows[key])
        list_sparses.append((indices[:, 1:], values, shape[1:]))
    list_denses = []
    for key, dtype, shape in zip(
        list_dense_keys, feature_list_dense_types, feature_list_dense_shapes, strict=True
    ):
        found = rows[key]
        wrong = np.flatnonzero(found.column.counts != int(np.prod(shape, dtype=np.int64)))
        if wrong.size:
            raise invalid(
                f"{about}Key: {shown(key)}, Index: {wrong[0]}.  Number of {_VALUES[dtype.name]} values != "
                f"expected.  values size: {found.column.counts[wrong[0]]} but output shape: "
                f"{format_shape(shape)}"
            )
        list_denses.append(found.column.values.reshape(len(found.column.counts), *shape))
    return *by_part(sparses), denses, *by_part(list_sparses), list_denses


def _check_missing(record, lists, keys, optional, about):
    from perdure.formats.examples.sequences import parts_of

    _, found = parts_of(record)
    for key in keys:
        if key not in found and key not in optional:
            raise invalid(
                f"{about}Feature list '{shown(key)}' is required but could not be found.  Did you mean to "
                "include it in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?"
            )


parse_single.not_differentiable("it reads messages")

# -- ParseSequenceExample ------------------------------------------------------------------------

parse_many = op("ParseSequenceExample", host=True)


@parse_many.shape
def parse_sequence_example_shape(
    serialized,
    *,
    context_sparse_types,
    context_dense_shapes,
    feature_list_sparse_types,
    feature_list_dense_shapes,
):
    batch = with_rank(serialized, 1)
    context = [None if shape is None else (*batch, *shape) for shape in context_dense_shapes]
    denses = [None if shape is None else (*batch, None, *shape) for shape in feature_list_dense_shapes]
    return outputs(
        (2, len(context_sparse_types), context),
        (3, len(feature_list_sparse_types), denses),
        [batch] * len(feature_list_dense_shapes),
    )


@parse_many.kernel
def parse_sequence_example_kernel(
    xp,
    serialized,
    debug_name,
    context_dense_defaults,
    *,
    feature_list_dense_missing_assumed_empty,
    context_sparse_keys,
    context_dense_keys,
    feature_list_sparse_keys,
    feature_list_dense_keys,
    context_sparse_types,
    Tcontext_dense,  # noqa: N803
    context_dense_shapes,
    feature_list_sparse_types,
    feature_list_dense_types,
    feature_list_dense_shapes,
):
    from perdure.formats.examples.columns import BadExample, BadFeature
    from perdure.formats.examples.sequences import sequences_of

    if np.ndim(serialized) != 1:
        raise invalid(f"Expected serialized to be a vector, got shape: {format_shape(np.shape(serialized))}")
    records, names = texts(serialized), texts(debug_name)
    optional = set(keys_of(feature_list_dense_missing_assumed_empty))
    sparse_keys, dense_keys = keys_of(context_sparse_keys), keys_of(context_dense_keys)
    list_sparse_keys, list_dense_keys = keys_of(feature_list_sparse_keys), keys_of(feature_list_dense_keys)
    for i, (default, shape) in enumerate(zip(context_dense_defaults, context_dense_shapes, strict=True)):
        if np.size(default) and np.shape(default) != tuple(shape):
            raise invalid(
                f"default_value[{i}].shape() == {format_shape(np.shape(default))} != "
                f"context_dense_shapes[{i}] == {format_shape(shape)}"
            )

    def called(row):
        return shown(names[row]) if names else "<unknown>"

    context = dict(zip((*sparse_keys, *dense_keys), (*context_sparse_types, *Tcontext_dense), strict=True))
    list_types = (*feature_list_sparse_types, *feature_list_dense_types)
    lists = dict(zip((*list_sparse_keys, *list_dense_keys), list_types, strict=True))
    where = "context"
    try:
        columns, _ = sequences_of(records, {key: dtype.name for key, dtype in context.items()}, {})
        where = "sequence"
        _, rows = sequences_of(records, {}, {key: dtype.name for key, dtype in lists.items()})
    except BadExample as error:
        raise invalid(f"Invalid protocol message input, example id: {called(error.row)}") from error
    except BadFeature as error:
        row = error.row if where == "context" else 0
        raise invalid(f"Error in {where} feature {shown(error.key)} in example {called(row)}") from error
    denses = [
        _context_dense(key, columns[key], shape, default)
        for key, shape, default in zip(dense_keys, context_dense_shapes, context_dense_defaults, strict=True)
    ]
    list_denses, lengths = [], []
    for key, shape in zip(list_dense_keys, feature_list_dense_shapes, strict=True):
        found = rows[key]
        if (found.lengths < 0).any() and key not in optional:
            row = int((found.lengths < 0).argmax())
            raise invalid(f"Missing feature {shown(key)} in example {called(row)}")
        list_denses.append(_list_dense(key, found, shape, called))
        lengths.append(np.maximum(found.lengths, 0))
    return (
        *by_part([sparse(columns[key]) for key in sparse_keys]),
        denses,
        *by_part([sparse_rows(rows[key]) for key in list_sparse_keys]),
        list_denses,
        lengths,
    )


def _context_dense(key, column, shape, default):
    size = int(np.prod(shape, dtype=np.int64))
    absent = column.counts < 0
    wrong = absent if not np.size(default) else np.zeros(len(absent), bool)
    wrong = wrong | (~absent & (column.counts != size))
    if wrong.any():
        count = max(int(column.counts[wrong.argmax()]), 0)
        raise invalid(f"Inconsistent number of elements for feature {shown(key)}: {count} vs {size}")
    dense = np.empty((len(absent), size), column.values.dtype)
    dense[~absent] = column.values.reshape(-1, size)
    if absent.any():
        dense[absent] = np.ravel(default)
    return dense.reshape(len(absent), *shape)


def _list_dense(key, found, shape, called):
    size = int(np.prod(shape, dtype=np.int64))
    lengths = np.maximum(found.lengths, 0)
    wrong = np.flatnonzero(found.column.counts != size)
    if wrong.size:
        row = int(np.searchsorted(np.cumsum(lengths), wrong[0], side="right"))
        raise invalid(f"Unexpected number of elements in feature {shown(key)}, example {called(row)}")
    longest = int(lengths.max(initial=0))
    kind = found.column.values.dtype
    dense = np.full((len(lengths), longest, size), b"" if kind.kind == "O" else 0, kind)
    dense[np.arange(longest) < lengths[:, None]] = found.column.values.reshape(-1, size)
    return dense.reshape(len(lengths), longest, *shape)


parse_many.not_differentiable("it reads messages")
