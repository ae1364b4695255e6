"""ConvLSTM2D: long short-term memory whose products are convolutions."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from perdure.functional.array.array import zeros as zeros_op
from perdure.functional.array.joining import split
from perdure.graph.tensor_shape import TensorShape
from perdure.keras import initializers, regularizers
from perdure.keras.backend.arrays import concatenate
from perdure.keras.backend.conv import bias_add, conv2d
from perdure.keras.backend.math import sum as reduce_sum
from perdure.keras.backend.shapes import zeros, zeros_like
from perdure.keras.backend.state import set_value
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.cells import DropoutRNNCellMixin
from perdure.keras.layers.described import described, keep
from perdure.keras.layers.recurrent import OfCell
from perdure.keras.layers.rnn import RNN
from perdure.keras.utils.convolution import (
    conv_output_length,
    normalize_data_format,
    normalize_padding,
    normalize_tuple,
)
from perdure.keras.utils.structures import shape_type_conversion
from perdure.layers.input_spec import InputSpec

_DESCRIBED = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "data_format",
    "dilation_rate",
    "activation",
    "recurrent_activation",
    "use_bias",
    "kernel_initializer",
    "recurrent_initializer",
    "bias_initializer",
    "unit_forget_bias",
    "kernel_regularizer",
    "recurrent_regularizer",
    "bias_regularizer",
    "kernel_constraint",
    "recurrent_constraint",
    "bias_constraint",
    "dropout",
    "recurrent_dropout",
)


class ConvRNN2D(RNN):
    """A convolutional cell applied along the time axis.

    Args:
        cell: the cell.
        **kwargs: see `RNN`; it cannot be unrolled.

    Raises:
        TypeError: to unroll, or several cells.
    """

    def __init__(self, cell: Any, unroll: bool = False, **kwargs: Any) -> None:
        if unroll:
            raise TypeError("Unrolling isn't possible with convolutional RNNs.")
        if isinstance(cell, list | tuple):
            raise TypeError("It is not possible at the moment tostack convolutional cells.")
        super().__init__(cell, **kwargs)
        self.input_spec = [InputSpec(ndim=5)]

    def _joined(self, ahead: Any, sizes: Any, channels: Any) -> tuple[Any, ...]:
        """A shape in the cell's data format."""
        is_first = self.cell.data_format == "channels_first"
        return (*ahead, channels, *sizes) if is_first else (*ahead, *sizes, channels)

    @shape_type_conversion
    def compute_output_shape(self, input_shape: Any) -> Any:
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        cell = self.cell
        first = 3 if cell.data_format == "channels_first" else 2
        windows = zip(input_shape[first:], cell.kernel_size, cell.strides, cell.dilation_rate, strict=False)
        sizes = [
            conv_output_length(size, kernel, cell.padding, stride, dilation)
            for size, kernel, stride, dilation in windows
        ]
        ahead = input_shape[:2] if self.return_sequences else input_shape[:1]
        output_shape = self._joined(ahead, sizes, cell.filters)
        if not self.return_state:
            return output_shape
        return [output_shape, *[self._joined(input_shape[:1], sizes, cell.filters) for _ in range(2)]]

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        batch = input_shape[0] if self.stateful else None
        self.input_spec[0] = InputSpec(shape=(batch, None, *input_shape[2:5]))
        if isinstance(self.cell, Layer):
            self.cell.build((input_shape[0], *input_shape[2:]))
        axis = 1 if self.cell.data_format == "channels_first" else 3
        sizes = list(self.cell.state_size)
        if self.state_spec is None:
            shapes = [self._joined((None,), (None, None), size) for size in sizes]
            self.state_spec = [InputSpec(shape=shape) for shape in shapes]
        elif [spec.shape[axis] for spec in self.state_spec] != sizes:
            raise ValueError(
                "An initial_state was passed that is not compatible with `cell.state_size`. Received "
                f"`state_spec`={[spec.shape for spec in self.state_spec]}; However `cell.state_size` is "
                f"{self.cell.state_size}"
            )
        if self.stateful:
            self.reset_states()
        self.built = True

    def get_initial_state(self, inputs: Any) -> Any:
        """Zeros in the shape of a step's output."""
        state = reduce_sum(zeros_like(inputs), axis=1)
        shape = (*self.cell.kernel_shape[:-1], self.cell.filters)
        state = self.cell.input_conv(state, zeros_op(shape), padding=self.cell.padding)
        return [state for _ in self.cell.state_size]

    def _steps(self, inputs: Any) -> Any:
        return inputs.shape.as_list()[1]

    def reset_states(self, states: Any = None) -> None:
        """Set the states that are kept from batch to batch.

        Args:
            states: their values; zeros without.

        Raises:
            AttributeError: none are kept.
            ValueError: sizes are not known, or states of another number or shape.
        """
        if not self.stateful:
            raise AttributeError("Layer must be stateful.")
        found = self.compute_output_shape(self.input_spec[0].shape)
        sizes: list[Any] = TensorShape(found[0] if self.return_state else found).as_list()
        if self.return_sequences:
            del sizes[1]
        if None in sizes:
            raise ValueError(
                "If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input "
                "tensors: \n- If using a Sequential model, specify the batch size by passing a "
                "`batch_input_shape` argument to your first layer.\n- If using the functional API, specify "
                "the time dimension by passing a `batch_shape` argument to your Input layer.\nThe same thing "
                "goes for the number of rows and columns."
            )
        if self.states[0] is None:
            self.states = [zeros(tuple(sizes)) for _ in self.cell.state_size]
            return
        values = [np.zeros(sizes) for _ in self.states] if states is None else states
        values = values if isinstance(values, list | tuple) else [values]
        if len(values) != len(self.states):
            raise ValueError(
                f"Layer {self.name} expects {len(self.states)} states, but it received {len(values)} state "
                f"values. Input received: {states}"
            )
        for i, (value, state) in enumerate(zip(values, self.states, strict=True)):
            if value.shape != tuple(sizes):
                raise ValueError(
                    f"State {i} is incompatible with layer {self.name}: expected shape={tuple(sizes)}, found "
                    f"shape={value.shape}"
                )
            set_value(state, value)


class ConvLSTM2DCell(DropoutRNNCellMixin, Layer):
    """A step of `ConvLSTM2D`, whose arguments it has."""

    filters: int
    activation: Any
    recurrent_activation: Any
    use_bias: bool
    kernel_initializer: Any
    recurrent_initializer: Any
    bias_initializer: Any
    unit_forget_bias: bool
    kernel_regularizer: Any
    recurrent_regularizer: Any
    bias_regularizer: Any
    kernel_constraint: Any
    recurrent_constraint: Any
    bias_constraint: Any

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kernel_size = normalize_tuple(kernel_size, 2, "kernel_size")
        self.strides = normalize_tuple(strides, 2, "strides")
        self.padding = normalize_padding(padding)
        self.data_format = normalize_data_format(data_format)
        self.dilation_rate = normalize_tuple(dilation_rate, 2, "dilation_rate")
        keep(
            self,
            filters=filters,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
        )
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        object.__setattr__(self, "state_size", (filters, filters))

    def build(self, input_shape: Any) -> None:
        channels = input_shape[1 if self.data_format == "channels_first" else -1]
        if channels is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        self.kernel_shape = (*self.kernel_size, channels, self.filters * 4)
        self.kernel = self.add_weight(
            shape=self.kernel_shape,
            initializer=self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=(*self.kernel_size, self.filters, self.filters * 4),
            initializer=self.recurrent_initializer,
            name="recurrent_kernel",
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.filters * 4,),
                name="bias",
                initializer=self._unit_bias if self.unit_forget_bias else self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.built = True

    def _unit_bias(self, _: Any, *args: Any, **kwargs: Any) -> Any:
        """A bias whose part of the forget gate is one."""
        return concatenate(
            [
                self.bias_initializer((self.filters,), *args, **kwargs),
                initializers.Ones()((self.filters,), *args, **kwargs),
                self.bias_initializer((self.filters * 2,), *args, **kwargs),
            ]
        )

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:
        before, memory = states[0], states[1]
        masks = self.get_dropout_mask_for_cell(inputs, training, count=4)
        state_masks = self.get_recurrent_dropout_mask_for_cell(before, training, count=4)
        dropped = [inputs * m for m in masks] if 0 < self.dropout < 1.0 else [inputs] * 4
        dropped_states = (
            [before * m for m in state_masks] if 0 < self.recurrent_dropout < 1.0 else [before] * 4
        )
        kernels = split(self.kernel, 4, axis=3)
        recurrent_kernels = split(self.recurrent_kernel, 4, axis=3)
        biases = split(self.bias, 4) if self.use_bias else [None] * 4
        gates = zip(dropped, kernels, biases, strict=True)
        x = [self.input_conv(item, kernel, bias, padding=self.padding) for item, kernel, bias in gates]
        h = [
            self.recurrent_conv(item, kernel)
            for item, kernel in zip(dropped_states, recurrent_kernels, strict=True)
        ]
        i = self.recurrent_activation(x[0] + h[0])
        f = self.recurrent_activation(x[1] + h[1])
        memory = f * memory + i * self.activation(x[2] + h[2])
        o = self.recurrent_activation(x[3] + h[3])
        output = o * self.activation(memory)
        return output, [output, memory]

    def input_conv(self, x: Any, w: Any, b: Any = None, padding: str = "valid") -> Any:
        """The convolution of inputs.

        Args:
            x: the inputs.
            w, b: the kernel and the bias.
            padding: "valid" or "same".
        """
        found = conv2d(
            x,
            w,
            strides=self.strides,
            padding=padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        return found if b is None else bias_add(found, b, data_format=self.data_format)

    def recurrent_conv(self, x: Any, w: Any) -> Any:
        """The convolution of the state."""
        return conv2d(x, w, strides=(1, 1), padding="same", data_format=self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **described(self, *_DESCRIBED)}


class ConvLSTM2D(ConvRNN2D):
    """Long short-term memory whose products are convolutions.

    Args:
        filters: the number of channels of the output.
        kernel_size, ..., recurrent_dropout: those of `Conv2D` and `LSTM`.
        activity_regularizer: a function from the output to a loss, or its name.
        return_sequences, go_backwards, stateful, **kwargs: see `RNN`.
    """

    _described: ClassVar[tuple[str, ...]] = (*_DESCRIBED[:16], "activity_regularizer", *_DESCRIBED[16:])
    filters = OfCell()
    kernel_size = OfCell()
    strides = OfCell()
    padding = OfCell()
    data_format = OfCell()
    dilation_rate = OfCell()
    activation = OfCell()
    recurrent_activation = OfCell()
    use_bias = OfCell()
    kernel_initializer = OfCell()
    recurrent_initializer = OfCell()
    bias_initializer = OfCell()
    unit_forget_bias = OfCell()
    kernel_regularizer = OfCell()
    recurrent_regularizer = OfCell()
    bias_regularizer = OfCell()
    kernel_constraint = OfCell()
    recurrent_constraint = OfCell()
    bias_constraint = OfCell()
    dropout = OfCell()
    recurrent_dropout = OfCell()

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        return_sequences: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        cell = ConvLSTM2DCell(
            filters=filters,
            kernel_size=kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            dtype=kwargs.get("dtype"),
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            go_backwards=go_backwards,
            stateful=stateful,
            **kwargs,
        )
        self.activity_regularizer = regularizers.get(activity_regularizer)

    def call(  # type: ignore[override]
        self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None
    ) -> Any:
        self.cell.reset_dropout_mask()
        self.cell.reset_recurrent_dropout_mask()
        return super().call(inputs, mask=mask, training=training, initial_state=initial_state)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["cell"]
        return {**config, **described(self, *self._described)}

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        return cls(**config)
