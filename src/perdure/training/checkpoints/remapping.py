"""Matrices of checkpoints whose rows or columns belong to the words of a vocabulary that has changed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.array.joining import concat
from perdure.functional.array.shape_arithmetic import range as range_of
from perdure.functional.random.initializers import TruncatedNormal, Zeros
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor

Initializer = Callable[..., Any]


def load_and_remap_matrix(
    ckpt_path: str,
    old_tensor_name: str,
    new_row_vocab_offset: int,
    num_rows_to_load: int,
    new_col_vocab_size: int,
    initializer: Initializer,
    old_row_vocab_size: int = -1,
    old_row_vocab_file: Any = None,
    new_row_vocab_file: Any = None,
    old_col_vocab_file: Any = None,
    new_col_vocab_file: Any = None,
    num_row_oov_buckets: int = 0,
    num_col_oov_buckets: int = 0,
    max_rows_in_memory: int = -1,
) -> Tensor:
    """A matrix from a checkpoint, with rows and columns in the order of new vocabularies.

    A vocabulary is a text file with a word in each line; the line's number is the row or column of the word.

    Args:
        ckpt_path: the name of a checkpoint.
        old_tensor_name: the matrix, float32.
        new_row_vocab_offset: the first line of the new row vocabulary that is wanted.
        num_rows_to_load: how many lines of it are wanted.
        new_col_vocab_size: how many columns the result has, before those for unknown words.
        initializer: a function of a shape that makes values for words the old vocabulary does not have.
        old_row_vocab_size: how many lines of the old row vocabulary count; -1 for all.
        old_row_vocab_file, new_row_vocab_file: the row vocabularies; None to keep the order of the rows.
        old_col_vocab_file, new_col_vocab_file: the column vocabularies; None to keep the order of the
            columns.
        num_row_oov_buckets: rows to add for unknown words.
        num_col_oov_buckets: columns to add for unknown words.
        max_rows_in_memory: how many rows are read at once; all if not positive.

    Returns:
        A matrix (num_rows_to_load + num_row_oov_buckets, new_col_vocab_size + num_col_oov_buckets), float32.

    Raises:
        ValueError: a number of buckets is negative, one of two vocabularies is missing, or all are.
    """
    for name, count in (
        ("num_row_oov_buckets", num_row_oov_buckets),
        ("num_col_oov_buckets", num_col_oov_buckets),
    ):
        if count < 0:
            raise ValueError(f"{name} must be >= 0, but received {count}")
    for axis, old, new in (
        ("row", old_row_vocab_file, new_row_vocab_file),
        ("col", old_col_vocab_file, new_col_vocab_file),
    ):
        if bool(old) != bool(new):
            raise ValueError(
                f"old_{axis}_vocab_file and new_{axis}_vocab_file must both be specified or left "
                f"unspecified. old_{axis}_vocab_file='{old}', new_{axis}_vocab_file='{new}'"
            )
    if not (new_row_vocab_file or new_col_vocab_file):
        raise ValueError(
            "Must provide either row or column vocab files. If no remapping is necessary, consider using "
            "`tf.contrib.framework.init_from_checkpoint` instead."
        )
    row_remapping: Any
    col_remapping: Any = []
    rows_present: Any = num_rows_to_load
    cols_present: Any = new_col_vocab_size
    if new_row_vocab_file:
        row_remapping, rows_present = g.generate_vocab_remapping(
            new_row_vocab_file,
            old_row_vocab_file,
            new_vocab_offset=new_row_vocab_offset,
            num_new_vocab=num_rows_to_load,
            old_vocab_size=old_row_vocab_size,
        )
    else:
        row_remapping = range_of(
            new_row_vocab_offset, new_row_vocab_offset + num_rows_to_load, dtype=dtypes.int64
        )
    if new_col_vocab_file:
        col_remapping, cols_present = g.generate_vocab_remapping(
            new_col_vocab_file, old_col_vocab_file, new_vocab_offset=0, num_new_vocab=new_col_vocab_size
        )
    initial = initializer([num_rows_to_load * new_col_vocab_size - rows_present * cols_present, 1])
    matrix = g.load_and_remap_matrix(
        ckpt_path,
        old_tensor_name,
        row_remapping,
        col_remapping,
        initial,
        num_rows=num_rows_to_load,
        num_cols=new_col_vocab_size,
        max_rows_in_memory=max_rows_in_memory,
    )
    if num_row_oov_buckets > 0:
        rows = convert_to_tensor(initializer([num_row_oov_buckets, new_col_vocab_size]))
        matrix = concat([matrix, rows], 0)
    if num_col_oov_buckets > 0:
        columns = convert_to_tensor(
            initializer([num_rows_to_load + num_row_oov_buckets, num_col_oov_buckets])
        )
        matrix = concat([matrix, columns], 1)
    return matrix


def load_and_remap_matrix_initializer(
    ckpt_path: str,
    old_tensor_name: str,
    new_row_vocab_size: int,
    new_col_vocab_size: int,
    old_row_vocab_size: int = -1,
    old_row_vocab_file: Any = None,
    new_row_vocab_file: Any = None,
    old_col_vocab_file: Any = None,
    new_col_vocab_file: Any = None,
    num_row_oov_buckets: int = 0,
    num_col_oov_buckets: int = 0,
    initializer: Initializer | None = None,
    max_rows_in_memory: int = -1,
) -> Initializer:
    """An initializer of a variable, or of the parts of one, that loads a matrix; see `load_and_remap_matrix`.

    Args:
        ckpt_path: the name of a checkpoint.
        old_tensor_name: the matrix.
        new_row_vocab_size: how many rows the whole variable has, before those for unknown words.
        new_col_vocab_size: how many columns it has, before those for unknown words.
        old_row_vocab_size: how many lines of the old row vocabulary count; -1 for all.
        old_row_vocab_file, new_row_vocab_file: the row vocabularies, or None.
        old_col_vocab_file, new_col_vocab_file: the column vocabularies, or None.
        num_row_oov_buckets: rows for unknown words, at the end.
        num_col_oov_buckets: columns for unknown words, at the end.
        initializer: makes the values of new words; zeros if None.
        max_rows_in_memory: how many rows are read at once; all if not positive.

    Raises:
        TypeError: `initializer` is no function.
    """
    if initializer is None:
        initializer = Zeros()
    if not callable(initializer):
        raise TypeError(
            f"initializer must be callable, instead of being {initializer} of type {type(initializer)}."
        )
    total_rows = new_row_vocab_size + num_row_oov_buckets
    total_columns = new_col_vocab_size + num_col_oov_buckets

    def initialize(shape: Sequence[int], dtype: Any = dtypes.float32, partition_info: Any = None) -> Any:
        if dtype != dtypes.float32:
            raise TypeError(f"Currently, only float32 is supported. Received dtype: {dtype}")
        if len(shape) != 2:
            raise ValueError(f"Expected 2-dim shape, but received: {shape}")
        if shape[0] <= 0:
            raise ValueError(f"Expected 1st dim of shape to be > 0, but received shape: {shape}")
        if shape[1] != total_columns:
            raise ValueError(
                f"Expected 2nd dim of shape to be new_col_vocab_size ({new_col_vocab_size}) + "
                f"num_col_oov_buckets ({num_col_oov_buckets}) = {total_columns}, but received shape: {shape}"
            )
        offset = 0 if partition_info is None else partition_info.single_offset(shape)
        if offset + shape[0] > total_rows:
            raise ValueError(
                f"Trying to initialize {shape[0]} additional rows after {offset} rows have already been "
                "initialized, which would exceed expected total row count of new_row_vocab_size "
                f"({new_row_vocab_size}) + num_row_oov_buckets ({num_row_oov_buckets}) = {total_rows}."
            )
        unknown_rows = min(shape[0], max(0, offset + shape[0] - new_row_vocab_size))
        if offset > new_row_vocab_size:  # a part for unknown words alone
            if shape[0] != unknown_rows:
                raise ValueError(
                    "Partitioned variable offset is greater than new vocab size and not operating on "
                    "OOV-only partition."
                )
            return initializer(shape)
        return load_and_remap_matrix(
            ckpt_path=ckpt_path,
            old_tensor_name=old_tensor_name,
            new_row_vocab_offset=offset,
            num_rows_to_load=shape[0] - unknown_rows,
            new_col_vocab_size=new_col_vocab_size,
            initializer=initializer,
            old_row_vocab_size=old_row_vocab_size,
            old_row_vocab_file=old_row_vocab_file,
            new_row_vocab_file=new_row_vocab_file,
            old_col_vocab_file=old_col_vocab_file,
            new_col_vocab_file=new_col_vocab_file,
            num_row_oov_buckets=unknown_rows,
            num_col_oov_buckets=num_col_oov_buckets,
            max_rows_in_memory=max_rows_in_memory,
        )

    return initialize


def load_embedding_initializer(
    ckpt_path: str,
    embedding_tensor_name: str,
    new_vocab_size: int,
    embedding_dim: int,
    old_vocab_file: Any,
    new_vocab_file: Any,
    old_vocab_size: int = -1,
    num_oov_buckets: int = 0,
    initializer: Initializer | None = None,
    max_rows_in_memory: int = -1,
) -> Initializer:
    """An initializer that loads embeddings, a row for each word; see `load_and_remap_matrix_initializer`.

    Args:
        ckpt_path: the name of a checkpoint.
        embedding_tensor_name: the matrix of embeddings.
        new_vocab_size: how many words the new vocabulary has.
        embedding_dim: how long an embedding is.
        old_vocab_file, new_vocab_file: the vocabularies.
        old_vocab_size: how many lines of the old one count; -1 for all.
        num_oov_buckets: rows for unknown words.
        initializer: makes the rows of new words; by default a truncated normal distribution with a standard
            deviation of 1 / sqrt(embedding_dim).
        max_rows_in_memory: how many rows are read at once; all if not positive.
    """
    if initializer is None:
        initializer = TruncatedNormal(stddev=1.0 / math.sqrt(embedding_dim))
    return load_and_remap_matrix_initializer(
        ckpt_path=ckpt_path,
        old_tensor_name=embedding_tensor_name,
        new_row_vocab_size=new_vocab_size,
        new_col_vocab_size=embedding_dim,
        old_row_vocab_size=old_vocab_size,
        old_row_vocab_file=old_vocab_file,
        new_row_vocab_file=new_vocab_file,
        num_row_oov_buckets=num_oov_buckets,
        initializer=initializer,
        max_rows_in_memory=max_rows_in_memory,
    )
