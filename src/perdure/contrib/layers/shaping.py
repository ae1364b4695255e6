"""Layers without weights, and layers of layers: `flatten`, `dropout`, `softmax`, `repeat`, `stack`."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import add_arg_scope
from perdure.contrib.layers.scopes import layer_scope
from perdure.contrib.layers.utils import collect_named_outputs, last_dimension
from perdure.functional.array.array import reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.searching import one_hot
from perdure.functional.math.cast import to_int64
from perdure.functional.math.reductions import reduce_max
from perdure.functional.nn import activations
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.layers import core
from perdure.variables.variable_scope import variable_scope


@add_arg_scope
def flatten(inputs: Any, outputs_collections: Any = None, scope: str | None = None) -> Tensor:
    """Join all axes but the first.

    Args:
        inputs: a tensor.
        outputs_collections: collections of the output.
        scope: the name scope.
    """
    with name_scope(scope, "Flatten", [inputs]) as opened:
        outputs = core.flatten(convert_to_tensor(inputs))
        flat: Tensor = collect_named_outputs(outputs_collections, opened, outputs)
        return flat


@add_arg_scope
def dropout(
    inputs: Any,
    keep_prob: Any = 0.5,
    noise_shape: Any = None,
    is_training: Any = True,
    outputs_collections: Any = None,
    scope: Any = None,
    seed: int | None = None,
) -> Tensor:
    """Set elements to zero at random and scale the others up, while training.

    Args:
        inputs: a tensor.
        keep_prob: the share of elements that are kept.
        noise_shape: the shape of the random mask.
        is_training: a boolean, or a tensor that says so in a session.
        outputs_collections: collections of the output.
        scope: the variable scope.
        seed: the seed of the mask.
    """
    with layer_scope(scope, "Dropout", inputs) as opened:
        inputs = convert_to_tensor(inputs)
        layer = core.Dropout(
            rate=1 - keep_prob, noise_shape=noise_shape, seed=seed, name=opened.name, _scope=opened
        )
        outputs = layer.apply(inputs, training=is_training)
        dropped: Tensor = collect_named_outputs(outputs_collections, opened.name, outputs)
        return dropped


@add_arg_scope
def one_hot_encoding(
    labels: Any,
    num_classes: Any,
    on_value: Any = 1.0,
    off_value: Any = 0.0,
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Tensor:
    """Labels as rows with one element switched on.

    Args:
        labels: integers.
        num_classes: the size of a row.
        on_value, off_value: the elements.
        outputs_collections: collections of the output.
        scope: the name scope.
    """
    with name_scope(scope, "OneHotEncoding", [labels, num_classes]) as opened:
        labels = convert_to_tensor(labels)
        if labels.dtype == dtypes.int32:
            labels = to_int64(labels)
        outputs = one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        encoded: Tensor = collect_named_outputs(outputs_collections, opened, outputs)
        return encoded


@add_arg_scope
def softmax(logits: Any, scope: Any = None) -> Tensor:
    """Probabilities along the last axis.

    Args:
        logits: a tensor of two axes or more, the last one of known size.
        scope: the variable scope.

    Raises:
        ValueError: too few axes, or an unknown size.
    """
    with variable_scope(scope, "softmax", [logits]):
        rows = reshape(logits, [-1, last_dimension(logits.shape, min_rank=2)])
        predictions = reshape(activations.softmax(rows), shape_op(logits))
        predictions.set_shape(logits.shape)
        return predictions


@add_arg_scope
def maxout(inputs: Any, num_units: int, axis: int = -1, scope: Any = None) -> Tensor:
    """The largest of the channels of each unit: Goodfellow et al. (2013).

    Args:
        inputs: a tensor.
        num_units: how many units share the channels.
        axis: the axis of the channels.
        scope: the variable scope.

    Raises:
        ValueError: the channels cannot be shared evenly.
    """
    with variable_scope(scope, "MaxOut", [inputs]):
        inputs = convert_to_tensor(inputs)
        sizes: list[Any] = inputs.shape.as_list()
        channels = sizes[axis]
        if channels % num_units:
            raise ValueError(f"number of features({channels}) is not a multiple of num_units({num_units})")
        sizes[axis] = num_units
        sizes.append(channels // num_units)
        sizes = [shape_op(inputs)[i] if size is None else size for i, size in enumerate(sizes)]
        return reduce_max(reshape(inputs, sizes), -1, keepdims=False)


def repeat(inputs: Any, repetitions: int, layer: Any, *args: Any, **kwargs: Any) -> Any:
    """The same layer several times, each with the output of the one before.

    Args:
        inputs: a tensor.
        repetitions: how many.
        layer: a function with an argument `scope`.
        *args, **kwargs: further arguments of the layer; `scope` is the variable scope of all.
    """
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Repeat", [inputs]):
        outputs = convert_to_tensor(inputs)
        name = _name_of(layer, "repeat") if scope is None else scope
        for i in range(repetitions):
            outputs = layer(outputs, *args, **{**kwargs, "scope": f"{name}_{i + 1}"})
        return outputs


def stack(inputs: Any, layer: Any, stack_args: Any, **kwargs: Any) -> Any:
    """A layer several times with different arguments, each with the output of the one before.

    Args:
        inputs: a tensor.
        layer: a function with an argument `scope`.
        stack_args: for each time an argument or a list of them.
        **kwargs: further arguments of the layer; `scope` is the variable scope of all.

    Raises:
        ValueError: `stack_args` is no list.
    """
    scope = kwargs.pop("scope", None)
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    with variable_scope(scope, "Stack", [inputs]):
        outputs = convert_to_tensor(inputs)
        name = _name_of(layer, "stack") if scope is None else scope
        for i, given in enumerate(stack_args):
            arguments = given if isinstance(given, (list, tuple)) else [given]
            outputs = layer(outputs, *arguments, **{**kwargs, "scope": f"{name}_{i + 1}"})
        return outputs


def _name_of(layer: Any, default: str) -> str:
    """The name of a function, or of that in a `functools.partial`."""
    for function in (layer, getattr(layer, "func", None)):
        name: str | None = getattr(function, "__name__", None)
        if name is not None:
            return name
    return default
