"""Serialized Examples: ParseExample, ParseSingleExample, DecodeJSONExample.

Names of inputs, outputs and attributes are rows of the signature table.  What reads messages is imported by
the kernels, since few programs do.
"""

import numpy as np

from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.parsing.assembling import (
    CANNOT_PARSE,
    check_defaults,
    dense,
    is_variable,
    mismatch,
    padded,
    place_text,
    required,
    shown,
    sparse,
)
from perdure.ops.registry import op

# -- shared by the family ------------------------------------------------------------------------


def texts(value):
    """The strings of a tensor, as bytes in one dimension."""
    items = np.asarray(value, object).ravel().tolist()
    if {*map(type, items)} <= {bytes}:
        return items
    return [item if type(item) is bytes else str(item).encode() for item in items]


def keys_of(values):
    """Keys that come as scalars."""
    return [text for value in values for text in texts(value)]


def dense_shape_of(shape, batch):
    """The static shape of a dense feature: `batch` is what comes first."""
    return None if shape is None else (*batch, *shape)


# -- ParseExample --------------------------------------------------------------------------------

parse_example = op("ParseExample", host=True)


@parse_example.shape
def parse_example_shape(serialized, *, sparse_types, dense_shapes):
    batch = with_rank(serialized, 1)
    indices, values, shapes = [(None, 2)], [(None,)], [(2,)]
    count = len(sparse_types)
    denses = [dense_shape_of(shape, batch) for shape in dense_shapes]
    return indices * count + values * count + shapes * count + denses


@parse_example.kernel
def parse_example_kernel(
    xp,
    serialized,
    names,
    sparse_keys,
    dense_keys,
    dense_defaults,
    *,
    sparse_types,
    Tdense,  # noqa: N803
    dense_shapes,
):
    from perdure.formats.examples.columns import BadExample, BadFeature, columns_of

    if np.ndim(serialized) != 1:
        raise invalid(f"Expected serialized to be a vector, got shape: {format_shape(np.shape(serialized))}")
    records, names = texts(serialized), texts(names)
    if names and len(names) != len(records):
        raise invalid(f"Expected len(names) == len(serialized), but got: {len(names)} vs. {len(records)}")
    check_defaults(dense_defaults, dense_shapes)
    sparse_keys, dense_keys = keys_of(sparse_keys), keys_of(dense_keys)
    types = dict(zip((*sparse_keys, *dense_keys), (*sparse_types, *Tdense), strict=True))
    try:
        columns = columns_of(records, {key: dtype.name for key, dtype in types.items()})
    except BadExample as error:
        raise _cannot_read(records[error.row]) from error
    except BadFeature as error:
        if error.found == "":
            raise invalid("Unsupported datatype.") from error
        what = mismatch(error.found, types[error.key], error.key in sparse_keys)
        raise invalid(place_text(error.row, error.key, names) + what) from error
    sparses = [sparse(columns[key]) for key in sparse_keys]
    denses = [
        (padded if is_variable(shape) else dense)(key, columns[key], dtype, shape, default, names)
        for key, dtype, shape, default in zip(dense_keys, Tdense, dense_shapes, dense_defaults, strict=True)
    ]
    return *([each[i] for each in sparses] for i in range(3)), denses


def _cannot_read(record):
    return invalid(f"Could not parse example input, value: '{shown(record)}'")


parse_example.not_differentiable("it reads messages")

# -- ParseSingleExample --------------------------------------------------------------------------

parse_single_example = op("ParseSingleExample", host=True)


@parse_single_example.shape
def parse_single_example_shape(serialized, *, sparse_types, dense_shapes):
    with_rank(serialized, 0)
    count = len(sparse_types)
    denses = [dense_shape_of(shape, ()) for shape in dense_shapes]
    return [(None, 1)] * count + [(None,)] * count + [(1,)] * count + denses


@parse_single_example.kernel
def parse_single_example_kernel(
    xp,
    serialized,
    dense_defaults,
    *,
    sparse_keys,
    dense_keys,
    sparse_types,
    Tdense,  # noqa: N803
    dense_shapes,
):
    from perdure.formats.examples.wire import Malformed, features_of

    if np.ndim(serialized):
        raise invalid(f"Expected serialized to be a scalar, got shape: {format_shape(np.shape(serialized))}")
    check_defaults(dense_defaults, dense_shapes)
    (record,) = texts(serialized)
    try:
        found = features_of(record)
    except Malformed as error:
        raise _cannot_read(record) from error
    sparses = []
    for (key,), dtype in zip(map(texts, sparse_keys), sparse_types, strict=True):
        values = _single_values(record, found, key, dtype, True)
        values = np.empty(0, dtype.as_numpy_dtype) if values is None else values
        count = len(values)
        sparses.append((np.arange(count)[:, None], values, np.array([count], np.int64)))
    denses = [
        _single_dense(key, dtype, shape, default, _single_values(record, found, key, dtype, False))
        for (key,), dtype, shape, default in zip(
            map(texts, dense_keys), Tdense, dense_shapes, dense_defaults, strict=True
        )
    ]
    return *([each[i] for each in sparses] for i in range(3)), denses


def _single_values(record, found, key, dtype, is_sparse):
    """The values of a feature as an array, None if the message does not have it."""
    from perdure.formats.examples.columns import NAMES
    from perdure.formats.examples.wire import Malformed, Unsupported, values_of

    place = found.get(key)
    if place is None:
        return None
    try:
        kind, values = values_of(record, *place)
    except Unsupported as error:
        raise invalid("Unsupported datatype.") from error
    except Malformed as error:
        found_type = NAMES[error.args[0]]
        what = mismatch(None if found_type == dtype.name else found_type, dtype, is_sparse)
        raise invalid(f"Key: {shown(key)}.  {what}") from error
    if not kind:
        return None
    if NAMES[kind] != dtype.name:
        raise invalid(f"Key: {shown(key)}.  {mismatch(NAMES[kind], dtype, is_sparse)}")
    if type(values) is list:
        array = np.empty(len(values), object)
        array[:] = values
        return array
    return values


def _single_dense(key, dtype, shape, default, values):
    if is_variable(shape):
        if values is None:
            return np.empty((0, *shape[1:]), dtype.as_numpy_dtype)
        stride = int(np.prod(shape[1:], dtype=np.int64))
        if values.size % stride if stride else values.size:
            raise invalid(f"Key: {shown(key)}.  {CANNOT_PARSE}")
        return values.reshape(-1 if stride else 0, *shape[1:])
    if values is None:
        if not np.size(default):
            raise invalid(required(key, dtype))
        return np.asarray(default)
    if values.size != int(np.prod(shape, dtype=np.int64)):
        raise invalid(f"Key: {shown(key)}.  {CANNOT_PARSE}")
    return values.reshape(shape)


parse_single_example.not_differentiable("it reads messages")

# -- DecodeJSONExample ---------------------------------------------------------------------------

decode_json_example = op("DecodeJSONExample", host=True)


@decode_json_example.shape
def decode_json_example_shape(json_examples):
    return json_examples


@decode_json_example.kernel
def decode_json_example_kernel(xp, json_examples):
    from perdure.formats.examples.json import BadJson, example_of

    shape, items = np.shape(json_examples), texts(json_examples)
    found = np.empty(len(items), object)
    for i, item in enumerate(items):
        try:
            found[i] = example_of(item)
        except BadJson as error:
            raise invalid(f"Error while parsing JSON: {error}") from error
    return found.reshape(shape)


decode_json_example.not_differentiable("it reads messages")
