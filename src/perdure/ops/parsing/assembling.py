"""Tensors made of a feature's values in several messages."""

import numpy as np

from perdure.graph.dtypes import word_of
from perdure.graph.shapes import format_shape, is_compatible
from perdure.ops.checks import invalid

_NAMES_OF_VALUES = {"float32": "float", "int64": "int64", "string": "bytes"}
CANNOT_PARSE = "Can't parse serialized Example."


def check_defaults(defaults, shapes):
    """Refuse default values that do not have the shape of their feature."""
    for i, (default, shape) in enumerate(zip(defaults, shapes, strict=True)):
        default = np.asarray(default)
        if is_variable(shape):
            if default.ndim or default.size != 1:
                raise invalid(
                    f"dense_shape[{i}] is a variable length shape: {format_shape(shape)}, therefore "
                    f"def_value[{i}] must contain a single element (the padding element).  But its shape is: "
                    f"{format_shape(default.shape)}"
                )
        elif default.size and not is_compatible(shape, default.shape):
            raise invalid(
                f"def_value[{i}].shape() == {format_shape(default.shape)} is not compatible with "
                f"dense_shapes_[{i}] == {format_shape(shape)}"
            )


def is_variable(shape):
    """Whether a feature of this shape may have any number of rows."""
    return shape is not None and len(shape) > 0 and shape[0] is None


def place_text(row, key, names):
    """Which feature of which message an error is about."""
    name = shown(names[row]) if len(names) else "<unknown>"
    return f"Name: {name}, Key: {shown(key)}, Index: {row}.  "


def shown(text):
    """Bytes as messages show them."""
    return text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else str(text)


def mismatch(found, dtype, is_sparse):
    """What is wrong if a feature has another type."""
    if found is None:
        return CANNOT_PARSE
    found = _word(found)
    if is_sparse:
        return f"Data types don't match. Expected type: {word_of(dtype)}, Actual type: {found}"
    return f"Data types don't match. Data type: {found} but expected type: {word_of(dtype)}"


def _word(name):
    return "float" if name == "float32" else name


def missing(key, dtype, names, row):
    """The error for a message without a feature that it must have."""
    name = f"Name: {shown(names[row]) if len(names) else '<unknown>'}, "
    return invalid(f"{name}{required(key, dtype)}")


def required(key, dtype):
    """What is wrong if a feature is not there."""
    return f"Feature: {shown(key)} (data type: {word_of(dtype)}) is required but could not be found."


def dense(key, column, dtype, shape, default, names):
    """A tensor with a row for each message, of features that all have the same shape."""
    size = int(np.prod(shape, dtype=np.int64))
    counts, values = column.counts, column.values
    if (counts == size).all():
        return values.reshape(len(counts), *shape)
    default = np.asarray(default)
    absent = counts < 0
    wrong = np.flatnonzero((counts != size) & ~absent)
    if default.size == 0 and absent.any():
        row = int(absent.argmax())
        if not wrong.size or row < wrong[0]:
            raise missing(key, dtype, names, row)
    if wrong.size:
        row = int(wrong[0])
        raise invalid(
            f"{place_text(row, key, names)}Number of {_NAMES_OF_VALUES[dtype.name]} values != expected.  "
            f"Values size: {counts[row]} but output shape: {format_shape(shape)}"
        )
    rows = np.empty((len(counts), size), values.dtype)
    rows[~absent] = values.reshape(-1, size)
    rows[absent] = default.ravel()
    return rows.reshape(len(counts), *shape)


def padded(key, column, dtype, shape, default, names):
    """A tensor with a row for each message, of features of different lengths, filled up with the default."""
    stride = int(np.prod(shape[1:], dtype=np.int64))
    counts = np.maximum(column.counts, 0)
    wrong = np.flatnonzero(counts % stride) if stride else np.flatnonzero(counts)
    if wrong.size:
        row = int(wrong[0])
        raise invalid(
            f"{place_text(row, key, names)}Number of {_NAMES_OF_VALUES[dtype.name]} values is not a multiple "
            f"of stride length. Saw {counts[row]} values but output shape is: {format_shape(shape)}"
        )
    longest = int(counts.max(initial=0))
    rows = np.full((len(counts), longest), np.asarray(default).item(), column.values.dtype)
    rows[np.arange(longest) < counts[:, None]] = column.values
    return rows.reshape(len(counts), longest // stride if stride else 0, *shape[1:])


def sparse(column):
    """The indices, values and shape of a sparse matrix with a row for each message."""
    counts = np.maximum(column.counts, 0)
    rows = np.repeat(np.arange(len(counts)), counts)
    firsts = np.cumsum(counts) - counts
    places = np.arange(len(rows)) - firsts[rows]
    shape = np.array([len(counts), counts.max(initial=0)], np.int64)
    return np.stack([rows, places], axis=1), column.values, shape
