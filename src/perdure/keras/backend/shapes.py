"""Keras' backend: placeholders, constants and what is known of shapes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from perdure.functional.array import array
from perdure.functional.linalg.matrix import eye as identity_matrix
from perdure.functional.random.initializers import RandomNormal, RandomUniform
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant as make_constant
from perdure.graph.defaults import init_scope
from perdure.graph.dtypes import as_dtype
from perdure.graph.nest import flatten as leaves_of
from perdure.graph.tensor import Tensor
from perdure.keras.backend.state import get_graph, get_value, is_sparse, track_variable, variable
from perdure.keras.config import floatx
from perdure.variables.base import Variable


def placeholder(
    shape: Any = None,
    ndim: int | None = None,
    dtype: Any = None,
    sparse: bool = False,
    name: str | None = None,
    ragged: bool = False,
) -> Any:
    """A placeholder.

    Args:
        shape: its shape; None for sizes that may vary.
        ndim: its rank, if no shape is given.
        dtype: its element type; `floatx()` if None.
        sparse: whether it is a sparse tensor.
        name: its name.
        ragged: whether it is a ragged tensor, which is not supported.

    Raises:
        ValueError: both sparse and ragged.
        NotImplementedError: ragged.
    """
    if sparse and ragged:
        raise ValueError("Cannot set both sparse and ragged to True when creating a placeholder.")
    if ragged:
        raise NotImplementedError("Ragged inputs of Keras models are not supported (ragged=True)")
    dtype = floatx() if dtype is None else dtype
    if not shape and ndim:
        shape = (None,) * ndim
    with get_graph().as_default():
        make = array.sparse_placeholder if sparse else array.placeholder
        return make(dtype, shape=shape, name=name)


def is_placeholder(x: Any) -> bool:
    """Whether a tensor is a placeholder, or a sparse one made of such."""
    if isinstance(x, SparseTensor):
        return any(is_placeholder(part) for part in leaves_of(x, expand_composites=True))
    return getattr(getattr(x, "op", None), "type", None) == "Placeholder"


def is_keras_tensor(x: Any) -> bool:
    """Whether a tensor is the output of a layer of Keras.

    Raises:
        ValueError: it is no tensor.
    """
    if not isinstance(x, (Tensor, Variable, SparseTensor)):
        raise ValueError(
            f"Unexpectedly found an instance of type `{type(x)}`. Expected a symbolic tensor instance."
        )
    return hasattr(x, "_keras_history")


def shape(x: Any) -> Tensor:
    """The sizes of a tensor, as a tensor."""
    return array.shape(x)


def int_shape(x: Any) -> Any:
    """The static shape of a tensor, as a tuple; None if its rank is unknown."""
    try:
        found = x.shape
        return found if isinstance(found, tuple) else tuple(found.as_list())
    except ValueError:
        return None


def ndim(x: Any) -> int | None:
    """The rank of a tensor, or None."""
    return x.shape.ndims


def count_params(x: Any) -> int:
    """How many elements a variable has."""
    return np.prod(x.shape.as_list())


def to_dense(tensor: Any) -> Any:
    """A tensor that is not sparse."""
    if not is_sparse(tensor):
        return tensor
    from perdure.graph.builder import g

    zero = np.zeros((), tensor.values.dtype.as_numpy_dtype)
    return g.sparse_to_dense(tensor.indices, tensor.dense_shape, tensor.values, zero)


def eval(x: Any) -> Any:
    """The value of a variable or tensor in Keras' session."""
    return get_value(to_dense(x))


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A constant; of type `floatx()` if `dtype` is None."""
    return make_constant(value, dtype=floatx() if dtype is None else dtype, shape=shape, name=name)


def _filled_variable(fill: Any, shape: Any, dtype: Any, name: str | None) -> Any:
    with init_scope():
        dtype = floatx() if dtype is None else dtype
        filled = fill(shape=shape, dtype=as_dtype(dtype), name=name)
        if all(filled.shape.as_list()):
            return variable(filled, dtype=dtype, name=name)
        track_variable(filled)
        return filled


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of zeros; a tensor, if a size is unknown."""
    return _filled_variable(array.zeros, shape, dtype, name)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of ones; a tensor, if a size is unknown."""
    return _filled_variable(array.ones, shape, dtype, name)


def eye(size: int, dtype: Any = None, name: str | None = None) -> Any:
    """A variable that is an identity matrix."""
    dtype = floatx() if dtype is None else dtype
    return variable(identity_matrix(size, dtype=as_dtype(dtype)), dtype, name)


def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Zeros of the shape of a tensor."""
    return array.zeros_like(x, dtype=dtype, name=name)


def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Ones of the shape of a tensor."""
    return array.ones_like(x, dtype=dtype, name=name)


def identity(x: Any, name: str | None = None) -> Tensor:
    """A tensor of the same value."""
    return array.identity(x, name=name)


def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: str | None = None, seed: int | None = None
) -> Any:
    """A variable of uniform random numbers; NumPy draws the seed if there is none."""
    dtype = floatx() if dtype is None else dtype
    seed = np.random.randint(10**9) if seed is None else seed
    value = RandomUniform(low, high, dtype=as_dtype(dtype), seed=seed)(shape)
    return variable(value, dtype=dtype, name=name)


def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: str | None = None, seed: int | None = None
) -> Any:
    """A variable of normal random numbers; NumPy draws the seed if there is none."""
    dtype = floatx() if dtype is None else dtype
    seed = np.random.randint(10**9) if seed is None else seed
    value = RandomNormal(mean, scale, dtype=as_dtype(dtype), seed=seed)(shape)
    return variable(value, dtype=dtype, name=name)


def positions_in(sizes: Any) -> Any:
    """All positions in an array of these sizes."""
    return itertools.product(*(range(size) for size in sizes))
