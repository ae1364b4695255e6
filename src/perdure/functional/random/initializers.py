"""Initializers of variables: `tf.zeros_initializer`, `tf.glorot_uniform_initializer`, ...

An initializer is an object that makes the nodes of a variable's initial value when it is called
with a shape.  It can be described by a dictionary (`get_config`) and made again from it.
"""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np

from perdure.functional.array import array
from perdure.functional.array.rearranging import matrix_transpose
from perdure.functional.linalg.matrix import eye
from perdure.functional.math.cast import cast
from perdure.functional.random.random import random_normal, random_uniform, truncated_normal
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape

# The standard deviation of a standard normal distribution truncated at two deviations.
_TRUNCATED_STDDEV = 0.87962566103423978
_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("normal", "uniform", "truncated_normal", "untruncated_normal")


class Initializer:
    """The base of all initializers."""

    dtype: DType

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        """The initial value of a variable.

        Args:
            shape: the shape of the variable, or of this part of it.
            dtype: the element type; the initializer's own when None.
            partition_info: an object with `full_shape` and `var_offset` if the variable is a part
                of a partitioned one.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define __call__")

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this initializer again, as plain Python values."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The initializer that `get_config` described."""
        return cls(**config)

    def _type(self, dtype: Any) -> Any:
        return self.dtype if dtype is None else dtype


class Zeros(Initializer):
    """Zeros.

    Args:
        dtype: the element type unless a call gives another.
    """

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return array.zeros(shape, self._type(dtype))

    def get_config(self) -> dict[str, Any]:
        return {"dtype": self.dtype.name}


class Ones(Initializer):
    """Ones.

    Args:
        dtype: the element type unless a call gives another.
    """

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return array.ones(shape, self._type(dtype))

    def get_config(self) -> dict[str, Any]:
        return {"dtype": self.dtype.name}


class Constant(Initializer):
    """Given values.

    Args:
        value: a scalar, a list or an array.  Fewer values than the variable has elements are filled
            up with the last one.
        dtype: the element type unless a call gives another.
        verify_shape: whether the shape of `value` must be that of the variable.

    Raises:
        TypeError: `value` is none of these.
    """

    def __init__(self, value: Any = 0, dtype: Any = dtypes.float32, verify_shape: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(value)} (expected Python scalar, list or "
                "tuple of values, or numpy.ndarray)."
            )
        self.value = value
        self.dtype = as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(
        self,
        shape: Any,
        dtype: Any = None,
        partition_info: Any = None,
        verify_shape: bool | None = None,
    ) -> Tensor:
        if verify_shape is None:
            verify_shape = self._verify_shape
        return constant(self.value, dtype=self._type(dtype), shape=shape, verify_shape=verify_shape)

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value, "dtype": self.dtype.name}


class RandomUniform(Initializer):
    """Numbers uniformly distributed in [minval, maxval).

    Args:
        minval: the lower bound, a number or a scalar tensor.
        maxval: the upper bound; 1 for float types if not given.
        seed: the op's seed; see `tf.set_random_seed`.
        dtype: the element type unless a call gives another.
    """

    def __init__(
        self,
        minval: Any = 0,
        maxval: Any = None,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self.dtype = as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return random_uniform(shape, self.minval, self.maxval, self._type(dtype), seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {
            "minval": self.minval,
            "maxval": self.maxval,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }


class _Normal(Initializer):
    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = _float_type(dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            "mean": self.mean,
            "stddev": self.stddev,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }


class RandomNormal(_Normal):
    """Numbers of a normal distribution.

    Args:
        mean: the mean, a number or a scalar tensor.
        stddev: the standard deviation.
        seed: the op's seed; see `tf.set_random_seed`.
        dtype: the element type unless a call gives another; a float type.
    """

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return random_normal(shape, self.mean, self.stddev, self._type(dtype), seed=self.seed)


class TruncatedNormal(_Normal):
    """Numbers of a normal distribution, none further than two deviations from the mean.

    Args:
        mean: the mean before truncation, a number or a scalar tensor.
        stddev: the standard deviation before truncation.
        seed: the op's seed; see `tf.set_random_seed`.
        dtype: the element type unless a call gives another; a float type.
    """

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return truncated_normal(shape, self.mean, self.stddev, self._type(dtype), seed=self.seed)


class UniformUnitScaling(Initializer):
    """Uniform numbers that keep the scale of a linear layer's input (Sussillo et al., 2014).

    The bound is `factor * sqrt(3 / n)`, n being the product of all sizes but the last.

    Args:
        factor: 1 for a linear layer, about 1.43 for relu and 1.15 for tanh.
        seed: the op's seed; see `tf.set_random_seed`.
        dtype: the element type unless a call gives another; a float type.
    """

    def __init__(self, factor: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.factor = factor
        self.seed = seed
        self.dtype = _float_type(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        full_shape = _full_shape(shape, partition_info)
        inputs = math.prod(float(size) for size in full_shape[:-1])
        bound = math.sqrt(3 / max(inputs, 1.0)) * self.factor
        return random_uniform(shape, -bound, bound, self._type(dtype), seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "seed": self.seed, "dtype": self.dtype.name}


class VarianceScaling(Initializer):
    """Random numbers of variance `scale / n`, n being the number of a layer's inputs or outputs.

    Args:
        scale: a positive factor.
        mode: what n is: "fan_in" the inputs, "fan_out" the outputs, "fan_avg" their mean.
        distribution: "truncated_normal" (also called "normal"), "untruncated_normal" or "uniform".
        seed: the op's seed; see `tf.set_random_seed`.
        dtype: the element type unless a call gives another; a float type.

    Raises:
        ValueError: an argument is none of these.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        if scale <= 0.0:
            raise ValueError(f"`scale` must be positive float, but is {scale}")
        if mode not in _MODES:
            raise ValueError(f"Invalid `mode` argument: {mode!r}; it is one of {_MODES}")
        distribution = distribution.lower()
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(
                f"Invalid `distribution` argument: {distribution!r}; it is one of {_DISTRIBUTIONS}"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed
        self.dtype = _float_type(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        dtype = self._type(dtype)
        fan_in, fan_out = _fans(_full_shape(shape, partition_info))
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2.0}[self.mode]
        scale = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * scale)
            return random_uniform(shape, -limit, limit, dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random_normal(shape, 0.0, math.sqrt(scale), dtype, seed=self.seed)
        stddev = math.sqrt(scale) / _TRUNCATED_STDDEV
        return truncated_normal(shape, 0.0, stddev, dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }


class GlorotUniform(VarianceScaling):
    """Uniform numbers in [-x, x), x = sqrt(6 / (inputs + outputs)) (Glorot and Bengio, 2010).

    Args:
        seed: the op's seed; see `tf.set_random_seed`.
        dtype: accepted for its place in the signature; as in TensorFlow, float32 is the element
            type unless a call gives another.
    """

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(scale=1.0, mode="fan_avg", distribution="uniform", seed=seed)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "dtype": self.dtype.name}


class GlorotNormal(VarianceScaling):
    """Truncated normal numbers of deviation sqrt(2 / (inputs + outputs)) (Glorot and Bengio, 2010).

    Args:
        seed: the op's seed; see `tf.set_random_seed`.
        dtype: accepted for its place in the signature; as in TensorFlow, float32 is the element
            type unless a call gives another.
    """

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(scale=1.0, mode="fan_avg", distribution="truncated_normal", seed=seed)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "dtype": self.dtype.name}


class Orthogonal(Initializer):
    """A matrix with orthonormal rows or columns, whichever are fewer.

    More than two dimensions are flattened to (all but the last, last).

    Args:
        gain: a factor.
        seed: the op's seed; see `tf.set_random_seed`.
        dtype: the element type unless a call gives another; a float type.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = _float_type(dtype)
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        if len(shape) < 2:
            raise ValueError(
                f"The tensor to initialize must be at least two-dimensional, but its shape is {shape}"
            )
        rows, columns = math.prod(int(size) for size in shape[:-1]), int(shape[-1])
        wide = rows < columns
        flat_shape = (columns, rows) if wide else (rows, columns)
        q = _orthonormal_columns(flat_shape, self._type(dtype), self.seed)
        if wide:
            q = matrix_transpose(q)
        return self.gain * array.reshape(q, shape)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}


class ConvolutionDeltaOrthogonal(Initializer):
    """A convolution filter that is an orthogonal matrix in its centre and zero elsewhere.

    See Xiao et al., 2018, algorithm 2.

    Args:
        gain: a factor.
        seed: the op's seed; see `tf.set_random_seed`.
        dtype: the element type unless a call gives another; a float type.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = _float_type(dtype)
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        dtype = self._type(dtype)
        if not 3 <= len(shape) <= 5:
            raise ValueError(
                "The tensor to initialize must be at least three-dimensional and at "
                f"most five-dimensional, but its shape is {shape}"
            )
        if shape[-2] > shape[-1]:
            raise ValueError(
                f"In_filters cannot be greater than out_filters, but are {shape[-2]} and {shape[-1]}."
            )
        q = _orthonormal_columns([shape[-1], shape[-1]], dtype, self.seed)
        q = q[: shape[-2], :]
        q *= cast(self.gain, dtype=dtype)
        centre = [(size - 1) // 2 for size in shape[:-2]]
        return g.scatter_nd([centre], array.expand_dims(q, 0), shape)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}


class Identity(Initializer):
    """The identity matrix.

    Args:
        gain: a factor.
        dtype: the element type unless a call gives another; a float type.
    """

    def __init__(self, gain: float = 1.0, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = _float_type(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        full_shape = _full_shape(shape, partition_info)
        if len(full_shape) != 2:
            raise ValueError(
                f"Identity matrix initializer can only be used for 2D matrices, not for shape {full_shape}."
            )
        if isinstance(full_shape, TensorShape):
            full_shape = full_shape.as_list()
        rows, columns = full_shape
        matrix = eye(rows, columns, dtype=self._type(dtype))
        if partition_info is not None:
            matrix = g.slice(matrix, partition_info.var_offset, shape)
        return self.gain * matrix

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "dtype": self.dtype.name}


def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal numbers of deviation sqrt(1 / inputs) (LeCun et al., 1998)."""
    return VarianceScaling(scale=1.0, mode="fan_in", distribution="truncated_normal", seed=seed)


def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform numbers in [-x, x), x = sqrt(3 / inputs) (LeCun et al., 1998)."""
    return VarianceScaling(scale=1.0, mode="fan_in", distribution="uniform", seed=seed)


def he_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal numbers of deviation sqrt(2 / inputs) (He et al., 2015)."""
    return VarianceScaling(scale=2.0, mode="fan_in", distribution="truncated_normal", seed=seed)


def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform numbers in [-x, x), x = sqrt(6 / inputs) (He et al., 2015)."""
    return VarianceScaling(scale=2.0, mode="fan_in", distribution="uniform", seed=seed)


# -- shared -----------------------------------------------------------------------


def _full_shape(shape: Any, partition_info: Any) -> Any:
    return shape if partition_info is None else partition_info.full_shape


def _float_type(dtype: Any) -> DType:
    dtype = as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"Expected floating point type, got {dtype!r}.")
    return dtype


def _fans(shape: Any) -> tuple[int, int]:
    """How many inputs and outputs a layer with weights of this shape has."""
    if len(shape) == 0:
        return 1, 1
    if len(shape) == 1:
        return int(shape[0]), int(shape[0])
    window = math.prod(int(size) for size in shape[:-2])
    return int(shape[-2]) * window, int(shape[-1]) * window


def _orthonormal_columns(shape: Any, dtype: Any, seed: int | None) -> Tensor:
    """Columns uniformly distributed over the orthonormal ones."""
    q, r = g.qr(random_normal(shape, dtype=dtype, seed=seed), full_matrices=False)
    # The signs of R's diagonal make the decomposition, and with it the distribution, unique.
    q *= g.sign(g.diag_part(r))
    return q
