"""Cells whose units see only their own state (Li et al., 2018): IndRNN, IndyGRU, IndyLSTM."""

from __future__ import annotations

from typing import Any

from perdure.contrib.rnn.gated import sized_by_columns
from perdure.contrib.rnn.linear import Sized
from perdure.functional.array.joining import split
from perdure.functional.array.rearranging import tile
from perdure.functional.math.binary import add, multiply
from perdure.functional.math.products import matmul
from perdure.functional.math.unary import sigmoid, tanh
from perdure.functional.nn.activations import bias_add
from perdure.functional.random.initializers import Constant, RandomUniform, Zeros
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.layers.input_spec import InputSpec
from perdure.rnn.base import LayerRNNCell
from perdure.rnn.cells import LSTMStateTuple


class _IndependentCell(Sized, LayerRNNCell):
    """What the cells share."""

    def __init__(self, num_units: int, activation: Any, reuse: Any, name: Any, dtype: Any) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = self._output_size = num_units
        self._state_size: Any = num_units
        self._activation = activation or tanh

    def _recurrent(self, name: str, columns: int) -> Any:
        """The weights of the states, one row."""
        initializer = RandomUniform(minval=-1, maxval=1, dtype=self.dtype)
        return self.add_weight(name, shape=[1, columns], initializer=initializer)


class IndRNNCell(_IndependentCell):
    """activation(kernel_w · inputs + kernel_u * state + bias), which is output and next state.

    Args:
        num_units: how many units it has.
        activation: a function; tanh by default.
        reuse: whether to share variables that exist.
        name: the name of the cell.
        dtype: the type of the variables; by default that of the first input.
    """

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, name: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(num_units, activation, reuse, name, dtype)

    def build(self, inputs_shape: Any) -> None:
        """Make both kernels and the bias."""
        units = self._num_units
        self._kernel_w = self.add_weight("kernel_w", shape=[sized_by_columns(inputs_shape), units])
        self._kernel_u = self._recurrent("kernel_u", units)
        self._bias = self.add_weight("bias", shape=[units], initializer=Zeros(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        sums = matmul(inputs, self._kernel_w) + state * self._kernel_u
        output = self._activation(bias_add(sums, self._bias))
        return output, output


class _InitializedCell(_IndependentCell):
    """Cells whose kernels for inputs and whose biases may be initialized in another way."""

    def _set_initializers(self, kernel_initializer: Any, bias_initializer: Any) -> None:
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    def _biases(self, name: str, columns: int, otherwise: Any) -> Any:
        initializer = self._bias_initializer
        return self.add_weight(
            name, shape=[columns], initializer=otherwise if initializer is None else initializer
        )


class IndyGRUCell(_InitializedCell):
    """A gated recurrent unit whose units see only their own state.

    Args:
        num_units: how many units it has.
        activation: a function of the candidate; tanh by default.
        reuse: whether to share variables that exist.
        kernel_initializer: of the kernels for inputs; by default that of the variable scope.
        bias_initializer: of the biases; by default ones for the gates and zeros for the candidate.
        name: the name of the cell.
        dtype: the type of the variables; by default that of the first input.
    """

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_units, activation, reuse, name, dtype)
        self._set_initializers(kernel_initializer, bias_initializer)

    def build(self, inputs_shape: Any) -> None:
        """Make kernels and biases of the gates and of the candidate."""
        size, units = sized_by_columns(inputs_shape), self._num_units
        initializer = self._kernel_initializer
        self._gate_kernel_w = self.add_weight("gates/kernel_w", [size, 2 * units], initializer=initializer)
        self._gate_kernel_u = self._recurrent("gates/kernel_u", 2 * units)
        self._gate_bias = self._biases("gates/bias", 2 * units, Constant(1.0, dtype=self.dtype))
        self._candidate_kernel_w = self.add_weight("candidate/kernel", [size, units], initializer=initializer)
        self._candidate_kernel_u = self._recurrent("candidate/kernel_u", units)
        self._candidate_bias = self._biases("candidate/bias", units, Zeros(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        gates = matmul(inputs, self._gate_kernel_w) + tile(state, [1, 2]) * self._gate_kernel_u
        gates = sigmoid(bias_add(gates, self._gate_bias))
        reset, update = split(value=gates, num_or_size_splits=2, axis=1)
        remembered = reset * state
        candidate = matmul(inputs, self._candidate_kernel_w) + remembered * self._candidate_kernel_u
        candidate = self._activation(bias_add(candidate, self._candidate_bias))
        state = update * state + (1 - update) * candidate
        return state, state


class IndyLSTMCell(_InitializedCell):
    """A long short-term memory whose units see only their own state.

    Args:
        num_units: how many units it has.
        forget_bias: added to the bias of the forget gate.
        activation: a function of what is taken in and of what is put out; tanh by default.
        reuse: whether to share variables that exist.
        kernel_initializer: of the kernel for inputs; by default that of the variable scope.
        bias_initializer: of the bias; zeros by default.
        name: the name of the cell.
        dtype: the type of the variables; by default that of the first input.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        activation: Any = None,
        reuse: Any = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_units, activation, reuse, name, dtype)
        self._set_initializers(kernel_initializer, bias_initializer)
        self._forget_bias = forget_bias
        self._set_memory_sizes(num_units, None)

    def build(self, inputs_shape: Any) -> None:
        """Make both kernels and the bias."""
        size, columns = sized_by_columns(inputs_shape), 4 * self._num_units
        self._kernel_w = self.add_weight("kernel_w", [size, columns], initializer=self._kernel_initializer)
        self._kernel_u = self._recurrent("kernel_u", columns)
        self._bias = self._biases("bias", columns, Zeros(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        one = constant(1, dtype=dtypes.int32)
        c, h = state
        gates = matmul(inputs, self._kernel_w)
        gates += tile(h, [1, 4]) * self._kernel_u
        gates = bias_add(gates, self._bias)
        write, new, forget, show = split(value=gates, num_or_size_splits=4, axis=one)
        forget_bias = constant(self._forget_bias, dtype=forget.dtype)
        c = add(
            multiply(c, sigmoid(add(forget, forget_bias))),
            multiply(sigmoid(write), self._activation(new)),
        )
        h = multiply(self._activation(c), sigmoid(show))
        return h, LSTMStateTuple(c, h)
