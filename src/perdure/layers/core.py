"""tf.layers.dense, dropout and flatten, and their classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array.array import identity, reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.rearranging import transpose
from perdure.functional.control.conditionals import smart_cond
from perdure.functional.math.cast import cast
from perdure.functional.math.products import tensordot
from perdure.functional.nn import dropout as dropout_functions
from perdure.functional.random.initializers import Zeros
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.layers.arguments import (
    activation_of,
    checked_data_format,
    function_of,
    initializer_of,
)
from perdure.layers.as_function import as_function
from perdure.layers.base import Layer
from perdure.layers.input_spec import InputSpec

_ZEROS = Zeros()


class Dense(Layer):
    """activation(inputs @ kernel + bias), over the last axis of the inputs.

    Args:
        units: the size of the output's last axis.
        activation: a function, or None.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: see `tf.get_variable`.
        kernel_regularizer, bias_regularizer, activity_regularizer: functions to a loss.
        kernel_constraint, bias_constraint: see `tf.Variable`.
        trainable, name, **kwargs: see `Layer`.
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            trainable=trainable,
            name=name,
            activity_regularizer=function_of(activity_regularizer, "regularizer"),
            **kwargs,
        )
        self.units = int(units)
        self.activation = activation_of(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializer_of(kernel_initializer)
        self.bias_initializer = initializer_of(bias_initializer)
        self.kernel_regularizer = function_of(kernel_regularizer, "regularizer")
        self.bias_regularizer = function_of(bias_regularizer, "regularizer")
        self.kernel_constraint = function_of(kernel_constraint, "constraint")
        self.bias_constraint = function_of(bias_constraint, "constraint")
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        dtype = self._variable_dtype
        if not (dtype.is_floating or dtype.is_complex):
            raise TypeError(f"Unable to build `Dense` layer with non-floating point dtype {dtype}")
        size = TensorShape(input_shape).as_list()[-1]
        if size is None:
            raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.")
        self.input_spec = InputSpec(min_ndim=2, axes={-1: size})
        self.kernel = self.add_weight(
            "kernel",
            shape=[size, self.units],
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            dtype=self.dtype,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                shape=[self.units],
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                dtype=self.dtype,
            )
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        rank = inputs.shape.ndims
        if rank > 2:
            outputs = tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape(self.compute_output_shape(inputs.shape))
        elif isinstance(inputs, SparseTensor):
            raise NotImplementedError(f"Layer {self.name}: Dense of a SparseTensor is not supported")
        else:
            outputs = g.mat_mul(cast(inputs, self.dtype), self.kernel)
        if self.use_bias:
            outputs = g.bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        shape = TensorShape(input_shape).with_rank_at_least(2)
        return shape[:-1].concatenate(self.units)


dense = as_function(Dense, "dense")


class Dropout(Layer):
    """Sets elements to zero at random while training, and scales the others up.

    Args:
        rate: the share of elements that are dropped.
        noise_shape: the shape of the random mask, repeated along axes of size 1; None for a size that the
            inputs have.
        seed: the seed of the mask.
        name, **kwargs: see `Layer`.
    """

    def __init__(
        self,
        rate: Any = 0.5,
        noise_shape: Any = None,
        seed: int | None = None,
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def _get_noise_shape(self, inputs: Any) -> Tensor | None:
        if self.noise_shape is None:
            return None
        sizes = shape_op(inputs)
        given = enumerate(self.noise_shape)
        return convert_to_tensor([sizes[i] if size is None else size for i, size in given])

    def call(self, inputs: Any, training: Any = False) -> Tensor:
        def dropped() -> Tensor:
            return dropout_functions.dropout(
                inputs, noise_shape=self._get_noise_shape(inputs), seed=self.seed, rate=self.rate
            )

        return smart_cond(False if training is None else training, dropped, lambda: identity(inputs))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Any = None,
    seed: int | None = None,
    training: Any = False,
    name: str | None = None,
) -> Tensor:
    """Set elements to zero at random and scale the others up, if `training`.

    Args:
        inputs: a tensor.
        rate, noise_shape, seed: see `Dropout`.
        training: a boolean, or a tensor that says so in a session.
        name: the name of the layer.
    """
    return Dropout(rate, noise_shape=noise_shape, seed=seed, name=name)(inputs, training=training)


class Flatten(Layer):
    """Joins all axes but the first.

    Args:
        data_format: "channels_last" (the default) or "channels_first", whose channels are moved to the end.
        **kwargs: see `Layer`.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = checked_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Tensor:
        rank = inputs.shape.ndims
        if self.data_format == "channels_first" and rank is not None and rank > 1:
            inputs = transpose(inputs, perm=[0, *range(2, rank), 1])
        batch_size = inputs.shape.as_list()[0] or shape_op(inputs)[0]
        outputs = reshape(inputs, (batch_size, -1))
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return outputs

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        batch_size, *sizes = TensorShape(input_shape).as_list()
        known = [size for size in sizes if size]
        return TensorShape([batch_size, int(np.prod(known)) if len(known) == len(sizes) else None])


def flatten(inputs: Any, name: str | None = None, data_format: str = "channels_last") -> Tensor:
    """Join all axes but the first.

    Args:
        inputs: a tensor.
        name: the name of the layer.
        data_format: see `Flatten`.
    """
    return Flatten(name=name, data_format=data_format)(inputs)
