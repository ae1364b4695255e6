"""Layers of several inputs: Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, ones_like, reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import stack
from perdure.functional.array.rearranging import transpose
from perdure.functional.math import binary
from perdure.functional.math.reductions import reduce_prod
from perdure.functional.nn.normalization import l2_normalize
from perdure.keras.backend.arrays import concatenate as concatenate_tensors
from perdure.keras.backend.math import all as all_of
from perdure.keras.backend.math import batch_dot
from perdure.keras.backend.shapes import ndim
from perdure.keras.engine.layer import Layer
from perdure.keras.utils.structures import shape_type_conversion


def _broadcast(shape1: Any, shape2: Any) -> Any:
    """The shape of an operation of elements of two items, or None if it is unknown."""
    if shape1 is None or shape2 is None:
        return None
    if len(shape1) < len(shape2):
        shape1, shape2 = shape2, shape1
    if not shape2:
        return shape1
    sizes = list(shape1[: -len(shape2)])
    for i, j in zip(shape1[-len(shape2) :], shape2, strict=True):
        if i is None or j is None:
            sizes.append(None)
        elif i != j and i != 1 and j != 1:
            raise ValueError(f"Operands could not be broadcast together with shapes {shape1} {shape2}")
        else:
            sizes.append(j if i == 1 else i)
    return tuple(sizes)


def _broadcast_all(shapes: Any) -> Any:
    found = None if shapes[0] is None else shapes[0][1:]
    for shape in shapes[1:]:
        found = _broadcast(found, None if shape is None else shape[1:])
    return found


def _checked_masks(inputs: Any, mask: Any) -> bool:
    """Whether there is a mask among those of several inputs."""
    if mask is None:
        return False
    if not isinstance(mask, list):
        raise ValueError("`mask` should be a list.")
    if not isinstance(inputs, list):
        raise ValueError("`inputs` should be a list.")
    if len(mask) != len(inputs):
        raise ValueError("The lists `inputs` and `mask` should have the same length.")
    return any(m is not None for m in mask)


class _Merge(Layer):
    """An operation of the elements of several inputs, which are broadcast."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def _merge_function(self, inputs: list[Any]) -> Any:
        raise NotImplementedError

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, list):
            raise ValueError("A merge layer should be called on a list of inputs.")
        if len(input_shape) < 2:
            raise ValueError(
                "A merge layer should be called on a list of at least 2 inputs. Got "
                f"{len(input_shape)} inputs."
            )
        sizes = {shape[0] for shape in input_shape if shape is not None} - {None}
        if len(sizes) > 1:
            raise ValueError(
                "Can not merge tensors with different batch sizes. Got tensors with shapes : "
                + str(input_shape)
            )
        _broadcast_all(input_shape)
        ranks = {None if shape is None else len(shape) for shape in input_shape}
        self._reshape_required = None in ranks or len(ranks) > 1

    def call(self, inputs: Any) -> Any:
        if not isinstance(inputs, list):
            raise ValueError("A merge layer should be called on a list of inputs.")
        if not self._reshape_required:
            return self._merge_function(inputs)
        ranks = [ndim(x) for x in inputs]
        if None in ranks:
            return self._merge_with_batch_last(inputs)
        highest = max(rank or 0 for rank in ranks)
        reshaped = []
        for x, rank in zip(inputs, ranks, strict=True):
            for _ in range(highest - (rank or 0)):
                x = expand_dims(x, axis=1)
            reshaped.append(x)
        return self._merge_function(reshaped)

    def _merge_with_batch_last(self, inputs: list[Any]) -> Any:
        """Merge with the batch as the last axis: ranks are unknown, and broadcasting adds axes before."""
        moved, is_moved = [], False
        for x in inputs:
            rank = ndim(x)
            if rank is None:
                sizes = shape_op(x)
                batch = sizes[0]
                new_shape = concatenate_tensors([sizes[1:], expand_dims(batch, axis=-1)])
                x = reshape(x, stack([batch, reduce_prod(sizes[1:])], axis=0))
                moved.append(reshape(transpose(x, perm=(1, 0)), new_shape))
                is_moved = True
            elif rank > 1:
                moved.append(transpose(x, perm=[*range(1, rank), 0]))
                is_moved = True
            else:
                moved.append(x)
        y = self._merge_function(moved)
        if not is_moved:
            return y
        rank = ndim(y)
        if rank is None:
            sizes = shape_op(y)
            last = shape_op(sizes)[0]
            batch = sizes[last - 1]
            new_shape = concatenate_tensors([expand_dims(batch, axis=-1), sizes[: last - 1]])
            y = transpose(reshape(y, (-1, batch)), perm=(1, 0))
            return reshape(y, new_shape)
        return transpose(y, perm=[rank - 1, *range(rank - 1)]) if rank > 1 else y

    @shape_type_conversion
    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = {shape[0] for shape in input_shape if shape is not None} - {None}
        batch = sizes.pop() if len(sizes) == 1 else None
        return (batch, *_broadcast_all(input_shape))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if not _checked_masks(inputs, mask):
            return None
        masks = [expand_dims(m, axis=0) for m in mask if m is not None]
        return all_of(concatenate_tensors(masks, axis=0), axis=0, keepdims=False)


class Add(_Merge):
    """The sum of the inputs."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        output = inputs[0]
        for x in inputs[1:]:
            output += x
        return output


class Subtract(_Merge):
    """The difference of two inputs."""

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ValueError("A `Subtract` layer should be called on exactly 2 inputs")

    def _merge_function(self, inputs: list[Any]) -> Any:
        if len(inputs) != 2:
            raise ValueError("A `Subtract` layer should be called on exactly 2 inputs")
        return inputs[0] - inputs[1]


class Multiply(_Merge):
    """The product of the inputs."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        output = inputs[0]
        for x in inputs[1:]:
            output *= x
        return output


class Average(_Merge):
    """The mean of the inputs."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        output = inputs[0]
        for x in inputs[1:]:
            output += x
        return output / len(inputs)


class Maximum(_Merge):
    """The largest of the inputs."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        output = inputs[0]
        for x in inputs[1:]:
            output = binary.maximum(output, x)
        return output


class Minimum(_Merge):
    """The smallest of the inputs."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        output = inputs[0]
        for x in inputs[1:]:
            output = binary.minimum(output, x)
        return output


class Concatenate(_Merge):
    """The inputs joined along an axis.

    Args:
        axis: the axis.
        **kwargs: see `Layer`.
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self._reshape_required = False

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, list) or len(input_shape) < 2:
            raise ValueError("A `Concatenate` layer should be called on a list of at least 2 inputs")
        if all(shape is None for shape in input_shape):
            return
        others = set()
        for shape in input_shape:
            sizes = list(shape)
            del sizes[self.axis]
            others.add(tuple(sizes))
        if len(others) > 1:
            raise ValueError(
                "A `Concatenate` layer requires inputs with matching shapes except for the concat axis. Got "
                f"inputs shapes: {input_shape}"
            )

    def _merge_function(self, inputs: list[Any]) -> Any:
        return concatenate_tensors(inputs, axis=self.axis)

    @shape_type_conversion
    def compute_output_shape(self, input_shape: Any) -> Any:
        if not isinstance(input_shape, list):
            raise ValueError("A `Concatenate` layer should be called on a list of inputs.")
        sizes = list(input_shape[0])
        along = [shape[self.axis] for shape in input_shape]
        sizes[self.axis] = None if None in along else sum(along)
        return tuple(sizes)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if not _checked_masks(inputs, mask):
            return None
        masks = []
        for x, m in zip(inputs, mask, strict=True):
            if m is None:
                masks.append(ones_like(x, dtype="bool"))
            else:
                masks.append(expand_dims(m, axis=-1) if (ndim(m) or 0) < (ndim(x) or 0) else m)
        return all_of(concatenate_tensors(masks, axis=self.axis), axis=-1, keepdims=False)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


class Dot(_Merge):
    """The products of the items of two inputs.

    Args:
        axes: the axis of each that is summed over, or one for both.
        normalize: whether the inputs are divided by their norms before, for the cosine of angles.
        **kwargs: see `Layer`.

    Raises:
        TypeError, ValueError: wrong axes.
    """

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axes, int):
            if not isinstance(axes, (list, tuple)):
                raise TypeError("Invalid type for `axes` - should be a list or an int.")
            if len(axes) != 2:
                raise ValueError("Invalid format for `axes` - should contain two elements.")
            if not isinstance(axes[0], int) or not isinstance(axes[1], int):
                raise ValueError('Invalid format for `axes` - list elements should be "int".')
        self.axes = axes
        self.normalize = normalize
        self._reshape_required = False

    def _axes_of(self, ranks: list[int]) -> list[int]:
        axes = [self.axes] * 2 if isinstance(self.axes, int) else self.axes
        return [axis % rank if axis < 0 else axis for axis, rank in zip(axes, ranks, strict=True)]

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, list) or len(input_shape) != 2:
            raise ValueError("A `Dot` layer should be called on a list of 2 inputs.")
        first, second = input_shape
        if first is None or second is None:
            return
        axes = self._axes_of([len(first), len(second)])
        if first[axes[0]] != second[axes[1]]:
            raise ValueError(
                f"Dimension incompatibility {first[axes[0]]} != {second[axes[1]]}. Layer shapes: {first}, "
                f"{second}"
            )

    def _merge_function(self, inputs: list[Any]) -> Any:
        if len(inputs) != 2:
            raise ValueError("A `Dot` layer should be called on exactly 2 inputs")
        x1, x2 = inputs
        axes = self._axes_of([ndim(x1) or 0, ndim(x2) or 0])
        if self.normalize:
            x1 = l2_normalize(x1, axis=axes[0])
            x2 = l2_normalize(x2, axis=axes[1])
        return batch_dot(x1, x2, axes)

    @shape_type_conversion
    def compute_output_shape(self, input_shape: Any) -> Any:
        if not isinstance(input_shape, list) or len(input_shape) != 2:
            raise ValueError("A `Dot` layer should be called on a list of 2 inputs.")
        first, second = list(input_shape[0]), list(input_shape[1])
        axes = self._axes_of([len(first), len(second)])
        first.pop(axes[0])
        second.pop(axes[1])
        sizes = first + second[1:]
        return tuple(sizes if len(sizes) > 1 else [*sizes, 1])

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def add(inputs: Any, **kwargs: Any) -> Any:
    """The sum of tensors; see `Add`."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """The difference of two tensors; see `Subtract`."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """The product of tensors; see `Multiply`."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """The mean of tensors; see `Average`."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """The largest of tensors; see `Maximum`."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """The smallest of tensors; see `Minimum`."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """Tensors joined along an axis; see `Concatenate`."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any, normalize: bool = False, **kwargs: Any) -> Any:
    """The products of the items of two tensors; see `Dot`."""
    return Dot(axes=axes, normalize=normalize, **kwargs)(inputs)
