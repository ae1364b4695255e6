"""Fully connected layers: `fully_connected` and its short forms, `bias_add`."""

from __future__ import annotations

import functools
from typing import Any

from perdure.contrib.framework.arg_scope import add_arg_scope
from perdure.contrib.framework.variables import model_variable
from perdure.contrib.layers.finish import Common, finished
from perdure.contrib.layers.formats import check_image_format
from perdure.contrib.layers.initializers import xavier_initializer
from perdure.contrib.layers.utils import get_variable_collections
from perdure.functional.nn import activations
from perdure.functional.random.initializers import Zeros
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.layers.core import Dense
from perdure.variables.variable_scope import variable_scope

_XAVIER = xavier_initializer()
_ZEROS = Zeros()


@add_arg_scope
def fully_connected(
    inputs: Any,
    num_outputs: int,
    activation_fn: Any = activations.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = _XAVIER,
    weights_regularizer: Any = None,
    biases_initializer: Any = _ZEROS,
    biases_regularizer: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Tensor:
    """activation(inputs @ weights + biases), over the last axis of the inputs.

    Args:
        inputs: a tensor of two axes or more, the last one of known size.
        num_outputs: the size of the output's last axis.
        activation_fn: a function; None for none.
        normalizer_fn: a function that is used instead of biases, such as `batch_norm`.
        normalizer_params: arguments of `normalizer_fn`.
        weights_initializer, biases_initializer: see `tf.get_variable`; without one for the biases there are
            none.
        weights_regularizer, biases_regularizer: functions to a loss.
        reuse: whether the variables of the layer of that scope are shared.
        variables_collections: collections of all variables, or a dict of them by "weights" and "biases".
        outputs_collections: collections of the output.
        trainable: whether optimizers change the variables by default.
        scope: the variable scope.

    Raises:
        ValueError: `num_outputs` is no integer; too few axes, or an unknown size.
    """
    if not isinstance(num_outputs, int):
        raise ValueError(f"num_outputs type should be one of {[int]}, got {type(num_outputs)}.")
    common = Common(
        activation_fn,
        normalizer_fn,
        normalizer_params,
        biases_initializer,
        biases_regularizer,
        reuse,
        variables_collections,
        outputs_collections,
        trainable,
        scope,
    )
    arguments = {
        "units": num_outputs,
        "kernel_initializer": weights_initializer,
        "kernel_regularizer": weights_regularizer,
    }
    return common.apply("fully_connected", inputs, lambda _: (Dense, arguments))


elu = functools.partial(fully_connected, activation_fn=activations.elu)
relu = functools.partial(fully_connected, activation_fn=activations.relu)
relu6 = functools.partial(fully_connected, activation_fn=activations.relu6)
linear = functools.partial(fully_connected, activation_fn=None)


@add_arg_scope
def bias_add(
    inputs: Any,
    activation_fn: Any = None,
    initializer: Any = _ZEROS,
    regularizer: Any = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Tensor:
    """inputs + biases, along the channels.

    Args:
        inputs: a tensor with a known number of channels.
        initializer, regularizer: of the biases.
        data_format: "NHWC", or "NCHW" for images whose channels come first.
        activation_fn, reuse, variables_collections, outputs_collections, trainable, scope: see
            `fully_connected`.

    Raises:
        ValueError: another format, or an unknown shape.
    """
    check_image_format(data_format)
    with variable_scope(scope, "BiasAdd", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is None:
            raise ValueError("Dims of shape must be known but is None")
        if rank != 4 and data_format == "NCHW":
            raise ValueError("Data format NCHW only supports 4D Tensor")
        channels = inputs.shape.as_list()[1 if data_format == "NCHW" else -1]
        if channels is None:
            raise ValueError("`C` dimension must be known but is None")
        biases = model_variable(
            "biases",
            shape=[channels],
            dtype=inputs.dtype.base_dtype,
            initializer=initializer,
            regularizer=regularizer,
            collections=get_variable_collections(variables_collections, "biases"),
            trainable=trainable,
        )
        outputs = activations.bias_add(inputs, biases, data_format=data_format)
        return finished(outputs, activation_fn, outputs_collections, opened.name)
