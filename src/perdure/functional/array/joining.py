"""tf.concat, tf.stack, tf.split, tf.unstack, tf.meshgrid: tensors put together and taken apart."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, identity, ones, reshape, size
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import Dimension, TensorShape


def stack(values: Any, axis: int = 0, name: str = "stack") -> Tensor:
    """Tensors of one shape, along a new axis.

    Args:
        values: the tensors.
        axis: where the new axis will be.
        name: the name of the node.

    Raises:
        ValueError: `axis` is outside [-(rank + 1), rank + 1).
    """
    if axis == 0:
        try:
            # Constants become one constant.
            return convert_to_tensor(values, name=name)
        except (TypeError, ValueError):
            pass  # of different shapes or types, which Pack reports better
    shape = convert_to_tensor(values[0], name=name)._shape
    if shape is not None:
        ranks = len(shape) + 1
        if not -ranks <= axis < ranks:
            raise ValueError(f"axis = {axis} not in [{-ranks}, {ranks})")
    return g.pack(values, axis=axis, name=name)


def parallel_stack(values: Any, name: str = "parallel_stack") -> Tensor:
    """Tensors of one fully known shape, along a new first axis.

    Args:
        values: the tensors.
        name: a scope for the nodes.
    """
    with name_scope(name):
        shape = convert_to_tensor(values[0]).get_shape()
        whole = TensorShape([len(values)]).concatenate(shape)
        return g.parallel_concat([expand_dims(value, 0) for value in values], shape=whole)


def unstack(value: Any, num: int | None = None, axis: int = 0, name: str = "unstack") -> list[Tensor]:
    """The tensors that make up `value` along an axis.

    Args:
        value: a tensor.
        num: how many there are; taken from the static shape if None.
        axis: the axis.
        name: the name of the node.

    Raises:
        ValueError: `num` is not given nor known, or `axis` is outside [-rank, rank).
    """
    if num is None:
        value = convert_to_tensor(value)
        shape = value._shape
        if shape is not None:
            if not -len(shape) <= axis < len(shape):
                raise ValueError(f"axis = {axis} not in [{-len(shape)}, {len(shape)})")
            num = shape[axis]
        if num is None:
            raise ValueError(f"Cannot infer num from shape {value.get_shape()}")
    return g.unpack(value, num=num, axis=axis, name=name)


def concat(values: Any, axis: Any, name: str = "concat") -> Tensor:
    """Tensors one after the other along an axis.

    Args:
        values: tensors that differ only in the size of that axis.
        axis: the axis.
        name: the name of the node.
    """
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1:
        # The axis becomes a node although nothing uses it, as in TensorFlow.
        with name_scope(name) as scope:
            at = convert_to_tensor(axis, name="concat_dim", dtype=dtypes.int32)
            at.get_shape().assert_has_rank(0)
            del scope
            return identity(values[0], name=name)
    return g.concat_v2(values, axis, name=name)


def split(
    value: Any,
    num_or_size_splits: Any,
    axis: Any = 0,
    num: int | None = None,
    name: str = "split",
) -> list[Tensor]:
    """Pieces of a tensor along an axis.

    Args:
        value: a tensor.
        num_or_size_splits: how many equal pieces, or a vector of their sizes.
        axis: the axis.
        num: how many sizes there are, if that is not known statically.
        name: the name of the node.

    Raises:
        ValueError: the sizes are a scalar tensor, or their number is not known.
    """
    sizes = convert_to_tensor(num_or_size_splits)
    if isinstance(num_or_size_splits, (int, Dimension)):
        return g.split(axis, value, num_split=num_or_size_splits, name=name)
    if sizes._shape == ():
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to "
            f"split. Argument provided: {num_or_size_splits}"
        )
    if num is None:
        num = sizes._shape[0] if sizes._shape else None
        if num is None:
            raise ValueError(f"Cannot infer num from shape {num_or_size_splits}")
    return g.split_v(value, sizes, axis, num_split=num, name=name)


def meshgrid(*args: Any, **kwargs: Any) -> list[Tensor]:
    """Coordinates of the points of a grid.

    Args:
        *args: vectors, one for each axis of the grid.
        **kwargs: `indexing` ("xy", the default, swaps the first two axes; "ij") and `name`.

    Raises:
        TypeError: another keyword is given.
        ValueError: `indexing` is neither "xy" nor "ij".
    """
    indexing, name = kwargs.pop("indexing", "xy"), kwargs.pop("name", "meshgrid")
    if kwargs:
        raise TypeError(f"'{next(iter(kwargs))}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    with name_scope(name, "meshgrid", args):
        count = len(args)
        grids = [reshape(stack(x), (1,) * i + (-1,) + (1,) * (count - i - 1)) for i, x in enumerate(args)]
        sizes = [size(x) for x in args]
        dtype = convert_to_tensor(args[0]).dtype.base_dtype
        if indexing == "xy" and count > 1:
            grids[0] = reshape(grids[0], (1, -1) + (1,) * (count - 2))
            grids[1] = reshape(grids[1], (-1, 1) + (1,) * (count - 2))
            sizes[0], sizes[1] = sizes[1], sizes[0]
        # Multiplied rather than tiled: TensorFlow's own tiling was slower.
        factor = ones(sizes, dtype)
        return [x * factor for x in grids]
