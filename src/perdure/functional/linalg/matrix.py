"""tf.eye, tf.diag, tf.matrix_diag, tf.matrix_band_part and their like."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array.array import ones, zeros
from perdure.functional.array.joining import concat
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def diag(diagonal: Any, name: str | None = None) -> Tensor:
    """A tensor of twice the rank with `diagonal` on its diagonal.

    Args:
        diagonal: a tensor.
        name: the name of the node.
    """
    return g.diag(diagonal, name=name)


def diag_part(input: Any, name: str | None = None) -> Tensor:
    """The diagonal of a tensor whose shape is twice the same.

    Args:
        input: a tensor.
        name: the name of the node.
    """
    return g.diag_part(input, name=name)


def _main_diagonal_only(function: str, k: Any, *others: tuple[str, Any, Any]) -> None:
    """TensorFlow 1.15.5 ignores these arguments; here they are refused."""
    for argument, value, default in (("k", k, 0), *others):
        if isinstance(value, Tensor) or np.any(value != default):
            raise NotImplementedError(
                f"{function}: {argument} must be {default}, got {value!r}; TensorFlow 1.15.5 "
                "ignores other values"
            )


def matrix_diag(
    diagonal: Any,
    name: str = "diag",
    k: Any = 0,
    num_rows: Any = -1,
    num_cols: Any = -1,
    padding_value: Any = 0,
) -> Tensor:
    """Square matrices with the given diagonals.

    Args:
        diagonal: (..., n).
        name: the name of the node.
        k, num_rows, num_cols, padding_value: must be left as they are; TensorFlow 1.15.5 ignores
            other values.

    Raises:
        NotImplementedError: one of those is given.
    """
    _main_diagonal_only(
        "tf.matrix_diag",
        k,
        ("num_rows", num_rows, -1),
        ("num_cols", num_cols, -1),
        ("padding_value", padding_value, 0),
    )
    return g.matrix_diag(diagonal, name=name)


def matrix_diag_part(input: Any, name: str = "diag_part", k: Any = 0, padding_value: Any = 0) -> Tensor:
    """The diagonals of matrices.

    Args:
        input: (..., m, n).
        name: the name of the node.
        k, padding_value: must be left as they are; TensorFlow 1.15.5 ignores other values.

    Raises:
        NotImplementedError: one of those is given.
    """
    _main_diagonal_only("tf.matrix_diag_part", k, ("padding_value", padding_value, 0))
    return g.matrix_diag_part(input, name=name)


def matrix_set_diag(input: Any, diagonal: Any, name: str = "set_diag", k: Any = 0) -> Tensor:
    """Matrices with other diagonals.

    Args:
        input: (..., m, n).
        diagonal: (..., min(m, n)).
        name: the name of the node.
        k: must be left as it is; TensorFlow 1.15.5 ignores other values.

    Raises:
        NotImplementedError: `k` is given.
    """
    _main_diagonal_only("tf.matrix_set_diag", k)
    return g.matrix_set_diag(input, diagonal, name=name)


def matrix_band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Tensor:
    """Matrices with zeros outside a band around the diagonal.

    Args:
        input: (..., m, n).
        num_lower: how many diagonals below the main one are kept; all if negative.
        num_upper: how many above.
        name: the name of the node.
    """
    return g.matrix_band_part(input, num_lower, num_upper, name=name)


def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Identity matrices.

    Args:
        num_rows: how many rows.
        num_columns: how many columns; as many if None.
        batch_shape: the shape of the batch, a list or vector; one matrix if None.
        dtype: the type.
        name: a scope for the nodes.

    Raises:
        TypeError: a number of rows or columns is neither an integer nor a tensor.
    """
    with name_scope(name, default_name="eye", values=[num_rows, num_columns, batch_shape]):
        is_square = num_columns is None
        batch_shape = [] if batch_shape is None else batch_shape
        num_columns = num_rows if num_columns is None else num_columns
        if isinstance(num_rows, Tensor) or isinstance(num_columns, Tensor):
            size: Any = g.minimum(num_rows, num_columns)
        else:
            if not isinstance(num_rows, (int, np.integer)) or not isinstance(num_columns, (int, np.integer)):
                raise TypeError("num_rows and num_columns must be positive integer values.")
            is_square = num_rows == num_columns
            size = int(min(num_rows, num_columns))
        if isinstance(batch_shape, Tensor) or isinstance(size, Tensor):
            batch_shape = convert_to_tensor(batch_shape, name="shape", dtype=dtypes.int32)
            diagonal_shape: Any = concat((batch_shape, [size]), axis=0)
            if not is_square:
                shape: Any = concat((batch_shape, [num_rows, num_columns]), axis=0)
        else:
            batch_shape = list(batch_shape)
            diagonal_shape = [*batch_shape, size]
            if not is_square:
                shape = [*batch_shape, num_rows, num_columns]
        diagonal = ones(diagonal_shape, dtype=dtype)
        if is_square:
            return matrix_diag(diagonal)
        return matrix_set_diag(zeros(shape, dtype=dtype), diagonal)
