"""Keras' backend: rearranging, padding, joining and repeating."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array import array, joining, rearranging, searching
from perdure.functional.array import padding as paddings
from perdure.functional.array.gathering import where
from perdure.functional.array.shape_arithmetic import range as range_of
from perdure.functional.array.values import is_tensor
from perdure.functional.control.conditionals import cond
from perdure.graph.constants import constant
from perdure.graph.tensor import Tensor
from perdure.keras.backend.math import cast, prod
from perdure.keras.backend.shapes import ndim, shape, to_dense
from perdure.keras.backend.state import is_sparse, learning_phase
from perdure.keras.config import image_data_format


def checked_data_format(data_format: str | None) -> str:
    """A data format; the default one for None.

    Raises:
        ValueError: an unknown one.
    """
    found = image_data_format() if data_format is None else data_format
    if found not in ("channels_first", "channels_last"):
        raise ValueError("Unknown data_format: " + str(found))
    return found


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """Tensors joined along an axis."""
    if axis < 0:
        rank = ndim(tensors[0])
        axis = axis % rank if rank else 0
    if all(is_sparse(x) for x in tensors):
        raise NotImplementedError("K.concatenate of sparse tensors is not supported; use tf.sparse_concat")
    return joining.concat([to_dense(x) for x in tensors], axis)


def reshape(x: Any, shape: Any) -> Tensor:
    """A tensor in another shape."""
    return array.reshape(x, shape)


def permute_dimensions(x: Any, pattern: Any) -> Tensor:
    """A tensor with its axes in another order."""
    return rearranging.transpose(x, perm=pattern)


def repeat_elements(x: Any, rep: int, axis: int) -> Tensor:
    """Each element along an axis repeated, as by `np.repeat`.

    Args:
        x: a tensor.
        rep: how often.
        axis: the axis.
    """
    sizes = x.shape.as_list()
    if sizes[axis] is not None:
        parts = joining.split(value=x, num_or_size_splits=sizes[axis], axis=axis)
        return concatenate([part for part in parts for _ in range(rep)], axis)
    symbolic = array.shape(x)
    repeated = array.expand_dims(x, axis=axis + 1)
    counts = np.ones(len(sizes) + 1)
    counts[axis + 1] = rep
    repeated = rearranging.tile(repeated, counts.astype(np.int32))
    counts = np.delete(counts, axis + 1)
    counts[axis] = rep
    repeated = array.reshape(repeated, symbolic * constant(counts, dtype="int32"))
    repeated.set_shape(sizes)
    return repeated


def repeat(x: Any, n: int) -> Tensor:
    """A batch of vectors with each of them repeated `n` times along a new second axis."""
    assert ndim(x) == 2
    return rearranging.tile(array.expand_dims(x, 1), joining.stack([1, n, 1]))


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: str = "int32") -> Tensor:
    """The numbers from `start` to before `stop`."""
    if stop is None and start < 0:
        start = 0
    result = range_of(start, limit=stop, delta=step, name="arange")
    return result if dtype == "int32" else cast(result, dtype)


def tile(x: Any, n: Any) -> Tensor:
    """A tensor repeated along its axes."""
    return rearranging.tile(x, [n] if isinstance(n, int) else n)


def flatten(x: Any) -> Tensor:
    """A tensor as a vector."""
    return array.reshape(x, [-1])


def batch_flatten(x: Any) -> Tensor:
    """A tensor with all axes but the first joined."""
    return array.reshape(x, joining.stack([-1, prod(shape(x)[1:])]))


def expand_dims(x: Any, axis: int = -1) -> Tensor:
    """A tensor with an axis of size 1 more."""
    return array.expand_dims(x, axis)


def squeeze(x: Any, axis: int) -> Tensor:
    """A tensor without an axis of size 1."""
    return array.squeeze(x, [axis])


def temporal_padding(x: Any, padding: Any = (1, 1)) -> Tensor:
    """Zeros before and behind the middle axis of three."""
    assert len(padding) == 2
    return paddings.pad(x, [[0, 0], [padding[0], padding[1]], [0, 0]])


def _spatial_padding(x: Any, padding: Any, count: int, data_format: str | None) -> Tensor:
    assert len(padding) == count and all(len(amounts) == 2 for amounts in padding)
    amounts = [list(pair) for pair in padding]
    if checked_data_format(data_format) == "channels_first":
        return paddings.pad(x, [[0, 0], [0, 0], *amounts])
    return paddings.pad(x, [[0, 0], *amounts, [0, 0]])


def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: str | None = None) -> Tensor:
    """Zeros around the spatial axes of a batch of images."""
    return _spatial_padding(x, padding, 2, data_format)


def spatial_3d_padding(
    x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None
) -> Tensor:
    """Zeros around the spatial axes of a batch of volumes."""
    return _spatial_padding(x, padding, 3, data_format)


def resize_volumes(
    x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: str
) -> Tensor:
    """Volumes made larger by repeating elements.

    Raises:
        ValueError: an unknown data format.
    """
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError("Invalid data_format: " + str(data_format))
    first = 2 if data_format == "channels_first" else 1
    for offset, factor in enumerate((depth_factor, height_factor, width_factor)):
        x = repeat_elements(x, factor, axis=first + offset)
    return x


def stack(x: Any, axis: int = 0) -> Tensor:
    """Tensors joined along a new axis."""
    return joining.stack(x, axis=axis)


def one_hot(indices: Any, num_classes: int) -> Tensor:
    """Vectors with a 1 at each index."""
    return searching.one_hot(indices, depth=num_classes, axis=-1)


def reverse(x: Any, axes: Any) -> Tensor:
    """A tensor with the order along some axes reversed."""
    return rearranging.reverse(x, [axes] if isinstance(axes, int) else axes)


# -- choices -----------------------------------------------------------------------------


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One of two values: a conditional for a scalar condition, else a choice of elements.

    Args:
        condition: a boolean tensor, whose axes are the first ones of the values.
        then_expression, else_expression: tensors, or functions that return one.

    Raises:
        ValueError: the condition has more axes than the values.
    """
    if condition.dtype != "bool":
        condition = cast(condition, "bool")
    rank = ndim(condition)
    if not rank:
        then_fn = then_expression if callable(then_expression) else lambda: then_expression
        else_fn = else_expression if callable(else_expression) else lambda: else_expression
        return cond(condition, then_fn, else_fn)
    then_value = then_expression() if callable(then_expression) else then_expression
    else_value = else_expression() if callable(else_expression) else else_expression
    value_rank = ndim(then_value)
    assert value_rank is not None
    if rank > value_rank:
        raise ValueError(
            "Rank of `condition` should be less than or equal to rank of `then_expression` and "
            f"`else_expression`. ndim(condition)={rank}, ndim(then_expression)={value_rank}"
        )
    if rank > 1:
        sizes = joining.concat([array.shape(condition), [1] * (value_rank - rank)], axis=0)
        condition = array.reshape(condition, sizes)
        value_sizes = array.shape(then_value)
        difference = value_sizes - sizes
        counts = where(difference > 0, value_sizes, array.ones_like(value_sizes))
        condition = rearranging.tile(condition, counts)
    return where(condition, then_value, else_value)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` while training and `alt` otherwise.

    Args:
        x, alt: tensors, or functions that return one.
        training: what says so; the learning phase if None.
    """
    if training is None:
        training = learning_phase()
    if not is_tensor(training):
        chosen = x if training else alt
        return chosen() if callable(chosen) else chosen
    return switch(training, x, alt)


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` while testing and `alt` otherwise; see `in_train_phase`."""
    return in_train_phase(alt, x, training=training)


def map_fn(fn: Any, elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """A function applied to each item of the first axis; see `tf.map_fn`."""
    from perdure.mapping.mapping import map_fn as mapped

    return mapped(fn, elems, name=name, dtype=dtype)


def foldl(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """A function folded over the first axis; see `tf.foldl`."""
    from perdure.mapping.folds import foldl as folded

    return folded(fn, elems, initializer=initializer, name=name)


def foldr(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """A function folded over the first axis from its end; see `tf.foldr`."""
    from perdure.mapping.folds import foldr as folded

    return folded(fn, elems, initializer=initializer, name=name)


def gradients(loss: Any, variables: Any) -> list[Any]:
    """The gradients of a loss; see `tf.gradients`."""
    from perdure.gradients import gradients as gradients_of

    return gradients_of(loss, variables, colocate_gradients_with_ops=True)


def stop_gradient(variables: Any) -> Any:
    """Tensors of the same values that no gradient passes."""
    if isinstance(variables, (list, tuple)):
        return map(array.stop_gradient, variables)
    return array.stop_gradient(variables)


def print_tensor(x: Any, message: str = "") -> Tensor:
    """A tensor that is printed whenever it is computed."""
    import sys

    from perdure.functional.strings.printing import print_v2
    from perdure.graph.defaults import control_dependencies

    with control_dependencies([print_v2(message, x, output_stream=sys.stdout)]):
        return array.identity(x)
