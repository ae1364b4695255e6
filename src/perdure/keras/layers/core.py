"""Dense, Activation, Dropout, Reshape, Lambda and other common layers."""

from __future__ import annotations

import math
from typing import Any

from perdure.functional.array.array import identity, reshape, squeeze
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.rearranging import transpose
from perdure.functional.math.binary import not_equal
from perdure.functional.math.cast import cast
from perdure.functional.math.products import tensordot
from perdure.functional.nn import activations as nn_activations
from perdure.functional.nn.dropout import dropout
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.dtypes import as_dtype
from perdure.graph.tensor_shape import TensorShape
from perdure.keras import activations, regularizers
from perdure.keras.backend.arrays import repeat
from perdure.keras.backend.math import any as any_of
from perdure.keras.backend.state import is_sparse, learning_phase
from perdure.keras.config import floatx, image_data_format
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.described import described, keep
from perdure.keras.utils.convolution import normalize_data_format
from perdure.keras.utils.structures import smart_cond
from perdure.layers.input_spec import InputSpec


def _sizes(shape: Any) -> list[Any]:
    return TensorShape(shape).as_list()


class Masking(Layer):
    """Masks time steps all of whose elements are a value.

    Args:
        mask_value: the value.
        **kwargs: see `Layer`.
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.mask_value = mask_value
        self._compute_output_and_mask_jointly = True

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return any_of(not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Any) -> Any:
        counts = any_of(not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        outputs = inputs * cast(counts, inputs.dtype)
        outputs._keras_mask = squeeze(counts, axis=-1)
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mask_value": self.mask_value}


class Dropout(Layer):
    """Sets elements to zero at random while training, and scales the others up.

    Args:
        rate: the share of elements that are dropped.
        noise_shape: the shape of the random mask, repeated along axes of size 1; None for a size that the
            inputs have.
        seed: the seed of the mask.
        **kwargs: see `Layer`.
    """

    def __init__(self, rate: Any, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed
        self.supports_masking = True

    def _get_noise_shape(self, inputs: Any) -> Any:
        if self.noise_shape is None:
            return None
        sizes = shape_op(inputs)
        given = enumerate(self.noise_shape)
        return convert_to_tensor([sizes[i] if size is None else size for i, size in given])

    def call(self, inputs: Any, training: Any = None) -> Any:
        def dropped() -> Any:
            shape = self._get_noise_shape(inputs)
            return dropout(inputs, noise_shape=shape, seed=self.seed, rate=self.rate)

        if training is None:
            training = learning_phase()
        return smart_cond(training, dropped, lambda: identity(inputs))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        own = {"rate": self.rate, "noise_shape": self.noise_shape, "seed": self.seed}
        return {**super().get_config(), **own}


class SpatialDropout1D(Dropout):
    """Drops whole channels of (batch, length, channels); see `Dropout`."""

    def __init__(self, rate: Any, **kwargs: Any) -> None:
        super().__init__(rate, **kwargs)
        self.input_spec = InputSpec(ndim=3)

    def _get_noise_shape(self, inputs: Any) -> Any:
        sizes = shape_op(inputs)
        return sizes[0], 1, sizes[2]


class _SpatialDropout(Dropout):
    """Drops whole channels; see `Dropout`.

    Args:
        rate: the share of channels that are dropped.
        data_format: "channels_first" or "channels_last".
        **kwargs: see `Layer`.
    """

    _rank: int

    def __init__(self, rate: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(rate, **kwargs)
        data_format = image_data_format() if data_format is None else data_format
        if data_format not in ("channels_last", "channels_first"):
            raise ValueError('data_format must be in {"channels_last", "channels_first"}')
        self.data_format = data_format
        self.input_spec = InputSpec(ndim=self._rank)

    def _get_noise_shape(self, inputs: Any) -> Any:
        sizes = shape_op(inputs)
        ones = (1,) * (self._rank - 2)
        if self.data_format == "channels_first":
            return sizes[0], sizes[1], *ones
        return sizes[0], *ones, sizes[self._rank - 1]


class SpatialDropout2D(_SpatialDropout):
    """Drops whole channels of images; see `Dropout`."""

    _rank = 4


class SpatialDropout3D(_SpatialDropout):
    """Drops whole channels of volumes; see `Dropout`."""

    _rank = 5


class Activation(Layer):
    """A function of the elements.

    Args:
        activation: the function, or its name.
        **kwargs: see `Layer`.
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **described(self, "activation")}


class Reshape(Layer):
    """Items in another shape.

    Args:
        target_shape: the shape of an item; one size may be -1.
        **kwargs: see `Layer`.
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch, *sizes = _sizes(input_shape)
        if None in sizes:
            return TensorShape([batch, *(None if s == -1 else s for s in self.target_shape)])
        total = math.prod(sizes)
        known = math.prod(s for s in self.target_shape if s >= 0)
        unknown = sum(s < 0 for s in self.target_shape)
        if unknown > 1:
            raise ValueError("Can only specify one unknown dimension.")
        if (unknown and (known == 0 or total % known)) or (not unknown and total != known):
            raise ValueError("total size of new array must be unchanged")
        return TensorShape([batch, *(total // known if s < 0 else s for s in self.target_shape)])

    def call(self, inputs: Any) -> Any:
        return reshape(inputs, (shape_op(inputs)[0], *self.target_shape))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_shape": self.target_shape}


class Permute(Layer):
    """Items with their axes in another order.

    Args:
        dims: the axes in the new order, from 1.
        **kwargs: see `Layer`.

    Raises:
        ValueError: these are not all axes.
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(dims) != list(range(1, len(dims) + 1)):
            raise ValueError(
                f"Invalid permutation `dims` for Permute Layer: {dims}. The set of indices in `dims` must be "
                "consecutive and start from 1."
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        return TensorShape([sizes[0], *(sizes[dim] for dim in self.dims)])

    def call(self, inputs: Any) -> Any:
        return transpose(inputs, perm=(0, *self.dims))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dims": self.dims}


class Flatten(Layer):
    """Joins all axes but the first.

    Args:
        data_format: "channels_last" or "channels_first", whose channels are moved to the end.
        **kwargs: see `Layer`.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Any:
        rank = inputs.shape.ndims
        if self.data_format == "channels_first" and rank is not None and rank > 1:
            inputs = transpose(inputs, perm=[0, *range(2, rank), 1])
        batch = inputs.shape.as_list()[0] or shape_op(inputs)[0]
        outputs = reshape(inputs, (batch, -1))
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch, *sizes = _sizes(input_shape)
        return TensorShape([batch, math.prod(sizes) if all(sizes) else None])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


class RepeatVector(Layer):
    """Each vector repeated along a new axis.

    Args:
        n: how often.
        **kwargs: see `Layer`.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch, size = TensorShape(input_shape).as_list()
        return TensorShape([batch, self.n, size])

    def call(self, inputs: Any) -> Any:
        return repeat(inputs, self.n)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "n": self.n}


class Dense(Layer):
    """activation(inputs @ kernel + bias).

    Args:
        units: the size of the output's last axis.
        activation: a function, or its name.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: initializers, or their names.
        kernel_regularizer, bias_regularizer, activity_regularizer: functions to a loss, or their names.
        kernel_constraint, bias_constraint: constraints, or their names.
        **kwargs: see `Layer`; `input_dim`: the size of the input's last axis.
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        if "input_shape" not in kwargs and "input_dim" in kwargs:
            kwargs["input_shape"] = (kwargs.pop("input_dim"),)
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        keep(
            self,
            units=int(units),
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=2)

    units: int
    activation: Any
    use_bias: bool
    kernel_initializer: Any
    bias_initializer: Any
    kernel_regularizer: Any
    bias_regularizer: Any
    kernel_constraint: Any
    bias_constraint: Any

    def build(self, input_shape: Any) -> None:
        dtype = as_dtype(self.dtype or floatx())
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
            trainable=True,
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
                trainable=True,
            )
        self.built = True

    def call(self, inputs: Any) -> Any:
        rank = len(inputs.shape)
        if rank > 2:
            outputs = tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape([*inputs.shape.as_list()[:-1], self.units])
        elif is_sparse(inputs):
            outputs = g.sparse_tensor_dense_mat_mul(
                inputs.indices, inputs.values, inputs.dense_shape, self.kernel
            )
        else:
            outputs = g.mat_mul(cast(inputs, self._dtype), self.kernel)
        if self.use_bias:
            outputs = nn_activations.bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = TensorShape(input_shape).with_rank_at_least(2)
        if shape.as_list()[-1] is None:
            raise ValueError(f"The innermost dimension of input_shape must be defined, but saw: {shape}")
        return shape[:-1].concatenate(self.units)

    def get_config(self) -> dict[str, Any]:
        own = described(
            self,
            "units",
            "activation",
            "use_bias",
            "kernel_initializer",
            "bias_initializer",
            "kernel_regularizer",
            "bias_regularizer",
            "activity_regularizer",
            "kernel_constraint",
            "bias_constraint",
        )
        return {**super().get_config(), **own}


class ActivityRegularization(Layer):
    """Adds penalties for large inputs to the loss.

    Args:
        l1, l2: the factors of absolute values and of squares.
        **kwargs: see `Layer`.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.supports_masking = True
        self.l1 = l1
        self.l2 = l2

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "l1": self.l1, "l2": self.l2}
