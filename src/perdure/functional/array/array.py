"""tf.shape, tf.reshape, tf.zeros, tf.placeholder and their like: arrays as such."""

from __future__ import annotations

import math
from functools import reduce
from operator import mul
from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor, SparseTensorValue
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, control_dependencies, name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape

# -- identities -------------------------------------------------------------------


def identity(input: Any, name: str | None = None) -> Tensor:
    """A tensor with the value of `input`.

    Args:
        input: a tensor, or anything that converts to one.
        name: the name of the node.
    """
    return g.identity(input, name=name)


def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """Tensors with the values of `input`, available together.

    Args:
        input: a list of tensors.
        name: the name of the node.
    """
    return g.identity_n(input, name=name)


def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """A tensor with the value of `input` that no gradient flows through.

    Args:
        input: a tensor.
        name: the name of the node.
    """
    return g.stop_gradient(input, name=name)


def guarantee_const(input: Any, name: str | None = None) -> Tensor:
    """A tensor with the value of `input`, with the promise that it never changes.

    Args:
        input: a tensor.
        name: the name of the node.
    """
    return g.guarantee_const(input, name=name)


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor with the value of `x`, whose shape is checked when it runs.

    Args:
        x: a tensor.
        shape: the shape it must have; unknown sizes are not checked.
        name: the name of the node.
    """
    if not isinstance(shape, TensorShape):
        shape = TensorShape(shape)
    return g.ensure_shape(x, shape=shape, name=name)


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Tensor:
    """A tensor with the value of `tensor`; an InvalidArgumentError if that has a NaN or infinity.

    Args:
        tensor: a tensor of floats.
        message: how the error begins.
        name: the name of the node.
    """
    return g.check_numerics(tensor, message=message, name=name)


def verify_tensor_all_finite(
    t: Any = None,
    msg: str | None = None,
    name: str | None = None,
    x: Any = None,
    message: str | None = None,
) -> Tensor:
    """A tensor with the value of `x`; an InvalidArgumentError if that has a NaN or infinity.

    Args:
        t: the older name of `x`.
        msg: the older name of `message`.
        name: a scope for the nodes.
        x: a tensor of floats.
        message: how the error begins.

    Raises:
        ValueError: an argument is given by both names.
    """
    x = renamed("x", x, "t", t)
    message = renamed("message", message, "msg", msg)
    with name_scope(name, "VerifyFinite", [x]) as name:
        x = convert_to_tensor(x, name="x")
        with colocate_with(x):
            checked = check_numerics(x, message=message)
            with (
                name_scope(None, "control_dependency", [checked, x]) as scope,
                colocate_with(x),
                control_dependencies([checked]),
            ):
                return g.identity(x, name=scope)


def bitcast(input: Any, type: Any, name: str | None = None) -> Tensor:
    """The bits of `input` as elements of another type.

    Args:
        input: a tensor.
        type: the type of the result; a narrower one adds a last axis, a wider one takes it away.
        name: the name of the node.
    """
    return g.bitcast(input, type=type, name=name)


# -- shapes as values -------------------------------------------------------------


def is_sparse(value: Any) -> bool:
    """Whether `value` is a SparseTensor or the value of one."""
    return isinstance(value, (SparseTensor, SparseTensorValue))


def shape(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """The shape of `input` as a vector.

    A constant if the static shape is fully known, as in TensorFlow.

    Args:
        input: a tensor or SparseTensor.
        name: the name of the node.
        out_type: tf.int32 or tf.int64.
    """
    return shape_internal(input, name, optimize=True, out_type=out_type)


def shape_internal(
    input: Any, name: str | None = None, optimize: bool = True, out_type: Any = dtypes.int32
) -> Tensor:
    """`shape`; always a Shape node unless `optimize`."""
    with name_scope(name, "Shape", [input]) as name:
        if is_sparse(input):
            return g.cast(input.dense_shape, DstT=out_type)
        tensor = convert_to_tensor(input)
        known = tensor._shape
        if optimize and known is not None and None not in known:
            return constant(known, out_type, name=name)
        return g.shape(tensor, name=name, out_type=out_type)


def shape_n(input: Any, out_type: Any = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """The shapes of several tensors, as vectors.

    Args:
        input: a list of tensors of one type.
        out_type: tf.int32 or tf.int64.
        name: the name of the node.
    """
    return g.shape_n(input, out_type=out_type, name=name)


def size(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """The number of elements of `input`, as a scalar.

    Args:
        input: a tensor or SparseTensor.
        name: the name of the node.
        out_type: tf.int32 or tf.int64.
    """
    return size_internal(input, name, optimize=True, out_type=out_type)


def size_internal(
    input: Any, name: str | None = None, optimize: bool = True, out_type: Any = dtypes.int32
) -> Tensor:
    """`size`; always a Size node unless `optimize`."""
    with name_scope(name, "Size", [input]) as name:
        if is_sparse(input):
            return g.prod(g.cast(input.dense_shape, DstT=out_type), 0, name=name)
        tensor = convert_to_tensor(input)
        known = tensor._shape
        if optimize and known is not None:
            if None not in known:
                return constant(math.prod(size or 0 for size in known), out_type, name=name)
            if 0 in known:
                return constant(0, out_type, name=name)
        return g.size(tensor, name=name, out_type=out_type)


def rank(input: Any, name: str | None = None) -> Tensor:
    """The number of axes of `input`, as a scalar.

    Args:
        input: a tensor or SparseTensor.
        name: the name of the node.
    """
    return rank_internal(input, name, optimize=True)


def rank_internal(input: Any, name: str | None = None, optimize: bool = True) -> Tensor:
    """`rank`; always a Rank node unless `optimize`."""
    with name_scope(name, "Rank", [input]) as name:
        if is_sparse(input):
            return g.size(input.dense_shape, name=name)
        tensor = convert_to_tensor(input)
        if optimize and tensor._shape is not None:
            return constant(len(tensor._shape), dtypes.int32, name=name)
        return g.rank(tensor, name=name)


# -- other shapes -----------------------------------------------------------------


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """The elements of `tensor` in another shape.

    Args:
        tensor: a tensor.
        shape: the sizes; one may be -1 and is inferred.
        name: the name of the node.
    """
    return g.reshape(tensor, shape, name=name)


def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """`input` with an axis of size 1 added.

    Args:
        input: a tensor.
        axis: where the axis will be; negative numbers count from the end.
        name: the name of the node.
        dim: the older name of `axis`.

    Raises:
        ValueError: no axis is given, or by both names.
    """
    axis = renamed("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return g.expand_dims(input, axis, name=name)


def squeeze(input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None) -> Tensor:
    """`input` without axes of size 1.

    Args:
        input: a tensor.
        axis: the axis or axes to take away; all of size 1 if None.
        name: the name of the node.
        squeeze_dims: the older name of `axis`.

    Raises:
        ValueError: the axes are given by both names.
    """
    axis = renamed("axis", axis, "squeeze_dims", squeeze_dims)
    if axis is None:
        axis = []
    elif np.isscalar(axis):
        axis = [axis]
    return g.squeeze(input, squeeze_dims=axis, name=name)


# -- constant values --------------------------------------------------------------


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """A tensor with the same value everywhere.

    Args:
        dims: its shape.
        value: a scalar.
        name: the name of the node.
    """
    return g.fill(dims, value, name=name)


def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of zeros (False, or empty strings).

    Args:
        shape: its shape: integers, a TensorShape or a vector tensor.
        dtype: its type.
        name: the name of the node.
    """
    dtype = dtypes.as_dtype(dtype).base_dtype
    with name_scope(name, "zeros", [shape]) as name:
        zero: Any = False if dtype is dtypes.bool else "" if dtype is dtypes.string else 0
        return _filled(shape, zero, dtype, name)


def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of ones (True for bool).

    Args:
        shape: its shape: integers, a TensorShape or a vector tensor.
        dtype: its type.
        name: the name of the node.
    """
    dtype = dtypes.as_dtype(dtype).base_dtype
    with name_scope(name, "ones", [shape]) as name:
        return _filled(shape, True if dtype is dtypes.bool else 1, dtype, name)


def _filled(shape: Any, value: Any, dtype: Any, name: str | None) -> Tensor:
    """A Const if it is small and its shape is known, else a Fill."""
    if not isinstance(shape, Tensor):
        try:
            small = _constant_if_small(value, shape, dtype, name)
            if small is not None:
                return small
            known = TensorShape(shape)
            if not known.is_fully_defined():
                raise ValueError("the shape is not fully known")
            shape = convert_to_tensor(known)
        except (TypeError, ValueError):
            shape = convert_to_tensor(shape, dtype=dtypes.int32)
    if not shape._shape:  # a scalar, or of unknown rank
        shape = reshape(shape, [-1])
    return fill(shape, constant(value, dtype=dtype), name=name)


def _constant_if_small(value: Any, shape: Any, dtype: Any, name: str | None) -> Tensor | None:
    try:
        if isinstance(shape, (list, tuple)) and any(isinstance(size, Tensor) for size in shape):
            # This product makes nodes, and TensorFlow makes them too.
            if reduce(mul, shape) < 1000:
                return constant(value, shape=shape, dtype=dtype, name=name or "Const")
        elif np.prod(shape) < 1000:
            return constant(value, shape=shape, dtype=dtype, name=name or "Const")
    except TypeError:
        pass
    return None


def zeros_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Zeros in the shape of `tensor`.

    Args:
        tensor: a tensor.
        dtype: the type of the result; that of `tensor` if None.
        name: the name of the node.
        optimize: whether a known static shape gives a constant.
    """
    with name_scope(name, "zeros_like", [tensor]) as name:
        tensor = convert_to_tensor(tensor, name="tensor")
        if dtype is not None:
            dtype = dtypes.as_dtype(dtype)
        if optimize and tensor.shape.is_fully_defined() and tensor.dtype != dtypes.variant:
            return zeros(tensor.shape, dtype=dtype or tensor.dtype, name=name)
        if dtype is not None and dtype != tensor.dtype and dtype != dtypes.variant:
            return zeros(shape_internal(tensor, optimize=optimize), dtype=dtype, name=name)
        return g.zeros_like(tensor, name=name)


def ones_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Ones in the shape of `tensor`.

    Args:
        tensor: a tensor.
        dtype: the type of the result; that of `tensor` if None.
        name: the name of the node.
        optimize: whether a known static shape gives a constant.
    """
    with name_scope(name, "ones_like", [tensor]) as name:
        tensor = convert_to_tensor(tensor, name="tensor")
        ones_shape = shape_internal(tensor, optimize=optimize)
        if dtype is None:
            dtype = tensor.dtype
        result = ones(ones_shape, dtype=dtype, name=name)
        result.set_shape(tensor.get_shape())
        return result


# -- placeholders -----------------------------------------------------------------


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor whose value must be fed.

    Args:
        dtype: its type.
        shape: what is known of its shape; anything may be fed if None.
        name: the name of the node.
    """
    return g.placeholder(dtype=dtype, shape=shape, name=name)


def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor with the value of `input` unless another is fed.

    Args:
        input: the default value.
        shape: what is known of the shape.
        name: the name of the node.
    """
    return g.placeholder_with_default(input, shape=shape, name=name)


def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """A SparseTensor whose value must be fed.

    Args:
        dtype: the type of its values.
        shape: its dense shape, or None if it is fed too.
        name: a prefix for the names of its placeholders.
    """

    def part(word: str) -> str | None:
        return None if name is None else f"{name}/{word}"

    size: Any = None
    if shape is not None:
        size = shape.get_shape()[0] if isinstance(shape, Tensor) else len(shape)
        if not isinstance(shape, Tensor) and None in tuple(shape):
            shape = None
        else:
            shape = convert_to_tensor(shape, dtype=dtypes.int64, name=part("shape"))
    if shape is None:
        shape = placeholder(dtypes.int64, shape=[size], name=part("shape"))
    return SparseTensor(
        values=placeholder(dtype, shape=[None], name=part("values")),
        indices=placeholder(dtypes.int64, shape=[None, size], name=part("indices")),
        dense_shape=shape,
    )
