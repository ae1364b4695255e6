"""Matrices of checkpoints in the order of new vocabularies: GenerateVocabRemapping, LoadAndRemapMatrix.

A vocabulary is a text file with a word in each line.  Names of inputs and outputs are rows of the signature
table.
"""

import os

import numpy as np

from perdure.formats.slices.tensor_slice import TensorSlice
from perdure.graph import dtypes
from perdure.graph.errors import FailedPreconditionError, InternalError, OutOfRangeError, UnimplementedError
from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.files.files import scalar
from perdure.ops.registry import op

# -- shared by the family ------------------------------------------------------------------------


def words_of(files, name):
    """The name of a vocabulary's file, and the words in it, in order."""
    path = scalar(name, "vocabulary")
    if not path:
        raise invalid("new vocab filename cannot be empty.")
    contents = files.read(path)
    if not contents:
        raise OutOfRangeError(None, None, "Read less bytes than requested")
    lines = contents.removesuffix(b"\n").split(b"\n")
    words = [line.removesuffix(b"\r") for line in lines]
    if b"" in words:
        position = sum(len(line) + 1 for line in lines[: words.index(b"") + 1])
        raise invalid(f"Invalid content in {os.fsdecode(path)}: empty line found at position {position}.")
    return os.fsdecode(path), words


def places_of(remapping):
    """Whether each new place has an old one, and new places by old ones; two for one are refused."""
    remapping = np.asarray(remapping)
    places = {}
    for new, old in enumerate(remapping.tolist()):
        if old < 0:
            continue
        if old in places:
            raise UnimplementedError(
                None,
                None,
                f"Old ID {old} is mapped to both new ID {places[old]} and {new}, which is not supported.",
            )
        places[old] = new
    return remapping >= 0, places


def matrix_shape(checkpoint, name, columns):
    """The shape of a matrix in a checkpoint, which must have so many columns unless None."""
    dtype, shape = checkpoint.type_and_shape(name)
    shown = name.decode(errors="replace")
    if dtype != dtypes.float32:
        raise invalid(f"Tensor {shown} has invalid type {dtype.name} instead of expected type float")
    if len(shape) != 2:
        raise invalid(
            f"Tensor {shown} has shape {format_shape(shape)} of invalid rank {len(shape)} instead of "
            "expected shape of rank 2."
        )
    if columns is not None and shape[1] != columns:
        raise invalid(
            f"Tensor {shown} has shape {format_shape(shape)}, where the size of its 2nd dimension is "
            f"{shape[1]} instead of being equal to num_cols={columns}"
        )
    return shape


def check_extent(axis, places, shape):
    """Refuse old places that the tensor does not have."""
    if places and max(places) >= shape[axis]:
        raise InternalError(
            None,
            None,
            f"Extent in dimension {axis} out of bounds: shape = {format_shape(shape)}, slice = "
            f"{min(places)},{max(places) - min(places) + 1}",
        )


def pieces_of(checkpoint, name, rows, most):
    """The rows of a matrix from the first to the last of some, not more than `most` at a time if positive.

    Yields:
        The number of the first row of a piece, and the piece.
    """
    if not rows:
        return
    first, end = rows[0], rows[-1] + 1
    step = most if most > 0 else end - first
    for start in range(first, end, step):
        part = TensorSlice(((start, min(step, end - start)), None))
        yield start, checkpoint.read(name, part)


# -- GenerateVocabRemapping ----------------------------------------------------------------------

generate_vocab_remapping = op("GenerateVocabRemapping", host=True)


@generate_vocab_remapping.shape
def generate_vocab_remapping_shape(new_vocab_file, old_vocab_file, *, num_new_vocab):
    with_rank(new_vocab_file, 0)
    with_rank(old_vocab_file, 0)
    return (num_new_vocab,), ()


@generate_vocab_remapping.kernel
def generate_vocab_remapping_kernel(
    xp, new_vocab_file, old_vocab_file, *, new_vocab_offset, num_new_vocab, old_vocab_size, files
):
    _, new = words_of(files, new_vocab_file)
    if new_vocab_offset + num_new_vocab > len(new):
        raise invalid("lookup table size must be larger than last new vocab entry's line")
    old_path, old = words_of(files, old_vocab_file)
    if old_vocab_size > len(old):
        raise invalid(f"Invalid vocab_size in {old_path}: expected {old_vocab_size} but got {len(old)}")
    numbers = {}
    for number, word in enumerate(old[: old_vocab_size if old_vocab_size >= 0 else None]):
        if word in numbers:
            raise FailedPreconditionError(
                None,
                None,
                f"HashTable has different value for same key. Key {word.decode(errors='replace')} has "
                f"{numbers[word]} and trying to add value {number}",
            )
        numbers[word] = number
    wanted = new[new_vocab_offset : new_vocab_offset + num_new_vocab]
    remapping = np.array([numbers.get(word, -1) for word in wanted], np.int64)
    return remapping, np.int32(np.count_nonzero(remapping >= 0))


generate_vocab_remapping.not_differentiable("it returns numbers of lines")

# -- LoadAndRemapMatrix --------------------------------------------------------------------------

load_and_remap_matrix = op("LoadAndRemapMatrix", host=True)


@load_and_remap_matrix.shape
def load_and_remap_matrix_shape(
    ckpt_path, old_tensor_name, row_remapping, col_remapping, initializing_values, *, num_rows, num_cols
):
    with_rank(old_tensor_name, 0)
    with_rank(row_remapping, 1)
    with_rank(col_remapping, 1)
    return num_rows, num_cols


@load_and_remap_matrix.kernel
def load_and_remap_matrix_kernel(
    xp,
    ckpt_path,
    old_tensor_name,
    row_remapping,
    col_remapping,
    initializing_values,
    *,
    num_rows,
    num_cols,
    max_rows_in_memory,
    files,
):
    row_remapping, col_remapping = np.asarray(row_remapping), np.asarray(col_remapping)
    for what, array in ("row_remapping", row_remapping), ("col_remapping", col_remapping):
        if array.ndim != 1:
            raise invalid(f"{what} must be a vector, but had shape: {format_shape(array.shape)}")
    if row_remapping.size != num_rows:
        raise invalid(
            f"Size of row_remapping is {row_remapping.size} instead of being equal to num_rows={num_rows}"
        )
    has_row, rows = places_of(row_remapping)
    remaps_columns = col_remapping.size > 0
    if remaps_columns and col_remapping.size != num_cols:
        raise invalid(
            f"Provided col_remapping, but its size is {col_remapping.size} instead of being equal to "
            f"num_cols={num_cols}"
        )
    has_column, columns = places_of(col_remapping if remaps_columns else np.arange(num_cols))
    new = np.empty((num_rows, num_cols), np.float32)
    name = scalar(old_tensor_name, "old_tensor_name")
    # TensorFlow's tests give the path in a list.
    path = np.asarray(ckpt_path, object)
    from perdure.formats.bundle.reader import Bundle  # few programs have checkpoints

    checkpoint = Bundle(files, os.fsdecode(scalar(path.reshape(()) if path.size == 1 else path, "ckpt_path")))
    try:
        shape = matrix_shape(checkpoint, name, None if remaps_columns else num_cols)
        for axis, places in enumerate((rows, columns)):
            check_extent(axis, places, shape)
        for first, old in pieces_of(checkpoint, name, sorted(rows), max_rows_in_memory):
            there = [row for row in rows if first <= row < first + len(old)]
            targets = np.ix_([rows[row] for row in there], list(columns.values()))
            new[targets] = old[np.ix_([row - first for row in there], list(columns))]
    finally:
        checkpoint.close()
    missing = ~np.logical_and.outer(has_row, has_column)
    values = np.asarray(initializing_values).ravel()
    count = np.count_nonzero(missing)
    if values.size < count:
        raise invalid(
            f"initializing_values contained {values.size} elements, but more missing values remain."
        )
    if values.size > count:
        raise invalid(
            f"initializing_values contained {values.size} elements, but only {count} elements were used to "
            "fill in missing values."
        )
    new[missing] = values
    return new


load_and_remap_matrix.not_differentiable("it reads a checkpoint")
