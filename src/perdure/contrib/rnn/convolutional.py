"""Long short-term memories whose kernels are convolutions (Shi et al., 2015)."""

from __future__ import annotations

from typing import Any

from perdure.contrib.rnn.linear import Sized
from perdure.functional.array.joining import concat, split
from perdure.functional.math.unary import sigmoid, tanh
from perdure.functional.nn.conv import conv1d, conv2d
from perdure.functional.nn.conv3d import conv3d
from perdure.functional.random.initializers import Constant
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.rnn.base import RNNCell
from perdure.rnn.cells import LSTMStateTuple
from perdure.variables.variable_scope import get_variable


class ConvLSTMCell(Sized, RNNCell):
    """A long short-term memory whose kernel is a convolution.

    Args:
        conv_ndims: over how many axes it goes: 1, 2 or 3.
        input_shape: the shape of an input: a list of sizes, channels last, without the batch.
        output_channels: how many channels it puts out.
        kernel_shape: the sizes of the window.
        use_bias: whether there is a bias.
        skip_connection: whether the inputs are put out, too.
        forget_bias: added to the bias of the forget gate.
        initializers: kept for callers; TensorFlow makes no variable with it.
        name: the name of the cell.

    Raises:
        ValueError: `input_shape` has not `conv_ndims + 1` sizes.
    """

    def __init__(
        self,
        conv_ndims: int,
        input_shape: Any,
        output_channels: int,
        kernel_shape: Any,
        use_bias: bool = True,
        skip_connection: bool = False,
        forget_bias: float = 1.0,
        initializers: Any = None,
        name: Any = "conv_lstm_cell",
    ) -> None:
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        self._conv_ndims = conv_ndims
        self._output_channels = output_channels
        self._kernel_shape = list(kernel_shape)
        self._use_bias = use_bias
        self._skip_connection = skip_connection
        self._forget_bias = forget_bias
        shown = output_channels + (input_shape[-1] if skip_connection else 0)
        size = TensorShape(input_shape[:-1] + [output_channels])
        self._state_size = LSTMStateTuple(size, size)
        self._output_size = TensorShape(input_shape[:-1] + [shown])

    def call(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """One step."""
        cell, hidden = state
        gates = _convolved([inputs, hidden], self._kernel_shape, 4 * self._output_channels, self._use_bias)
        write, new, forget, show = split(value=gates, num_or_size_splits=4, axis=self._conv_ndims + 1)
        new_cell = sigmoid(forget + self._forget_bias) * cell
        new_cell += sigmoid(write) * tanh(new)
        output = tanh(new_cell) * sigmoid(show)
        if self._skip_connection:
            output = concat([output, inputs], axis=-1)
        return output, LSTMStateTuple(new_cell, output)


class Conv1DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over one axis.

    Args:
        name, **kwargs: as of `ConvLSTMCell`.
    """

    def __init__(self, name: Any = "conv_1d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over two axes.

    Args:
        name, **kwargs: as of `ConvLSTMCell`.
    """

    def __init__(self, name: Any = "conv_2d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over three axes.

    Args:
        name, **kwargs: as of `ConvLSTMCell`.
    """

    def __init__(self, name: Any = "conv_3d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=3, name=name, **kwargs)


def _convolved(args: list[Tensor], window: list[int], channels: int, has_bias: bool) -> Tensor:
    """The convolution of images side by side, by their channels."""
    shapes: list[Any] = [arg.get_shape().as_list() for arg in args]
    rank = len(shapes[0])
    for shape in shapes:
        if len(shape) not in (3, 4, 5):
            raise ValueError(f"Conv Linear expects 3D, 4D or 5D arguments: {shapes}")
        if len(shape) != rank:
            raise ValueError(f"Conv Linear expects all args to be of same Dimension: {shapes}")
    convolution: Any = {3: conv1d, 4: conv2d, 5: conv3d}[rank]
    strides: Any = 1 if rank == 3 else rank * [1]
    dtype = args[0].dtype
    depth = sum(shape[-1] for shape in shapes)
    kernel = get_variable("kernel", [*window, depth, channels], dtype=dtype)
    result = convolution(concat(axis=rank - 1, values=args), kernel, strides, padding="SAME")
    if not has_bias:
        return result
    return result + get_variable("biases", [channels], dtype=dtype, initializer=Constant(0.0, dtype=dtype))
