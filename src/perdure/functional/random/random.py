"""Random numbers (`tf.random_normal`, ...), and the rules by which ops get their seeds.

Two graphs that make the same nodes in the same order get the same seeds, because an op without a
seed of its own takes the number of nodes that were made before it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array import array
from perdure.functional.control.assertions import Assert
from perdure.functional.control.control import with_dependencies
from perdure.functional.math.reductions import reduce_all
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant_value_as_shape
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import get_default_graph, name_scope
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.tensor import Tensor, is_tensor_like
from perdure.graph.tensor_shape import dimension_value

# What stands for the graph's seed when only the op has one.
DEFAULT_GRAPH_SEED = 87654321
_LARGEST_SEED = 2**31 - 1

_UNIFORM_TYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int64")


# -- seeds ------------------------------------------------------------------------


def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """The two seeds of an op that is made now in the default graph.

    Args:
        op_seed: the seed given to the op, if any.

    Returns:
        `(seed, seed2)`; `(None, None)` if neither the graph nor the op has a seed, which leaves
        the choice to the operating system.

    Raises:
        TypeError: the seed is no number.
    """
    if is_tensor_like(op_seed) or isinstance(op_seed, (list, tuple)) or getattr(op_seed, "ndim", None):
        raise TypeError(f"Expected int for argument 'seed2' not {op_seed!r}.")
    graph = get_default_graph()
    if graph.seed is None:
        if op_seed is None:
            return None, None
        seeds = DEFAULT_GRAPH_SEED, op_seed % _LARGEST_SEED
    else:
        own = graph._last_id if op_seed is None else op_seed
        seeds = graph.seed % _LARGEST_SEED, own % _LARGEST_SEED
    # Two zeros would mean no seed at all.
    return (0, _LARGEST_SEED) if seeds == (0, 0) else seeds


def set_random_seed(seed: int | None) -> None:
    """Seed the default graph: random ops made from now on repeat their numbers in every session.

    Args:
        seed: an integer; None takes the seed away.
    """
    get_default_graph().seed = seed


def seeds_of(op_seed: int | None) -> dict[str, int]:
    """The two seeds as the attributes of an op: 0 stands for none."""
    seed, seed2 = get_seed(op_seed)
    return {"seed": seed or 0, "seed2": seed2 or 0}


# -- shared -----------------------------------------------------------------------


def _shape_tensor(shape: Any) -> Tensor:
    """`shape` as an integer tensor; int32 if it is an empty list."""
    if isinstance(shape, (tuple, list)):
        if not shape:
            return convert_to_tensor(shape, dtype=dtypes.int32, name="shape")
        shape = tuple(map(dimension_value, shape))
    return convert_to_tensor(shape, name="shape")


def _set_static_shape(tensor: Tensor, shape: Any) -> None:
    """Inside a function's graph, take over what the outer graph knows of `shape`."""
    inside = get_default_graph().building_function
    if inside and isinstance(shape, Tensor) and not tensor.shape.is_fully_defined():
        tensor.set_shape(constant_value_as_shape(shape))


def _uniform_type(dtype: Any, maxval: Any) -> tuple[DType, Any]:
    dtype = as_dtype(dtype)
    if dtype.name not in _UNIFORM_TYPES:
        raise ValueError(f"Invalid dtype {dtype!r}; it must be one of {_UNIFORM_TYPES}")
    if maxval is None:
        if dtype.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
        maxval = 1
    return dtype, maxval


def _scaled(drawn: Tensor, scale: Tensor, offset: Tensor, name: str) -> Tensor:
    return g.add(drawn * scale, offset, name=name)


# -- stateful draws ---------------------------------------------------------------


def random_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers of a normal distribution.

    Args:
        shape: the shape of the result, an integer vector or list.
        mean: the mean, a scalar.
        stddev: the standard deviation, a scalar.
        dtype: float16, bfloat16, float32 or float64.
        seed: the op's seed; see `get_seed`.
        name: the name of the op.
    """
    with name_scope(name, "random_normal", [shape, mean, stddev]) as scope:
        return _normal(g.random_standard_normal, shape, mean, stddev, dtype, seed, scope)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers of a normal distribution, none further than two deviations from the mean.

    Args:
        shape: the shape of the result, an integer vector or list.
        mean: the mean of the distribution before truncation, a scalar.
        stddev: its standard deviation, a scalar.
        dtype: float16, bfloat16, float32 or float64.
        seed: the op's seed; see `get_seed`.
        name: the name of the op.
    """
    with name_scope(name, "truncated_normal", [shape, mean, stddev]) as scope:
        return _normal(g.truncated_normal, shape, mean, stddev, dtype, seed, scope)


def _normal(draw: Any, shape: Any, mean: Any, stddev: Any, dtype: Any, seed: int | None, name: str) -> Tensor:
    sizes = _shape_tensor(shape)
    mean = convert_to_tensor(mean, dtype=dtype, name="mean")
    stddev = convert_to_tensor(stddev, dtype=dtype, name="stddev")
    result = _scaled(draw(sizes, dtype=dtype, **seeds_of(seed)), stddev, mean, name)
    _set_static_shape(result, shape)
    return result


def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers uniformly distributed in [minval, maxval).

    Args:
        shape: the shape of the result, an integer vector or list.
        minval: the lower bound, a scalar.
        maxval: the upper bound, a scalar; 1 if not given, which integers do not allow.
        dtype: a float type, int32 or int64.
        seed: the op's seed; see `get_seed`.
        name: the name of the op.

    Raises:
        ValueError: `dtype` has no uniform distribution, or is integral and `maxval` is missing.
    """
    dtype, maxval = _uniform_type(dtype, maxval)
    with name_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        sizes = _shape_tensor(shape)
        minval = convert_to_tensor(minval, dtype=dtype, name="min")
        maxval = convert_to_tensor(maxval, dtype=dtype, name="max")
        seeds = seeds_of(seed)
        if dtype.is_integer:
            result = g.random_uniform_int(sizes, minval, maxval, name=scope, **seeds)
        else:
            drawn = g.random_uniform(sizes, dtype=dtype, **seeds)
            result = _scaled(drawn, maxval - minval, minval, scope)
        _set_static_shape(result, sizes)
        return result


def random_shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """The rows of `value` in a random order.

    Args:
        value: a tensor, shuffled along its first dimension.
        seed: the op's seed; see `get_seed`.
        name: the name of the op.
    """
    return g.random_shuffle(value, name=name, **seeds_of(seed))


def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """A part of `value` of shape `size`, at a random place.

    Args:
        value: a tensor, in each dimension at least as large as `size`; this is checked in each run.
        size: an integer vector, one size for each dimension of `value`.
        seed: the op's seed; see `get_seed`.
        name: the name of the op.
    """
    with name_scope(name, "random_crop", [value, size]) as scope:
        value = convert_to_tensor(value, name="value")
        size = convert_to_tensor(size, dtype=dtypes.int32, name="size")
        shape = array.shape(value)
        check = Assert(
            reduce_all(shape >= size),
            ["Need value.shape >= size, got ", shape, size],
            summarize=1000,
        )
        shape = with_dependencies([check], shape)
        limit = shape - size + 1
        # Taking the remainder of the widest range favours small offsets by too little to matter.
        offset = (
            random_uniform(array.shape(shape), dtype=size.dtype, maxval=size.dtype.max, seed=seed) % limit
        )
        return g.slice(value, offset, size, name=scope)


def multinomial(
    logits: Any,
    num_samples: Any,
    seed: int | None = None,
    name: str | None = None,
    output_dtype: Any = None,
) -> Tensor:
    """Classes drawn by their probabilities; the older spelling of `categorical`.

    Args:
        logits: unnormalized log-probabilities, of shape (batch, classes).
        num_samples: how many classes to draw for each row, a scalar.
        seed: the op's seed; see `get_seed`.
        name: the name of the op.
        output_dtype: int32 or int64, which is the default.
    """
    with name_scope(name, "multinomial", [logits]):
        return _categorical(logits, num_samples, output_dtype, seed)


def categorical(
    logits: Any,
    num_samples: Any,
    dtype: Any = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Classes drawn by their probabilities, of shape (batch, num_samples).

    Args:
        logits: unnormalized log-probabilities, of shape (batch, classes).
        num_samples: how many classes to draw for each row, a scalar.
        dtype: int32 or int64, which is the default.
        seed: the op's seed; see `get_seed`.
        name: the name of the op.
    """
    with name_scope(name, "categorical", [logits]):
        return _categorical(logits, num_samples, dtype, seed)


def _categorical(logits: Any, num_samples: Any, dtype: Any, seed: int | None) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    output_dtype = dtypes.int64 if dtype is None else dtype
    return g.multinomial(logits, num_samples, output_dtype=output_dtype, **seeds_of(seed))


def random_gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers of gamma distributions, of shape `shape + shape(alpha + beta)`.

    Args:
        shape: how many numbers to draw of each distribution, an integer vector or list.
        alpha: the shape parameters; broadcast with `beta`.
        beta: the inverse scales; 1 when None.
        dtype: float16, float32 or float64.
        seed: the op's seed; see `get_seed`.
        name: the name of the op.
    """
    with name_scope(name, "random_gamma", [shape, alpha, beta]):
        sizes = convert_to_tensor(shape, name="shape", dtype=dtypes.int32)
        alpha = convert_to_tensor(alpha, name="alpha", dtype=dtype)
        beta = convert_to_tensor(1 if beta is None else beta, name="beta", dtype=dtype)
        broadcast = alpha + array.zeros_like(beta)
        drawn = g.random_gamma(sizes, broadcast, **seeds_of(seed))
        # Small alphas give numbers that round to zero, where the density is not defined.
        tiny = np.finfo(alpha.dtype.as_numpy_dtype).tiny
        return g.maximum(tiny, drawn / beta)


def random_poisson(
    lam: Any,
    shape: Any,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers of Poisson distributions, of shape `shape + shape(lam)`.

    Args:
        lam: the rates.
        shape: how many numbers to draw of each distribution, an integer vector or list.
        dtype: float16, float32, float64, int32 or int64.
        seed: the op's seed; see `get_seed`.
        name: the name of the op.
    """
    with name_scope(name, "random_poisson", [lam, shape]):
        sizes = convert_to_tensor(shape, name="shape", dtype=dtypes.int32)
        return g.random_poisson_v2(sizes, lam, dtype=dtype, **seeds_of(seed))


# -- stateless draws --------------------------------------------------------------


def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Numbers uniformly distributed in [minval, maxval) that depend on the arguments alone.

    Args:
        shape: the shape of the result, an integer vector or list.
        seed: two integers, a tensor or a list.
        minval: the lower bound, a scalar.
        maxval: the upper bound, a scalar; 1 if not given, which integers do not allow.
        dtype: a float type, int32 or int64.
        name: the name of the op.

    Raises:
        ValueError: `dtype` has no uniform distribution, or is integral and `maxval` is missing.
    """
    dtype, maxval = _uniform_type(dtype, maxval)
    with name_scope(name, "stateless_random_uniform", [shape, seed, minval, maxval]) as scope:
        sizes = _shape_tensor(shape)
        minval = convert_to_tensor(minval, dtype=dtype, name="min")
        maxval = convert_to_tensor(maxval, dtype=dtype, name="max")
        if dtype.is_integer:
            result = g.stateless_random_uniform_int(sizes, seed, minval, maxval, name=scope)
        else:
            drawn = g.stateless_random_uniform(sizes, seed, dtype=dtype)
            result = _scaled(drawn, maxval - minval, minval, scope)
        _set_static_shape(result, sizes)
        return result


def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Numbers of a normal distribution that depend on the arguments alone.

    Args:
        shape: the shape of the result, an integer vector or list.
        seed: two integers, a tensor or a list.
        mean: the mean, a scalar.
        stddev: the standard deviation, a scalar.
        dtype: float16, bfloat16, float32 or float64.
        name: the name of the op.
    """
    with name_scope(name, "stateless_random_normal", [shape, seed, mean, stddev]) as scope:
        return _stateless_normal(g.stateless_random_normal, shape, seed, mean, stddev, dtype, scope)


def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """As `truncated_normal`, with numbers that depend on the arguments alone.

    Args:
        shape: the shape of the result, an integer vector or list.
        seed: two integers, a tensor or a list.
        mean: the mean of the distribution before truncation, a scalar.
        stddev: its standard deviation, a scalar.
        dtype: float16, bfloat16, float32 or float64.
        name: the name of the op.
    """
    with name_scope(name, "stateless_truncated_normal", [shape, seed, mean, stddev]) as scope:
        return _stateless_normal(g.stateless_truncated_normal, shape, seed, mean, stddev, dtype, scope)


def _stateless_normal(
    draw: Any, shape: Any, seed: Any, mean: Any, stddev: Any, dtype: Any, name: str
) -> Tensor:
    sizes = _shape_tensor(shape)
    mean = convert_to_tensor(mean, dtype=dtype, name="mean")
    stddev = convert_to_tensor(stddev, dtype=dtype, name="stddev")
    result = _scaled(draw(sizes, seed, dtype=dtype), stddev, mean, name)
    _set_static_shape(result, sizes)
    return result


def stateless_multinomial(
    logits: Any,
    num_samples: Any,
    seed: Any,
    output_dtype: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:
    """The older spelling of `stateless_categorical`.

    Args:
        logits: unnormalized log-probabilities, of shape (batch, classes).
        num_samples: how many classes to draw for each row, a scalar.
        seed: two integers, a tensor or a list.
        output_dtype: int32 or int64.
        name: the name of the op.
    """
    with name_scope(name, "stateless_multinomial", [logits, seed]):
        logits = convert_to_tensor(logits, name="logits")
        return g.stateless_multinomial(logits, num_samples, seed, output_dtype=output_dtype)


def stateless_categorical(
    logits: Any,
    num_samples: Any,
    seed: Any,
    dtype: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:
    """Classes drawn by their probabilities, of shape (batch, num_samples); no hidden state.

    Args:
        logits: unnormalized log-probabilities, of shape (batch, classes).
        num_samples: how many classes to draw for each row, a scalar.
        seed: two integers, a tensor or a list.
        dtype: int32 or int64.
        name: the name of the op.
    """
    with name_scope(name, "stateless_categorical", [logits, seed]):
        logits = convert_to_tensor(logits, name="logits")
        return g.stateless_multinomial(logits, num_samples, seed, output_dtype=dtype)
